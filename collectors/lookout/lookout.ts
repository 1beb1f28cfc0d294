// What the lookout knows in one place: who holds mail for us, how its senders come back, and what became of it.

import { renameSync } from "node:fs";
import { DAY, type Duration, type Instant } from "../../src/core/time.ts";
import { Held, type HeldCounts, type Sighting } from "./held.ts";
import { intervalBands, Learned, type LearnedInterval } from "./learned.ts";
import type { Mark } from "./marks.ts";
import { type Return, readReturns } from "./returns.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";

export interface LookoutOptions {
  /** Messages that are remembered at a time; recipients twice as many. */
  readonly messages: number;
  /** After this senders have given up. */
  readonly patience: Duration;
}

/** What is known, without an address in it. */
export interface LookoutReport {
  readonly at: Instant;
  readonly messages: HeldCounts & {
    /** Held ones that were tried more than once: their senders have shown that they come back. */
    readonly triedAgain: number;
    /** By class of sender; a lookout sees marks and no names, so there is one. */
    readonly byClass: { readonly unknown: number };
    readonly recipients: number;
    readonly oldest: Instant | undefined;
    readonly newest: Instant | undefined;
  };
  readonly attempts: number;
  /** Networks and domains that the held messages come from. */
  readonly networks: number;
  readonly domains: number;
  readonly returns: { readonly ticked: number; readonly unmatched: number; readonly meanWait: Duration | undefined };
  /** Waits between attempts: `counts[i]` of them were shorter than `bands[i]`, the last ones longer than all. */
  readonly intervals: { readonly bands: readonly Duration[]; readonly counts: readonly number[] };
  /** Those with most waits seen, at most fifty. */
  readonly senders: readonly { readonly origin: Mark; readonly intervals: readonly LearnedInterval[] }[];
}

/** The memory of a lookout: told what was seen and what returned, asked for a report. */
export class Lookout {
  private readonly held: Held;
  private readonly learned = new Learned();
  private readonly patience: Duration;
  private totals = { attempts: 0, ticked: 0, unmatched: 0, waited: 0, listRead: 0 };
  private changed = false;

  constructor({ messages, patience = 5 * DAY }: LookoutOptions) {
    this.held = new Held(messages);
    this.patience = patience;
  }

  /** A message was offered and turned away. */
  offered(sighting: Sighting): void {
    this.changed = true;
    this.totals.attempts++;
    const { attempt, interval } = this.held.offered(sighting);
    if (attempt > 1) this.learned.note(sighting.network, sighting.domain, attempt, interval);
  }

  /** Our mail server took a recipient; answers how long its sender had held it, if it was one of those that wait. */
  returned({ sender, recipient, origins, at }: Return): Duration | undefined {
    let waited: Duration | undefined;
    for (const origin of origins) waited ??= this.held.returned(sender, recipient, origin, at);
    this.changed = true;
    if (waited === undefined) this.totals.unmatched++;
    else {
      this.totals.ticked++;
      this.totals.waited += waited;
    }
    return waited;
  }

  /** Ticks off what was added to a list of returns since the last time; how far it was read is part of what is saved. */
  readReturned(path: string): void {
    const { returns, offset } = readReturns(path, this.totals.listRead);
    for (const one of returns) this.returned(one);
    if (offset !== this.totals.listRead) this.changed = true;
    this.totals.listRead = offset;
  }

  report(at: Instant): LookoutReport {
    if (this.held.giveUp(at, this.patience) > 0) this.changed = true;
    const networks = new Set<Mark>();
    const domains = new Set<Mark>();
    let [triedAgain, recipients, oldest, newest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const message of this.held.messages()) {
      if (message.attempts > 1) triedAgain++;
      recipients += message.recipients;
      oldest = Math.min(oldest, message.first);
      newest = Math.max(newest, message.last);
      networks.add(message.network);
      domains.add(message.domain);
    }
    const counts = this.held.total();
    const { attempts, ticked, unmatched, waited } = this.totals;
    const weight = (intervals: readonly LearnedInterval[]): number =>
      intervals.reduce((sum, { count }) => sum + count, 0);
    return {
      at,
      messages: {
        ...counts,
        triedAgain,
        byClass: { unknown: counts.held },
        recipients,
        oldest: counts.held === 0 ? undefined : oldest,
        newest: counts.held === 0 ? undefined : newest,
      },
      attempts,
      networks: networks.size,
      domains: domains.size,
      returns: { ticked, unmatched, meanWait: ticked === 0 ? undefined : waited / ticked },
      intervals: { bands: intervalBands, counts: this.learned.histogram() },
      senders: [...this.learned.senders()].sort((a, b) => weight(b.intervals) - weight(a.intervals)).slice(0, 50),
    };
  }

  /** Writes what changed since the last time. Throws `Fault("state-unwritable")`, and tries again the next time. */
  save(path: string): void {
    if (!this.changed) return;
    writeSnapshot(path, {
      totals: [JSON.stringify(this.totals)],
      learned: this.learned.save(),
      held: this.held.save(),
    });
    this.changed = false;
  }

  /**
   * A lookout that knows what was saved, or a new one. A file that is damaged is laid aside, and its new name answered:
   * senders go on coming, and watching them from now on is better than not starting.
   */
  static open(path: string, options: LookoutOptions): { readonly lookout: Lookout; readonly laidAside?: string } {
    const lookout = new Lookout(options);
    try {
      const parts = readSnapshot(path);
      if (parts !== undefined) lookout.restore(parts);
      return { lookout };
    } catch {
      const laidAside = `${path}.damaged`;
      renameSync(path, laidAside);
      return { lookout: new Lookout(options), laidAside };
    }
  }

  private restore(parts: Readonly<Record<string, readonly string[]>>): void {
    const { totals = [], learned = [], held = [] } = parts;
    const read: unknown = JSON.parse(totals[0] ?? "null");
    const number = (name: string): number => {
      const value: unknown = typeof read === "object" && read !== null ? Reflect.get(read, name) : undefined;
      if (typeof value !== "number") throw new Error(`no total ${name}`);
      return value;
    };
    this.totals = {
      attempts: number("attempts"),
      ticked: number("ticked"),
      unmatched: number("unmatched"),
      waited: number("waited"),
      listRead: number("listRead"),
    };
    this.learned.restore(learned);
    this.held.restore(held);
  }
}
