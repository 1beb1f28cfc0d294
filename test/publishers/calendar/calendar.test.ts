// A calendar that programs subscribe to: an event is known by its UID for ever, changes count up, nothing comes from a clock.

import ICAL from "ical.js";
import { expect, test } from "vitest";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import { DAY, MINUTE } from "../../../src/core/time.ts";
import calendar from "../../../src/publishers/calendar/index.ts";
import { calendarOf } from "../../../src/publishers/calendar/write.ts";
import { documentAt, plannedWork, publicDocument, quietDocument, reportWith } from "../../support/public-news.ts";
import { outageStart } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";

interface Event {
  readonly uid: string;
  readonly sequence: number;
  readonly status: string;
  readonly summary: string;
  readonly description: string;
  readonly from: number;
  readonly to: number;
  readonly stamp: string;
}

/** Events of a calendar, read by another program's parser. */
function events(text: string): Event[] {
  const component = new ICAL.Component(ICAL.parse(text));
  return component.getAllSubcomponents("vevent").map((vevent) => {
    const event = new ICAL.Event(vevent);
    const value = (name: string) => String(vevent.getFirstPropertyValue(name));
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: value("status"),
      summary: event.summary,
      description: event.description,
      from: event.startDate.toJSDate().getTime(),
      to: event.endDate.toJSDate().getTime(),
      stamp: value("dtstamp"),
    };
  });
}

const read = (document: PublicDocument, tag = "en") => events(calendarOf(document, tag, "/calendar.ics"));

test("every window is an event with its times", () => {
  const found = read(publicDocument());
  expect(found.map(({ uid, sequence, status }) => [uid, sequence, status])).toEqual([
    ["w1a1a1a1a1a1.mailtide", 1, "CONFIRMED"],
    ["w2b2b2b2b2b2.mailtide", 2, "CONFIRMED"],
    ["w5t8r1c4n6bd.mailtide", 0, "CONFIRMED"],
    ["w3c3c3c3c3c3.mailtide", 3, "CANCELLED"],
  ]);
  expect(found[2]).toMatchObject({ from: outageStart + 2 * DAY, to: outageStart + 2 * DAY + 90 * MINUTE });
  expect(found[2].description).toBe(
    "From Saturday, 7 November 2026 at 15:00 CET to Saturday, 7 November 2026 at 16:30 CET.\nWe will move our mail server.",
  );
});

test("cancelled work stays, as cancelled: a program that subscribed would keep what merely vanishes", () => {
  const [event] = read(quietDocument({ windows: [plannedWork({ status: "cancelled", sequence: 4 })] }));
  expect(event).toMatchObject({ status: "CANCELLED", sequence: 4, summary: "Cancelled: Planned work on email" });
  const [german] = read(quietDocument({ windows: [plannedWork({ status: "cancelled" })] }), "de");
  expect(german.summary).toBe("Abgesagt: Geplante Arbeiten an der E-Mail");
});

test("the same document is the same calendar, byte for byte, whenever it is made; a stamp is that of the change", () => {
  const text = calendarOf(publicDocument(), "en", "/calendar.ics");
  expect(calendarOf(publicDocument({ at: documentAt + 40 * DAY }), "en", "/calendar.ics")).toBe(text);
  const moved = plannedWork({
    from: outageStart + 5 * DAY,
    to: outageStart + 6 * DAY,
    changed: documentAt,
    sequence: 1,
  });
  const [before] = read(quietDocument({ windows: [plannedWork()] }));
  const [after] = read(quietDocument({ windows: [moved], name: "Post", url: undefined }));
  expect([after.uid, after.sequence, after.stamp]).toEqual([before.uid, 1, "2026-11-05T15:00:00Z"]);
});

test("times are moments in UTC, so that no program guesses a zone; the zone is said beside", () => {
  const text = calendarOf(publicDocument(), "en", "/calendar.ics");
  for (const [, value] of text.matchAll(/^(?:DTSTAMP|DTSTART|DTEND|CREATED|LAST-MODIFIED)[^:]*:(.*)\r$/gm)) {
    expect(value).toMatch(/^\d{8}T\d{6}Z$/);
  }
  // Properties of a calendar stand before its events.
  expect(text.indexOf("X-WR-TIMEZONE:Europe/Vienna\r\n")).toBeLessThan(text.indexOf("BEGIN:VEVENT"));
});

test("lines end as they have to and are no longer than 75 bytes, with letters of any kind", () => {
  const words = { en: "Wir bringen den Server an einen anderen Ort – ünÄß 漢字仮名 😀 ".repeat(20) };
  const text = calendarOf(quietDocument({ windows: [plannedWork({ name: words, words })] }), "en", "/calendar.ics");
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  expect(events(text)[0].description).toContain(words.en.trim());
});

test("words with commas, semicolons and line ends are words, and no lines of the calendar", () => {
  const evil = "a, b; c\\n\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:/ran\nX:\u0000y";
  const window = plannedWork({ name: { en: evil }, words: { en: evil } });
  const text = calendarOf(quietDocument({ name: evil, windows: [window] }), "en", "/calendar.ics");
  const component = new ICAL.Component(ICAL.parse(text));
  expect(component.getAllSubcomponents()).toHaveLength(1);
  expect(component.getAllSubcomponents()[0].getAllSubcomponents()).toEqual([]);
  expect(events(text)[0].summary).toBe("a, b; c\\n END:VEVENT BEGIN:VALARM ATTACH:/ran X:y");
  // This parser leaves escapes in properties that it does not know.
  expect(String(component.getFirstPropertyValue("x-wr-calname")).replace(/\\(.)/g, "$1")).toBe(
    "Planned work: a, b; c\\n END:VEVENT BEGIN:VALARM ATTACH:/ran X:y",
  );
});

test("it can be subscribed to in each language", async () => {
  const { web, publish } = await openSite([calendar]);
  publish(reportWith());
  for (const path of ["/calendar.ics", "/en/calendar.ics"]) {
    const { statusCode, headers, body } = await web.inject(path);
    expect([statusCode, headers["content-type"]]).toEqual([200, "text/calendar; charset=utf-8"]);
    expect(events(body)).toHaveLength(4);
    expect(body).toMatch(/^REFRESH-INTERVAL;VALUE=DURATION:PT1H\r$/m);
  }
  await web.close();
});
