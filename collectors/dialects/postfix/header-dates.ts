// When a message says it was sent: dates as strangers write them in headers, and ids that carry the time.
//
// Anything may stand in a header. What cannot be read for certain is `NaN`: a date without a zone may be half a day off.

import { type Instant, SECOND } from "../../../src/core/time.ts";

/** No date is longer; the rest of a line is not looked at. */
const longestDate = 120;
const longestZone = 14 * 60;

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

// Minutes east of UTC. Names outside RFC 5322 4.3 mean several things (IST, CST in China), so they mean nothing here.
const zones: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

const clockPart = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?`;
const zonePart = String.raw`((?:GMT|UTC|UT)?[+-]\d{2}:?\d{2}(?!\d)|[A-Za-z]{1,3}(?![A-Za-z]))`;
// RFC 5322 3.3 and what is near to it: `Mon, 23 Nov 2026 20:00:00 +0100`, `23-Nov-26 20:00 GMT`.
const usual = new RegExp(
  String.raw`^(?:[A-Za-z]{2,9}[.,]?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[A-Za-z]{0,6}[.,]?[\s-]+(\d{2,4})[\s,]+${clockPart}\s*${zonePart}`,
);
// asctime(3) with a zone: `Mon Nov 23 20:00:00 +0100 2026`, also behind the year.
const asctime = new RegExp(
  String.raw`^[A-Za-z]{3},?\s+([A-Za-z]{3})\s+(\d{1,2})\s+${clockPart}\s+(?:${zonePart}\s+(\d{4})|(\d{4})\s+${zonePart})`,
);
// RFC 3339.
const plain = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})[T\s]${clockPart}\s*${zonePart}`);

/** Comments out, folding and control characters made blanks: a log shows a line's end or a tab as `?`. */
function bare(text: string): string {
  let depth = 0;
  let out = "";
  for (const letter of text.slice(0, longestDate)) {
    if (letter === "(") depth++;
    else if (letter === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) out += letter === "?" || letter < " " ? " " : letter;
  }
  return out.trim();
}

function zoneOf(text: string): number {
  const named = zones[text.toLowerCase()];
  if (named !== undefined) return named;
  const parts = /([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (parts === null) return Number.NaN;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  if (Number(parts[3]) > 59 || minutes > longestZone) return Number.NaN;
  return parts[1] === "-" ? -minutes : minutes;
}

// RFC 5322 4.3: two digits of a year below 50 are of this century, all others are counted from 1900.
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function momentOf(
  year: number,
  month: number,
  day: number,
  clock: readonly (string | undefined)[],
  zone: string,
): Instant {
  const [hour, minute, second] = clock.map((part) => Number(part ?? 0));
  if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 60) return Number.NaN;
  const at = Date.UTC(year, month, day, hour, minute, Math.min(second, 59));
  // The 31st of April would be the 1st of May.
  if (new Date(at).getUTCDate() !== day && day > 0) return Number.NaN;
  return day > 0 ? at - zoneOf(zone) * 60 * SECOND : Number.NaN;
}

/** The moment that a date of a header names; `NaN` where it names none for certain. Never throws, reads no more than a line. */
export function headerDate(text: string): Instant {
  const date = bare(text);
  let found = usual.exec(date);
  if (found !== null) {
    const [, day, month, year, hour, minute, second, zone] = found;
    return momentOf(yearOf(year), months.indexOf(month.toLowerCase()), Number(day), [hour, minute, second], zone);
  }
  found = asctime.exec(date);
  if (found !== null) {
    const [, month, day, hour, minute, second, zone, year, yearFirst, zoneLast] = found;
    const clock = [hour, minute, second];
    return momentOf(
      Number(year ?? yearFirst),
      months.indexOf(month.toLowerCase()),
      Number(day),
      clock,
      zone ?? zoneLast,
    );
  }
  found = plain.exec(date);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, zone] = found;
  return momentOf(Number(year), Number(month) - 1, Number(day), [hour, minute, second], zone);
}

const letters52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
const letters62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function secondsOf(text: string, letters: string): number {
  let seconds = 0;
  for (const letter of text) seconds = seconds * letters.length + letters.indexOf(letter);
  return seconds;
}

/**
 * When the host that wrote a Received header took the message, by the id that it gave it: long ids of Postfix, ids of Exim and Courier.
 * `NaN` where there is none that carries a time. A short id of Postfix and an id of sendmail carry none that is of use.
 */
export function idDate(received: string): Instant {
  const postfix =
    /\(Postfix[^()]{0,40}\) (?:with \w{1,12} )?id ([0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{12,31})(?![\w])/.exec(received);
  if (postfix !== null && postfix[1].indexOf("z", 10) > 0) return secondsOf(postfix[1].slice(0, 6), letters52) * SECOND;
  const exim = /\bid ([0-9A-Za-z]{6})-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?![\w-])/.exec(
    received,
  );
  if (exim !== null) return secondsOf(exim[1], letters62) * SECOND;
  const courier = /\bid [0-9A-F]{16}\.([0-9A-F]{16})\.[0-9A-F]{8}(?![\w])/.exec(received);
  if (courier !== null) return Number.parseInt(courier[1], 16) * SECOND;
  return Number.NaN;
}
