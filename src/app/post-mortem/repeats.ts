// Which lines were already read from another file: overlapping files count once, whatever they are called.
//
// Files that overlap are read abreast, in the order of time. So a line's twin in another file comes soon after it, and
// only a short stretch of time has to be remembered: two tables of 64-bit hashes, of which the older is forgotten.

import { type Duration, type Instant, MINUTE } from "../../core/time.ts";

/** How long a line is remembered at least, in the time of the log. */
export const remembered: Duration = MINUTE;

const smallest = 1 << 12;
/** Lines remembered at most in each of the two tables: 12 MiB. */
const largest = 1 << 20;

/** Counts of hashes. Open addressing; a count of 0 is an empty place. */
class Counts {
  size = 0;
  #a: Int32Array<ArrayBuffer> = new Int32Array(smallest);
  #b: Int32Array<ArrayBuffer> = new Int32Array(smallest);
  #count: Int32Array<ArrayBuffer> = new Int32Array(smallest);

  get full(): boolean {
    return this.size >= largest * 0.75;
  }

  #place(a: number, b: number): number {
    const mask = this.#a.length - 1;
    let at = (a ^ (b >>> 7)) & mask;
    while (this.#count[at] !== 0 && (this.#a[at] !== a || this.#b[at] !== b)) at = (at + 1) & mask;
    return at;
  }

  get(a: number, b: number): number {
    return this.#count[this.#place(a, b)];
  }

  add(a: number, b: number): void {
    let at = this.#place(a, b);
    if (this.#count[at] === 0) {
      if (this.size >= this.#a.length * 0.75) {
        this.#grow();
        at = this.#place(a, b);
      }
      this.size++;
      this.#a[at] = a;
      this.#b[at] = b;
    }
    this.#count[at]++;
  }

  #grow(): void {
    const [a, b, count] = [this.#a, this.#b, this.#count];
    const length = a.length * 2;
    this.#a = new Int32Array(length);
    this.#b = new Int32Array(length);
    this.#count = new Int32Array(length);
    for (let i = 0; i < a.length; i++) {
      if (count[i] === 0) continue;
      const at = this.#place(a[i], b[i]);
      this.#a[at] = a[i];
      this.#b[at] = b[i];
      this.#count[at] = count[i];
    }
  }

  clear(): void {
    if (this.size === 0) return;
    this.size = 0;
    this.#count.fill(0);
  }
}

/** Tells lines that another file had before from those that are new. The same line twice in one file is two lines. */
export class Repeats {
  #now = new Counts();
  #before = new Counts();
  #since: Instant = Number.NaN;
  #a = 0;
  #b = 0;
  /** Set if so much was logged in a minute that some of it had to be forgotten early: from then on. */
  crowdedAt: Instant | undefined;

  /** Whether this line of a file, read at `at` in the time of the log, is one that other files have had already. */
  isRepeat(file: number, bytes: Uint8Array, start: number, end: number, at: Instant): boolean {
    if (!(at - this.#since < remembered) || this.#now.full) this.#turn(at);
    this.#hash(bytes, start, end);
    const a = this.#a;
    const b = this.#b;
    const mine = a ^ Math.imul(file + 1, 0x9e3779b1);
    const taken = this.#now.get(a, b) + this.#before.get(a, b);
    const seenHere = this.#now.get(mine, b) + this.#before.get(mine, b);
    this.#now.add(mine, b);
    if (seenHere < taken) return true;
    this.#now.add(a, b);
    return false;
  }

  /** A number for what a line says, the same for its twins. */
  keyOf(bytes: Uint8Array, start: number, end: number): number {
    this.#hash(bytes, start, end);
    return (this.#a >>> 0) * 0x200000 + (this.#b >>> 11);
  }

  /** Leaves the hash in `#a` and `#b`, since a pair would be an object a line. */
  #hash(bytes: Uint8Array, start: number, end: number): void {
    let a = 0x811c9dc5;
    let b = 0x2b0ad2c7;
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b + byte, 0x5bd1e995) ^ (b >>> 15);
    }
    a ^= a >>> 16;
    b ^= a << 5;
    this.#a = a;
    this.#b = b;
  }

  #turn(at: Instant): void {
    if (this.#now.full && at - this.#since < remembered) this.crowdedAt ??= at;
    const old = this.#before;
    // After a long pause nothing of before can come again.
    if (at - this.#since >= 2 * remembered) this.#now.clear();
    this.#before = this.#now;
    this.#now = old;
    this.#now.clear();
    this.#since = at;
  }
}
