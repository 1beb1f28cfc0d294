// The pages of one incident, of one piece of planned work, and of all that was.

import type { PublicIncident, PublicWindow } from "../../core/status/public/document.ts";
import { frame } from "./frame.ts";
import { fill, html, type Markup, none } from "./markup.ts";
import { fitting, ownParagraphs } from "./paragraphs.ts";
import { type Place, placeOf } from "./paths.ts";
import { shortened } from "./shortened.ts";
import { concerns, incidentRow, link, span, updateList, windowRow } from "./updates.ts";
import { named, said, type View } from "./view.ts";

/** Bytes of a long list; with all that is around it a page stays below 30 kB. */
const room = 15_000;

/** `/i/<id>`: all that was said about an incident. */
export function incidentPage(view: View, incident: PublicIncident): string {
  const { labels } = view;
  const began =
    incident.window === undefined ? none : reference(view, placeOf("m", incident.window), labels.links.window);
  return frame(view, {
    place: placeOf("i", incident.id),
    title: said(view, incident.name),
    tone: toneOfIncident(incident),
    now: html`<p class="state">${labels.incidentStatuses[incident.status]}</p>
<h1>${named(view, incident.name)}</h1>`,
    parts: [
      html`<div id="about" data-part>${span(view, incident.began, incident.resolved)}${concerns(view, Object.keys(incident.components))}${began}</div>`,
      html`<section id="updates" data-part><h2>${labels.headings.updates}</h2>${updateList(view, incident.updates, room)}</section>`,
    ],
  });
}

function toneOfIncident({ status, impact }: PublicIncident): string {
  if (status === "resolved") return "well";
  // What was broken works again, as far as we can see.
  if (status === "monitoring") return "late";
  return impact === "major" || impact === "critical" ? "down" : "late";
}

/** `/m/<id>`: planned work. */
export function windowPage(view: View, window: PublicWindow): string {
  const { labels, times } = view;
  const when = fill(labels.sentences.fromTo, { ...times.line(window.from, window.to) });
  const became =
    window.incident === undefined ? none : reference(view, placeOf("i", window.incident), labels.links.overrun);
  const tones = { scheduled: "work", in_progress: "work", completed: "well", cancelled: "unknown" } as const;
  const updates = updateList(view, window.updates, room - 4000);
  return frame(view, {
    place: placeOf("m", window.id),
    title: said(view, window.name),
    tone: tones[window.status],
    now: html`<p class="state">${labels.windowStatuses[window.status]}</p>
<h1>${named(view, window.name)}</h1>
<p>${when}</p>`,
    parts: [
      html`<div id="about" data-part>${ownParagraphs(shortened(said(view, window.words), 4000))}${concerns(view, window.components)}${became}</div>`,
      updates === none
        ? none
        : html`<section id="updates" data-part><h2>${labels.headings.updates}</h2>${updates}</section>`,
    ],
  });
}

function reference(view: View, place: Place, words: string): Markup {
  return html`<p class="when">${link(view, place, html`${words}`)}</p>`;
}

/** `/history`: what is over and what is not, newest first. */
export function historyPage(view: View): string {
  const { document, labels } = view;
  const rows = [
    ...[...document.open, ...document.past].map((one) => ({ at: one.began, row: () => incidentRow(view, one, 2) })),
    ...document.windows
      .filter(({ status }) => status === "completed" || status === "cancelled")
      .map((one) => ({ at: one.from, row: () => windowRow(view, one, 2) })),
  ]
    .sort((a, b) => b.at - a.at)
    .slice(0, 100)
    .map(({ row }) => row());
  const { shown, all } = fitting(rows, room);
  const list = shown.length === 0 ? html`<p>${labels.sentences.nothing}</p>` : html`<ul class="rows">${shown}</ul>`;
  const left = all ? none : html`<p class="when">${labels.sentences.leftOut}</p>`;
  return frame(view, {
    place: "history",
    title: labels.headings.history,
    tone: "unknown",
    now: html`<h1>${labels.headings.history}</h1>`,
    parts: [html`<div id="all" data-part>${list}${left}</div>`],
  });
}
