// The late mail over time and the range that is expected, as one drawing for a page without scripts, and as a table.

import type { Labels } from "../../core/status/languages/labels.ts";
import { fill, filled, html, type Markup, none } from "./markup.ts";
import type { Point, Series } from "./series.ts";
import type { Times } from "./times.ts";

// The drawing is stretched to its place; lines keep their width, and words stand beside it, so they keep their size.
const WIDTH = 600;
const HEIGHT = 150;
/** Rows of the table. */
const ROWS = 12;

/** Counts in words, whichever they are. */
function counted(count: number | undefined, { chart }: Labels, times: Times): string {
  if (count === undefined) return chart.unknown;
  return count < 10 ? chart.few : filled(chart.count, { count: times.count(count) });
}

/** The picture, its legend, and its table. */
export function chart(series: Series, labels: Labels, times: Times): Markup {
  const { seen, ahead, marks, step, top } = series;
  const words = labels.chart;
  const x = (at: number) => Math.round(((at - series.from) / (series.to - series.from)) * WIDTH);
  const y = (count: number) => Math.round(HEIGHT - (count / top) * HEIGHT);
  const runs = runsOf(seen);
  const line = runs.map((run) => `M${run.map(({ at, count = 0 }) => `${x(at)} ${y(count)}`).join("L")}h0`).join("");
  const area = runs
    .map((run) => {
      const through = run.map(({ at, count = 0 }) => `L${x(at)} ${y(count)}`).join("");
      return `M${x(run[0].at)} ${HEIGHT}${through}L${x(run[run.length - 1].at)} ${HEIGHT}Z`;
    })
    .join("");
  const upper = ahead.map(({ at, high }) => `${x(at)} ${y(high)}`);
  const lower = ahead.map(({ at, low }) => `${x(at)} ${y(low)}`).reverse();
  const now = seen[seen.length - 1];
  const summary = filled(words.summary, {
    from: times.words(seen[0].at),
    to: times.words(now.at),
    most: counted(series.most, labels, times),
    last: counted(now.count, labels, times),
  });
  const legend = [
    html`<li class="k-seen">${words.seen}</li>`,
    ahead.length > 0 ? html`<li class="k-ahead">${words.expected}</li>` : none,
    seen.some(({ count }) => count === undefined) ? html`<li class="k-unseen">${words.unseen}</li>` : none,
  ];
  const mark = (text: string) => html`<i data-l="${text}"></i>`;
  return html`<figure>
<div class="plot" dir="ltr">
<div class="scale" aria-hidden="true">${[top, top / 2, 0].map((count) => mark(times.count(count)))}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary}">
<path class="grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>
${gaps(seen, x)}${ahead.length > 0 ? html`<path class="ahead" d="M${[...upper, ...lower].join("L")}Z"/>` : none}
<path class="area" d="${area}"/><path class="line" d="${line}"/>
</svg>
<div class="ticks" aria-hidden="true">${marks.map((at) => mark(times.mark(at, step)))}</div>
</div>
<ul class="legend">${legend}</ul>
${table(series, labels, times)}
</figure>`;
}

/** Stretches that were seen, in one piece each. */
function runsOf(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [];
  let open = false;
  for (const point of points) {
    if (point.count === undefined) open = false;
    else if (open) runs[runs.length - 1].push(point);
    else {
      runs.push([point]);
      open = true;
    }
  }
  return runs;
}

/** Stretches that were not seen are shaded from top to bottom: unknown is not nought. */
function gaps(points: readonly Point[], x: (at: number) => number): Markup {
  const path = rowsOf(points)
    .flatMap((row) => ("at" in row ? [] : [`M${x(row.from)} 0H${x(row.to)}V${HEIGHT}H${x(row.from)}Z`]))
    .join("");
  return path === "" ? none : html`<path class="gap" d="${path}"/>`;
}

/** A row of the table: a moment with its count, or a stretch in which nothing was seen. */
type Row = Point | { readonly from: number; readonly to: number };

/** Moments spread over the picture, and every stretch that nobody saw: none may fall between two moments. */
function rowsOf(seen: readonly Point[]): Row[] {
  const last = seen.length - 1;
  const every = Math.max(1, last / (ROWS - 1));
  const picked = new Set(Array.from({ length: ROWS }, (_, i) => Math.min(last, Math.round(i * every))));
  const rows: Row[] = [];
  for (let i = 0; i <= last; i++) {
    if (seen[i].count !== undefined) {
      if (picked.has(i)) rows.push(seen[i]);
      continue;
    }
    const from = seen[Math.max(0, i - 1)].at;
    while (i < last && seen[i + 1].count === undefined) i++;
    rows.push({ from, to: seen[i].at });
  }
  return rows;
}

function table({ seen, ahead }: Series, labels: Labels, times: Times): Markup {
  const words = labels.chart;
  const line = (when: Markup, count: string) => html`<tr><th scope="row">${when}</th><td>${count}</td></tr>`;
  const head = (text: string) => html`<tr><th scope="rowgroup" colspan="2">${text}</th></tr>`;
  let day = "";
  /** A day is named once, above its first row. */
  const under = (at: number, row: Markup): Markup => {
    const before = day;
    day = times.day(at);
    return day === before
      ? row
      : html`${head(day)}
${row}`;
  };
  const row = (one: Row) =>
    "at" in one
      ? under(one.at, line(times.clock(one.at), counted(one.count, labels, times)))
      : under(one.from, line(fill(labels.sentences.fromTo, { ...times.clocks(one.from, one.to) }), words.unknown));
  const past = rowsOf(seen).map(row);
  const later = ahead.slice(1).filter((_, i, all) => i % Math.ceil(all.length / 4) === 0 || i === all.length - 1);
  const range = (low: number, high: number) => {
    const [least, most] = [counted(low, labels, times), counted(high, labels, times)];
    return least === most ? most : filled(labels.sentences.fromTo, { from: least, to: most });
  };
  day = "";
  const expected = later.map(({ at, low, high }) =>
    under(at, line(times.clock(at), range(rounded(low), rounded(high)))),
  );
  return html`<details id="table"><summary>${words.table}</summary>
<div class="wide" role="region" aria-label="${words.table}" tabindex="0"><table>
<tr><th scope="col">${words.time}</th><th scope="col">${words.messages}</th></tr>
${past}
${expected.length > 0 ? head(words.expected) : none}
${expected}
</table></div></details>`;
}

function rounded(count: number): number {
  return count < 10 ? 0 : Number(count.toPrecision(2));
}
