// Which reason and which relay a failed attempt's text stands for, remembered: an outage says the same thing a million times.

import { byteWithin, textOf, withinBytes } from "../events/text.ts";
import { hashBytes } from "./hash.ts";
import type { Places } from "./places.ts";
import { classify, reasonNames } from "./reasons.ts";

const room = 8192;
/** More of a reply is not read. */
const longest = 2048;

/** Reads replies. Keeps one example of each reason for the administrator. */
export class Replies {
  readonly #keyA = new Int32Array(room);
  readonly #keyB = new Int32Array(room);
  readonly #reason = new Uint8Array(room);
  readonly #relay = new Int32Array(room).fill(-1);
  readonly #relays: Places;
  /** By reason number; cleaned of control characters, at most 240 characters. */
  readonly examples: string[] = reasonNames.map(() => "");
  /** What the last `read` found. */
  reason = 0;
  relay = -1;

  constructor(relays: Places) {
    this.#relays = relays;
  }

  /** Reads a reply into `reason` and `relay`. */
  read(bytes: Uint8Array, start: number, end: number, status: number, code: number): void {
    // Two texts with the same hash, status and code: once in billions, and then a reason is wrong.
    let keyA = hashBytes(bytes, start, end);
    let keyB = status ^ (code << 12) ^ (end - start);
    if (this.#recalls(keyA, keyB)) return;
    // Some servers name each recipient. What they quote is nothing to `classify`: such texts are known by what else they say.
    if (end - start <= longest && withinBytes(bytes, start, Math.min(end, start + 64), "connect to ") === -1) {
      keyA = hashUnquoted(bytes, start, end);
      keyB = ~(status ^ (code << 12));
      if (this.#recalls(keyA, keyB)) return;
    }
    const text = textOf(bytes, start, Math.min(end, start + longest));
    this.reason = classify(text, status, code);
    this.relay = this.#relayIn(bytes, start, end);
    const at = keyA & (room - 1);
    this.#keyA[at] = keyA;
    this.#keyB[at] = keyB;
    this.#reason[at] = this.reason;
    this.#relay[at] = this.relay;
    if (this.examples[this.reason] === "") this.examples[this.reason] = clean(text);
  }

  #recalls(keyA: number, keyB: number): boolean {
    const at = keyA & (room - 1);
    if (this.#reason[at] === 0 || this.#keyA[at] !== keyA || this.#keyB[at] !== keyB) return false;
    this.reason = this.#reason[at];
    this.relay = this.#relay[at];
    return true;
  }

  /** The relay that `connect to host[address]:port: …` names. */
  #relayIn(bytes: Uint8Array, start: number, end: number): number {
    const connect = withinBytes(bytes, start, Math.min(end, start + 64), "connect to ");
    if (connect === -1) return -1;
    return relayNumber(this.#relays, bytes, connect + 11, end);
  }
}

/** Hash of a text in which each stretch in angle brackets is empty, as `classify` reads it. */
function hashUnquoted(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ bytes[at], 0x01000193);
    if (bytes[at] !== 0x3c) continue;
    let close = at + 1;
    while (close < end && bytes[close] !== 0x3c && bytes[close] !== 0x3e) close++;
    if (bytes[close] === 0x3e && close < end) at = close - 1;
  }
  return (hash ^ (hash >>> 15)) | 0;
}

/** Number of the relay written as `host[address]:port` at `start`, by its `[address]:port`; -1 where there is no such thing. `guess`: the likely one. */
export function relayNumber(relays: Places, bytes: Uint8Array, start: number, end: number, guess = -1): number {
  const open = byteWithin(bytes, start, end, 0x5b);
  const close = byteWithin(bytes, open, end, 0x5d);
  if (close >= end || bytes[close + 1] !== 0x3a) return -1;
  let stop = close + 2;
  while (stop < end && bytes[stop] >= 0x30 && bytes[stop] <= 0x39) stop++;
  if (stop === close + 2) return -1;
  return relays.number(bytes, open, stop, guess);
}

/** Text that is safe to show: no control characters, no bidirectional overrides, not endless. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").slice(0, 240);
}
