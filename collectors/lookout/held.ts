// Who holds mail for us: one row a message, one row a recipient of it, in memory that never grows.
//
// A re-try is known again by what does not change from try to try: the sender, the recipients, the size that the
// sender declares (or the Message-ID where headers are read), and the network or the domain it comes from. What looks
// alike and comes sooner than any server tries again is another message, unless it came to another address of ours. Rows
// lie in columns of numbers; where no row is free, a message is forgotten, and counted: the one that was tried longest
// ago of those that never came twice, so that a flood of inventions cannot wash out the senders that do come back.

import { DAY, type Duration, type Instant, MINUTE, SECOND } from "../../src/core/time.ts";
import { bucketOf, finderOf, markColumn, markIn, readMark, writeMark } from "./mark-column.ts";
import { type Mark, noMark } from "./marks.ts";
import type { Recognised, Sighting } from "./sighting.ts";

/** What became of the messages; `seen` is the sum of the others. */
export interface HeldCounts {
  readonly seen: number;
  /** Still at their senders, as far as is known. */
  readonly held: number;
  readonly returned: number;
  /** Not back when the senders' patience was over. */
  readonly givenUp: number;
  /** Dropped because memory is bounded. */
  readonly forgotten: number;
  /** Not less than `held`: so many if each row that came back out of turn is as many messages as it seems. */
  readonly heldAtMost: number;
}

/** Messages by when they were first offered: an outage is told from what came before it by that. */
export interface Cohort {
  /** Begin of ten minutes. */
  readonly from: Instant;
  readonly seen: number;
  readonly returned: number;
  readonly givenUp: number;
  readonly forgotten: number;
}

/** One message that is held, for reports and tests. */
export interface HeldMessage {
  readonly first: Instant;
  readonly last: Instant;
  readonly attempts: number;
  readonly recipients: number;
  readonly network: Mark;
  readonly domain: Mark;
  readonly senderClass: string;
  /** As many messages as it may be; 1 where there is no doubt. */
  readonly atMost: number;
}

/** Length of a cohort, and how many are remembered: some days longer than any sender is patient. */
export const cohortLength: Duration = 10 * MINUTE;
const mostCohorts = 2000;

const none = 0xffffffff;

/** No mail server is known to try again sooner by itself, but for one: a first wait of 5 s (Apache James' sample). */
const usualSoonest: Duration = 20 * SECOND;

/**
 * Waits do not shrink, but a queue run that was missed makes one twice as long: one that is shorter than half of one
 * before is another message's. Then so many messages are possible as came within the longest wait.
 */
const outOfTurn = 0.5;
const oneTerm = 0.95;

/** Messages between the same two that are looked at, the newest first: a flood of them is not to cost its square. */
const mostAlike = 200;

/** The messages that senders hold for us. */
export class Held {
  readonly capacity: number;
  readonly recipientCapacity: number;
  private readonly first: Float64Array;
  private readonly last: Float64Array;
  private readonly attempts: Uint32Array;
  private readonly door: Uint32Array;
  private readonly senderClass: Uint8Array;
  private readonly classes: string[] = ["unknown"];
  /** Another message went between the same two while this one was held. */
  private readonly shared: Uint8Array;
  /** The longest wait; the beginning of a stretch of nearly that length, the sightings in it, the most in any. */
  private readonly longest: Float64Array;
  private readonly stretch: Float64Array;
  private readonly inStretch: Uint8Array;
  private readonly most: Uint8Array;
  private readonly sender: Uint32Array;
  private readonly network: Uint32Array;
  private readonly domain: Uint32Array;
  private readonly tell: Uint32Array;
  private readonly firstRecipient: Uint32Array;
  /** Recipients that have not been seen to arrive, and all. */
  private readonly waiting: Uint16Array;
  private readonly width: Uint16Array;
  private readonly older: Uint32Array;
  private readonly newer: Uint32Array;
  /** Ends of two chains, each by the last attempt: messages seen once, and those that came again. */
  private readonly oldest = [none, none];
  private readonly newest = [none, none];
  private freeRow = 0;

  private readonly recipient: Uint32Array;
  private readonly ofMessage: Uint32Array;
  private readonly nextOfMessage: Uint32Array;
  private readonly nextInBucket: Uint32Array;
  private readonly arrived: Uint8Array;
  /** Attempts for this recipient, and the last of them: some servers (Exim) keep a clock for each. */
  private readonly tries: Uint16Array;
  private readonly tried: Float64Array;
  private readonly buckets: Uint32Array;
  private freeRecipient = 0;
  private freeRecipients: number;

  private counts = { seen: 0, held: 0, returned: 0, givenUp: 0, forgotten: 0, heldAtMost: 0 };
  private readonly soonest: Duration;
  private readonly cohorts = new Map<number, { seen: number; returned: number; givenUp: number; forgotten: number }>();

  /** `soonest`: what comes sooner is no re-try. */
  constructor(capacity: number, recipientCapacity: number = capacity * 2, soonest: Duration = usualSoonest) {
    this.capacity = capacity;
    this.soonest = soonest;
    this.recipientCapacity = recipientCapacity;
    this.first = new Float64Array(capacity);
    this.last = new Float64Array(capacity);
    this.attempts = new Uint32Array(capacity);
    this.door = markColumn(capacity);
    this.senderClass = new Uint8Array(capacity);
    this.shared = new Uint8Array(capacity);
    this.longest = new Float64Array(capacity);
    this.stretch = new Float64Array(capacity);
    this.inStretch = new Uint8Array(capacity);
    this.most = new Uint8Array(capacity);
    this.sender = markColumn(capacity);
    this.network = markColumn(capacity);
    this.domain = markColumn(capacity);
    this.tell = markColumn(capacity);
    this.firstRecipient = new Uint32Array(capacity).fill(none);
    this.waiting = new Uint16Array(capacity);
    this.width = new Uint16Array(capacity);
    this.older = new Uint32Array(capacity);
    this.newer = Uint32Array.from({ length: capacity }, (_, row) => (row + 1 < capacity ? row + 1 : none));
    this.recipient = markColumn(recipientCapacity);
    this.ofMessage = new Uint32Array(recipientCapacity);
    this.nextOfMessage = Uint32Array.from({ length: recipientCapacity }, (_, row) =>
      row + 1 < recipientCapacity ? row + 1 : none,
    );
    this.nextInBucket = new Uint32Array(recipientCapacity);
    this.arrived = new Uint8Array(recipientCapacity);
    this.tries = new Uint16Array(recipientCapacity);
    this.tried = new Float64Array(recipientCapacity);
    this.freeRecipients = recipientCapacity;
    this.buckets = new Uint32Array(1 << Math.ceil(Math.log2(Math.max(16, recipientCapacity)))).fill(none);
  }

  /** Bytes that all rows take, used or not. */
  get bytes(): number {
    const columns: ArrayBufferView[] = [this.first, this.last, this.attempts, this.door, this.sender, this.network];
    columns.push(this.senderClass, this.shared, this.longest, this.stretch, this.inStretch, this.most);
    columns.push(this.tries, this.tried);
    columns.push(this.domain, this.tell, this.firstRecipient, this.waiting, this.width, this.older, this.newer);
    columns.push(this.recipient, this.ofMessage, this.nextOfMessage, this.nextInBucket, this.arrived, this.buckets);
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** What became of the messages, by when they were first offered; the oldest first. */
  byFirst(): Cohort[] {
    return [...this.cohorts].map(([from, counts]) => ({ from, ...counts })).sort((a, b) => a.from - b.from);
  }

  private count(row: number, what: "seen" | "returned" | "givenUp" | "forgotten"): void {
    this.counts[what]++;
    const from = Math.floor(this.first[row] / cohortLength) * cohortLength;
    const cohort = this.cohorts.get(from) ?? { seen: 0, returned: 0, givenUp: 0, forgotten: 0 };
    cohort[what]++;
    this.cohorts.set(from, cohort);
    if (this.cohorts.size > mostCohorts) this.cohorts.delete(Math.min(...this.cohorts.keys()));
  }

  total(): HeldCounts {
    return { ...this.counts };
  }

  /** Notes that a message was offered to us and turned away. */
  offered(sighting: Sighting): Recognised {
    const { at, recipients } = sighting;
    const row = this.find(sighting);
    if (row === none) {
      this.take(sighting);
      return { attempt: 1, interval: Number.NaN, alone: false };
    }
    const wait = at - this.lastTry(row, recipients);
    this.last[row] = Math.max(this.last[row], at);
    // Senders with many hosts come from another one each time: the newest is the likeliest to be met again.
    writeMark(this.network, row, sighting.network);
    if (sighting.domain !== noMark) writeMark(this.domain, row, sighting.domain);
    writeMark(this.door, row, sighting.door);
    if (sighting.senderClass !== "unknown") this.senderClass[row] = this.classNumber(sighting.senderClass);
    const again = Math.abs(wait) >= this.soonest;
    const tries = this.noteTries(row, recipients, at, again);
    this.unlink(row);
    this.attempts[row] = Math.max(this.attempts[row], tries);
    this.linkNewest(row);
    if (!again || wait < 0) return { attempt: tries, interval: Number.NaN, alone: false };
    if (this.shared[row] === 0 && recipients.includes(readMark(this.recipient, this.firstRecipient[row]))) {
      this.noteTurn(row, at, wait);
    }
    return { attempt: tries, interval: wait, alone: this.shared[row] === 0 };
  }

  /** Counts an attempt for recipients of a row; answers the most that one of them had. */
  private noteTries(row: number, recipients: readonly Mark[], at: Instant, again: boolean): number {
    let most = 1;
    this.eachRecipient(row, (slot, recipient) => {
      if (!recipients.includes(recipient)) return;
      if (again) this.tries[slot] = Math.min(0xffff, this.tries[slot] + 1);
      this.tried[slot] = Math.max(this.tried[slot], at);
      most = Math.max(most, this.tries[slot]);
    });
    return most;
  }

  /** Several messages that look alike show as one that comes more often than its sender's waits allow. */
  private noteTurn(row: number, at: Instant, wait: Duration): void {
    if (at - this.stretch[row] >= oneTerm * this.longest[row]) {
      this.stretch[row] = at;
      this.inStretch[row] = 1;
    } else if (this.inStretch[row] < 0xff) {
      this.inStretch[row]++;
      if (wait < outOfTurn * this.longest[row]) {
        const more = Math.max(0, this.inStretch[row] - this.most[row]);
        this.most[row] += more;
        this.counts.heldAtMost += more;
      }
    }
    this.longest[row] = Math.max(this.longest[row], wait);
  }

  /**
   * Ticks off one recipient that our mail server has taken: of several messages between the same two the one that is
   * held longest. `networkOrDomain` is where it came from, as either. Answers how long the message was held since its
   * first offer, or `undefined` if nobody held such mail.
   */
  returned(sender: Mark, recipient: Mark, networkOrDomain: Mark, at: Instant): Duration | undefined {
    let best = none;
    const fromThere = this.originFinder(networkOrDomain, networkOrDomain);
    this.eachOf(sender, recipient, (slot, row) => {
      // A log's stamps are often whole seconds.
      if (this.arrived[slot] === 1 || this.first[row] >= at + SECOND) return;
      if (!fromThere(row)) return;
      if (best === none || this.first[row] < this.first[this.ofMessage[best]]) best = slot;
    });
    if (best === none) return undefined;
    const row = this.ofMessage[best];
    const waited = Math.max(0, at - this.first[row]);
    this.arrived[best] = 1;
    if (--this.waiting[row] === 0) {
      this.count(row, "returned");
      this.drop(row);
    }
    return waited;
  }

  /** Strikes out what was first offered so long ago that its sender has sent it back to its author by now. */
  giveUp(now: Instant, patience: Duration = 5 * DAY): number {
    let given = 0;
    // By the last attempt they lie in order, by the first they do not: a row that was tried lately may be old.
    for (const row of this.rows()) {
      if (now - this.first[row] <= patience) continue;
      this.count(row, "givenUp");
      given++;
      this.drop(row);
    }
    return given;
  }

  /** Every message that is held, in the order in which they would be forgotten. */
  *messages(): Generator<HeldMessage> {
    for (const row of this.rows()) {
      yield {
        first: this.first[row],
        last: this.last[row],
        attempts: this.attempts[row],
        recipients: this.width[row],
        network: readMark(this.network, row),
        domain: readMark(this.domain, row),
        senderClass: this.classes[this.senderClass[row]],
        atMost: this.most[row],
      };
    }
  }

  /** What is remembered, as text that `restore` reads: one line a message, in the order of `messages`. */
  *save(): Generator<string> {
    yield JSON.stringify({ ...this.counts, cohorts: [...this.cohorts] });
    for (const row of this.rows()) {
      const marks = [this.sender, this.network, this.domain, this.tell, this.door].map((column) =>
        readMark(column, row),
      );
      const numbers = [this.first, this.last, this.longest, this.stretch, this.attempts, this.shared, this.inStretch];
      const recipients: (string | number)[] = [];
      this.eachRecipient(row, (slot, recipient) => {
        recipients.push(recipient, this.arrived[slot], this.tries[slot], this.tried[slot]);
      });
      const rest = [...numbers, this.most].map((column) => column[row]);
      yield JSON.stringify([this.classes[this.senderClass[row]], ...marks, ...rest, ...recipients]);
    }
  }

  /** Takes up what `save` wrote, into an empty table. Throws on what is not its writing. */
  restore(lines: Iterable<string>): void {
    let counts: unknown;
    for (const line of lines) {
      const parsed: unknown = JSON.parse(line);
      if (counts === undefined) counts = parsed;
      else this.restoreRow(parsed);
    }
    const { forgotten } = this.counts;
    const numbers = Object.fromEntries(
      (["seen", "returned", "givenUp", "forgotten"] as const).map((name) => [name, countIn(counts, name)]),
    );
    const now = this.byFirst();
    this.cohorts.clear();
    for (const [from, cohort] of cohortsIn(counts)) this.cohorts.set(from, cohort);
    for (const { from, forgotten: more } of now) {
      const cohort = this.cohorts.get(from);
      if (cohort !== undefined) cohort.forgotten += more;
    }
    // A table that is smaller than the one before keeps what it can, and says how much it could not.
    this.counts = { ...this.counts, ...numbers, forgotten: countIn(counts, "forgotten") + forgotten };
  }

  private restoreRow(parsed: unknown): void {
    if (!Array.isArray(parsed) || parsed.length < 18 || (parsed.length - 14) % 4 !== 0) throw new Error("not a row");
    const [senderClass, ...row] = parsed as unknown[];
    if (typeof senderClass !== "string") throw new Error("not a class");
    const [sender, network, domain, tell, door] = row.slice(0, 5).map(markIn);
    const [first, last, longest, stretch, attempts, shared, inStretch, most] = row.slice(5, 13).map(numberIn);
    const rest = row.slice(13);
    const recipients: Mark[] = [];
    for (let at = 0; at < rest.length; at += 4) recipients.push(markIn(rest[at]));
    const sighting = { sender, network, domain, tell, door, senderClass, recipients, named: false };
    const into = this.take({ ...sighting, at: first });
    this.last[into] = last;
    this.longest[into] = longest;
    this.stretch[into] = stretch;
    this.shared[into] = shared;
    this.inStretch[into] = inStretch;
    this.most[into] = most;
    this.counts.heldAtMost += most - 1;
    this.unlink(into);
    this.attempts[into] = attempts;
    this.linkNewest(into);
    let at = 0;
    this.eachRecipient(into, (slot) => {
      const [arrived, tries, tried] = rest.slice(at + 1, at + 4).map(numberIn);
      at += 4;
      this.tries[slot] = tries;
      this.tried[slot] = tried;
      if (arrived === 0) return;
      this.arrived[slot] = 1;
      this.waiting[into]--;
    });
  }

  /**
   * The row of a message that was seen before: its recipients are all of that message's, or a part of them. Of several
   * that look alike it is the turn of the one that was tried longest ago.
   */
  private find(sighting: Sighting): number {
    const { sender, recipients, at } = sighting;
    let found = none;
    let waited = Number.NEGATIVE_INFINITY;
    const [single] = recipients.length === 1 ? recipients : [];
    const fromThere = this.originFinder(sighting.network, sighting.domain);
    const alike = finderOf(this.tell, sighting.tell);
    const sameDoor = finderOf(this.door, sighting.door);
    this.eachOf(sender, recipients[0], (slot, row) => {
      if (!fromThere(row) || !alike(row)) return;
      if (this.width[row] < recipients.length) return;
      if (single === undefined && !this.holdsAll(row, recipients)) return;
      const wait = at - (single === undefined ? this.lastTry(row, recipients) : this.tried[slot]);
      // Who looks alike and is here too soon is another message; a sender goes on to our next address at once.
      if (!sighting.named && Math.abs(wait) < this.soonest && sameDoor(row)) return;
      const fits = this.width[row] === recipients.length;
      const fitted = found !== none && this.width[found] === recipients.length;
      if (found !== none && (fits === fitted ? wait <= waited : fitted)) return;
      found = row;
      waited = wait;
    });
    return found;
  }

  /** When any of these recipients of a message was last tried. */
  private lastTry(row: number, recipients: readonly Mark[]): Instant {
    let last = Number.NEGATIVE_INFINITY;
    this.eachRecipient(row, (slot, recipient) => {
      if (recipients.includes(recipient)) last = Math.max(last, this.tried[slot]);
    });
    return last;
  }

  private holdsAll(row: number, recipients: readonly Mark[]): boolean {
    const has = new Set<Mark>();
    this.eachRecipient(row, (_slot, recipient) => has.add(recipient));
    return recipients.every((recipient) => has.has(recipient));
  }

  private eachRecipient(row: number, visit: (slot: number, recipient: Mark) => void): void {
    for (let slot = this.firstRecipient[row]; slot !== none; slot = this.nextOfMessage[slot]) {
      visit(slot, readMark(this.recipient, slot));
    }
  }

  private eachOf(sender: Mark, recipient: Mark, visit: (slot: number, row: number) => void): void {
    const ofRecipient = finderOf(this.recipient, recipient);
    const ofSender = finderOf(this.sender, sender);
    let left = mostAlike;
    for (let slot = this.buckets[this.bucket(sender, recipient)]; slot !== none; slot = this.nextInBucket[slot]) {
      if (--left < 0) return;
      const row = this.ofMessage[slot];
      if (ofRecipient(slot) && ofSender(row)) visit(slot, row);
    }
  }

  /** Whether a row came from this network or this domain; two hosts that gave no name do not belong together for that. */
  private originFinder(network: Mark, domain: Mark): (row: number) => boolean {
    const [ofNetwork, ofDomain] = [finderOf(this.network, network), finderOf(this.domain, domain)];
    return (row) => (network !== noMark && ofNetwork(row)) || (domain !== noMark && ofDomain(row));
  }

  private bucket(sender: Mark, recipient: Mark): number {
    return bucketOf(sender, recipient, this.buckets.length);
  }

  private classNumber(name: string): number {
    const known = this.classes.indexOf(name);
    if (known >= 0) return known;
    return this.classes.length > 0xff ? 0 : this.classes.push(name) - 1;
  }

  private take(sighting: Sighting): number {
    const recipients = sighting.recipients.slice(0, Math.min(0xffff, this.recipientCapacity));
    while (this.freeRow === none || this.freeRecipients < recipients.length) {
      const oldest = this.oldest[0] === none ? this.oldest[1] : this.oldest[0];
      this.count(oldest, "forgotten");
      this.drop(oldest);
    }
    const row = this.freeRow;
    this.freeRow = this.newer[row];
    this.counts.held++;
    this.first[row] = sighting.at;
    this.count(row, "seen");
    this.last[row] = sighting.at;
    this.attempts[row] = 1;
    this.senderClass[row] = this.classNumber(sighting.senderClass);
    this.shared[row] = 0;
    this.longest[row] = 0;
    this.stretch[row] = sighting.at;
    this.inStretch[row] = 1;
    this.most[row] = 1;
    this.counts.heldAtMost++;
    writeMark(this.door, row, sighting.door);
    writeMark(this.sender, row, sighting.sender);
    writeMark(this.network, row, sighting.network);
    writeMark(this.domain, row, sighting.domain);
    writeMark(this.tell, row, sighting.tell);
    this.waiting[row] = recipients.length;
    this.width[row] = recipients.length;
    this.firstRecipient[row] = none;
    const fromThere = this.originFinder(sighting.network, sighting.domain);
    for (const recipient of recipients.toReversed()) {
      const slot = this.freeRecipient;
      this.freeRecipient = this.nextOfMessage[slot];
      this.freeRecipients--;
      this.eachOf(sighting.sender, recipient, (_slot, other) => {
        if (!fromThere(other)) return;
        this.shared[row] = 1;
        this.shared[other] = 1;
      });
      writeMark(this.recipient, slot, recipient);
      this.tries[slot] = 1;
      this.tried[slot] = sighting.at;
      this.ofMessage[slot] = row;
      this.arrived[slot] = 0;
      this.nextOfMessage[slot] = this.firstRecipient[row];
      this.firstRecipient[row] = slot;
      const bucket = this.bucket(sighting.sender, recipient);
      this.nextInBucket[slot] = this.buckets[bucket];
      this.buckets[bucket] = slot;
    }
    this.linkNewest(row);
    return row;
  }

  private drop(row: number): void {
    const sender = readMark(this.sender, row);
    for (let slot = this.firstRecipient[row]; slot !== none; ) {
      const next = this.nextOfMessage[slot];
      this.leaveBucket(slot, this.bucket(sender, readMark(this.recipient, slot)));
      this.nextOfMessage[slot] = this.freeRecipient;
      this.freeRecipient = slot;
      this.freeRecipients++;
      slot = next;
    }
    this.unlink(row);
    this.newer[row] = this.freeRow;
    this.freeRow = row;
    this.counts.held--;
    this.counts.heldAtMost -= this.most[row];
  }

  private leaveBucket(slot: number, bucket: number): void {
    if (this.buckets[bucket] === slot) {
      this.buckets[bucket] = this.nextInBucket[slot];
      return;
    }
    let before = this.buckets[bucket];
    while (this.nextInBucket[before] !== slot) before = this.nextInBucket[before];
    this.nextInBucket[before] = this.nextInBucket[slot];
  }

  /** Rows in use; the one that is given may be dropped. */
  private *rows(): Generator<number> {
    for (const oldest of [...this.oldest]) {
      for (let row = oldest; row !== none; ) {
        const next = this.newer[row];
        yield row;
        row = next;
      }
    }
  }

  private chain(row: number): number {
    return this.attempts[row] > 1 ? 1 : 0;
  }

  private unlink(row: number): void {
    const [older, newer, chain] = [this.older[row], this.newer[row], this.chain(row)];
    if (older === none) this.oldest[chain] = newer;
    else this.newer[older] = newer;
    if (newer === none) this.newest[chain] = older;
    else this.older[newer] = older;
  }

  private linkNewest(row: number): void {
    const chain = this.chain(row);
    this.older[row] = this.newest[chain];
    this.newer[row] = none;
    if (this.newest[chain] === none) this.oldest[chain] = row;
    else this.newer[this.newest[chain]] = row;
    this.newest[chain] = row;
  }
}

function numberIn(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Error("not a number");
}

function countIn(counts: unknown, name: string): number {
  return numberIn(typeof counts === "object" && counts !== null ? Reflect.get(counts, name) : undefined);
}

function cohortsIn(
  counts: unknown,
): [number, { seen: number; returned: number; givenUp: number; forgotten: number }][] {
  const cohorts: unknown = typeof counts === "object" && counts !== null ? Reflect.get(counts, "cohorts") : undefined;
  if (!Array.isArray(cohorts)) throw new Error("no cohorts");
  return cohorts.map((row: unknown) => {
    if (!Array.isArray(row)) throw new Error("not a cohort");
    const [from, of] = row as unknown[];
    const [seen, returned, givenUp, forgotten] = ["seen", "returned", "givenUp", "forgotten"].map((name) =>
      countIn(of, name),
    );
    return [numberIn(from), { seen, returned, givenUp, forgotten }];
  });
}
