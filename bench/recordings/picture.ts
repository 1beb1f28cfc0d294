// Ranges over time against the truth, a panel a recording, as SVG.

import type { Said } from "./judge.ts";
import type { Truth } from "./truth.ts";

const width = 760;
const height = 300;
const left = 70;
const right = 20;
const top = 40;
const bottom = 40;

/** What a panel shows. */
export interface Panel {
  readonly name: string;
  readonly said: readonly Said[];
  readonly truth: Truth;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function panel({ name, said, truth }: Panel, y0: number): string {
  const { begin, end, clear, half } = truth;
  const from = begin - 10_000;
  const to = clear + 0.15 * (clear - begin);
  const low = begin;
  const high = clear + 0.7 * (clear - begin);
  const x = (at: number): number => left + ((at - from) / (to - from)) * (width - left - right);
  const y = (at: number): number =>
    y0 + height - bottom - ((Math.min(high, Math.max(low, at)) - low) / (high - low)) * (height - top - bottom);
  const parts: string[] = [];
  const put = (text: string): void => void parts.push(text);
  const rule = (x1: number, y1: number, x2: number, y2: number, style: string): void =>
    put(`<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${style}/>`);
  const write = (at: number, down: number, text: string, style = ""): void =>
    put(`<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" ${style}>${escaped(text)}</text>`);
  write(left, y0 + 22, name, 'font-weight="bold" font-size="15"');
  put(
    `<rect x="${x(begin).toFixed(1)}" y="${y0 + top}" width="${(x(end) - x(begin)).toFixed(1)}" height="${height - top - bottom}" fill="#f3dede"/>`,
  );
  write(x(begin) + 4, y0 + top + 14, "outage", 'fill="#944"');
  const shown = said.filter(({ at }) => at >= from && at <= to);
  for (const { at, earliest, likely, latest } of shown) {
    if (earliest === undefined || latest === undefined || likely === undefined) continue;
    const holds = earliest <= clear && clear <= latest;
    const color = at >= clear ? "#999" : holds ? "#2a6f97" : "#c1121f";
    rule(x(at), y(earliest), x(at), y(latest), `stroke="${color}" stroke-width="4" stroke-opacity="0.55"`);
    put(`<circle cx="${x(at).toFixed(1)}" cy="${y(likely).toFixed(1)}" r="3" fill="${color}"/>`);
    if (latest > high) write(x(at), y(high) - 3, "^", `fill="${color}" text-anchor="middle"`);
  }
  rule(x(from), y(clear), x(to), y(clear), 'stroke="#386641" stroke-width="2"');
  write(x(to), y(clear) - 5, `last delivered ${clock(clear)}`, 'text-anchor="end" fill="#386641"');
  rule(x(half), y0 + top, x(half), y0 + height - bottom, 'stroke="#386641" stroke-dasharray="3 4"');
  write(x(half) + 3, y0 + height - bottom - 5, "half through", 'fill="#386641"');
  rule(
    x(Math.max(from, low)),
    y(Math.max(from, low)),
    x(Math.min(to, high)),
    y(Math.min(to, high)),
    'stroke="#bbb" stroke-dasharray="2 3"',
  );
  rule(left, y0 + top, left, y0 + height - bottom, 'stroke="#333"');
  rule(left, y0 + height - bottom, width - right, y0 + height - bottom, 'stroke="#333"');
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const at = from + share * (to - from);
    write(x(at), y0 + height - bottom + 15, clock(at), `text-anchor="${share === 1 ? "end" : "middle"}"`);
    const said = low + share * (high - low);
    write(left - 6, y(said) + 4, clock(said), 'text-anchor="end"');
  }
  return parts.join("\n");
}

/** The picture of all recordings. */
export function draw(panels: readonly Panel[]): string {
  const all = panels.map((one, n) => panel(one, 30 + n * height)).join("\n");
  const whole = 30 + panels.length * height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${whole}" fill="white"/>
<text x="${left}" y="20" font-size="12">across: when it was said; upwards: what was said, the range (8 in 10) and its likely time; red: it did not hold the truth</text>
${all}
</svg>
`;
}
