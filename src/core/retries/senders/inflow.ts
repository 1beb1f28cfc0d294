// Mail on its way to us while we are away: how much entered the queues of senders, when, and of which class.

import type { Duration, Instant } from "../../time.ts";

/** Mail expected in a stretch of time, evenly spread over it. */
export interface Slice {
  readonly from: Instant;
  readonly to: Instant;
  readonly messages: number;
}

/** What one class of senders would have sent us during an outage. */
export interface Inflow {
  readonly senderClass: string;
  readonly slices: readonly Slice[];
  /** Distinct sending hosts of the class that wrote to us lately. */
  readonly hosts: number;
}

/** Messages of all slices. */
export function expectedMessages(slices: readonly Slice[]): number {
  return slices.reduce((sum, slice) => sum + slice.messages, 0);
}

/** The moment by which the share `part` of the mail has entered. */
export function entryAt(slices: readonly Slice[], part: number): Instant {
  let rest = part * expectedMessages(slices);
  let at = Number.NaN;
  for (const slice of slices) {
    if (slice.messages <= 0) continue;
    if (rest <= slice.messages) return slice.from + (rest / slice.messages) * (slice.to - slice.from);
    rest -= slice.messages;
    at = slice.to;
  }
  return at;
}

/** Mean time between two messages of one host of the class, over `span`; `Infinity` where none is expected. */
export function meanBetween(inflow: Inflow, span: Duration): Duration {
  const expected = expectedMessages(inflow.slices);
  return expected > 0 ? (span * Math.max(1, inflow.hosts)) / expected : Number.POSITIVE_INFINITY;
}
