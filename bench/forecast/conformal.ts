// Ranges for the baselines, by the same means as ours: how far earlier answers of the same size lay from what came.

import { type BaselineName, baselineNames } from "./baselines.ts";
import { type Row, type Target, targets } from "./trial.ts";

/** Sorted scores, at most 200, by target, baseline and group. */
export type BaselineTables = Readonly<Record<string, readonly number[]>>;

const kept = 200;

function groupOf(answer: number): string {
  if (Number.isNaN(answer)) return "none";
  return answer <= 30 ? "now" : answer < 1800 ? "minutes" : answer < 14_400 ? "hours" : "long";
}

function keyOf(target: Target, name: BaselineName, answer: number): string {
  return `${target}/${name}/${groupOf(answer)}`;
}

/** The tables of many outages. */
export function baselineTables(rows: readonly Row[]): BaselineTables {
  const tables: Record<string, number[]> = {};
  for (const row of rows) {
    for (const name of baselineNames) {
      const answer = row.baselines[name];
      const key = keyOf(row.target, name, answer);
      tables[key] ??= [];
      tables[key].push(Math.log((row.came + 60) / ((Number.isNaN(answer) ? 0 : answer) + 60)));
    }
  }
  const thinned: Record<string, readonly number[]> = {};
  for (const key of Object.keys(tables).sort()) {
    const scores = tables[key].sort((a, b) => a - b);
    const count = Math.min(kept, scores.length);
    thinned[key] = Array.from({ length: count }, (_, n) => {
      const at = count === 1 ? 0 : Math.round((n / (count - 1)) * (scores.length - 1));
      return Math.round(scores[at] * 1e4) / 1e4;
    });
  }
  return thinned;
}

/** Seconds between which 80 of 100 such answers lie; `undefined` where too few were seen. */
export function baselineRange(
  tables: BaselineTables,
  row: Row,
  name: BaselineName,
): readonly [number, number] | undefined {
  const answer = row.baselines[name];
  const scores = tables[keyOf(row.target, name, answer)];
  if (scores === undefined || scores.length < 10 || !targets.includes(row.target)) return undefined;
  const centre = (Number.isNaN(answer) ? 0 : answer) + 60;
  const low = scores[Math.max(0, Math.floor((scores.length + 1) * 0.1) - 1)];
  const high = scores[Math.min(scores.length - 1, Math.ceil((scores.length + 1) * 0.9) - 1)];
  return [Math.max(0, centre * Math.exp(low) - 60), Math.max(0, centre * Math.exp(high) - 60)];
}
