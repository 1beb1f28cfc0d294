// The real retry intervals of senders: per network or domain, or per class, how long it waited before its 2nd, 3rd, …
// attempt.

import type { Duration } from "../../src/core/time.ts";

/** Waits before one attempt, over all messages of a sender. */
export interface LearnedInterval {
  /** 2 for the first re-try. */
  readonly attempt: number;
  readonly count: number;
  readonly shortest: Duration;
  readonly mean: Duration;
  readonly longest: Duration;
}

/** Upper ends of the bands that intervals are counted in, in milliseconds; the last band has none. */
export const intervalBands: readonly Duration[] = [1, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((m) => m * 60_000);

/** Attempts that are told apart; those after them count with the last, where schedules are flat. */
const told = 16;
const kept = 4; // count, sum, shortest, longest

/** What senders taught by coming back. Bounded: the sender that was heard longest ago is dropped. */
export class Learned {
  readonly capacity: number;
  private readonly origins = new Map<string, Float64Array>();
  private readonly bands = new Float64Array(intervalBands.length + 1);

  constructor(capacity = 2000) {
    this.capacity = capacity;
  }

  /** `origin`: the mark of a domain or network, or the name of a class. */
  note(origin: string, attempt: number, interval: Duration): void {
    const band = intervalBands.findIndex((end) => interval < end);
    this.bands[band < 0 ? intervalBands.length : band]++;
    const row = this.row(origin);
    const at = Math.min(attempt - 2, told - 1) * kept;
    row[at]++;
    row[at + 1] += interval;
    row[at + 2] = row[at] === 1 ? interval : Math.min(row[at + 2], interval);
    row[at + 3] = Math.max(row[at + 3], interval);
  }

  /** How many intervals fell into each band of `intervalBands`, and beyond. */
  histogram(): readonly number[] {
    return [...this.bands];
  }

  *senders(): Generator<{ readonly origin: string; readonly intervals: readonly LearnedInterval[] }> {
    for (const [origin, row] of this.origins) {
      const intervals: LearnedInterval[] = [];
      for (let at = 0; at < row.length; at += kept) {
        const [count, sum, shortest, longest] = row.subarray(at, at + kept);
        if (count > 0) intervals.push({ attempt: at / kept + 2, count, shortest, mean: sum / count, longest });
      }
      yield { origin, intervals };
    }
  }

  *save(): Generator<string> {
    yield JSON.stringify([...this.bands]);
    for (const [origin, row] of this.origins) yield JSON.stringify([origin, ...row]);
  }

  /** Takes up what `save` wrote. Throws on what is not its writing. */
  restore(lines: Iterable<string>): void {
    let first = true;
    for (const line of lines) {
      const parsed: unknown = JSON.parse(line);
      if (!Array.isArray(parsed)) throw new Error("not a row");
      const [origin, ...numbers] = first ? ["", ...(parsed as unknown[])] : (parsed as unknown[]);
      if (typeof origin !== "string" || !numbers.every((number) => typeof number === "number")) {
        throw new Error("not a row");
      }
      const into = first ? this.bands : this.row(origin);
      if (numbers.length !== into.length) throw new Error("not a row of this version");
      into.set(numbers as number[]);
      first = false;
    }
  }

  private row(origin: string): Float64Array {
    const known = this.origins.get(origin) ?? new Float64Array(told * kept);
    // A Map keeps the order of insertion: put in again it is the newest.
    this.origins.delete(origin);
    this.origins.set(origin, known);
    if (this.origins.size > this.capacity) {
      for (const oldest of this.origins.keys()) {
        this.origins.delete(oldest);
        break;
      }
    }
    return known;
  }
}
