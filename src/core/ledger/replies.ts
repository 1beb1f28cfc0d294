// Which reason and which relay a failed attempt's text stands for, remembered: an outage says the same thing a million times.

import { textOf, withinBytes } from "../events/text.ts";
import { hashBytes } from "./hash.ts";
import type { Places } from "./places.ts";
import { classify, reasonNames } from "./reasons.ts";

const room = 8192;

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
    const keyA = hashBytes(bytes, start, end);
    // Two texts of one length with the same hash, status and code: once in billions, and then a reason is wrong.
    const keyB = status ^ (code << 12) ^ (end - start);
    const at = keyA & (room - 1);
    if (this.#reason[at] !== 0 && this.#keyA[at] === keyA && this.#keyB[at] === keyB) {
      this.reason = this.#reason[at];
      this.relay = this.#relay[at];
      return;
    }
    const text = textOf(bytes, start, Math.min(end, start + 2048));
    this.reason = classify(text, status, code);
    this.relay = this.#relayIn(bytes, start, end);
    this.#keyA[at] = keyA;
    this.#keyB[at] = keyB;
    this.#reason[at] = this.reason;
    this.#relay[at] = this.relay;
    if (this.examples[this.reason] === "") this.examples[this.reason] = clean(text);
  }

  /** The relay that `connect to host[address]:port: …` names. */
  #relayIn(bytes: Uint8Array, start: number, end: number): number {
    const connect = withinBytes(bytes, start, Math.min(end, start + 64), "connect to ");
    if (connect === -1) return -1;
    return relayNumber(this.#relays, bytes, connect + 11, end);
  }
}

/** Number of the relay written as `host[address]:port` at `start`, by its `[address]:port`; -1 where there is no such thing. */
export function relayNumber(relays: Places, bytes: Uint8Array, start: number, end: number): number {
  let open = start;
  while (open < end && bytes[open] !== 0x5b) open++;
  let close = open;
  while (close < end && bytes[close] !== 0x5d) close++;
  if (close >= end || bytes[close + 1] !== 0x3a) return -1;
  let stop = close + 2;
  while (stop < end && bytes[stop] >= 0x30 && bytes[stop] <= 0x39) stop++;
  if (stop === close + 2) return -1;
  return relays.number(bytes, open, stop);
}

/** Text that is safe to show: no control characters, no bidirectional overrides, not endless. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").slice(0, 240);
}
