// What a look back wants to know beyond the report of a moment: the longest delays, and why mail was lost.

import type { EventBatch } from "../../core/events/batch.ts";
import { textOf } from "../../core/events/text.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import { Tally } from "../../core/ledger/places.ts";
import { type Reason, reasonNames } from "../../core/ledger/reasons.ts";
import { Effect } from "../../core/ledger/record.ts";
import { clean } from "../../core/ledger/replies.ts";
import { type Duration, type Instant, SECOND } from "../../core/time.ts";

/** Kinds of loss that are told apart; more are added to the others of their reason. */
const most = 5000;

/** Recipients that did not get their mail, for one reason at one destination. */
export interface Loss {
  readonly outcome: "bounced" | "expired";
  readonly destination: string;
  /** For expired mail: why its last attempt failed. */
  readonly reason: Reason;
  readonly recipients: number;
  /** One reply as it was logged, cleaned. For administrators. */
  readonly example: string;
}

/** Delays by size, eight steps to a doubling: good to about 5 %. */
export class Delays {
  readonly #counts = new Float64Array(320);
  count = 0;
  sum: Duration = 0;
  longest: Duration = Number.NaN;

  add(delay: Duration): void {
    this.count++;
    this.sum += delay;
    if (!(this.longest >= delay)) this.longest = delay;
    this.#counts[delay <= 1 ? 0 : Math.min(319, 1 + Math.floor(Math.log2(delay) * 8))]++;
  }

  /** The delay that a share (0 to 1) of all did not exceed; `NaN` if there was none. */
  quantile(share: number): Duration {
    const wanted = share * this.count;
    let seen = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i];
      if (seen >= wanted && seen > 0) return i === 0 ? 0 : Math.min(this.longest, 2 ** ((i - 0.5) / 8));
    }
    return this.longest;
  }
}

/** Learns from every batch after the ledger has recorded it. */
export class Findings {
  from: Instant = Number.NaN;
  to: Instant = Number.NaN;
  readonly delays = new Delays();
  /** Longest delay of a recipient at its end, plus one, a row a destination; 0 for none. */
  readonly #longest = new Tally();
  /** Why the last attempt at a destination failed. */
  readonly #lastReason = new Tally();
  readonly #examples = new Map<number, string>();
  readonly #bounces = new Map<number, { recipients: number; example: string }>();

  record(batch: EventBatch): void {
    const { count, effect } = batch;
    for (let i = 0; i < count; i++) {
      switch (effect[i]) {
        case Effect.delivered:
          this.#ended(batch, i);
          break;
        case Effect.deferred:
          this.#lastReason.set(batch.destination[i], batch.reason[i]);
          this.#example(batch, i);
          break;
        case Effect.bounced:
          this.#ended(batch, i);
          this.#bounced(batch, i);
          break;
        default:
          break;
      }
    }
    if (!Number.isNaN(batch.firstTime) && !(this.from <= batch.firstTime)) this.from = batch.firstTime;
    if (!Number.isNaN(batch.lastTime) && !(this.to >= batch.lastTime)) this.to = batch.lastTime;
  }

  #ended(batch: EventBatch, i: number): void {
    const delay = batch.delay[i];
    if (delay < 0) return;
    this.delays.add(delay);
    const destination = batch.destination[i];
    if (delay + 1 > this.#longest.get(destination)) this.#longest.set(destination, delay + 1);
  }

  #example(batch: EventBatch, i: number): void {
    const key = batch.destination[i] * reasonNames.length + batch.reason[i];
    if (this.#examples.has(key) || this.#examples.size >= most) return;
    this.#examples.set(key, replyOf(batch, i));
  }

  #bounced(batch: EventBatch, i: number): void {
    let key = batch.destination[i] * reasonNames.length + batch.reason[i];
    let row = this.#bounces.get(key);
    if (row === undefined && this.#bounces.size >= most) {
      // The first destination is that of all others.
      key = batch.reason[i];
      row = this.#bounces.get(key);
    }
    if (row === undefined) this.#bounces.set(key, { recipients: 1, example: replyOf(batch, i) });
    else row.recipients++;
  }

  /** Seconds. `undefined` if nothing came to an end there. */
  longestDelay(destination: number): number | undefined {
    const longest = this.#longest.get(destination);
    return longest === 0 ? undefined : (longest - 1) / SECOND;
  }

  /** What was bounced and expired, the most first. */
  losses(ledger: Ledger): Loss[] {
    const losses: Loss[] = [];
    const { names } = ledger.destinations;
    for (const [key, { recipients, example }] of this.#bounces) {
      const destination = names[Math.floor(key / reasonNames.length)];
      losses.push({
        outcome: "bounced",
        destination,
        reason: reasonNames[key % reasonNames.length],
        recipients,
        example,
      });
    }
    for (let number = 0; number < names.length; number++) {
      const recipients = ledger.byDestination.get(number, 3);
      if (recipients === 0) continue;
      const last = this.#lastReason.get(number);
      const example = this.#examples.get(number * reasonNames.length + last) ?? "";
      losses.push({ outcome: "expired", destination: names[number], reason: reasonNames[last], recipients, example });
    }
    return losses.sort((a, b) => b.recipients - a.recipients);
  }
}

function replyOf(batch: EventBatch, i: number): string {
  const start = batch.text.start[i];
  return clean(textOf(batch.bytes, start, Math.min(batch.text.end[i], start + 1024)));
}
