// Moments and counts as people read them, in one language and zone.

import { DAY, type Instant } from "../../core/time.ts";
import { html, type Markup } from "./markup.ts";

export interface Times {
  /** `Thursday 5 November at 15:15 CET`, with the year if it is another than that of `now`. */
  words(at: Instant): string;
  /** The same for people and, in UTC, for programs. */
  moment(at: Instant): Markup;
  /** Two moments as one stretch in a line of its own: `Thursday 5 November, 15:15` and `18:00 CET`. */
  line(from: Instant, to: Instant): { readonly from: Markup; readonly to: Markup };
  /** Two moments as one stretch in a sentence: what both have in common is said once. */
  stretch(from: Instant, to: Instant): { readonly from: Markup; readonly to: Markup };
  /** The day alone: `Thursday 5 November`. */
  day(at: Instant): string;
  /** Without the day, which stands above: `15:15 CET`. */
  clock(at: Instant): Markup;
  /** Two moments under the day of the first; it is named again where the second is another's. */
  clocks(from: Instant, to: Instant): { readonly from: Markup; readonly to: Markup };
  /** On an axis whose marks lie `step` apart: the time, or the day where a day begins. */
  mark(at: Instant, step: number): string;
  count(count: number): string;
  /** What to add to UTC for the zone's own time. */
  offset(at: Instant): number;
}

/** Whether a moment is one that a calendar knows. */
export function isMoment(at: Instant): boolean {
  return Math.abs(at) <= 8.64e15;
}

/** Times of a zone in the words of a locale. */
export function timesOf(locale: string, zone: string, now: Instant): Times {
  const parts = {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  } as const;
  const near = new Intl.DateTimeFormat(locale, parts);
  const far = new Intl.DateTimeFormat(locale, { ...parts, year: "numeric" });
  const year = new Intl.DateTimeFormat("en", { year: "numeric", timeZone: zone });
  const { timeZoneName: _, ...bare } = parts;
  const nearBare = new Intl.DateTimeFormat(locale, bare);
  const farBare = new Intl.DateTimeFormat(locale, { ...bare, year: "numeric" });
  const zoned = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  const date = new Intl.DateTimeFormat("en", { dateStyle: "short", timeZone: zone });
  const { hour: _hour, minute: _minute, ...dated } = bare;
  const nearDay = new Intl.DateTimeFormat(locale, dated);
  const farDay = new Intl.DateTimeFormat(locale, { ...dated, year: "numeric" });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone });
  const shortDay = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", timeZone: zone });
  const number = new Intl.NumberFormat(locale);
  const fields = new Intl.DateTimeFormat("en", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
    timeZone: zone,
  });
  const offset = (at: Instant): number => {
    const of = Object.fromEntries(fields.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const minute = Math.floor(at / 60_000) * 60_000;
    return Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute) - minute;
  };
  const words = (at: Instant): string => {
    if (!isMoment(at)) return "?";
    return year.format(at) === year.format(now) ? near.format(at) : far.format(at);
  };
  const time = (at: Instant, text: string): Markup =>
    isMoment(at) ? html`<time datetime="${new Date(at).toISOString()}">${text}</time>` : html`?`;
  const day = (at: Instant): string => {
    if (!isMoment(at)) return "?";
    return year.format(at) === year.format(now) ? nearDay.format(at) : farDay.format(at);
  };
  const stretch: Times["stretch"] = (from, to) => {
    // Where the clocks are changed in between, each has to say its zone.
    if (!isMoment(from) || !isMoment(to) || offset(from) !== offset(to)) {
      return { from: time(from, words(from)), to: time(to, words(to)) };
    }
    const first = year.format(from) === year.format(now) ? nearBare.format(from) : farBare.format(from);
    const last = date.format(from) === date.format(to) ? zoned.format(to) : words(to);
    return { from: time(from, first), to: time(to, last) };
  };
  return {
    words,
    moment: (at) => time(at, words(at)),
    stretch,
    line(from, to) {
      const whole = isMoment(from) && isMoment(to) && offset(from) === offset(to);
      if (!whole || date.format(from) !== date.format(to)) return stretch(from, to);
      return { from: time(from, `${day(from)}, ${clock.format(from)}`), to: time(to, zoned.format(to)) };
    },
    day,
    clock: (at) => time(at, isMoment(at) ? zoned.format(at) : "?"),
    clocks(from, to) {
      const same = isMoment(from) && isMoment(to) && date.format(from) === date.format(to);
      if (!same) return { from: time(from, isMoment(from) ? zoned.format(from) : "?"), to: time(to, words(to)) };
      return {
        from: time(from, offset(from) === offset(to) ? clock.format(from) : zoned.format(from)),
        to: time(to, zoned.format(to)),
      };
    },
    mark: (at, step) => ((at + offset(at)) % DAY === 0 || step >= DAY ? shortDay.format(at) : clock.format(at)),
    count: (count) => number.format(count),
    offset,
  };
}
