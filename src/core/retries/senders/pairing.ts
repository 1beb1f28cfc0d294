// Senders that we turned away for now, and their return: who came back, after how long, and who never did.

import { DAY, type Duration, type Instant } from "../../time.ts";
import { patienceOf } from "./expiry.ts";
import { type HashKey, keyOf } from "./keyed-hash.ts";

/** One try of a sender to hand over a message for one recipient. */
export interface Approach {
  readonly at: Instant;
  /** Envelope addresses as the client gave them; the empty sender is one like any other. */
  readonly sender: string;
  readonly recipient: string;
  /** Address of the client. */
  readonly address: string;
  /** Name of the client, where one is known. */
  readonly host?: string;
  readonly senderClass?: string;
}

/** Where a client is, as keyed hashes: of its network, and of its domain where it has a name. */
export interface Whereabouts {
  readonly network: number;
  readonly domain: number | undefined;
}

/** A sender that came back. */
export interface Return {
  readonly senderClass: string;
  /** From the first time it was turned away until the message was taken. */
  readonly waited: Duration;
  /** How often it was turned away. */
  readonly refusals: number;
}

/** A row of what is remembered, as it is kept over a restart: hashes, no addresses. */
export interface SavedPair {
  readonly keys: readonly number[];
  /** Mark of the sender's address. */
  readonly sender: number;
  /** Networks and domains that it came from. */
  readonly places: readonly number[];
  readonly first: Instant;
  readonly last: Instant;
  readonly refusals: number;
  readonly senderClass: string;
}

interface Pair extends SavedPair {
  last: Instant;
  refusals: number;
  senderClass: string;
  keys: number[];
  places: number[];
}

// After the age at which it gives up, a sender may still make the attempt that was due then.
const lastAttempt = DAY / 2;
const mostKeys = 8;
const mostMarks = 10_000;
const near = 4096;

/** The network of an address: the first 24 bits of IPv4, the first 64 of IPv6. Pools of providers answer from many. */
export function networkOf(address: string): string {
  // Nearly all are of this form, and this is asked for every client.
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address.slice(0, address.lastIndexOf("."));
  const plain = address
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/^ipv6:/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain.split(".").slice(0, 3).join(".");
  const [head = "", tail] = plain.split("%")[0].split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4);
  return groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

/** The domain that a host belongs to: its last two labels, three where the last two are of the kind of `co.uk`. */
export function domainOf(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  if (labels.length < 2 || /^[\d.:[\]]+$/.test(host)) return undefined;
  const country = labels.at(-1)?.length === 2 && (labels.at(-2)?.length ?? 0) <= 3 && labels.length > 2;
  return labels.slice(country ? -3 : -2).join(".");
}

/**
 * Remembers whom we turned away. The same sender and recipient from the same network or the same domain is the same
 * message coming back; an address alone never is. Two messages of one sender to one recipient cannot be told apart.
 * Bounded: past `limit`, the one that was turned away first is forgotten, and counted in `forgotten`.
 */
export class Pairing {
  readonly #key: HashKey;
  readonly #limit: number;
  readonly #pairs = new Set<Pair>();
  readonly #byKey = new Map<number, Pair>();
  /** How many pairs came from a place. */
  readonly #byPlace = new Map<number, number>();
  /** The same by the last bits of a place. Only for speed: for most places there is none. */
  readonly #near = new Uint32Array(near);
  readonly #bySender = new Map<number, number>();
  // Only for speed: the same networks, domains and addresses come again and again.
  readonly #marks = new Map<string, number>();
  #forgotten = 0;

  constructor(key: HashKey, limit = 100_000) {
    this.#key = key;
    this.#limit = limit;
  }

  /** Senders that have been turned away and have not come back yet. */
  get waiting(): number {
    return this.#pairs.size;
  }

  /** Senders of which nothing is known any more for want of room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The keyed hash of a part of an approach: what may be kept where the part itself may not. */
  mark(text: string): number {
    const before = this.#marks.get(text);
    if (before !== undefined) return before;
    const mark = keyOf(this.#key, text.toLowerCase());
    if (this.#marks.size >= mostMarks) this.#marks.clear();
    this.#marks.set(text, mark);
    return mark;
  }

  /** Where a client is. */
  whereabouts(address: string, host: string | undefined): Whereabouts {
    const domain = host === undefined ? undefined : domainOf(host);
    return {
      network: this.mark(`network ${networkOf(address)}`),
      domain: domain === undefined ? undefined : this.mark(`domain ${domain}`),
    };
  }

  /** Whether anybody was turned away from there who has not come back; `domain` is `NaN` where there is none. */
  expects(network: number, domain: number): boolean {
    return this.#isAwaited(network) || (!Number.isNaN(domain) && this.#isAwaited(domain));
  }

  #isAwaited(place: number): boolean {
    return this.#near[place & (near - 1)] > 0 && this.#byPlace.has(place);
  }

  /** Whether anybody by that mark was turned away who has not come back. */
  expectsSender(sender: number): boolean {
    return this.#bySender.has(sender);
  }

  /** We turned a sender away with a 4xx. */
  refused(approach: Approach): void {
    const { sender, recipient, address, host } = approach;
    const from = this.whereabouts(address, host);
    const by = this.mark(sender);
    const keys = this.#keysOf(by, this.mark(recipient), from);
    let pair = this.#find(keys);
    if (pair === undefined) {
      const senderClass = approach.senderClass ?? "unknown";
      pair = { keys: [], sender: by, places: [], first: approach.at, last: approach.at, refusals: 0, senderClass };
      this.#pairs.add(pair);
      count(this.#bySender, by, 1);
    }
    pair.refusals++;
    pair.last = Math.max(pair.last, approach.at);
    if (approach.senderClass !== undefined) pair.senderClass = approach.senderClass;
    for (const key of keys) this.#remember(pair, key);
    this.#place(pair, from.network);
    if (from.domain !== undefined) this.#place(pair, from.domain);
    if (this.#pairs.size > this.#limit) {
      const [oldest] = this.#pairs;
      this.#forget(oldest);
      this.#forgotten++;
    }
  }

  /** We took a message; `undefined` where this sender had not been turned away before. */
  accepted({ at, sender, recipient, address, host }: Approach): Return | undefined {
    return this.acceptedFrom(at, this.mark(sender), this.mark(recipient), this.whereabouts(address, host));
  }

  /** The same by the marks of sender and recipient. */
  acceptedFrom(at: Instant, sender: number, recipient: number, from: Whereabouts): Return | undefined {
    const pair = this.#find(this.#keysOf(sender, recipient, from));
    if (pair === undefined || at < pair.first) return undefined;
    this.#forget(pair);
    return { senderClass: pair.senderClass, waited: at - pair.first, refusals: pair.refusals };
  }

  /** Those who will not come any more by what their class holds on to; they are told once and then forgotten. */
  neverReturned(now: Instant): Return[] {
    const gone: Return[] = [];
    for (const pair of this.#pairs) {
      const { first, last, refusals, senderClass } = pair;
      if (now < Math.max(first + patienceOf(senderClass), last) + lastAttempt) continue;
      this.#forget(pair);
      gone.push({ senderClass, waited: last - first, refusals });
    }
    return gone;
  }

  /** All that is remembered, oldest first; it means something only together with the key. */
  save(): SavedPair[] {
    return [...this.#pairs].map((pair) => ({ ...pair, keys: [...pair.keys], places: [...pair.places] }));
  }

  /** Takes up what was saved. */
  restore(rows: readonly SavedPair[], forgotten = 0): void {
    this.#forgotten = forgotten;
    for (const row of rows) {
      const pair: Pair = { ...row, keys: [], places: [] };
      this.#pairs.add(pair);
      count(this.#bySender, row.sender, 1);
      for (const place of row.places) this.#place(pair, place);
      for (const key of row.keys) this.#remember(pair, key);
    }
  }

  #keysOf(sender: number, recipient: number, { network, domain }: Whereabouts): number[] {
    const key = (place: number): number => keyOf(this.#key, String(sender), String(recipient), String(place));
    return domain === undefined ? [key(network)] : [key(network), key(domain)];
  }

  #place(pair: Pair, place: number): void {
    if (pair.places.includes(place) || pair.places.length >= mostKeys) return;
    pair.places.push(place);
    count(this.#byPlace, place, 1);
    this.#near[place & (near - 1)]++;
  }

  #find(keys: readonly number[]): Pair | undefined {
    for (const key of keys) {
      const pair = this.#byKey.get(key);
      if (pair !== undefined) return pair;
    }
    return undefined;
  }

  #remember(pair: Pair, key: number): void {
    if (this.#byKey.has(key) || pair.keys.length >= mostKeys) return;
    pair.keys.push(key);
    this.#byKey.set(key, pair);
  }

  #forget(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const key of pair.keys) this.#byKey.delete(key);
    for (const place of pair.places) {
      count(this.#byPlace, place, -1);
      this.#near[place & (near - 1)]--;
    }
    count(this.#bySender, pair.sender, -1);
  }
}

function count(counts: Map<number, number>, what: number, by: number): void {
  const now = (counts.get(what) ?? 0) + by;
  if (now > 0) counts.set(what, now);
  else counts.delete(what);
}
