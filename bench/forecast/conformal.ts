// Ranges for the baselines, by the same means as ours: how far earlier answers of the same size lay from what came.

import { type BaselineName, baselineNames } from "./baselines.ts";
import type { Row, Target } from "./trial.ts";

/** How far the 10 % and the 90 % mark lie from the answer, in logarithms, by target, baseline and size of the answer. */
export type BaselineTables = Readonly<Record<string, readonly [number, number]>>;

/** Fewer scores than this say nothing about the tenth of them that is lowest. */
const enough = 10;

function groupOf(answer: number): string {
  if (Number.isNaN(answer)) return "none";
  return answer <= 30 ? "now" : answer < 1800 ? "minutes" : answer < 14_400 ? "hours" : "long";
}

function keyOf(target: Target, name: BaselineName, answer: number): string {
  return `${target}/${name}/${groupOf(answer)}`;
}

/** The tables of many outages. */
export function baselineTables(rows: readonly Row[]): BaselineTables {
  const scores: Record<string, number[]> = {};
  for (const row of rows) {
    for (const name of baselineNames) {
      const answer = row.baselines[name];
      const key = keyOf(row.target, name, answer);
      scores[key] ??= [];
      scores[key].push(Math.log((row.came + 60) / ((Number.isNaN(answer) ? 0 : answer) + 60)));
    }
  }
  const tables: Record<string, readonly [number, number]> = {};
  for (const key of Object.keys(scores).sort()) {
    const sorted = scores[key].sort((a, b) => a - b);
    if (sorted.length < enough) continue;
    // The (n + 1) order statistics of conformal prediction.
    const low = sorted[Math.max(0, Math.floor((sorted.length + 1) * 0.1) - 1)];
    const high = sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length + 1) * 0.9) - 1)];
    tables[key] = [Math.round(low * 1e4) / 1e4, Math.round(high * 1e4) / 1e4];
  }
  return tables;
}

/** Seconds between which 80 of 100 such answers lie; `undefined` where too few were seen. */
export function baselineRange(
  tables: BaselineTables,
  row: Row,
  name: BaselineName,
): readonly [number, number] | undefined {
  const answer = row.baselines[name];
  const found = tables[keyOf(row.target, name, answer)];
  if (found === undefined) return undefined;
  const centre = (Number.isNaN(answer) ? 0 : answer) + 60;
  return [Math.max(0, centre * Math.exp(found[0]) - 60), Math.max(0, centre * Math.exp(found[1]) - 60)];
}
