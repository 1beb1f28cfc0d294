import { expect, test } from "vitest";
import { createCapacity } from "../../../../src/core/forecast/estimator/capacity.ts";
import { MINUTE } from "../../../../src/core/time.ts";
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
