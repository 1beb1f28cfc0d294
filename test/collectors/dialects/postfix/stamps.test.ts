// Clock changes, leap days, New Year, and stamps that are none.

import { describe, expect, test } from "vitest";
import { readText } from "./log-lines.ts";

const iso = (instant: number): string => new Date(instant).toISOString();

function timesOf(stamps: readonly string[], zone: string, reference: string): (string | undefined)[] {
  const text = stamps.map((stamp) => `${stamp} mx1 postfix/qmgr[1]: 5A1B22C0F4: removed\n`).join("");
  return readText(text, { zone, reference: Date.parse(reference) }).events.map((event) => event.time);
}

describe("the year of a stamp without one", () => {
  test.each([
    ["Nov 22 03:00:00", "2026-11-22T04:00:00Z", "2026-11-22T03:00:00.000Z"],
    ["Dec 31 23:59:59", "2027-01-01T00:00:01Z", "2026-12-31T23:59:59.000Z"],
    ["Jan  1 00:00:00", "2027-01-01T00:00:01Z", "2027-01-01T00:00:00.000Z"],
    // A clock that is a little ahead of ours, over midnight of New Year.
    ["Jan  1 00:00:05", "2026-12-31T23:59:59Z", "2027-01-01T00:00:05.000Z"],
    ["Jan  1 23:59:59", "2026-12-31T23:59:59Z", "2027-01-01T23:59:59.000Z"],
    ["Jan  2 00:00:00", "2026-12-31T23:59:59Z", "2026-01-02T00:00:00.000Z"],
    ["Mar  1 12:00:00", "2026-02-28T13:00:00Z", "2026-03-01T12:00:00.000Z"],
    ["Mar  1 14:00:00", "2026-02-28T13:00:00Z", "2025-03-01T14:00:00.000Z"],
    ["Feb 29 12:00:00", "2026-11-22T00:00:00Z", "2024-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2024-02-28T12:00:01Z", "2024-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2024-02-28T11:00:00Z", "2020-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2103-06-01T00:00:00Z", "2096-02-29T12:00:00.000Z"],
    ["Feb 28 12:00:00", "2024-02-29T00:00:00Z", "2024-02-28T12:00:00.000Z"],
    ["Jun 30 23:59:60", "2026-11-22T00:00:00Z", "2026-07-01T00:00:00.000Z"],
  ])("%s seen at %s", (stamp, reference, time) => {
    expect(timesOf([stamp], "UTC", reference)).toEqual([time]);
  });

  test("goes on over New Year, line by line", () => {
    expect(
      timesOf(
        ["Dec 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  2 10:00:00"],
        "UTC",
        "2027-01-02T10:00:00Z",
      ),
    ).toEqual([
      "2026-12-30T10:00:00.000Z",
      "2026-12-31T23:59:59.000Z",
      "2027-01-01T00:00:00.000Z",
      "2027-01-02T10:00:00.000Z",
    ]);
  });

  test("is that of the zone, not of UTC", () => {
    expect(timesOf(["Dec 31 23:30:00", "Jan  1 00:30:00"], "America/New_York", "2027-01-01T06:00:00Z")).toEqual([
      "2027-01-01T04:30:00.000Z",
      "2027-01-01T05:30:00.000Z",
    ]);
  });
});

describe("the zone of a stamp without one", () => {
  test.each([
    ["Jan 15 12:00:00", "Europe/Vienna", "2026-01-15T11:00:00.000Z"],
    ["Jul 15 12:00:00", "Europe/Vienna", "2026-07-15T10:00:00.000Z"],
    ["Jul 15 12:00:00", "Asia/Kolkata", "2026-07-15T06:30:00.000Z"],
    ["Jul 15 12:00:00", "Asia/Kathmandu", "2026-07-15T06:15:00.000Z"],
    ["Jul 15 12:00:00", "America/St_Johns", "2026-07-15T14:30:00.000Z"],
    ["Jan 15 12:00:00", "Australia/Lord_Howe", "2026-01-15T01:00:00.000Z"],
    ["Jul 15 12:00:00", "Pacific/Kiritimati", "2026-07-14T22:00:00.000Z"],
    // Just before and after the clocks went forward.
    ["Mar 29 01:59:59", "Europe/Vienna", "2026-03-29T00:59:59.000Z"],
    ["Mar 29 03:00:00", "Europe/Vienna", "2026-03-29T01:00:00.000Z"],
    // An hour that was left out.
    ["Mar 29 02:30:00", "Europe/Vienna", "2026-03-29T01:30:00.000Z"],
    ["Oct 25 01:59:59", "Europe/Vienna", "2026-10-24T23:59:59.000Z"],
    ["Oct 25 03:00:00", "Europe/Vienna", "2026-10-25T02:00:00.000Z"],
    ["2026-07-15T12:00:00", "Europe/Vienna", "2026-07-15T10:00:00.000Z"],
    ["2026-07-15T12:00:00.25", "Europe/Vienna", "2026-07-15T10:00:00.250Z"],
    ["2026-07-15T12:00:00Z", "Europe/Vienna", "2026-07-15T12:00:00.000Z"],
    ["2026-07-15T12:00:00+02", "UTC", "2026-07-15T10:00:00.000Z"],
    ["2026-07-15T12:00:00-03:30", "Europe/Vienna", "2026-07-15T15:30:00.000Z"],
  ])("%s in %s", (stamp, zone, time) => {
    expect(timesOf([stamp], zone, "2026-11-22T00:00:00Z")).toEqual([time]);
  });

  test("an hour that comes twice is read once and then again, never backwards", () => {
    const stamps: string[] = [];
    for (let minute = 0; minute < 180; minute += 5) {
      // Local clocks from 01:00: at minute 120 they show 02:00 for the second time.
      const shown = minute < 120 ? 60 + minute : minute;
      stamps.push(`Oct 25 0${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}:00`);
    }
    const times = timesOf(stamps, "Europe/Vienna", "2026-11-22T00:00:00Z").map((time) => Date.parse(time ?? ""));
    const first = Date.parse("2026-10-24T23:00:00Z");
    expect(times.map(iso)).toEqual(times.map((_, i) => iso(first + i * 300_000)));
  });

  test("lines a little out of order do not make an hour come again", () => {
    expect(
      timesOf(["Oct 25 02:10:02", "Oct 25 02:10:00", "Oct 25 02:10:03"], "Europe/Vienna", "2026-11-22T00:00:00Z"),
    ).toEqual(["2026-10-25T00:10:02.000Z", "2026-10-25T00:10:00.000Z", "2026-10-25T00:10:03.000Z"]);
  });
});

describe("no stamp", () => {
  test.each([
    "Feb 30 12:00:00",
    "Apr 31 12:00:00",
    "Nov  0 12:00:00",
    "Nov 32 12:00:00",
    "Nov 22 24:00:00",
    "Nov 22 12:60:00",
    "Nov 22 12:00:61",
    "Nov 22 1a:00:00",
    "Nov-22 12:00:00",
    "nov 22 12:00:00",
    "Feb 29 2026 12:00:00",
    "2026-02-29T12:00:00Z",
    "2026-00-10T12:00:00Z",
    "20x6-11-22T12:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T12:00:00+25:00",
    "2026/11/22 12:00:00",
    "1969-11-22T12:00:00Z",
  ])("%s", (stamp) => {
    const { lines, events } = readText(`${stamp} mx1 postfix/qmgr[1]: 5A1B22C0F4: removed\n`);
    expect(events).toEqual([]);
    expect(lines.malformed).toBe(1);
  });
});

test("a damaged line between two of the same second does not lend its time", () => {
  const line = "Nov  2 20:00:00 mx1 postfix/qmgr[1]: 5A1B22C0F4: removed\n";
  const { events } = readText(`${line}Nov  1 07:00:00 mx1\n${line}`);
  expect(events.map((event) => event.time)).toEqual(["2026-11-02T20:00:00.000Z", "2026-11-02T20:00:00.000Z"]);
});
