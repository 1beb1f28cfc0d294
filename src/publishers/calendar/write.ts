// Planned work as iCalendar (RFC 5545), by the package `ical-generator`. It folds and escapes what events say, but not the
// calendar's own name. It is given no zone: with one it would write stamps without any.

import { ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from "ical-generator";
import type { PublicDocument, PublicWindow } from "../../core/status/public/document.ts";
import { momentsIn, said, wordsFor } from "../languages.ts";
import { plainLine, plainText } from "../plain-text.ts";

interface Words {
  readonly calendar: (service: string) => string;
  readonly cancelled: (name: string) => string;
  readonly times: (from: string, to: string) => string;
}

const words: Readonly<Record<string, Words>> & { readonly en: Words } = {
  en: {
    calendar: (service) => `Planned work: ${service}`,
    cancelled: (name) => `Cancelled: ${name}`,
    times: (from, to) => `From ${from} to ${to}.`,
  },
  de: {
    calendar: (service) => `Geplante Arbeiten: ${service}`,
    cancelled: (name) => `Abgesagt: ${name}`,
    times: (from, to) => `Von ${from} bis ${to}.`,
  },
  fr: {
    calendar: (service) => `Travaux prévus : ${service}`,
    cancelled: (name) => `Annulé : ${name}`,
    times: (from, to) => `Du ${from} au ${to}.`,
  },
  es: {
    calendar: (service) => `Trabajos previstos: ${service}`,
    cancelled: (name) => `Cancelado: ${name}`,
    times: (from, to) => `Del ${from} al ${to}.`,
  },
};

/** The calendar of a document in a language. Nothing in it comes from a clock: the same document is the same calendar. */
export function calendarOf(document: PublicDocument, tag: string, path: string): string {
  const { name, demonstration, url, zone, windows } = document;
  const { calendar } = wordsFor(words, tag);
  const title = plainLine(calendar(demonstration ? `Demonstration: ${name}` : name)).replace(/[\\;,]/g, "\\$&");
  const made = new ICalCalendar({
    name: title,
    prodId: { company: "mailtide", product: "planned work", language: tag.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
    ...(url === undefined ? {} : { url: `${url}${path}` }),
  });
  for (const window of windows) made.createEvent(eventOf(document, window, tag));
  // The package would put it behind the events, where RFC 5545 has no place for it.
  return `${made.toString().replace("METHOD:PUBLISH\r\n", `METHOD:PUBLISH\r\nX-WR-TIMEZONE:${zone}\r\n`)}\r\n`;
}

function eventOf(document: PublicDocument, window: PublicWindow, tag: string) {
  const { url, zone } = document;
  const { cancelled, times } = wordsFor(words, tag);
  const { id, from, to, announced, changed, sequence, status } = window;
  const moment = momentsIn(tag, zone);
  const name = plainLine(said(window.name, tag, document));
  const text = plainText(said(window.words, tag, document)).trim();
  const over = status === "cancelled";
  const place = url === undefined ? {} : { url: `${url}/m/${encodeURIComponent(id)}` };
  return {
    // The same for ever, whatever the site is called: a calendar program knows the event by it.
    id: `${id}.mailtide`,
    sequence,
    // When it became as it is, so that nothing changes without a reason.
    stamp: new Date(changed),
    created: new Date(announced),
    lastModified: new Date(changed),
    start: new Date(from),
    end: new Date(Math.max(from, to)),
    summary: over ? cancelled(name) : name,
    description: [times(moment(from), moment(to)), text].filter((line) => line !== "").join("\n"),
    status: over ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    transparency: ICalEventTransparency.TRANSPARENT,
    ...place,
  };
}
