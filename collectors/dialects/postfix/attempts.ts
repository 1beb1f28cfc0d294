// Reads one attempt: `to=<…>, orig_to=<…>, relay=…, conn_use=…, delay=…, delays=a/b/c/d, dsn=x.y.z, status=word (text)`.
//
// Strictly from the left, field by field in Postfix's own order (its log_adhoc.c), so that nothing in the text, which a remote
// server may have written, is ever taken for a field. An address can hold nearly anything if it is quoted; Postfix
// logs it quoted as RFC 5321 has it, so the quotes are followed to their end.

import { type EventBatch, packStatus } from "../../../src/core/events/batch.ts";
import { EventKind } from "../../../src/core/events/kinds.ts";
import { Answer } from "./answer.ts";
import { ascii, find, findTextBackwards, standsAt, type Text, word } from "./scan.ts";

const COMMA = 44;
const GREATER = 62;
const QUOTE = 34;
const EQUALS = 61;

const origTo = ascii(", orig_to=");
const relay = ascii(", relay=");
const connUse = ascii(", conn_use=");
const delay = ascii(", delay=");
const delayBare = ascii(" delay=");
const delays = ascii(", delays=");
const dsn = ascii(", dsn=");
const status = ascii(", status=");
const nextFields = [relay, origTo, connUse, delay, delays, dsn, status];
const relayHead = word(", re");
const relayTail = word("lay=");
const delayHead = word(", de");
const delayTail = word("lay=");
const delaysTail = word("lays");
const dsnHead = word(", ds");
const dsnTail = word("dsn=");
const statusHead = word(", st");
const statusTail = word("atus");
const relayWord = word(">, r");
const origWord = word(">, o");

const suspended = ascii("delivery temporarily suspended: ");
const said = ascii(" said: ");
const refused = ascii(" refused to talk to me: ");
const refusedTls = ascii(" refused to start TLS: ");
const hostSpace = ascii("host ");
const server = ascii("server ");
const queuedAs = ascii("queued as ");
const forwardedAs = ascii("forwarded as ");
const asWord = word(" as ");
const queuedEnd = word("eued");
const forwardedEnd = word("rded");

/** Outcomes by the word behind `status=`. */
const outcomes: readonly { readonly word: Text; readonly kind: number }[] = [
  { word: ascii("sent"), kind: EventKind.delivered },
  { word: ascii("deferred"), kind: EventKind.deferred },
  { word: ascii("bounced"), kind: EventKind.bounced },
  { word: ascii("expired"), kind: EventKind.expired },
  { word: ascii("force-expired"), kind: EventKind.expired },
  // A bounce that soft_bounce turned into another try.
  { word: ascii("SOFTBOUNCE"), kind: EventKind.deferred },
  { word: ascii("softbounce"), kind: EventKind.deferred },
  { word: ascii("undeliverable"), kind: EventKind.probed },
  { word: ascii("undeliverable-but-not-cached"), kind: EventKind.probed },
  { word: ascii("deliverable"), kind: EventKind.probed },
  { word: ascii("deliverable-but-not-cached"), kind: EventKind.probed },
];

const sentWord = word("sent");
const deferredWord = word("defe");

/** The kind of event that a word behind `status=` means, 0 if it is none of Postfix's. */
function outcomeOf(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  if (end - at === 4 && words.getInt32(at, true) === sentWord) return EventKind.delivered;
  if (
    end - at === 8 &&
    words.getInt32(at, true) === deferredWord &&
    standsAt(bytes, words, at, end, outcomes[1].word)
  ) {
    return EventKind.deferred;
  }
  for (const outcome of outcomes) {
    if (outcome.word.length === end - at && standsAt(bytes, words, at, end, outcome.word)) return outcome.kind;
  }
  return 0;
}

/** The offset behind the field at `at` if it is an address in brackets, with the field behind it; else -1. */
function addressEnd(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  let p = at;
  if (bytes[p] === QUOTE) {
    p++;
    while (p < end && bytes[p] !== QUOTE) p += bytes[p] === 92 ? 2 : 1;
    const close = closing(bytes, words, p + 1, end);
    if (close >= 0) return close;
    // No closing quote: an old Postfix, which logged addresses without quoting. The first end that fits must do.
    p = at;
  }
  return closing(bytes, words, p, end);
}

/** The first `>` in `[at, end)` that a field follows, or -1. */
function closing(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  for (let p = at; ; p++) {
    p = find(bytes, words, p, end, GREATER);
    if (end - p < 4) return -1;
    const next = words.getInt32(p, true);
    if (next === relayWord || next === origWord) return p;
    if (bytes[p + 1] === COMMA) for (const field of nextFields) if (standsAt(bytes, words, p + 1, end, field)) return p;
  }
}

/** Set by the functions that read a number: the number. They answer the offset behind it. */
let value = 0;

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Reads seconds such as `351` or `0.05` as milliseconds; answers the offset behind, `at` if there is no number. */
function seconds(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  let milliseconds = 0;
  while (p < end && isDigit(bytes[p])) milliseconds = milliseconds * 10 + bytes[p++] - 48;
  milliseconds *= 1000;
  if (p < end && bytes[p] === 46 && p > at) {
    p++;
    // Whole milliseconds: the logs of Postfix have two digits behind the point unless told otherwise.
    let scale = 100;
    while (p < end && isDigit(bytes[p])) {
      milliseconds += (bytes[p++] - 48) * scale;
      scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
    }
  }
  value = milliseconds;
  return p;
}

/** Reads `a/b/c/d` seconds into the four columns at `stage`; answers the offset behind, -1 if they are not four. */
function readStages(bytes: Uint8Array, at: number, end: number, stages: Float64Array, stage: number): number {
  let p = at;
  let read = 0;
  let milliseconds = 0;
  // What a digit is worth: 0 before the point (all count tenfold), else a tenth of the one before.
  let scale = 0;
  let digits = 0;
  for (; p < end; p++) {
    const byte = bytes[p];
    if (byte >= 48 && byte <= 57) {
      digits++;
      if (scale === 0) milliseconds = milliseconds * 10 + (byte - 48) * 1000;
      else {
        milliseconds += (byte - 48) * (scale >= 10 ? scale / 10 : 0);
        scale = scale >= 10 ? scale / 10 : 1;
      }
    } else if (byte === 46) {
      if (scale !== 0 || digits === 0) return -1;
      scale = 1000;
    } else if (byte === 47) {
      if (digits === 0 || read === 3) return -1;
      stages[stage + read++] = milliseconds;
      milliseconds = 0;
      scale = 0;
      digits = 0;
    } else break;
  }
  if (digits === 0 || read !== 3) return -1;
  stages[stage + 3] = milliseconds;
  return p;
}

/** Reads an enhanced status code into `value`; answers the offset behind, `at` if there is none. */
export function enhancedStatus(bytes: Uint8Array, at: number, end: number): number {
  const class_ = bytes[at] - 48;
  if (end - at < 5 || bytes[at + 1] !== 46 || (class_ !== 2 && class_ !== 4 && class_ !== 5)) return at;
  let p = at + 2;
  let subject = 0;
  let detail = 0;
  const subjectAt = p;
  while (p < end && isDigit(bytes[p])) {
    const digit = bytes[p] - 48;
    subject = subject * 10 + digit;
    p++;
  }
  if (p === subjectAt || p > subjectAt + 3 || p >= end || bytes[p] !== 46) return at;
  p++;
  const detailAt = p;
  while (p < end && isDigit(bytes[p])) {
    const digit = bytes[p] - 48;
    detail = detail * 10 + digit;
    p++;
  }
  if (p === detailAt || p > detailAt + 3) return at;
  value = packStatus(class_, subject, detail);
  return p;
}

/** The value that `enhancedStatus` read last. */
export function statusRead(): number {
  return value;
}

/** The three-digit reply code at `at`, 0 if there is none. */
export function replyCode(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 3) return 0;
  const a = bytes[at] - 48;
  const b = bytes[at + 1] - 48;
  const c = bytes[at + 2] - 48;
  if (a < 2 || a > 5 || b < 0 || b > 9 || c < 0 || c > 9) return 0;
  if (end - at > 3) {
    const next = bytes[at + 3];
    if (next !== 32 && next !== 45) return 0;
  }
  return a * 100 + b * 10 + c;
}

/** Where the remote server's reply begins in the text of an attempt, or -1 if it quotes none. */
function replyAt(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  const first = bytes[at];
  if (first >= 50 && first <= 53) return at;
  let p = at;
  if (first === 100 && standsAt(bytes, words, p, end, suspended)) p += suspended.length;
  if (bytes[p] === 104 && standsAt(bytes, words, p, end, hostSpace)) {
    // Behind the host's name, which holds no space.
    p = find(bytes, words, p + 5, end, 32);
    if (standsAt(bytes, words, p, end, said)) return p + said.length;
    if (standsAt(bytes, words, p, end, refused)) return p + refused.length;
    return -1;
  }
  // `TLS is required, but host … refused to start TLS: 454 …`, `SASL authentication failed; server … said: 535 …`
  const name = bytes[p] === 84 ? hostSpace : bytes[p] === 83 ? server : undefined;
  if (name === undefined) return -1;
  for (; p < end; p++) {
    p = find(bytes, words, p, end, name.bytes[0]);
    if (!standsAt(bytes, words, p, end, name)) continue;
    p = find(bytes, words, p + name.length, end, 32);
    if (standsAt(bytes, words, p, end, said)) return p + said.length;
    if (standsAt(bytes, words, p, end, refusedTls)) return p + refusedTls.length;
    if (standsAt(bytes, words, p, end, refused)) return p + refused.length;
  }
  return -1;
}

/** Bytes that may be part of a queue id of any MTA. */
const idLetters = new Uint8Array(256);
for (const letter of ascii("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz").bytes)
  idLetters[letter] = 1;

/** Fills `other` with the queue id that the relay gave the message, if the text names one. */
function readQueuedAs(
  bytes: Uint8Array,
  words: DataView,
  at: number,
  end: number,
  batch: EventBatch,
  row: number,
): void {
  batch.other.start[row] = 0;
  batch.other.end[row] = 0;
  // Nearly always it is the last word.
  let p = end;
  const limit = Math.max(at + 9, end - 64);
  while (p > limit && idLetters[bytes[p - 1]] === 1) p--;
  if (p < end && p > at + 8 && words.getInt32(p - 4, true) === asWord) {
    const before = words.getInt32(p - 8, true);
    if (
      (before === queuedEnd && standsAt(bytes, words, p - 10, end, queuedAs)) ||
      (before === forwardedEnd && standsAt(bytes, words, p - 13, end, forwardedAs))
    ) {
      batch.other.start[row] = p;
      batch.other.end[row] = end;
      return;
    }
  }
  const found = findTextBackwards(bytes, words, at, end, queuedAs);
  if (found < 0) return;
  const start = found + queuedAs.length;
  let stop = start;
  while (stop < end && stop - start < 64 && idLetters[bytes[stop]] === 1) stop++;
  batch.other.start[row] = start;
  batch.other.end[row] = stop;
}

/** Reads the attempt whose `to=` value begins at `at`. Answers the kind of event or an `Answer`. */
export function readAttempt(
  bytes: Uint8Array,
  words: DataView,
  at: number,
  end: number,
  batch: EventBatch,
  row: number,
): number {
  let p = at;
  // to=<recipient>
  if (bytes[p] === 60) {
    const close = addressEnd(bytes, words, p + 1, end);
    if (close < 0) return Answer.malformed;
    batch.recipient.start[row] = p + 1;
    batch.recipient.end[row] = close;
    p = close + 1;
  } else {
    const close = find(bytes, words, p, end, COMMA);
    batch.recipient.start[row] = p;
    batch.recipient.end[row] = close;
    p = close;
  }

  // orig_to=<address before aliasing>
  if (end - p > 2 && bytes[p + 2] === 111 && standsAt(bytes, words, p, end, origTo)) {
    p += origTo.length;
    const bracket = bytes[p] === 60 ? 1 : 0;
    const close = bracket === 1 ? addressEnd(bytes, words, p + 1, end) : find(bytes, words, p, end, COMMA);
    if (close < 0) return Answer.malformed;
    batch.original.start[row] = p + bracket;
    batch.original.end[row] = close;
    p = close + bracket;
  } else {
    batch.original.start[row] = 0;
    batch.original.end[row] = 0;
  }

  // The two words that begin a field are compared here and not in a function: this is the hottest stretch of all.
  if (end - p >= 8 && words.getInt32(p, true) === relayHead && words.getInt32(p + 4, true) === relayTail) {
    p += relay.length;
    batch.relay.start[row] = p;
    p = find(bytes, words, p, end, COMMA);
    batch.relay.end[row] = p;
  } else {
    batch.relay.start[row] = 0;
    batch.relay.end[row] = 0;
  }

  if (end - p > 2 && bytes[p + 2] === 99 && standsAt(bytes, words, p, end, connUse)) {
    p += connUse.length;
    while (p < end && bytes[p] >= 48 && bytes[p] <= 57) p++;
  }

  if (end - p >= 8 && words.getInt32(p, true) === delayHead && words.getInt32(p + 4, true) === delayTail)
    p = seconds(bytes, p + delay.length, end);
  else if (standsAt(bytes, words, p, end, delayBare)) p = seconds(bytes, p + delayBare.length, end);
  else value = -1;
  batch.delay[row] = value;

  const stages = batch.stages;
  const stage = row * 4;
  if (
    end - p >= 9 &&
    words.getInt32(p, true) === delayHead &&
    words.getInt32(p + 4, true) === delaysTail &&
    bytes[p + 8] === EQUALS
  ) {
    p = readStages(bytes, p + delays.length, end, stages, stage);
    if (p < 0) return Answer.malformed;
  } else {
    stages[stage] = -1;
    stages[stage + 1] = -1;
    stages[stage + 2] = -1;
    stages[stage + 3] = -1;
  }

  let enhanced = 0;
  if (end - p >= 12 && words.getInt32(p, true) === dsnHead && words.getInt32(p + 2, true) === dsnTail) {
    const from = p + dsn.length;
    p = enhancedStatus(bytes, from, end);
    if (p > from) enhanced = value;
    else p = find(bytes, words, from, end, COMMA);
  }

  if (end - p < 9 || words.getInt32(p, true) !== statusHead || words.getInt32(p + 4, true) !== statusTail)
    return Answer.malformed;
  if (bytes[p + 8] !== EQUALS) return Answer.malformed;
  p += status.length;
  const wordAt = p;
  while (p < end && bytes[p] !== 32 && bytes[p] !== COMMA) p++;
  const kind = outcomeOf(bytes, words, wordAt, p);
  // Cut within the word, or a word that no Postfix writes.
  if (kind === 0) return p === end ? Answer.malformed : Answer.unsupported;

  // (text)
  let textEnd = end;
  while (textEnd > p && bytes[textEnd - 1] === 32) textEnd--;
  let text = p;
  if (end - p > 1 && bytes[p + 1] === 40) {
    text = p + 2;
    if (textEnd > text && bytes[textEnd - 1] === 41) textEnd--;
  } else text = textEnd;
  if (kind === EventKind.expired) {
    batch.sender.start[row] = 0;
    batch.sender.end[row] = 0;
    return kind;
  }
  batch.text.start[row] = text;
  batch.text.end[row] = textEnd;

  let code = 0;
  const reply = replyAt(bytes, words, text, textEnd);
  if (reply >= 0) {
    code = replyCode(bytes, reply, textEnd);
    if (enhanced === 0 && code > 0 && enhancedStatus(bytes, reply + 4, textEnd) > reply + 4) enhanced = value;
  }
  batch.code[row] = code;
  batch.status[row] = enhanced;
  if (kind === EventKind.delivered) readQueuedAs(bytes, words, text, textEnd, batch, row);
  else {
    batch.other.start[row] = 0;
    batch.other.end[row] = 0;
  }
  return kind;
}
