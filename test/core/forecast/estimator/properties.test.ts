import fc from "fast-check";
import { expect, test } from "vitest";
import { bins, edges } from "../../../../src/core/forecast/estimator/grid.ts";
import { createStart, readListing } from "../../../../src/core/forecast/estimator/listing.ts";
import { createStage } from "../../../../src/core/forecast/estimator/play.ts";
import { createEnding, createWorld, type Ending } from "../../../../src/core/forecast/estimator/world.ts";
import type { Estimate, Quantiles } from "../../../../src/core/forecast/seen.ts";
import { MINUTE } from "../../../../src/core/time.ts";
import { afterTrouble, listed, minuteAt, noon, place, timers, type Waiting } from "./staged.ts";

const message: fc.Arbitrary<Waiting> = fc.record({
  destination: fc.integer({ min: 0, max: 2 }),
  age: fc.integer({ min: 0, max: 3000 }),
  due: fc.integer({ min: -10, max: 80 }),
  scanned: fc.boolean(),
});
const messages = fc.array(message, { maxLength: 300 });
const unlikely = fc.double({ min: 0, max: 0.9, noNaN: true });

/** Plays a listing through one world that is told by a few numbers. */
function playOut(
  queue: readonly Waiting[],
  told: { capacity: number; arrivals: number; releases: number; fails: number; audit: boolean },
): { ending: Ending; delayed: number; sent: number } {
  const start = createStart();
  const columns = {
    kind: Int8Array.from([-1, -1, 0]),
    failing: Float64Array.from([told.fails, told.fails, told.fails]),
    greylisting: new Float64Array(3),
    tracked: new Int8Array(3).fill(-1),
  };
  start.limited = [
    {
      destination: 2,
      rate: 0.05,
      quota: false,
      shutFor: 0,
      suspected: 0,
      share: 0.1,
      ready: 0,
      readyDelayed: 0,
      all: 0,
      allDelayed: 0,
    },
  ];
  readListing(
    listed(queue, noon),
    columns,
    { now: noon, end: noon, lateShare: new Float32Array(0), timers, active: queue.length, nextRun: Number.NaN },
    start,
  );
  const world = createWorld();
  world.capacity.fill(Math.log(told.capacity));
  world.band = 20;
  let sent = 0;
  for (let b = 0; b < bins; b++) {
    world.arrivals[b] = (told.arrivals * (edges[b + 1] - edges[b])) / 60;
    world.releases[b] = edges[b] < 7200 ? (told.releases * (edges[b + 1] - edges[b])) / 60 : 0;
    sent += world.releases[b];
  }
  const ending = createEnding();
  ending.audit = told.audit;
  createStage().play(
    {
      start,
      done: 0,
      usuallyBusy: 5,
      medianDeferred: 3,
      minimalBackoff: 300,
      maximalBackoff: 4000,
      queueRun: 300,
      ordinaryShare: 0.9,
      lateFails: told.fails,
      lateFailsAgain: told.fails ** 2,
    },
    world,
    ending,
  );
  return { ending, delayed: start.delayed, sent };
}

test("what was delayed is delivered, waits here, or is with its sender: none is lost and none is made", () => {
  fc.assert(
    fc.property(
      messages,
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      unlikely,
      (queue, capacity, arrivals, releases, fails) => {
        const { ending, delayed, sent } = playOut(queue, { capacity, arrivals, releases, fails, audit: true });
        const accounted = ending.delayedOut + ending.delayedLeft + ending.delayedAtSenders;
        expect(accounted).toBeCloseTo(delayed + sent, 4);
        expect(ending.delayedOut).toBeGreaterThanOrEqual(-1e-9);
      },
    ),
    { numRuns: 60 },
  );
});

test("more capacity is never later", () => {
  fc.assert(
    fc.property(
      messages,
      fc.double({ min: 0.05, max: 5, noNaN: true }),
      fc.double({ min: 1.01, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      (queue, capacity, more, arrivals) => {
        const told = { arrivals, releases: 1, fails: 0, audit: false };
        const slow = playOut(queue, { ...told, capacity }).ending;
        const fast = playOut(queue, { ...told, capacity: capacity * more }).ending;
        for (const target of ["queue", "half", "ninety", "ninetyNine"] as const) {
          expect(fast[target]).toBeLessThanOrEqual(slow[target] * (1 + 1e-9) + 1e-6);
        }
      },
    ),
    { numRuns: 60 },
  );
});

function ascending(found: Quantiles): boolean {
  return found.every((at, n) => n === 0 || Number.isNaN(at) || at >= found[n - 1]);
}

/** An answer about a queue after an hour in which nothing was delivered, inside or outside. */
function answerTo(queue: readonly Waiting[], shut: boolean, later = 1): Estimate {
  const estimator = afterTrouble({ during: shut ? { inboundUp: false, fresh: 6 } : {} });
  const now = noon + later * MINUTE;
  for (let at = noon + MINUTE; at <= now; at += MINUTE) {
    estimator.tick(minuteAt(at, { depth: queue.length, active: queue.filter((one) => !one.scanned).length }));
  }
  return estimator.estimate(listed(queue, now), now);
}

test("quantiles ascend, and a larger share is never out before a smaller one", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), (queue, shut) => {
      const found = answerTo(queue, shut);
      for (const one of [found.queue, found.half, found.ninety, found.ninetyNine]) expect(ascending(one)).toBe(true);
      for (let n = 0; n < 7; n++) {
        if (Number.isNaN(found.ninetyNine[n])) continue;
        expect(found.half[n]).toBeLessThanOrEqual(found.ninety[n]);
        expect(found.ninety[n]).toBeLessThanOrEqual(found.ninetyNine[n]);
        expect(found.half[n]).toBeGreaterThanOrEqual(found.at);
      }
    }),
    { numRuns: 25 },
  );
});

test("the same told twice gives the same answer", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), (queue, shut) => {
      expect(answerTo(queue, shut)).toEqual(answerTo(queue, shut));
    }),
    { numRuns: 10 },
  );
});

test("nothing in the queue and nothing at senders: over now", () => {
  const found = answerTo([], false);
  expect(found.queue[5]).toBe(found.at);
  expect(found.ninetyNine).toEqual(found.half);
  expect(found.ninetyNine[6]).toBe(found.at);
});

test("mail for a destination that refuses everything moves no range", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (dead) => {
      const living = Array.from({ length: 100 }, (_, n): Waiting => {
        return { destination: n % 2, age: 30 + (n % 30), due: n % 40, scanned: true };
      });
      const stuck = Array.from({ length: dead }, (): Waiting => ({ destination: 2, age: 50, due: 30, scanned: true }));
      const answers = [0, dead].map((depth) => {
        const estimator = afterTrouble();
        for (let n = 1; n <= 20; n++) {
          const refusing = place(2, { depth, failed: n % 5 === 0 ? 1 : 0 });
          const alive = [place(0, { depth: 50, delivered: 12 }), place(1, { depth: 50, delivered: 6 })];
          // The depth that the queue manager reports holds the dead mail; what is worked on does not.
          estimator.tick(minuteAt(noon + n * MINUTE, { depth: 100 + depth, destinations: [...alive, refusing] }));
        }
        const now = noon + 20 * MINUTE;
        return estimator.estimate(listed(depth > 0 ? [...living, ...stuck] : living, now), now);
      });
      const [without, with_] = answers;
      expect(with_.stuck).toEqual([{ destination: 2, messages: dead }]);
      // Going round, the dead mail takes a little of the work, which may move an end by a queue run; never by its own wait.
      for (const target of ["queue", "half", "ninety", "ninetyNine"] as const) {
        for (const n of [1, 2, 3, 4, 5]) {
          expect(Math.abs(with_[target][n] - without[target][n])).toBeLessThanOrEqual(2 * timers.queueRun);
        }
      }
    }),
    { numRuns: 10 },
  );
});
