import { expect, test } from "vitest";
import { adapt, calibrated, calibrationFrom, type Outcome } from "../../../../src/core/forecast/estimator/calibrate.ts";
import { createDice } from "../../../../src/core/forecast/estimator/dice.ts";
import type { Quantiles } from "../../../../src/core/forecast/seen.ts";
import { MINUTE } from "../../../../src/core/time.ts";

const hour = 60 * MINUTE;
/** Draws that are far too sure of themselves, and half an hour too early on the whole. */
const said: Quantiles = [58, 58.5, 59, 60, 61, 61.5, 62].map((m) => m * MINUTE) as unknown as Quantiles;

function outcomes(count: number, seed: number): Outcome[] {
  const dice = createDice(seed);
  return Array.from({ length: count }, () => ({
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
  const missed = adapt(before, false, true);
  expect(missed.high).toBeGreaterThan(0.9);
  const table = calibrationFrom(outcomes(500, 1));
  const narrow = calibrated(said, "queue", "service", 0.5, table, before);
  const wide = calibrated(said, "queue", "service", 0.5, table, missed);
  expect(wide[5]).toBeGreaterThan(narrow[5]);
  expect(wide[3]).toBe(narrow[3]);
  expect(adapt(before, false, false).high).toBeLessThan(0.9);
});

test("where nothing is foreseen nothing is made up", () => {
  const none = said.map(() => Number.NaN) as unknown as Quantiles;
  expect(calibrated(none, "queue", "service", 0.5, calibrationFrom(outcomes(100, 1)))).toEqual(none);
});
