// Who hands a message over: the class and the sign of a client, from `mail.example.org[192.0.2.1]`.
//
// Hot: every message of a log is asked about. So names and addresses stay bytes: nearly all names end in nothing that a
// provider's name ends in, and an address that was seen lately has its sign still at hand. Only the rest is read as text.

import type { EventBatch } from "../../events/batch.ts";
import { textOf, withinBytes } from "../../events/text.ts";
import { hashBytes } from "../../ledger/hash.ts";
import { classOf, maybeNamed } from "./classify.ts";
import { type HashKey, keyOf, keyOfBytes } from "./keyed-hash.ts";
import { classNumber, signOf } from "./mix.ts";

/** Places for addresses whose sign is kept in mind, and for names whose class is; two that fall on one push each other out. */
const addresses = 16_384;
const names = 4096;

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

const unnamed = classNumber("unknown", false);
const unknown = classNumber("unknown", true);

/** Clients as a `SenderMix` counts them. Nothing of it is kept: what it remembers is for speed only. */
export class Clients {
  readonly #key: HashKey;
  readonly #addressKey = new Int32Array(addresses);
  readonly #sign = new Uint16Array(addresses);
  readonly #nameKey = new Int32Array(names);
  readonly #class = new Uint8Array(names);
  /** What the last `look` found: the number of the class, and the sign of the host. */
  senderClass = 0;
  host = 0;

  constructor(key: HashKey) {
    this.#key = key;
  }

  /** Looks at the client that `batch.detail` names. */
  look(batch: EventBatch, i: number): void {
    const { bytes } = batch;
    const start = batch.detail.start[i];
    const end = batch.detail.end[i];
    let open = end - 1;
    while (open >= start && bytes[open] !== 0x5b) open--;
    let close = open < start ? end : open + 1;
    while (close < end && bytes[close] !== 0x5d) close++;
    this.host = this.#signAt(batch, i, open < start ? start : open + 1, close);
    this.senderClass = open <= start ? unnamed : this.#classAt(batch, i, start, open);
  }

  #signAt(batch: EventBatch, i: number, start: number, end: number): number {
    const { bytes } = batch;
    const key = hashBytes(bytes, start, end) | 1;
    const place = (key >>> 1) % addresses;
    if (this.#addressKey[place] === key) return this.#sign[place];
    let at = start;
    while (at < end && bytes[at] < 0x80) at++;
    const mark =
      at === end
        ? keyOfBytes(this.#key, "host ", bytes, start, end)
        : keyOf(this.#key, `host ${clientOf(batch, i).address}`);
    this.#addressKey[place] = key;
    this.#sign[place] = signOf(mark);
    return this.#sign[place];
  }

  #classAt(batch: EventBatch, i: number, start: number, end: number): number {
    const { bytes } = batch;
    if (!maybeNamed(bytes, start, end)) {
      return end - start === 7 && withinBytes(bytes, start, end, "unknown") === start ? unnamed : unknown;
    }
    const key = hashBytes(bytes, start, end) | 1;
    const place = (key >>> 1) % names;
    if (this.#nameKey[place] === key) return this.#class[place];
    const { host } = clientOf(batch, i);
    const { senderClass } = classOf(host === undefined ? {} : { confirmedName: host });
    this.#nameKey[place] = key;
    this.#class[place] = classNumber(senderClass, host !== undefined);
    return this.#class[place];
  }
}
