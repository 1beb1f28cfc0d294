// One language at work: from the name of a sentence and what fills it to text. ICU messages by intl-messageformat; dates by `Intl`.

import { IntlMessageFormat } from "intl-messageformat";
import { HOUR, type Instant } from "../../time.ts";
import type { Filling, Fillings, FormName, Messages, SentenceName, Stretch } from "./sentences.ts";
import { sentences } from "./sentences.ts";
import * as times from "./times.ts";

/** Stands behind a time until the text is whole: the first one becomes the name of the zone. A private character; operator's words have none. */
export const zoneMark = "\uE000";

/** What holds for one text. */
export interface Setting {
  readonly zone: string;
  readonly now: Instant;
  /** Whether numbers of messages may be told. */
  readonly counts: boolean;
}

/** Two digits, and 0 below ten: so few would name somebody. */
export function rounded(count: number): number {
  if (!(count >= 10) || !Number.isFinite(count)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}

/** One text in one language, sentence by sentence. */
export interface Teller {
  say<Name extends SentenceName>(name: Name, filling: Filling<Name>): string;
  moment(at: Instant): string;
  between(stretch: Stretch): string;
  stretch(stretch: Stretch): string;
  /** The text with its zone named at the first time in it, and nowhere else. */
  whole(text: string): string;
}

export interface Speech {
  readonly locale: string;
  tell(setting: Setting): Teller;
}

type Values = Record<string, string | number>;

/** Words and locale of a language, ready to speak. */
export function speech(locale: string, messages: Messages): Speech {
  const made = new Map<string, IntlMessageFormat>();

  function text(name: SentenceName | FormName, values: Values): string {
    const plain = messages[name];
    if (!plain.includes("{")) return plain;
    let message = made.get(name);
    if (message === undefined) {
      message = new IntlMessageFormat(plain, locale, undefined, { ignoreTag: true });
      made.set(name, message);
    }
    return String(message.format(values));
  }

  /** `18:30`, with its own zone in the hour that the clock shows twice. */
  function clock(zone: string, at: Instant): string {
    const plain = times.clock(locale, zone, at);
    return times.isTwice(zone, at) ? `${plain}${text("zone", { zone: times.exactZone(locale, zone, at) })}` : plain;
  }

  function moment({ zone, now }: Setting, at: Instant): string {
    if (!times.isMoment(at)) return "?";
    const day = times.day(locale, zone, at, now);
    const said = text("moment", { time: clock(zone, at), day, hour: times.hourOf(zone, at) });
    return `${said}${zoneMark}`;
  }

  function point(setting: Setting, at: Instant): string {
    if (!times.isMoment(at)) return "?";
    const near = Math.abs(at - setting.now) < 2 * HOUR;
    return near ? times.fineClock(locale, setting.zone, at) : moment(setting, at);
  }

  function stretch(setting: Setting, form: "between" | "stretch", { from, to }: Stretch): string {
    const { zone, now } = setting;
    if (!times.sameDay(zone, from, to)) {
      const [first, last] = [moment(setting, from).replace(zoneMark, ""), moment(setting, to)];
      return text(`${form}.days`, { from: first, to: last });
    }
    const day = times.day(locale, zone, to, now);
    const hours = { fromHour: times.hourOf(zone, from), toHour: times.hourOf(zone, to) };
    const said = text(`${form}.day`, { from: clock(zone, from), to: clock(zone, to), day, ...hours });
    return `${said}${zoneMark}`;
  }

  function filled(setting: Setting, kind: keyof Fillings, value: Fillings[keyof Fillings]): string | number {
    if (typeof value === "number") {
      if (kind === "moment") return moment(setting, value);
      if (kind === "point") return point(setting, value);
      if (kind === "length") return times.length(locale, value);
      if (kind === "word") return text("word", { n: value });
      if (kind === "count") return setting.counts ? rounded(value) : 0;
      return value;
    }
    if (typeof value === "string") return value;
    if (!("from" in value)) return new Intl.ListFormat(locale).format(value);
    if (kind === "appointment") return times.appointment(locale, setting.zone, value.from, value.to, setting.now);
    return stretch(setting, kind === "between" ? "between" : "stretch", value);
  }

  return {
    locale,
    tell(setting) {
      return {
        say(name, filling) {
          const slots: Readonly<Record<string, keyof Fillings>> = sentences[name];
          const given: Readonly<Record<string, Fillings[keyof Fillings]>> = filling;
          const values: Values = {};
          for (const [slot, kind] of Object.entries(slots)) {
            const value = given[slot];
            values[slot] = filled(setting, kind, value);
            // The number behind the word, for what has to agree with it.
            if (kind === "word" && typeof value === "number") values[`${slot}N`] = value;
          }
          return text(name, values);
        },
        moment: (at) => moment(setting, at),
        between: (value) => stretch(setting, "between", value),
        stretch: (value) => stretch(setting, "stretch", value),
        whole(told) {
          const zone = text("zone", { zone: times.zoneName(locale, setting.zone, setting.now) });
          return told.replace(zoneMark, zone).replaceAll(zoneMark, "");
        },
      };
    },
  };
}
