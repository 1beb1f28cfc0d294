// What waits, as a listing for the estimator: its numbers for destinations, its time.
//
// The columns are used again at the next reading, and are longer than the listing.

import type { Ledger } from "../ledger/ledger.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import { type Duration, type Instant, MINUTE } from "../time.ts";
import type { Numbering } from "./numbering.ts";
import type { SeenQueue } from "./seen.ts";
import { stretched } from "./unit.ts";
import { createWaiting, readWaiting, type Waiting } from "./waiting.ts";

/** The rows of one reading. */
export class Rows {
  readonly waiting: Waiting = createWaiting();
  /** The estimator's number of each row's destination. */
  numbers: Int32Array = new Int32Array(0);

  /** Reads what waits at a moment; the numbers are those of the reading before until `number` is called. */
  read(ledger: Ledger, schedule: RetrySchedule, now: Instant): void {
    readWaiting(ledger, schedule, now, this.waiting);
  }

  /** Numbers the rows, in their order. */
  number(numbering: Numbering): void {
    const { count, destination } = this.waiting;
    if (this.numbers.length < count) this.numbers = new Int32Array(destination.length);
    const { numbers } = this;
    for (let row = 0; row < count; row++) numbers[row] = numbering.give(destination[row]);
  }

  /** The listing, at a length of the unit of time. */
  queue(unit: Duration): SeenQueue {
    const { count, held, arrival, due, scanned, attempts } = this.waiting;
    const stretch = (column: Float64Array): Float64Array => {
      if (unit === MINUTE) return column;
      const found = new Float64Array(count);
      for (let row = 0; row < count; row++) found[row] = stretched(column[row], unit);
      return found;
    };
    return { count, held, destination: this.numbers, arrival: stretch(arrival), due: stretch(due), scanned, attempts };
  }

  /** Rows that came before a moment and wait for a place that is not among the dead. */
  delayedBefore(moment: Instant, dead: ReadonlySet<number>): number {
    const { numbers } = this;
    const { count, arrival } = this.waiting;
    const isDead = new Uint8Array(1 + Math.max(0, ...dead));
    for (const number of dead) isDead[number] = 1;
    let rows = 0;
    for (let row = 0; row < count; row++) if (arrival[row] <= moment && isDead[numbers[row]] !== 1) rows++;
    return rows;
  }
}
