// Messages of strangers between the first word of their clients and the queue: who hands them over, and when they say they were sent.
//
// Hot: every message of a log passes here twice. So a message is one number in a table, and a client's name is looked
// at once.

import type { EventBatch } from "../../events/batch.ts";
import { textOf } from "../../events/text.ts";
import { hashBytes } from "../../ledger/hash.ts";
import type { Saved, Saving } from "../../ledger/saved.ts";
import { HOUR, type Instant, MINUTE } from "../../time.ts";
import { classOf } from "./classify.ts";
import { classNumber, saysNothing, signOf } from "./mix.ts";
import { latenessFrom, longestWait } from "./submissions.ts";

/**
 * Places for messages, and for clients whose class is kept in mind. Two that fall on one place push each other out, which costs a count
 * now and then: a few hundred messages are on their way at once.
 */
const places = 8192;
const clientPlaces = 16_384;
/** A message that took longer is not waited for. */
const longest = HOUR;
/** Clocks differ. */
const ahead = 5 * MINUTE;

/** The address and the name in `mail.example.org[192.0.2.1]`; a name that is not confirmed is logged as `unknown`. */
export function clientOf(batch: EventBatch, i: number): { address: string; host: string | undefined } {
  const text = textOf(batch.bytes, batch.detail.start[i], batch.detail.end[i]);
  const at = text.lastIndexOf("[");
  if (at === -1) return { address: text, host: undefined };
  const host = text.slice(0, at);
  const end = text.indexOf("]", at);
  return {
    address: text.slice(at + 1, end === -1 ? undefined : end),
    host: host === "" || host === "unknown" ? undefined : host,
  };
}

/** A message that was taken. */
export interface Taken {
  /** Number of the class in a `SenderMix`. */
  readonly senderClass: number;
  /** Sign of the host that handed it over, in a `SenderMix`. */
  readonly host: number;
  /** When it entered the queue in which it waited; `NaN` where it did not wait, `undefined` where nothing says when it was sent. */
  readonly sent: Instant | undefined;
}

/** Follows messages of strangers; `hashOf` makes a keyed hash of a text. Bounded, and without a new object for a message. */
export class OnTheWay {
  readonly #hashOf: (text: string) => number;
  // Only for speed: nothing of it is kept.
  readonly #clientKey = new Int32Array(clientPlaces);
  readonly #clientClass = new Uint8Array(clientPlaces);
  readonly #clientHost = new Uint16Array(clientPlaces);
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

  constructor(hashOf: (text: string) => number) {
    this.#hashOf = hashOf;
  }

  /** A client began to hand a message over. */
  offered(batch: EventBatch, i: number, id: number): void {
    const place = placeOf(id);
    if (batch.outside[i] !== 1) {
      if (this.#id[place] === id) this.#id[place] = 0;
      return;
    }
    const { start, end } = batch.detail;
    const key = hashBytes(batch.bytes, start[i], end[i]) | 1;
    const client = (key >>> 1) % clientPlaces;
    if (this.#clientKey[client] !== key) {
      const { address, host } = clientOf(batch, i);
      const { senderClass } = classOf(host === undefined ? {} : { confirmedName: host });
      this.#clientKey[client] = key;
      this.#clientClass[client] = classNumber(senderClass, host !== undefined);
      this.#clientHost[client] = signOf(this.#hashOf(`host ${address}`));
    }
    this.#id[place] = id;
    this.#began[place] = batch.time[i];
    this.#class[place] = this.#clientClass[client];
    this.#host[place] = this.#clientHost[client];
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

  /** The queue has it since `at`; `undefined` where it is none of a stranger, or its beginning was not seen. */
  taken(id: number, at: Instant): Taken | undefined {
    const place = placeOf(id);
    if (this.#id[place] !== id || at - this.#began[place] > longest) return undefined;
    this.#id[place] = 0;
    const own = this.#class[place];
    const software = this.#software[place] - 1;
    const told = saysNothing(own) && software !== -1 && !saysNothing(software);
    return {
      senderClass: told ? software : own,
      host: this.#host[place],
      sent: this.#dated[place] === 1 ? this.#sent[place] : undefined,
    };
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
  return Math.floor(id / 65_536) % places;
}
