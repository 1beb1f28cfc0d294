// What the lookout knows in one place: who holds mail for us, how its senders come back, and what became of it.

import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { DAY, type Duration, HOUR, type Instant } from "../../src/core/time.ts";
import { type Cohort, cohortLength, Held, type HeldCounts } from "./held.ts";
import { type Entry, forgetJournals, Journal, journalsOf, readJournals, type Taken, takenIn } from "./journal.ts";
import { intervalBands, Learned, type LearnedInterval } from "./learned.ts";
import type { Watcher } from "./listener.ts";
import { type Mark, noMark } from "./marks.ts";
import { type Return, readReturns } from "./returns.ts";
import type { Sighting } from "./sighting.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";

export interface LookoutOptions {
  /** Messages that are remembered at a time; recipients twice as many. */
  readonly messages: number;
  /** After this senders have given up. */
  readonly patience: Duration;
  /** What comes sooner is no re-try; senders with shortened timers need a shorter one. */
  readonly soonest?: Duration;
}

/** What became of the messages that were first offered in the ten minutes from `from`. */
export interface HeldCohort extends Cohort {
  /** Still with their senders, who have come again or may still do so; `heldAtMost` as in `HeldCounts`. */
  readonly held: number;
  readonly heldAtMost: number;
  /** Offered once, longer ago than any sender waits: most of that is what nobody wants, and will not come. */
  readonly silent: number;
}

/** No sender that tries again waits longer before its second attempt. */
const longestFirstWait: Duration = 4 * HOUR;

/** What is known, without an address in it. */
export interface LookoutReport {
  readonly at: Instant;
  readonly messages: HeldCounts & {
    /** Held ones that were tried more than once: their senders have shown that they come back. */
    readonly triedAgain: number;
    /** Held messages by class of their sender, as far as its greeting or its headers said it; else `unknown`. */
    readonly byClass: Readonly<Record<string, number>>;
    readonly recipients: number;
    readonly oldest: Instant | undefined;
    readonly newest: Instant | undefined;
  };
  /** The same by when messages were first offered, the oldest first. */
  readonly cohorts: readonly HeldCohort[];
  readonly attempts: number;
  /** Networks and domains that the held messages come from. */
  readonly networks: number;
  readonly domains: number;
  readonly returns: { readonly ticked: number; readonly unmatched: number; readonly meanWait: Duration | undefined };
  /**
   * Waits between attempts: `counts[i]` of them were shorter than `bands[i]`, the last ones longer than all. `aside` were
   * not counted: of messages that take turns with others between the same two.
   */
  readonly intervals: {
    readonly bands: readonly Duration[];
    readonly counts: readonly number[];
    readonly aside: number;
    readonly byClass: Readonly<Record<string, readonly LearnedInterval[]>>;
  };
  /** Those with most waits seen, at most fifty. */
  readonly senders: readonly { readonly origin: string; readonly intervals: readonly LearnedInterval[] }[];
}

/** Bytes of the journal after which a snapshot takes its place; so many are read again after a kill. */
const journalBytes = 4 << 20;

/** The memory of a lookout: told what was seen and what returned, asked for a report. */
export class Lookout implements Watcher {
  /** Tells this memory from one that begins anew. */
  id: string = randomUUID();
  /** Since when it has been there for senders; `NaN` until somebody says so. */
  watching: Instant = Number.NaN;
  private readonly held: Held;
  private readonly learned = new Learned();
  private readonly learnedByClass = new Learned(256);
  private readonly patience: Duration;
  private totals = { attempts: 0, ticked: 0, unmatched: 0, waited: 0, aside: 0 };
  private taken: Taken = { listRead: 0, stream: "", number: 0 };
  private changed = false;
  private journal: Journal | undefined;
  /** Something is in memory alone: the next `keep` tries again, whether more is lost by then or not. */
  private behind = false;
  /** Transactions that are going on, each once however many recipients were told: a new journal begins with them. */
  private readonly going = new Map<number, { readonly sighting: Sighting; readonly recipients: Mark[] }>();

  constructor({ messages, patience = 5 * DAY, soonest }: LookoutOptions) {
    this.held = new Held(messages, undefined, soonest);
    this.patience = patience;
  }

  /** A recipient is about to hear that it is to come back: written down, so that a kill does not lose it. */
  told(transaction: number, sighting: Sighting): void {
    this.write({ is: "told", transaction, sighting });
    const before = this.going.get(transaction);
    if (before === undefined) this.going.set(transaction, { sighting, recipients: [...sighting.recipients] });
    else before.recipients.push(...sighting.recipients);
  }

  private write(entry: Entry): void {
    if (this.journal?.add(entry) === false) this.behind = true;
  }

  /** A message was offered and turned away, in a transaction whose recipients may have been told one by one. */
  offered(sighting: Sighting, transaction?: number): void {
    if (transaction === undefined || !this.going.delete(transaction)) this.write({ is: "seen", sighting });
    this.take(sighting);
  }

  private take(sighting: Sighting): void {
    this.changed = true;
    this.totals.attempts++;
    const { attempt, interval, alone } = this.held.offered(sighting);
    if (Number.isNaN(interval)) return;
    if (!alone) {
      this.totals.aside++;
      return;
    }
    // A sender with a name keeps its schedule when it comes from another network.
    this.learned.note(sighting.domain === noMark ? sighting.network : sighting.domain, attempt, interval);
    this.learnedByClass.note(sighting.senderClass, attempt, interval);
  }

  /** Our mail server took a recipient; answers how long its sender had held it, if it was one of those that wait. */
  returned(one: Return): Duration | undefined {
    this.write({ is: "returned", returns: [one], taken: this.taken });
    return this.tickOff(one);
  }

  private tickOff({ sender, recipient, origins, at }: Return): Duration | undefined {
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
    const { returns, offset } = readReturns(path, this.taken.listRead);
    if (offset !== this.taken.listRead) this.tickOffAll(returns, { ...this.taken, listRead: offset });
  }

  /** How far the mail server's own count of returns was taken in. */
  get heard(): { readonly stream: string; readonly number: number } {
    return this.taken;
  }

  /** Ticks off what the mail server told: returns numbered in its count from `first` on. What was told before counts once. */
  hearReturns(stream: string, first: number, returns: readonly Return[]): void {
    const before = stream === this.taken.stream ? this.taken.number : 0;
    const fresh = returns.slice(Math.max(0, before + 1 - first));
    if (fresh.length === 0) return;
    this.tickOffAll(fresh, { ...this.taken, stream, number: first + returns.length - 1 });
  }

  private tickOffAll(returns: readonly Return[], taken: Taken): void {
    this.write({ is: "returned", returns, taken });
    for (const one of returns) this.tickOff(one);
    this.taken = taken;
    this.changed = true;
  }

  report(at: Instant): LookoutReport {
    if (this.held.giveUp(at, this.patience) > 0) this.changed = true;
    const networks = new Set<Mark>();
    const domains = new Set<Mark>();
    const byClass: Record<string, number> = {};
    const still = new Map<Instant, { held: number; heldAtMost: number; silent: number }>();
    let [triedAgain, recipients, oldest, newest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const message of this.held.messages()) {
      if (message.attempts > 1) triedAgain++;
      recipients += message.recipients;
      oldest = Math.min(oldest, message.first);
      newest = Math.max(newest, message.last);
      networks.add(message.network);
      domains.add(message.domain);
      const from = Math.floor(message.first / cohortLength) * cohortLength;
      const cohort = still.get(from) ?? { held: 0, heldAtMost: 0, silent: 0 };
      if (message.attempts === 1 && at - message.last > longestFirstWait) cohort.silent++;
      else {
        cohort.held++;
        cohort.heldAtMost += message.atMost;
      }
      still.set(from, cohort);
      byClass[message.senderClass] = (byClass[message.senderClass] ?? 0) + 1;
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
        byClass,
        recipients,
        oldest: counts.held === 0 ? undefined : oldest,
        newest: counts.held === 0 ? undefined : newest,
      },
      cohorts: this.held
        .byFirst()
        .map((cohort) => ({ ...cohort, ...(still.get(cohort.from) ?? { held: 0, heldAtMost: 0, silent: 0 }) })),
      attempts,
      networks: networks.size,
      domains: domains.size,
      returns: { ticked, unmatched, meanWait: ticked === 0 ? undefined : waited / ticked },
      intervals: {
        bands: intervalBands,
        counts: this.learned.histogram(),
        aside: this.totals.aside,
        byClass: Object.fromEntries([...this.learnedByClass.senders()].map((one) => [one.origin, one.intervals])),
      },
      senders: [...this.learned.senders()].sort((a, b) => weight(b.intervals) - weight(a.intervals)).slice(0, 50),
    };
  }

  /** Lines that could not be written to the journal since it began. */
  get unwritten(): number {
    return this.journal?.lost ?? 0;
  }

  /** Makes what is known safe against a loss of power; a snapshot takes the place of a journal that has grown long. */
  keep(path: string): void {
    this.journal?.sync();
    if (this.journal === undefined || this.journal.bytes > journalBytes || this.behind) this.save(path);
  }

  /** Writes what changed since the last time. Throws `Fault("state-unwritable")`, and tries again the next time. */
  save(path: string): void {
    if (!this.changed) return;
    const before = this.journal;
    const number = (before?.number ?? journalsOf(path, 0).at(-1) ?? 0) + 1;
    const parts = {
      totals: [
        JSON.stringify({
          ...this.totals,
          id: this.id,
          taken: this.taken,
          watching: this.watching,
          journal: number,
        }),
      ],
      learned: this.learned.save(),
      classes: this.learnedByClass.save(),
      held: this.held.save(),
    };
    let next: Journal | undefined;
    this.behind = false;
    try {
      const putInPlace = writeSnapshot(path, parts);
      // The new journal is there before the snapshot that names it: whichever is found after a kill, nothing is missing.
      next = this.begin(path, number);
      putInPlace();
    } catch (error) {
      // The journal of before goes on: on a disk that stays full each try would leave a file, and one that is open.
      next?.close();
      this.behind = true;
      this.journal ??= this.begin(path, number);
      throw error;
    }
    this.journal = next;
    this.changed = false;
    before?.close();
    forgetJournals(path, number);
  }

  /** A journal to go on with, with all that goes on; `undefined` if none can be made. */
  private begin(path: string, number: number): Journal | undefined {
    let journal: Journal;
    try {
      journal = new Journal(path, number);
    } catch {
      return undefined;
    }
    for (const [transaction, { sighting, recipients }] of this.going) {
      if (!journal.add({ is: "told", transaction, sighting: { ...sighting, recipients } })) this.behind = true;
    }
    return journal;
  }

  close(path: string): void {
    try {
      this.save(path);
    } finally {
      this.journal?.close();
      this.journal = undefined;
    }
  }

  /**
   * A lookout that knows what was saved and what was journaled since, or a new one. A file that is damaged is laid aside,
   * and its new name answered: senders go on coming, and watching them from now on is better than not starting.
   */
  static open(path: string, options: LookoutOptions): { readonly lookout: Lookout; readonly laidAside?: string } {
    let lookout = new Lookout(options);
    let laidAside: string | undefined;
    let from = 0;
    try {
      const parts = readSnapshot(path);
      if (parts !== undefined) from = lookout.restore(parts);
    } catch {
      laidAside = `${path}.damaged`;
      renameSync(path, laidAside);
      lookout = new Lookout(options);
    }
    for (const entry of readJournals(path, journalsOf(path, from))) {
      if (entry.is === "returned") lookout.tickOffAll(entry.returns, entry.taken);
      else if (entry.is === "seen") lookout.take(entry.sighting);
    }
    lookout.changed = true;
    return laidAside === undefined ? { lookout } : { lookout, laidAside };
  }

  /** Answers the number of the first journal that is not in it. */
  private restore(parts: Readonly<Record<string, readonly string[]>>): number {
    const { totals = [], learned = [], classes = [], held = [] } = parts;
    const read: unknown = JSON.parse(totals[0] ?? "null");
    const value = (name: string): unknown =>
      typeof read === "object" && read !== null ? Reflect.get(read, name) : undefined;
    const number = (name: string): number => {
      const found = value(name);
      if (typeof found !== "number") throw new Error(`no total ${name}`);
      return found;
    };
    this.totals = {
      attempts: number("attempts"),
      ticked: number("ticked"),
      unmatched: number("unmatched"),
      waited: number("waited"),
      aside: number("aside"),
    };
    this.taken = takenIn(value("taken"));
    const id = value("id");
    if (typeof id !== "string") throw new Error("no id");
    this.id = id;
    // JSON has no NaN.
    this.watching = value("watching") === null ? Number.NaN : number("watching");
    this.learned.restore(learned);
    this.learnedByClass.restore(classes);
    this.held.restore(held);
    return number("journal");
  }
}
