// What is expected of the late mail from now on: between two curves that end where the range ends.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outlook } from "../../../../src/core/forecast/outlook.ts";
import type { Quantiles } from "../../../../src/core/forecast/seen.ts";
import { aheadOf } from "../../../../src/core/status/public/ahead.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../../../../src/core/time.ts";

const now: Instant = Date.UTC(2026, 10, 5, 14, 0, 30);
const expected = { earliest: now + HOUR, latest: now + 3 * HOUR };

/** Moments of the levels, an early and a late one given. */
function quantiles(early: Instant, late: Instant): Quantiles {
  return [early, early, early, (early + late) / 2, late, late, late];
}

function outlook(over: Partial<Outlook> = {}): Outlook {
  return {
    recovered: true,
    atSenders: 0,
    progress: 0,
    half: quantiles(now + 10 * MINUTE, now + 30 * MINUTE),
    ninety: quantiles(now + 30 * MINUTE, now + 2 * HOUR),
    ninetyNine: quantiles(now + 50 * MINUTE, now + 2.5 * HOUR),
    ...over,
  } as Outlook;
}

/** The two counts at a moment after now. */
function between(ahead: ReturnType<typeof aheadOf>, after: number): [number, number] {
  if (ahead === undefined) throw new Error("nothing is expected");
  const i = Math.floor((now + after - ahead.from) / ahead.width) - 1;
  return [ahead.low[i], ahead.high[i]];
}

test("no range, no curves: nothing is drawn that is not said", () => {
  const messages = 1000;
  expect(aheadOf({ messages, latest: undefined, outlook: outlook() }, undefined, 1000, now)).toBeUndefined();
  expect(
    aheadOf({ messages, latest: undefined, outlook: outlook() }, { earliest: now - HOUR, latest: now }, 1000, now),
  ).toBeUndefined();
  expect(aheadOf({ messages: 0, latest: undefined, outlook: undefined }, expected, 1000, now)).toBeUndefined();
});

test("shares of the mail set the curves: half of it is through early, the last of it takes long", () => {
  const ahead = aheadOf({ messages: 1000, latest: undefined, outlook: outlook() }, expected, 1000, now);
  const [low, high] = between(ahead, 32 * MINUTE);
  expect(low).toBeLessThan(110);
  expect(high).toBeGreaterThan(440);
  expect(high).toBeLessThan(520);
  // A straight line to the end would say 480 at the half of the way; nine in ten are through in two hours.
  expect(between(ahead, 2 * HOUR)[1]).toBeLessThan(120);
});

test("mail that the range does not speak of is still there when all else is gone", () => {
  const ahead = aheadOf({ messages: 800, latest: undefined, outlook: undefined }, expected, 1000, now);
  expect(ahead?.low.at(-1)).toBeCloseTo(200);
  expect(ahead?.high.at(-1)).toBeCloseTo(200);
});

test("with much still at its senders, or before anything has come back, shares of all are not taken for shares of ours", () => {
  const straight = aheadOf({ messages: 1000, latest: undefined, outlook: undefined }, expected, 1000, now);
  for (const one of [outlook({ atSenders: 500 }), outlook({ recovered: false })]) {
    expect(aheadOf({ messages: 1000, latest: undefined, outlook: one }, expected, 1000, now)).toEqual(straight);
  }
});

test("a share that is through no sooner than all of it is no corner", () => {
  const latest = now + 3 * HOUR - MINUTE;
  const capped = outlook({ half: quantiles(now + HOUR, latest), ninety: quantiles(now + HOUR, latest) });
  const at = (known: Outlook | undefined) => aheadOf({ messages: 1000, latest, outlook: known }, expected, 1000, now);
  const { high: straight = [] } = at(undefined) ?? {};
  const { high = [] } = at({ ...capped, ninetyNine: capped.ninety }) ?? {};
  expect(high).toEqual(straight);
});

test("what is through already is not taken away twice", () => {
  const ahead = aheadOf(
    { messages: 1000, latest: undefined, outlook: outlook({ progress: 0.8 }) },
    expected,
    1000,
    now,
  );
  // Nine in ten of all are half of those that are left.
  expect(between(ahead, 2 * HOUR)[1]).toBeCloseTo(500, -2);
});

test("curves never rise, never cross, never fall below what stays, and are few points on whole steps", () => {
  const moment = fc.oneof(
    fc.constant(Number.NaN),
    fc.integer({ min: -HOUR, max: 100 * HOUR }).map((t) => now + t),
  );
  const moments = fc.tuple(moment, moment).map(([a, b]) => quantiles(a, b));
  const world = fc.record({
    half: moments,
    ninety: moments,
    ninetyNine: moments,
    progress: fc.double({ min: 0, max: 1, noNaN: true }),
    atSenders: fc.nat(20),
    recovered: fc.boolean(),
  });
  fc.assert(
    fc.property(
      world,
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: -HOUR, max: 50 * HOUR }),
      fc.integer({ min: SECOND, max: 50 * HOUR }),
      (one, messages, waiting, begin, length) => {
        const range = { earliest: now + begin, latest: now + Math.max(1, begin + length) };
        const ahead = aheadOf({ messages, latest: undefined, outlook: outlook(one) }, range, waiting, now);
        if (ahead === undefined) return;
        const { low, high, from, width } = ahead;
        expect(high.length).toBeLessThanOrEqual(61);
        expect(from % width).toBe(0);
        expect(from + high.length * width).toBeGreaterThanOrEqual(range.latest);
        const rest = Math.max(0, waiting - messages);
        for (const [i, most] of high.entries()) {
          expect(low[i]).toBeLessThanOrEqual(most);
          expect(low[i]).toBeGreaterThanOrEqual(rest - 1e-6);
          expect(most).toBeLessThanOrEqual((high[i - 1] ?? waiting) + 1e-6);
        }
        expect(high.at(-1)).toBeCloseTo(rest);
      },
    ),
    { numRuns: 2000 },
  );
});

test("while nothing changes but the time, what is drawn stays the same from one look to the next", () => {
  const at = (moment: Instant) =>
    aheadOf({ messages: 1000, latest: undefined, outlook: outlook() }, expected, 1000, moment);
  const step = at(now)?.width ?? 0;
  const begin = Math.ceil(now / step) * step;
  expect(at(begin + 50 * SECOND)).toEqual(at(begin));
});
