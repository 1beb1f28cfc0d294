import { expect, test } from "vitest";
import { calibrated } from "../../../../src/core/forecast/estimator/calibrate.ts";
import { calibrationFrom, type Outcome } from "../../../../src/core/forecast/estimator/calibration.ts";
import { createDice } from "../../../../src/core/forecast/estimator/dice.ts";
import { adapt, endsAfter, plainEnds, type Told } from "../../../../src/core/forecast/estimator/ends.ts";
import type { Quantiles } from "../../../../src/core/forecast/seen.ts";
import { MINUTE } from "../../../../src/core/time.ts";

const hour = 60 * MINUTE;
/** Draws that are far too sure of themselves, and half an hour too early on the whole. */
const said: Quantiles = [58, 58.5, 59, 60, 61, 61.5, 62].map((m) => m * MINUTE) as unknown as Quantiles;

function outcomes(count: number, seed: number): Outcome[] {
  const dice = createDice(seed);
  return Array.from({ length: count }, (_, n) => ({
    outage: Math.floor(n / 5),
    target: "queue" as const,
    cause: "service" as const,
    progress: 0.5,
    said,
    came: 1.5 * hour * Math.exp(0.4 * dice.normal()),
  }));
}

test("eight of ten new outcomes lie in a range that was made from old ones, and the middle moves to them", () => {
  const table = calibrationFrom(outcomes(500, 1));
  const found = calibrated(said, "queue", "service", 0.5, table);
  expect(found[3] / hour).toBeCloseTo(1.5, 0);
  const inside = outcomes(2000, 2).filter(({ came }) => came >= found[1] && came <= found[5]).length;
  expect(inside / 2000).toBeGreaterThan(0.75);
  expect(inside / 2000).toBeLessThan(0.85);
});

test("a group with few outcomes borrows from a wider one", () => {
  const table = calibrationFrom([...outcomes(500, 1), { ...outcomes(1, 3)[0], cause: "down", came: 90 * hour }]);
  expect(calibrated(said, "queue", "down", 0.5, table)).toEqual(calibrated(said, "queue", "senders", 0.5, table));
  expect(table.tables.queue["down|p1|s2"]).toBeUndefined();
});

test("an outcome that was later than said moves the late end, and only that", () => {
  const before = { low: 0.1, high: 0.9 };
  const missed = adapt(before, 0, 1);
  expect(missed.high).toBeGreaterThan(0.9);
  const table = calibrationFrom(outcomes(500, 1));
  const narrow = calibrated(said, "queue", "service", 0.5, table, before);
  const wide = calibrated(said, "queue", "service", 0.5, table, missed);
  expect(wide[5]).toBeGreaterThan(narrow[5]);
  expect(wide[3]).toBe(narrow[3]);
  expect(adapt(before, 0, 0).high).toBeLessThan(0.9);
});

test("where nothing is foreseen nothing is made up", () => {
  const none = said.map(() => Number.NaN) as unknown as Quantiles;
  expect(calibrated(none, "queue", "service", 0.5, calibrationFrom(outcomes(100, 1)))).toEqual(none);
});

test("ten outcomes of one outage count as one, and make no group of their own", () => {
  const odd = outcomes(40, 4).map((one): Outcome => ({ ...one, outage: 1000, cause: "down", came: 90 * hour }));
  const table = calibrationFrom([...outcomes(500, 1), ...odd]);
  expect(table.tables.queue["down|p1|s2"]).toBeUndefined();
});

test("a small group lies between what it saw itself and what others saw", () => {
  const late = outcomes(120, 5).map((one): Outcome => ({ ...one, cause: "none", came: one.came * 4 }));
  const table = calibrationFrom([...outcomes(1000, 1), ...late]);
  const own = calibrated(said, "queue", "none", 0.5, table);
  const others = calibrated(said, "queue", "service", 0.5, table);
  expect(own[3]).toBeGreaterThan(1.3 * others[3]);
  expect(own[3]).toBeLessThan(4 * others[3]);
});

test("who knows the pace of the server keeps the middle of the draws, and takes the width from the tables", () => {
  const late = outcomes(500, 3).map((one): Outcome => ({ ...one, cause: "service", came: one.came * 2 }));
  const table = calibrationFrom(late);
  const guessed = calibrated(said, "queue", "service", 0.5, table);
  const known = calibrated(said, "queue", "service", 0.5, table, undefined, true);
  expect(guessed[3]).toBeGreaterThan(1.7 * said[3]);
  expect(known[3]).toBeCloseTo(said[3], -3);
  const width = (range: Quantiles) => Math.log((range[5] + 60_000) / (range[1] + 60_000));
  expect(width(known)).toBeCloseTo(width(guessed), 6);
  // What limits is something else: then the tables speak.
  expect(calibrated(said, "queue", "timers", 0.5, table, undefined, true)).toEqual(
    calibrated(said, "queue", "timers", 0.5, table),
  );
});

test("what all worlds hold for done is done, whatever late ends taught", () => {
  const early: Quantiles = [0, 0, 0, 0, 20, 40, 60].map((n) => n * 1000) as unknown as Quantiles;
  const table = calibrationFrom(outcomes(500, 6).map((one): Outcome => ({ ...one, said: early, came: hour })));
  const done: Quantiles = [0, 0, 0, 0, 0, 0, 0];
  expect(calibrated(early, "queue", "service", 0.5, table)[5]).toBeGreaterThan(10 * MINUTE);
  expect(calibrated(done, "queue", "service", 0.5, table)).toEqual(done);
});

test("a hundred outages that come as said leave both ends where they were, and each learns from its own misses", () => {
  const told = (came: number): Told => ({ target: "queue", earliest: hour, latest: 3 * hour, came });
  const calm = Array.from({ length: 100 }, (_, n) => [
    told(n % 10 === 0 ? 0.5 * hour : n % 10 === 1 ? 4 * hour : 2 * hour),
  ]);
  const found = endsAfter(calm).queue ?? plainEnds;
  expect(found.low).toBeCloseTo(0.1, 1);
  expect(found.high).toBeCloseTo(0.9, 1);
  const always = Array.from({ length: 20 }, () => [told(5 * hour)]);
  const later = endsAfter(always).queue ?? plainEnds;
  expect(later.high).toBeGreaterThan(0.97);
  expect(later.low).toBeGreaterThan(0.1);
  expect(endsAfter(always).ninetyNine).toBeUndefined();
});

test("forecasts of one outage teach in shares, and an end that was not said cannot have been missed", () => {
  const half = [true, false].map(
    (late): Told => ({ target: "half", earliest: 0, latest: late ? 1 : Number.NaN, came: hour }),
  );
  expect(endsAfter([half]).half?.high).toBeCloseTo(0.9 + 0.02 * 0.4, 6);
});

test("shifted outcomes: the ends bring the range back to eight of ten", () => {
  const table = calibrationFrom(outcomes(500, 1));
  const dice = createDice(9);
  const outages: Told[][] = [];
  let inside = 0;
  for (let n = 0; n < 600; n++) {
    const range = calibrated(said, "queue", "service", 0.5, table, endsAfter(outages.slice(-400)).queue);
    const came = 1.5 * hour * Math.exp(0.55 * dice.normal());
    if (n >= 200 && came >= range[1] && came <= range[5]) inside += 1;
    outages.push([{ target: "queue", earliest: range[1], latest: range[5], came }]);
  }
  const plain = calibrated(said, "queue", "service", 0.5, table);
  const fixed = outages.slice(200).filter(([one]) => one.came >= plain[1] && one.came <= plain[5]).length;
  expect(fixed / 400).toBeLessThan(0.74);
  expect(inside / 400).toBeGreaterThan(0.765);
});
