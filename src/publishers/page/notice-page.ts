// The page at `/`: how email is, what that means, what to do, when more is said; then the picture, the parts, and what was said before.

import type { ComponentState } from "../../core/status/incidents/incident.ts";
import { chart } from "./chart.ts";
import { frame } from "./frame.ts";
import { fill, html, type Markup, none } from "./markup.ts";
import { fitting, paragraphs } from "./paragraphs.ts";
import { seriesOf } from "./series.ts";
import { shortened } from "./shortened.ts";
import { updatesPart, windowRow } from "./updates.ts";
import { own, said, toneOf, type View } from "./view.ts";

/** The page of the notice. */
export function noticePage(view: View): string {
  const { document, labels, stale } = view;
  const headline = said(view, document.headline);
  const phase = document.blind || stale ? labels.notKnown : labels.phases[document.phase];
  return frame(view, {
    place: "",
    title: headline,
    tone: toneOf(document.blind ? "unknown" : document.level),
    now: html`<p class="state">${phase}</p>
<h1>${headline}</h1>`,
    parts: [notice(view), lateMail(view), components(view), updatesPart(view), planned(view), gone(view)],
  });
}

function notice(view: View): Markup {
  const { document, labels, times } = view;
  const text = shortened(said(view, document.notice), 5000);
  const told = text.includes(labels.leadIns.next) || document.nextBy === undefined;
  const next = told
    ? none
    : html`<p class="next"><strong>${labels.leadIns.next}</strong> ${fill(labels.sentences.nextBy, { time: times.moment(document.nextBy ?? Number.NaN) })}</p>`;
  return html`<div id="notice" data-part>${paragraphs(view, text, document.nextBy)}${next}</div>`;
}

/** The picture. What the notice above says of the late mail is not said twice: two sentences never agree for long. */
function lateMail(view: View): Markup {
  const { document, labels, times } = view;
  const { sentences } = labels;
  const { expected, waiting, atSenders, blind } = document;
  const series = seriesOf(document, times.offset);
  const lines: Markup[] = [];
  if (series === undefined && waiting !== undefined && waiting >= 10) {
    lines.push(fill(sentences.waiting, { count: times.count(waiting) }));
  }
  if (expected !== undefined) {
    lines.push(fill(sentences.through, { ...times.stretch(expected.earliest, expected.latest) }));
  }
  // Once they come back, the notice says how many and until when.
  const held = atSenders?.lastExpected === undefined ? (atSenders?.messages ?? 0) : 0;
  if (!blind && held >= 10) lines.push(fill(sentences.atSenders, { count: times.count(held) }));
  if (series === undefined && lines.length === 0) return none;
  return html`<section id="late" data-part><h2>${labels.headings.lateMail}</h2>
${lines.map((line) => html`<p class="says">${line}</p>`)}
${series === undefined ? none : chart(series, labels, times)}</section>`;
}

const tones: Readonly<Record<ComponentState, string>> = {
  operational: "well",
  degraded_performance: "late",
  partial_outage: "down",
  major_outage: "down",
  under_maintenance: "work",
  unknown: "unknown",
};

function components(view: View): Markup {
  const { document, labels, times } = view;
  if (document.components.length === 0) return none;
  const rows = document.components.map(({ name, state, since }) => {
    const known = view.stale || document.blind ? "unknown" : state;
    const long =
      since === undefined || known !== state || state === "operational" || document.blind
        ? none
        : html` <span class="when">${fill(labels.sentences.since, { time: times.moment(since) })}</span>`;
    return html`<li><span>${own(name)}</span> <span class="is ${tones[known]}">${labels.componentStates[known]}</span>${long}</li>`;
  });
  return html`<section id="components" data-part><h2>${labels.headings.components}</h2><ul class="rows parts">${rows}</ul></section>`;
}

/** Planned work that is ahead or under way, and what was called off while people may still count on it. */
function planned(view: View): Markup {
  const { document, labels } = view;
  const ahead = document.windows.filter(
    ({ status, to }) =>
      status === "scheduled" || status === "in_progress" || (status === "cancelled" && to > document.at),
  );
  if (ahead.length === 0) return none;
  const rows = fitting(
    ahead.slice(0, 20).map((window) => windowRow(view, window, 3)),
    3000,
  );
  return html`<section id="planned" data-part><h2>${labels.headings.planned}</h2><ul class="rows">${rows.shown}</ul></section>`;
}

function gone(view: View): Markup {
  const { document, labels, times } = view;
  if (document.holes.length === 0) return none;
  const rows = document.holes
    .slice(-5)
    .map(({ from, to }) => fill(labels.sentences.hole, { ...times.stretch(from, to) }));
  return html`<section id="gone" data-part><h2>${labels.headings.gone}</h2>${rows.map((row) => html`<p>${row}</p>`)}</section>`;
}
