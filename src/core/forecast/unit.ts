// The unit in which the estimator is told time: its ticks are a minute long, our own are a unit.
//
// A minute is right for every mail server that serves people. Where the queue runs come faster than once a minute (a
// laboratory, a test, a recording with shortened timers) a minute would blur all that happens between two of them, so
// time is measured in fifths of a queue run, which are a minute at Postfix's default of 300 s.

import type { RetrySchedule } from "../retries/schedule.ts";
import { type Duration, type Instant, MINUTE } from "../time.ts";
import type { SeenTimers } from "./seen.ts";

/** So many units are a queue run, where a unit is not a minute. */
const perQueueRun = 5;
const shortest: Duration = 100;

/** Length of a unit. */
export function unitOf(schedule: RetrySchedule): Duration {
  return schedule.queueRun >= MINUTE ? MINUTE : Math.max(shortest, schedule.queueRun / perQueueRun);
}

/** A moment or a length of ours as the estimator has it, for a unit of this length. */
export function stretched(time: Instant | Duration, unit: Duration): number {
  return unit === MINUTE ? time : (time / unit) * MINUTE;
}

/** The other way round. */
export function unstretched(time: number, unit: Duration): Instant | Duration {
  return unit === MINUTE ? time : (time / MINUTE) * unit;
}

/** The MTA's retry rule for the estimator. */
export function timersFor(schedule: RetrySchedule, unit: Duration): SeenTimers {
  return {
    minimalBackoff: stretched(schedule.minimalBackoff, unit),
    maximalBackoff: stretched(schedule.maximalBackoff, unit),
    queueRun: stretched(schedule.queueRun, unit),
    lifetime: stretched(schedule.lifetime, unit),
  };
}
