// The numbers behind the picture of the late mail: which stretch is shown, with which marks, and where nothing was seen.

import type { PublicDocument } from "../../core/status/public/document.ts";
import type { Phase } from "../../core/status/status.ts";
import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../core/time.ts";

export interface Point {
  readonly at: Instant;
  /** Rounded; below 10 it is 0. Undefined: could not be seen. */
  readonly count: number | undefined;
}

export interface Series {
  /** The picture's ends; marks are evenly spaced from one to the other. */
  readonly from: Instant;
  readonly to: Instant;
  readonly marks: readonly Instant[];
  readonly step: Duration;
  /** The top of the picture, a round number. */
  readonly top: number;
  readonly most: number;
  readonly seen: readonly Point[];
  /** Fewest and most that are expected, from the last that was seen to the end of the late mail. */
  readonly ahead: readonly { readonly at: Instant; readonly low: number; readonly high: number }[];
}

const calm: ReadonlySet<Phase> = new Set(["normal", "maintenance_scheduled"]);
/** Points of the picture; more would not be seen. */
const POINTS = 120;
/** Stretches between marks. */
const MARKS = 5;
const steps = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  4 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
];

/** What there is to draw; undefined if there was no late mail, or nothing may be told of it. */
export function seriesOf(
  {
    at,
    chart,
    expected,
    blind,
    phase,
    waiting = 0,
  }: Pick<PublicDocument, "at" | "chart" | "expected" | "blind"> & Partial<Pick<PublicDocument, "phase" | "waiting">>,
  offset: (at: Instant) => number,
): Series | undefined {
  // A server at work has mail in passage at any time: while all is well that is not late.
  if (phase !== undefined && calm.has(phase) && waiting === 0) return undefined;
  const all = pointsOf(chart, at);
  const first = all.findIndex(({ count }) => count !== undefined && count > 0);
  if (first < 0 || all.length < 2) return undefined;
  // What came long before the late mail says nothing; a little of it shows where it began.
  const before = Math.max(3, Math.ceil((all.length - first) / 10));
  const told = all.slice(Math.max(0, first - before));
  const seen = thinned(told);
  const last = seen.findLast(({ count }) => count !== undefined);
  const ahead = blind || last === undefined ? [] : aheadOf(chart, expected, last);
  const from = seen[0].at;
  const to = Math.max(seen[seen.length - 1].at, ahead.at(-1)?.at ?? 0);
  const most = told.reduce((peak, { count = 0 }) => Math.max(peak, count), 0);
  const top = roundTop(Math.max(most, ...ahead.map(({ high }) => high)));
  return { ...marksOf(from, to, offset), top, most, seen, ahead };
}

/** The counts at the ends of stretches. The last stretch is not over yet: its count is that of now. */
function pointsOf({ from, width, waiting, unseen = [] }: PublicDocument["chart"], now: Instant): Point[] {
  const all = waiting.map((count, i) => ({ at: Math.min(now, from + (i + 1) * width), count }));
  // What came in this very moment is in a stretch of its own.
  return all
    .filter(({ at }, i) => at < now || i === all.length - 1)
    .map(({ at, count }) => {
      const dark = !Number.isFinite(count) || unseen.some((gap) => gap.from < at && at <= gap.to);
      return { at, count: dark ? undefined : count };
    });
}

/** The highest of each stretch, so that no peak is lost; the last stays the last. Unknown where half of it is. */
function thinned(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / POINTS);
  if (every <= 1) return [...points];
  const kept: Point[] = [];
  for (let i = 0; i < points.length; i += every) {
    const part = points.slice(i, i + every);
    const counts = part.flatMap(({ count }) => (count === undefined ? [] : [count]));
    kept.push({
      at: part[part.length - 1].at,
      count: 2 * counts.length <= part.length ? undefined : Math.max(...counts),
    });
  }
  kept[kept.length - 1] = points[points.length - 1];
  return kept;
}

/** The range over time where it is known; else straight from now to the two ends of the range. */
function aheadOf(
  chart: PublicDocument["chart"],
  expected: PublicDocument["expected"],
  last: Point,
): { at: Instant; low: number; high: number }[] {
  const now = { at: last.at, low: last.count ?? 0, high: last.count ?? 0 };
  if (chart.ahead !== undefined) {
    const { from, width, low, high } = chart.ahead;
    const later = high.map((most, i) => ({ at: from + (i + 1) * width, low: Math.min(low[i], most), high: most }));
    return [now, ...later.filter(({ at, low, high }) => at > now.at && Number.isFinite(low + high)).slice(0, POINTS)];
  }
  if (expected === undefined || now.high === 0 || expected.latest <= now.at) return [];
  const earliest = Math.max(expected.earliest, now.at);
  const share = (expected.latest - earliest) / (expected.latest - now.at);
  return [now, { at: earliest, low: 0, high: now.high * share }, { at: expected.latest, low: 0, high: 0 }];
}

/** Half of it is a whole number that is read at a glance. */
function roundTop(most: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(10, most)));
  return ([1, 2, 4, 6, 8].find((times) => times * unit >= most) ?? 10) * unit;
}

/** Round times of the zone around a stretch. */
function marksOf(
  from: Instant,
  to: Instant,
  offset: (at: Instant) => number,
): { from: Instant; to: Instant; marks: Instant[]; step: Duration } {
  const shift = offset(from);
  for (const step of steps) {
    const first = Math.floor((from + shift) / step) * step - shift;
    const count = Math.max(1, Math.ceil((to - first) / step));
    if (count > MARKS) continue;
    const marks = Array.from({ length: count + 1 }, (_, i) => first + i * step);
    return { from: first, to: marks[count], marks, step };
  }
  return { from, to, marks: [from, to], step: to - from };
}
