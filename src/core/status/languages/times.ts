// Times as a language writes them, always in the operator's zone. Pure: a moment, a zone and "now" give the same text.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";

/** Whether there is such a moment: what is not a number, or outside of the calendar, is none. */
export function isMoment(at: Instant | undefined): at is Instant {
  return at !== undefined && Math.abs(at) < 8.6e15;
}

type Options = Intl.DateTimeFormatOptions;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and cheap to use; there are few: one a language, zone and form. */
function format(locale: string, zone: string, name: string, options: Options): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: "h23", ...options });
  formats.set(key, made);
  return made;
}

const memory = new Map<string, string | boolean>();

/** What was found out once; forgotten when it is much. */
function once<Found extends string | boolean>(key: string, find: () => Found): Found {
  const known = memory.get(key);
  if (known !== undefined) return known as Found;
  if (memory.size > 20_000) memory.clear();
  const found = find();
  memory.set(key, found);
  return found;
}

/** Clocks are put forward and back on quarters of an hour: what holds for one moment of a quarter holds for all. */
function quarterOf(at: Instant): Instant {
  return Math.floor(at / (15 * MINUTE)) * 15 * MINUTE;
}

/** `18:30` */
export function clock(locale: string, zone: string, at: Instant): string {
  return format(locale, zone, "clock", { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** `18:30:05` */
export function fineClock(locale: string, zone: string, at: Instant): string {
  return format(locale, zone, "fine", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

/** `Friday`; with its date from six days off, when the weekday alone could be another one; with the year if that is far, too. */
export function day(locale: string, zone: string, at: Instant, now: Instant): string {
  const off = Math.abs(at - now);
  if (off < 6 * DAY) return format(locale, zone, "weekday", { weekday: "long" }).format(at);
  const dated: Options = { weekday: "long", day: "numeric", month: "long" };
  if (off < 300 * DAY) return format(locale, zone, "date", dated).format(at);
  return format(locale, zone, "year", { ...dated, year: "numeric" }).format(at);
}

/** Hour of the day, 0 to 23: some languages choose a word by it. */
export function hourOf(zone: string, at: Instant): number {
  const quarter = quarterOf(at);
  return Number(
    once(`${zone} hour ${quarter}`, () => format("en-GB", zone, "hour", { hour: "2-digit" }).format(quarter)),
  );
}

/** Whether both are in one calendar day of the zone. */
export function sameDay(zone: string, a: Instant, b: Instant): boolean {
  const dates = format("en-CA", zone, "day", { year: "numeric", month: "2-digit", day: "2-digit" });
  return Math.abs(a - b) < DAY + HOUR && dates.format(a) === dates.format(b);
}

/** Planned work as a title has it: `Saturday 28 November, 22:00–23:30`, shorter if it goes over midnight. */
export function appointment(locale: string, zone: string, from: Instant, to: Instant, now: Instant): string {
  const year: Options = Math.abs(from - now) < 300 * DAY ? {} : { year: "numeric" };
  const time: Options = { hour: "2-digit", minute: "2-digit" };
  const whole = sameDay(zone, from, to);
  const name = whole ? "long" : "short";
  const date: Options = { weekday: name, day: "numeric", month: name };
  const form = format(locale, zone, `appointment ${name} ${year.year ?? ""}`, { ...date, ...year, ...time });
  // Thin and narrow spaces around the dash are not for everybody's screen.
  return form.formatRange(from, Math.max(from, to)).replace(/[\u2009\u202f]/g, " ");
}

function wall(zone: string, at: Instant): string {
  return format("en-GB", zone, "wall", { day: "2-digit", hour: "2-digit", minute: "2-digit" }).format(at);
}

/** Whether a clock shows this time twice, as in the night in which it is put back. Clocks are put back by half an hour or by whole ones. */
export function isTwice(zone: string, at: Instant): boolean {
  const quarter = quarterOf(at);
  return once(`${zone} ${quarter}`, () => {
    const mine = wall(zone, quarter);
    return [-120, -60, -30, 30, 60, 120].some((minutes) => wall(zone, quarter + minutes * MINUTE) === mine);
  });
}

type ZoneForm = "long" | "longGeneric";

function zoneText(locale: string, zone: string, at: Instant, form: ZoneForm): string {
  const quarter = quarterOf(at);
  return once(`${locale} ${zone} ${form} ${quarter}`, () => {
    const parts = format(locale, zone, form, { timeZoneName: form }).formatToParts(quarter);
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
  });
}

/** The zone at this moment: `Central European Summer Time`. */
export function exactZone(locale: string, zone: string, at: Instant): string {
  return zoneText(locale, zone, at, "long");
}

/** The zone for all times of a text, whether in summer or winter: `Central European Time`. */
export function zoneName(locale: string, zone: string, at: Instant): string {
  const generic = zoneText(locale, zone, at, "longGeneric");
  // Where a language has no such name it makes one that nobody says.
  return /^(GMT|UTC)|[:(]/.test(generic) ? exactZone(locale, zone, at) : generic;
}

const numbers = new Map<string, Intl.NumberFormat>();

function unitText(locale: string, unit: "day" | "hour" | "minute", n: number): string {
  const key = `${locale} ${unit}`;
  const made = numbers.get(key) ?? new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  numbers.set(key, made);
  return made.format(n);
}

/** `25 hours and 20 minutes`, `3 days and 4 hours`; at least a minute. */
export function length(locale: string, duration: Duration): string {
  const minutes = Math.max(1, Math.round(duration / MINUTE));
  const hours = Math.floor(minutes / 60);
  const parts =
    hours < 48
      ? ([
          ["hour", hours],
          ["minute", minutes % 60],
        ] as const)
      : ([
          ["day", Math.floor(hours / 24)],
          ["hour", hours % 24],
        ] as const);
  const told = parts.filter(([, n]) => n > 0).map(([unit, n]) => unitText(locale, unit, n));
  return new Intl.ListFormat(locale).format(told);
}
