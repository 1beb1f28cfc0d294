// Whoever never says "all clear" is never wrong about it, and of no use: with the table that is shipped it has to come.

import { expect, test } from "vitest";
import { mailtide, readCalibration } from "../../../bench/forecast/contender.ts";
import { tryOutage } from "../../../bench/forecast/trial.ts";

test.each([3, 410, 412])("after the outage of seed %s it is said, and not before its mail is through", (seed) => {
  const table = readCalibration();
  expect(table).toBeDefined();
  const { allClear } = tryOutage(mailtide(table), { seed, points: [0.5], every: 5, causes: false });
  expect(allClear.counts).toBe(true);
  expect(allClear.late).toBeGreaterThanOrEqual(0);
  expect(allClear.late).toBeLessThan(4 * 60);
  expect(allClear.left).toBeLessThanOrEqual(0.01);
});
