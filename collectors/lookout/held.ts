// Who holds mail for us: one row a message, one row a recipient of it, in memory that never grows.
//
// A re-try is known again by what does not change from try to try: the sender, the recipients, the size that the
// sender declares (or the Message-ID where headers are read), and the network or the domain it comes from. Rows
// lie in columns of numbers; where no row is free, a message is forgotten, and counted: the one that was tried longest
// ago of those that never came twice, so that a flood of inventions cannot wash out the senders that do come back.

import { DAY, type Duration, type Instant } from "../../src/core/time.ts";
import { type Mark, noMark } from "./marks.ts";

/** One message as one transaction showed it. */
export interface Sighting {
  readonly at: Instant;
  readonly sender: Mark;
  /** Of one transaction, none twice. */
  readonly recipients: readonly Mark[];
  readonly network: Mark;
  /** `noMark` where the sender's host gave no name. */
  readonly domain: Mark;
  /** What else tells this message from others of the same people: declared size or Message-ID; `noMark` if nothing. */
  readonly tell: Mark;
  /** How often a message that looks the same was offered before on the same connection: two that look alike are two. */
  readonly ordinal: number;
}

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
}

/** One message that is held, for reports and tests. */
export interface HeldMessage {
  readonly first: Instant;
  readonly last: Instant;
  readonly attempts: number;
  readonly recipients: number;
  readonly network: Mark;
  readonly domain: Mark;
}

/** What a sighting turned out to be. */
export interface Recognised {
  /** 1 for a message that was not known. */
  readonly attempt: number;
  /** Time since the attempt before; `NaN` at the first. */
  readonly interval: Duration;
}

const none = 0xffffffff;
const wide = 2; // a mark takes two 32-bit numbers

/** The messages that senders hold for us. */
export class Held {
  readonly capacity: number;
  readonly recipientCapacity: number;
  private readonly first: Float64Array;
  private readonly last: Float64Array;
  private readonly attempts: Uint32Array;
  private readonly ordinal: Uint16Array;
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
  private readonly buckets: Uint32Array;
  private freeRecipient = 0;
  private freeRecipients: number;

  private counts = { seen: 0, held: 0, returned: 0, givenUp: 0, forgotten: 0 };
  private readonly pair = new Uint32Array(wide * 2);

  constructor(capacity: number, recipientCapacity = capacity * 2) {
    this.capacity = capacity;
    this.recipientCapacity = recipientCapacity;
    this.first = new Float64Array(capacity);
    this.last = new Float64Array(capacity);
    this.attempts = new Uint32Array(capacity);
    this.ordinal = new Uint16Array(capacity);
    this.sender = new Uint32Array(capacity * wide);
    this.network = new Uint32Array(capacity * wide);
    this.domain = new Uint32Array(capacity * wide);
    this.tell = new Uint32Array(capacity * wide);
    this.firstRecipient = new Uint32Array(capacity).fill(none);
    this.waiting = new Uint16Array(capacity);
    this.width = new Uint16Array(capacity);
    this.older = new Uint32Array(capacity);
    this.newer = Uint32Array.from({ length: capacity }, (_, row) => (row + 1 < capacity ? row + 1 : none));
    this.recipient = new Uint32Array(recipientCapacity * wide);
    this.ofMessage = new Uint32Array(recipientCapacity);
    this.nextOfMessage = Uint32Array.from({ length: recipientCapacity }, (_, row) =>
      row + 1 < recipientCapacity ? row + 1 : none,
    );
    this.nextInBucket = new Uint32Array(recipientCapacity);
    this.arrived = new Uint8Array(recipientCapacity);
    this.freeRecipients = recipientCapacity;
    this.buckets = new Uint32Array(1 << Math.ceil(Math.log2(Math.max(16, recipientCapacity)))).fill(none);
  }

  /** Bytes that all rows take, used or not. */
  get bytes(): number {
    const columns: ArrayBufferView[] = [this.first, this.last, this.attempts, this.ordinal, this.sender, this.network];
    columns.push(this.domain, this.tell, this.firstRecipient, this.waiting, this.width, this.older, this.newer);
    columns.push(this.recipient, this.ofMessage, this.nextOfMessage, this.nextInBucket, this.arrived, this.buckets);
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  total(): HeldCounts {
    return { ...this.counts };
  }

  /** Notes that a message was offered to us and turned away. */
  offered(sighting: Sighting): Recognised {
    const known = this.find(sighting);
    if (known === none) {
      this.take(sighting);
      return { attempt: 1, interval: Number.NaN };
    }
    const interval = Math.max(0, sighting.at - this.last[known]);
    this.last[known] = Math.max(this.last[known], sighting.at);
    this.unlink(known);
    this.attempts[known]++;
    this.linkNewest(known);
    // Senders with many hosts come from another one each time: the newest is the likeliest to be met again.
    write(this.network, known, sighting.network);
    if (sighting.domain !== noMark) write(this.domain, known, sighting.domain);
    return { attempt: this.attempts[known], interval };
  }

  /**
   * Ticks off one recipient that our mail server has taken: of several messages between the same two the one that is
   * held longest. `networkOrDomain` is where it came from, as either. Answers how long the message was held since its
   * first offer, or `undefined` if nobody held such mail.
   */
  returned(sender: Mark, recipient: Mark, networkOrDomain: Mark, at: Instant): Duration | undefined {
    let best = none;
    this.eachOf(sender, recipient, (slot, row) => {
      if (this.arrived[slot] === 1 || this.first[row] > at) return;
      if (!named(this.network, row, networkOrDomain) && !named(this.domain, row, networkOrDomain)) return;
      if (best === none || this.first[row] < this.first[this.ofMessage[best]]) best = slot;
    });
    if (best === none) return undefined;
    const row = this.ofMessage[best];
    const waited = at - this.first[row];
    this.arrived[best] = 1;
    if (--this.waiting[row] === 0) {
      this.counts.returned++;
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
      this.counts.givenUp++;
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
        network: read(this.network, row),
        domain: read(this.domain, row),
      };
    }
  }

  /** What is remembered, as text that `restore` reads: one line a message, in the order of `messages`. */
  *save(): Generator<string> {
    yield JSON.stringify(this.counts);
    for (const row of this.rows()) {
      const recipients: (string | number)[] = [];
      for (let slot = this.firstRecipient[row]; slot !== none; slot = this.nextOfMessage[slot]) {
        recipients.push(read(this.recipient, slot), this.arrived[slot]);
      }
      const marks = [this.sender, this.network, this.domain, this.tell].map((column) => read(column, row));
      yield JSON.stringify([
        this.first[row],
        this.last[row],
        this.attempts[row],
        this.ordinal[row],
        ...marks,
        ...recipients,
      ]);
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
    // A table that is smaller than the one before keeps what it can, and says how much it could not.
    this.counts = { ...this.counts, ...numbers, forgotten: countIn(counts, "forgotten") + forgotten };
  }

  private restoreRow(parsed: unknown): void {
    if (!Array.isArray(parsed) || parsed.length < 10 || parsed.length % 2 !== 0) throw new Error("not a row");
    const [first, last, attempts, ordinal, sender, network, domain, tell, ...rest] = parsed as unknown[];
    const recipients: Mark[] = [];
    const arrived: boolean[] = [];
    for (let at = 0; at < rest.length; at += 2) {
      recipients.push(markIn(rest[at]));
      arrived.push(rest[at + 1] === 1);
    }
    const row = this.take({
      at: numberIn(first),
      sender: markIn(sender),
      recipients,
      network: markIn(network),
      domain: markIn(domain),
      tell: markIn(tell),
      ordinal: numberIn(ordinal),
    });
    this.last[row] = numberIn(last);
    this.unlink(row);
    this.attempts[row] = numberIn(attempts);
    this.linkNewest(row);
    for (let slot = this.firstRecipient[row], at = 0; slot !== none; slot = this.nextOfMessage[slot], at++) {
      if (!arrived[at]) continue;
      this.arrived[slot] = 1;
      this.waiting[row]--;
    }
  }

  /** The row of a message that was seen before: its recipients are all of that message's, or a part of them. */
  private find(sighting: Sighting): number {
    const [recipient] = sighting.recipients;
    let found = none;
    this.eachOf(sighting.sender, recipient, (_slot, row) => {
      if (found !== none && this.width[found] === sighting.recipients.length) return;
      if (!named(this.network, row, sighting.network) && !named(this.domain, row, sighting.domain)) return;
      if (!same(this.tell, row, sighting.tell) || this.ordinal[row] !== sighting.ordinal) return;
      if (this.width[row] >= sighting.recipients.length && this.holdsAll(row, sighting.recipients)) found = row;
    });
    return found;
  }

  private holdsAll(row: number, recipients: readonly Mark[]): boolean {
    const has = new Set<Mark>();
    for (let slot = this.firstRecipient[row]; slot !== none; slot = this.nextOfMessage[slot]) {
      has.add(read(this.recipient, slot));
    }
    return recipients.every((recipient) => has.has(recipient));
  }

  private eachOf(sender: Mark, recipient: Mark, visit: (slot: number, row: number) => void): void {
    for (let slot = this.buckets[this.bucket(sender, recipient)]; slot !== none; slot = this.nextInBucket[slot]) {
      const row = this.ofMessage[slot];
      if (same(this.recipient, slot, recipient) && same(this.sender, row, sender)) visit(slot, row);
    }
  }

  private bucket(sender: Mark, recipient: Mark): number {
    write(this.pair, 0, sender);
    write(this.pair, 1, recipient);
    // Marks are as good as random: nothing has to be mixed further.
    return (this.pair[0] ^ this.pair[3]) & (this.buckets.length - 1);
  }

  private take(sighting: Sighting): number {
    const recipients = sighting.recipients.slice(0, Math.min(0xffff, this.recipientCapacity));
    while (this.freeRow === none || this.freeRecipients < recipients.length) {
      this.counts.forgotten++;
      this.drop(this.oldest[0] === none ? this.oldest[1] : this.oldest[0]);
    }
    const row = this.freeRow;
    this.freeRow = this.newer[row];
    this.counts.seen++;
    this.counts.held++;
    this.first[row] = sighting.at;
    this.last[row] = sighting.at;
    this.attempts[row] = 1;
    this.ordinal[row] = sighting.ordinal;
    write(this.sender, row, sighting.sender);
    write(this.network, row, sighting.network);
    write(this.domain, row, sighting.domain);
    write(this.tell, row, sighting.tell);
    this.waiting[row] = recipients.length;
    this.width[row] = recipients.length;
    this.firstRecipient[row] = none;
    for (const recipient of recipients.toReversed()) {
      const slot = this.freeRecipient;
      this.freeRecipient = this.nextOfMessage[slot];
      this.freeRecipients--;
      write(this.recipient, slot, recipient);
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
    const sender = read(this.sender, row);
    for (let slot = this.firstRecipient[row]; slot !== none; ) {
      const next = this.nextOfMessage[slot];
      this.leaveBucket(slot, this.bucket(sender, read(this.recipient, slot)));
      this.nextOfMessage[slot] = this.freeRecipient;
      this.freeRecipient = slot;
      this.freeRecipients++;
      slot = next;
    }
    this.unlink(row);
    this.newer[row] = this.freeRow;
    this.freeRow = row;
    this.counts.held--;
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

function write(column: Uint32Array, row: number, mark: Mark): void {
  column[row * wide] = Number.parseInt(mark.slice(0, 8), 16);
  column[row * wide + 1] = Number.parseInt(mark.slice(8), 16);
}

function read(column: Uint32Array, row: number): Mark {
  const half = (number: number): string => number.toString(16).padStart(8, "0");
  return half(column[row * wide]) + half(column[row * wide + 1]);
}

function same(column: Uint32Array, row: number, mark: Mark): boolean {
  return read(column, row) === mark;
}

/** Two hosts that gave no name do not belong together for that. */
function named(column: Uint32Array, row: number, mark: Mark): boolean {
  return mark !== noMark && same(column, row, mark);
}

function markIn(value: unknown): Mark {
  if (typeof value === "string" && /^[0-9a-f]{16}$/.test(value)) return value;
  throw new Error("not a mark");
}

function numberIn(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Error("not a number");
}

function countIn(counts: unknown, name: string): number {
  return numberIn(typeof counts === "object" && counts !== null ? Reflect.get(counts, name) : undefined);
}
