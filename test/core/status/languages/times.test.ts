// Times as people read them: in the operator's zone, in the night in which the clock is put back, and far away.

import { describe, expect, test } from "vitest";
import german from "../../../../src/core/status/languages/de/index.ts";
import english from "../../../../src/core/status/languages/en/index.ts";
import spanish from "../../../../src/core/status/languages/es/index.ts";
import french from "../../../../src/core/status/languages/fr/index.ts";
import { length } from "../../../../src/core/status/languages/times.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

const vienna = "Europe/Vienna";
const friday = Date.parse("2026-11-20T18:30:00+01:00");

test.each([
  [english, "18:30 on Friday", "between 18:30 and 20:00 on Friday", "Central European Time"],
  [german, "Freitag um 18:30 Uhr", "am Freitag zwischen 18:30 und 20:00 Uhr", "Mitteleuropäische Zeit"],
  [french, "vendredi à 18:30", "vendredi entre 18:30 et 20:00", "heure d’Europe centrale"],
  [spanish, "el viernes a las 18:30", "el viernes entre las 18:30 y las 20:00", "hora de Europa central"],
])("in %o a moment, a range and a zone", (language, moment, range, zone) => {
  expect(language.moment(friday, vienna, friday)).toBe(moment);
  expect(language.range({ earliest: friday, latest: friday + 90 * MINUTE }, vienna, friday)).toBe(range);
  expect(language.zone(vienna, friday)).toBe(zone);
});

test("the same moment has another day elsewhere", () => {
  expect(english.moment(friday, "Pacific/Kiritimati", friday)).toBe("07:30 on Saturday");
  expect(english.moment(friday, "Asia/Kolkata", friday)).toBe("23:00 on Friday");
  expect(english.moment(friday, "America/New_York", friday)).toBe("12:30 on Friday");
});

test("over midnight both ends have their day", () => {
  const range = { earliest: friday + 4 * HOUR, latest: friday + 7 * HOUR };
  expect(english.range(range, vienna, friday)).toBe("between 22:30 on Friday and 01:30 on Saturday");
});

test("from six days away with the date, from ten months with the year: the weekday alone could be another", () => {
  expect(english.moment(friday - 5 * DAY, vienna, friday)).toBe("18:30 on Sunday");
  expect(english.moment(friday - 7 * DAY, vienna, friday)).toBe("18:30 on Friday 13 November");
  expect(english.moment(friday + 400 * DAY, vienna, friday)).toBe("18:30 on Saturday, 25 December 2027");
});

test("one o'clock is singular in Spanish", () => {
  expect(spanish.moment(Date.parse("2026-11-21T01:05:00+01:00"), vienna, friday)).toBe("el sábado a la 01:05");
});

describe("in the night in which the clock is put back", () => {
  const first = Date.parse("2026-10-25T02:30:00+02:00");

  test("the hour that comes twice says which of the two it is", () => {
    expect(english.moment(first, vienna, first)).toBe("02:30 (Central European Summer Time) on Sunday");
    expect(english.moment(first + HOUR, vienna, first)).toBe("02:30 (Central European Standard Time) on Sunday");
    expect(english.moment(first + 2 * HOUR, vienna, first)).toBe("03:30 on Sunday");
    expect(english.moment(first - HOUR, vienna, first)).toBe("01:30 on Sunday");
  });

  test("so that a range in it does not run backwards", () => {
    expect(english.range({ earliest: first + 20 * MINUTE, latest: first + 40 * MINUTE }, vienna, first)).toBe(
      "between 02:50 (Central European Summer Time) and 02:10 (Central European Standard Time) on Sunday",
    );
  });

  test("also where it is put back by half an hour", () => {
    const again = Date.parse("2027-04-04T01:45:00+10:30");
    expect(english.moment(again, "Australia/Lord_Howe", again)).toMatch(
      /^01:45 \(Lord Howe Standard Time\) on Sunday$/,
    );
  });

  test("and no other time of the year", () => {
    for (let at = friday; at < friday + 300 * DAY; at += 7 * HOUR + MINUTE) {
      expect(english.moment(at, vienna, at)).not.toMatch(/\(/);
    }
  });
});

test("the clock of every quarter of an hour of a year is that of the zone", () => {
  const oracle = new Intl.DateTimeFormat("sv-SE", { timeZone: vienna, hour: "2-digit", minute: "2-digit" });
  for (let at = friday; at < friday + 366 * DAY; at += 97 * 15 * MINUTE) {
    expect(english.moment(at, vienna, at).slice(0, 5)).toBe(oracle.format(at));
  }
});

test.each([
  [30_000, "1 minute"],
  [59 * MINUTE, "59 minutes"],
  [HOUR, "1 hour"],
  [25 * HOUR + 20 * MINUTE, "25 hours and 20 minutes"],
  [4 * DAY + 10 * HOUR + 5 * MINUTE, "4 days and 10 hours"],
])("%i ms last %s", (duration, said) => {
  expect(length("en-GB", duration)).toBe(said);
});
