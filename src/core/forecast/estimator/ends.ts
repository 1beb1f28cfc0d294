// Two ends that learn from each real outage: adaptive conformal inference (Gibbs and Candes 2021), each end by itself, because
// lateness and earliness have different shapes.

import type { Duration } from "../../time.ts";
import type { Target } from "./calibrate.ts";

/** Levels of the two ends: 0.1 and 0.9 unless real outages taught otherwise. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** As shipped. */
export const plainEnds: Ends = { low: 0.1, high: 0.9 };

/** How much one outage teaches, and how often an end may be missed. */
const rate = 0.02;
const allowed = 0.1;
/** Beyond these the tables know nothing, or the range would say nothing. */
const lowest = 0.005;
const innermost = 0.3;

/** One forecast of an outage that is over. Remaining times; `latest` is `NaN` where none was said. */
export interface Told {
  readonly target: Target;
  readonly earliest: Duration;
  readonly latest: Duration;
  readonly came: Duration;
}

/** The ends after an outage of whose forecasts these shares lay before the early end and after the late one: a miss widens. */
export function adapt(ends: Ends, early: number, late: number): Ends {
  return {
    low: Math.max(lowest, Math.min(innermost, ends.low + rate * (allowed - early))),
    high: Math.min(1 - lowest, Math.max(1 - innermost, ends.high - rate * (allowed - late))),
  };
}

/** The ends of all targets after one's own past outages, oldest first, each as its forecasts. What was never asked stays plain. */
export function endsAfter(outages: readonly (readonly Told[])[]): Partial<Record<Target, Ends>> {
  const found: Partial<Record<Target, Ends>> = {};
  for (const outage of outages) {
    const byTarget = new Map<Target, { asked: number; early: number; late: number }>();
    for (const { target, earliest, latest, came } of outage) {
      if (!Number.isFinite(came)) continue;
      const sums = byTarget.get(target) ?? { asked: 0, early: 0, late: 0 };
      sums.asked += 1;
      if (came < earliest) sums.early += 1;
      if (came > latest) sums.late += 1;
      byTarget.set(target, sums);
    }
    for (const [target, { asked, early, late }] of byTarget) {
      found[target] = adapt(found[target] ?? plainEnds, early / asked, late / asked);
    }
  }
  return found;
}
