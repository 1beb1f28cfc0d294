// Reads how a client was turned away: `RCPT from host[address]: 550 5.1.1 <a@example.org>: text; from=<…> to=<…> proto=… helo=<…>`.
//
// Nearly all of it may be a stranger's words. What is read wrongly here can only misname a sender: a refusal is a
// refusal by the words before it, which are Postfix's.

import type { EventBatch } from "../../../src/core/events/batch.ts";
import { EventKind } from "../../../src/core/events/kinds.ts";
import { Answer } from "./answer.ts";
import { enhancedStatus, replyCode, statusRead } from "./attempts.ts";
import { ascii, find, findText, findTextBackwards, standsAt } from "./scan.ts";

const from = ascii(" from ");
const colon = ascii(": ");
const closing = ascii(">: ");
const tails = ["; from=<", "; to=<", "; proto="].map(ascii);
const fromField = ascii("from=<");
const toField = ascii("to=<");
const fromTail = ascii("; from=<");
const heloField = ascii(" helo=<");

/** Where the fields behind the text begin, at their semicolon; `end` if there are none. */
function tailAt(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  for (let p = at; p < end; p++) {
    p = find(bytes, words, p, end, 59);
    for (const tail of tails) if (standsAt(bytes, words, p, end, tail)) return p;
  }
  return end;
}

/** The `>` that ends the address at `at`, quotes followed; `end` if it was cut off. */
function addressEnd(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  if (bytes[at] === 34) {
    let p = at + 1;
    while (p < end && bytes[p] !== 34) p += bytes[p] === 92 ? 2 : 1;
    if (p < end) return find(bytes, words, p, end, 62);
  }
  return find(bytes, words, at, end, 62);
}

/** Fills sender, recipient and the name in HELO from the fields behind the text, which begin at `at`; with commas between them or not. */
function readTail(bytes: Uint8Array, words: DataView, at: number, end: number, batch: EventBatch, row: number): void {
  batch.sender.start[row] = 0;
  batch.sender.end[row] = 0;
  batch.recipient.start[row] = 0;
  batch.recipient.end[row] = 0;
  let p = at + 2;
  if (standsAt(bytes, words, p, end, fromField)) {
    p += 6;
    batch.sender.start[row] = p;
    p = addressEnd(bytes, words, p, end);
    batch.sender.end[row] = p;
    p++;
    if (bytes[p] === 44) p++;
    while (p < end && bytes[p] === 32) p++;
  }
  if (standsAt(bytes, words, p, end, toField)) {
    p += 4;
    batch.recipient.start[row] = p;
    p = addressEnd(bytes, words, p, end);
    batch.recipient.end[row] = p;
  }
  const helo = findText(bytes, words, p, end, heloField);
  batch.other.start[row] = helo < 0 ? 0 : helo + heloField.length;
  batch.other.end[row] = helo < 0 ? 0 : find(bytes, words, helo + heloField.length, end, 62);
}

/** Fills reply code and status from the text at `at`. */
function readReply(bytes: Uint8Array, at: number, end: number, batch: EventBatch, row: number): void {
  const code = replyCode(bytes, at, end);
  let p = code > 0 ? at + 3 : at;
  while (p < end && (bytes[p] === 32 || bytes[p] === 45)) p++;
  batch.code[row] = code;
  batch.status[row] = enhancedStatus(bytes, p, end) > p ? statusRead() : 0;
}

/** Reads a refusal by smtpd, postscreen, a milter or a filter in front of the queue; `at` is behind `reject: `. */
export function readRefusal(
  bytes: Uint8Array,
  words: DataView,
  at: number,
  end: number,
  batch: EventBatch,
  row: number,
): number {
  // Command and client, if there is one: a client's name holds no colon with a space behind it.
  const text = findText(bytes, words, at, end, colon);
  if (text < 0) return Answer.unsupported;
  const client = findText(bytes, words, at, text, from);
  batch.detail.start[row] = client < 0 ? 0 : client + from.length;
  batch.detail.end[row] = client < 0 ? 0 : text;
  let start = text + 2;
  while (start < end && bytes[start] === 32) start++;
  batch.text.start[row] = start;
  readReply(bytes, start, end, batch, row);
  // The text may quote the address that was refused, with a semicolon in it.
  let p = start;
  while (p < end && p < start + 16 && bytes[p] !== 60) p++;
  if (p < end && bytes[p] === 60) {
    const close = addressEnd(bytes, words, p + 1, end);
    p = standsAt(bytes, words, close, end, closing) ? close : start;
  } else p = start;
  const tail = tailAt(bytes, words, p, end);
  batch.text.end[row] = tail;
  readTail(bytes, words, tail, end, batch, row);
  return EventKind.refused;
}

/**
 * Reads a refusal by content: `header Subject: … from host[address]; from=<…> to=<…> proto=… helo=<…>: 5.7.1 text`. The header is the
 * stranger's and comes first, so the last fields count.
 */
export function refusalInContent(
  bytes: Uint8Array,
  words: DataView,
  at: number,
  end: number,
  batch: EventBatch,
  row: number,
): number {
  const tail = findTextBackwards(bytes, words, at, end, fromTail);
  if (tail < 0) return readRefusal(bytes, words, at, end, batch, row);
  const client = findTextBackwards(bytes, words, at, tail, from);
  batch.detail.start[row] = client < 0 ? 0 : client + from.length;
  batch.detail.end[row] = client < 0 ? 0 : tail;
  readTail(bytes, words, tail, end, batch, row);
  const text = findTextBackwards(bytes, words, tail, end, closing);
  batch.text.start[row] = text < 0 ? end : text + 3;
  batch.text.end[row] = end;
  readReply(bytes, batch.text.start[row], end, batch, row);
  return EventKind.refused;
}
