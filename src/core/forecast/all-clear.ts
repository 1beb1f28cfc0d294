// The rule for "all clear": all that was delayed is through with 90 % certainty, the queue is normal, and both have been so for a while.

import type { Downtime } from "../outages/downtime.ts";
import type { Duration, Instant } from "../time.ts";
import type { Estimate } from "./seen.ts";
import type { Trouble } from "./trouble.ts";
import { unstretched } from "./unit.ts";

/** Units that it has to look clear for, and within which the rest has to be through. */
const clearFor = 15;
const clearWithin = 2;

/** Whether so much of the delayed mail was set aside, or counted at its senders, that it cannot be all clear: more than what is left out of 99 %. */
export function holdsBack(held: number, delayed: number): boolean {
  return held > 0.01 * delayed;
}

/** Whether it looks clear at a moment; `depth` rows wait, `held` were set aside, and `band` is normal. */
export function looksClear(
  { ends }: Trouble,
  downtimes: readonly Downtime[],
  estimate: Estimate,
  {
    depth,
    held,
    band,
    unit,
    now,
  }: {
    readonly depth: number;
    readonly held: number;
    readonly band: number;
    readonly unit: Duration;
    readonly now: Instant;
  },
): boolean {
  const dead = estimate.stuck.reduce((sum, { messages }) => sum + messages, 0);
  const broken = downtimes.some(({ scope, to }) => to === undefined && scope !== "destination");
  const through = unstretched(estimate.ninetyNine[5], unit) - now <= clearWithin * unit;
  const aside = holdsBack(held, estimate.delayed);
  return ends.length > 0 && !broken && through && !aside && depth - dead <= band;
}

/** Since when it has looked clear without a break; `NaN`: it does not. */
export function clearSince(before: Instant, clear: boolean, now: Instant): Instant {
  if (!clear) return Number.NaN;
  return Number.isNaN(before) ? now : before;
}

/** Whether it has looked clear for long enough. */
export function isAllClear(since: Instant, now: Instant, unit: Duration): boolean {
  return now - since >= clearFor * unit;
}
