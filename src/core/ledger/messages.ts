// The messages that are owed, as columns of typed arrays with a hash index over their queue ids.
//
// About 95 bytes a message: a million waiting messages must fit beside everything else on a mail host.
// A message that has left stays findable for a little while, since log lines about it may still come
// (a content filter's answer is logged after the message that it made has long been delivered).

import { wordsOf } from "../events/text.ts";
import type { Instant } from "../time.ts";
import { widened } from "./columns.ts";
import { hashBytes } from "./hash.ts";
import { insist, type Saved, type Saving } from "./saved.ts";

/** Longest queue id kept whole; longer ones (no MTA makes them) are cut. */
const idRoom = 24;

/** Messages that have left and can still be found. */
const mostGone = 16_384;

/** Columns that a checkpoint keeps as they are; the rest can be told from them. */
const columns = [
  "idLength",
  "instance",
  "flags",
  "arrival",
  "lastAttempt",
  "nextAttempt",
  "touched",
  "bytes",
  "recipients",
  "done",
  "attempts",
  "entry",
  "queue",
  "seen",
  "missed",
] as const;

/** Bits of `Messages.flags`. */
export const Flag = {
  /** The queue manager has it: it is owed. */
  queued: 1,
  /** It counts in `accepted`; its removal counts in `removed`. */
  counted: 2,
  nullSender: 4,
  held: 8,
  /** Marked to expire at its next attempt. */
  forced: 16,
  /** A report that the MTA wrote itself. */
  notification: 32,
  /** A client handed it over in front of our eyes. */
  offered: 64,
  /** It goes on under another queue id. */
  handedOver: 128,
  /** It carries on what began under another queue id. */
  continues: 256,
  /** The queue manager is working on it now. */
  active: 512,
  /** It has left the queue. */
  gone: 1024,
  /** An address check, not mail. */
  probe: 2048,
  /** Counted as a departure before it was known to go on under another id. */
  removalCounted: 4096,
  /** `nextAttempt` was read from the MTA after the last attempt. */
  nextKnown: 8192,
  /** Of the messages it was split into, one already stands for it in the counts. */
  carried: 16384,
  /** The queue manager's own word about it was read; until then it is only listed or tried. */
  begun: 32768,
  /** A stranger handed it over: neither this machine nor a user who signed in. */
  outside: 65536,
} as const;

export class Messages {
  capacity: number;
  /** Slots ever used; live ones are those with `Flag.queued` and without `Flag.gone`. */
  used = 0;
  /** Slots in the index, gone ones included. */
  size = 0;

  hash: Int32Array<ArrayBuffer>;
  id: Uint8Array<ArrayBuffer>;
  /** The same memory, four bytes at a time; as every machine that runs Node today, the lowest byte first. */
  #idWords: Int32Array<ArrayBuffer>;
  idLength: Uint8Array<ArrayBuffer>;
  instance: Uint16Array<ArrayBuffer>;
  flags: Uint32Array<ArrayBuffer>;
  arrival: Float64Array<ArrayBuffer>;
  /** Time of the last attempt that left something waiting; 0 for none yet. */
  lastAttempt: Float64Array<ArrayBuffer>;
  /** Next attempt as read from the MTA; see `Flag.nextKnown`. */
  nextAttempt: Float64Array<ArrayBuffer>;
  /** Time of the last event about it. */
  touched: Float64Array<ArrayBuffer>;
  bytes: Float64Array<ArrayBuffer>;
  /** Recipients it had when it was queued, 0 while unknown. */
  recipients: Int32Array<ArrayBuffer>;
  /** Recipients with a final outcome. */
  done: Int32Array<ArrayBuffer>;
  /** Attempts that left something waiting. */
  attempts: Uint16Array<ArrayBuffer>;
  /** First of its waiting recipients in `Entries`, -1 for none. */
  entry: Int32Array<ArrayBuffer>;
  /** `QueueName` of the last survey that had it. */
  queue: Uint8Array<ArrayBuffer>;
  /** Number of the last survey that had it, and of how many complete ones in a row did not. */
  seen: Uint32Array<ArrayBuffer>;
  missed: Uint8Array<ArrayBuffer>;
  #next: Int32Array<ArrayBuffer>;
  #heads: Int32Array<ArrayBuffer>;
  #free = -1;
  /** The slot that was found or made last, -1 for none: a message's lines often follow one another. */
  #last = -1;
  /** Ring of slots that are gone, oldest first. */
  #graves: Int32Array<ArrayBuffer>;
  #graveFirst = 0;
  #graveCount = 0;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.hash = new Int32Array(capacity);
    this.id = new Uint8Array(capacity * idRoom);
    this.#idWords = new Int32Array(this.id.buffer);
    this.idLength = new Uint8Array(capacity);
    this.instance = new Uint16Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.arrival = new Float64Array(capacity);
    this.lastAttempt = new Float64Array(capacity);
    this.nextAttempt = new Float64Array(capacity);
    this.touched = new Float64Array(capacity);
    this.bytes = new Float64Array(capacity);
    this.recipients = new Int32Array(capacity);
    this.done = new Int32Array(capacity);
    this.attempts = new Uint16Array(capacity);
    this.entry = new Int32Array(capacity);
    this.queue = new Uint8Array(capacity);
    this.seen = new Uint32Array(capacity);
    this.missed = new Uint8Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(capacity * 2).fill(-1);
    this.#graves = new Int32Array(1024);
  }

  /** Slot of a queue id, -1 if it is not known. An instance's own id is preferred to another's on the same host. */
  find(bytes: Uint8Array, start: number, end: number, instance: number): number {
    const length = Math.min(end - start, idRoom);
    const last = this.#last;
    // No two slots have both the same id and the same instance.
    if (
      last !== -1 &&
      this.instance[last] === instance &&
      this.idLength[last] === length &&
      this.#hasId(last, bytes, start, length)
    ) {
      return last;
    }
    const hash = hashBytes(bytes, start, start + length);
    let other = -1;
    for (let slot = this.#heads[hash & (this.#heads.length - 1)]; slot !== -1; slot = this.#next[slot]) {
      if (this.hash[slot] !== hash || this.idLength[slot] !== length || !this.#hasId(slot, bytes, start, length))
        continue;
      if (this.instance[slot] === instance) {
        this.#last = slot;
        return slot;
      }
      if (other === -1 || (this.flags[other] & Flag.gone) !== 0) other = slot;
    }
    return other;
  }

  #hasId(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    const words = wordsOf(bytes);
    const offset = slot * idRoom;
    let i = 0;
    for (; i < length - 3; i += 4) {
      if (this.#idWords[(offset + i) >>> 2] !== words.getInt32(start + i, true)) return false;
    }
    for (; i < length; i++) if (this.id[offset + i] !== bytes[start + i]) return false;
    return true;
  }

  /** A new slot for a queue id, empty but for `arrival` and `touched`. */
  add(bytes: Uint8Array, start: number, end: number, instance: number, at: Instant): number {
    let slot = this.#free;
    if (slot !== -1) {
      this.#free = this.#next[slot];
    } else {
      if (this.used === this.capacity) this.#grow();
      slot = this.used++;
    }
    const length = Math.min(end - start, idRoom);
    const hash = hashBytes(bytes, start, start + length);
    this.hash[slot] = hash;
    this.idLength[slot] = length;
    const offset = slot * idRoom;
    for (let i = 0; i < length; i++) this.id[offset + i] = bytes[start + i];
    this.instance[slot] = instance;
    this.reset(slot, at);
    const bucket = hash & (this.#heads.length - 1);
    this.#next[slot] = this.#heads[bucket];
    this.#heads[bucket] = slot;
    this.#last = slot;
    this.size++;
    return slot;
  }

  /** Begins a new life under the same id: short queue ids are used again once they are free. */
  reset(slot: number, at: Instant): void {
    this.flags[slot] = 0;
    this.arrival[slot] = at;
    this.lastAttempt[slot] = 0;
    this.nextAttempt[slot] = 0;
    this.touched[slot] = at;
    this.bytes[slot] = 0;
    this.recipients[slot] = 0;
    this.done[slot] = 0;
    this.attempts[slot] = 0;
    this.entry[slot] = -1;
    this.queue[slot] = 0;
    this.seen[slot] = 0;
    this.missed[slot] = 0;
  }

  /** Marks a slot as gone and lets it be forgotten later. */
  bury(slot: number): void {
    this.flags[slot] |= Flag.gone;
    if (this.#graveCount === this.#graves.length) {
      const wider = new Int32Array(this.#graves.length * 2);
      for (let i = 0; i < this.#graveCount; i++) {
        wider[i] = this.#graves[(this.#graveFirst + i) & (this.#graves.length - 1)];
      }
      this.#graves = wider;
      this.#graveFirst = 0;
    }
    this.#graves[(this.#graveFirst + this.#graveCount) & (this.#graves.length - 1)] = slot;
    this.#graveCount++;
    if (this.#graveCount > mostGone) this.#forgetOldest();
  }

  /** Forgets those that have been gone since before `before`. */
  forgetGone(before: Instant): void {
    while (this.#graveCount > 0) {
      const slot = this.#graves[this.#graveFirst];
      if ((this.flags[slot] & Flag.gone) !== 0 && this.touched[slot] >= before) return;
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const slot = this.#graves[this.#graveFirst];
    this.#graveFirst = (this.#graveFirst + 1) & (this.#graves.length - 1);
    this.#graveCount--;
    // The id may have been used again since: then it has a later grave, or lives.
    if ((this.flags[slot] & Flag.gone) !== 0) this.#remove(slot);
  }

  #remove(slot: number): void {
    if (this.idLength[slot] === 0) return;
    if (this.#last === slot) this.#last = -1;
    const bucket = this.hash[slot] & (this.#heads.length - 1);
    let previous = -1;
    for (let at = this.#heads[bucket]; at !== -1; at = this.#next[at]) {
      if (at === slot) {
        if (previous === -1) this.#heads[bucket] = this.#next[at];
        else this.#next[previous] = this.#next[at];
        this.idLength[slot] = 0;
        this.flags[slot] = 0;
        this.#next[slot] = this.#free;
        this.#free = slot;
        this.size--;
        return;
      }
      previous = at;
    }
  }

  /** Frees a slot at once. */
  drop(slot: number): void {
    this.#remove(slot);
  }

  /** Bytes of the queue id of a slot. A view: copy to keep. */
  idBytes(slot: number): Uint8Array {
    return this.id.subarray(slot * idRoom, slot * idRoom + this.idLength[slot]);
  }

  /** Slots in use, in order. */
  #inUse(): Int32Array<ArrayBuffer> {
    const slots = new Int32Array(this.size);
    let count = 0;
    for (let slot = 0; slot < this.used; slot++) if (this.idLength[slot] !== 0) slots[count++] = slot;
    return slots;
  }

  save(to: Saving): void {
    const slots = this.#inUse();
    to.value("messages", { capacity: this.capacity, used: this.used });
    to.column("messages.slots", slots);
    for (const name of columns) to.rows(`messages.${name}`, this[name], slots);
    // The next of each in its bucket: of two messages with one id on two instances the order matters.
    to.rows("messages.next", this.#next, slots);
    let bytes = 0;
    for (let i = 0; i < slots.length; i++) bytes += this.idLength[slots[i]];
    const ids = new Uint8Array(bytes);
    let at = 0;
    for (let i = 0; i < slots.length; i++) {
      const offset = slots[i] * idRoom;
      const end = offset + this.idLength[slots[i]];
      for (let byte = offset; byte < end; byte++) ids[at++] = this.id[byte];
    }
    to.column("messages.ids", ids);
    const free = new Int32Array(this.used - slots.length);
    let slot = this.#free;
    for (let i = 0; i < free.length; i++) {
      free[i] = slot;
      slot = this.#next[slot];
    }
    to.column("messages.free", free);
    const graves = new Int32Array(this.#graveCount);
    for (let i = 0; i < graves.length; i++) {
      graves[i] = this.#graves[(this.#graveFirst + i) & (this.#graves.length - 1)];
    }
    to.column("messages.graves", graves);
  }

  /** Takes what was saved, into an empty table. */
  restore(from: Saved): void {
    const { capacity, used } = from.value<{ capacity: number; used: number }>("messages");
    const fits = capacity >= used && capacity >= this.capacity && Number.isInteger(Math.log2(capacity));
    insist(fits, "the size of its table of messages is impossible");
    while (this.capacity < capacity) this.#grow();
    this.used = used;
    const slots = from.column("messages.slots", Int32Array);
    this.size = slots.length;
    for (const name of columns) from.rows(`messages.${name}`, this[name], slots);
    from.rows("messages.next", this.#next, slots);
    const ids = from.column("messages.ids", Uint8Array);
    let at = 0;
    const pointedAt = new Uint8Array(capacity);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const length = this.idLength[slot];
      insist(slot < used && length > 0 && length <= idRoom && at + length <= ids.length, "an id of a message is cut");
      for (let byte = 0; byte < length; byte++) this.id[slot * idRoom + byte] = ids[at++];
      this.hash[slot] = hashBytes(this.id, slot * idRoom, slot * idRoom + length);
      if (this.#next[slot] !== -1) pointedAt[this.#next[slot]] = 1;
    }
    for (let i = 0; i < slots.length; i++) {
      if (pointedAt[slots[i]] === 0) this.#heads[this.hash[slots[i]] & (this.#heads.length - 1)] = slots[i];
    }
    const free = from.column("messages.free", Int32Array, used - slots.length);
    this.#free = -1;
    for (let i = free.length - 1; i >= 0; i--) {
      this.#next[free[i]] = this.#free;
      this.#free = free[i];
    }
    const graves = from.column("messages.graves", Int32Array);
    let room = this.#graves.length;
    while (room < graves.length) room *= 2;
    this.#graves = new Int32Array(room);
    this.#graves.set(graves);
    this.#graveFirst = 0;
    this.#graveCount = graves.length;
  }

  #grow(): void {
    const capacity = this.capacity * 2;
    this.hash = widened(this.hash, capacity);
    this.id = widened(this.id, capacity * idRoom);
    this.#idWords = new Int32Array(this.id.buffer);
    this.idLength = widened(this.idLength, capacity);
    this.instance = widened(this.instance, capacity);
    this.flags = widened(this.flags, capacity);
    this.arrival = widened(this.arrival, capacity);
    this.lastAttempt = widened(this.lastAttempt, capacity);
    this.nextAttempt = widened(this.nextAttempt, capacity);
    this.touched = widened(this.touched, capacity);
    this.bytes = widened(this.bytes, capacity);
    this.recipients = widened(this.recipients, capacity);
    this.done = widened(this.done, capacity);
    this.attempts = widened(this.attempts, capacity);
    this.entry = widened(this.entry, capacity);
    this.queue = widened(this.queue, capacity);
    this.seen = widened(this.seen, capacity);
    this.missed = widened(this.missed, capacity);
    this.#next = widened(this.#next, capacity);
    this.capacity = capacity;
    const heads = new Int32Array(capacity * 2).fill(-1);
    for (let slot = 0; slot < this.used; slot++) {
      if (this.idLength[slot] === 0) continue;
      const bucket = this.hash[slot] & (heads.length - 1);
      this.#next[slot] = heads[bucket];
      heads[bucket] = slot;
    }
    this.#heads = heads;
  }
}
