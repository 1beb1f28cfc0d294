// What waits, as the estimator wants it: a row for each message and place, with its next attempt.
//
// One pass over the ledger. Left out is what an administrator holds, and what waits for a reason of its own that no time
// mends, such as a full mailbox: it is named apart, and is never part of a range.

import type { Ledger } from "../ledger/ledger.ts";
import { Flag } from "../ledger/messages.ts";
import { nextAttempt } from "../retries/plan.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import type { Instant } from "../time.ts";
import { failsForItself } from "./groups.ts";

/** So many places of a message are looked back on for one that it has already: a mailing list has thousands. */
const lately = 32;

/** Waiting mail, rows `[0, count)`; moments are ours. The columns are used again at the next reading. */
export interface Waiting {
  count: number;
  /** Destination of the ledger, -1 where the message was never tried: nobody has said yet where it goes. */
  destination: Int32Array<ArrayBuffer>;
  arrival: Float64Array<ArrayBuffer>;
  due: Float64Array<ArrayBuffer>;
  /** 1: tried at least once. */
  scanned: Uint8Array<ArrayBuffer>;
  attempts: Uint16Array<ArrayBuffer>;
  /** 1: being worked on, or never tried. What is due waits for the next queue run before it is. */
  working: Uint8Array<ArrayBuffer>;
  /** Of the rows, those never tried. */
  untried: number;
  /** Of the rows, those that are being worked on, the untried included. */
  active: number;
  /** Left out: rows that wait for a reason of their own. */
  apart: number;
  /** Left out: messages that an administrator set aside after an attempt had failed. */
  held: number;
}

/** Nothing waits. */
export function createWaiting(): Waiting {
  return { ...columns(1024), count: 0, untried: 0, active: 0, apart: 0, held: 0 };
}

function columns(room: number): Pick<Waiting, "destination" | "arrival" | "due" | "scanned" | "attempts" | "working"> {
  return {
    destination: new Int32Array(room),
    arrival: new Float64Array(room),
    due: new Float64Array(room),
    scanned: new Uint8Array(room),
    attempts: new Uint16Array(room),
    working: new Uint8Array(room),
  };
}

/** Reads what waits at a moment. */
export function readWaiting(ledger: Ledger, schedule: RetrySchedule, now: Instant, into: Waiting): void {
  const { messages, entries } = ledger;
  const room = ledger.live + entries.live + 16;
  if (into.arrival.length < room) Object.assign(into, columns(room * 2));
  const { destination, arrival, due, scanned, attempts, working } = into;
  const most = arrival.length;
  let count = 0;
  let untried = 0;
  let active = 0;
  let apart = 0;
  let held = 0;
  for (let slot = 0; slot < messages.used && count < most; slot++) {
    const flags = messages.flags[slot];
    if ((flags & (Flag.queued | Flag.gone | Flag.probe)) !== Flag.queued) continue;
    if ((flags & Flag.held) !== 0) {
      if (messages.attempts[slot] > 0) held++;
      continue;
    }
    const first = messages.entry[slot];
    if (first === -1 && (flags & Flag.handedOver) !== 0) continue;
    if (messages.attempts[slot] === 0) {
      destination[count] = -1;
      arrival[count] = messages.arrival[slot];
      due[count] = messages.arrival[slot];
      scanned[count] = 0;
      attempts[count] = 0;
      working[count] = 1;
      count++;
      untried++;
      active++;
      continue;
    }
    const isActive = (flags & Flag.active) !== 0;
    const next = nextAttempt(ledger, slot, schedule);
    const before = count;
    for (let entry = first; entry !== -1 && count < most; entry = entries.next[entry]) {
      const place = entries.destination[entry];
      if (failsForItself(ledger, place, entries.reason[entry])) {
        apart++;
        continue;
      }
      let known = false;
      for (let row = Math.max(before, count - lately); row < count && !known; row++) known = destination[row] === place;
      if (known) continue;
      destination[count] = place;
      arrival[count] = messages.arrival[slot];
      due[count] = isActive ? Math.min(next, now) : next;
      working[count] = isActive ? 1 : 0;
      scanned[count] = 1;
      attempts[count] = messages.attempts[slot];
      count++;
      if (isActive) active++;
    }
  }
  into.count = count;
  into.untried = untried;
  into.active = active;
  into.apart = apart;
  into.held = held;
}
