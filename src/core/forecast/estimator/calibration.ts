// The table of ranges, made from many outages: simulated ones when it is shipped, any others that were recorded.

import type { Duration } from "../../time.ts";
import type { Estimate, Quantiles } from "../seen.ts";
import { type Calibration, groupsOf, levels, score, type Target, targets } from "./calibrate.ts";

/** One forecast and what came of it. */
export interface Outcome {
  /** Which outage: forecasts of one outage are right or wrong together. */
  readonly outage: number;
  readonly target: Target;
  readonly cause: Estimate["cause"];
  /** Share of the delayed mail that had been delivered. */
  readonly progress: number;
  /** Remaining time by the draws, as said without calibration. */
  readonly said: Quantiles;
  /** Remaining time as it came. */
  readonly came: Duration;
}

/** A group with fewer outages than this says nothing of its own. */
const fewest = 16;
/** So many outages of a group weigh as much as all that is known of the wider group. */
const borrowed = 40;

/** For each name of `groupsOf`, the one that it borrows from: a cause of all stages borrows from the size alone. */
const parentOf = [1, 3, 3, 4, 5];

interface Group {
  readonly scores: number[];
  readonly outages: Set<number>;
}

/** Order statistics of a group's scores, as far out as so many outages (and not so many forecasts) demand. */
function orderStatistics({ scores, outages }: Group): number[] {
  const sorted = Float64Array.from(scores).sort();
  const n = sorted.length;
  const wider = 1 + 1 / outages.size;
  return levels.map((level) => {
    const asked = level < 0.5 ? 1 - (1 - level) * wider : level > 0.5 ? level * wider : 0.5;
    const at = Math.max(0, Math.min(n - 1, asked * n - 0.5));
    const low = Math.floor(at);
    const high = Math.min(n - 1, low + 1);
    return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
  });
}

/** The table that many outcomes make: each group by itself, and the fewer outages it has the more by the next wider one. */
export function calibrationFrom(outcomes: readonly Outcome[]): Calibration {
  const tables: Record<Target, Record<string, readonly number[]>> = { queue: {}, half: {}, ninety: {}, ninetyNine: {} };
  for (const target of targets) {
    const groups = new Map<string, Group>();
    const wider = new Map<string, string>();
    for (const one of outcomes) {
      if (one.target !== target || !Number.isFinite(one.said[3])) continue;
      const u = score(one.said, one.came);
      const names = groupsOf(one.cause, one.progress, one.said[3]);
      for (const [n, name] of names.entries()) {
        const group = groups.get(name) ?? { scores: [], outages: new Set() };
        group.scores.push(u);
        group.outages.add(one.outage);
        groups.set(name, group);
        const parent = names[parentOf[n]];
        if (parent !== undefined) wider.set(name, parent);
      }
    }
    const made = new Map<string, readonly number[]>();
    const make = (name: string): readonly number[] => {
      const known = made.get(name);
      if (known !== undefined) return known;
      const group = groups.get(name) ?? { scores: [], outages: new Set<number>() };
      const parent = wider.get(name);
      const above = parent === undefined ? undefined : make(parent);
      const weight = above === undefined ? 1 : group.outages.size / (group.outages.size + borrowed);
      const own = orderStatistics(group);
      const table = above === undefined ? own : own.map((u, n) => weight * u + (1 - weight) * above[n]);
      made.set(name, table);
      return table;
    };
    for (const name of [...groups.keys()].sort()) {
      const table = make(name);
      const outages = groups.get(name)?.outages.size ?? 0;
      if (outages >= fewest || name === "all") tables[target][name] = table.map((u) => Math.round(u * 1e4) / 1e4);
    }
  }
  return { tables };
}
