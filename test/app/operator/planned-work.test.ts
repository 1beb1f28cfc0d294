// Planned work that comes again, and times as operators write them, over the nights on which the clocks change.

import { describe, expect, test } from "vitest";
import { planAhead, startsOf, wrongRule } from "../../../src/app/operator/recurring.ts";
import { momentOf } from "../../../src/app/operator/times.ts";
import { Observation } from "../../../src/core/observation.ts";
import { HOUR, MINUTE } from "../../../src/core/time.ts";
import { Service } from "../../support/service.ts";

const at = (text: string): number => Date.parse(text);
const iso = (moments: readonly number[]): string[] => moments.map((one) => new Date(one).toISOString().slice(0, 16));

describe("a rule", () => {
  const sundays = { cron: "30 2 * * 0", zone: "Europe/Vienna" };

  test("the hour that the clocks skip: it begins when they have", () => {
    expect(iso(startsOf(sundays, at("2027-03-20T00:00:00Z")).slice(0, 3))).toEqual([
      "2027-03-21T01:30",
      "2027-03-28T01:00",
      "2027-04-04T00:30",
    ]);
  });

  test("the hour that they show twice: it comes once", () => {
    expect(iso(startsOf(sundays, at("2026-10-18T12:00:00Z")).slice(0, 2))).toEqual([
      "2026-10-25T00:30",
      "2026-11-01T01:30",
    ]);
  });

  test("the 30th of February never comes", () => {
    expect(wrongRule({ cron: "0 0 30 2 *", zone: "UTC", lasts: HOUR }, at("2026-11-01T00:00:00Z"))).toMatch(
      /never comes/,
    );
  });

  test("planned ahead once each, also over a restart; cancelled with all its windows to come, kept and told", () => {
    const service = new Service(at("2026-11-26T12:00:00Z"));
    const rule = service.does({
      act: "maintenance-repeat",
      title: "Updates",
      text: "",
      ...sundays,
      lasts: 30 * MINUTE,
    });
    expect(planAhead(service.known, service.site, service.now)).toBe(true);
    service.known = Observation.restore(service.known.save());
    expect(planAhead(service.known, service.site, service.now)).toBe(false);
    const { windows } = service.at(service.now + MINUTE).public;
    expect(windows).toHaveLength(6);
    expect(new Set(windows.map(({ id }) => id)).size).toBe(6);
    service.does({ act: "maintenance-cancel", id: rule, text: "No more." });
    expect(planAhead(service.known, service.site, service.now)).toBe(false);
    const after = service.at(service.now + MINUTE).public.windows;
    expect(after.map(({ status, sequence }) => `${status} ${sequence}`)).toEqual(Array(6).fill("cancelled 1"));
  });
});

describe("a time", () => {
  const now = at("2026-11-26T12:00:00Z");
  test.each<[string, string | RegExp]>([
    ["2026-11-28 22:00", "2026-11-28T21:00"],
    ["2026-07-28T22:00", "2026-07-28T20:00"],
    ["2026-11-28 22:00Z", "2026-11-28T22:00"],
    ["2026-11-28 22:00-05:30", "2026-11-29T03:30"],
    ["90m", "2026-11-26T13:30"],
    ["2027-03-28 02:30", /skip/],
    ["2026-10-25 02:30", /twice/],
    ["2026-10-25 02:30+02:00", "2026-10-25T00:30"],
    ["2026-02-30 10:00", /There is no/],
    ["tomorrow", /not a time/],
  ])("%s", (text, expected) => {
    const moment = momentOf(text, "Europe/Vienna", now);
    if (typeof expected === "string") expect(iso([Number(moment)])).toEqual([expected]);
    else expect(moment).toMatch(expected);
  });
});
