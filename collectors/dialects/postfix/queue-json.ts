// Reads the output of `postqueue -j`: one JSON object a line, a message each. Source: postqueue(1).
//
// One long room and plain loops, because a queue of a million messages is a quarter of a gigabyte: Postfix
// always writes the same keys in the same order, so the fast way compares whole stretches of punctuation
// and looks at each byte of the content once. Everything else that is valid JSON goes the slow way, by
// JSON.parse, line by line; so keys that future versions add cost time, not messages.
// Nothing is changed in the buffer before a line has been read to its end; then escapes are resolved in place.

import { QueueName, queueNames, SurveyBatch } from "../../../src/core/events/survey.ts";
import { bytesOf, textOf } from "../../../src/core/events/text.ts";
import type { ListingReader } from "../../dialect.ts";
import { LONGEST_ENTRY, Window } from "./window.ts";

type Hand = (batch: SurveyBatch) => void;

const LF = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * A fixed stretch of 8 to 24 bytes of punctuation, compared as three overlapping floating point numbers: text is never
 * NaN or zero, so that equal numbers are equal bytes.
 */
class Fixed {
  readonly length: number;
  readonly first: number;
  readonly second: number;
  readonly secondAt: number;
  readonly third: number;
  readonly thirdAt: number;

  constructor(text: string) {
    const view = new DataView(bytesOf(text).buffer);
    this.length = text.length;
    this.thirdAt = text.length - 8;
    this.secondAt = Math.min(8, this.thirdAt);
    this.first = view.getFloat64(0, true);
    this.second = view.getFloat64(this.secondAt, true);
    this.third = view.getFloat64(this.thirdAt, true);
  }
}

const beforeQueue = new Fixed('{"queue_name": "');
const beforeId = new Fixed('", "queue_id": "');
const beforeArrival = new Fixed('", "arrival_time": ');
const beforeSize = new Fixed(', "message_size": ');
const beforeForced = new Fixed(', "forced_expire": ');
const beforeSender = new Fixed(', "sender": "');
const beforeRecipients = new Fixed('", "recipients": [');
const beforeAddress = new Fixed('{"address": "');
const beforeReason = new Fixed('", "delay_reason": "');
const mailerDaemon = new Fixed("MAILER-DAEMON");

function word(text: string): number {
  return new DataView(bytesOf(text).buffer).getInt32(0, true);
}
const DEFE = word("deferred");
const ACTI = word("active");
const INCO = word("incoming");
const HOLD = word("hold");
const MAIL = word("maildrop");
const TRUE = word("true");
const FALS = word("false");

function matches(view: DataView, at: number, fixed: Fixed): boolean {
  return (
    view.getFloat64(at, true) === fixed.first &&
    view.getFloat64(at + fixed.secondAt, true) === fixed.second &&
    view.getFloat64(at + fixed.thirdAt, true) === fixed.third
  );
}

/**
 * Not zero if one of four bytes ends a run of plain content. A byte is below a number if taking that away borrows from
 * its highest bit; turning one bit over makes the quote 32 and leaves control characters below.
 */
function stopIn(four: number): number {
  const low = four ^ 0x02020202;
  const backslash = four ^ 0x5c5c5c5c;
  return (((low - 0x21212121) & ~low) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

/** Offset of the first byte from `from` that ends a run of plain content; there is always one. */
function runEnd(view: DataView, from: number): number {
  for (let at = from; ; at += 4) {
    const found = stopIn(view.getInt32(at, true));
    // The lowest bit is exact: borrowing only reaches the bytes above.
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
}

/** Reads `postqueue -j`. Entries listed twice, which happens when a message changes queues meanwhile, come out twice. */
export function openJsonListing(): ListingReader {
  return new JsonListing();
}

class JsonListing implements ListingReader {
  readonly #window = new Window();
  readonly #batch = new SurveyBatch();
  /** Bytes of the window in which there is certainly no line feed. */
  #searched = 0;
  #passingOver = false;

  push(piece: Uint8Array, hand: Hand): void {
    const window = this.#window;
    for (let from = 0; from < piece.length; ) {
      from += window.take(piece, from);
      const last = window.bytes.subarray(this.#searched, window.end).lastIndexOf(LF);
      if (last >= 0) {
        const end = this.#searched + last + 1;
        this.#lines(end, hand);
        window.drop(end);
      } else if (window.end > LONGEST_ENTRY) {
        if (!this.#passingOver) this.#batch.malformed++;
        this.#passingOver = true;
        window.drop(window.end);
      }
      this.#searched = window.end;
    }
  }

  end(hand: Hand): void {
    const window = this.#window;
    if (window.end > 0) {
      window.bytes[window.end++] = LF;
      this.#lines(window.end, hand);
      window.drop(window.end);
    }
    this.#searched = 0;
    this.#handOn(hand);
  }

  #handOn(hand: Hand): void {
    const batch = this.#batch;
    if (batch.count > 0 || batch.malformed > 0) hand(batch);
    batch.clear();
  }

  /** Reads the whole lines in the window, up to `end`, and hands them on. */
  #lines(end: number, hand: Hand): void {
    const { bytes } = this.#window;
    this.#batch.bytes = bytes;
    let at = 0;
    if (this.#passingOver) {
      this.#passingOver = false;
      at = bytes.indexOf(LF) + 1;
    }
    while (at < end) {
      const next = this.#line(at, hand);
      if (next > 0) {
        at = next;
        continue;
      }
      const feed = bytes.indexOf(LF, at);
      // A line of which a part is handed on already has been changed by it and cannot be read again.
      if (next < 0) this.#batch.malformed++;
      else this.#unusual(at, feed, hand);
      at = feed + 1;
    }
    this.#handOn(hand);
  }

  /**
   * Reads the line at `start` and answers the offset of the next. 0 means that the line is not as usual and nothing of it
   * was taken; -1 that it broke off after a part of it was handed on.
   */
  #line(start: number, hand: Hand): number {
    const { bytes, view } = this.#window;
    const batch = this.#batch;
    if (!matches(view, start, beforeQueue)) return 0;
    let at = start + beforeQueue.length;
    let queue: number = QueueName.unknown;
    const name = view.getInt32(at, true);
    if (name === DEFE) {
      queue = QueueName.deferred;
      at += 8;
    } else if (name === ACTI) {
      queue = QueueName.active;
      at += 6;
    } else if (name === INCO) {
      queue = QueueName.incoming;
      at += 8;
    } else if (name === HOLD) {
      queue = QueueName.hold;
      at += 4;
    } else if (name === MAIL) {
      queue = QueueName.maildrop;
      at += 8;
    } else return 0;
    if (!matches(view, at, beforeId)) return 0;
    at += beforeId.length;
    const idStart = at;
    at = runEnd(view, at);
    const idEnd = at;
    if (idEnd === idStart || !matches(view, at, beforeArrival)) return 0;
    at += beforeArrival.length;
    let arrival = 0;
    const arrivalStart = at;
    for (let digit = bytes[at] - 48; digit >= 0 && digit <= 9; digit = bytes[++at] - 48) arrival = arrival * 10 + digit;
    if (at === arrivalStart || !matches(view, at, beforeSize)) return 0;
    at += beforeSize.length;
    let size = 0;
    const sizeStart = at;
    for (let digit = bytes[at] - 48; digit >= 0 && digit <= 9; digit = bytes[++at] - 48) size = size * 10 + digit;
    if (at === sizeStart) return 0;
    let forced = 0;
    // Postfix before 3.5 does not know forced expiry.
    if (matches(view, at, beforeForced)) {
      at += beforeForced.length;
      const answer = view.getInt32(at, true);
      if (answer === FALS && bytes[at + 4] === 101) at += 5;
      else if (answer === TRUE) {
        forced = 1;
        at += 4;
      } else return 0;
    }
    if (!matches(view, at, beforeSender)) return 0;
    at += beforeSender.length;
    const senderStart = at;
    let senderEscaped = false;
    for (;;) {
      at = runEnd(view, at);
      if (bytes[at] === QUOTE) break;
      if (bytes[at] !== BACKSLASH || bytes[at + 1] < 32) return 0;
      senderEscaped = true;
      at += 2;
    }
    let senderEnd = at;
    // The null sender is listed under this name.
    if (at - senderStart === mailerDaemon.length && matches(view, senderStart, mailerDaemon)) senderEnd = senderStart;
    if (!matches(view, at, beforeRecipients)) return 0;
    at += beforeRecipients.length;

    if (batch.count === batch.capacity) this.#handOn(hand);
    let first = batch.recipients;
    let recipients = first;
    let escaped = false;
    let parted = false;
    /** Where what is not yet handed on begins: before it, escapes are resolved already. */
    let partStart = senderStart;
    const recipientStart = batch.recipient.start;
    const recipientEnd = batch.recipient.end;
    const reasonStart = batch.reason.start;
    const reasonEnd = batch.reason.end;
    let ok = bytes[at] === 93;
    while (!ok) {
      if (recipients === batch.recipientCapacity) {
        if (recipients > first) {
          // An escape that JSON does not know makes the whole line invalid; the slow way will say so.
          if ((senderEscaped || escaped) && !escapesKnown(bytes, partStart, at)) return parted ? -1 : 0;
          if (escaped) resolveRecipients(batch, first, recipients);
          if (senderEscaped) senderEnd = resolve(bytes, senderStart, senderEnd);
          senderEscaped = escaped = false;
          parted = true;
          partStart = at;
          this.#row(queue, idStart, idEnd, arrival, size, forced, senderStart, senderEnd, recipients);
        }
        this.#handOn(hand);
        first = recipients = 0;
      }
      if (!matches(view, at, beforeAddress)) break;
      at += beforeAddress.length;
      recipientStart[recipients] = at;
      for (;;) {
        at = runEnd(view, at);
        if (bytes[at] !== BACKSLASH || bytes[at + 1] < 32) break;
        escaped = true;
        at += 2;
      }
      if (bytes[at] !== QUOTE) break;
      recipientEnd[recipients] = at;
      if (bytes[at + 1] === 44) {
        if (!matches(view, at, beforeReason)) break;
        at += beforeReason.length;
        reasonStart[recipients] = at;
        for (;;) {
          at = runEnd(view, at);
          if (bytes[at] !== BACKSLASH || bytes[at + 1] < 32) break;
          escaped = true;
          at += 2;
        }
        if (bytes[at] !== QUOTE) break;
        reasonEnd[recipients] = at;
      } else {
        reasonStart[recipients] = reasonEnd[recipients] = 0;
      }
      if (bytes[at + 1] !== 125) break;
      at += 2;
      recipients++;
      if (bytes[at] === 93) ok = true;
      else if (bytes[at] !== 44 || bytes[at + 1] !== 32) break;
      else at += 2;
    }
    if (!ok || bytes[at + 1] !== 125 || bytes[at + 2] !== LF) return parted ? -1 : 0;
    if ((senderEscaped || escaped) && !escapesKnown(bytes, partStart, at)) return parted ? -1 : 0;
    if (escaped) resolveRecipients(batch, first, recipients);
    if (senderEscaped) senderEnd = resolve(bytes, senderStart, senderEnd);
    this.#row(queue, idStart, idEnd, arrival, size, forced, senderStart, senderEnd, recipients);
    return at + 3;
  }

  #row(
    queue: number,
    idStart: number,
    idEnd: number,
    arrival: number,
    size: number,
    forced: number,
    senderStart: number,
    senderEnd: number,
    recipients: number,
  ): void {
    const batch = this.#batch;
    const row = batch.count++;
    batch.queue[row] = queue;
    batch.id.start[row] = idStart;
    batch.id.end[row] = idEnd;
    batch.arrival[row] = arrival * 1000;
    batch.size[row] = size;
    batch.forced[row] = forced;
    batch.nextAttempt[row] = Number.NaN;
    batch.sender.start[row] = senderStart;
    batch.sender.end[row] = senderEnd;
    batch.firstRecipient[row] = batch.recipients;
    batch.recipientCount[row] = recipients - batch.recipients;
    batch.recipients = recipients;
  }

  /** Reads a line of another shape, if it is JSON at all, and hands it on by itself. */
  #unusual(start: number, end: number, hand: Hand): void {
    const { bytes } = this.#window;
    let blank = true;
    for (let i = start; i < end && blank; i++) blank = bytes[i] <= 32;
    if (blank) return;
    const message = messageOf(textOf(bytes, start, end));
    if (message === undefined) {
      this.#batch.malformed++;
      return;
    }
    this.#handOn(hand);
    const batch = this.#batch;
    let at = 0;
    const texts: Uint8Array[] = [];
    const put = (text: string): number => {
      const encoded = bytesOf(text);
      texts.push(encoded);
      at += encoded.length;
      return at;
    };
    const idEnd = put(message.id);
    const senderEnd = put(message.sender);
    let taken = 0;
    do {
      const upTo = Math.min(message.recipients.length, taken + batch.recipientCapacity);
      let recipients = 0;
      for (; taken < upTo; taken++, recipients++) {
        batch.recipient.start[recipients] = at;
        batch.recipient.end[recipients] = put(message.recipients[taken].address);
        batch.reason.start[recipients] = at;
        batch.reason.end[recipients] = put(message.recipients[taken].reason);
      }
      this.#row(message.queue, 0, idEnd, message.arrival, message.size, message.forced, idEnd, senderEnd, recipients);
      batch.bytes = joined(texts, at);
      this.#handOn(hand);
    } while (taken < message.recipients.length);
    batch.bytes = bytes;
  }
}

function joined(texts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const text of texts) {
    all.set(text, at);
    at += text.length;
  }
  return all;
}

interface Message {
  readonly queue: number;
  readonly id: string;
  /** Seconds. */
  readonly arrival: number;
  readonly size: number;
  readonly forced: number;
  readonly sender: string;
  readonly recipients: readonly { readonly address: string; readonly reason: string }[];
}

/** A line of any valid shape as a message; undefined if it is not JSON or says too little to be one. */
function messageOf(line: string): Message | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const said = value as Readonly<Record<string, unknown>>;
  const { queue_id: id, arrival_time: arrival, message_size: size, sender, recipients } = said;
  if (typeof id !== "string" || id === "" || typeof arrival !== "number" || !Array.isArray(recipients))
    return undefined;
  const list: { address: string; reason: string }[] = [];
  for (const recipient of recipients as readonly unknown[]) {
    if (typeof recipient !== "object" || recipient === null) return undefined;
    const { address, delay_reason: reason } = recipient as Readonly<Record<string, unknown>>;
    if (typeof address !== "string") return undefined;
    list.push({ address, reason: typeof reason === "string" ? reason : "" });
  }
  return {
    queue: Math.max(0, (queueNames as readonly unknown[]).indexOf(said.queue_name)),
    id,
    arrival,
    size: typeof size === "number" ? size : Number.NaN,
    forced: said.forced_expire === true ? 1 : 0,
    sender: typeof sender !== "string" || sender === "MAILER-DAEMON" ? "" : sender,
    recipients: list,
  };
}

function resolveRecipients(batch: SurveyBatch, from: number, to: number): void {
  const { bytes, recipient, reason } = batch;
  for (let i = from; i < to; i++) {
    recipient.end[i] = resolve(bytes, recipient.start[i], recipient.end[i]);
    reason.end[i] = resolve(bytes, reason.start[i], reason.end[i]);
  }
}

/** What `\x` stands for, 0 for no such escape. `\u` is 1: four digits follow. */
const escapes = new Uint8Array(256);
for (const [letter, meaning] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"]) {
  escapes[letter.charCodeAt(0)] = meaning.charCodeAt(0);
}
escapes[117] = 1;

function hexAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i];
    const digit = byte <= 57 ? byte - 48 : (byte | 32) - 87;
    if (digit < 0 || digit > 15 || (digit < 10 && byte > 57)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function escapesKnown(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BACKSLASH) continue;
    const meaning = escapes[bytes[++at]];
    if (meaning === 0 || (meaning === 1 && hexAt(bytes, at + 1) < 0)) return false;
  }
  return true;
}

/** Resolves the escapes of JSON text in place and answers its new end. The text never grows. */
function resolve(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && bytes[from] !== BACKSLASH) from++;
  let to = from;
  while (from < end) {
    const byte = bytes[from++];
    if (byte !== BACKSLASH) {
      bytes[to++] = byte;
      continue;
    }
    const meaning = escapes[bytes[from++]];
    if (meaning !== 1) {
      bytes[to++] = meaning;
      continue;
    }
    let point = hexAt(bytes, from);
    from += 4;
    if (point >= 0xd800 && point < 0xe000) {
      const second = bytes[from] === BACKSLASH && bytes[from + 1] === 117 ? hexAt(bytes, from + 2) : -1;
      if (point < 0xdc00 && second >= 0xdc00 && second < 0xe000 && from + 6 <= end) {
        point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
        from += 6;
      } else point = 0xfffd;
    }
    if (point < 0x80) bytes[to++] = point;
    else if (point < 0x800) {
      bytes[to++] = 0xc0 | (point >> 6);
      bytes[to++] = 0x80 | (point & 63);
    } else if (point < 0x10000) {
      bytes[to++] = 0xe0 | (point >> 12);
      bytes[to++] = 0x80 | ((point >> 6) & 63);
      bytes[to++] = 0x80 | (point & 63);
    } else {
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 63);
      bytes[to++] = 0x80 | ((point >> 6) & 63);
      bytes[to++] = 0x80 | (point & 63);
    }
  }
  return to;
}
