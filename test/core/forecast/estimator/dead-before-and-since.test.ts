import { expect, test } from "vitest";
import { createDestinations } from "../../../../src/core/forecast/estimator/destinations.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { noon, place } from "./staged.ts";

const nowhere = () => false;

test("what refused everything before the trouble is dead at once after it", () => {
  const destinations = createDestinations();
  for (let n = 0; n < 60; n++) {
    const at = noon - 2 * HOUR + n * MINUTE;
    destinations.seen(
      [place(0, { depth: 9, failed: n % 5 === 0 ? 1 : 0 }), place(1, { delivered: 4 })],
      at,
      MINUTE,
      true,
      nowhere,
    );
  }
  destinations.began();
  destinations.ended(noon);
  expect(destinations.view(0, noon + MINUTE).dead).toBe(true);
  expect(destinations.view(1, noon + MINUTE).dead).toBe(false);
});

test("what failed during the trouble only is given a fresh start", () => {
  const destinations = createDestinations();
  destinations.began();
  for (let n = 0; n < 60; n++) {
    destinations.seen([place(0, { depth: 9, failed: 1 })], noon - HOUR + n * MINUTE, MINUTE, true, nowhere);
  }
  destinations.ended(noon);
  expect(destinations.view(0, noon + MINUTE).dead).toBe(false);
});

test("one delivery takes a place off the list of the dead", () => {
  const destinations = createDestinations();
  destinations.ended(noon);
  for (let n = 1; n <= 30; n++) {
    destinations.seen([place(0, { depth: 9, failed: n % 5 === 0 ? 1 : 0 })], noon + n * MINUTE, MINUTE, true, nowhere);
  }
  expect(destinations.view(0, noon + 30 * MINUTE).dead).toBe(true);
  destinations.seen([place(0, { depth: 8, delivered: 1 })], noon + 31 * MINUTE, MINUTE, true, nowhere);
  expect(destinations.view(0, noon + 31 * MINUTE).dead).toBe(false);
});

test("when every place fails at once, it is our way out and none of them is dead", () => {
  const destinations = createDestinations();
  destinations.ended(noon);
  const all = [0, 1, 2, 3, 4].map((n) => place(n, { depth: 5, failed: 1 }));
  for (let n = 1; n <= 6; n++) destinations.seen(all, noon + n * MINUTE, MINUTE, true, nowhere);
  for (let n = 0; n < 5; n++) expect(destinations.view(n, noon + 6 * MINUTE).dead).toBe(false);
});

test("a place that refuses three of four and takes the fourth is not dead, and its failures are foreseen", () => {
  const destinations = createDestinations();
  for (let n = 0; n < 400; n++) {
    const taken = n % 4 === 3;
    const seen = place(0, { depth: 9, failed: taken ? 0 : 1, delivered: taken ? 1 : 0 });
    destinations.seen([seen], noon - 8 * HOUR + n * MINUTE, MINUTE, true, nowhere);
    if (n >= 40) expect(destinations.view(0, noon - 8 * HOUR + n * MINUTE).dead).toBe(false);
  }
  expect(destinations.view(0, noon - HOUR).failing).toBeGreaterThan(0.55);
});
