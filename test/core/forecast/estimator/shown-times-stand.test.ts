import { expect, test } from "vitest";
import { type Published, publish, stepFor } from "../../../../src/core/forecast/estimator/publish.ts";
import type { Estimate, Quantiles } from "../../../../src/core/forecast/seen.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { noon } from "./staged.ts";

function estimate(at: number, likely: number, changed: Partial<Estimate> = {}): Estimate {
  const around = [-30, -20, -10, 0, 10, 20, 30].map((m) => likely + m * MINUTE) as unknown as Quantiles;
  return {
    at,
    queue: around,
    half: around,
    ninety: around,
    ninetyNine: around,
    never: 0,
    growing: 0,
    depthInAnHour: 0,
    cause: "service",
    saves: 0,
    remedies: { service: 0, timers: 0, senders: 0, destination: 0, down: 0 },
    stuck: [],
    atSenders: 0,
    allClear: false,
    delayed: 0,
    progress: 0,
    causes: { queue: "service", ninetyNine: "service" },
    destinations: [],
    ...changed,
  };
}

const shownAfter = (answers: readonly Estimate[]): Published =>
  answers.reduce<Published | undefined>((before, one) => publish(one, before), undefined) as Published;

test("the nearer, the finer", () => {
  const steps = [10 * MINUTE, HOUR, 5 * HOUR, 20 * HOUR, 50 * HOUR].map(stepFor);
  expect(steps).toEqual([5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR]);
});

test("a wobble within the likely half changes nothing on the screen", () => {
  const wobble = [60, 66, 55, 63, 58].map((m, n) => estimate(noon + n * MINUTE, noon + m * MINUTE));
  const times = wobble.map((_, n) => shownAfter(wobble.slice(0, n + 1)).targets.queue.at);
  expect(new Set(times)).toEqual(new Set([noon + HOUR]));
});

test("one estimate far off is not believed, two are", () => {
  const first = estimate(noon, noon + HOUR);
  const far = (n: number) => estimate(noon + n * MINUTE, noon + 3 * HOUR);
  expect(shownAfter([first, far(1)]).targets.queue.at).toBe(noon + HOUR);
  expect(shownAfter([first, far(1), first]).targets.queue.at).toBe(noon + HOUR);
  expect(shownAfter([first, far(1), far(2)]).targets.queue.at).toBe(noon + 3 * HOUR);
});

test("a time that has passed does not stand", () => {
  const shown = shownAfter(
    [0, 1, 2].map((n) => estimate(noon + n * 21 * MINUTE, noon + 20 * MINUTE + n * 21 * MINUTE)),
  );
  expect(shown.targets.queue.at).toBeGreaterThan(noon + 42 * MINUTE);
});

test("the ends are live even where the time stands", () => {
  const shown = shownAfter([estimate(noon, noon + HOUR), estimate(noon + MINUTE, noon + HOUR + 5 * MINUTE)]);
  expect(shown.targets.queue.at).toBe(noon + HOUR);
  expect(shown.targets.queue.earliest).toBe(noon + 45 * MINUTE);
  expect(shown.targets.queue.latest).toBe(noon + 85 * MINUTE);
});

test("where more likely than not it never ends or grows, that is said", () => {
  const never = Number.NaN;
  const none: Quantiles = [never, never, never, never, never, never, never];
  const shown = publish(estimate(noon, noon, { queue: none, never: 0.7, growing: 0.8 }));
  expect(shown).toMatchObject({ noEndInSight: true, notClearing: true });
  expect(shown.targets.queue.at).toBeUndefined();
});
