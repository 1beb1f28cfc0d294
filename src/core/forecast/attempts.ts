// What was tried since the last tick: counted from each batch that the ledger has recorded, and taken off at the tick.
//
// Hot: a look at the meaning of each event, and one addition for an attempt.

import type { EventBatch } from "../events/batch.ts";
import { withinBytes } from "../events/text.ts";
import { reasonNames, serverReasons } from "../ledger/reasons.ts";
import { Effect } from "../ledger/record.ts";
import type { Saved, Saving } from "../ledger/saved.ts";

/** What became of attempts, as columns of a row. */
export const Became = { delivered: 0, failed: 1, throttled: 2, greylisted: 3, suspended: 4 } as const;
const width = 5;

/** The column for a reason to wait, -1 for a reason that says nothing about the place. */
const columnOf = Int8Array.from(reasonNames, (name, number) => {
  if (name === "rate-limited") return Became.throttled;
  if (name === "greylisted") return Became.greylisted;
  return serverReasons.has(number) || name === "name-not-found" ? Became.failed : -1;
});

/** Attempts by destination since they were last cleared. */
export class Attempts {
  #counts = new Float64Array(64 * width);
  readonly #touched: number[] = [];
  /** Attempts at what had been tried before. */
  retried = 0;
  /** Messages accepted from outside. */
  outside = 0;

  /** Counts a batch that the ledger has recorded. */
  record(batch: EventBatch): void {
    const { count, effect } = batch;
    for (let i = 0; i < count; i++) {
      switch (effect[i]) {
        case Effect.accepted:
          this.outside += batch.outside[i];
          break;
        case Effect.delivered:
        case Effect.bounced:
          // Who refuses a recipient for good has answered: the place works.
          this.#add(batch.destination[i], Became.delivered);
          this.retried += batch.again[i];
          break;
        case Effect.deferred:
          this.#deferred(batch, i);
          break;
        default:
          break;
      }
    }
  }

  #deferred(batch: EventBatch, i: number): void {
    const column = columnOf[batch.reason[i]];
    if (column === Became.failed) {
      // "delivery temporarily suspended" is remembered from another message: nothing was tried.
      const start = batch.text.start[i];
      const end = Math.min(batch.text.end[i], start + 32);
      if (withinBytes(batch.bytes, start, end, "temporarily suspended") !== -1) {
        this.#add(batch.destination[i], Became.suspended);
        return;
      }
    }
    this.retried += batch.again[i];
    if (column !== -1) this.#add(batch.destination[i], column);
  }

  #add(destination: number, column: number): void {
    if (destination < 0) return;
    const at = destination * width;
    if (at + width > this.#counts.length) {
      const wider = new Float64Array(Math.max(this.#counts.length * 2, at + width));
      wider.set(this.#counts);
      this.#counts = wider;
    }
    const counts = this.#counts;
    if (counts[at] + counts[at + 1] + counts[at + 2] + counts[at + 3] + counts[at + 4] === 0) {
      this.#touched.push(destination);
    }
    counts[at + column]++;
  }

  /** Destinations with an attempt since. */
  get destinations(): readonly number[] {
    return this.#touched;
  }

  get(destination: number, column: number): number {
    return this.#counts[destination * width + column] ?? 0;
  }

  clear(): void {
    for (const destination of this.#touched) {
      this.#counts.fill(0, destination * width, destination * width + width);
    }
    this.#touched.length = 0;
    this.retried = 0;
    this.outside = 0;
  }

  save(to: Saving): void {
    const rows = this.#touched.flatMap((destination) => [
      destination,
      ...this.#counts.subarray(destination * width, destination * width + width),
    ]);
    to.value("forecast.attempts", { rows, retried: this.retried, outside: this.outside });
  }

  restore(from: Saved): void {
    const { rows, retried, outside } = from.value<{ rows: number[]; retried: number; outside: number }>(
      "forecast.attempts",
    );
    for (let at = 0; at < rows.length; at += width + 1) {
      for (let column = 0; column < width; column++) {
        for (let n = rows[at + 1 + column]; n > 0; n--) this.#add(rows[at], column);
      }
    }
    this.retried = retried;
    this.outside = outside;
  }
}
