import { expect, test } from "vitest";
import { HELD } from "../../../bench/forecast/mail.ts";
import { drawScenario, type Extra, extraNames, type Scenario } from "../../../bench/forecast/scenario.ts";
import { createWorld } from "../../../bench/forecast/world.ts";

/** A small outage that has what is asked for. */
function withExtra(extra: Extra, has: (scenario: Scenario) => boolean): Scenario {
  for (let seed = 1; seed < 3000; seed++) {
    const found = drawScenario(seed, "usual", [extra]);
    if (found.load < 600 && found.recovery - found.start < 4 * 3600 && has(found)) return found;
  }
  throw new Error(`no small outage with ${extra}`);
}

test("a seed is the same world with extras and without", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const plain = drawScenario(seed);
    const more = drawScenario(seed, "usual", extraNames);
    expect(more.troubles).toEqual(plain.troubles);
    expect(more.load).toBe(plain.load);
    expect(more.complications).toEqual(expect.arrayContaining([...plain.complications]));
  }
});

test("a flush makes all that waits due at once", () => {
  const scenario = withExtra("flush", (one) => Number.isFinite(one.flushAt) && one.kind === "store");
  const world = createWorld(scenario);
  while (world.now < Math.floor(scenario.flushAt / 60) * 60) world.minute();
  const before = world.retried;
  const waiting = world.depth - world.active;
  const minute = (scenario.flushAt - (scenario.flushAt % 60)) / 60;
  let tried = 0;
  while (world.now < (minute + 3) * 60) {
    world.minute();
    tried += world.retried + world.active;
  }
  expect(waiting).toBeGreaterThan(5);
  expect(tried).toBeGreaterThan(Math.max(before, Math.min(waiting, 20) * 0.5));
});

test("mail on hold is in no listing and comes back when it is released", () => {
  const scenario = withExtra(
    "hold",
    (one) => one.hold > 0.1 && one.kind === "store" && one.recovery - one.start > 3600,
  );
  const world = createWorld(scenario);
  while (world.now <= scenario.recovery) world.minute();
  const held = world.census()[HELD];
  expect(held).toBeGreaterThan(0);
  while (world.now <= scenario.holdTo) world.minute();
  expect(world.census()[HELD]).toBe(0);
});

test("a place that refuses some still takes some", () => {
  const scenario = withExtra("partly-failing", (one) =>
    one.places.some(({ refuses, share }) => refuses > 0 && share > 0.02),
  );
  const place = scenario.places.findIndex(({ refuses }) => refuses > 0);
  const world = createWorld(scenario);
  let delivered = 0;
  let failed = 0;
  while (world.now < scenario.start) {
    world.minute();
    delivered += world.delivered[place];
    failed += world.failed[place];
  }
  expect(delivered).toBeGreaterThan(0);
  expect(failed / (failed + delivered)).toBeGreaterThan(0.2);
});
