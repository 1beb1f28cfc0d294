// Time stamps of log lines: `Nov  2 03:04:05`, `2026-11-02T03:04:05.678+01:00`, and their relatives.
//
// Two things are missing from many stamps. The year: it is the one that makes the stamp the latest that is not
// after the reference plus a day. The zone: it comes from configuration, and where a clock change makes an hour
// happen twice, time goes on rather than back.

import type { Instant } from "../../../src/core/time.ts";
import { word } from "./scan.ts";

const DAY = 86_400_000;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
  (name) => word(`${name}\0`) & 0xffffff,
);

/** Days since 1970-01-01 of a date in the Gregorian calendar. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** Whether there is such a day; the year only matters for 29 February. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (month === 2) return day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28);
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/** Offsets of a zone from UTC by its local time, remembered a quarter of an hour at a time. */
class Zone {
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #known = new Map<number, readonly [number, number]>();
  #quarter = Number.NaN;
  #offsets: readonly [number, number] = [0, 0];

  constructor(name: string) {
    if (name === "UTC" || name === "Etc/UTC" || name === "GMT") return;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** The moment at which clocks show `local` (milliseconds as if it were UTC); of two, the first not before `previous`. */
  instant(local: number, previous: Instant): Instant {
    if (this.#format === undefined) return local;
    const quarter = Math.floor(local / 900_000);
    if (quarter !== this.#quarter) {
      this.#offsets = this.#offsetsOf(quarter);
      this.#quarter = quarter;
    }
    const [first, second] = this.#offsets;
    const earlier = local - first;
    // Lines may be a little out of order without the hour having begun anew.
    return first === second || Number.isNaN(previous) || earlier >= previous - 300_000 ? earlier : local - second;
  }

  #offsetsOf(quarter: number): readonly [number, number] {
    const known = this.#known.get(quarter);
    if (known !== undefined) return known;
    const local = quarter * 900_000;
    const before = this.#offsetAt(local - DAY);
    const after = this.#offsetAt(local + DAY);
    const beforeFits = this.#offsetAt(local - before) === before;
    const afterFits = this.#offsetAt(local - after) === after;
    let offsets: readonly [number, number];
    if (beforeFits && afterFits) offsets = [before, after];
    else if (afterFits) offsets = [after, after];
    else offsets = [before, before];
    if (this.#known.size >= 4096) this.#known.clear();
    this.#known.set(quarter, offsets);
    return offsets;
  }

  #offsetAt(instant: Instant): number {
    let year = 0;
    let month = 1;
    let day = 1;
    let seconds = 0;
    for (const { type, value } of this.#format?.formatToParts(instant) ?? []) {
      if (type === "year") year = Number(value);
      else if (type === "month") month = Number(value);
      else if (type === "day") day = Number(value);
      else if (type === "hour") seconds += Number(value) * 3600;
      else if (type === "minute") seconds += Number(value) * 60;
      else if (type === "second") seconds += Number(value);
    }
    return daysSinceEpoch(year, month, day) * DAY + seconds * 1000 - Math.floor(instant / 1000) * 1000;
  }
}

/** The number in two digits at `at`, -1 if they are not digits. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** The number in four digits at `at`, -1 if they are not digits. */
function four(bytes: Uint8Array, at: number): number {
  const high = two(bytes, at);
  const low = two(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/** Reads the stamps of one log. */
export class Stamps {
  /** The moment of the stamp read last, in whole milliseconds; `NaN` before the first. */
  time: Instant = Number.NaN;
  readonly #zone: Zone;
  readonly #reference: () => Instant;
  // The minute of the last ISO stamp: `2026-11-22T03:04` as four words, and its local milliseconds.
  #minute0 = 0;
  #minute1 = 0;
  #minute2 = 0;
  #minute3 = 0;
  #minute = Number.NaN;

  constructor(zone: string, reference: () => Instant) {
    this.#zone = new Zone(zone);
    this.#reference = reference;
  }

  /** Reads the stamp at `at`, sets `time`, and answers the offset behind it; -1, and `time` as it was, if there is none. */
  read(bytes: Uint8Array, words: DataView, at: number, to: number): number {
    if (to - at < 14) return -1;
    const first = bytes[at];
    return first >= 48 && first <= 57 ? this.#iso(bytes, words, at, to) : this.#bsd(bytes, at, to);
  }

  /** `Nov  2 03:04:05`; also `Nov 2 `, `Nov 02 `, `Nov  2 2026 `, and a fraction. */
  #bsd(bytes: Uint8Array, at: number, to: number): number {
    const month = months.indexOf(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) + 1;
    if (month === 0 || bytes[at + 3] !== 32) return -1;
    let p = at + 4;
    if (bytes[p] === 32) p++;
    let day = bytes[p++] - 48;
    if (day < 0 || day > 9) return -1;
    if (bytes[p] !== 32) {
      const ones = bytes[p++] - 48;
      if (ones < 0 || ones > 9) return -1;
      day = day * 10 + ones;
    }
    if (bytes[p++] !== 32) return -1;
    let year = -1;
    if (to - p > 13 && bytes[p + 4] === 32) {
      year = four(bytes, p);
      if (year < 1970) return -1;
      p += 5;
    }
    if (to - p < 8) return -1;
    const clock = this.#clock(bytes, p);
    if (clock < 0) return -1;
    p += 8;
    let fraction = 0;
    if (p < to && bytes[p] === 46) {
      const end = this.#fractionEnd(bytes, p + 1, to);
      fraction = this.#fraction;
      p = end;
    }
    if (year >= 0) {
      if (!isDate(year, month, day)) return -1;
      this.time = this.#zone.instant(daysSinceEpoch(year, month, day) * DAY + clock, this.time) + fraction;
      return p;
    }
    const limit = this.#reference() + DAY;
    // 29 February may need eight years back: 1896 to 1904.
    const latest = Math.floor(1970 + limit / (365.2425 * DAY)) + 1;
    for (year = latest; year > latest - 11; year--) {
      if (!isDate(year, month, day)) continue;
      const instant = this.#zone.instant(daysSinceEpoch(year, month, day) * DAY + clock, this.time);
      if (instant <= limit) {
        this.time = instant + fraction;
        return p;
      }
    }
    return -1;
  }

  /** `2026-11-02T03:04:05`, with fraction or not, and `Z`, `+01:00`, `+0100`, `+01` or nothing. */
  #iso(bytes: Uint8Array, words: DataView, at: number, to: number): number {
    if (to - at < 19) return -1;
    const w0 = words.getInt32(at, true);
    const w1 = words.getInt32(at + 4, true);
    const w2 = words.getInt32(at + 8, true);
    const w3 = words.getInt32(at + 12, true);
    if (w3 !== this.#minute3 || w2 !== this.#minute2 || w1 !== this.#minute1 || w0 !== this.#minute0) {
      const year = four(bytes, at);
      const month = two(bytes, at + 5);
      const day = two(bytes, at + 8);
      const hour = two(bytes, at + 11);
      const minute = two(bytes, at + 14);
      const joint = bytes[at + 10];
      if (year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || !isDate(year, month, day)) return -1;
      if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45 || bytes[at + 13] !== 58 || (joint !== 84 && joint !== 32))
        return -1;
      this.#minute = daysSinceEpoch(year, month, day) * DAY + hour * 3_600_000 + minute * 60_000;
      this.#minute0 = w0;
      this.#minute1 = w1;
      this.#minute2 = w2;
      this.#minute3 = w3;
    }
    const second = two(bytes, at + 17);
    if (bytes[at + 16] !== 58 || second < 0 || second > 60) return -1;
    let p = at + 19;
    let local = this.#minute + second * 1000;
    if (p < to && (bytes[p] === 46 || bytes[p] === 44)) {
      p = this.#fractionEnd(bytes, p + 1, to);
      local += this.#fraction;
    }
    const sign = p < to ? bytes[p] : 32;
    if (sign === 90) {
      this.time = local;
      return p + 1;
    }
    if (sign === 43 || sign === 45) {
      if (to - p < 3) return -1;
      const hours = two(bytes, p + 1);
      if (hours < 0 || hours > 23) return -1;
      p += 3;
      let minutes = 0;
      const colon = p < to && bytes[p] === 58 ? 1 : 0;
      if (to - p >= 2 + colon && bytes[p + colon] >= 48 && bytes[p + colon] <= 57) {
        minutes = two(bytes, p + colon);
        if (minutes < 0 || minutes > 59) return -1;
        p += 2 + colon;
      }
      const offset = (hours * 60 + minutes) * 60_000;
      this.time = sign === 43 ? local - offset : local + offset;
      return p;
    }
    this.time = this.#zone.instant(local, this.time);
    return p;
  }

  /** Milliseconds since midnight of `03:04:05`, -1 if it is no time. A leap second is the second after. */
  #clock(bytes: Uint8Array, at: number): number {
    const hour = two(bytes, at);
    const minute = two(bytes, at + 3);
    const second = two(bytes, at + 6);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
    if (bytes[at + 2] !== 58 || bytes[at + 5] !== 58) return -1;
    return hour * 3_600_000 + minute * 60_000 + second * 1000;
  }

  #fraction = 0;

  /** Reads digits of a second into whole milliseconds, and answers the offset behind them. */
  #fractionEnd(bytes: Uint8Array, at: number, to: number): number {
    let p = at;
    let scale = 100;
    let fraction = 0;
    while (p < to) {
      const digit = bytes[p] - 48;
      if (digit < 0 || digit > 9) break;
      if (scale >= 1) fraction += digit * scale;
      scale = scale > 1 ? scale / 10 : 0;
      p++;
    }
    this.#fraction = fraction;
    return p;
  }
}
