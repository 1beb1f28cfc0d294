// Where a client is, from the bytes of `mail.example.org[192.0.2.1]`: the marks of its network and of its domain.
//
// Hot while anybody whom we turned away is expected back: then every message is asked about. Clients are many, their networks and
// domains are few: so these are known by their own bytes, and only new ones are read as text.

import type { EventBatch } from "../../events/batch.ts";
import { hashBytes } from "../../ledger/hash.ts";
import { clientOf } from "./clients.ts";
import type { Pairing } from "./pairing.ts";

/** Places for marks that are kept in mind; two that fall on one push each other out. */
const room = 4096;

const DOT = 0x2e;
const OPEN = 0x5b;
const CLOSE = 0x5d;

// What a name that is an address consists of: such a one has no domain.
const addressLetters = new Uint8Array(256);
for (const letter of "0123456789.:[]") addressLetters[letter.charCodeAt(0)] = 1;

/** Whereabouts as `Pairing` marks them. Nothing of it is kept: what it remembers is for speed only. */
export class WhereaboutsFinder {
  readonly #pairing: Pairing;
  readonly #networkKey = new Int32Array(room);
  readonly #network = new Float64Array(room);
  readonly #domainKey = new Int32Array(room);
  readonly #domain = new Float64Array(room);
  /** What the last `look` found: the mark of the network, and that of the domain, `NaN` where there is none. */
  network = 0;
  domain = Number.NaN;

  constructor(pairing: Pairing) {
    this.#pairing = pairing;
  }

  /** Looks at the client that `batch.detail` names. */
  look(batch: EventBatch, i: number): void {
    const { bytes } = batch;
    const start = batch.detail.start[i];
    const end = batch.detail.end[i];
    let open = end - 1;
    while (open >= start && bytes[open] !== OPEN) open--;
    let close = open < start ? end : open + 1;
    while (close < end && bytes[close] !== CLOSE) close++;
    const networkKey = keyOfNetwork(bytes, open < start ? start : open + 1, close);
    const domainKey = open <= start ? 0 : keyOfDomain(bytes, start, open);
    const network = (networkKey >>> 1) % room;
    const domain = (domainKey >>> 1) % room;
    if (
      networkKey === 0 ||
      domainKey === 0 ||
      this.#networkKey[network] !== networkKey ||
      this.#domainKey[domain] !== domainKey
    ) {
      const { address, host } = clientOf(batch, i);
      const found = this.#pairing.whereabouts(address, host);
      this.#networkKey[network] = networkKey;
      this.#network[network] = found.network;
      this.#domainKey[domain] = domainKey;
      this.#domain[domain] = found.domain ?? Number.NaN;
    }
    this.network = this.#network[network];
    this.domain = this.#domain[domain];
  }
}

/** A key for the network of an address, by its first three numbers if it has four; else by all of it. 0: to be read as text. */
function keyOfNetwork(bytes: Uint8Array, start: number, end: number): number {
  let dots = 0;
  let last = start;
  let isPlain = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte >= 0x80) return 0;
    if (byte === DOT) {
      // No number between.
      if (at === last && at > start) isPlain = false;
      dots++;
      last = at + 1;
    } else if (byte < 0x30 || byte > 0x39) isPlain = false;
  }
  isPlain &&= dots === 3 && last < end && start < end && bytes[start] !== DOT;
  return hashBytes(bytes, start, isPlain ? last - 1 : end) | 1;
}

/**
 * A key for the domain of a name, by its last two labels, or three where they are of the kind of `co.uk`: what `domainOf` tells it by.
 * 0: to be read as text.
 */
function keyOfDomain(bytes: Uint8Array, start: number, end: number): number {
  const stop = bytes[end - 1] === DOT ? end - 1 : end;
  let at = stop;
  let isAddress = 1;
  let first = 0;
  for (let labels = 0; at > start; at--) {
    const byte = bytes[at - 1];
    if (byte >= 0x80) return 0;
    if (byte === DOT) {
      labels++;
      if (labels === 1) first = at;
      else if (labels === 3 || stop - first !== 2 || first - 1 - at > 3) break;
    }
    isAddress &= addressLetters[byte];
  }
  return isAddress === 1 ? 0 : hashBytes(bytes, at, stop) | 1;
}
