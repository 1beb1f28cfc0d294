import { expect, test } from "vitest";
import type { Downtime } from "../../../../src/core/outages/downtime.ts";
import type { MailReturning, MailWaiting } from "../../../../src/core/retries/senders/at-senders.ts";
import { type LookoutSighting, Lookouts, withCount } from "../../../../src/core/retries/senders/lookouts.ts";
import { HOUR, type Instant, MINUTE } from "../../../../src/core/time.ts";

const begin = 100 * HOUR;
const now = begin + 2 * HOUR;
const down = (to?: Instant): Downtime[] => [{ scope: "host", from: begin, to } as Downtime];

const cohort = (from: Instant, held: number, more: Partial<LookoutSighting["cohorts"][number]> = {}) => ({
  from,
  held,
  heldAtMost: held,
  returned: 0,
  silent: 0,
  ...more,
});

function told(at: Instant, sighting: Partial<LookoutSighting> = {}): Lookouts {
  const lookouts = new Lookouts();
  const cohorts = [cohort(begin - 5 * HOUR, 40), cohort(begin, 5), cohort(begin + HOUR, 7, { heldAtMost: 9 })];
  lookouts.take({ lookout: "spare", at, watching: begin - HOUR, cohorts, byClass: {}, ...sighting }, at);
  return lookouts;
}

const waiting: MailWaiting = {
  state: "waiting",
  since: begin,
  held: 300,
  givenUp: 1,
  givingUp: undefined,
  windows: [],
};
const returning: MailReturning = {
  state: "returning",
  since: begin,
  until: begin + HOUR,
  held: 300,
  arrived: 100,
  stillOut: 200,
  givenUp: 1,
  shareArrived: 1 / 3,
  mostExpected: now + HOUR,
  lastExpected: now + 2 * HOUR,
};

test("what a lookout counted of this outage takes the place of what is expected", () => {
  const counted = { at: now, whole: true, held: 12, heldAtMost: 14, returned: 0, silent: 0 };
  // What came before the outage is not held because of it.
  expect(withCount(waiting, told(now), down(), now)).toEqual({ ...waiting, held: 12, counted });
});

test("after the outage: still out and arrived as counted", () => {
  const cohorts = [cohort(begin, 4, { returned: 12, silent: 3 })];
  expect(withCount(returning, told(now, { cohorts }), down(begin + HOUR), now)).toMatchObject({
    held: 16,
    arrived: 12,
    stillOut: 4,
    shareArrived: 0.75,
    mostExpected: returning.mostExpected,
    counted: { silent: 3 },
  });
  expect(withCount(returning, told(now, { cohorts: [] }), down(begin + HOUR), now)).toMatchObject({ shareArrived: 1 });
});

test("a lookout that was not heard lately says nothing", () => {
  expect(withCount(waiting, told(now - 3 * MINUTE), down(), now)).toEqual(waiting);
  expect(withCount(waiting, new Lookouts(), down(), now)).toEqual(waiting);
  expect(withCount(undefined, new Lookouts(), down(), now)).toBeUndefined();
});

test("one that came to it in the middle has counted a part: there is at least as much", () => {
  const part = withCount(waiting, told(now, { watching: begin + HOUR }), down(), now);
  expect(part).toMatchObject({ held: 300, counted: { whole: false, held: 12 } });
  const more = withCount({ ...waiting, held: 3 }, told(now, { watching: begin + HOUR }), down(), now);
  expect(more).toMatchObject({ held: 12 });
  const back = withCount(returning, told(now, { watching: begin + HOUR }), down(begin + HOUR), now);
  expect(back).toMatchObject({ held: 300, stillOut: 200, counted: { whole: false } });
});

test("where too little is known of usual days, what was counted is told all the same", () => {
  expect(withCount(undefined, told(now), down(), now)).toMatchObject({ state: "waiting", since: begin, held: 12 });
  expect(withCount(undefined, told(now), [], now)).toBeUndefined();
  expect(withCount(undefined, told(now, { cohorts: [] }), down(), now)).toBeUndefined();
});

test("of two lookouts, who see the same senders, the one that saw more counts; what is old does not replace what is new", () => {
  const lookouts = told(now);
  const other = { lookout: "other", at: now, watching: begin, byClass: {} };
  lookouts.take({ ...other, cohorts: [cohort(begin, 20)] }, now);
  lookouts.take({ ...other, at: now - 1, cohorts: [cohort(begin, 900)] }, now);
  expect(withCount(waiting, lookouts, down(), now)).toMatchObject({ held: 20 });
});

test("a lookout whose clock is wrong is heard by ours", () => {
  // The clock of the other host may be wrong: what counts is when it was heard by ours.
  const lookouts = new Lookouts();
  const sighting = {
    lookout: "spare",
    at: now - HOUR,
    watching: begin - HOUR,
    cohorts: [cohort(begin, 5)],
    byClass: {},
  };
  lookouts.take(sighting, now);
  expect(withCount(waiting, lookouts, down(), now)).toMatchObject({ held: 5 });
});
