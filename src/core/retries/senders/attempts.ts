// When one message of one sender gets through, or is let go, for an outage as it really went.

import { type Duration, type Instant, type Interval, SECOND } from "../../time.ts";
import { type Dice, exponential } from "./dice.ts";
import type { AttemptLaw, SenderSchedule, StagesLaw } from "./laws.ts";

/** How a message ended: it got through at `at`, or its sender gave it up then. */
export interface Fate {
  readonly at: Instant;
  readonly arrived: boolean;
}

/** What is known of the host that holds a message. */
export interface SenderHost {
  /** Mean time between its messages to us; `Infinity` where this is its only one. */
  readonly between: Duration;
}

// A schedule that never comes to an end would otherwise be walked for ever.
const mostAttempts = 20_000;

/** The moment at which the down interval that holds `at` ends; `undefined` when the server was up then. */
function downUntil(down: readonly Interval[], at: Instant): Instant | undefined {
  for (const interval of down) {
    if (at < interval.from) return undefined;
    if (interval.to === undefined || at < interval.to) return interval.to ?? Number.POSITIVE_INFINITY;
  }
  return undefined;
}

/** First point of a grid of `every`, shifted by `phase`, at or after `at`. */
function gridPoint(at: number, every: Duration, phase: number): number {
  const shift = phase * every;
  return Math.ceil((at - shift) / every) * every + shift;
}

function jittered(wait: Duration, jitter: number | undefined, dice: Dice): Duration {
  return jitter === undefined ? wait : wait * (1 + jitter * (2 * dice() - 1));
}

/** Steps through the ages at which a message is tried again: from the age of one attempt to that of the next. */
export function attemptAges(law: AttemptLaw, dice: Dice): (age: Duration) => Duration | undefined {
  const phase = dice();
  let made = 0;
  switch (law.law) {
    case "age":
      return (age) => {
        const wait = Math.min(Math.max(age, law.minimal), law.maximal);
        return gridPoint(age + wait, law.scan, phase);
      };
    case "runs":
      // A message that comes is tried at once and then at each run, so the first run is the one after it. Runs are counted: told from
      // the age, rounding would now and then answer the same run for ever.
      return () => (made++ + phase) * law.every;
    case "quadratic":
      return () => {
        made++;
        return law.unit * made * made;
      };
    case "steps":
      return (age) => {
        const cycle = law.repeat;
        const again = cycle === undefined ? undefined : cycle[(made - law.waits.length) % cycle.length];
        const wait = made < law.waits.length ? law.waits[made] : again;
        made++;
        return wait === undefined ? undefined : age + jittered(wait, law.jitter, dice);
      };
    case "growing":
      return (age) => {
        made++;
        if (law.attempts !== undefined && made >= law.attempts) return undefined;
        const wait = Math.min(law.first * law.factor ** (made - 1), law.cap ?? Number.POSITIVE_INFINITY);
        return age + jittered(wait, law.jitter, dice);
      };
    case "stages":
      throw new TypeError("an Exim rule runs by host, not by message");
  }
}

/** The fate of a message whose own clock runs. */
function messageFate(schedule: SenderSchedule, entered: Instant, down: readonly Interval[], dice: Dice): Fate {
  const { giveUp } = schedule;
  const limit = giveUp.rule === "count" ? Number.POSITIVE_INFINITY : giveUp.after;
  const next = attemptAges(schedule.attempts, dice);
  let age = 0;
  for (let made = 0; made < mostAttempts; made++) {
    if (giveUp.rule === "timer" && age > limit) return { at: entered + limit, arrived: false };
    if (downUntil(down, entered + age) === undefined) return { at: entered + age, arrived: true };
    if (giveUp.rule === "attempt" && age >= limit) return { at: entered + age, arrived: false };
    const following = next(age);
    if (following === undefined) return { at: entered + age, arrived: false };
    if (giveUp.rule === "ahead" && following > limit) return { at: entered + age, arrived: false };
    age = following;
  }
  return { at: entered + age, arrived: false };
}

/**
 * The wait after a failed attempt by Exim's rule, given how long the host has failed and the wait before; `undefined`
 * past the end of the rule. The last permitted attempt is moved to just past that end.
 */
function stageWait(law: StagesLaw, failing: Duration, last: Duration): Duration | undefined {
  const stage = law.stages.find((candidate) => candidate.until >= failing);
  if (stage === undefined) return undefined;
  const grown = last < stage.wait ? stage.wait : last * (stage.factor ?? 1);
  const wait = stage.grow === "F" ? stage.wait : grown;
  const end = law.stages.at(-1)?.until ?? failing;
  return Math.min(wait, end - failing + SECOND);
}

/** The fate of a message at a host that keeps one clock for all its mail to us. */
function hostFate(
  schedule: SenderSchedule,
  entered: Instant,
  down: readonly Interval[],
  host: SenderHost,
  dice: Dice,
): Fate {
  const { attempts, giveUp } = schedule;
  const phase = dice();
  const stages = attempts.law === "stages" ? attempts : undefined;
  const timer =
    giveUp.rule === "timer" || giveUp.rule === "attempt" ? entered + giveUp.after : Number.POSITIVE_INFINITY;
  const lastWait = stages?.stages.at(-1)?.wait ?? 0;
  const end = (at: Instant, arrived: boolean): Fate => (at > timer ? { at: timer, arrived: false } : { at, arrived });

  let now = down[0]?.from ?? entered;
  for (let made = 0; made < mostAttempts; ) {
    // Nothing has failed: whatever comes is tried at once, ours or another message of the same host.
    const outage = down.find((interval) => interval.to === undefined || interval.to > now);
    if (outage === undefined || entered < Math.max(now, outage.from)) return end(entered, true);
    const other = Math.max(now, outage.from) + exponential(dice, host.between);
    const first = Math.min(other, entered);
    const backUp = downUntil(down, first);
    if (backUp === undefined) {
      if (first === entered) return end(entered, true);
      now = first;
      made++;
      continue;
    }
    // From here on the host has failed, and one clock holds everything back.
    let at = first;
    let wait = 0;
    const next = stages === undefined ? attemptAges(attempts, dice) : undefined;
    for (;;) {
      made++;
      if (made >= mostAttempts) return { at, arrived: false };
      if (downUntil(down, at) === undefined) {
        if (entered <= at) return end(at, true);
        now = at;
        break;
      }
      if (stages === undefined) {
        const age = next?.(at - first);
        if (age === undefined) return { at, arrived: false };
        if (at > timer) return { at: timer, arrived: false };
        at = first + age;
        continue;
      }
      const following = stageWait(stages, at - first, wait);
      if (following === undefined && entered <= at) return { at, arrived: false };
      wait = following ?? lastWait;
      const allowed = at + wait;
      // Past the end of the rule new mail is sent back at once until the next permitted attempt.
      if (following === undefined && entered < allowed) return { at: entered, arrived: false };
      const anyNew = allowed + exponential(dice, host.between);
      const ownNew = entered >= allowed ? entered : Number.POSITIVE_INFINITY;
      at = Math.min(gridPoint(allowed - first, stages.run, phase) + first, anyNew, ownNew);
    }
  }
  return { at: now, arrived: false };
}

/**
 * What becomes of a message that enters the queue of a sender at `entered`, when our server was down in the intervals
 * `down` (in order of time, not overlapping). Phases that nobody knows come from `dice`.
 */
export function fateOf(
  schedule: SenderSchedule,
  entered: Instant,
  down: readonly Interval[],
  host: SenderHost,
  dice: Dice,
): Fate {
  return schedule.clock === "message"
    ? messageFate(schedule, entered, down, dice)
    : hostFate(schedule, entered, down, host, dice);
}
