// What is owed: every recipient of every message from acceptance to its end.
//
// Events are recorded in the order in which they were read; a survey (a listing of the whole queue) sets
// right what the log did not say: a flush, an administrator's sweep, lines that were lost. Hot: one call
// of `record` for each batch, one short function for each kind, no objects on the way.

import type { EventBatch } from "../events/batch.ts";
import { EventKind } from "../events/kinds.ts";
import { queueNames, type SurveyBatch } from "../events/survey.ts";
import { withinBytes } from "../events/text.ts";
import { type Instant, MINUTE, SECOND } from "../time.ts";
import { Entries } from "./entries.ts";
import { hashFolded } from "./hash.ts";
import { Histogram } from "./histogram.ts";
import { Flag, Messages } from "./messages.ts";
import { Places, Tally } from "./places.ts";
import { reasonNames, reasonNumber } from "./reasons.ts";
import { Replies, relayNumber } from "./replies.ts";
import { insist, type Saved, type Saving } from "./saved.ts";
import { SparseTally } from "./sparse.ts";
import { Timeline } from "./timeline.ts";

/** What an event turned out to mean. Written to `EventBatch.effect` for the rooms after this one. */
export const Effect = {
  none: 0,
  /** A message was taken in. */
  accepted: 1,
  /** A recipient's mail was handed on for good. */
  delivered: 2,
  deferred: 3,
  bounced: 4,
  expired: 5,
  refused: 6,
  /** A message left the queue. */
  removed: 7,
  /** Passed to our own content filter or forwarder: it goes on under another queue id. */
  handedOver: 8,
} as const;

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
/** Whether a stranger hands a message over: neither a user who signed in nor this machine (`uid=…`, `…[127.0.0.1]`, `…[::1]`). */
function isOutside(batch: EventBatch, i: number): boolean {
  const { bytes } = batch;
  const start = batch.detail.start[i];
  const end = batch.detail.end[i];
  if (end === start || batch.number[i] !== 0) return false;
  // Hot: every message begins here.
  let at = end - 1;
  while (at > start && bytes[at] !== 0x5b) at--;
  if (at === start) return withinBytes(bytes, start, Math.min(end, start + 4), "uid=") === -1;
  const first = bytes[at + 1];
  if (first === 0x31) return bytes[at + 2] !== 0x32 || bytes[at + 3] !== 0x37 || bytes[at + 4] !== 0x2e;
  return first !== 0x3a || withinBytes(bytes, at, Math.min(end, at + 5), "[::1]") === -1;
}

/** How long a message that left is still found by late lines. */
const afterlife = 30 * SECOND;
/** How long a client may take to hand a message over before we forget that it began. */
const openingTime = 60 * MINUTE;

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
  #surveyInstance = 0;
  /** Deletions that the log counted but did not name. */
  #unnamedDeletions = 0;
  #namedDeletions = 0;
  #sweptAt: Instant = 0;

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
      surveyInstance: this.#surveyInstance,
      unnamedDeletions: this.#unnamedDeletions,
      namedDeletions: this.#namedDeletions,
      sweptAt: this.#sweptAt,
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
    this.#surveyInstance = rest.surveyInstance;
    this.#unnamedDeletions = rest.unnamedDeletions;
    this.#namedDeletions = rest.namedDeletions;
    this.#sweptAt = rest.sweptAt;
  }

  /** Records a batch. Fills its columns `destination`, `reason`, `hop` and `effect`. */
  record(batch: EventBatch): void {
    const { count, kind, time, effect } = batch;
    for (let i = 0; i < count; i++) {
      effect[i] = Effect.none;
      batch.destination[i] = -1;
      batch.reason[i] = 0;
      batch.hop[i] = -1;
      const at = time[i];
      if (at > this.now) this.#moveOn(at);
      switch (kind[i]) {
        case EventKind.offered:
          this.#offered(batch, i);
          break;
        case EventKind.identified:
          this.#identified(batch, i);
          break;
        case EventKind.accepted:
          this.#accepted(batch, i);
          break;
        case EventKind.delivered:
          this.#delivered(batch, i);
          break;
        case EventKind.deferred:
          this.#deferred(batch, i);
          break;
        case EventKind.bounced:
          this.#bounced(batch, i);
          break;
        case EventKind.expired:
          this.#expired(batch, i);
          break;
        case EventKind.probed:
          this.#probed(batch, i);
          break;
        case EventKind.refused:
          this.#refused(batch, i);
          break;
        case EventKind.removed:
          this.#removed(batch, i);
          break;
        case EventKind.deleted:
          this.#deleted(batch, i);
          break;
        case EventKind.held:
          this.#held(batch, i);
          break;
        case EventKind.released:
          this.#flag(batch, i, Flag.held, false);
          break;
        case EventKind.forced:
          this.#flag(batch, i, Flag.forced, true);
          break;
        case EventKind.notified:
          this.#notified(batch, i);
          break;
        case EventKind.discarded:
          this.#discarded(batch, i);
          break;
        case EventKind.swept:
          this.#swept(batch, i);
          break;
        case EventKind.started:
        case EventKind.stopped:
          this.#interrupted();
          break;
        default:
          break;
      }
    }
    if (batch.lastTime > this.now) this.#moveOn(batch.lastTime);
  }

  /** Time moves on, by the log's own stamps: how the log was cut into batches makes no difference. */
  #moveOn(at: Instant): void {
    this.now = at;
    this.messages.forgetGone(at - afterlife);
    if (at - this.#sweptAt > 10 * MINUTE) this.#forgetOpenings();
  }

  #find(batch: EventBatch, i: number): number {
    return this.messages.find(batch.bytes, batch.id.start[i], batch.id.end[i], batch.instance[i]);
  }

  /** Slot of the event's message for a new beginning: new, or the old one emptied. */
  #open(batch: EventBatch, i: number): number {
    const messages = this.messages;
    const slot = this.#find(batch, i);
    if (slot === -1) {
      return messages.add(batch.bytes, batch.id.start[i], batch.id.end[i], batch.instance[i], batch.time[i]);
    }
    if ((messages.flags[slot] & Flag.gone) !== 0) messages.reset(slot, batch.time[i]);
    return slot;
  }

  #offered(batch: EventBatch, i: number): void {
    const messages = this.messages;
    let slot = this.#open(batch, i);
    const before = messages.flags[slot];
    const listedOnly = (before & Flag.begun) === 0 && batch.time[i] - messages.arrival[slot] < MINUTE;
    if ((before & Flag.queued) !== 0 && !listedOnly) {
      // The id is used again although we never saw its message leave: that line is missing.
      this.#vanish(slot, batch.time[i]);
      slot = this.#open(batch, i);
    } else if ((before & Flag.queued) === 0) {
      // What began under this id before came to nothing.
      messages.reset(slot, batch.time[i]);
    }
    messages.flags[slot] |= isOutside(batch, i) ? Flag.offered | Flag.outside : Flag.offered;
    messages.touched[slot] = batch.time[i];
    if (batch.other.end[i] > batch.other.start[i]) {
      messages.flags[slot] |= Flag.continues;
      const old = messages.find(batch.bytes, batch.other.start[i], batch.other.end[i], batch.instance[i]);
      if (old !== -1 && old !== slot && (messages.flags[old] & Flag.gone) === 0)
        this.#carryOn(old, slot, batch.time[i]);
    }
  }

  /** A requeued message: the same one under a new id. */
  #carryOn(old: number, slot: number, at: Instant): void {
    const messages = this.messages;
    messages.arrival[slot] = messages.arrival[old];
    messages.flags[slot] |= messages.flags[old] & (Flag.counted | Flag.nullSender | Flag.notification);
    messages.attempts[slot] = messages.attempts[old];
    if ((messages.flags[old] & Flag.queued) !== 0) {
      // It is owed all the while, also before the queue manager speaks of its new id.
      if ((messages.flags[slot] & Flag.queued) === 0) this.live++;
      messages.flags[slot] |= Flag.queued;
      messages.recipients[slot] = this.remaining(old);
    }
    messages.flags[old] &= ~Flag.counted;
    this.#leave(old, at);
  }

  #identified(batch: EventBatch, i: number): void {
    const slot = this.#open(batch, i);
    this.messages.touched[slot] = batch.time[i];
  }

  #accepted(batch: EventBatch, i: number): void {
    const messages = this.messages;
    const at = batch.time[i];
    let slot = this.#find(batch, i);
    let known = slot !== -1;
    if (!known) {
      slot = messages.add(batch.bytes, batch.id.start[i], batch.id.end[i], batch.instance[i], at);
    } else if ((messages.flags[slot] & Flag.gone) !== 0) {
      messages.reset(slot, at);
      known = false;
    }
    let flags = messages.flags[slot];
    if ((flags & Flag.begun) === 0) {
      const start = batch.sender.start[i];
      const end = batch.sender.end[i];
      if (end === start) flags |= Flag.nullSender;
      if ((flags & Flag.queued) === 0) this.live++;
      flags |= Flag.queued | Flag.begun;
      if ((flags & Flag.continues) !== 0) {
        // A requeue: it was counted under its old id, or before we looked.
      } else if ((flags & Flag.notification) !== 0) {
        this.counts.notifications++;
      } else if ((flags & Flag.offered) !== 0) {
        flags |= Flag.counted;
        this.counts.accepted++;
        this.timeline.add("accepted", at, 1);
        batch.effect[i] = Effect.accepted;
        batch.outside[i] = (flags & Flag.outside) === 0 ? 0 : 1;
      } else if (
        known &&
        (end === start || withinBytes(batch.bytes, start, Math.min(end, start + 14), "double-bounce@") === start)
      ) {
        // It began inside the MTA: a report about another message, or an address check.
        flags |= Flag.notification;
        this.counts.notifications++;
      }
      this.timeline.level(at, this.live);
    }
    messages.flags[slot] = flags | Flag.active;
    messages.instance[slot] = batch.instance[i];
    messages.bytes[slot] = batch.size[i];
    messages.recipients[slot] = batch.number[i];
    messages.touched[slot] = at;
    messages.missed[slot] = 0;
  }

  /** The message of an attempt; made if it was never seen, since it is plainly there. */
  #tried(batch: EventBatch, i: number): number {
    const slot = this.#find(batch, i);
    if (slot !== -1 && (this.messages.flags[slot] & Flag.gone) === 0) {
      if ((this.messages.flags[slot] & Flag.queued) === 0) {
        this.messages.flags[slot] |= Flag.queued;
        this.live++;
      }
      this.messages.touched[slot] = batch.time[i];
      return slot;
    }
    return -1;
  }

  #destination(batch: EventBatch, i: number): number {
    const bytes = batch.bytes;
    const start = batch.recipient.start[i];
    const end = batch.recipient.end[i];
    let at = end - 1;
    while (at >= start && bytes[at] !== 0x40) at--;
    if (at < start) return this.destinations.number(localPart, 0, localPart.length);
    return this.destinations.number(bytes, at + 1, end);
  }

  #count(outcome: number, reason: number, code: number, status: number): void {
    const digit = code >= 100 ? Math.floor(code / 100) : status >>> 24;
    const column = digit === 2 ? 0 : digit === 4 ? 1 : digit === 5 ? 2 : 3;
    this.attempts[(outcome * reasons + reason) * codeClasses.length + column]++;
  }

  #delays(batch: EventBatch, i: number): void {
    const stages = batch.stages;
    if (stages[i * 4] < 0) return;
    for (let stage = 0; stage < 4; stage++) this.stageDelay[stage].add(stages[i * 4 + stage]);
  }

  #final(batch: EventBatch, i: number, slot: number): void {
    if (slot !== -1) {
      const messages = this.messages;
      messages.done[slot]++;
      this.#settle(slot, batch, i);
      // Of a message that began under another id, the MTA knows only the last part of its way.
      if ((messages.flags[slot] & Flag.continues) !== 0 || batch.delay[i] < 0) {
        batch.delay[i] = Math.max(0, batch.time[i] - messages.arrival[slot]);
      }
    }
    if (batch.delay[i] >= 0) this.deliveryDelay.add(batch.delay[i]);
  }

  /** Takes the event's recipient off the waiting list of its message. */
  #settle(slot: number, batch: EventBatch, i: number): void {
    if (this.messages.entry[slot] === -1) return;
    const hashA = hashFolded(batch.bytes, batch.recipient.start[i], batch.recipient.end[i], 0x1234567);
    const hashB = hashFolded(batch.bytes, batch.recipient.start[i], batch.recipient.end[i], 0x7654321);
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

  #delivered(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    const slot = this.#tried(batch, i);
    const destination = this.#destination(batch, i);
    batch.destination[i] = destination;
    const hop = relayNumber(this.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i]);
    batch.hop[i] = hop;
    if (hop !== -1) this.lastRelay.set(destination, hop + 1);
    this.lastSeen.set(destination, at, 0);
    if (slot !== -1 && batch.other.end[i] > batch.other.start[i]) {
      const child = this.messages.find(batch.bytes, batch.other.start[i], batch.other.end[i], batch.instance[i]);
      if (child !== -1 && child !== slot && this.messages.arrival[child] >= this.messages.arrival[slot] - SECOND) {
        this.#handOver(slot, child);
        this.messages.done[slot]++;
        this.#settle(slot, batch, i);
        batch.effect[i] = Effect.handedOver;
        return;
      }
    }
    this.counts.delivered++;
    this.counts.attemptsDelivered++;
    this.byDestination.add(destination, 1, 0);
    this.#count(0, 0, batch.code[i], batch.status[i]);
    this.timeline.add("delivered", at, 1);
    this.#delays(batch, i);
    this.#final(batch, i, slot);
    batch.effect[i] = Effect.delivered;
  }

  /** `child` is what our own filter or forwarder made of `slot`: one message under two ids, counted once. */
  #handOver(slot: number, child: number): void {
    const messages = this.messages;
    const parent = messages.flags[slot];
    const flags = messages.flags[child];
    if ((flags & Flag.continues) !== 0) return;
    messages.flags[child] |= Flag.continues;
    if ((flags & Flag.counted) !== 0) {
      this.counts.accepted--;
      this.timeline.add("accepted", messages.arrival[child], -1);
    }
    if (messages.arrival[slot] < messages.arrival[child] && (flags & Flag.gone) === 0) {
      messages.arrival[child] = messages.arrival[slot];
    }
    const stands = (parent & Flag.counted) !== 0 && (parent & Flag.carried) === 0;
    if (stands) {
      // From here on the child stands for the message: its leaving counts, the parent's does not.
      messages.flags[slot] = (parent | Flag.handedOver | Flag.carried) & ~Flag.counted;
      if ((flags & Flag.gone) === 0) messages.flags[child] |= Flag.counted;
      else if ((flags & Flag.removalCounted) === 0) this.counts.removed++;
    } else {
      messages.flags[slot] |= Flag.handedOver;
      messages.flags[child] &= ~Flag.counted;
      if ((flags & Flag.removalCounted) !== 0) this.counts.removed--;
    }
    if ((parent & Flag.notification) !== 0 && (flags & Flag.notification) === 0)
      messages.flags[child] |= Flag.notification;
  }

  #deferred(batch: EventBatch, i: number): void {
    const messages = this.messages;
    const at = batch.time[i];
    let slot = this.#tried(batch, i);
    // Deleted or requeued while the attempt was under way: the attempt failed, but nothing waits under this id.
    const tooLate = slot === -1 && this.#find(batch, i) !== -1;
    if (slot === -1 && !tooLate) {
      slot = this.#open(batch, i);
      messages.flags[slot] |= Flag.queued;
      messages.arrival[slot] = at - Math.max(0, batch.delay[i]);
      messages.touched[slot] = at;
      this.live++;
    }
    const destination = this.#destination(batch, i);
    const replies = this.replies;
    replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    let hop = relayNumber(this.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i]);
    if (hop === -1) hop = replies.relay;
    if (hop !== -1) this.lastRelay.set(destination, hop + 1);
    batch.destination[i] = destination;
    batch.reason[i] = replies.reason;
    batch.hop[i] = hop;
    batch.effect[i] = Effect.deferred;
    this.counts.attemptsDeferred++;
    this.byDestination.add(destination, 1, 1);
    this.lastSeen.set(destination, at, 1);
    this.#count(1, replies.reason, batch.code[i], batch.status[i]);
    this.timeline.add("deferred", at, 1);
    if (tooLate) return;
    if ((messages.flags[slot] & Flag.active) !== 0 || messages.attempts[slot] === 0) {
      if (messages.attempts[slot] < 0xffff) messages.attempts[slot]++;
    }
    messages.flags[slot] &= ~(Flag.active | Flag.nextKnown);
    messages.lastAttempt[slot] = at;
    this.#await(slot, batch.bytes, batch.recipient.start[i], batch.recipient.end[i], destination, replies.reason, true);
  }

  /** Puts a recipient on the waiting list of its message, or notes its newer reason. Answers the entry. */
  #await(
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

  #bounced(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    const slot = this.#tried(batch, i);
    const destination = this.#destination(batch, i);
    const replies = this.replies;
    replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    batch.destination[i] = destination;
    batch.reason[i] = replies.reason;
    batch.hop[i] = relayNumber(this.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i]);
    batch.effect[i] = Effect.bounced;
    this.counts.bounced++;
    this.counts.attemptsBounced++;
    this.byDestination.add(destination, 1, 2);
    this.#count(2, replies.reason, batch.code[i], batch.status[i]);
    this.timeline.add("bounced", at, 1);
    this.#delays(batch, i);
    this.#final(batch, i, slot);
  }

  /** Recipients of a message that have no final outcome yet. */
  remaining(slot: number): number {
    const messages = this.messages;
    let waiting = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.entries.next[entry]) waiting++;
    return Math.max(waiting, messages.recipients[slot] - messages.done[slot]);
  }

  #expired(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    const messages = this.messages;
    const slot = this.#tried(batch, i);
    this.counts.attemptsExpired++;
    batch.effect[i] = Effect.expired;
    batch.reason[i] = reasonNumber.expired;
    this.#count(3, reasonNumber.expired, 0, 0);
    if (batch.recipient.end[i] > batch.recipient.start[i]) {
      const destination = this.#destination(batch, i);
      batch.destination[i] = destination;
      this.byDestination.add(destination, 1, 3);
      this.counts.expired++;
      this.timeline.add("bounced", at, 1);
      if (slot !== -1) this.#final(batch, i, slot);
      return;
    }
    if (slot === -1) {
      this.counts.expired++;
      this.timeline.add("bounced", at, 1);
      return;
    }
    const rest = Math.max(1, this.remaining(slot));
    this.counts.expired += rest;
    this.timeline.add("bounced", at, rest);
    for (let n = 0; n < rest; n++) this.deliveryDelay.add(Math.max(0, at - messages.arrival[slot]));
    if (messages.entry[slot] !== -1) batch.destination[i] = this.entries.destination[messages.entry[slot]];
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.entries.next[entry]) {
      this.byDestination.add(this.entries.destination[entry], 1, 3);
    }
    this.#clearEntries(slot);
    messages.done[slot] = Math.max(messages.done[slot], messages.recipients[slot]);
  }

  #clearEntries(slot: number): void {
    const entries = this.entries;
    for (let entry = this.messages.entry[slot]; entry !== -1; ) {
      const next = entries.next[entry];
      this.waiting.add(entries.destination[entry], -1, entries.reason[entry]);
      entries.drop(entry);
      entry = next;
    }
    this.messages.entry[slot] = -1;
  }

  #probed(batch: EventBatch, i: number): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const flags = this.messages.flags[slot];
    const counted = Flag.notification | Flag.queued;
    if ((flags & counted) === counted && (flags & Flag.probe) === 0) this.counts.notifications--;
    if ((flags & Flag.counted) !== 0) this.#uncount(slot);
    this.messages.flags[slot] = (this.messages.flags[slot] | Flag.probe) & ~Flag.notification;
    this.messages.done[slot]++;
    this.messages.touched[slot] = batch.time[i];
  }

  #refused(batch: EventBatch, i: number): void {
    this.replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    batch.reason[i] = this.replies.reason;
    batch.effect[i] = Effect.refused;
    this.counts.refused++;
    this.#count(4, this.replies.reason, batch.code[i], batch.status[i]);
    this.#discarded(batch, i);
  }

  /** The client is done with a message that never reached the queue. */
  #discarded(batch: EventBatch, i: number): void {
    if (batch.id.end[i] === batch.id.start[i]) return;
    const slot = this.#find(batch, i);
    if (slot !== -1 && (this.messages.flags[slot] & (Flag.queued | Flag.gone)) === 0) this.messages.drop(slot);
  }

  #removed(batch: EventBatch, i: number): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const messages = this.messages;
    const flags = messages.flags[slot];
    if ((flags & Flag.gone) !== 0) return;
    messages.touched[slot] = batch.time[i];
    if ((flags & Flag.queued) === 0) {
      messages.bury(slot);
      return;
    }
    const rest = this.remaining(slot);
    if (rest > 0 && (flags & (Flag.handedOver | Flag.probe)) === 0) this.counts.unknown += rest;
    batch.effect[i] = Effect.removed;
    this.#leave(slot, batch.time[i]);
  }

  /** A message leaves the queue. */
  #leave(slot: number, at: Instant): void {
    const messages = this.messages;
    const flags = messages.flags[slot];
    this.#clearEntries(slot);
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
  #vanish(slot: number, at: Instant): void {
    const rest = this.remaining(slot);
    if (this.#unnamedDeletions > 0) {
      this.#unnamedDeletions--;
      this.counts.deleted += rest;
    } else if ((this.messages.flags[slot] & (Flag.handedOver | Flag.probe)) === 0) {
      this.counts.unknown += rest;
    }
    this.#leave(slot, at);
  }

  #deleted(batch: EventBatch, i: number): void {
    this.#namedDeletions++;
    const slot = this.#find(batch, i);
    if (slot === -1) {
      this.counts.deleted++;
      return;
    }
    if ((this.messages.flags[slot] & Flag.gone) !== 0) return;
    if ((this.messages.flags[slot] & Flag.queued) !== 0) this.counts.deleted += Math.max(1, this.remaining(slot));
    batch.effect[i] = Effect.removed;
    this.#leave(slot, batch.time[i]);
  }

  #flag(batch: EventBatch, i: number, flag: number, on: boolean): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    if (on) this.messages.flags[slot] |= flag;
    else this.messages.flags[slot] &= ~flag;
    this.messages.touched[slot] = batch.time[i];
  }

  #held(batch: EventBatch, i: number): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const flags = this.messages.flags[slot];
    if ((flags & (Flag.queued | Flag.gone | Flag.offered)) === Flag.offered) {
      // A rule put it on hold on its way in: it is queued although the queue manager never speaks of it.
      this.#takeIn(slot, batch.time[i]);
      batch.effect[i] = Effect.accepted;
      batch.outside[i] = (flags & Flag.outside) === 0 ? 0 : 1;
    }
    this.messages.flags[slot] |= Flag.held;
    this.messages.touched[slot] = batch.time[i];
  }

  /** Counts a message that a client handed over and that is plainly queued. */
  #takeIn(slot: number, at: Instant): void {
    this.messages.flags[slot] |= Flag.queued | Flag.begun | Flag.counted;
    this.live++;
    this.counts.accepted++;
    this.timeline.add("accepted", at, 1);
    this.timeline.level(at, this.live);
  }

  #notified(batch: EventBatch, i: number): void {
    const messages = this.messages;
    if (batch.other.end[i] <= batch.other.start[i]) return;
    const child = messages.find(batch.bytes, batch.other.start[i], batch.other.end[i], batch.instance[i]);
    if (child === -1) return;
    const flags = messages.flags[child];
    if ((flags & Flag.notification) !== 0) return;
    messages.flags[child] |= Flag.notification;
    if ((flags & Flag.queued) !== 0) this.counts.notifications++;
    if ((flags & Flag.counted) !== 0) this.#uncount(child);
  }

  /** It turned out not to be mail that somebody handed over. */
  #uncount(slot: number): void {
    const flags = this.messages.flags[slot];
    this.messages.flags[slot] = flags & ~(Flag.counted | Flag.removalCounted);
    if ((flags & Flag.removalCounted) !== 0) this.counts.removed--;
    this.counts.accepted--;
    this.timeline.add("accepted", this.messages.arrival[slot], -1);
  }

  #swept(batch: EventBatch, i: number): void {
    const { start, end } = batch.detail;
    if (withinBytes(batch.bytes, start[i], end[i], "eleas") !== -1) {
      this.#releaseAll(batch.number[i]);
      return;
    }
    if (withinBytes(batch.bytes, start[i], end[i], "elet") === -1) return;
    // The summary also counts the messages that were named one by one just before it.
    this.#unnamedDeletions += Math.max(0, batch.number[i] - this.#namedDeletions);
    this.#namedDeletions = 0;
  }

  /** So many were taken off hold as we know to be held: then it was all of them. */
  #releaseAll(count: number): void {
    const { flags } = this.messages;
    const isHeld = Flag.queued | Flag.held;
    let held = 0;
    for (let slot = 0; slot < this.messages.used; slot++) if ((flags[slot] & (isHeld | Flag.gone)) === isHeld) held++;
    if (held === 0 || count < held) return;
    for (let slot = 0; slot < this.messages.used; slot++) flags[slot] &= ~Flag.held;
  }

  /** The MTA starts anew or stops: nothing is being worked on. */
  #interrupted(): void {
    const flags = this.messages.flags;
    for (let slot = 0; slot < this.messages.used; slot++) flags[slot] &= ~Flag.active;
  }

  /** Forgets messages that a client began and never finished. */
  #forgetOpenings(): void {
    this.#sweptAt = this.now;
    const messages = this.messages;
    const before = this.now - openingTime;
    for (let slot = 0; slot < messages.used; slot++) {
      if (messages.idLength[slot] === 0 || (messages.flags[slot] & (Flag.queued | Flag.gone)) !== 0) continue;
      if (messages.touched[slot] < before) messages.drop(slot);
    }
  }

  /** A listing begins: what it began to list at `at`. */
  beginSurvey(at: Instant, instance: number): void {
    this.surveys++;
    this.surveyedAt = at;
    this.#surveyInstance = instance;
    this.surveyedQueues = queueNames.map(() => ({
      messages: 0,
      recipients: 0,
      bytes: 0,
      oldestArrival: Number.NaN,
    }));
  }

  /** Some of the listing. The same message twice in one listing counts once. */
  survey(batch: SurveyBatch): void {
    const messages = this.messages;
    for (let i = 0; i < batch.count; i++) {
      let slot = messages.find(batch.bytes, batch.id.start[i], batch.id.end[i], this.#surveyInstance);
      const listed = batch.recipientCount[i];
      const queue = batch.queue[i];
      if (slot !== -1 && (messages.flags[slot] & Flag.gone) !== 0) {
        if (messages.touched[slot] >= this.surveyedAt - 2 * SECOND) {
          // It left while the listing was made, or the log is ahead of it: the log is right.
          if (messages.seen[slot] !== this.surveys) {
            messages.seen[slot] = this.surveys;
            this.#tally(queue, listed, batch.size[i], batch.arrival[i]);
          }
          continue;
        }
        messages.reset(slot, batch.arrival[i]);
      }
      if (slot === -1) {
        slot = messages.add(batch.bytes, batch.id.start[i], batch.id.end[i], this.#surveyInstance, batch.arrival[i]);
      }
      const flags = messages.flags[slot];
      const again = messages.seen[slot] === this.surveys && (flags & Flag.queued) !== 0;
      if (again && messages.queue[slot] !== queue) {
        // One message, listed in two queues because it moved meanwhile.
        continue;
      }
      messages.seen[slot] = this.surveys;
      messages.missed[slot] = 0;
      messages.queue[slot] = queue;
      // A message with very many recipients comes in several rows: the message counts once, all recipients count.
      this.#tally(queue, listed, batch.size[i], batch.arrival[i], again ? 0 : 1);
      if ((flags & (Flag.queued | Flag.offered | Flag.continues)) === Flag.offered && queueNames[queue] === "hold") {
        // Held on its way in: no line of the queue manager will come.
        this.#takeIn(slot, messages.arrival[slot]);
      } else if ((flags & Flag.queued) === 0) {
        messages.flags[slot] |= Flag.queued;
        if ((flags & Flag.offered) === 0) messages.arrival[slot] = batch.arrival[i];
        this.live++;
      }
      if (messages.bytes[slot] === 0) messages.bytes[slot] = batch.size[i];
      if (batch.sender.end[i] === batch.sender.start[i]) messages.flags[slot] |= Flag.nullSender;
      if (queueNames[queue] === "hold") messages.flags[slot] |= Flag.held;
      else messages.flags[slot] &= ~Flag.held;
      if (batch.forced[i] === 1) messages.flags[slot] |= Flag.forced;
      if (messages.touched[slot] >= this.surveyedAt - SECOND) continue;
      // The log has nothing newer: the listing is right about what it lists.
      if (queueNames[queue] !== "active") messages.flags[slot] &= ~Flag.active;
      if (Number.isFinite(batch.nextAttempt[i]) && queueNames[queue] === "deferred") {
        messages.nextAttempt[slot] = batch.nextAttempt[i];
        messages.flags[slot] |= Flag.nextKnown;
      }
      this.#listRecipients(batch, i, slot, again);
    }
  }

  #tally(queue: number, recipients: number, bytes: number, arrival: Instant, messages = 1): void {
    const counts = this.surveyedQueues[queue];
    counts.messages += messages;
    counts.recipients += recipients;
    counts.bytes += messages === 0 ? 0 : bytes;
    if (!(arrival >= counts.oldestArrival)) counts.oldestArrival = arrival;
  }

  /** Makes the waiting list of a message what the listing says. */
  #listRecipients(batch: SurveyBatch, i: number, slot: number, more: boolean): void {
    const messages = this.messages;
    const listed = batch.recipientCount[i];
    const first = batch.firstRecipient[i];
    let known = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.entries.next[entry]) known++;
    if (!more && known > listed) {
      // Some of its recipients went without a line that we saw.
      this.counts.unknown += known - listed;
      this.#clearEntries(slot);
      messages.done[slot] = Math.max(0, messages.recipients[slot] - listed);
      known = 0;
    }
    if (!more && messages.recipients[slot] - messages.done[slot] !== listed) {
      if (messages.recipients[slot] === 0) messages.recipients[slot] = listed;
      else if (messages.recipients[slot] > listed) messages.done[slot] = messages.recipients[slot] - listed;
    } else if (more) {
      messages.recipients[slot] += listed;
    }
    if (known === listed && !more) return;
    for (let r = first; r < first + listed; r++) {
      const start = batch.recipient.start[r];
      const end = batch.recipient.end[r];
      if (batch.reason.end[r] <= batch.reason.start[r]) continue;
      let at = end - 1;
      while (at >= start && batch.bytes[at] !== 0x40) at--;
      const destination =
        at < start
          ? this.destinations.number(localPart, 0, localPart.length)
          : this.destinations.number(batch.bytes, at + 1, end);
      const replyStart = batch.reason.start[r];
      const code = codeIn(batch.bytes, replyStart, batch.reason.end[r]);
      this.replies.read(batch.bytes, replyStart, batch.reason.end[r], 0, code);
      const entry = this.#await(slot, batch.bytes, start, end, destination, this.replies.reason, false);
      // Listed, not tried again: `#await` counted an attempt where it knew the recipient already.
      if (this.entries.attempts[entry] > 1) this.entries.attempts[entry]--;
      if (messages.attempts[slot] === 0) messages.attempts[slot] = 1;
      if (this.replies.relay !== -1) this.lastRelay.set(destination, this.replies.relay + 1);
    }
  }

  /**
   * The listing has ended. What two complete listings in a row do not have, and no newer line speaks of, is gone.
   * Answers how many messages went that way.
   */
  endSurvey(complete: boolean): number {
    if (!complete) return 0;
    const messages = this.messages;
    let vanished = 0;
    for (let slot = 0; slot < messages.used; slot++) {
      const flags = messages.flags[slot];
      if ((flags & (Flag.queued | Flag.gone)) !== Flag.queued || messages.idLength[slot] === 0) continue;
      if (messages.seen[slot] === this.surveys || messages.touched[slot] >= this.surveyedAt - SECOND) continue;
      messages.missed[slot]++;
      if (messages.missed[slot] >= 2) {
        this.#vanish(slot, this.surveyedAt);
        vanished++;
      }
    }
    return vanished;
  }
}

const localPart: Uint8Array = Uint8Array.of(0x6c, 0x6f, 0x63, 0x61, 0x6c);

/** First three-digit reply code after `said: ` or `talk to me: `, 0 if there is none. */
function codeIn(bytes: Uint8Array, start: number, end: number): number {
  for (const mark of ["said: ", "to me: "]) {
    const at = withinBytes(bytes, start, Math.min(end, start + 512), mark);
    if (at === -1) continue;
    const digits = at + mark.length;
    const code = (bytes[digits] - 48) * 100 + (bytes[digits + 1] - 48) * 10 + (bytes[digits + 2] - 48);
    if (code >= 200 && code < 600) return code;
  }
  return 0;
}
