// From what the draws say to what turns out: how far outcomes lay from earlier forecasts of the same kind (conformal
// prediction with a table for each observable group), and two ends that learn from each real outage.

import type { Duration } from "../../time.ts";
import type { Estimate, Quantiles } from "../seen.ts";

/** Moments that are forecast. */
export type Target = "queue" | "half" | "ninety" | "ninetyNine";
export const targets: readonly Target[] = ["queue", "half", "ninety", "ninetyNine"];

/** Levels at which a table is kept; between them, straight lines. */
export const levels: readonly number[] = [0.02, 0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95, 0.98];

/** Scores at `levels`, by target and group. */
export interface Calibration {
  readonly tables: Readonly<Record<Target, Readonly<Record<string, readonly number[]>>>>;
}

/** One forecast and what came of it. */
export interface Outcome {
  readonly target: Target;
  readonly cause: Estimate["cause"];
  /** Share of the delayed mail that had been delivered. */
  readonly progress: number;
  /** Remaining time by the draws, as said without calibration. */
  readonly said: Quantiles;
  /** Remaining time as it came. */
  readonly came: Duration;
}

/** Fewer scores than this say too little about a group. */
const enough = 60;
const offset = 60_000;

/** What one draw-wise doubt is worth, on the scale of logarithms. */
function scaleOf(said: Quantiles): number {
  const early = Math.max(0, said[1]);
  const late = Math.max(early, Number.isFinite(said[5]) ? said[5] : said[3] * 4);
  return Math.sqrt(Math.max(0.08, Math.log((late + offset) / (early + offset)) / 2.563));
}

/** How far the outcome lay from the median, in doubts. */
export function score(said: Quantiles, came: Duration): number {
  return Math.log((Math.max(0, came) + offset) / (Math.max(0, said[3]) + offset)) / scaleOf(said);
}

/** Names of the groups of a forecast, narrowest first. */
export function groupsOf(cause: Estimate["cause"], progress: number, median: Duration): readonly string[] {
  const far = progress < 0.2 ? "p0" : progress < 0.6 ? "p1" : progress < 0.9 ? "p2" : "p3";
  const size = median <= 30_000 ? "s0" : median < 1_800_000 ? "s1" : median < 14_400_000 ? "s2" : "s3";
  return [`${cause}|${far}|${size}`, `${cause}|${size}`, `${far}|${size}`, size, "all"];
}

/** The (n + 1) order statistics of a group's scores. */
function orderStatistics(scores: number[]): number[] {
  scores.sort((a, b) => a - b);
  const n = scores.length;
  return levels.map((level) => {
    const rank = level < 0.5 ? Math.floor((n + 1) * level) : Math.ceil((n + 1) * level);
    const at = level === 0.5 ? (n - 1) / 2 : Math.max(0, Math.min(n - 1, rank - 1));
    const value = (scores[Math.floor(at)] + scores[Math.ceil(at)]) / 2;
    return Math.round(value * 1e4) / 1e4;
  });
}

/** The table that many outcomes make. */
export function calibrationFrom(outcomes: readonly Outcome[]): Calibration {
  const tables: Record<Target, Record<string, readonly number[]>> = { queue: {}, half: {}, ninety: {}, ninetyNine: {} };
  for (const target of targets) {
    const groups = new Map<string, number[]>();
    for (const one of outcomes) {
      if (one.target !== target || !Number.isFinite(one.said[3])) continue;
      const u = score(one.said, one.came);
      for (const name of groupsOf(one.cause, one.progress, one.said[3])) {
        const scores = groups.get(name) ?? [];
        scores.push(u);
        groups.set(name, scores);
      }
    }
    for (const name of [...groups.keys()].sort()) {
      const scores = groups.get(name) ?? [];
      if (scores.length >= enough || name === "all") tables[target][name] = orderStatistics(scores);
    }
  }
  return { tables };
}

function readTable(table: readonly number[], level: number): number {
  let at = 0;
  while (at < levels.length - 2 && levels[at + 1] < level) at++;
  const share = (level - levels[at]) / (levels[at + 1] - levels[at]);
  return table[at] + (table[at + 1] - table[at]) * Math.max(-0.5, Math.min(1.5, share));
}

/** Levels of the two ends: 0.1 and 0.9 unless real outages taught otherwise. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

const rate = 0.02;

/** The ends after one real outage (adaptive conformal inference, each end by itself): a miss widens. */
export function adapt(ends: Ends, early: boolean, late: boolean): Ends {
  return {
    low: Math.max(0.005, Math.min(0.3, ends.low + rate * (0.1 - (early ? 1 : 0)))),
    high: Math.min(0.995, Math.max(0.7, ends.high - rate * (0.1 - (late ? 1 : 0)))),
  };
}

const published = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;

/** Remaining times as they are published. `ends` moves the 10 % and 90 % marks. */
export function calibrated(
  said: Quantiles,
  target: Target,
  cause: Estimate["cause"],
  progress: number,
  calibration: Calibration,
  ends?: Ends,
): Quantiles {
  if (!Number.isFinite(said[3])) return said;
  const tables = calibration.tables[target];
  const name = groupsOf(cause, progress, said[3]).find((one) => tables[one] !== undefined);
  const table = name === undefined ? undefined : tables[name];
  if (table === undefined) return said;
  const scale = scaleOf(said);
  let before = 0;
  const found = published.map((level) => {
    let asked: number = level;
    if (ends !== undefined && level < 0.5) asked = level === 0.25 ? level : (level / 0.1) * ends.low;
    if (ends !== undefined && level > 0.5) asked = level === 0.75 ? level : 1 - ((1 - level) / 0.1) * (1 - ends.high);
    const time = (Math.max(0, said[3]) + offset) * Math.exp(scale * readTable(table, asked)) - offset;
    before = Math.max(before, time);
    return before;
  });
  return found as unknown as Quantiles;
}
