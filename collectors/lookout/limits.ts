// How much of the lookout one stranger and all strangers together may take.

import type { Duration, Instant } from "../../src/core/time.ts";

/** Everything that is bounded, with values for a small machine in `usualLimits`. */
export interface Limits {
  /** Open connections, all and of one host. */
  readonly connections: number;
  readonly connectionsOfOne: number;
  /** New connections of one network: so many at once, and one more each so many milliseconds. */
  readonly burst: number;
  readonly refill: Duration;
  /** Commands in one connection; a sender with more comes again. */
  readonly commands: number;
  /** Recipients of one message; a sender gives the rest in another transaction. */
  readonly recipients: number;
  /** Silence of a sender, and the whole of a connection. */
  readonly idle: Duration;
  readonly life: Duration;
  /** Bytes of one command line. */
  readonly line: number;
  /** Bytes of a message that are let run by where headers are read. */
  readonly message: number;
}

/** A Postfix opens 20 connections to one destination at once, each for one message; those it has just closed count a little longer. */
export const usualLimits: Limits = {
  connections: 500,
  connectionsOfOne: 50,
  burst: 2000,
  refill: 20,
  commands: 1000,
  recipients: 100,
  idle: 60_000,
  life: 600_000,
  line: 4096,
  message: 16 << 20,
};

/** Counts open connections and new ones, in memory that does not grow with the number of strangers. */
export class Doorkeeper {
  private readonly limits: Limits;
  private readonly open = new Map<string, number>();
  private readonly tokens: Float64Array;
  private readonly filledAt: Float64Array;
  private all = 0;

  constructor(limits: Limits, slots = 4096) {
    this.limits = limits;
    this.tokens = new Float64Array(slots).fill(limits.burst);
    this.filledAt = new Float64Array(slots);
  }

  get connections(): number {
    return this.all;
  }

  /** Whether a connection may come in; `slot` is a number made of its network's mark. Who may come in has to `leave`. */
  enter(host: string, slot: number, now: Instant): boolean {
    const ofOne = this.open.get(host) ?? 0;
    if (this.all >= this.limits.connections || ofOne >= this.limits.connectionsOfOne) return false;
    if (!this.token(slot % this.tokens.length, now)) return false;
    this.all++;
    this.open.set(host, ofOne + 1);
    return true;
  }

  leave(host: string): void {
    const left = (this.open.get(host) ?? 1) - 1;
    if (left === 0) this.open.delete(host);
    else this.open.set(host, left);
    this.all--;
  }

  // Networks that fall into one slot share its tokens: they then wait a little longer, and nothing is lost.
  private token(slot: number, now: Instant): boolean {
    const gained = Math.max(0, now - this.filledAt[slot]) / this.limits.refill;
    this.tokens[slot] = Math.min(this.limits.burst, this.tokens[slot] + gained);
    this.filledAt[slot] = now;
    if (this.tokens[slot] < 1) return false;
    this.tokens[slot]--;
    return true;
  }
}
