// Incidents with what was said about them.

import type { PublicIncident, PublicUpdate, PublicWindow } from "../../core/status/public/document.ts";
import { DAY, type Instant } from "../../core/time.ts";
import { fill, html, type Markup, none } from "./markup.ts";
import { fitting, linesOf, ownParagraphs, paragraphs } from "./paragraphs.ts";
import { type Place, placeOf } from "./paths.ts";
import { shortened } from "./shortened.ts";
import { named, own, said, type View } from "./view.ts";

/** Bytes of one update on its own page: more is no update. */
const longest = 5000;
/** Updates of each incident on the page of the notice, and the bytes of each. */
const newest = { updates: 3, bytes: 1500 };

/** What status words there are for an update, of an incident or of planned work. */
function statusOf({ labels }: View, { status }: Pick<PublicUpdate, "status">): string {
  const all: Readonly<Record<string, string>> = { ...labels.incidentStatuses, ...labels.windowStatuses };
  return all[status] ?? "";
}

/** One update: when, what state, by whom if by a person, and its words. */
function update(view: View, one: PublicUpdate, most: number): Markup {
  const text = shortened(said(view, one.words), most);
  const byOperator = one.by === "operator";
  const words = byOperator ? ownParagraphs(text) : paragraphs(view, text);
  const who = byOperator ? html` · ${view.labels.sentences.byOperator}` : none;
  const when = html`<p class="when"><b>${statusOf(view, one)}</b> · ${view.times.moment(one.at)}${who}</p>`;
  return /^[\w-]{1,80}$/.test(one.id) ? html`<li id="${one.id}">${when}${words}</li>` : html`<li>${when}${words}</li>`;
}

/** Updates as a list, newest first, as many as there is room for. */
export function updateList(view: View, updates: readonly PublicUpdate[], bytes: number, most = longest): Markup {
  const { shown, all } = fitting(
    updates.slice(0, 100).map((one) => update(view, one, most)),
    bytes,
  );
  if (shown.length === 0) return none;
  const left = all ? none : html`<p class="when">${view.labels.sentences.leftOut}</p>`;
  return html`<ol class="rows">${shown}</ol>${left}`;
}

/** What is not over, and what was over less than a day ago, with its newest updates: the part of the notice's page. */
export function updatesPart(view: View): Markup {
  const { document, labels } = view;
  const recent = document.past.filter(({ resolved }) => resolved !== undefined && document.at - resolved < DAY);
  const shown = [...document.open, ...recent].slice(0, 5).map((incident) => {
    // What was said last stands at the top of the page already.
    const older = incident.updates.filter((one) => !repeats(view, one)).slice(0, newest.updates);
    return html`<h3 class="name">${link(view, placeOf("i", incident.id), named(view, incident.name))}</h3>
${span(view, incident.began, incident.resolved)}
${updateList(view, older, 4000, newest.bytes)}`;
  });
  if (shown.length === 0) return none;
  return html`<section id="updates" data-part><h2>${labels.headings.updates}</h2>${fitting(shown, 5000).shown}</section>`;
}

function repeats(view: View, one: PublicUpdate): boolean {
  const { headline, notice } = view.document;
  const now = linesOf(said(view, notice)).join("\n");
  const then = linesOf(said(view, one.words)).join("\n");
  return then === now || then === `${said(view, headline)}\n${now}`;
}

/** A link to one of our pages. */
export function link({ paths, tag }: View, place: Place, words: Markup): Markup {
  return html`<a href="${paths.link(tag, place)}">${words}</a>`;
}

/** From when to when, or since when, of what has no end yet. */
export function span(view: View, from: Instant, to: Instant | undefined): Markup {
  return html`<p class="when">${lasted(view, from, to)}</p>`;
}

function lasted({ labels, times }: View, from: Instant, to: Instant | undefined): Markup {
  return to === undefined
    ? fill(labels.sentences.since, { time: times.moment(from) })
    : fill(labels.sentences.fromTo, { ...times.line(from, to) });
}

/** The names of components, as the operator calls them. */
export function concerns({ document, labels }: View, ids: readonly string[]): Markup {
  const names = document.components.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  if (names.length === 0) return none;
  return html`<p class="when">${fill(labels.sentences.concerns, { names: own(names.join(", ")) })}</p>`;
}

/** How deep the heading of an entry is: below a section's, or right below the page's. */
type Depth = 2 | 3;

function heading(depth: Depth, name: Markup): Markup {
  return depth === 2 ? html`<h2 class="name">${name}</h2>` : html`<h3 class="name">${name}</h3>`;
}

/** Planned work in a list: its name, state, time, and words. */
export function windowRow(view: View, window: PublicWindow, depth: Depth): Markup {
  const { labels, times } = view;
  const when = fill(labels.sentences.fromTo, { ...times.line(window.from, window.to) });
  const words = shortened(said(view, window.words), 1000);
  return html`<li>${heading(depth, link(view, placeOf("m", window.id), named(view, window.name)))}
<p class="when"><b>${labels.windowStatuses[window.status]}</b> · ${when}</p>${ownParagraphs(words)}</li>`;
}

/** An incident in a list: its name, state, and time. */
export function incidentRow(view: View, incident: PublicIncident, depth: Depth): Markup {
  return html`<li>${heading(depth, link(view, placeOf("i", incident.id), named(view, incident.name)))}
<p class="when"><b>${view.labels.incidentStatuses[incident.status]}</b> · ${lasted(view, incident.began, incident.resolved)}</p></li>`;
}
