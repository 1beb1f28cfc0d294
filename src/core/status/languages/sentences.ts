// Every sentence there is, by name, with what is filled in. A language gives words for all of them (`Messages`); a name that is missing
// or unknown, or an argument that was forgotten, does not compile.

import type { Duration, Instant } from "../../time.ts";

/** A stretch of time in a sentence. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** What can stand in a sentence, and what it is made from. */
export interface Fillings {
  /** "18:30 on Friday", with the date if that is far away. */
  readonly moment: Instant;
  /** As `moment`; to the second if it is near. For the administrator. */
  readonly point: Instant;
  /** "between 20:00 and 22:30 on Friday" */
  readonly between: Stretch;
  /** "from 20:00 to 22:30 on Friday" */
  readonly stretch: Stretch;
  /** Planned work as a title has it: "Saturday 28 November, 22:00–23:30". */
  readonly appointment: Stretch;
  /** Rounded for the public. Below ten it is 0: so few would name somebody, and 0 reads "late mail" without a number. */
  readonly count: number;
  /** As it is, for plurals and for the administrator. */
  readonly number: number;
  /** Up to twelve in words; the number itself is in the slot with an `N` behind its name. */
  readonly word: number;
  /** "25 hours and 20 minutes" */
  readonly length: Duration;
  /** Names, as they are. */
  readonly text: string;
  /** "a, b and c" */
  readonly list: readonly string[];
  /** Chooses between wordings. */
  readonly choice: string;
}

type Slots = Readonly<Record<string, keyof Fillings>>;

/** The sentences, in the order in which a notice has them. */
export const sentences = {
  "headline.blind": {},
  "headline.normal": {},
  "headline.normal.gone": {},
  "headline.planned": { window: "appointment" },
  "headline.planned.unknown": {},
  "headline.work": {},
  "headline.overrun": {},
  "headline.suspected": {},
  "headline.down": {},
  "headline.down.long": { days: "number", share: "choice" },
  "headline.filter": {},
  "headline.receiving": {},
  "headline.sending": {},
  "headline.again": {},
  "headline.again.long": { days: "number" },
  "headline.again.filter": {},
  "headline.again.receiving": {},
  "headline.again.sending": {},
  "headline.partial": {},
  "headline.lines": { failing: "word", of: "word" },
  "headline.places": {},
  "headline.parts": { n: "number" },
  "headline.late.only": {},
  "headline.late": {},
  "headline.late.through": {},
  "headline.resolved": {},
  "headline.resolved.gone": {},

  "promise.broken": { by: "moment" },

  "blind.unknown": {},
  "normal.works": {},
  "planned.when": { window: "stretch" },
  "planned.whenUnknown": {},
  "work.began": { at: "moment" },
  "work.underWay": {},
  "work.until": { to: "moment" },
  "work.overrun": { to: "moment" },
  "work.overrun.end": {},
  "work.became": {},
  "down.since": { at: "moment" },
  "down.sinceUnknown": {},
  "receiving.since": { at: "moment" },
  "receiving.sinceUnknown": {},
  "sending.since": { at: "moment" },
  "sending.sinceUnknown": {},
  "filter.since": { at: "moment" },
  "filter.sinceUnknown": {},
  "again.times": { worked: "stretch" },
  "again.stopped": { stopped: "moment" },
  "again.sorry": {},
  "again.times.part": { worked: "stretch" },
  "again.sorry.part": {},
  "again.estimate": {},
  "again.care": {},
  "suspected.quiet": {},
  "suspected.late": {},
  "suspected.sign": {},
  "suspected.means": {},
  "seems.back": { at: "moment" },
  "parts.failing": { names: "list", n: "number" },
  "partial.since": { at: "moment" },
  "partial.sinceUnknown": {},
  "lines.failing": { failing: "word", of: "word" },
  "places.since": { at: "moment" },
  "places.sinceUnknown": {},
  "late.back": { at: "moment" },
  "late.new": {},
  "late.new.slow": {},
  "resolved.since": { at: "moment" },
  "resolved.again": {},

  "means.neither": {},
  "means.mayNot": {},
  "means.work": {},
  "work.notLost": {},
  "work.keep": {},
  "means.receiving": {},
  "means.sending": {},
  "means.filter": {},
  "means.lines": { failing: "number", of: "number" },
  "means.lines.rest": {},
  "means.places": { n: "count" },
  "means.places.rest": {},
  "means.unclear": {},

  "senders.notLost": {},
  "senders.keep": {},
  "senders.keepMail": {},
  "senders.days": { days: "number" },
  "senders.most": {},
  "senders.nearlyAll": {},
  "senders.mayReturn": { share: "choice", since: "moment" },
  "senders.mayHaveReturned": {},
  "senders.stillOut": { n: "count" },
  "senders.stillOut.range": { by: "moment" },
  "senders.stillOut.rest": { until: "moment" },
  "senders.stillOut.why": {},
  "senders.stillOut.late": {},
  "senders.stillOut.unknown": {},

  "kept.here": {},
  "kept.atRisk": {},
  "kept.all": {},

  "late.waiting": { n: "count" },
  "late.unknown": {},
  "late.expected": { between: "between" },
  "late.share": {},
  "late.cannotSay": {},
  "late.gone": {},
  "late.nearlyGone": {},
  "late.watching": {},
  "late.watching.staff": {},
  "late.oldDate": {},
  "down.cannotSay": {},
  "places.cannotSay": {},

  "account.times": { stretch: "stretch" },
  "account.length": { length: "length" },
  "account.late": { n: "count" },
  "account.arrived": {},
  "account.gone": {},
  "account.returned": { n: "count" },
  "account.uncounted": {},

  "hole.copy": {},
  "hole.gone": { stretch: "stretch" },
  "hole.more": { n: "number" },

  "do.nothing": {},
  "do.nothingWork": {},
  "do.nothingIfWorks": {},
  "do.otherWay": {},
  "do.ask": {},
  "do.wait": { until: "moment" },
  "do.missing": {},
  "do.sendAgain": {},
  "do.sparing": {},
  "do.follow": {},

  "next.by": { by: "moment" },
  "next.start": { at: "moment" },

  "update.noNews": {},
  "update.estimate": {},
  "update.withdrawn": {},

  "title.suspected": {},
  "title.down": {},
  "title.filter": {},
  "title.receiving": {},
  "title.sending": {},
  "title.lines": { failing: "word", of: "word" },
  "title.partial": {},
  "title.late": {},
  "title.overrun": {},
  "title.trouble": {},
  "title.window": {},

  "admin.blind": { why: "text" },
  "admin.unknown": {},
  "admin.clear": { n: "number" },
  "admin.delayed": { delayed: "number", messages: "number", due: "number", state: "choice" },
  "admin.range": { likely: "point", earliest: "point", latest: "point", limit: "choice" },
  "admin.stuck": { place: "text", n: "number", reason: "text" },
  "admin.stuck.until": { place: "text", n: "number", reason: "text", from: "point" },
  "admin.stuck.more": { n: "number" },
  "admin.waiting": { n: "number" },
  "admin.counted": { n: "number", at: "point" },
  "admin.counted.between": { n: "number", most: "number", at: "point" },
  "admin.counted.part": { n: "number", at: "point" },
  "admin.givenUp": { n: "number" },
  "admin.nextGiveUp": { from: "point" },
  "admin.mark18": { hours: "number", from: "point" },
  "admin.returning": { out: "number", held: "number", by: "point" },
  "admin.within1h": { n: "number" },
  "admin.held": { n: "number" },
  "admin.lines": { names: "list", n: "number" },
  "admin.promise.soon": { by: "point" },
  "admin.promise.broken": { by: "point" },
} as const satisfies Record<string, Slots>;

export type SentenceName = keyof typeof sentences;

/** What a sentence wants to be filled with. */
export type Filling<Name extends SentenceName> = {
  readonly [Slot in keyof (typeof sentences)[Name]]: (typeof sentences)[Name][Slot] extends keyof Fillings
    ? Fillings[(typeof sentences)[Name][Slot]]
    : never;
};

/** How a language writes times and small numbers. Slots: {time}, {weekday}, {date}, {hour}; {from} and {to}; {zone}; {n}. */
export const formNames = [
  "moment",
  "between.day",
  "between.days",
  "stretch.day",
  "stretch.days",
  "zone",
  "word",
] as const;
export type FormName = (typeof formNames)[number];

/** The words of a language: an ICU message for every sentence and every form. */
export type Messages = Readonly<Record<SentenceName | FormName, string>>;
