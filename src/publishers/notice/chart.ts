// Waiting mail over time as one small drawing, for a page without scripts.

import type { Instant } from "../../core/time.ts";
import type { PublicFacts } from "./facts.ts";
import { html, type Markup } from "./markup.ts";

const WIDTH = 640;
const HEIGHT = 140;
const POINTS = 160;

/** The chart, with its numbers in words for who cannot see it; nothing if there is nothing to show. */
export function chart({ from, width, waiting }: PublicFacts["chart"], clock: (at: Instant) => string): Markup {
  const most = Math.max(0, ...thinned(waiting));
  if (waiting.length < 2 || most === 0) return html``;
  const shown = thinned(waiting);
  const x = (i: number) => ((i / (shown.length - 1)) * WIDTH).toFixed(1);
  const y = (count: number) => (HEIGHT - (count / most) * (HEIGHT - 8)).toFixed(1);
  const line = shown.map((count, i) => `${x(i)},${y(count)}`).join(" ");
  const start = clock(from);
  const end = clock(from + waiting.length * width);
  const now = shown.at(-1) ?? 0;
  const words = `Late mail from ${start} to ${end}: at most ${number(most)} messages, ${now === 0 ? "fewer than 10" : number(now)} at the end.`;
  return html`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}" preserveAspectRatio="none"><polygon points="0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}"/><polyline points="${line}"/></svg>
<figcaption>${words}</figcaption>
</figure>`;
}

/** At most `POINTS` values: the highest of each stretch, so that no peak is lost; the last stays the last. */
function thinned(values: readonly number[]): number[] {
  const every = Math.ceil(values.length / POINTS);
  if (every <= 1) return [...values];
  const kept: number[] = [];
  for (let i = 0; i < values.length; i += every) kept.push(Math.max(...values.slice(i, i + every)));
  kept[kept.length - 1] = values.at(-1) ?? 0;
  return kept;
}

function number(count: number): string {
  return count.toLocaleString("en-GB");
}
