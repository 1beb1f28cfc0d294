// Counts by clock time, as far back as a ring reaches.

import { insist, type Saved, type Saving } from "../../ledger/saved.ts";
import type { Duration, Instant } from "../../time.ts";

/** A ring of counts by clock time, the latest `length` stretches of `width`. */
export class Recent {
  readonly #counts: Uint32Array<ArrayBuffer>;
  readonly width: Duration;
  /** Number of the newest stretch since 1970; -1 for none yet. */
  #last = -1;
  /** What was counted last, and where: nothing newer has come since. */
  #lastAt: Instant = Number.NaN;
  #lastAdded = 0;

  constructor(length: number, width: Duration) {
    this.#counts = new Uint32Array(length);
    this.width = width;
  }

  /** Hot: every message is counted, many of them at one moment. */
  add(at: Instant): void {
    if (at === this.#lastAt) {
      this.#counts[this.#lastAdded]++;
      return;
    }
    const place = Math.floor(at / this.width);
    const length = this.#counts.length;
    if (place > this.#last) {
      if (this.#last === -1 || place - this.#last >= length) this.#counts.fill(0);
      else for (let old = this.#last + 1; old <= place; old++) this.#counts[old % length] = 0;
      this.#last = place;
    } else if (place <= this.#last - length) return;
    this.#lastAt = at;
    this.#lastAdded = place % length;
    this.#counts[this.#lastAdded]++;
  }

  /** Count of the stretch that holds `at`; 0 where nothing is known. */
  at(at: Instant): number {
    const place = Math.floor(at / this.width);
    return place > this.#last || place <= this.#last - this.#counts.length
      ? 0
      : this.#counts[place % this.#counts.length];
  }

  /** Sum of the stretches that hold any of `[from, to)`. */
  sum(from: Instant, to: Instant): number {
    const { width } = this;
    let sum = 0;
    for (let at = Math.floor(from / width) * width; at < to; at += width) sum += this.at(at);
    return sum;
  }

  save(name: string, to: Saving): void {
    to.column(`${name}.counts`, this.#counts);
    to.value(name, { last: this.#last });
  }

  restore(name: string, from: Saved): void {
    this.#counts.set(from.column(`${name}.counts`, Uint32Array, this.#counts.length));
    this.#last = from.value<{ last: number }>(name).last;
    this.#lastAt = Number.NaN;
    insist(Number.isSafeInteger(this.#last), "its profile of senders has no time");
  }
}
