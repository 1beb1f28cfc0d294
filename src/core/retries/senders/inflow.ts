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

/** Moments at which the mail enters, so many of them, each for as much of it as the next; none where there is no mail. */
export function entriesOf(slices: readonly Slice[], many: number): Float64Array<ArrayBuffer> {
  const whole = expectedMessages(slices);
  if (!(whole > 0)) return new Float64Array(0);
  const entries = new Float64Array(many);
  let place = 0;
  let before = 0;
  for (let entry = 0; entry < many; entry++) {
    const wanted = (whole * (entry + 0.5)) / many;
    while (place < slices.length - 1 && before + slices[place].messages < wanted) before += slices[place++].messages;
    const { from, to, messages } = slices[place];
    entries[entry] = messages > 0 ? from + Math.min(1, (wanted - before) / messages) * (to - from) : to;
  }
  return entries;
}

/** Mean time between two messages of one host of the class, over `span`; `Infinity` where none is expected. */
export function meanBetween(inflow: Inflow, span: Duration): Duration {
  const expected = expectedMessages(inflow.slices);
  return expected > 0 ? (span * Math.max(1, inflow.hosts)) / expected : Number.POSITIVE_INFINITY;
}
