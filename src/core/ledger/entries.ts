// The recipients that wait: one entry a recipient of a message that was deferred at least once.
//
// A recipient that has never been tried has no entry yet; its message knows how many there are. Addresses
// are kept only as two hashes: enough to know one again, useless to anybody who reads the state.

import { widened } from "./columns.ts";
import { insist, type Saved, type Saving } from "./saved.ts";

const columns = ["hashA", "hashB", "destination", "next", "attempts", "reason"] as const;

/** Waiting recipients as columns; an entry is a row. */
export class Entries {
  capacity: number;
  used = 0;
  live = 0;
  hashA: Int32Array<ArrayBuffer>;
  hashB: Int32Array<ArrayBuffer>;
  destination: Int32Array<ArrayBuffer>;
  /** Next entry of the same message, -1 at the end. */
  next: Int32Array<ArrayBuffer>;
  attempts: Uint16Array<ArrayBuffer>;
  reason: Uint8Array<ArrayBuffer>;
  #free = -1;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.hashA = new Int32Array(capacity);
    this.hashB = new Int32Array(capacity);
    this.destination = new Int32Array(capacity);
    this.next = new Int32Array(capacity);
    this.attempts = new Uint16Array(capacity);
    this.reason = new Uint8Array(capacity);
  }

  /** A new entry in front of `next`. */
  add(hashA: number, hashB: number, destination: number, reason: number, next: number): number {
    let entry = this.#free;
    if (entry !== -1) {
      this.#free = this.next[entry];
    } else {
      if (this.used === this.capacity) this.#grow();
      entry = this.used++;
    }
    this.hashA[entry] = hashA;
    this.hashB[entry] = hashB;
    this.destination[entry] = destination;
    this.reason[entry] = reason;
    this.attempts[entry] = 0;
    this.next[entry] = next;
    this.live++;
    return entry;
  }

  /** Gives an entry back; whoever holds the list has unhooked it. */
  drop(entry: number): void {
    this.next[entry] = this.#free;
    this.#free = entry;
    this.live--;
  }

  save(to: Saving): void {
    const free = new Int32Array(this.used - this.live);
    const isFree = new Uint8Array(this.used);
    let entry = this.#free;
    for (let i = 0; i < free.length; i++) {
      free[i] = entry;
      isFree[entry] = 1;
      entry = this.next[entry];
    }
    const rows = new Int32Array(this.live);
    let count = 0;
    for (let row = 0; row < this.used; row++) if (isFree[row] === 0) rows[count++] = row;
    to.value("entries", { used: this.used });
    to.column("entries.rows", rows);
    to.column("entries.free", free);
    for (const name of columns) to.rows(`entries.${name}`, this[name], rows);
  }

  /** Takes what was saved, into an empty table. */
  restore(from: Saved): void {
    const { used } = from.value<{ used: number }>("entries");
    const rows = from.column("entries.rows", Int32Array);
    const free = from.column("entries.free", Int32Array, used - rows.length);
    insist(
      rows.every((row) => row >= 0 && row < used),
      "its waiting recipients point nowhere",
    );
    while (this.capacity < used) this.#grow();
    for (const name of columns) from.rows(`entries.${name}`, this[name], rows);
    this.used = used;
    this.live = rows.length;
    this.#free = -1;
    for (let i = free.length - 1; i >= 0; i--) {
      this.next[free[i]] = this.#free;
      this.#free = free[i];
    }
  }

  #grow(): void {
    const capacity = this.capacity * 2;
    this.hashA = widened(this.hashA, capacity);
    this.hashB = widened(this.hashB, capacity);
    this.destination = widened(this.destination, capacity);
    this.next = widened(this.next, capacity);
    this.attempts = widened(this.attempts, capacity);
    this.reason = widened(this.reason, capacity);
    this.capacity = capacity;
  }
}
