import fc from "fast-check";
import { expect, test } from "vitest";
import type { Calibration } from "../../../../src/core/forecast/estimator/calibrate.ts";
import { levels } from "../../../../src/core/forecast/estimator/calibrate.ts";
import type { Estimate, Estimator, Quantiles, SeenQueue, WhatIf } from "../../../../src/core/forecast/seen.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { afterTrouble, listed, minuteAt, noon, place, type Waiting } from "./staged.ts";

const targets = ["queue", "half", "ninety", "ninetyNine"] as const;
const message: fc.Arbitrary<Waiting> = fc.record({
  destination: fc.integer({ min: 0, max: 2 }),
  age: fc.integer({ min: 1, max: 300 }),
  due: fc.integer({ min: -10, max: 80 }),
  scanned: fc.boolean(),
});
const messages = fc.array(message, { minLength: 20, maxLength: 200 });

/** A table that moves every answer, and one cause much more than the others. */
const crooked: Calibration = {
  tables: Object.fromEntries(
    targets.map((target) => [
      target,
      { all: levels.map((level) => level - 0.4), "timers|s1": levels.map((level) => 3 * level) },
    ]),
  ) as unknown as Calibration["tables"],
};

interface Staged {
  readonly estimator: Estimator;
  readonly queue: SeenQueue;
  readonly now: number;
}

/** Ten minutes after a trouble of an hour in which the door was shut, or the filter hung. */
function staged(rows: readonly Waiting[], shut: boolean, calibration?: Calibration): Staged {
  const estimator = afterTrouble({
    during: shut ? { inboundUp: false, fresh: 6 } : {},
    ...(calibration === undefined ? {} : { calibration }),
  });
  const now = noon + 10 * MINUTE;
  for (let at = noon + MINUTE; at <= now; at += MINUTE) {
    const counts = [0, 1, 2].map((d) => rows.filter(({ destination }) => destination === d).length);
    const destinations = counts.map((depth, d) => place(d, { depth, delivered: 8 - 2 * d }));
    estimator.tick(
      minuteAt(at, { depth: rows.length, destinations, active: rows.filter((one) => !one.scanned).length }),
    );
  }
  return { estimator, queue: listed(rows, now), now };
}

function expectNoLater(one: Estimate, other: Estimate, slack = 1): void {
  for (const target of targets) {
    for (let n = 0; n < 7; n++) {
      const late = Number.isNaN(other[target][n]) ? Number.POSITIVE_INFINITY : other[target][n];
      const early = Number.isNaN(one[target][n]) ? Number.POSITIVE_INFINITY : one[target][n];
      if (early === late) continue;
      expect(early).toBeLessThanOrEqual(late + slack);
    }
  }
}

test("a server twice as fast is at no mark later, whatever the tables say of the new cause", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), fc.boolean(), (rows, shut, tables) => {
      const { estimator, queue, now } = staged(rows, shut, tables ? crooked : undefined);
      const asIs = estimator.estimate(queue, now);
      const twice = estimator.estimate(queue, now, { faster: 2 });
      const tenfold = estimator.estimate(queue, now, { faster: 10 });
      expectNoLater(twice, asIs, MINUTE);
      expectNoLater(tenfold, twice, MINUTE);
    }),
    { numRuns: 8 },
  );
});

test("a flush is never later, in the mean over its marks", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), (rows, shut) => {
      const { estimator, queue, now } = staged(rows, shut);
      const mean = (found: Quantiles) =>
        found.reduce((sum, at) => sum + (Number.isNaN(at) ? now + 130 * HOUR : at), 0) / 7;
      const flushed = estimator.estimate(queue, now, { flushNow: true });
      const asIs = estimator.estimate(queue, now);
      expect(mean(flushed.ninetyNine)).toBeLessThanOrEqual(mean(asIs.ninetyNine) + MINUTE);
      expect(mean(flushed.half)).toBeLessThanOrEqual(mean(asIs.half) + MINUTE);
    }),
    { numRuns: 8 },
  );
});

test("mail that waits an hour for its timer goes within minutes when it is flushed", () => {
  const rows = Array.from(
    { length: 100 },
    (_, n): Waiting => ({ destination: n % 2, age: 90, due: 60, scanned: true }),
  );
  const { estimator, queue, now } = staged(rows, false);
  expect(estimator.estimate(queue, now).half[3] - now).toBeGreaterThan(55 * MINUTE);
  expect(estimator.estimate(queue, now, { flushNow: true }).half[3] - now).toBeLessThan(5 * MINUTE);
});

test("a longer outage is never earlier", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), fc.integer({ min: 10, max: 300 }), (rows, shut, minutes) => {
      const { estimator, queue, now } = staged(rows, shut);
      const until = [minutes, minutes + 45, minutes + 240].map((m) =>
        estimator.estimate(queue, now, { outageUntil: now + m * MINUTE }),
      );
      expectNoLater(until[0], until[1], MINUTE);
      expectNoLater(until[1], until[2], MINUTE);
      // Nothing goes while nothing works; what had gone already was half of it perhaps.
      expect(until[1].ninetyNine[3]).toBeGreaterThanOrEqual(Math.min(now, now + minutes * MINUTE));
    }),
    { numRuns: 5 },
  );
});

test("while the door is shut, a longer downtime means more mail at the senders, and a later end", () => {
  const open = afterTrouble().estimate(listed([], noon), noon);
  const shut = afterTrouble({ minutes: 120, during: { inboundUp: false, fresh: 6 }, lasts: true });
  const now = noon;
  const soon = shut.estimate(listed([], now), now, { outageUntil: now + 10 * MINUTE });
  const late = shut.estimate(listed([], now), now, { outageUntil: now + 10 * HOUR });
  expect(open.atSenders).toBe(0);
  expect(soon.atSenders).toBeGreaterThan(1000);
  expect(soon.ninetyNine[3]).toBeGreaterThan(now + 10 * MINUTE);
  expect(late.ninetyNine[3]).toBeGreaterThan(now + 10 * HOUR);
  expect(late.half[3]).toBeGreaterThan(soon.half[3]);
});

test("a place that stays down until six holds its mail till then and nobody else's", () => {
  const rows = Array.from(
    { length: 90 },
    (_, n): Waiting => ({ destination: n % 3, age: 60, due: n % 20, scanned: true }),
  );
  const { estimator, queue, now } = staged(rows, false);
  const until = now + 6 * HOUR;
  const asIs = estimator.estimate(queue, now);
  const asked = estimator.estimate(queue, now, { destinationDownUntil: { destination: 1, until } });
  const at = (found: Estimate, destination: number) =>
    found.destinations.find((one) => one.destination === destination)?.ninetyNine[3] ?? Number.NaN;
  expect(asked.ninetyNine[3]).toBeGreaterThan(until);
  expect(at(asked, 1)).toBeGreaterThan(until);
  expect(Math.abs(at(asked, 0) - at(asIs, 0))).toBeLessThan(30 * MINUTE);
  const later = estimator.estimate(queue, now, { destinationDownUntil: { destination: 1, until: until + 2 * HOUR } });
  expectNoLater(asked, later, MINUTE);
});

test("asking changes nothing: the same answer before and after, and the same question twice", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), (rows, shut) => {
      const { estimator, queue, now } = staged(rows, shut);
      const before = estimator.estimate(queue, now);
      const what: WhatIf = {
        faster: 3,
        flushNow: true,
        outageUntil: now + HOUR,
        destinationDownUntil: { destination: 2, until: now + 2 * HOUR },
      };
      const asked = estimator.estimate(queue, now, what);
      expect(estimator.estimate(queue, now)).toEqual(before);
      expect(estimator.estimate(queue, now, what)).toEqual(asked);
      const empty: WhatIf = {};
      expect(estimator.estimate(queue, now, empty)).toEqual(before);
    }),
    { numRuns: 4 },
  );
});

test("each place has its own end: mail that is due in five minutes is out before mail that is due in an hour", () => {
  const rows = Array.from({ length: 120 }, (_, n): Waiting => {
    return { destination: n % 2, age: 100, due: n % 2 === 0 ? 5 : 60, scanned: true };
  });
  const { estimator, queue, now } = staged(rows, false);
  const found = estimator.estimate(queue, now);
  const [first, second] = [0, 1].map((d) => found.destinations.find(({ destination }) => destination === d));
  expect(first?.messages).toBe(60);
  expect((first?.ninetyNine[3] ?? 0) - now).toBeLessThan(30 * MINUTE);
  expect((second?.ninetyNine[3] ?? 0) - now).toBeGreaterThan(55 * MINUTE);
  expect(found.destinations.length).toBeLessThanOrEqual(8);
});
