// What will be tried, and when: one pass over the ledger with the MTA's own schedule.

import type { Ledger } from "../ledger/ledger.ts";
import { Flag } from "../ledger/messages.ts";
import { type Duration, HOUR, type Instant, SECOND } from "../time.ts";
import type { RetrySchedule } from "./schedule.ts";

/** A message waits longer than usual from this age on, even if nobody has tried it yet. */
export const usualDelay: Duration = 10 * SECOND;

/** A recipient that waits and can move, as a row of columns. */
export interface Work {
  readonly count: number;
  /** Earliest moment of the next attempt; it happens at the first queue run from then on. */
  readonly due: Float64Array<ArrayBuffer>;
  readonly arrival: Float64Array<ArrayBuffer>;
  /** Destination, -1 where the message was never tried. */
  readonly destination: Int32Array<ArrayBuffer>;
  readonly reason: Uint8Array<ArrayBuffer>;
  /** Recipients that the row stands for. */
  readonly weight: Float64Array<ArrayBuffer>;
  /** Attempts so far. */
  readonly attempts: Uint16Array<ArrayBuffer>;
  readonly giveUp: Float64Array<ArrayBuffer>;
  /** 1 for the first row of a message: counting those counts messages. */
  readonly first: Uint8Array<ArrayBuffer>;
}

/** What waits for one destination. */
export interface DestinationPlan {
  oldestArrival: Instant;
  nextAttempt: Instant;
  firstGiveUp: Instant;
  lastGiveUp: Instant;
}

export interface Plan {
  readonly work: Work;
  /** All messages in the queue and their recipients. */
  readonly messages: number;
  readonly recipients: number;
  readonly delayed: number;
  readonly due: number;
  readonly parked: number;
  readonly held: number;
  /** Of `held`: those that had been deferred before. */
  readonly heldAfterFailure: number;
  readonly ages: readonly number[];
  readonly oldestArrival: Instant | undefined;
  readonly oldestDueArrival: Instant | undefined;
  readonly nextAttempt: Instant | undefined;
  readonly lastAttempt: Instant | undefined;
  readonly expiring: { readonly within1h: number; readonly within6h: number; readonly within24h: number };
  readonly firstGiveUp: Instant | undefined;
  readonly destinations: ReadonlyMap<number, DestinationPlan>;
}

/** Wait after an attempt at `age`, by the schedule's law. */
export function backoff(schedule: RetrySchedule, age: Duration): Duration {
  return Math.min(Math.max(age, schedule.minimalBackoff), schedule.maximalBackoff);
}

/**
 * When a message that arrived at `arrival` is given up, if its next attempt is at `next` and all attempts fail:
 * the first attempt at or after the end of its lifetime. The queue run after it adds up to `schedule.queueRun`.
 */
export function giveUpAt(schedule: RetrySchedule, arrival: Instant, next: Instant, nullSender: boolean): Instant {
  const end = arrival + (nullSender ? schedule.nullSenderLifetime : schedule.lifetime);
  let at = next;
  // The wait doubles until it reaches the maximum, so this loop is short; the rest is one division.
  while (at < end && at - arrival < schedule.maximalBackoff) at += backoff(schedule, at - arrival);
  if (at < end) at += Math.ceil((end - at) / schedule.maximalBackoff) * schedule.maximalBackoff;
  return at;
}

/** The next attempt of a message by what the MTA wrote down, or else by the rule. */
export function nextAttempt(ledger: Ledger, slot: number, schedule: RetrySchedule): Instant {
  const { flags, lastAttempt, arrival } = ledger.messages;
  if ((flags[slot] & Flag.nextKnown) !== 0) return ledger.messages.nextAttempt[slot];
  if (lastAttempt[slot] === 0) return arrival[slot];
  return lastAttempt[slot] + backoff(schedule, lastAttempt[slot] - arrival[slot]);
}

/** Plans all that waits. `bands` are the upper bounds of the age bands. */
export function planRetries(ledger: Ledger, schedule: RetrySchedule, now: Instant, bands: readonly Duration[]): Plan {
  const { messages, entries } = ledger;
  const room = Math.max(1, entries.live + ledger.live);
  const work = {
    count: 0,
    due: new Float64Array(room),
    arrival: new Float64Array(room),
    destination: new Int32Array(room),
    reason: new Uint8Array(room),
    weight: new Float64Array(room),
    attempts: new Uint16Array(room),
    giveUp: new Float64Array(room),
    first: new Uint8Array(room),
  };
  const ages = bands.map(() => 0);
  const destinations = new Map<number, DestinationPlan>();
  let count = 0;
  let recipients = 0;
  let delayed = 0;
  let due = 0;
  let held = 0;
  let heldAfterFailure = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let oldestDue = Number.POSITIVE_INFINITY;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let firstGiveUp = Number.POSITIVE_INFINITY;
  const expiring = { within1h: 0, within6h: 0, within24h: 0 };
  for (let slot = 0; slot < messages.used; slot++) {
    const flags = messages.flags[slot];
    if ((flags & (Flag.queued | Flag.gone | Flag.probe)) !== Flag.queued) continue;
    const arrival = messages.arrival[slot];
    const age = now - arrival;
    const rest = Math.max(1, ledger.remaining(slot));
    if ((flags & Flag.handedOver) !== 0 && messages.entry[slot] === -1) continue;
    count++;
    recipients += rest;
    let band = 0;
    while (band < bands.length - 1 && age >= bands[band]) band++;
    ages[band]++;
    if (arrival < oldest) oldest = arrival;
    if ((flags & Flag.held) !== 0) {
      held++;
      if (messages.attempts[slot] > 0) heldAfterFailure++;
      continue;
    }
    const tried = messages.attempts[slot] > 0;
    if (!tried && age < usualDelay) continue;
    delayed++;
    const working = (flags & Flag.active) !== 0 || !tried;
    const next = working ? Math.min(now, nextAttempt(ledger, slot, schedule)) : nextAttempt(ledger, slot, schedule);
    const giveUp = giveUpAt(schedule, arrival, Math.max(next, now), (flags & Flag.nullSender) !== 0);
    if (next <= now) {
      due++;
      if (arrival < oldestDue) oldestDue = arrival;
    }
    if (next < first) first = next;
    if (next > last) last = next;
    if (giveUp < firstGiveUp) firstGiveUp = giveUp;
    if (giveUp - now <= HOUR) expiring.within1h++;
    if (giveUp - now <= 6 * HOUR) expiring.within6h++;
    if (giveUp - now <= 24 * HOUR) expiring.within24h++;
    let listed = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = entries.next[entry]) {
      put(
        work,
        next,
        arrival,
        entries.destination[entry],
        entries.reason[entry],
        1,
        entries.attempts[entry],
        giveUp,
        listed === 0,
      );
      listed++;
      const destination = entries.destination[entry];
      const plan = destinations.get(destination);
      if (plan === undefined) {
        destinations.set(destination, {
          oldestArrival: arrival,
          nextAttempt: next,
          firstGiveUp: giveUp,
          lastGiveUp: giveUp,
        });
      } else {
        if (arrival < plan.oldestArrival) plan.oldestArrival = arrival;
        if (next < plan.nextAttempt) plan.nextAttempt = next;
        if (giveUp < plan.firstGiveUp) plan.firstGiveUp = giveUp;
        if (giveUp > plan.lastGiveUp) plan.lastGiveUp = giveUp;
      }
    }
    if (listed < rest) {
      put(work, next, arrival, -1, 0, rest - listed, messages.attempts[slot], giveUp, listed === 0);
    }
  }
  const known = (value: number): Instant | undefined => (Number.isFinite(value) ? value : undefined);
  return {
    work,
    messages: count,
    recipients,
    delayed,
    due,
    parked: delayed - due,
    held,
    heldAfterFailure,
    ages,
    oldestArrival: known(oldest),
    oldestDueArrival: known(oldestDue),
    nextAttempt: known(first),
    lastAttempt: known(last),
    expiring,
    firstGiveUp: known(firstGiveUp),
    destinations,
  };
}

type MutableWork = { -readonly [K in keyof Work]: Work[K] };

function put(
  work: MutableWork,
  due: Instant,
  arrival: Instant,
  destination: number,
  reason: number,
  weight: number,
  attempts: number,
  giveUp: Instant,
  first: boolean,
): void {
  const i = work.count;
  if (i >= work.due.length) return;
  work.due[i] = due;
  work.arrival[i] = arrival;
  work.destination[i] = destination;
  work.reason[i] = reason;
  work.weight[i] = weight;
  work.attempts[i] = attempts;
  work.giveUp[i] = giveUp;
  work.first[i] = first ? 1 : 0;
  work.count = i + 1;
}
