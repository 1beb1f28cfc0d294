// What the estimator is told: units, attempts, the beginning and end of troubles, what is usual.

import { describe, expect, test } from "vitest";
import postfix from "../../../../collectors/dialects/postfix/index.ts";
import { Habits } from "../../../../src/core/forecast/habits.ts";
import { coarsened, forgetQuiet, restoreTicks, saveTicks } from "../../../../src/core/forecast/past.ts";
import type { Tick } from "../../../../src/core/forecast/seen.ts";
import type { Sight } from "../../../../src/core/forecast/sight.ts";
import { beginning, goesOn, type Trouble } from "../../../../src/core/forecast/trouble.ts";
import { stretched, timersFor, unitOf, unstretched } from "../../../../src/core/forecast/unit.ts";
import { Saved, Saving } from "../../../../src/core/ledger/saved.ts";
import type { Downtime } from "../../../../src/core/outages/downtime.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { arrives, queued, Story, waits } from "../../../support/story.ts";

describe("the unit of time", () => {
  test("a minute where people are served, a fifth of a queue run in a laboratory", () => {
    expect(unitOf(postfix.defaultSchedule)).toBe(MINUTE);
    expect(unitOf({ ...postfix.defaultSchedule, queueRun: 1000 * SECOND })).toBe(MINUTE);
    expect(unitOf({ ...postfix.defaultSchedule, queueRun: 5 * SECOND })).toBe(SECOND);
  });

  test("a laboratory of 5 s runs looks to the estimator like Postfix with its defaults", () => {
    const schedule = { ...postfix.defaultSchedule, queueRun: 5 * SECOND, minimalBackoff: 5 * SECOND };
    expect(timersFor(schedule, SECOND)).toMatchObject({ queueRun: 300 * SECOND, minimalBackoff: 300 * SECOND });
    expect(unstretched(stretched(123_456, SECOND), SECOND)).toBe(123_456);
  });
});

test("what is remembered from another message is no attempt", () => {
  const story = new Story();
  const why = "delivery temporarily suspended: connect to mx.remote.test[198.51.100.7]:25: Connection refused";
  story.tell(
    ...arrives("10:00:00", "A00001"),
    waits("10:00:01", "A00001"),
    ...arrives("10:00:02", "A00002"),
    waits("10:00:03", "A00002", { why }),
    queued("10:10:00", "A00001"),
    waits("10:10:01", "A00001"),
    queued("10:10:02", "A00002"),
    waits("10:10:03", "A00002", { why }),
  );
  const { attempts } = story.known.foresight;
  const [destination] = attempts.destinations;
  expect(attempts.get(destination, 1)).toBe(2);
  expect(attempts.retried).toBe(1);
});

const at = Date.UTC(2026, 2, 2, 12);
const sight = (minutes: number, rest: Partial<Sight> = {}): Sight => ({
  now: at + minutes * MINUTE,
  since: at + (minutes - 1) * MINUTE,
  unit: MINUTE,
  downtimes: [],
  ...{ depth: 5, active: 1, dead: 0, delayed: 0, atSenders: 0 },
  waitingFor: () => 0,
  lastDelivery: at + minutes * MINUTE,
  ...rest,
});
const down = (from: number, to?: number, rest: Partial<Downtime> = {}): Downtime => ({
  ...{ scope: "destination", target: "remote.test", source: "inferred", cause: "connection-refused", failures: 50 },
  from: at + from * MINUTE,
  to: to === undefined ? undefined : at + to * MINUTE,
  ...rest,
});
const calm = { deep: 0 };

describe("a trouble", () => {
  test("begins when a place is down that mail waits for, from the moment that it went down", () => {
    const few = sight(10, { downtimes: [down(2)], waitingFor: () => 3 });
    expect(beginning(few, 20, calm).trouble).toBeUndefined();
    const many = sight(10, { downtimes: [down(2)], waitingFor: () => 30, depth: 35 });
    expect(beginning(many, 20, calm).trouble).toMatchObject({ began: at + 2 * MINUTE, ends: [] });
  });

  test("is none where one far place has been broken for hours while other mail moves", () => {
    const far = sight(300, { downtimes: [down(2)], waitingFor: () => 900, depth: 905 });
    expect(beginning(far, 20, calm).trouble).toBeUndefined();
    const uplink = { ...far, lastDelivery: at };
    expect(beginning(uplink, 20, calm).trouble).toBeDefined();
  });

  test("begins when that place comes back with all that it held", () => {
    const back = (minutes: number): Sight => sight(minutes, { downtimes: [down(2, 301)], depth: 900 });
    let before = beginning(back(302), 20, calm);
    expect(before.trouble).toBeUndefined();
    before = beginning(back(303), 20, before.suspicion);
    before = beginning(back(304), 20, before.suspicion);
    expect(before.trouble).toMatchObject({ began: at + 2 * MINUTE, ends: [{ at: at + 301 * MINUTE }] });
  });

  test("begins when we were away and nobody could see it", () => {
    const host = down(-30, 0, { scope: "host", target: "mail server", failures: 0 });
    const found = beginning(sight(0.5, { downtimes: [host] }), 20, calm).trouble;
    expect(found).toMatchObject({ began: at - 30 * MINUTE, ends: [{ at }] });
  });

  test("a deep queue of deferred mail, with nothing down yet, is not yet one; more work than we can do is", () => {
    const deferred = { depth: 500, active: 1 };
    expect(beginning(sight(1, deferred), 20, { deep: 5 }).trouble).toBeUndefined();
    const busy = { depth: 500, active: 400 };
    expect(beginning(sight(1, busy), 20, { deep: 1 }).trouble).toBeUndefined();
    expect(beginning(sight(2, busy), 20, { deep: 2 }).trouble).toMatchObject({ ends: [{ seen: at + 2 * MINUTE }] });
  });

  test("ends with the first recovery, once; and again after a relapse", () => {
    let trouble: Trouble = { began: at, ends: [], calmSince: Number.NaN };
    const on = (look: Sight): void => {
      trouble = goesOn(trouble, look, 20) ?? expect.unreachable();
    };
    on(sight(5, { downtimes: [down(0), down(0, undefined, { target: "other.test" })], depth: 90 }));
    expect(trouble.ends).toEqual([]);
    const first = [down(0, 6), down(0, undefined, { target: "other.test" })];
    on(sight(7, { downtimes: first, depth: 90 }));
    expect(trouble.ends.map((end) => end.at)).toEqual([at + 6 * MINUTE]);
    const second = [down(0, 6), down(0, 9, { target: "other.test" })];
    on(sight(10, { downtimes: second, depth: 90 }));
    expect(trouble.ends).toHaveLength(1);
    on(sight(20, { downtimes: [...second, down(15)], depth: 90 }));
    on(sight(30, { downtimes: [...second, down(15, 29)], depth: 90 }));
    expect(trouble.ends.map((end) => end.at)).toEqual([at + 6 * MINUTE, at + 29 * MINUTE]);
  });

  test("is over after a quarter of an hour of calm, and not while what it delayed waits or senders hold mail", () => {
    const trouble: Trouble = { began: at, ends: [{ at, seen: at }], calmSince: at + MINUTE };
    expect(goesOn(trouble, sight(20), 20)).toBeUndefined();
    expect(goesOn(trouble, sight(20, { delayed: 1 }), 20)).toMatchObject({ calmSince: Number.NaN });
    expect(goesOn(trouble, sight(20, { atSenders: 40 }), 20)).toMatchObject({ calmSince: Number.NaN });
    expect(goesOn(trouble, sight(20, { depth: 21 }), 20)).toMatchObject({ calmSince: Number.NaN });
    expect(goesOn(trouble, sight(10), 20)).toBeDefined();
  });
});

describe("what is usual", () => {
  test("the hour of the week is learned, and known again a week later", () => {
    const habits = new Habits();
    for (let minute = 0; minute < 14 * 24 * 60; minute++) {
      const now = at + minute * MINUTE;
      const busy = new Date(now).getUTCHours() === 9 && new Date(now).getUTCDay() === 2;
      habits.learn(now + MINUTE, MINUTE, busy ? 60 : 6, 3, 4, 2);
    }
    const tuesday = Date.UTC(2026, 2, 17, 9, 30);
    expect(habits.rate(tuesday) * 60).toBeGreaterThan(40);
    expect(habits.rate(tuesday + DAY) * 60).toBeLessThan(20);
    expect(habits.rate(tuesday + 3 * HOUR) * 60).toBeCloseTo(6, 0);
    const usual = habits.usual(Date.UTC(2026, 2, 17, 8, 30), MINUTE, [1]);
    expect(usual.arrivalsByHour[9]).toBeGreaterThan(40);
    expect(usual).toMatchObject({ band: 14, medianDepth: 4, medianDeferred: 2 });
  });

  test("ranges that were missed become wider, and a restart forgets nothing", () => {
    const habits = new Habits();
    const told = { target: "ninetyNine", earliest: 10 * MINUTE, latest: 20 * MINUTE, came: 50 * MINUTE } as const;
    for (let n = 0; n < 60; n++) habits.learnTrouble({ began: at, ended: at, told: [told] });
    expect(habits.past).toHaveLength(50);
    expect(habits.ends.ninetyNine?.high).toBeGreaterThan(0.95);
    const to = new Saving();
    habits.save(to);
    const again = new Habits();
    again.restore(new Saved(to.finish()));
    expect(again.ends).toEqual(habits.ends);
    expect(again.band()).toEqual(habits.band());
  });
});

describe("ticks that are kept", () => {
  const tick = (n: number): Tick => ({
    ...{ at: at + n * MINUTE, span: MINUTE, depth: n, active: 1, scanned: 2, retried: 3, fresh: 4, late: 0, dated: 0 },
    destinations: [{ destination: 1, depth: n, active: 0, delivered: 1, failed: 2, throttled: 0, greylisted: 0 }],
    ...{ hostUp: true, filterUp: n % 3 > 0, inboundUp: true },
  });
  const ticks = Array.from({ length: 1441 }, (_, n) => tick(n));

  test("come back as they were", () => {
    const to = new Saving();
    saveTicks(ticks, to);
    expect(restoreTicks(new Saved(to.finish()))).toEqual(ticks);
  });

  test("are forgotten after two hours, each once, and the first that stays tells what the last that went led to", () => {
    const kept = ticks.slice(0, 122);
    expect(forgetQuiet(kept)).toEqual([ticks[0], ticks[1], ticks[2]]);
    expect(kept).toEqual(ticks.slice(2, 122));
    expect(forgetQuiet(kept)).toEqual([]);
  });

  test("grow coarser in the older half, and lose nothing that was counted", () => {
    const fewer = coarsened(ticks);
    expect(fewer.length).toBeLessThan(1100);
    const sum = (all: readonly Tick[]): number[] => [
      all.reduce((n, one) => n + one.span, 0),
      all.reduce((n, one) => n + one.fresh, 0),
      all.reduce((n, one) => n + one.destinations.reduce((m, place) => m + place.failed, 0), 0),
    ];
    expect(sum(fewer)).toEqual(sum(ticks));
    expect(fewer.at(-1)).toEqual(ticks.at(-1));
  });
});
