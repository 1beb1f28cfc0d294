// What one estimate costs with a hundred thousand messages in the queue and two hundred destinations.

import type { SeenQueue } from "../../src/core/forecast/seen.ts";
import { findTruth, instantOf, tickOf, timersOf, usualOf } from "./outage.ts";
import { drawScenario } from "./scenario.ts";
import { median } from "./table.ts";
import type { Contender } from "./trial.ts";
import { createWorld } from "./world.ts";

const messages = 100_000;
const destinations = 200;

/** Median milliseconds of an estimate. */
export function timeEstimate(contender: Contender): number {
  const seed = 4;
  const scenario = drawScenario(seed);
  const truth = findTruth(scenario);
  const usual = usualOf(scenario, truth);
  const shares = Array.from({ length: destinations }, (_, n) => 1 / (n + 1));
  const sum = shares.reduce((a, b) => a + b, 0);
  const estimator = contender.create(
    { ...usual, destinationShares: shares.map((share) => share / sum) },
    timersOf(scenario),
    seed,
  );
  const world = createWorld(scenario);
  let now = 0;
  while (world.now < scenario.recovery + 1200) {
    world.minute();
    now = instantOf(world.now);
    if (world.now >= scenario.start && world.now - 60 < scenario.start) estimator.began(instantOf(scenario.start));
    const tick = tickOf(world);
    const known = tick.destinations.length;
    const others = Array.from({ length: destinations - known }, (_, n) => ({
      destination: known + n,
      depth: 100,
      active: 10,
      delivered: 5,
      failed: n % 7 === 0 ? 1 : 0,
      throttled: n % 31 === 0 ? 1 : 0,
      greylisted: 0,
    }));
    const deep = { ...tick, depth: messages, active: messages / 10, destinations: [...tick.destinations, ...others] };
    estimator.tick(deep);
    if (world.now === scenario.recovery) estimator.ended(now);
  }
  const queue: SeenQueue = {
    count: messages,
    held: 0,
    destination: Int32Array.from({ length: messages }, (_, n) => (n * 7919) % destinations),
    arrival: Float64Array.from({ length: messages }, (_, n) => now - ((n * 104_729) % 14_400_000)),
    due: Float64Array.from({ length: messages }, (_, n) => now + ((n * 15_485) % 4_000_000) - 300_000),
    scanned: Uint8Array.from({ length: messages }, (_, n) => (n % 3 === 0 ? 0 : 1)),
    attempts: Uint16Array.from({ length: messages }, (_, n) => n % 9),
  };
  const times: number[] = [];
  for (let n = 0; n < 25; n++) {
    const began = performance.now();
    estimator.estimate(queue, now);
    times.push(performance.now() - began);
  }
  return median(times.slice(5));
}
