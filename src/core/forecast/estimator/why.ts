// Why it takes so long: the same mean world played again with one thing lifted at a time.

import type { Duration } from "../../time.ts";
import type { Estimate } from "../seen.ts";
import { horizon } from "./grid.ts";
import { limitedMost } from "./listing.ts";
import type { Stage } from "./play.ts";
import { createEnding, type Ending, type Scene, type World } from "./world.ts";

/** What could be lifted. */
export type Remedy = keyof Estimate["remedies"];
export const remedies: readonly Remedy[] = ["service", "timers", "senders", "destination", "down"];

/** Where the mean world ends as it is, and with each remedy. */
export interface Reasons {
  readonly base: Ending;
  readonly lifted: Readonly<Record<Remedy, Ending>>;
}

/** A place to write the six endings to. */
export function createReasons(): Reasons {
  return {
    base: createEnding(),
    lifted: {
      service: createEnding(),
      timers: createEnding(),
      senders: createEnding(),
      destination: createEnding(),
      down: createEnding(),
    },
  };
}

const opened = new Float64Array(limitedMost);

/** Plays the mean world six times. `up` and `releases` of the world are as foreseen; they are restored. */
export function playReasons(stage: Stage, scene: Scene, world: World, into: Reasons, spare: Float64Array): void {
  stage.play(scene, world, into.base);

  world.unlimitedService = true;
  stage.play(scene, world, into.lifted.service);
  world.unlimitedService = false;

  world.timersNow = true;
  stage.play(scene, world, into.lifted.timers);
  world.timersNow = false;

  spare.set(world.releases);
  let held = 0;
  for (let b = 0; b < spare.length; b++) held += spare[b];
  world.releases.fill(0);
  world.releases[0] = held;
  stage.play(scene, world, into.lifted.senders);
  world.releases.set(spare);

  world.unlimitedDestinations = true;
  stage.play(scene, world, into.lifted.destination);
  world.unlimitedDestinations = false;

  spare.set(world.up);
  world.up.fill(1);
  opened.set(world.opens);
  for (let j = 0; j < opened.length; j++) if (world.opens[j] !== Number.POSITIVE_INFINITY) world.opens[j] = 0;
  stage.play(scene, world, into.lifted.down);
  world.up.set(spare);
  world.opens.set(opened);
}

const least = 0.02;

/** The remedy with the largest gain on a target, and what it saves. */
export function limitOf(
  reasons: Reasons,
  target: "queue" | "ninetyNine",
): { remedy: Remedy | undefined; gain: number; saves: Duration } {
  const base = Math.min(horizon, reasons.base[target]);
  let remedy: Remedy | undefined;
  let most = least;
  let saves = 0;
  for (const name of remedies) {
    const lifted = Math.min(horizon, reasons.lifted[name][target]);
    const gain = Math.log((base + 60) / (lifted + 60));
    if (gain > most) {
      most = gain;
      remedy = name;
      saves = (base - lifted) * 1000;
    }
  }
  return { remedy, gain: remedy === undefined ? 0 : most, saves };
}
