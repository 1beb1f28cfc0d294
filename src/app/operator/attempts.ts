// Wrong tokens, counted: who tries many is not listened to for a while.

import { type Instant, MINUTE } from "../../core/time.ts";

/** Wrong tokens from one address within a minute before the next are not looked at. */
const allowed = 10;
/** Addresses that are remembered; beyond that the oldest are forgotten. */
const remembered = 1000;

export class Attempts {
  readonly #failed = new Map<string, Instant[]>();

  /** How many milliseconds an address has to wait; 0 for not at all. */
  wait(address: string, now: Instant): number {
    const failed = (this.#failed.get(address) ?? []).filter((at) => at <= now && now - at < MINUTE);
    return failed.length < allowed ? 0 : failed[0] + MINUTE - now;
  }

  /** A wrong token came from an address. */
  failed(address: string, now: Instant): void {
    const before = this.#failed.get(address) ?? [];
    this.#failed.delete(address);
    this.#failed.set(address, [...before.filter((at) => at <= now && now - at < MINUTE), now].slice(-allowed));
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > remembered && oldest !== undefined) this.#failed.delete(oldest);
  }
}
