// Messages of strangers between the first word of their clients and the queue: who hands them over, and when they say they were sent.
//
// Hot: every message of a log passes here twice. So a message is one number in a table, and a client's name is looked
// at once.

import type { EventBatch } from "../../events/batch.ts";
import { textOf } from "../../events/text.ts";
import { hashBytes } from "../../ledger/hash.ts";
import type { Saved, Saving } from "../../ledger/saved.ts";
import { type Instant, MINUTE } from "../../time.ts";
import { classOf } from "./classify.ts";
import { classNumber, saysNothing } from "./mix.ts";
import { latenessFrom, longestWait } from "./submissions.ts";

/** Messages that are kept in mind at most; the oldest is let go. */
const mostMessages = 4096;
/** Clients whose class is kept in mind at most, only for speed. */
const mostClients = 4096;
/** Clocks differ. */
const ahead = 5 * MINUTE;

/** The address and the name in `mail.example.org[192.0.2.1]`; a name that is not confirmed is logged as `unknown`. */
export function clientOf(batch: EventBatch, i: number): { address: string; host: string | undefined } {
  const text = textOf(batch.bytes, batch.detail.start[i], batch.detail.end[i]);
  const at = text.lastIndexOf("[");
  if (at === -1) return { address: text, host: undefined };
  const host = text.slice(0, at);
  return {
    address: text.slice(at + 1).replace(/\].*$/s, ""),
    host: host === "" || host === "unknown" ? undefined : host,
  };
}

/** A message that was taken. */
export interface Taken {
  /** Number of the class in a `SenderMix`. */
  readonly senderClass: number;
  /** Keyed hash of the address that handed it over. */
  readonly host: number;
  /** When it entered the queue in which it waited; `NaN` where it did not wait, `undefined` where nothing says when it was sent. */
  readonly sent: Instant | undefined;
}

interface Client {
  readonly senderClass: number;
  readonly host: number;
}

/** When a message says it was sent. */
interface Stamps {
  /** 1 where one of its stamps can be believed, else 0. */
  dated: number;
  /** The latest of its stamps that is old enough to have waited since then; `NaN` where there is none. */
  sent: Instant;
  /** Number of a class by the first Received header, -1 where none was logged yet. */
  software: number;
}

/** Follows messages of strangers; `mark` makes a keyed hash of a text. */
export class OnTheWay {
  readonly #mark: (text: string) => number;
  readonly #clients = new Map<number, Client>();
  readonly #messages = new Map<number, Client>();
  readonly #stamps = new Map<number, Stamps>();

  constructor(mark: (text: string) => number) {
    this.#mark = mark;
  }

  /** A client began to hand a message over. */
  offered(batch: EventBatch, i: number, id: number): void {
    this.#stamps.delete(id);
    if (batch.outside[i] !== 1) {
      this.#messages.delete(id);
      return;
    }
    const { start, end } = batch.detail;
    const hash = hashBytes(batch.bytes, start[i], end[i]);
    let client = this.#clients.get(hash);
    if (client === undefined) {
      const { address, host } = clientOf(batch, i);
      const { senderClass } = classOf(host === undefined ? {} : { confirmedName: host });
      client = { senderClass: classNumber(senderClass, host !== undefined), host: this.#mark(`host ${address}`) };
      if (this.#clients.size >= mostClients) this.#clients.clear();
      this.#clients.set(hash, client);
    }
    put(this.#messages, id, client);
  }

  /** A header of the message says when it was sent, or passed a host on its way. */
  dated(batch: EventBatch, i: number, id: number): void {
    const at = batch.time[i];
    const age = batch.delay[i];
    const known = this.#stamps.get(id);
    const stamps = known ?? { dated: 0, sent: Number.NaN, software: -1 };
    if (batch.number[i] === 1 && stamps.software === -1) {
      // A log shows the line ends of a folded header as question marks.
      const received = textOf(batch.bytes, batch.detail.start[i], batch.detail.end[i]).replace(/\?+/g, " ");
      stamps.software = classNumber(classOf({ received }).senderClass, false);
    }
    // A moment that is to come, or longer ago than anybody holds on to mail, is of a wrong clock and says nothing.
    if (age >= -ahead && age <= longestWait) {
      stamps.dated = 1;
      if (age > latenessFrom && !(stamps.sent >= at - age)) stamps.sent = at - age;
    }
    if (known === undefined) put(this.#stamps, id, stamps);
  }

  /** The queue has it; `undefined` where it is none of a stranger, or its beginning was not seen. */
  taken(id: number): Taken | undefined {
    const client = this.#messages.get(id);
    if (client === undefined) return undefined;
    this.#messages.delete(id);
    const stamps = this.#stamps.get(id);
    if (stamps === undefined) return { ...client, sent: undefined };
    this.#stamps.delete(id);
    const told = saysNothing(client.senderClass) && stamps.software !== -1 && !saysNothing(stamps.software);
    const senderClass = told ? stamps.software : client.senderClass;
    return { senderClass, host: client.host, sent: stamps.dated === 1 ? stamps.sent : undefined };
  }

  save(name: string, to: Saving): void {
    const rows: number[] = [];
    for (const [id, { senderClass, host }] of this.#messages) rows.push(id, senderClass, host);
    to.column(`${name}.messages`, Float64Array.from(rows));
    const stamps: number[] = [];
    for (const [id, { dated, sent, software }] of this.#stamps) stamps.push(id, dated, sent, software);
    to.column(`${name}.stamps`, Float64Array.from(stamps));
  }

  restore(name: string, from: Saved): void {
    if (!from.has(`${name}.messages`)) return;
    const rows = from.column(`${name}.messages`, Float64Array);
    for (let at = 0; at + 2 < rows.length; at += 3) {
      this.#messages.set(rows[at], { senderClass: rows[at + 1], host: rows[at + 2] });
    }
    const stamps = from.column(`${name}.stamps`, Float64Array);
    for (let at = 0; at + 3 < stamps.length; at += 4) {
      this.#stamps.set(stamps[at], { dated: stamps[at + 1], sent: stamps[at + 2], software: stamps[at + 3] });
    }
  }
}

function put<T>(into: Map<number, T>, id: number, value: T): void {
  into.delete(id);
  into.set(id, value);
  if (into.size <= mostMessages) return;
  const [oldest] = into.keys();
  into.delete(oldest);
}
