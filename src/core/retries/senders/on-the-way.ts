// Messages of strangers between the first word of their clients and the queue: who hands them over, and when they say they were sent.
//
// Hot: every message of a log passes here twice. So a message is one number in a table.

import type { EventBatch } from "../../events/batch.ts";
import { textOf } from "../../events/text.ts";
import type { Saved, Saving } from "../../ledger/saved.ts";
import { HOUR, type Instant, MINUTE } from "../../time.ts";
import { classOf } from "./classify.ts";
import { Clients } from "./clients.ts";
import type { HashKey } from "./keyed-hash.ts";
import { classNumber, saysNothing } from "./mix.ts";
import { latenessFrom, longestWait } from "./submissions.ts";

/**
 * Places for messages. Two that fall on one place push each other out, which costs a count now and then: a few hundred messages
 * are on their way at once.
 */
const places = 8192;
/** A message that took longer is not waited for. */
const longest = HOUR;
/** Clocks differ. */
const ahead = 5 * MINUTE;

/** Follows messages of strangers. Bounded, and without a new object for a message. */
export class OnTheWay {
  readonly #clients: Clients;
  /** 0 where there is none. */
  readonly #id = new Float64Array(places);
  readonly #began = new Float64Array(places);
  readonly #class = new Uint8Array(places);
  readonly #host = new Uint16Array(places);
  /** 1 where one of its stamps can be believed. */
  readonly #dated = new Uint8Array(places);
  /** The latest of its stamps that is old enough to have waited since then; `NaN` where there is none. */
  readonly #sent = new Float64Array(places);
  /** Number of a class by the first Received header, and 1 more: 0 where none was logged yet. */
  readonly #software = new Uint8Array(places);
  #newest: Instant = Number.NEGATIVE_INFINITY;
  // What the last `taken` found.
  /** Number of the class in a `SenderMix`. */
  senderClass = 0;
  /** Sign of the host that handed it over, in a `SenderMix`. */
  host = 0;
  /** Whether it says when it was sent. */
  isDated = false;
  /** When it entered the queue in which it waited, if it is dated; `NaN` where it did not wait. */
  sent: Instant = Number.NaN;

  /** `key` is what hosts are hashed with. */
  constructor(key: HashKey) {
    this.#clients = new Clients(key);
  }

  /** A client began to hand a message over. */
  offered(batch: EventBatch, i: number, id: number): void {
    const place = placeOf(id);
    if (batch.outside[i] !== 1) {
      if (this.#id[place] === id) this.#id[place] = 0;
      return;
    }
    this.#clients.look(batch, i);
    this.#id[place] = id;
    this.#began[place] = batch.time[i];
    this.#class[place] = this.#clients.senderClass;
    this.#host[place] = this.#clients.host;
    this.#dated[place] = 0;
    this.#sent[place] = Number.NaN;
    this.#software[place] = 0;
    if (batch.time[i] > this.#newest) this.#newest = batch.time[i];
  }

  /** A header of the message says when it was sent, or passed a host on its way. */
  dated(batch: EventBatch, i: number, id: number): void {
    const place = placeOf(id);
    if (this.#id[place] !== id) return;
    const at = batch.time[i];
    const age = batch.delay[i];
    if (batch.number[i] === 1 && this.#software[place] === 0) {
      // A log shows the line ends of a folded header as question marks.
      const received = textOf(batch.bytes, batch.detail.start[i], batch.detail.end[i]).replace(/\?+/g, " ");
      this.#software[place] = classNumber(classOf({ received }).senderClass, false) + 1;
    }
    // A moment that is to come, or longer ago than anybody holds on to mail, is of a wrong clock and says nothing.
    if (!(age >= -ahead && age <= longestWait)) return;
    this.#dated[place] = 1;
    if (age > latenessFrom && !(this.#sent[place] >= at - age)) this.#sent[place] = at - age;
  }

  /** The queue has it since `at`; false where it is none of a stranger, or its beginning was not seen. */
  taken(id: number, at: Instant): boolean {
    const place = placeOf(id);
    if (this.#id[place] !== id || at - this.#began[place] > longest) return false;
    this.#id[place] = 0;
    const own = this.#class[place];
    const software = this.#software[place] - 1;
    const told = saysNothing(own) && software !== -1 && !saysNothing(software);
    this.senderClass = told ? software : own;
    this.host = this.#host[place];
    this.isDated = this.#dated[place] === 1;
    this.sent = this.#sent[place];
    return true;
  }

  save(name: string, to: Saving): void {
    const rows: number[] = [];
    for (let place = 0; place < places; place++) {
      if (this.#id[place] === 0 || this.#began[place] < this.#newest - longest) continue;
      rows.push(this.#id[place], this.#began[place], this.#class[place], this.#host[place]);
      rows.push(this.#dated[place], this.#sent[place], this.#software[place]);
    }
    to.column(name, Float64Array.from(rows));
  }

  restore(name: string, from: Saved): void {
    if (!from.has(name)) return;
    const rows = from.column(name, Float64Array);
    for (let row = 0; row + 6 < rows.length; row += 7) {
      const place = placeOf(rows[row]);
      this.#id[place] = rows[row];
      this.#began[place] = rows[row + 1];
      this.#class[place] = rows[row + 2];
      this.#host[place] = rows[row + 3];
      this.#dated[place] = rows[row + 4];
      this.#sent[place] = rows[row + 5];
      this.#software[place] = rows[row + 6];
      this.#newest = Math.max(this.#newest, rows[row + 1]);
    }
  }
}

/** The upper bits of an id are the hash of a queue id, the lower ones the instance. */
function placeOf(id: number): number {
  return ((id / 65_536) >>> 0) % places;
}
