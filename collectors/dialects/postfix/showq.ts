// Reads what Postfix's showq service sends over its socket `public/showq`, which `postqueue` itself reads.
//
// Names and values follow each other, each closed by a zero byte. An empty name closes a group. Postfix 3.6 and later
// begin with a group that names the protocol; earlier ones do not. Then a group a message, its recipients at its
// end, and a group with nothing in it closes the listing. As sent by Postfix 3.7:
//
//   protocol mail_queue_list_protocol ·
//   queue_name deferred  queue_id C7E38218724  time 1795326796  size 560  forced_expire 0  sender a@example.org
//     recipient b@example.org  reason connect to …: Connection refused  recipient …  reason … ·
//   ·

import { QueueName, SurveyBatch } from "../../../src/core/events/survey.ts";
import { bytesOf } from "../../../src/core/events/text.ts";
import type { ListingReader } from "../../dialect.ts";
import { LONGEST_ENTRY, Window } from "./window.ts";

type Hand = (batch: SurveyBatch) => void;

const named = {
  protocol: bytesOf("protocol"),
  queue: bytesOf("queue_name"),
  id: bytesOf("queue_id"),
  time: bytesOf("time"),
  size: bytesOf("size"),
  forced: bytesOf("forced_expire"),
  sender: bytesOf("sender"),
  recipient: bytesOf("recipient"),
  reason: bytesOf("reason"),
};
const mailerDaemon = bytesOf("MAILER-DAEMON");
const queues = (["maildrop", "hold", "incoming", "active", "deferred"] as const).map(
  (name) => [QueueName[name], bytesOf(name)] as const,
);

/** What became of a group: where the next one begins, or one of these. */
const INCOMPLETE = -1;
const CLOSED = -2;
const BROKEN = -3;

/** Reads the answer of the showq service. A listing that is not closed counts as cut in half: one malformed entry. */
export function openShowqListing(): ListingReader {
  return new ShowqListing();
}

class ShowqListing implements ListingReader {
  readonly #window = new Window();
  readonly #batch = new SurveyBatch();
  #closed = false;
  /** There is no finding back into names and values once lost: all the rest is passed over. */
  #broken = false;

  push(piece: Uint8Array, hand: Hand): void {
    const window = this.#window;
    for (let from = 0; from < piece.length && !this.#broken; ) {
      from += window.take(piece, from);
      this.#batch.bytes = window.bytes;
      let at = 0;
      while (at < window.end && !this.#broken) {
        const next = this.#closed ? BROKEN : this.#group(at, hand);
        if (next === INCOMPLETE) break;
        if (next === CLOSED) {
          this.#closed = true;
          at++;
        } else if (next === BROKEN) this.#break();
        else at = next;
      }
      if (window.end - at > LONGEST_ENTRY) this.#break();
      this.#handOn(hand);
      window.drop(this.#broken ? window.end : at);
    }
  }

  end(hand: Hand): void {
    if (!this.#closed && !this.#broken) this.#batch.malformed++;
    this.#handOn(hand);
  }

  #break(): void {
    this.#broken = true;
    this.#batch.malformed++;
  }

  #handOn(hand: Hand): void {
    const batch = this.#batch;
    if (batch.count > 0 || batch.malformed > 0) hand(batch);
    batch.clear();
  }

  #group(start: number, hand: Hand): number {
    const window = this.#window;
    const { bytes, end } = window;
    const batch = this.#batch;
    if (bytes[start] === 0) return CLOSED;
    if (batch.count === batch.capacity) this.#handOn(hand);
    let first = batch.recipients;
    let recipients = first;
    let queue: number = QueueName.unknown;
    let idStart = 0;
    let idEnd = 0;
    let senderStart = 0;
    let senderEnd = 0;
    let time = Number.NaN;
    let size = Number.NaN;
    let forced = 0;
    let greeting = false;
    const row = (): void => {
      const i = batch.count++;
      batch.queue[i] = queue;
      batch.id.start[i] = idStart;
      batch.id.end[i] = idEnd;
      batch.arrival[i] = time * 1000;
      batch.size[i] = size;
      batch.forced[i] = forced;
      batch.nextAttempt[i] = Number.NaN;
      batch.sender.start[i] = senderStart;
      batch.sender.end[i] = senderEnd;
      batch.firstRecipient[i] = first;
      batch.recipientCount[i] = recipients - first;
      batch.recipients = recipients;
    };
    for (let at = start; ; ) {
      const name = at;
      while (at < end && bytes[at] !== 0) at++;
      if (at >= end) return INCOMPLETE;
      if (at === name) {
        if (idEnd > idStart && !Number.isNaN(time)) row();
        else if (!greeting) batch.malformed++;
        return at + 1;
      }
      const length = at - name;
      const value = ++at;
      while (at < end && bytes[at] !== 0) at++;
      if (at >= end) return INCOMPLETE;
      if (is(bytes, name, length, named.recipient)) {
        if (recipients === batch.recipientCapacity) {
          if (batch.count > 0) {
            // Others are in the way: begin again with an empty batch.
            this.#handOn(hand);
            return start;
          }
          if (!complete(bytes, start, end)) return INCOMPLETE;
          row();
          this.#handOn(hand);
          first = recipients = 0;
        }
        batch.recipient.start[recipients] = value;
        batch.recipient.end[recipients] = at;
        batch.reason.start[recipients] = batch.reason.end[recipients] = 0;
        recipients++;
      } else if (is(bytes, name, length, named.reason)) {
        if (recipients > first) {
          batch.reason.start[recipients - 1] = value;
          batch.reason.end[recipients - 1] = at;
        }
      } else if (is(bytes, name, length, named.queue)) {
        for (const [number, text] of queues) if (is(bytes, value, at - value, text)) queue = number;
      } else if (is(bytes, name, length, named.id)) {
        idStart = value;
        idEnd = at;
      } else if (is(bytes, name, length, named.time)) time = numberAt(bytes, value, at);
      else if (is(bytes, name, length, named.size)) size = numberAt(bytes, value, at);
      else if (is(bytes, name, length, named.forced)) forced = numberAt(bytes, value, at) > 0 ? 1 : 0;
      else if (is(bytes, name, length, named.sender)) {
        senderStart = value;
        // The null sender is listed under this name.
        senderEnd = is(bytes, value, at - value, mailerDaemon) ? value : at;
      } else if (is(bytes, name, length, named.protocol)) greeting = true;
      else if (!isName(bytes, name, length)) return BROKEN;
      at++;
    }
  }
}

/** Whether the group at `start` is in the window to its end. */
function complete(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const value = bytes.indexOf(0, at) + 1;
    if (value === 0 || value > end) return false;
    if (value === at + 1) return true;
    at = bytes.indexOf(0, value) + 1;
    if (at === 0) return false;
  }
  return false;
}

function is(bytes: Uint8Array, at: number, length: number, text: Uint8Array): boolean {
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Attributes that future versions may add have names like the known ones; anything else is not this protocol. */
function isName(bytes: Uint8Array, at: number, length: number): boolean {
  if (length > 100) return false;
  for (let i = at; i < at + length; i++) {
    const letter = bytes[i] | 32;
    if (
      !((letter >= 97 && letter <= 122) || (bytes[i] >= 48 && bytes[i] <= 57) || bytes[i] === 95 || bytes[i] === 45)
    ) {
      return false;
    }
  }
  return true;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > 15) return Number.NaN;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
