// A range that people were told stands: what is worse is said at once, what is a little better is no news.

import { join } from "node:path";
import { expect, test } from "vitest";
import postfix from "../../../collectors/dialects/postfix/index.ts";
import { replay } from "../../../src/app/replay.ts";
import { Observation } from "../../../src/core/observation.ts";
import { nothingStands, type StandingRange, standing } from "../../../src/core/status/expected.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import { HOUR, MINUTE } from "../../../src/core/time.ts";

const noon = Date.UTC(2026, 10, 26, 12);
const { here: nothing } = nothingStands("draining");

/** `13:00-15:00` of the day. */
function between(text: string) {
  const [earliest, latest] = text.split("-").map((one) => Date.parse(`2026-11-26T${one}:00Z`));
  return { earliest, latest };
}

function text({ range }: StandingRange): string {
  if (range === undefined) return "nothing";
  return [range.earliest, range.latest].map((at) => new Date(at).toISOString().slice(11, 16)).join("-");
}

test.each([
  ["the same", "13:00-15:00", "13:00-15:00"],
  ["an earlier end, but not by much", "13:00-14:50", "13:00-15:00"],
  ["an earlier end by a quarter of an hour", "13:00-14:45", "13:00-14:45"],
  ["a later beginning, but not by much", "13:10-15:00", "13:00-15:00"],
  ["a later beginning by a quarter of an hour", "13:15-15:00", "13:15-15:00"],
  ["both a little closer", "13:10-14:50", "13:00-15:00"],
  ["a later end, at once, with some room", "13:00-15:01", "13:00-15:15"],
  ["a later end, and the beginning with it", "13:05-15:20", "13:05-15:30"],
  ["an earlier beginning, at once; what was promised stays", "12:55-14:55", "12:55-15:00"],
])("%s", (_, found, says) => {
  const told = standing(nothing, between("13:00-15:00"), noon);
  expect(text(standing(told, between(found), noon + MINUTE))).toBe(says);
});

test("a long range moves by no less than it is rounded to", () => {
  const told = standing(nothing, between("13:00-19:00"), noon);
  expect(text(standing(told, between("13:00-18:35"), noon))).toBe("13:00-19:00");
  expect(text(standing(told, between("13:00-18:30"), noon))).toBe("13:00-18:30");
});

test("an end that wobbles around what was said is never said again; one that slips is said a few times, not at each look", () => {
  let told = standing(nothing, between("13:00-15:00"), noon);
  const first = told;
  for (let i = 1; i <= 240; i++) {
    const wobble = ((i * 7) % 5) * 3 * MINUTE;
    const found = { earliest: between("13:00-15:00").earliest, latest: between("13:00-15:00").latest - wobble };
    told = standing(told, found, noon + i * 15_000);
    expect(told).toBe(first);
  }
  let said = 0;
  for (let i = 1; i <= 240; i++) {
    const now = noon + i * 15_000;
    const found = {
      earliest: between("13:00-15:00").earliest,
      latest: between("13:00-15:00").latest + (now - noon) / 2,
    };
    const next = standing(told, found, now);
    if (next !== told) said++;
    told = next;
    expect(told.range?.latest).toBeGreaterThanOrEqual(found.latest);
  }
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThanOrEqual(3);
});

test("an end that cannot be said any more is taken back at once, and no other is said for ten minutes", () => {
  const told = standing(nothing, between("13:00-15:00"), noon);
  const gone = standing(told, undefined, noon + MINUTE);
  expect(text(gone)).toBe("nothing");
  expect(text(standing(gone, between("13:00-14:00"), noon + 2 * MINUTE))).toBe("nothing");
  expect(standing(gone, undefined, noon + 5 * MINUTE)).toBe(gone);
  expect(text(standing(gone, between("13:00-14:00"), noon + 11 * MINUTE))).toBe("13:00-14:00");
  // The clock was put back.
  expect(text(standing(gone, between("13:00-14:00"), noon - HOUR))).toBe("13:00-14:00");
});

test("a recorded outage, looked at every five seconds: what people are told moves only when it has to", async () => {
  const folder = join(import.meta.dirname, "../../../src/app/demonstration/recording");
  let before = { phase: "", earliest: Number.NaN, latest: Number.NaN };
  let said = 0;
  let changes = 0;
  for await (const { public: told } of replay(folder, postfix, { every: 5000, zone: "UTC", languages: [english] })) {
    const { phase, expected } = told;
    if (expected === undefined) {
      before = { phase, earliest: Number.NaN, latest: Number.NaN };
      continue;
    }
    said++;
    const { earliest, latest } = expected;
    const moved = earliest !== before.earliest || latest !== before.latest;
    if (moved) changes++;
    if (moved && phase === before.phase && !Number.isNaN(before.latest)) {
      const wider = earliest < before.earliest || latest > before.latest;
      const closer = Math.max(earliest - before.earliest, before.latest - latest);
      expect(wider || closer >= 15 * MINUTE, `${before.latest} became ${latest}`).toBe(true);
    }
    before = { phase, earliest, latest };
  }
  expect(said).toBeGreaterThan(20);
  expect(changes).toBeLessThanOrEqual(4);
});

test("what was said stands after a restart", () => {
  const known = new Observation(postfix.defaultSchedule);
  const here = { range: between("13:00-15:00"), withdrawn: Number.NaN };
  known.said = { ...known.said, ranges: { ...nothingStands("draining"), here } };
  expect(Observation.restore(known.save()).said.ranges.here).toEqual(here);
});
