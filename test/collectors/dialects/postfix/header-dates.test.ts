// When a message says it was sent: anybody writes anything there, and what is not certain is no date.

import fc from "fast-check";
import { expect, test } from "vitest";
import { headerDate, idDate } from "../../../../collectors/dialects/postfix/header-dates.ts";

const at = (text: string): number => Date.parse(text);

test.each([
  ["Mon, 23 Nov 2026 20:00:00 +0000", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 2026 20:00:00 +0000 (UTC)", "2026-11-23T20:00:00Z"],
  ["23 Nov 2026 21:30 +0130", "2026-11-23T20:00:00Z"],
  ["Mon,23 Nov 2026 15:00:00 -0500", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 2026 20:00:00 -0000", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 2026 20:00:00 GMT", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 26 15:00:00 EST", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 126 16:00:00 EDT", "2026-11-23T20:00:00Z"],
  ["mon, 23 NOV 2026 20:00:00 ut", "2026-11-23T20:00:00Z"],
  ["Mon,? 23 Nov??2026 20:00:00?+0000", "2026-11-23T20:00:00Z"],
  ["(a (b) c) Mon, (x) 23 Nov 2026 20:00:00 +0000", "2026-11-23T20:00:00Z"],
  ["23-Nov-2026 20:00:00 +0000", "2026-11-23T20:00:00Z"],
  ["Monday, 23 November 2026 20:00:00 +0000", "2026-11-23T20:00:00Z"],
  ["Mon Nov 23 20:00:00 GMT 2026", "2026-11-23T20:00:00Z"],
  ["Mon Nov 23 21:00:00 2026 +0100", "2026-11-23T20:00:00Z"],
  ["2026-11-23T21:00:00.123456789+01:00", "2026-11-23T20:00:00Z"],
  ["2026-11-23 20:00:00 Z", "2026-11-23T20:00:00Z"],
  ["Mon, 23 Nov 2026 22:00:00 GMT+0200", "2026-11-23T20:00:00Z"],
  ["Thu, 31 Dec 2026 23:59:60 +0000", "2026-12-31T23:59:59Z"],
  ["Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z"],
  ["1 Jan 70 00:00 GMT", "1970-01-01T00:00:00Z"],
])("%s is %s", (text, moment) => {
  expect(headerDate(text)).toBe(at(moment));
});

test.each([
  ["", "nothing"],
  ["yesterday evening", "words"],
  ["Mon, 23 Nov 2026 20:00:00", "no zone: it may be half a day off"],
  ["Mon, 23 Nov 2026 20:00:00 +01", "cut off in its zone"],
  ["Mon, 23 Nov 2026 20:0", "cut off in its time"],
  ["Mon, 23 ", "cut off in its day"],
  ["Mon, 31 Apr 2026 20:00:00 +0000", "a day that there is not"],
  ["Mon, 0 Apr 2026 20:00:00 +0000", "a day that there is not"],
  ["Sun, 29 Feb 2026 20:00:00 +0000", "no leap year"],
  ["Mon, 23 Nev 2026 20:00:00 +0000", "no month"],
  ["Mon, 23 Nov 2026 24:00:00 +0000", "no hour"],
  ["Mon, 23 Nov 2026 20:60:00 +0000", "no minute"],
  ["Mon, 23 Nov 2026 20:00:61 +0000", "no second"],
  ["Mon, 23 Nov 2026 20:00:00 +9900", "a zone that there is not"],
  ["Mon, 23 Nov 2026 20:00:00 +0199", "a zone that there is not"],
  ["Mon, 23 Nov 2026 20:00:00 IST", "India, Israel or Ireland"],
  ["Mon, 23 Nov 2026 20:00:00 A", "a letter, which RFC 5322 4.3 tells not to believe"],
  ["1795464000", "a number"],
  ["((((", "comments that do not end"],
])("%s is no date: %s", (text) => {
  expect(headerDate(text)).toBeNaN();
});

test("whatever stands there, and however long it is: a moment or none, and at once", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: "binary" }), (text) => {
      expect(typeof headerDate(text)).toBe("number");
      expect(typeof idDate(text)).toBe("number");
    }),
    { numRuns: 2000, seed: 3 },
  );
  for (const piece of ["(", ")", "Mon, ", "1 ", "id 1r0abc-", "(Postfix) id ", "?"]) {
    expect(headerDate(piece.repeat(200_000))).toBeNaN();
    expect(idDate(piece.repeat(2000))).toBeNaN();
  }
});

test("any moment written by the rules is read back, in any zone", () => {
  const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (value: number): string => String(value).padStart(2, "0");
  fc.assert(
    fc.property(
      fc.integer({ min: at("1970-01-02T00:00:00Z") / 1000, max: at("2100-01-01T00:00:00Z") / 1000 }),
      fc.integer({ min: -48, max: 56 }),
      (seconds, quarters) => {
        const there = new Date(seconds * 1000 + quarters * 900_000);
        const east = Math.abs(quarters) * 15;
        const zone = `${quarters < 0 ? "-" : "+"}${two(Math.floor(east / 60))}${two(east % 60)}`;
        const text = `${there.getUTCDate()} ${names[there.getUTCMonth()]} ${there.getUTCFullYear()} ${there.toISOString().slice(11, 19)} ${zone}`;
        expect(headerDate(text)).toBe(seconds * 1000);
      },
    ),
    { numRuns: 500, seed: 4 },
  );
});

test("ids carry the time at which a host took the message", () => {
  const then = at("2026-11-23T20:00:00Z");
  expect(idDate("from a by b (Postfix) with ESMTPS id 4jYGxr1nq6zJ1Bc for <c@d.test>")).toBe(then);
  expect(idDate("from a by b (Postfix, from userid 0) id 4jYGxr1nq6zJ1Bc; ")).toBe(then);
  expect(idDate("from a by b with esmtp (Exim 4.96) id 1xVaCm-0001Ab-2C for c@d.test")).toBe(then);
  expect(idDate("from a by b with esmtp (Exim 4.98) id 1xVaCm-00000000Abc-1x2Y for c@d.test")).toBe(then);
  expect(idDate("by b with local id 000000000002A1B3.000000006B049B40.00001A2B")).toBe(then);
  // A short id of Postfix holds microseconds only; the time of sendmail's id can be hours too early.
  expect(idDate("from a by b (Postfix) with ESMTP id 5A1B22C100 for <c@d.test>")).toBeNaN();
  expect(idDate("from a by b (8.17.1/8.17.1) with ESMTP id 4ANK0001023456; ")).toBeNaN();
});
