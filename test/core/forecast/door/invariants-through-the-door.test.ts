// What must hold of every forecast, in the program as it runs: log in, report out.

import { beforeAll, describe, expect, test } from "vitest";
import { observe } from "../../../../src/core/observe.ts";
import { MINUTE } from "../../../../src/core/time.ts";
import { around, arrives, goes, leaves, Story, seeing } from "../../../support/story.ts";
import { outlooks, type Watched, watch } from "./made.ts";

describe.each([
  { seed: 1, kind: "uplink" },
  { seed: 4, kind: "destination" },
  { seed: 7, kind: "partly" },
  { seed: 14, kind: "slow" },
])("seed $seed, $kind", ({ seed, kind }) => {
  let watched: Watched;
  beforeAll(async () => {
    watched = await watch(seed);
  }, 300_000);

  test("quantiles are in order, and M50 is no later than M90, and M90 than M99", () => {
    const all = outlooks(watched);
    expect(all.length).toBeGreaterThan(5);
    for (const { outlook } of all) {
      for (const target of [outlook.queue, outlook.half, outlook.ninety, outlook.ninetyNine]) {
        for (let n = 1; n < 7; n++) {
          const [one, next] = [target[n - 1], target[n]];
          expect(Number.isNaN(one) ? Number.isNaN(next) : Number.isNaN(next) || next >= one).toBe(true);
        }
      }
      for (let n = 0; n < 7; n++) {
        if (!Number.isNaN(outlook.ninety[n])) expect(outlook.half[n]).toBeLessThanOrEqual(outlook.ninety[n]);
        if (!Number.isNaN(outlook.ninetyNine[n])) {
          expect(outlook.ninety[n]).toBeLessThanOrEqual(outlook.ninetyNine[n]);
        }
      }
    }
  });

  test("one range: in order, and a share of the mail is not through later than all of it", () => {
    for (const { step, outlook } of outlooks(watched)) {
      const { earliest, likely, latest } = step.forecast;
      if (earliest === undefined || likely === undefined || latest === undefined) continue;
      expect(earliest).toBeLessThanOrEqual(likely);
      expect(likely).toBeLessThanOrEqual(latest);
      if (!outlook.recovered || outlook.atSenders >= 1) continue;
      expect(outlook.ninetyNine[3]).toBeLessThanOrEqual(likely);
      expect(outlook.ninetyNine[5]).toBeLessThanOrEqual(latest);
    }
  });

  test("before anything is wrong there is no outlook", () => {
    const before = watched.steps.filter(({ at }) => at < watched.truth.begin);
    expect(before.length).toBeGreaterThan(5);
    for (const { forecast } of before) expect(forecast.outlook).toBeUndefined();
  });

  test("no all-clear while mail that was delayed waits", () => {
    for (const { step, outlook } of outlooks(watched)) {
      if (outlook.allClear) expect(step.at).toBeGreaterThan(watched.truth.ninetyNine);
    }
  });

  if (kind === "partly") {
    test("mail for a place that stays dead is named apart, and no range waits for it", () => {
      const { truth } = watched;
      const later = watched.steps.filter(({ at }) => at > truth.clear + 10 * MINUTE);
      expect(later.length).toBeGreaterThan(2);
      for (const { forecast, at } of later) {
        expect(forecast.stuck.map(({ destination }) => destination)).toContain("place3.test");
        const { outlook } = forecast;
        if (outlook !== undefined) expect(outlook.ninetyNine[3]).toBeLessThanOrEqual(at + 5 * MINUTE);
      }
      const named = outlooks(watched).some(({ outlook }) =>
        outlook.stuck.some(({ destination }) => destination === "place3.test"),
      );
      expect(named).toBe(true);
    });
  }

  test("half, 90 and 99 % lie in their ranges at most moments after the recovery", () => {
    const { truth } = watched;
    let steps = 0;
    let held = 0;
    for (const { step, outlook } of outlooks(watched)) {
      for (const target of ["ninety", "ninetyNine"] as const) {
        if (step.at <= truth.end || step.at >= truth[target] - MINUTE) continue;
        steps++;
        const [, low, , , , high] = outlook[target];
        if (low <= truth[target] + MINUTE && !(high < truth[target] - MINUTE)) held++;
      }
    }
    if (steps >= 10) expect(held / steps).toBeGreaterThan(0.5);
  });
});

test("the same input gives the same output, and how often one looks makes no difference", async () => {
  const often = await watch(4, 5 * MINUTE);
  const again = await watch(4, 5 * MINUTE);
  expect(again.steps).toEqual(often.steps);
  const seldom = await watch(4, 10 * MINUTE);
  const at = new Map(often.steps.map((step) => [step.at, step.forecast.outlook]));
  const common = seldom.steps.filter((step) => at.has(step.at));
  expect(common.filter(({ forecast }) => forecast.outlook !== undefined).length).toBeGreaterThan(2);
  for (const step of common) {
    // What waits here is asked of the timers at the moment of the report; the draws are of the last tick.
    const { allClear: _, ...there } = step.forecast.outlook ?? { allClear: false };
    const { allClear: __, ...here } = at.get(step.at) ?? { allClear: false };
    expect({ ...there, half: 0, ninety: 0, ninetyNine: 0, destinations: 0 }).toEqual({
      ...{ ...here, half: 0, ninety: 0, ninetyNine: 0, destinations: 0 },
    });
  }
});

test("an empty queue is clear, and has no range and no outlook", () => {
  const story = new Story().tell(
    ...arrives("10:00:00", "A00001"),
    goes("10:00:01", "A00001"),
    leaves("10:00:01", "A00001"),
  );
  const { forecast } = story.at("10:30:00");
  expect(forecast).toMatchObject({ state: "clear", messages: 0, earliest: undefined, latest: undefined });
  expect(forecast.outlook).toBeUndefined();
});

test("who cannot see says unknown, also in the middle of a trouble", async () => {
  const { known, now } = await inTrouble();
  const report = observe(known, { ...around, observer: { ...seeing, blind: true, why: "the log is gone" } }, now);
  expect(report.forecast).toMatchObject({
    state: "unknown",
    earliest: undefined,
    likely: undefined,
    latest: undefined,
  });
  expect(report.forecast.outlook).toBeUndefined();
});

/** A relay that refuses 60 messages. */
async function inTrouble() {
  const story = new Story();
  let now = 0;
  for (let n = 0; n < 60; n++) {
    const time = `10:${String(n).padStart(2, "0")}:00`;
    const id = (0xa10000 + n).toString(16).toUpperCase();
    story.tell(
      ...arrives(time, id),
      `${time} smtp ${id}: to=<one@remote.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.remote.test[198.51.100.7]:25: Connection refused)`,
    );
    const report = story.at(`10:${String(n).padStart(2, "0")}:30`);
    now = report.at;
  }
  expect(story.at(now).forecast.outlook).toBeDefined();
  return { known: story.known, now };
}
