// What is owed: every recipient of every message from acceptance to its end, as columns, and what can happen to them.
//
// `record.ts` brings in what logs say, `survey.ts` what listings of the queue say; both go through the few acts at the
// end of this class, so that the books balance whoever writes in them.

import type { Instant } from "../time.ts";
import { Entries } from "./entries.ts";
import { hashFolded } from "./hash.ts";
import { Histogram } from "./histogram.ts";
import { Flag, Messages } from "./messages.ts";
import { Places, Tally } from "./places.ts";
import { reasonNames } from "./reasons.ts";
import { Replies } from "./replies.ts";
import { insist, type Saved, type Saving } from "./saved.ts";
import { SparseTally } from "./sparse.ts";
import { Timeline } from "./timeline.ts";

/** Counts since the beginning; see `Totals` in the report. */
export interface LedgerCounts {
  accepted: number;
  removed: number;
  notifications: number;
  delivered: number;
  bounced: number;
  expired: number;
  deleted: number;
  unknown: number;
  attemptsDelivered: number;
  attemptsDeferred: number;
  attemptsBounced: number;
  attemptsExpired: number;
  refused: number;
}

/** One queue of the last survey. */
export interface SurveyedQueue {
  messages: number;
  recipients: number;
  bytes: number;
  oldestArrival: number;
}

/** Outcomes of `Ledger.attempts`, in the order of its columns. */
export const outcomes = ["delivered", "deferred", "bounced", "expired", "refused"] as const;
/** Classes of reply in `Ledger.attempts`, in the order of its columns. */
export const codeClasses = ["2xx", "4xx", "5xx", "none"] as const;

const reasons = reasonNames.length;

const tallies = ["byDestination", "waiting", "lastSeen", "lastRelay", "retried"] as const;

interface SavedRest {
  readonly counts: LedgerCounts;
  readonly examples: readonly string[];
  readonly live: number;
  readonly now: Instant;
  readonly surveys: number;
  readonly surveyedAt: Instant;
  readonly surveyedQueues: SurveyedQueue[];
  readonly surveyInstance: number;
  readonly unnamedDeletions: number;
  readonly namedDeletions: number;
  readonly sweptAt: Instant;
}

/** The books. */
export class Ledger {
  readonly messages: Messages;
  readonly entries: Entries;
  /** Domains of recipients. */
  readonly destinations: Places;
  /** Hosts that mail was handed to, as `[address]:port`. */
  readonly relays: Places;
  readonly replies: Replies;
  readonly counts: LedgerCounts = {
    accepted: 0,
    removed: 0,
    notifications: 0,
    delivered: 0,
    bounced: 0,
    expired: 0,
    deleted: 0,
    unknown: 0,
    attemptsDelivered: 0,
    attemptsDeferred: 0,
    attemptsBounced: 0,
    attemptsExpired: 0,
    refused: 0,
  };
  /** Attempts: outcome × reason × class of reply. */
  readonly attempts: Float64Array<ArrayBuffer> = new Float64Array(outcomes.length * reasons * codeClasses.length);
  /** Columns delivered, deferred, bounced, expired. A row a destination. */
  readonly byDestination: Tally = new Tally(4);
  /** Recipients waiting: a row a destination, a column a reason. */
  readonly waiting: SparseTally = new SparseTally(reasons);
  /** Time of the last delivery and of the last failed attempt. A row a destination. */
  readonly lastSeen: Tally = new Tally(2);
  /** Relay that was last spoken to or tried, plus one. A row a destination. */
  readonly lastRelay: Tally = new Tally(1);
  /** What became of further attempts, by the reason of the one before: rows destinations, columns (worked, failed) a reason. */
  readonly retried: SparseTally = new SparseTally(reasons * 2);
  readonly deliveryDelay: Histogram = new Histogram();
  readonly stageDelay: readonly Histogram[] = [new Histogram(), new Histogram(), new Histogram(), new Histogram()];
  readonly timeline: Timeline;
  /** Messages in the queue now. */
  live = 0;
  /** Time of the newest event. */
  now: Instant = 0;

  /** Surveys so far; the last one's number is in `Messages.seen`. */
  surveys = 0;
  surveyedAt: Instant = Number.NaN;
  surveyedQueues: SurveyedQueue[] = [];
  /** Instance that the survey is of. */
  surveyInstance = 0;
  /** Deletions that the log counted but did not name. */
  unnamedDeletions = 0;
  namedDeletions = 0;
  sweptAt: Instant = 0;

  constructor(timeline: Timeline = new Timeline()) {
    this.messages = new Messages();
    this.entries = new Entries();
    this.destinations = new Places();
    this.relays = new Places(10_000);
    this.replies = new Replies(this.relays);
    this.timeline = timeline;
  }

  save(to: Saving): void {
    this.messages.save(to);
    this.entries.save(to);
    this.destinations.save("destinations", to);
    this.relays.save("relays", to);
    this.timeline.save(to);
    for (const name of tallies) this[name].save(`ledger.${name}`, to);
    this.deliveryDelay.save("ledger.deliveryDelay", to);
    this.stageDelay.forEach((stage, number) => {
      stage.save(`ledger.stageDelay.${number}`, to);
    });
    to.column("ledger.attempts", this.attempts);
    to.value("ledger", {
      counts: this.counts,
      examples: this.replies.examples,
      live: this.live,
      now: this.now,
      surveys: this.surveys,
      surveyedAt: this.surveyedAt,
      surveyedQueues: this.surveyedQueues,
      surveyInstance: this.surveyInstance,
      unnamedDeletions: this.unnamedDeletions,
      namedDeletions: this.namedDeletions,
      sweptAt: this.sweptAt,
    });
  }

  /** Takes what was saved, into a ledger that has recorded nothing. */
  restore(from: Saved): void {
    this.messages.restore(from);
    this.entries.restore(from);
    this.destinations.restore("destinations", from);
    this.relays.restore("relays", from);
    this.timeline.restore(from);
    for (const name of tallies) this[name].restore(`ledger.${name}`, from);
    this.deliveryDelay.restore("ledger.deliveryDelay", from);
    this.stageDelay.forEach((stage, number) => {
      stage.restore(`ledger.stageDelay.${number}`, from);
    });
    const attempts = from.column("ledger.attempts", Float64Array);
    insist(attempts.length <= this.attempts.length, "it knows more reasons than this mailtide");
    // Reasons are added at their end: what was saved with fewer goes to the same reasons.
    const known = attempts.length / (outcomes.length * codeClasses.length);
    for (let outcome = 0; outcome < outcomes.length; outcome++) {
      const row = known * codeClasses.length;
      this.attempts.set(attempts.subarray(outcome * row, (outcome + 1) * row), outcome * reasons * codeClasses.length);
    }
    const rest = from.value<SavedRest>("ledger");
    Object.assign(this.counts, rest.counts);
    rest.examples.forEach((example, reason) => {
      this.replies.examples[reason] = example;
    });
    this.live = rest.live;
    this.now = rest.now;
    this.surveys = rest.surveys;
    this.surveyedAt = rest.surveyedAt;
    this.surveyedQueues = rest.surveyedQueues;
    this.surveyInstance = rest.surveyInstance;
    this.unnamedDeletions = rest.unnamedDeletions;
    this.namedDeletions = rest.namedDeletions;
    this.sweptAt = rest.sweptAt;
  }

  /** Number of the destination of the recipient in `bytes[start, end)`: its domain, or `local` without one. */
  destinationOf(bytes: Uint8Array, start: number, end: number): number {
    let at = end - 1;
    while (at >= start && bytes[at] !== 0x40) at--;
    if (at < start) return this.destinations.number(localPart, 0, localPart.length);
    return this.destinations.number(bytes, at + 1, end);
  }

  /** Counts an attempt by its outcome, reason and class of reply. */
  countAttempt(outcome: number, reason: number, code: number, status: number): void {
    const digit = code >= 100 ? Math.floor(code / 100) : status >>> 24;
    const column = digit === 2 ? 0 : digit === 4 ? 1 : digit === 5 ? 2 : 3;
    this.attempts[(outcome * reasons + reason) * codeClasses.length + column]++;
  }

  /** Takes a recipient off the waiting list of its message. */
  settle(slot: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.messages.entry[slot] === -1) return;
    const hashA = hashFolded(bytes, start, end, 0x1234567);
    const hashB = hashFolded(bytes, start, end, 0x7654321);
    const entries = this.entries;
    let previous = -1;
    for (let entry = this.messages.entry[slot]; entry !== -1; entry = entries.next[entry]) {
      if (entries.hashA[entry] === hashA && entries.hashB[entry] === hashB) {
        if (previous === -1) this.messages.entry[slot] = entries.next[entry];
        else entries.next[previous] = entries.next[entry];
        this.waiting.add(entries.destination[entry], -1, entries.reason[entry]);
        this.#retried(entries.destination[entry], entries.reason[entry], 0);
        entries.drop(entry);
        return;
      }
      previous = entry;
    }
  }

  /** Puts a recipient on the waiting list of its message, or notes its newer reason. Answers the entry. */
  awaitRecipient(
    slot: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    destination: number,
    reason: number,
    tried: boolean,
  ): number {
    const hashA = hashFolded(bytes, start, end, 0x1234567);
    const hashB = hashFolded(bytes, start, end, 0x7654321);
    const entries = this.entries;
    for (let entry = this.messages.entry[slot]; entry !== -1; entry = entries.next[entry]) {
      if (entries.hashA[entry] !== hashA || entries.hashB[entry] !== hashB) continue;
      if (entries.reason[entry] !== reason) {
        this.waiting.add(destination, -1, entries.reason[entry]);
        this.waiting.add(destination, 1, reason);
        entries.reason[entry] = reason;
      }
      if (entries.attempts[entry] < 0xffff) entries.attempts[entry]++;
      if (tried) this.#retried(destination, reason, 1);
      return entry;
    }
    const entry = entries.add(hashA, hashB, destination, reason, this.messages.entry[slot]);
    entries.attempts[entry] = 1;
    this.messages.entry[slot] = entry;
    this.waiting.add(destination, 1, reason);
    return entry;
  }

  /** Remembers how a further attempt went; old evidence fades as new comes. */
  #retried(destination: number, reason: number, column: 0 | 1): void {
    const tally = this.retried;
    tally.add(destination, 1, reason * 2 + column);
    const worked = tally.get(destination, reason * 2);
    const failed = tally.get(destination, reason * 2 + 1);
    if (worked + failed > 60) {
      tally.set(destination, worked / 2, reason * 2);
      tally.set(destination, failed / 2, reason * 2 + 1);
    }
  }

  /** Recipients of a message that have no final outcome yet. */
  remaining(slot: number): number {
    const messages = this.messages;
    let waiting = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.entries.next[entry]) waiting++;
    return Math.max(waiting, messages.recipients[slot] - messages.done[slot]);
  }

  /** Empties the waiting list of a message. */
  clearEntries(slot: number): void {
    const entries = this.entries;
    for (let entry = this.messages.entry[slot]; entry !== -1; ) {
      const next = entries.next[entry];
      this.waiting.add(entries.destination[entry], -1, entries.reason[entry]);
      entries.drop(entry);
      entry = next;
    }
    this.messages.entry[slot] = -1;
  }

  /** A message leaves the queue. */
  leave(slot: number, at: Instant): void {
    const messages = this.messages;
    const flags = messages.flags[slot];
    this.clearEntries(slot);
    if ((flags & Flag.counted) !== 0) {
      this.counts.removed++;
      messages.flags[slot] |= Flag.removalCounted;
    }
    messages.touched[slot] = at;
    messages.bury(slot);
    if ((flags & Flag.queued) !== 0) this.live--;
    this.timeline.level(at, this.live);
  }

  /** A message left and no line said how. */
  vanish(slot: number, at: Instant): void {
    const rest = this.remaining(slot);
    if (this.unnamedDeletions > 0) {
      this.unnamedDeletions--;
      this.counts.deleted += rest;
    } else if ((this.messages.flags[slot] & (Flag.handedOver | Flag.probe)) === 0) {
      this.counts.unknown += rest;
    }
    this.leave(slot, at);
  }

  /** Counts a message that a client handed over and that is plainly queued. */
  takeIn(slot: number, at: Instant): void {
    this.messages.flags[slot] |= Flag.queued | Flag.begun | Flag.counted;
    this.live++;
    this.counts.accepted++;
    this.timeline.add("accepted", at, 1);
    this.timeline.level(at, this.live);
  }

  /** It turned out not to be mail that somebody handed over. */
  uncount(slot: number): void {
    const flags = this.messages.flags[slot];
    this.messages.flags[slot] = flags & ~(Flag.counted | Flag.removalCounted);
    if ((flags & Flag.removalCounted) !== 0) this.counts.removed--;
    this.counts.accepted--;
    this.timeline.add("accepted", this.messages.arrival[slot], -1);
  }
}

const localPart: Uint8Array = Uint8Array.of(0x6c, 0x6f, 0x63, 0x61, 0x6c);
