// Where mailtide on the mail host hears lookouts: takes what they counted, and tells them in marks what our mail server took.
//
// What was taken is numbered, and told only once a checkpoint holds it: a restart reads the same lines of the log again
// and gives them the same numbers, so that each lookout ticks off each arrival once.

import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Arrivals, type SavedArrivals } from "../../collectors/lookout/arrivals.ts";
import type { Marker } from "../../collectors/lookout/marks.ts";
import { type Return, returnIn } from "../../collectors/lookout/returns.ts";
import type { EventBatch } from "../core/events/batch.ts";
import type { Lookouts } from "../core/retries/senders/lookouts.ts";
import { DAY, type Instant } from "../core/time.ts";
import { decodeDespatch, encodeAnswer, mostReturns } from "./lookout-despatch.ts";

/** Arrivals that wait to be told; a lookout that is away for long hears of the newest. */
const mostWaiting = 20_000;

const saved = z.object({
  stream: z.string(),
  first: z.number(),
  returns: z.array(z.unknown()),
  arrivals: z.array(z.unknown()),
});

export class LookoutEar {
  readonly #arrivals: Arrivals;
  readonly #most: number;
  #stream: string = randomUUID();
  /** Number of the first that waits. */
  #first = 1;
  #waiting: Return[] = [];
  /** Number of the last that a checkpoint holds. */
  #safe = 0;
  /** How far each lookout has heard, and when it said so. */
  readonly #heard = new Map<string, { readonly number: number; readonly at: Instant }>();
  /** Bytes that were signed with our key and said nothing. */
  unread = 0;

  /** Goes on with what `save` answered; without it, or if that cannot be read, it begins a new count. */
  constructor(mark: Marker, kept?: Uint8Array, most: number = mostWaiting) {
    this.#most = most;
    this.#arrivals = new Arrivals(mark);
    if (kept === undefined) return;
    try {
      const { stream, first, returns, arrivals } = saved.parse(JSON.parse(new TextDecoder().decode(kept)));
      this.#waiting = returns.flatMap((one) => returnIn(one) ?? []);
      this.#arrivals.restore(arrivals as SavedArrivals);
      this.#stream = stream;
      this.#first = first;
      this.#safe = this.#last;
    } catch {
      this.#waiting = [];
    }
  }

  get #last(): number {
    return this.#first + this.#waiting.length - 1;
  }

  /** Reads what a log said. */
  record(batch: EventBatch): void {
    this.#arrivals.read(batch, (one) => void this.#waiting.push(one));
    const over = this.#waiting.length - this.#most;
    if (over > 0) this.#forget(over);
  }

  save(): Uint8Array {
    const kept = { stream: this.#stream, first: this.#first, returns: this.#waiting, arrivals: this.#arrivals.save() };
    return new TextEncoder().encode(JSON.stringify(kept));
  }

  /** What was saved last is safe: it may be told. */
  committed(): void {
    this.#safe = this.#last;
  }

  /** Takes what a lookout said at `now`, and answers it; `undefined` for what is no despatch. */
  answer(bytes: Uint8Array, lookouts: Lookouts, now: Instant): Uint8Array | undefined {
    const despatch = decodeDespatch(bytes);
    if (despatch === undefined) {
      this.unread++;
      return undefined;
    }
    const { sighting, heard } = despatch;
    lookouts.take(sighting, now);
    const number = heard.stream === this.#stream ? heard.number : 0;
    this.#heard.set(sighting.lookout, { number, at: now });
    for (const [lookout, { at }] of this.#heard) if (now - at > DAY) this.#heard.delete(lookout);
    const all = Math.min(...[...this.#heard.values()].map((one) => one.number));
    this.#forget(Math.max(0, Math.min(all, this.#last) + 1 - this.#first));
    const first = Math.max(number + 1, this.#first);
    const from = first - this.#first;
    const returns = this.#waiting.slice(
      from,
      Math.max(from, Math.min(from + mostReturns, this.#safe + 1 - this.#first)),
    );
    return encodeAnswer({ stream: this.#stream, first, returns });
  }

  #forget(how: number): void {
    this.#waiting.splice(0, how);
    this.#first += how;
  }
}
