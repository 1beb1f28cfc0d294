// Reads headers that a rule of header_checks logs: `info: header Date: … from host[address]; from=<…> to=<…> proto=… helo=<…>`.
//
// Postfix logs the first 200 bytes of a header. A Received header is often longer, and its date comes last: a rule can
// repeat it behind `: sent `, where it is not cut off (docs/submission-times.md).

import type { EventBatch } from "../../../src/core/events/batch.ts";
import { EventKind } from "../../../src/core/events/kinds.ts";
import { textOf } from "../../../src/core/events/text.ts";
import type { Instant } from "../../../src/core/time.ts";
import { Answer } from "./answer.ts";
import { headerDate, idDate } from "./header-dates.ts";
import { ascii, find, findText, findTextBackwards } from "./scan.ts";

/** Behind it stands the header. */
export const headerLogged = ascii("info: header ");

const from = ascii(" from ");
const fromTail = ascii("; from=<");
const sentField = ascii(": sent ");
const idWord = ascii(" id ");
const longestHeader = 400;
const longestDate = 200;

/** Whether the letters of `name` stand at `at`, in upper or lower case, with a colon behind them and perhaps blanks before it. */
function isNamed(bytes: Uint8Array, at: number, end: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (at + i >= end || (bytes[at + i] | 32) !== name.charCodeAt(i)) return false;
  let p = at + name.length;
  while (p < end && bytes[p] === 32) p++;
  return p < end && bytes[p] === 58;
}

/** Whether a Received header names the id of the message itself: then it is our own, and says when the message came. */
function isOwn(bytes: Uint8Array, words: DataView, at: number, end: number, batch: EventBatch, row: number): boolean {
  const start = batch.id.start[row];
  const length = batch.id.end[row] - start;
  for (let p = findText(bytes, words, at, end, idWord); p >= 0; p = findText(bytes, words, p + 1, end, idWord)) {
    let same = 0;
    while (same < length && p + 4 + same < end && bytes[p + 4 + same] === bytes[start + same]) same++;
    if (same === length) return true;
  }
  return false;
}

/** Reads a header that was logged; `at` is its name, `now` the time of the line. Answers the kind of event, or `silent` for other headers. */
export function readHeader(
  bytes: Uint8Array,
  words: DataView,
  at: number,
  end: number,
  now: Instant,
  batch: EventBatch,
  row: number,
): number {
  const received = isNamed(bytes, at, end, "received");
  if (!received && !isNamed(bytes, at, end, "date")) return Answer.silent;
  let value = find(bytes, words, at, end, 58) + 1;
  while (value < end && bytes[value] === 32) value++;
  // Postfix's own fields come last: what imitates them stands before them.
  const tail = findTextBackwards(bytes, words, value, end, fromTail);
  const client = tail < 0 ? -1 : findTextBackwards(bytes, words, value, tail, from);
  const valueEnd = client < 0 ? end : client;
  let moment: Instant;
  if (!received) moment = headerDate(textOf(bytes, value, Math.min(valueEnd, value + longestDate)));
  else {
    if (isOwn(bytes, words, value, valueEnd, batch, row)) return Answer.silent;
    moment = receivedAt(bytes, words, value, valueEnd, tail, end);
  }
  batch.detail.start[row] = value;
  batch.detail.end[row] = Math.min(valueEnd, value + longestHeader);
  batch.number[row] = received ? 1 : 0;
  batch.delay[row] = now - moment;
  return EventKind.dated;
}

/** When the host that wrote the header took the message: by what a rule repeats behind the fields, by its date, by its id. */
function receivedAt(
  bytes: Uint8Array,
  words: DataView,
  value: number,
  valueEnd: number,
  tail: number,
  end: number,
): Instant {
  const repeated = tail < 0 ? -1 : findTextBackwards(bytes, words, tail, end, sentField);
  if (repeated >= 0) {
    const at = repeated + sentField.length;
    const moment = headerDate(textOf(bytes, at, Math.min(end, at + longestDate)));
    if (!Number.isNaN(moment)) return moment;
  }
  for (let at = valueEnd - 1; at > value; at--) {
    if (bytes[at] !== 59) continue;
    const moment = headerDate(textOf(bytes, at + 1, Math.min(valueEnd, at + 1 + longestDate)));
    if (!Number.isNaN(moment)) return moment;
    break;
  }
  return idDate(textOf(bytes, value, Math.min(valueEnd, value + longestHeader)).replace(/[?\s]+/g, " "));
}
