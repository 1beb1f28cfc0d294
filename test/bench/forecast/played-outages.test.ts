import { expect, test } from "vitest";
import { DEFERRED, IN_LINE, INCOMING, READY } from "../../../bench/forecast/mail.ts";
import { findTruth, instantOf, listingOf, tickOf } from "../../../bench/forecast/outage.ts";
import { drawScenario, HOST, INBOUND, outageKinds, type Scenario } from "../../../bench/forecast/scenario.ts";
import { createWorld } from "../../../bench/forecast/world.ts";

/** A small outage of the kind that is asked for. */
function small(kind: Scenario["kind"], more: (scenario: Scenario) => boolean = () => true): Scenario {
  for (let seed = 1; seed < 2000; seed++) {
    const found = drawScenario(seed);
    const hours = (found.recovery - found.start) / 3600;
    if (found.kind === kind && found.load < 400 && hours > 0.7 && hours < 3 && more(found)) return found;
  }
  throw new Error(`no small outage of kind ${kind}`);
}

function played(scenario: Scenario, until: number) {
  const world = createWorld(scenario);
  while (world.now < until) world.minute();
  return world;
}

test("the same seed plays the same outage", () => {
  const scenario = small("mx");
  const one = findTruth(scenario);
  const other = findTruth(drawScenario(scenario.seed));
  expect(other.departures).toEqual(one.departures);
  expect(other.depths).toEqual(one.depths);
  expect(one.departures.length).toBeGreaterThan(40);
});

test.each(outageKinds.map((kind) => [kind]))("no message is lost from the books: %s", (kind) => {
  const scenario = small(kind);
  const world = createWorld(scenario);
  const end = scenario.recovery + 2 * 3600;
  while (world.now < end) {
    world.minute();
    const inQueue = world.depthAt.reduce((a, b) => a + b, 0);
    expect(inQueue).toBe(world.depth);
    expect(world.activeAt.reduce((a, b) => a + b, 0)).toBe(world.active);
  }
  const census = world.census();
  expect(census[INCOMING] + census[DEFERRED] + census[READY] + census[IN_LINE]).toBe(world.depth);
  expect(census[INCOMING] + census[READY] + census[IN_LINE]).toBe(world.active);
  expect(census.reduce((a, b) => a + b, 0)).toBe(world.messages);
});

test("while the door is shut nothing comes in from outside, and much waits outside", () => {
  const scenario = small("mx");
  const world = played(scenario, scenario.recovery);
  let fromOutside = 0;
  world.list((_place, arrived) => {
    if (arrived > scenario.start + 60) fromOutside++;
  });
  expect(world.broken & INBOUND).toBe(INBOUND);
  expect(world.cohort).toBe(0);
  world.minute();
  // Most of the delayed mail is not in the queue: this is what a line through the depth cannot know.
  expect(world.cohort).toBeGreaterThan(2 * fromOutside);
});

test("a store that is down fills the queue, and its mail leaves after the recovery by the timers", () => {
  const scenario = small("store");
  const before = played(scenario, scenario.start).depth;
  const world = played(scenario, scenario.recovery);
  expect(world.depthAt[0]).toBeGreaterThan(before + 20);
  const truth = findTruth(scenario);
  expect(truth.ninetyNine).toBeGreaterThan(scenario.recovery);
  expect(truth.half).toBeLessThanOrEqual(truth.ninety);
  expect(truth.ninety).toBeLessThanOrEqual(truth.ninetyNine);
});

test("the ticks and the listing tell of the same queue", () => {
  const scenario = small("filter");
  const world = played(scenario, scenario.recovery + 600);
  const tick = tickOf(world);
  const listing = listingOf(world);
  expect(listing.count).toBe(tick.depth);
  expect(tick.at).toBe(instantOf(world.now));
  for (const { destination, depth } of tick.destinations) {
    expect(listing.destination.filter((one) => one === destination).length).toBe(depth);
  }
  const due = listing.due.filter((at) => at <= tick.at).length;
  expect(due).toBeGreaterThanOrEqual(tick.active);
});

test("a host that is down is seen as down", () => {
  const scenario = small("host");
  const world = played(scenario, scenario.start + 120);
  expect(world.broken & HOST).toBe(HOST);
  expect(tickOf(world)).toMatchObject({ hostUp: false, inboundUp: false, scanned: 0, retried: 0, fresh: 0 });
});

test("what is perfect cannot be what takes long: every remedy brings the end forward or leaves it", () => {
  const scenario = small("uplink", ({ complications }) => complications.length === 0);
  const truth = findTruth(scenario);
  for (const what of ["service", "timers", "senders", "destination", "down"] as const) {
    const other = findTruth(scenario, { at: scenario.recovery + 60, what }, truth);
    expect(other.ninetyNine).toBeLessThanOrEqual(truth.ninetyNine + 600);
  }
  const atOnce = findTruth(scenario, { at: scenario.recovery + 60, what: "senders" }, truth);
  expect(atOnce.ninety).toBeLessThan(truth.ninety);
});

test("remedies change nothing before they are applied", () => {
  const scenario = small("mx");
  const plain = findTruth(scenario);
  const other = findTruth(scenario, { at: scenario.recovery + 1800, what: "timers" }, plain);
  const minutes = Math.round((scenario.recovery + 1800 - scenario.from) / 60);
  expect(other.depths.slice(0, minutes)).toEqual(plain.depths.slice(0, minutes));
});

test("one who plays other futures leaves the world as it was, and knows what is certain", () => {
  const scenario = small("mx");
  const truth = findTruth(scenario);
  const world = played(scenario, scenario.recovery + 300);
  const one = world.chanceOfGrowth(8);
  expect(world.chanceOfGrowth(8)).toBe(one);
  expect(one).toBeGreaterThanOrEqual(0);
  expect(one).toBeLessThanOrEqual(1);
  const at = Math.round((world.now - scenario.from) / 60);
  const other = played(scenario, scenario.recovery + 300);
  const depths: number[] = [];
  for (let n = 0; n < 60; n++) {
    world.minute();
    other.minute();
    depths.push(world.depth);
    expect(tickOf(world)).toEqual(tickOf(other));
    if (n % 10 === 0) world.chanceOfGrowth(2);
  }
  expect(depths).toEqual([...truth.depths.slice(at, at + 60)]);
  expect(listingOf(world)).toEqual(listingOf(other));
  // While the filter is down for hours yet, the queue grows in every future.
  const filter = small("filter", ({ start, recovery }) => recovery - start > 2 * 3600);
  expect(played(filter, filter.start + 1200).chanceOfGrowth(8)).toBe(1);
});
