// Planned work as iCalendar (RFC 5545), by the package `ical-generator`. It folds and escapes what events say, but not the
// calendar's own name. It is given no zone: with one it would write stamps without any.

import { ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from "ical-generator";
import type { Language } from "../../core/status/languages/language.ts";
import type { PublicDocument, PublicWindow } from "../../core/status/public/document.ts";
import { momentsIn, said } from "../languages.ts";
import { plainLine, plainText } from "../plain-text.ts";

/** The calendar of a document in a language. Nothing in it comes from a clock: the same document is the same calendar. */
export function calendarOf(document: PublicDocument, language: Language, path: string): string {
  const { name, demonstration, url, zone, windows } = document;
  const { tag, labels } = language;
  const mark = demonstration ? `${labels.demonstration.title}: ` : "";
  const title = plainLine(`${mark}${labels.headings.planned}: ${name}`).replace(/[\\;,]/g, "\\$&");
  const made = new ICalCalendar({
    name: title,
    prodId: { company: "mailtide", product: "planned work", language: tag.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
    ...(url === undefined ? {} : { url: `${url}${path}` }),
  });
  for (const window of windows) made.createEvent(eventOf(document, window, language));
  // The package would put it behind the events, where RFC 5545 has no place for it.
  return `${made.toString().replace("METHOD:PUBLISH\r\n", `METHOD:PUBLISH\r\nX-WR-TIMEZONE:${zone}\r\n`)}\r\n`;
}

function eventOf(document: PublicDocument, window: PublicWindow, { tag, labels }: Language) {
  const { url, zone } = document;
  const { id, from, to, announced, changed, sequence, status } = window;
  const moment = momentsIn(labels.locale, zone);
  const name = plainLine(said(window.name, tag, document));
  const text = plainText(said(window.words, tag, document)).trim();
  const times = labels.sentences.fromTo.replace("{from}", () => moment(from)).replace("{to}", () => moment(to));
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
    summary: over ? `${labels.windowStatuses.cancelled}: ${name}` : name,
    description: [times, text].filter((line) => line !== "").join("\n"),
    status: over ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    transparency: ICalEventTransparency.TRANSPARENT,
    ...place,
  };
}
