// From what the draws say to what turns out: how far outcomes lay from earlier forecasts of the same kind (conformal
// prediction with a table for each observable group).

import type { Duration } from "../../time.ts";
import type { Estimate, Quantiles } from "../seen.ts";
import type { Ends } from "./ends.ts";

/** Moments that are forecast. */
export type Target = "queue" | "half" | "ninety" | "ninetyNine";
export const targets: readonly Target[] = ["queue", "half", "ninety", "ninetyNine"];

/** Levels at which a table is kept; between them, straight lines. */
export const levels: readonly number[] = [0.02, 0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95, 0.98];

/** Scores at `levels`, by target and group. */
export interface Calibration {
  readonly tables: Readonly<Record<Target, Readonly<Record<string, readonly number[]>>>>;
}

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

function readTable(table: readonly number[], level: number): number {
  let at = 0;
  while (at < levels.length - 2 && levels[at + 1] < level) at++;
  const share = (level - levels[at]) / (levels[at + 1] - levels[at]);
  return table[at] + (table[at + 1] - table[at]) * Math.max(-0.5, Math.min(1.5, share));
}

const published = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;

/**
 * Remaining times as they are published. `ends` moves the 10 % and 90 % marks. `paceKnown`: past troubles have shown how fast
 * the server is. The tables were made without, and where the server's own pace is the limit the shift of the middle that
 * they hold makes up for a guess at it; then the middle stays where the draws have it.
 */
export function calibrated(
  said: Quantiles,
  target: Target,
  cause: Estimate["cause"],
  progress: number,
  calibration: Calibration,
  ends?: Ends,
  paceKnown = false,
): Quantiles {
  if (!Number.isFinite(said[3])) return said;
  // The tables are made of moments before the end: of what all worlds hold for done they know nothing.
  if (said[6] <= 0) return said;
  const tables = calibration.tables[target];
  const name = groupsOf(cause, progress, said[3]).find((one) => tables[one] !== undefined);
  const table = name === undefined ? undefined : tables[name];
  if (table === undefined) return said;
  const scale = scaleOf(said);
  const shift = paceKnown && cause === "service" ? readTable(table, 0.5) : 0;
  let before = 0;
  const found = published.map((level) => {
    let asked: number = level;
    if (ends !== undefined && level < 0.5) asked = level === 0.25 ? level : (level / 0.1) * ends.low;
    if (ends !== undefined && level > 0.5) asked = level === 0.75 ? level : 1 - ((1 - level) / 0.1) * (1 - ends.high);
    const time = (Math.max(0, said[3]) + offset) * Math.exp(scale * (readTable(table, asked) - shift)) - offset;
    before = Math.max(before, time);
    return before;
  });
  return found as unknown as Quantiles;
}
