// What logs say, brought into the ledger: one call of `record` for each batch, in the order in which it was read.
//
// Hot: one short function for each kind of event, no objects on the way.

import type { EventBatch } from "../events/batch.ts";
import { EventKind } from "../events/kinds.ts";
import { withinBytes } from "../events/text.ts";
import { type Instant, MINUTE, SECOND } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { Flag } from "./messages.ts";
import { reasonNumber } from "./reasons.ts";
import { relayNumber } from "./replies.ts";

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

/** How long a message that left is still found by late lines. */
const afterlife = 30 * SECOND;
/** How long a client may take to hand a message over before we forget that it began. */
const openingTime = 60 * MINUTE;

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

/** Writes events into a ledger. Keeps nothing itself. */
export class Recorder {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Records a batch. Fills its columns `destination`, `reason`, `hop` and `effect`. */
  record(batch: EventBatch): void {
    const { count, kind, time, effect } = batch;
    effect.fill(Effect.none, 0, count);
    batch.destination.fill(-1, 0, count);
    batch.reason.fill(0, 0, count);
    batch.hop.fill(-1, 0, count);
    for (let i = 0; i < count; i++) {
      const at = time[i];
      if (at > this.#ledger.now) this.#moveOn(at);
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
    if (batch.lastTime > this.#ledger.now) this.#moveOn(batch.lastTime);
  }

  /** Time moves on, by the log's own stamps: how the log was cut into batches makes no difference. */
  #moveOn(at: Instant): void {
    this.#ledger.now = at;
    this.#ledger.messages.forgetGone(at - afterlife);
    if (at - this.#ledger.sweptAt > 10 * MINUTE) this.#forgetOpenings();
  }

  #find(batch: EventBatch, i: number): number {
    return this.#ledger.messages.find(batch.bytes, batch.id.start[i], batch.id.end[i], batch.instance[i]);
  }

  /** Slot of the event's message for a new beginning: new, or the old one emptied. */
  #open(batch: EventBatch, i: number): number {
    const messages = this.#ledger.messages;
    const slot = this.#find(batch, i);
    if (slot === -1) {
      return messages.add(batch.bytes, batch.id.start[i], batch.id.end[i], batch.instance[i], batch.time[i]);
    }
    if ((messages.flags[slot] & Flag.gone) !== 0) messages.reset(slot, batch.time[i]);
    return slot;
  }

  #offered(batch: EventBatch, i: number): void {
    const messages = this.#ledger.messages;
    const { size } = messages;
    let slot = this.#open(batch, i);
    const before = messages.flags[slot];
    const listedOnly = (before & Flag.begun) === 0 && batch.time[i] - messages.arrival[slot] < MINUTE;
    if ((before & Flag.queued) !== 0 && !listedOnly) {
      // The id is used again although we never saw its message leave: that line is missing.
      this.#ledger.vanish(slot, batch.time[i]);
      slot = this.#open(batch, i);
    } else if ((before & Flag.queued) === 0 && messages.size === size) {
      // What began under this id before came to nothing.
      messages.reset(slot, batch.time[i]);
    }
    batch.outside[i] = isOutside(batch, i) ? 1 : 0;
    messages.flags[slot] |= batch.outside[i] === 1 ? Flag.offered | Flag.outside : Flag.offered;
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
    const messages = this.#ledger.messages;
    messages.arrival[slot] = messages.arrival[old];
    messages.flags[slot] |= messages.flags[old] & (Flag.counted | Flag.nullSender | Flag.notification);
    messages.attempts[slot] = messages.attempts[old];
    if ((messages.flags[old] & Flag.queued) !== 0) {
      // It is owed all the while, also before the queue manager speaks of its new id.
      if ((messages.flags[slot] & Flag.queued) === 0) this.#ledger.live++;
      messages.flags[slot] |= Flag.queued;
      messages.recipients[slot] = this.#ledger.remaining(old);
    }
    messages.flags[old] &= ~Flag.counted;
    this.#ledger.leave(old, at);
  }

  #identified(batch: EventBatch, i: number): void {
    const slot = this.#open(batch, i);
    this.#ledger.messages.touched[slot] = batch.time[i];
  }

  #accepted(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    const messages = ledger.messages;
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
      if ((flags & Flag.queued) === 0) ledger.live++;
      flags |= Flag.queued | Flag.begun;
      if ((flags & Flag.continues) !== 0) {
        // A requeue: it was counted under its old id, or before we looked.
      } else if ((flags & Flag.notification) !== 0) {
        ledger.counts.notifications++;
      } else if ((flags & Flag.offered) !== 0) {
        flags |= Flag.counted;
        ledger.counts.accepted++;
        ledger.timeline.add("accepted", at, 1);
        batch.effect[i] = Effect.accepted;
        batch.outside[i] = (flags & Flag.outside) === 0 ? 0 : 1;
      } else if (
        known &&
        (end === start || withinBytes(batch.bytes, start, Math.min(end, start + 14), "double-bounce@") === start)
      ) {
        // It began inside the MTA: a report about another message, or an address check.
        flags |= Flag.notification;
        ledger.counts.notifications++;
      }
      ledger.timeline.level(at, ledger.live);
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
    const ledger = this.#ledger;
    const slot = this.#find(batch, i);
    if (slot !== -1 && (ledger.messages.flags[slot] & Flag.gone) === 0) {
      if ((ledger.messages.flags[slot] & Flag.queued) === 0) {
        ledger.messages.flags[slot] |= Flag.queued;
        ledger.live++;
      }
      ledger.messages.touched[slot] = batch.time[i];
      return slot;
    }
    return -1;
  }

  #delays(batch: EventBatch, i: number): void {
    const stages = batch.stages;
    if (stages[i * 4] < 0) return;
    for (let stage = 0; stage < 4; stage++) this.#ledger.stageDelay[stage].add(stages[i * 4 + stage]);
  }

  #final(batch: EventBatch, i: number, slot: number): void {
    const ledger = this.#ledger;
    batch.again[i] = slot !== -1 && ledger.messages.attempts[slot] > 0 ? 1 : 0;
    if (slot !== -1) {
      const messages = ledger.messages;
      messages.done[slot]++;
      ledger.settle(slot, batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
      // Of a message that began under another id, the MTA knows only the last part of its way.
      if ((messages.flags[slot] & Flag.continues) !== 0 || batch.delay[i] < 0) {
        batch.delay[i] = Math.max(0, batch.time[i] - messages.arrival[slot]);
      }
    }
    if (batch.delay[i] >= 0) ledger.deliveryDelay.add(batch.delay[i]);
  }

  #delivered(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    const at = batch.time[i];
    const slot = this.#tried(batch, i);
    const destination = ledger.destinationOf(batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
    batch.destination[i] = destination;
    const last = ledger.lastRelay.get(destination) - 1;
    const hop = relayNumber(ledger.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i], last);
    batch.hop[i] = hop;
    if (hop !== -1) ledger.lastRelay.set(destination, hop + 1);
    ledger.lastSeen.set(destination, at, 0);
    if (slot !== -1 && batch.other.end[i] > batch.other.start[i]) {
      const child = ledger.messages.find(batch.bytes, batch.other.start[i], batch.other.end[i], batch.instance[i]);
      if (child !== -1 && child !== slot && ledger.messages.arrival[child] >= ledger.messages.arrival[slot] - SECOND) {
        this.#handOver(slot, child);
        ledger.messages.done[slot]++;
        ledger.settle(slot, batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
        batch.effect[i] = Effect.handedOver;
        return;
      }
    }
    ledger.counts.delivered++;
    ledger.counts.attemptsDelivered++;
    ledger.byDestination.add(destination, 1, 0);
    ledger.countAttempt(0, 0, batch.code[i], batch.status[i]);
    ledger.timeline.add("delivered", at, 1);
    this.#delays(batch, i);
    this.#final(batch, i, slot);
    batch.effect[i] = Effect.delivered;
  }

  /** `child` is what our own filter or forwarder made of `slot`: one message under two ids, counted once. */
  #handOver(slot: number, child: number): void {
    const messages = this.#ledger.messages;
    const parent = messages.flags[slot];
    const flags = messages.flags[child];
    if ((flags & Flag.continues) !== 0) return;
    messages.flags[child] |= Flag.continues;
    if ((flags & Flag.counted) !== 0) {
      this.#ledger.counts.accepted--;
      this.#ledger.timeline.add("accepted", messages.arrival[child], -1);
    }
    if (messages.arrival[slot] < messages.arrival[child] && (flags & Flag.gone) === 0) {
      messages.arrival[child] = messages.arrival[slot];
    }
    const stands = (parent & Flag.counted) !== 0 && (parent & Flag.carried) === 0;
    if (stands) {
      // From here on the child stands for the message: its leaving counts, the parent's does not.
      messages.flags[slot] = (parent | Flag.handedOver | Flag.carried) & ~Flag.counted;
      if ((flags & Flag.gone) === 0) messages.flags[child] |= Flag.counted;
      else if ((flags & Flag.removalCounted) === 0) this.#ledger.counts.removed++;
    } else {
      messages.flags[slot] |= Flag.handedOver;
      messages.flags[child] &= ~Flag.counted;
      if ((flags & Flag.removalCounted) !== 0) this.#ledger.counts.removed--;
    }
    if ((parent & Flag.notification) !== 0 && (flags & Flag.notification) === 0)
      messages.flags[child] |= Flag.notification;
  }

  #deferred(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    const messages = ledger.messages;
    const at = batch.time[i];
    let slot = this.#tried(batch, i);
    // Deleted or requeued while the attempt was under way: the attempt failed, but nothing waits under this id.
    const tooLate = slot === -1 && this.#find(batch, i) !== -1;
    if (slot === -1 && !tooLate) {
      slot = this.#open(batch, i);
      messages.flags[slot] |= Flag.queued;
      messages.arrival[slot] = at - Math.max(0, batch.delay[i]);
      messages.touched[slot] = at;
      ledger.live++;
    }
    const destination = ledger.destinationOf(batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
    const replies = ledger.replies;
    replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    let hop = relayNumber(ledger.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i]);
    if (hop === -1) hop = replies.relay;
    if (hop !== -1) ledger.lastRelay.set(destination, hop + 1);
    batch.destination[i] = destination;
    batch.reason[i] = replies.reason;
    batch.hop[i] = hop;
    batch.effect[i] = Effect.deferred;
    ledger.counts.attemptsDeferred++;
    ledger.byDestination.add(destination, 1, 1);
    ledger.lastSeen.set(destination, at, 1);
    ledger.countAttempt(1, replies.reason, batch.code[i], batch.status[i]);
    ledger.timeline.add("deferred", at, 1);
    batch.again[i] = !tooLate && messages.attempts[slot] > 0 ? 1 : 0;
    if (tooLate) return;
    if ((messages.flags[slot] & Flag.active) !== 0 || messages.attempts[slot] === 0) {
      if (messages.attempts[slot] < 0xffff) messages.attempts[slot]++;
    }
    messages.flags[slot] &= ~(Flag.active | Flag.nextKnown);
    messages.lastAttempt[slot] = at;
    ledger.awaitRecipient(
      slot,
      batch.bytes,
      batch.recipient.start[i],
      batch.recipient.end[i],
      destination,
      replies.reason,
      true,
    );
  }

  #bounced(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    const at = batch.time[i];
    const slot = this.#tried(batch, i);
    const destination = ledger.destinationOf(batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
    const replies = ledger.replies;
    replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    batch.destination[i] = destination;
    batch.reason[i] = replies.reason;
    batch.hop[i] = relayNumber(ledger.relays, batch.bytes, batch.relay.start[i], batch.relay.end[i]);
    batch.effect[i] = Effect.bounced;
    ledger.counts.bounced++;
    ledger.counts.attemptsBounced++;
    ledger.byDestination.add(destination, 1, 2);
    ledger.countAttempt(2, replies.reason, batch.code[i], batch.status[i]);
    ledger.timeline.add("bounced", at, 1);
    this.#delays(batch, i);
    this.#final(batch, i, slot);
  }

  #expired(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    const messages = this.#ledger.messages;
    const slot = this.#tried(batch, i);
    this.#ledger.counts.attemptsExpired++;
    batch.effect[i] = Effect.expired;
    batch.reason[i] = reasonNumber.expired;
    this.#ledger.countAttempt(3, reasonNumber.expired, 0, 0);
    if (batch.recipient.end[i] > batch.recipient.start[i]) {
      const destination = this.#ledger.destinationOf(batch.bytes, batch.recipient.start[i], batch.recipient.end[i]);
      batch.destination[i] = destination;
      this.#ledger.byDestination.add(destination, 1, 3);
      this.#ledger.counts.expired++;
      this.#ledger.timeline.add("bounced", at, 1);
      if (slot !== -1) this.#final(batch, i, slot);
      return;
    }
    if (slot === -1) {
      this.#ledger.counts.expired++;
      this.#ledger.timeline.add("bounced", at, 1);
      return;
    }
    const rest = Math.max(1, this.#ledger.remaining(slot));
    this.#ledger.counts.expired += rest;
    this.#ledger.timeline.add("bounced", at, rest);
    for (let n = 0; n < rest; n++) this.#ledger.deliveryDelay.add(Math.max(0, at - messages.arrival[slot]));
    if (messages.entry[slot] !== -1) batch.destination[i] = this.#ledger.entries.destination[messages.entry[slot]];
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.#ledger.entries.next[entry]) {
      this.#ledger.byDestination.add(this.#ledger.entries.destination[entry], 1, 3);
    }
    this.#ledger.clearEntries(slot);
    messages.done[slot] = Math.max(messages.done[slot], messages.recipients[slot]);
  }

  #probed(batch: EventBatch, i: number): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const flags = this.#ledger.messages.flags[slot];
    const counted = Flag.notification | Flag.queued;
    if ((flags & counted) === counted && (flags & Flag.probe) === 0) this.#ledger.counts.notifications--;
    if ((flags & Flag.counted) !== 0) this.#ledger.uncount(slot);
    this.#ledger.messages.flags[slot] = (this.#ledger.messages.flags[slot] | Flag.probe) & ~Flag.notification;
    this.#ledger.messages.done[slot]++;
    this.#ledger.messages.touched[slot] = batch.time[i];
  }

  #refused(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    ledger.replies.read(batch.bytes, batch.text.start[i], batch.text.end[i], batch.status[i], batch.code[i]);
    batch.reason[i] = ledger.replies.reason;
    batch.effect[i] = Effect.refused;
    ledger.counts.refused++;
    ledger.countAttempt(4, ledger.replies.reason, batch.code[i], batch.status[i]);
    this.#discarded(batch, i);
  }

  /** The client is done with a message that never reached the queue. */
  #discarded(batch: EventBatch, i: number): void {
    if (batch.id.end[i] === batch.id.start[i]) return;
    const slot = this.#find(batch, i);
    if (slot !== -1 && (this.#ledger.messages.flags[slot] & (Flag.queued | Flag.gone)) === 0)
      this.#ledger.messages.drop(slot);
  }

  #removed(batch: EventBatch, i: number): void {
    const ledger = this.#ledger;
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const messages = ledger.messages;
    const flags = messages.flags[slot];
    if ((flags & Flag.gone) !== 0) return;
    messages.touched[slot] = batch.time[i];
    if ((flags & Flag.queued) === 0) {
      messages.bury(slot);
      return;
    }
    const rest = ledger.remaining(slot);
    if (rest > 0 && (flags & (Flag.handedOver | Flag.probe)) === 0) ledger.counts.unknown += rest;
    batch.effect[i] = Effect.removed;
    ledger.leave(slot, batch.time[i]);
  }

  #deleted(batch: EventBatch, i: number): void {
    this.#ledger.namedDeletions++;
    const slot = this.#find(batch, i);
    if (slot === -1) {
      this.#ledger.counts.deleted++;
      return;
    }
    if ((this.#ledger.messages.flags[slot] & Flag.gone) !== 0) return;
    if ((this.#ledger.messages.flags[slot] & Flag.queued) !== 0)
      this.#ledger.counts.deleted += Math.max(1, this.#ledger.remaining(slot));
    batch.effect[i] = Effect.removed;
    this.#ledger.leave(slot, batch.time[i]);
  }

  #flag(batch: EventBatch, i: number, flag: number, on: boolean): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    if (on) this.#ledger.messages.flags[slot] |= flag;
    else this.#ledger.messages.flags[slot] &= ~flag;
    this.#ledger.messages.touched[slot] = batch.time[i];
  }

  #held(batch: EventBatch, i: number): void {
    const slot = this.#find(batch, i);
    if (slot === -1) return;
    const flags = this.#ledger.messages.flags[slot];
    if ((flags & (Flag.queued | Flag.gone | Flag.offered)) === Flag.offered) {
      // A rule put it on hold on its way in: it is queued although the queue manager never speaks of it.
      this.#ledger.takeIn(slot, batch.time[i]);
      batch.effect[i] = Effect.accepted;
      batch.outside[i] = (flags & Flag.outside) === 0 ? 0 : 1;
    }
    this.#ledger.messages.flags[slot] |= Flag.held;
    this.#ledger.messages.touched[slot] = batch.time[i];
  }

  #notified(batch: EventBatch, i: number): void {
    const messages = this.#ledger.messages;
    if (batch.other.end[i] <= batch.other.start[i]) return;
    const child = messages.find(batch.bytes, batch.other.start[i], batch.other.end[i], batch.instance[i]);
    if (child === -1) return;
    const flags = messages.flags[child];
    if ((flags & Flag.notification) !== 0) return;
    messages.flags[child] |= Flag.notification;
    // What has yet to be queued is counted then, unless it was requeued: that one counts no second time.
    if ((flags & (Flag.queued | Flag.continues)) !== 0) this.#ledger.counts.notifications++;
    if ((flags & Flag.counted) !== 0) this.#ledger.uncount(child);
  }

  #swept(batch: EventBatch, i: number): void {
    const { start, end } = batch.detail;
    if (withinBytes(batch.bytes, start[i], end[i], "eleas") !== -1) {
      this.#releaseAll(batch.number[i]);
      return;
    }
    if (withinBytes(batch.bytes, start[i], end[i], "elet") === -1) return;
    // The summary also counts the messages that were named one by one just before it.
    this.#ledger.unnamedDeletions += Math.max(0, batch.number[i] - this.#ledger.namedDeletions);
    this.#ledger.namedDeletions = 0;
  }

  /** So many were taken off hold as we know to be held: then it was all of them. */
  #releaseAll(count: number): void {
    const { flags } = this.#ledger.messages;
    const isHeld = Flag.queued | Flag.held;
    let held = 0;
    for (let slot = 0; slot < this.#ledger.messages.used; slot++)
      if ((flags[slot] & (isHeld | Flag.gone)) === isHeld) held++;
    if (held === 0 || count < held) return;
    for (let slot = 0; slot < this.#ledger.messages.used; slot++) flags[slot] &= ~Flag.held;
  }

  /** The MTA starts anew or stops: nothing is being worked on. */
  #interrupted(): void {
    const flags = this.#ledger.messages.flags;
    for (let slot = 0; slot < this.#ledger.messages.used; slot++) flags[slot] &= ~Flag.active;
  }

  /** Forgets messages that a client began and never finished. */
  #forgetOpenings(): void {
    this.#ledger.sweptAt = this.#ledger.now;
    const messages = this.#ledger.messages;
    const before = this.#ledger.now - openingTime;
    for (let slot = 0; slot < messages.used; slot++) {
      if (messages.idLength[slot] === 0 || (messages.flags[slot] & (Flag.queued | Flag.gone)) !== 0) continue;
      if (messages.touched[slot] < before) messages.drop(slot);
    }
  }
}
