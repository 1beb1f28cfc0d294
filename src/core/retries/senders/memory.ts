// What is remembered of senders: how much they usually write, and whom we turned away and who came back.
//
// Fed with every batch after the ledger has recorded it. A log without refusals costs one look at the kind of each event.

import type { EventBatch } from "../../events/batch.ts";
import { EventKind } from "../../events/kinds.ts";
import { textOf } from "../../events/text.ts";
import { hashBytes } from "../../ledger/hash.ts";
import { Histogram } from "../../ledger/histogram.ts";
import { Effect } from "../../ledger/record.ts";
import type { Saved, Saving } from "../../ledger/saved.ts";
import { HOUR, type Instant } from "../../time.ts";
import { classOf } from "./classify.ts";
import { clientOf } from "./clients.ts";
import type { HashKey } from "./keyed-hash.ts";
import { SenderMix } from "./mix.ts";
import { OnTheWay } from "./on-the-way.ts";
import { Pairing, type SavedPair, type Whereabouts } from "./pairing.ts";
import { Submissions } from "./submissions.ts";
import { Usual } from "./usual.ts";
import { WhereaboutsFinder } from "./whereabouts.ts";

/** A message from a place that somebody was turned away from, on its way to its first attempts. */
interface Candidate {
  readonly from: Whereabouts;
  /** When it was accepted, and the mark of its sender; until then only offered. */
  at?: Instant;
  sender?: number;
}

interface SavedSenders {
  readonly key: HashKey;
  /** Names of the numbers in the column of pairs. */
  readonly classes: readonly string[];
  readonly forgotten: number;
  readonly candidates: readonly (readonly [number, Candidate])[];
  readonly hour: number;
  readonly returned: number;
  readonly neverReturned: number;
}

/** Senders that were turned away and are remembered at most. */
const mostPairs = 50_000;
/** Messages on their way that are kept in mind at most; the oldest is let go. */
const mostCandidates = 10_000;

/** What is known of the senders of one mail host. */
export class SenderMemory {
  #key: HashKey;
  #pairing: Pairing;
  #whereabouts: WhereaboutsFinder;
  readonly usual: Usual = new Usual();
  /** Which classes our senders are of. */
  readonly mix: SenderMix = new SenderMix();
  /** Late mail by when it was sent. */
  readonly submissions: Submissions = new Submissions();
  #onTheWay: OnTheWay;
  /** First refusal to acceptance. */
  readonly waits: Histogram = new Histogram();
  /** Senders that came back, and those that never did. */
  returned = 0;
  neverReturned = 0;
  #hour = -1;
  readonly #candidates = new Map<number, Candidate>();
  readonly #answers = new Map<string, unknown>();

  constructor(key: HashKey) {
    this.#key = key;
    this.#pairing = new Pairing(key, mostPairs);
    this.#whereabouts = new WhereaboutsFinder(this.#pairing);
    this.#onTheWay = new OnTheWay(key);
  }

  /** Senders that were turned away and may still come back. */
  get waiting(): number {
    return this.#pairing.waiting;
  }

  /** The answer of before to the same question, which must name all that the answer depends on. */
  remembered<T>(question: string, answer: () => T): T {
    if (this.#answers.has(question)) return this.#answers.get(question) as T;
    const value = answer();
    if (this.#answers.size >= 8) {
      const [oldest] = this.#answers.keys();
      this.#answers.delete(oldest);
    }
    this.#answers.set(question, value);
    return value;
  }

  save(to: Saving): void {
    this.usual.save("senders.usual", to);
    this.waits.save("senders.waits", to);
    this.mix.save("senders.mix", to);
    this.submissions.save("senders.submissions", to);
    this.#onTheWay.save("senders.onTheWay", to);
    const pairs = this.#pairing.save();
    const classes = [...new Set(pairs.map(({ senderClass }) => senderClass))];
    to.column("senders.pairs", packed(pairs, classes));
    to.value("senders", {
      key: this.#key,
      classes,
      forgotten: this.#pairing.forgotten,
      candidates: [...this.#candidates],
      hour: this.#hour,
      returned: this.returned,
      neverReturned: this.neverReturned,
    } satisfies SavedSenders);
  }

  /** Takes what was saved, its key too, into a memory that has seen nothing. */
  restore(from: Saved): void {
    if (!from.has("senders")) return;
    this.usual.restore("senders.usual", from);
    this.waits.restore("senders.waits", from);
    this.mix.restore("senders.mix", from);
    this.submissions.restore("senders.submissions", from);
    const rest = from.value<SavedSenders>("senders");
    this.#key = rest.key;
    this.#onTheWay = new OnTheWay(rest.key);
    this.#onTheWay.restore("senders.onTheWay", from);
    this.#pairing = new Pairing(rest.key, mostPairs);
    this.#whereabouts = new WhereaboutsFinder(this.#pairing);
    this.#pairing.restore(unpacked(from.column("senders.pairs", Float64Array), rest.classes), rest.forgotten);
    for (const [id, candidate] of rest.candidates) this.#candidates.set(id, candidate);
    this.#hour = rest.hour;
    this.returned = rest.returned;
    this.neverReturned = rest.neverReturned;
  }

  /** Learns from a batch that the ledger has recorded. */
  record(batch: EventBatch): void {
    const { count, effect, kind, outside } = batch;
    if (!Number.isNaN(batch.firstTime)) this.usual.seen(batch.firstTime);
    // Hot: as long as nobody was turned away there is nothing to follow.
    let following = this.#pairing.waiting > 0 || this.#candidates.size > 0;
    for (let i = 0; i < count; i++) {
      const meant = effect[i];
      if (meant === Effect.accepted) {
        if (outside[i] === 1) this.#accepted(batch, i);
      } else if (meant === Effect.refused && batch.code[i] >= 400 && batch.code[i] < 500) {
        this.#refused(batch, i);
        following = true;
      }
      if (kind[i] === EventKind.offered) this.#onTheWay.offered(batch, i, idOf(batch, i));
      else if (kind[i] === EventKind.dated) this.#onTheWay.dated(batch, i, idOf(batch, i));
      if (following) this.#follow(batch, i);
    }
  }

  /** Looks for a sender that comes back. */
  #follow(batch: EventBatch, i: number): void {
    const kind = batch.kind[i];
    if (kind === EventKind.offered) {
      if (this.#pairing.waiting > 0) this.#offered(batch, i);
      return;
    }
    if (this.#candidates.size === 0) return;
    switch (kind) {
      case EventKind.accepted:
        this.#taken(batch, i);
        break;
      case EventKind.delivered:
      case EventKind.deferred:
      case EventKind.bounced:
        this.#tried(batch, i);
        break;
      case EventKind.removed:
      case EventKind.deleted:
        this.#candidates.delete(idOf(batch, i));
        break;
      default:
        break;
    }
  }

  #accepted(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    this.usual.accepted(at);
    const way = this.#onTheWay;
    if (way.taken(idOf(batch, i), at)) {
      this.mix.count(at, way.senderClass, way.host);
      if (way.isDated) this.submissions.accepted(at, way.sent);
    }
    const hour = Math.floor(at / HOUR);
    if (hour <= this.#hour) return;
    this.#hour = hour;
    this.neverReturned += this.#pairing.neverReturned(at).length;
  }

  /** We turned a sender away for now. Without a recipient nothing tells which message it was. */
  #refused(batch: EventBatch, i: number): void {
    const { bytes, other, recipient, sender } = batch;
    if (recipient.end[i] === recipient.start[i]) return;
    const { address, host } = clientOf(batch, i);
    const helo = textOf(bytes, other.start[i], other.end[i]);
    const { senderClass } = classOf({ ...(host === undefined ? {} : { confirmedName: host }), helo });
    this.#pairing.refused({
      at: batch.time[i],
      sender: textOf(bytes, sender.start[i], sender.end[i]),
      recipient: textOf(bytes, recipient.start[i], recipient.end[i]),
      address,
      ...(host === undefined ? {} : { host }),
      ...(senderClass === "unknown" ? {} : { senderClass }),
    });
  }

  #offered(batch: EventBatch, i: number): void {
    this.#whereabouts.look(batch, i);
    const { network, domain } = this.#whereabouts;
    if (!this.#pairing.expects(network, domain)) return;
    const from = Number.isNaN(domain) ? { network, domain: undefined } : { network, domain };
    this.#candidates.set(idOf(batch, i), { from });
    if (this.#candidates.size <= mostCandidates) return;
    const [oldest] = this.#candidates.keys();
    this.#candidates.delete(oldest);
  }

  #taken(batch: EventBatch, i: number): void {
    const id = idOf(batch, i);
    const candidate = this.#candidates.get(id);
    if (candidate === undefined || candidate.at !== undefined) return;
    const sender = this.#pairing.mark(textOf(batch.bytes, batch.sender.start[i], batch.sender.end[i]));
    if (!this.#pairing.expectsSender(sender)) {
      this.#candidates.delete(id);
      return;
    }
    candidate.at = batch.time[i];
    candidate.sender = sender;
  }

  /** The first attempt for a recipient names it: only now it is known whether the message is the one that we turned away. */
  #tried(batch: EventBatch, i: number): void {
    const candidate = this.#candidates.get(idOf(batch, i));
    if (candidate?.at === undefined || candidate.sender === undefined) return;
    const { bytes, original, recipient } = batch;
    const named = original.end[i] > original.start[i] ? original : recipient;
    const back = this.#pairing.acceptedFrom(
      candidate.at,
      candidate.sender,
      this.#pairing.mark(textOf(bytes, named.start[i], named.end[i])),
      candidate.from,
    );
    if (back === undefined) return;
    this.returned++;
    this.waits.add(back.waited);
  }
}

/** A queue id for a table: 32 bits of it, 16 of the instance, so that two messages on their way at once hardly meet. */
function idOf(batch: EventBatch, i: number): number {
  return (hashBytes(batch.bytes, batch.id.start[i], batch.id.end[i]) >>> 0) * 65_536 + batch.instance[i];
}

/** Pairs as one column of numbers: there may be many, and a checkpoint is written often. */
function packed(pairs: readonly SavedPair[], classes: readonly string[]): Float64Array<ArrayBuffer> {
  const column: number[] = [];
  for (const { keys, sender, places, first, last, refusals, senderClass } of pairs) {
    column.push(
      first,
      last,
      refusals,
      classes.indexOf(senderClass),
      sender,
      keys.length,
      ...keys,
      places.length,
      ...places,
    );
  }
  return Float64Array.from(column);
}

function unpacked(column: Float64Array<ArrayBuffer>, classes: readonly string[]): SavedPair[] {
  const pairs: SavedPair[] = [];
  for (let at = 0; at < column.length; ) {
    const [first, last, refusals, senderClass, sender, count] = column.subarray(at, at + 6);
    const keys = [...column.subarray(at + 6, at + 6 + count)];
    const others = column[at + 6 + count];
    const places = [...column.subarray(at + 7 + count, at + 7 + count + others)];
    pairs.push({ first, last, refusals, senderClass: classes[senderClass] ?? "unknown", sender, keys, places });
    at += 7 + count + others;
  }
  return pairs;
}
