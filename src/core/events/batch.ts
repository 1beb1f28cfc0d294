// The one representation of events: columns of integers over the bytes they were read from.
//
// A batch is filled by a dialect, handed on, and filled again. Whoever wants to keep something copies
// it: a substring or a subarray that is kept would keep the whole chunk of the log alive.
// Columns of plain numbers because 5 million lines a run leave no room for an object a line.

import type { Instant } from "../time.ts";
import { EventKind, type EventKindName, eventKindNames } from "./kinds.ts";
import { textOf } from "./text.ts";

/** How the lines of a log were answered. `read + foreign + unsupported + malformed` is the number of lines. */
export interface LineCounts {
  /** Understood, with or without an event in it. */
  read: number;
  /** Another program's line. */
  foreign: number;
  /** Our MTA's line in a shape that we do not know: a gap in mailtide, worth a report. */
  unsupported: number;
  /** Not a log line at all, or cut or damaged. */
  malformed: number;
}

export type LineAnswer = keyof LineCounts;

/** A stretch of `EventBatch.bytes` a row: `start[i]` to `end[i]`, empty where the event has no such thing. */
export class Spans {
  readonly start: Int32Array<ArrayBuffer>;
  readonly end: Int32Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.start = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
  }
}

/** Packs an enhanced status code (RFC 3463) into one number; 0 is "none given". */
export function packStatus(class_: number, subject: number, detail: number): number {
  return (class_ << 24) | ((subject & 0xfff) << 12) | (detail & 0xfff);
}

/** `4.4.1` for a packed status, or the empty text for none. */
export function statusText(packed: number): string {
  return packed === 0 ? "" : `${packed >>> 24}.${(packed >>> 12) & 0xfff}.${packed & 0xfff}`;
}

/** One event as a readable object: for tests, `mailtide read` and slow paths. Absent fields were not reported. */
export interface EventView {
  kind: EventKindName;
  /** RFC 3339. */
  time: string;
  /** Name of the MTA instance that reported it, as `host/syslog name`. */
  instance: string;
  queueId?: string;
  recipient?: string;
  originalRecipient?: string;
  sender?: string;
  relay?: string;
  reply?: { code?: number; status?: string; text: string };
  /** Seconds from arrival to this outcome. */
  delay?: number;
  /** Seconds before the queue manager, in it, connecting, transmitting. */
  delays?: [number, number, number, number];
  size?: number;
  recipients?: number;
  count?: number;
  detail?: string;
  other?: string;
}

/** A batch of events of one source, in the order in which they were reported. */
export class EventBatch {
  readonly capacity: number;
  /** The bytes that all spans point into. Set by whoever fills the batch; valid until it is filled again. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Rows in use. */
  count = 0;
  /** Answers to the lines read since `clear()`, whether or not they made an event. */
  readonly lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  /** Time stamp of the last line understood since `clear()`, `NaN` if none: lines without events move time on, too. */
  lastTime: Instant = Number.NaN;
  /** Time stamp of the first line understood since `clear()`. */
  firstTime: Instant = Number.NaN;

  readonly kind: Uint8Array<ArrayBuffer>;
  /** Number of the MTA instance in `instances`. */
  readonly instance: Uint16Array<ArrayBuffer>;
  readonly time: Float64Array<ArrayBuffer>;
  readonly line: Spans;
  readonly id: Spans;
  /** Without the angle brackets; quotes are kept as they were logged. */
  readonly recipient: Spans;
  readonly original: Spans;
  /** Without the angle brackets. Empty is the null sender, for kinds that have a sender. */
  readonly sender: Spans;
  readonly relay: Spans;
  readonly text: Spans;
  readonly detail: Spans;
  readonly other: Spans;
  /** Bytes of the message. */
  readonly size: Float64Array<ArrayBuffer>;
  /** Recipients of the message (`accepted`), messages meant (`swept`), 1 if the client signed in, else 0 (`offered`), or 1 for Received (`dated`). */
  readonly number: Int32Array<ArrayBuffer>;
  /** Milliseconds from arrival to outcome, -1 where not reported; the ledger puts in what it knows better. Of `dated`, from then until now. */
  readonly delay: Float64Array<ArrayBuffer>;
  /** Four a row: milliseconds before the queue manager, in it, connecting, transmitting; -1 where not reported. */
  readonly stages: Float64Array<ArrayBuffer>;
  /** Three-digit reply code, 0 where none was quoted. */
  readonly code: Uint16Array<ArrayBuffer>;
  /** Enhanced status code by `packStatus`, 0 where none was reported. */
  readonly status: Int32Array<ArrayBuffer>;

  // What the ledger found out about each row; filled by `Ledger.record`, read by the rooms after it.
  /** Number of the destination in the ledger, -1 for none. */
  readonly destination: Int32Array<ArrayBuffer>;
  /** Number of the reason (`reasons.ts`), 0 for none. */
  readonly reason: Uint8Array<ArrayBuffer>;
  /** Number of the relay in the ledger that was spoken to or tried, -1 where none is named. */
  readonly hop: Int32Array<ArrayBuffer>;
  /** What the event turned out to mean; see `Effect` in the ledger. */
  readonly effect: Uint8Array<ArrayBuffer>;
  /** Of an offered message, and of an accepted one (see `effect`): 1 if a stranger handed it over, 0 if it is one of our own. */
  readonly outside: Uint8Array<ArrayBuffer>;
  /** Of an attempt: 1 if the message had been tried before. */
  readonly again: Uint8Array<ArrayBuffer>;

  /** Few enough rows that the bytes read are still in the processor's cache when they are recorded. */
  constructor(capacity = 512) {
    this.capacity = capacity;
    this.kind = new Uint8Array(capacity);
    this.instance = new Uint16Array(capacity);
    this.time = new Float64Array(capacity);
    this.line = new Spans(capacity);
    this.id = new Spans(capacity);
    this.recipient = new Spans(capacity);
    this.original = new Spans(capacity);
    this.sender = new Spans(capacity);
    this.relay = new Spans(capacity);
    this.text = new Spans(capacity);
    this.detail = new Spans(capacity);
    this.other = new Spans(capacity);
    this.size = new Float64Array(capacity);
    this.number = new Int32Array(capacity);
    this.delay = new Float64Array(capacity);
    this.stages = new Float64Array(capacity * 4);
    this.code = new Uint16Array(capacity);
    this.status = new Int32Array(capacity);
    this.destination = new Int32Array(capacity);
    this.reason = new Uint8Array(capacity);
    this.hop = new Int32Array(capacity);
    this.effect = new Uint8Array(capacity);
    this.outside = new Uint8Array(capacity);
    this.again = new Uint8Array(capacity);
  }

  /** Empties the batch for the next filling. Columns keep old numbers: a kind's unlisted columns mean nothing. */
  clear(): void {
    this.count = 0;
    this.lines.read = 0;
    this.lines.foreign = 0;
    this.lines.unsupported = 0;
    this.lines.malformed = 0;
    this.lastTime = Number.NaN;
    this.firstTime = Number.NaN;
  }

  /** Row `i` as a readable object. Slow: never on the hot path. */
  view(i: number, instances: { name(number: number): string }): EventView {
    const kind = this.kind[i];
    const view: EventView = {
      kind: eventKindNames[kind] as EventKindName,
      time: new Date(this.time[i]).toISOString(),
      instance: instances.name(this.instance[i]),
    };
    const take = (spans: Spans): string | undefined =>
      spans.end[i] > spans.start[i] ? textOf(this.bytes, spans.start[i], spans.end[i]) : undefined;
    const put = <K extends keyof EventView>(key: K, value: EventView[K] | undefined): void => {
      if (value !== undefined) view[key] = value;
    };
    put("queueId", take(this.id));
    const attempt =
      kind === EventKind.delivered ||
      kind === EventKind.deferred ||
      kind === EventKind.bounced ||
      kind === EventKind.probed;
    if (attempt || kind === EventKind.refused || kind === EventKind.expired) put("recipient", take(this.recipient));
    if (kind === EventKind.accepted || kind === EventKind.expired || kind === EventKind.refused) {
      view.sender = textOf(this.bytes, this.sender.start[i], this.sender.end[i]);
    }
    if (attempt || kind === EventKind.refused) {
      if (attempt) {
        put("originalRecipient", take(this.original));
        put("relay", take(this.relay));
        if (this.delay[i] >= 0) view.delay = this.delay[i] / 1000;
        const s = this.stages;
        if (s[i * 4] >= 0) {
          view.delays = [s[i * 4] / 1000, s[i * 4 + 1] / 1000, s[i * 4 + 2] / 1000, s[i * 4 + 3] / 1000];
        }
      }
      const reply: { code?: number; status?: string; text: string } = { text: take(this.text) ?? "" };
      if (this.code[i] > 0) reply.code = this.code[i];
      if (this.status[i] !== 0) reply.status = statusText(this.status[i]);
      view.reply = reply;
    }
    if (kind === EventKind.accepted) {
      view.size = this.size[i];
      view.recipients = this.number[i];
    }
    if (kind === EventKind.swept) view.count = this.number[i];
    if (kind === EventKind.warned) view.detail = take(this.text) ?? "";
    if (
      kind === EventKind.offered ||
      kind === EventKind.identified ||
      kind === EventKind.refused ||
      kind === EventKind.notified ||
      kind === EventKind.swept ||
      kind === EventKind.dated
    ) {
      put("detail", take(this.detail));
    }
    if (kind === EventKind.offered || kind === EventKind.notified || kind === EventKind.refused || attempt) {
      put("other", take(this.other));
    }
    if (kind === EventKind.dated && !Number.isNaN(this.delay[i])) view.delay = this.delay[i] / 1000;
    return view;
  }
}
