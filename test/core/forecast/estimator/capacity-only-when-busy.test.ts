import { describe, expect, test } from "vitest";
import { createCapacity, hourOfWeek } from "../../../../src/core/forecast/estimator/capacity.ts";
import type { SeenPace } from "../../../../src/core/forecast/seen.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { noon } from "./staged.ts";

test("an hour with little to do teaches nothing about the capacity", () => {
  const capacity = createCapacity(1);
  const before = capacity.mean;
  for (let n = 0; n < 60; n++) capacity.seen(5, 60, false, noon + n * MINUTE);
  expect(capacity.mean).toBe(before);
});

test("an hour with too much to do teaches it to a few percent", () => {
  const capacity = createCapacity(1);
  for (let n = 0; n < 60; n++) capacity.seen(60 + (n % 5) - 2, 60, true, noon + n * MINUTE);
  expect(Math.exp(capacity.mean)).toBeGreaterThan(0.95);
  expect(Math.exp(capacity.mean)).toBeLessThan(1.05);
  expect(capacity.deviation).toBeLessThan(0.15);
});

test("half the speed from one minute to the next is believed within a quarter of an hour", () => {
  const capacity = createCapacity(1);
  for (let n = 0; n < 60; n++) capacity.seen(120, 60, true, noon + n * MINUTE);
  for (let n = 60; n < 75; n++) capacity.seen(60, 60, true, noon + n * MINUTE);
  expect(Math.exp(capacity.mean)).toBeGreaterThan(0.85);
  expect(Math.exp(capacity.mean)).toBeLessThan(1.2);
});

test("more than was thought possible was possible, busy or not", () => {
  const capacity = createCapacity(0.1);
  capacity.seen(120, 60, false, noon);
  expect(Math.exp(capacity.mean)).toBeGreaterThan(0.35);
});

describe("what past troubles have shown", () => {
  const slow = hourOfWeek(noon + HOUR);
  const past: SeenPace = { rate: 3, doubt: 0.25, minutes: 300, hours: [[slow, -Math.LN2]] };

  test("is believed before anything is seen, and nothing is where there is none", () => {
    expect(createCapacity(1).mean).toBe(Math.log(2.5));
    expect(createCapacity(1).deviation).toBe(0.5);
    const capacity = createCapacity(1, past);
    expect(Math.exp(capacity.mean)).toBeCloseTo(3, 10);
    expect(capacity.deviation).toBe(0.25);
  });

  test("an hour that is always slow is foreseen, and is no surprise when it comes", () => {
    const capacity = createCapacity(1, past);
    expect(Math.exp(capacity.at(noon + HOUR))).toBeCloseTo(1.5, 10);
    expect(capacity.atHour(noon + HOUR) - capacity.atHour(noon)).toBeCloseTo(-Math.LN2, 10);
    for (let n = 0; n < 60; n++) capacity.seen(180, 60, true, noon + n * MINUTE);
    const before = capacity.mean;
    for (let n = 60; n < 120; n++) capacity.seen(90, 60, true, noon + n * MINUTE);
    expect(capacity.mean).toBeCloseTo(before, 3);
  });

  test("a slow day is slow at each hour, and goes back in the long run to what is usual", () => {
    const capacity = createCapacity(1, past);
    for (let n = 0; n < 30; n++) capacity.seen(90, 60, true, noon + n * MINUTE);
    expect(Math.exp(capacity.at(noon + HOUR))).toBeLessThan(0.9);
    expect(Math.exp(capacity.usual)).toBeGreaterThan(2);
  });

  test("what is seen wins over what was", () => {
    const capacity = createCapacity(1, { ...past, doubt: 0.2, minutes: 1e6 });
    for (let n = 0; n < 20; n++) capacity.seen(30, 60, true, noon + n * MINUTE);
    expect(Math.exp(capacity.mean)).toBeLessThan(0.6);
  });
});
