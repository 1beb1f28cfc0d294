// Reads the output of `postqueue -p` (also `mailq`): the only listing that Postfix has before 3.1.
//
//   -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
//   C74D0218723!     560 Sun Nov 22 05:53:16  sender@example.org
//                      (connect to 192.0.2.1[192.0.2.1]:25: Connection refused)
//                                            recipient@example.org
//
//   -- 2 Kbytes in 4 Requests.
//
// `*` is active, `!` on hold, `#` marked to expire. The listing does not tell incoming, deferred and maildrop
// apart: what has a reason counts as deferred, all else as unknown. The stamps have neither year nor zone.

import { QueueName, SurveyBatch } from "../../../src/core/events/survey.ts";
import { textOf } from "../../../src/core/events/text.ts";
import { DAY, type Instant } from "../../../src/core/time.ts";
import type { ListingReader } from "../../dialect.ts";
import { LONGEST_ENTRY, Window } from "./window.ts";

type Hand = (batch: SurveyBatch) => void;

const LF = 10;
const SPACE = 32;
const OPENING = 40;
const CLOSING = 41;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const header = /^([0-9A-Za-z]+)([*!#]*) +(\d+) ([A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) +/;

/** How to read stamps: nothing in the queue is later than `now`; `zone` is the IANA zone of the process that wrote them. */
export interface TextListingOptions {
  readonly now: Instant;
  readonly zone: string;
}

/** Reads `postqueue -p`. A listing without its closing line counts as cut in half: one malformed entry. */
export function openTextListing(options: TextListingOptions): ListingReader {
  return new TextListing(options);
}

class TextListing implements ListingReader {
  readonly #options: TextListingOptions;
  readonly #instantOf: (year: number, month: number, day: number, time: number) => Instant;
  readonly #window = new Window();
  readonly #batch = new SurveyBatch();
  #closed = false;
  #anything = false;

  constructor(options: TextListingOptions) {
    this.#options = options;
    this.#instantOf = localTime(options.zone);
  }

  push(piece: Uint8Array, hand: Hand): void {
    const window = this.#window;
    if (piece.length > 0) this.#anything = true;
    for (let from = 0; from < piece.length; ) {
      from += window.take(piece, from);
      // An entry ends with an empty line.
      let last = window.bytes.subarray(0, window.end).lastIndexOf(LF);
      while (last > 0 && window.bytes[last - 1] !== LF) last = window.bytes.lastIndexOf(LF, last - 1);
      if (last > 0) {
        this.#lines(last + 1, hand);
        window.drop(last + 1);
      } else if (window.end > LONGEST_ENTRY) {
        this.#batch.malformed++;
        window.drop(window.end);
      }
    }
  }

  end(hand: Hand): void {
    const window = this.#window;
    if (window.end > 0) {
      window.bytes[window.end++] = LF;
      this.#lines(window.end, hand);
      window.drop(window.end);
    }
    if (this.#anything && !this.#closed) this.#batch.malformed++;
    this.#handOn(hand);
  }

  #handOn(hand: Hand): void {
    const batch = this.#batch;
    if (batch.count > 0 || batch.malformed > 0) hand(batch);
    batch.clear();
  }

  #lines(end: number, hand: Hand): void {
    const { bytes } = this.#window;
    const batch = this.#batch;
    batch.bytes = bytes;
    /** Row of the message that recipients belong to, -1 while there is none. */
    let row = -1;
    let reasonStart = 0;
    let reasonEnd = 0;
    for (let at = 0; at < end; ) {
      const feed = bytes.indexOf(LF, at);
      const start = at;
      let stop = feed;
      while (stop > start && bytes[stop - 1] <= SPACE) stop--;
      at = feed + 1;
      if (stop === start) {
        row = -1;
        continue;
      }
      // Reasons are set to the right and begin at the margin if they are long.
      if (bytes[start] !== SPACE && bytes[start] !== OPENING) {
        row = this.#header(start, stop, hand);
        reasonStart = reasonEnd = 0;
        continue;
      }
      if (row < 0) continue;
      let from = start;
      while (bytes[from] === SPACE) from++;
      if (bytes[from] === OPENING && bytes[stop - 1] === CLOSING) {
        reasonStart = from + 1;
        reasonEnd = stop - 1;
        if (batch.queue[row] === QueueName.unknown) batch.queue[row] = QueueName.deferred;
        continue;
      }
      if (batch.recipients === batch.recipientCapacity) row = this.#continued(row, hand);
      const recipient = batch.recipients++;
      batch.recipient.start[recipient] = from;
      batch.recipient.end[recipient] = stop;
      batch.reason.start[recipient] = reasonStart;
      batch.reason.end[recipient] = reasonEnd;
      batch.recipientCount[row]++;
    }
    this.#handOn(hand);
  }

  /** Hands on what there is and goes on with the same message in an empty batch. */
  #continued(row: number, hand: Hand): number {
    const batch = this.#batch;
    this.#handOn(hand);
    for (const column of [batch.queue, batch.arrival, batch.size, batch.forced, batch.nextAttempt])
      column[0] = column[row];
    for (const spans of [batch.id, batch.sender]) {
      spans.start[0] = spans.start[row];
      spans.end[0] = spans.end[row];
    }
    batch.firstRecipient[0] = 0;
    batch.recipientCount[0] = 0;
    batch.count = 1;
    return 0;
  }

  #header(start: number, stop: number, hand: Hand): number {
    const { bytes } = this.#window;
    const batch = this.#batch;
    const line = textOf(bytes, start, Math.min(stop, start + 100));
    const found = header.exec(line);
    if (found === null) {
      if (line.startsWith("Mail queue is empty") || /^-- \d+ .?bytes in \d+ Request/.test(line)) this.#closed = true;
      else if (!line.startsWith("-Queue ID-")) batch.malformed++;
      return -1;
    }
    if (batch.count === batch.capacity) this.#handOn(hand);
    const [all, id, marks, size, weekday, month, day, hour, minute, second] = found;
    const row = batch.count++;
    batch.queue[row] = marks.includes("*")
      ? QueueName.active
      : marks.includes("!")
        ? QueueName.hold
        : QueueName.unknown;
    batch.id.start[row] = start;
    batch.id.end[row] = start + id.length;
    batch.arrival[row] = this.#arrival(
      weekdays.indexOf(weekday),
      months.indexOf(month),
      Number(day),
      (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000,
    );
    batch.size[row] = Number(size);
    batch.forced[row] = marks.includes("#") ? 1 : 0;
    batch.nextAttempt[row] = Number.NaN;
    batch.sender.start[row] = start + all.length;
    batch.sender.end[row] =
      stop - start - all.length === 13 && line.endsWith("MAILER-DAEMON") ? start + all.length : stop;
    batch.firstRecipient[row] = batch.recipients;
    batch.recipientCount[row] = 0;
    return row;
  }

  /**
   * The newest moment before now (and a day for clock differences) with this date. The weekday tells more: mail may be on
   * hold for years.
   */
  #arrival(weekday: number, month: number, day: number, time: number): Instant {
    const latest = this.#options.now + DAY;
    let newest = Number.NaN;
    for (let year = new Date(latest).getUTCFullYear() + 1, tried = 0; tried < 12; year--, tried++) {
      const date = new Date(Date.UTC(year, month, day));
      if (date.getUTCMonth() !== month) continue;
      const instant = this.#instantOf(year, month, day, time);
      if (instant > latest) continue;
      if (date.getUTCDay() === weekday) return instant;
      if (Number.isNaN(newest)) newest = instant;
    }
    return newest;
  }
}

/** Converts local dates of a zone, of which the offsets are looked up once a quarter of an hour. */
function localTime(zone: string): (year: number, month: number, day: number, time: number) => Instant {
  if (zone === "UTC") return (year, month, day, time) => Date.UTC(year, month, day) + time;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();
  const offsetAt = (instant: Instant): number => {
    const quarter = Math.floor(instant / 900_000);
    let offset = known.get(quarter);
    if (offset === undefined) {
      const part: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(quarter * 900_000)) part[type] = Number(value);
      offset = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - quarter * 900_000;
      known.set(quarter, offset);
    }
    return offset;
  };
  return (year, month, day, time) => {
    const wall = Date.UTC(year, month, day) + time;
    // Twice, since the first guess may lie on the other side of a change of the clocks.
    return wall - offsetAt(wall - offsetAt(wall));
  };
}
