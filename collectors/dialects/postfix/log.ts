// Reads Postfix's log: lines in, columns of events out.
//
// This is the hot path of mailtide: every line of every log passes here, live and in replay. So it is plain and makes
// nothing a line: no strings, no objects, no closures. What a line is is told by its program and its first letters;
// attempts (attempts.ts) and refusals (refusals.ts) have rooms of their own.
//
// Whose words are whose decides how a line is read. Fields that Postfix writes come first and in fixed order, what a
// remote server said comes last: so attempts are read from the left and stop at the text. The queue manager's
// lines end in numbers: they are read from the right, and no sender's address can imitate them.

import type { EventBatch } from "../../../src/core/events/batch.ts";
import { EventKind } from "../../../src/core/events/kinds.ts";
import { textOf } from "../../../src/core/events/text.ts";
import type { Instant } from "../../../src/core/time.ts";
import type { LogReader, LogReaderOptions } from "../../dialect.ts";
import { Answer } from "./answer.ts";
import { readAttempt } from "./attempts.ts";
import { headerLogged, readHeader } from "./headers.ts";
import { Group, Programs } from "./programs.ts";
import { readRefusal, refusalInContent } from "./refusals.ts";
import { ascii, find, findLineFeed, findText, findTextBackwards, standsAt, word } from "./scan.ts";
import { isDanger, isDangerOfAny, withId, withoutId } from "./shapes.ts";
import { Stamps } from "./stamps.ts";

/** A longer line is not read: no Postfix writes one, and a file that is not a log may have no lines at all. */
export const longestLine = 16_384;

/** The native search has a fixed price that only very long lines are worth. */
const nativeFrom = 512;

const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const EQUALS = 61;
const GREATER = 62;
const BRACKET = 91;

// Letters of queue ids: 1 in short ones (upper-case hexadecimal), 2 in long ones (no vowels).
const idLetters = new Uint8Array(256);
for (const letter of ascii("0123456789ABCDEF").bytes) idLetters[letter] |= 1;
for (const letter of ascii("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz").bytes) idLetters[letter] |= 2;

const messageId = ascii("message-id=");
const resentMessageId = ascii("resent-message-id=");
const fromWord = word("from");
const clientField = ascii("client=");
const signedIn = ascii(", sasl_");
const uidField = ascii("uid=");
const origId = ascii(" orig_id=");
const removed = ascii("removed");
const queueActive = ascii(" (queue active)");
const nrcpt = ascii(", nrcpt=");
const sizeField = ascii(", size=");
const statusField = ascii(", status=");
const returned = ascii(", returned to sender");
const expired = ascii("expired");
const forceExpired = ascii("force-expired");
const notification = ascii(" notification: ");
const noqueue = ascii("NOQUEUE: ");
const reject = ascii("reject: ");
const milterReject = ascii("milter-reject: ");
const proxyReject = ascii("proxy-reject: ");
const hold = ascii("hold: ");
const milterHold = ascii("milter-hold: ");
const discard = ascii("discard: ");
const milterDiscard = ascii("milter-discard: ");
const placedOnHold = ascii("placed on hold");
const releasedFromHold = ascii("released from hold");
const requeued = ascii("requeued");
const daemonStarted = ascii("daemon started");
const reload = ascii("reload ");
const terminating = ascii("terminating on signal");
const stopping = ascii("stopping the Postfix mail system");
const aborting = ascii("aborting the Postfix mail system");
const solarisId = ascii("[ID ");
const postfixWord = word("post");
const sweeps = [
  "Deleted",
  "Placed on hold",
  "Released from hold",
  "Requeued",
  "Force-expired",
  "Renamed to match inode number",
].map((action) => ({ action: ascii(action), colon: ascii(`${action}: `) }));

/** Whether `[start, end)` is a queue id of Postfix, short or long; `letters` is what all its letters have in common. */
function isQueueId(bytes: Uint8Array, start: number, end: number, letters: number): boolean {
  const length = end - start;
  if ((letters & 1) !== 0) return length >= 6 && length <= 24;
  if ((letters & 2) === 0 || length < 12 || length > 32) return false;
  // Seconds and microseconds take ten letters or more, then `z`, then the inode.
  for (let i = end - 2; i >= start + 10; i--) if (bytes[i] === 122) return true;
  return false;
}

/** Whether all of `[start, end)` is a queue id. */
export function queueIdAt(bytes: Uint8Array, start: number, end: number): boolean {
  let letters = 3;
  for (let i = start; i < end; i++) letters &= idLetters[bytes[i]];
  return isQueueId(bytes, start, end, letters);
}

/** The log reader of Postfix. */
export class PostfixLog implements LogReader {
  readonly #stamps: Stamps;
  readonly #programs: Programs;
  // The header of the last line, up to its tag: most lines of a busy second begin with the same bytes.
  readonly #head = new Int32Array(64);
  #headLength = 0;
  // The last queue id: lines about a message often follow one another.
  readonly #id = new Int32Array(8);
  #idLength = 0;
  #host = 0;
  // Set by #header.
  #syslog5424 = false;

  constructor(options: LogReaderOptions) {
    this.#stamps = new Stamps(options.zone, options.reference);
    this.#programs = new Programs(options.instances);
  }

  get lastStamp(): Instant {
    return this.#stamps.time;
  }

  read(bytes: Uint8Array, start: number, end: number, batch: EventBatch): number {
    batch.bytes = bytes;
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const capacity = batch.capacity;
    const lines = batch.lines;
    let read = 0;
    let foreign = 0;
    let lastTime = batch.lastTime;
    let at = start;
    while (at < end && batch.count < capacity) {
      const from = this.#knowsHead(words, at, end) ? at + this.#headLength : at;
      let lineEnd = findLineFeed(bytes, words, from, Math.min(end, from + nativeFrom));
      if (lineEnd === from + nativeFrom && lineEnd < end) {
        lineEnd = bytes.indexOf(LF, lineEnd);
        if (lineEnd < 0 || lineEnd > end) lineEnd = end;
      }
      const next = lineEnd < end ? lineEnd + 1 : end;
      if (lineEnd > at && bytes[lineEnd - 1] === CR) lineEnd--;
      const answer = lineEnd - at > longestLine ? Answer.malformed : this.#line(bytes, words, at, from, lineEnd, batch);
      if (answer === Answer.silent) {
        read++;
        lastTime = this.#stamps.time;
        if (read === 1 && Number.isNaN(batch.firstTime)) batch.firstTime = lastTime;
      } else if (answer === Answer.foreign) foreign++;
      else if (answer === Answer.unsupported) lines.unsupported++;
      else lines.malformed++;
      at = next;
    }
    lines.read += read;
    lines.foreign += foreign;
    batch.lastTime = lastTime;
    return at;
  }

  /** Whether the line at `at` begins like the last one, up to the tag. */
  #knowsHead(words: DataView, at: number, end: number): boolean {
    const length = this.#headLength;
    if (length === 0 || end - at < length) return false;
    const head = this.#head;
    const last = length - 4;
    // From the back: seconds change first.
    if (words.getInt32(at + last, true) !== head[63]) return false;
    for (let i = last & ~3; i >= 0; i -= 4) if (words.getInt32(at + i, true) !== head[i >>> 2]) return false;
    return true;
  }

  /** Whether the last queue id stands at `at`, with something behind it. */
  #knowsId(words: DataView, at: number, end: number): boolean {
    const length = this.#idLength;
    if (length === 0 || end - at <= length) return false;
    const last = length - 4;
    // From the back: ids of one second begin alike.
    if (words.getInt32(at + last, true) !== this.#id[7]) return false;
    for (let i = 0; i < last; i += 4) if (words.getInt32(at + i, true) !== this.#id[i >>> 2]) return false;
    return true;
  }

  #learnId(words: DataView, at: number, length: number): void {
    const last = length - 4;
    for (let i = 0; i < last; i += 4) this.#id[i >>> 2] = words.getInt32(at + i, true);
    this.#id[7] = words.getInt32(at + last, true);
    this.#idLength = length;
  }

  /** Reads one line; `from` is behind its header if that was the last line's, else `at`. */
  #line(bytes: Uint8Array, words: DataView, at: number, from: number, end: number, batch: EventBatch): number {
    let p = from;
    if (p === at) {
      this.#syslog5424 = false;
      p = this.#header(bytes, words, at, end);
      if (p < 0) {
        this.#headLength = 0;
        return Answer.malformed;
      }
    }

    // The tag, and its program.
    const tagStart = p;
    let tag = this.#programs.recent(bytes, words, p, end);
    if (tag >= 0) p += this.#programs.length(tag);
    else {
      let hash = 0;
      while (p < end) {
        const byte = bytes[p];
        if (byte === BRACKET || byte === COLON || byte === SPACE) break;
        hash = (Math.imul(hash, 31) + byte) | 0;
        p++;
      }
      tag = this.#programs.tag(bytes, tagStart, p, hash);
      this.#programs.remember(bytes, words, tagStart, end, tag);
    }
    const group = this.#programs.group(tag);
    if (group === Group.foreign) {
      // A tag that was cut off: nobody can say whose it was, but this one had begun like ours.
      return p === end && end - tagStart >= 4 && words.getInt32(tagStart, true) === postfixWord
        ? Answer.malformed
        : Answer.foreign;
    }
    if (this.#syslog5424) p = this.#structured(bytes, words, p, end);
    else {
      if (p < end && bytes[p] === BRACKET) {
        p++;
        const pid = p;
        while (p < end && bytes[p] >= 48 && bytes[p] <= 57) p++;
        if (p === pid || p === end || bytes[p] !== 93) return Answer.malformed;
        p++;
      }
      if (p >= end || bytes[p] !== COLON) return Answer.malformed;
      p++;
    }
    if (p < 0) return Answer.malformed;
    if (p < end && bytes[p] === SPACE) p++;
    if (p >= end) return Answer.malformed;
    if (bytes[p] === BRACKET && standsAt(bytes, words, p, end, solarisId)) {
      p = find(bytes, words, p, end, 93) + 2;
      if (p >= end) return Answer.malformed;
    }
    if (group === Group.unknown) return Answer.unsupported;

    // A queue id, perhaps.
    let q = p + this.#idLength;
    let isId = this.#knowsId(words, p, end) && bytes[q] === COLON;
    if (!isId) {
      let letters = 3;
      q = p;
      while (q < end) {
        const letter = idLetters[bytes[q]];
        if (letter === 0) break;
        letters &= letter;
        q++;
      }
      isId = q - p >= 6 && (q === end || bytes[q] === COLON) && isQueueId(bytes, p, q, letters);
      if (isId) this.#learnId(words, p, q - p);
    }
    const row = batch.count;
    let kind: number;
    if (isId) {
      if (end - q < 3 || bytes[q + 1] !== SPACE) return Answer.malformed;
      batch.id.start[row] = p;
      batch.id.end[row] = q;
      kind = this.#message(bytes, words, q + 2, end, group, batch, row);
    } else {
      batch.id.start[row] = 0;
      batch.id.end[row] = 0;
      kind = this.#other(bytes, words, p, end, group, batch, row);
    }
    if (kind <= 0) return kind;
    batch.kind[row] = kind;
    batch.instance[row] = this.#programs.instance(tag, this.#host);
    batch.time[row] = this.#stamps.time;
    batch.line.start[row] = at;
    batch.line.end[row] = end;
    batch.count = row + 1;
    return Answer.silent;
  }

  /** Reads stamp and host; answers where the tag begins, or -1. */
  #header(bytes: Uint8Array, words: DataView, at: number, end: number): number {
    let p = at;
    if (bytes[p] === 60) {
      // <PRI>, and with RFC 5424 a version behind it.
      p++;
      while (p < end && p < at + 4 && bytes[p] >= 48 && bytes[p] <= 57) p++;
      if (p >= end || bytes[p] !== GREATER || p === at + 1) return -1;
      p++;
      if (end - p > 2 && bytes[p] === 49 && bytes[p + 1] === SPACE) {
        this.#syslog5424 = true;
        p += 2;
      }
    }
    p = this.#stamps.read(bytes, words, p, end);
    if (p < 0 || p >= end || bytes[p] !== SPACE) return -1;
    while (p < end && bytes[p] === SPACE) p++;
    const host = p;
    while (p < end && bytes[p] !== SPACE) p++;
    const hostEnd = p;
    while (p < end && bytes[p] === SPACE) p++;
    if (p >= end || hostEnd === host) return -1;
    this.#host = this.#programs.host(bytes, host, hostEnd);
    const length = p - at;
    if (this.#syslog5424 || length > 240) this.#headLength = 0;
    else {
      for (let i = 0; i <= length - 4; i += 4) this.#head[i >>> 2] = words.getInt32(at + i, true);
      // The last word overlaps, so that any length is covered.
      this.#head[63] = words.getInt32(at + length - 4, true);
      this.#headLength = length;
    }
    return p;
  }

  /** Skips process id, message id and structured data of RFC 5424; answers where the message begins, or -1. */
  #structured(bytes: Uint8Array, words: DataView, at: number, end: number): number {
    let p = at;
    for (let field = 0; field < 2; field++) {
      if (p >= end || bytes[p] !== SPACE) return -1;
      p = find(bytes, words, p + 1, end, SPACE);
    }
    p++;
    if (p >= end) return -1;
    if (bytes[p] === BRACKET) {
      // Elements in brackets follow one another; values in quotes may hold anything.
      let quoted = false;
      let inside = false;
      for (; p < end; p++) {
        const byte = bytes[p];
        if (quoted) {
          if (byte === 92) p++;
          else if (byte === 34) quoted = false;
        } else if (byte === 34) quoted = true;
        else if (byte === BRACKET) inside = true;
        else if (byte === 93) inside = false;
        else if (byte === SPACE && !inside) break;
      }
    } else if (bytes[p] === 45) p++;
    else return -1;
    if (p >= end || bytes[p] !== SPACE) return -1;
    p++;
    // A byte order mark may say that the message is UTF-8.
    if (end - p > 2 && bytes[p] === 0xef && bytes[p + 1] === 0xbb && bytes[p + 2] === 0xbf) p += 3;
    return p;
  }

  /**
   * Reads what is said about a message, behind its queue id. Answers the kind of event, whose columns it fills, or an
   * `Answer` without an event.
   */
  #message(
    bytes: Uint8Array,
    words: DataView,
    at: number,
    end: number,
    group: number,
    batch: EventBatch,
    row: number,
  ): number {
    const first = bytes[at];
    // `to=<`: an attempt, whoever made it.
    if (first === 116 && end - at > 2 && bytes[at + 1] === 111 && bytes[at + 2] === EQUALS)
      return readAttempt(bytes, words, at + 3, end, batch, row);
    switch (group) {
      case Group.qmgr:
        if (end - at < 5) break;
        if (words.getInt32(at, true) === fromWord) {
          if (bytes[at + 4] === EQUALS) return this.#queued(bytes, words, at, end, batch, row);
        } else if (first === 114 && end - at === 7 && standsAt(bytes, words, at, end, removed))
          return EventKind.removed;
        break;
      case Group.cleanup:
        if (first === 109 && standsAt(bytes, words, at, end, messageId)) {
          batch.detail.start[row] = at + 11;
          batch.detail.end[row] = end;
          return EventKind.identified;
        }
        if (first === 114 && standsAt(bytes, words, at, end, resentMessageId)) {
          batch.detail.start[row] = at + 18;
          batch.detail.end[row] = end;
          return EventKind.identified;
        }
        if (first === 105 && standsAt(bytes, words, at, end, headerLogged))
          return readHeader(bytes, words, at + headerLogged.length, end, this.#stamps.time, batch, row);
        return this.#ruled(bytes, words, at, end, group, batch, row);
      case Group.smtpd:
        if (first === 99 && standsAt(bytes, words, at, end, clientField)) {
          batch.detail.start[row] = at + 7;
          batch.detail.end[row] = find(bytes, words, at + 7, end, 44);
          batch.number[row] = standsAt(bytes, words, batch.detail.end[row], end, signedIn) ? 1 : 0;
          batch.other.start[row] = 0;
          batch.other.end[row] = 0;
          return EventKind.offered;
        }
        return this.#ruled(bytes, words, at, end, group, batch, row);
      case Group.pickup:
        if (standsAt(bytes, words, at, end, uidField)) {
          batch.detail.start[row] = at;
          batch.detail.end[row] = find(bytes, words, at, end, SPACE);
          batch.number[row] = 0;
          // The sender's address comes before it and may hold anything, so the last one counts.
          const orig = findTextBackwards(bytes, words, at, end, origId);
          const isId = orig >= 0 && queueIdAt(bytes, orig + 9, end);
          batch.other.start[row] = isId ? orig + 9 : 0;
          batch.other.end[row] = isId ? end : 0;
          return EventKind.offered;
        }
        break;
      case Group.bounce: {
        const found = findText(bytes, words, at, end, notification);
        if (found >= 0 && queueIdAt(bytes, found + 15, end)) {
          batch.other.start[row] = found + 15;
          batch.other.end[row] = end;
          batch.detail.start[row] = at;
          batch.detail.end[row] = found + 13;
          return EventKind.notified;
        }
        break;
      }
      case Group.postsuper:
        if (standsAt(bytes, words, at, end, removed)) return EventKind.deleted;
        if (standsAt(bytes, words, at, end, placedOnHold)) return EventKind.held;
        if (standsAt(bytes, words, at, end, releasedFromHold)) return EventKind.released;
        if (standsAt(bytes, words, at, end, requeued)) return EventKind.requeued;
        if (standsAt(bytes, words, at, end, expired)) return EventKind.forced;
        break;
      case Group.postscreen:
      case Group.service:
        return this.#ruled(bytes, words, at, end, group, batch, row);
      case Group.command:
        return Answer.silent;
    }
    return withId[group].match(bytes, words, at, end) ? Answer.silent : Answer.unsupported;
  }

  /** The queue manager's `from=<…>, size=…, nrcpt=… (queue active)` and `from=<…>, status=expired, returned to sender`. */
  #queued(bytes: Uint8Array, words: DataView, at: number, end: number, batch: EventBatch, row: number): number {
    const bracket = bytes[at + 5] === 60 ? 1 : 0;
    const sender = at + 5 + bracket;
    if (
      end - sender > 31 &&
      words.getInt32(end - 4, true) === activeEnd &&
      standsAt(bytes, words, end - 15, end, queueActive)
    ) {
      let p = end - 16;
      let scale = 1;
      let recipients = 0;
      for (; p > sender && bytes[p] >= 48 && bytes[p] <= 57; p--) {
        recipients += (bytes[p] - 48) * scale;
        scale *= 10;
      }
      if (scale === 1 || scale > 1e9 || !standsAt(bytes, words, p - 7, end, nrcpt)) return Answer.unsupported;
      p -= 8;
      scale = 1;
      let size = 0;
      for (; p > sender && bytes[p] >= 48 && bytes[p] <= 57; p--) {
        size += (bytes[p] - 48) * scale;
        scale *= 10;
      }
      p -= 6;
      if (scale === 1 || scale > 1e15 || p - bracket < sender || !standsAt(bytes, words, p, end, sizeField))
        return Answer.unsupported;
      if (bracket === 1 && bytes[p - 1] !== GREATER) return Answer.unsupported;
      batch.sender.start[row] = sender;
      batch.sender.end[row] = p - bracket;
      batch.size[row] = size;
      batch.number[row] = recipients;
      return EventKind.accepted;
    }
    const status = findTextBackwards(bytes, words, sender, end, statusField);
    if (status < 0) {
      // Its end was cut off.
      return findTextBackwards(bytes, words, sender, end, queueActive) < 0 ? Answer.malformed : Answer.unsupported;
    }
    const value = status + 9;
    const behind = standsAt(bytes, words, value, end, expired)
      ? value + 7
      : standsAt(bytes, words, value, end, forceExpired)
        ? value + 13
        : -1;
    if (behind < 0 || !standsAt(bytes, words, behind, end, returned)) return Answer.unsupported;
    batch.sender.start[row] = sender;
    batch.sender.end[row] = bytes[status - 1] === GREATER && status > sender ? status - 1 : status;
    batch.recipient.start[row] = 0;
    batch.recipient.end[row] = 0;
    return EventKind.expired;
  }

  /** What smtpd or cleanup did by a rule: `reject: …`, `hold: …`, `discard: …` and those without effect on what is owed. */
  #ruled(
    bytes: Uint8Array,
    words: DataView,
    at: number,
    end: number,
    group: number,
    batch: EventBatch,
    row: number,
  ): number {
    if (standsAt(bytes, words, at, end, reject)) {
      if (group === Group.cleanup) return refusalInContent(bytes, words, at + 8, end, batch, row);
      return readRefusal(bytes, words, at + 8, end, batch, row);
    }
    if (standsAt(bytes, words, at, end, milterReject)) return readRefusal(bytes, words, at + 15, end, batch, row);
    if (standsAt(bytes, words, at, end, proxyReject)) return readRefusal(bytes, words, at + 14, end, batch, row);
    const hasId = batch.id.end[row] > 0;
    if (standsAt(bytes, words, at, end, hold) || standsAt(bytes, words, at, end, milterHold))
      return hasId ? EventKind.held : Answer.silent;
    if (standsAt(bytes, words, at, end, discard) || standsAt(bytes, words, at, end, milterDiscard))
      return EventKind.discarded;
    return withId[group].match(bytes, words, at, end) ? Answer.silent : Answer.unsupported;
  }

  /** Reads a line without a queue id; answers as `#message`. */
  #other(
    bytes: Uint8Array,
    words: DataView,
    at: number,
    end: number,
    group: number,
    batch: EventBatch,
    row: number,
  ): number {
    const first = bytes[at];
    // Connections are a third of a busy log.
    if (group === Group.smtpd && (first === 99 || first === 100)) {
      return withoutId[group].match(bytes, words, at, end) ? Answer.silent : Answer.unsupported;
    }
    if (first === 78 && standsAt(bytes, words, at, end, noqueue))
      return this.#ruled(bytes, words, at + 9, end, group, batch, row);
    if (first === 119 || first === 101 || first === 102 || first === 112) {
      // warning, error, fatal, panic
      const danger = this.#danger(bytes, words, at, end, group);
      if (danger) {
        batch.text.start[row] = at;
        batch.text.end[row] = end;
        return EventKind.warned;
      }
    }
    switch (group) {
      case Group.smtpd:
        // Before Postfix 2.0 there was no NOQUEUE.
        if (first === 114 && standsAt(bytes, words, at, end, reject))
          return readRefusal(bytes, words, at + 8, end, batch, row);
        if (first === 112 && standsAt(bytes, words, at, end, proxyReject))
          return readRefusal(bytes, words, at + 14, end, batch, row);
        break;
      case Group.master:
        if (standsAt(bytes, words, at, end, daemonStarted)) return EventKind.started;
        if (standsAt(bytes, words, at, end, terminating)) return EventKind.stopped;
        if (standsAt(bytes, words, at, end, reload)) return EventKind.reloaded;
        break;
      case Group.command:
        if (first === 115 && standsAt(bytes, words, at, end, stopping)) return EventKind.stopped;
        if (first === 97 && standsAt(bytes, words, at, end, aborting)) return EventKind.stopped;
        return Answer.silent;
      case Group.postsuper:
        for (const { action, colon } of sweeps) {
          if (!standsAt(bytes, words, at, end, colon)) continue;
          let count = 0;
          for (let p = at + colon.length; p < end && bytes[p] >= 48 && bytes[p] <= 57 && count < 1e8; p++) {
            count = count * 10 + bytes[p] - 48;
          }
          batch.detail.start[row] = at;
          batch.detail.end[row] = at + action.length;
          batch.number[row] = count;
          return EventKind.swept;
        }
        break;
    }
    return withoutId[group].match(bytes, words, at, end) ? Answer.silent : Answer.unsupported;
  }

  /** Whether a warning is about the mail system as a whole. Rare lines: strings are cheap enough. */
  #danger(bytes: Uint8Array, words: DataView, at: number, end: number, group: number): boolean {
    if (!severities.some((severity) => standsAt(bytes, words, at, end, severity))) return false;
    const text = textOf(bytes, at, end);
    return group === Group.qmgr || group === Group.master ? isDanger(text) : isDangerOfAny(text);
  }
}

const severities = ["warning: ", "error: ", "fatal: ", "panic: "].map(ascii);
const activeEnd = word("ive)");
