// The worlds that are played for one answer: what is believed about each thing, and one possible truth a draw.

import { HOUR, type Instant } from "../../time.ts";
import type { SeenUsual, WhatIf } from "../seen.ts";
import type { Capacity } from "./capacity.ts";
import type { Destinations } from "./destinations.ts";
import type { Dice } from "./dice.ts";
import { bins, edges, horizon } from "./grid.ts";
import { type Level, passes, usualRate } from "./level.ts";
import type { DestinationColumns, Start } from "./listing.ts";
import type { Senders } from "./senders.ts";
import { draws, type Spread } from "./spread.ts";
import { block, residual, shutDoor } from "./standstill.ts";
import { createWorld, type Scene, type World } from "./world.ts";

/** How much of a passing deviation is left in each bin. */
const backToUsual = Float64Array.from({ length: bins }, (_, b) =>
  Math.exp(-(edges[b] + edges[b + 1]) / 2 / (passes / 1000)),
);
/** Deviation of the logarithm of the capacity, by how far ahead it is. */
const drift = Float64Array.from({ length: bins }, (_, b) => Math.min(0.22, 0.018 * Math.sqrt(edges[b] / 60)));
/** Doubt of the level of arrivals that stays however much is seen. */
const levelDoubt = 0.07;
const stallLength = 600;
const mostStalls = 6;

/** What is known at the moment of an answer. */
export interface Moment {
  readonly now: Instant;
  /** Seconds since the end of the trouble. */
  readonly elapsed: number;
  /** Whether the server works, and if not, since how many seconds. */
  readonly working: boolean;
  readonly downFor: number;
  /** Whether mail comes in from outside. */
  readonly open: boolean;
  /** Times that something broke since the trouble. */
  readonly stalls: number;
  readonly senders: Senders | undefined;
  readonly what: WhatIf;
}

/** Beliefs, ready to be drawn from. */
export interface Worlds {
  /** Takes what is believed now. */
  at(moment: Moment): void;
  /** Draw `n` of `draws`. Says how many messages more there will be for dead places in an hour. */
  draw(n: number, dice: Dice): { readonly world: World; readonly deadGrowth: number };
  /** Everything as expected. */
  mean(): World;
}

/** Draws from these beliefs; `scene` and `columns` are read as they are at each answer. */
export function createWorlds(
  usual: SeenUsual,
  beliefs: { readonly level: Level; readonly capacity: Capacity; readonly destinations: Destinations },
  scene: Scene,
  columns: DestinationColumns,
  spread: Spread,
): Worlds {
  const { level, capacity, destinations } = beliefs;
  const world = createWorld();
  const meanWorld = createWorld();
  const profile = new Float64Array(bins);
  const hourly = new Float64Array(bins);
  let moment: Moment;
  let levelNow = 1;
  let usualLevel = 1;
  let stallRate = 0;
  let rateDoubt = 0;
  let expectedFailures = 0;
  let deadGrowth = 0;
  let outage = 0;
  let shutUntil = 0;

  const relaxed = (factor: number, b: number): number => usualLevel + (factor - usualLevel) * backToUsual[b];

  const failuresOf = (start: Start): number => {
    let sum = start.readyFails;
    for (let b = 0; b <= bins; b++) sum += start.dueFails[b];
    for (let n = 0; n < start.freshFails.length; n++) sum += start.freshFails[n];
    if (moment.senders !== undefined) sum += moment.senders.outstanding(moment.elapsed) * scene.lateFails;
    return sum;
  };

  const deadShareOf = (): number => {
    let share = 0;
    for (let d = 0; d < columns.kind.length; d++) {
      if (columns.kind[d] === -2) share += usual.destinationShares[d] ?? 0;
    }
    return share;
  };

  /** Mail in lumps, as senders release it: as much as a negative binomial says, about the mean of each bin. */
  const lump = (releases: Float64Array, dice: Dice): void => {
    for (let b = 0; b < bins; b++) {
      const mean = releases[b];
      if (mean < 1e-4) {
        releases[b] = 0;
        continue;
      }
      const variance = mean + (mean * mean) / 5;
      const shape = (mean * mean) / variance;
      releases[b] = dice.gamma(shape) * (variance / mean);
    }
  };

  return {
    at(next) {
      moment = next;
      const { now, what, elapsed } = moment;
      outage = what.outageUntil === undefined ? 0 : Math.max(0, (what.outageUntil - now) / 1000);
      shutUntil = Math.max(0, ((what.destinationDownUntil?.until ?? now) - now) / 1000);
      const faster = Math.log(Math.max(1e-3, what.faster ?? 1));
      levelNow = level.mean();
      for (let b = 0; b < bins; b++) {
        const at = now + ((edges[b] + edges[b + 1]) / 2) * 1000;
        profile[b] = usualRate(usual.arrivalsByHour, at) * (edges[b + 1] - edges[b]);
        hourly[b] = capacity.atHour(at) - capacity.atHour(now);
      }
      usualLevel = level.usual();
      const capacityBack = capacity.usual - capacity.mean;
      for (let b = 0; b < bins; b++) {
        meanWorld.capacity[b] = faster + capacity.mean + hourly[b] + capacityBack * (1 - backToUsual[b]);
      }
      stallRate = (0.4 + moment.stalls) / (12 * 3600 + Math.max(0, elapsed));
      rateDoubt = Math.sqrt(0.04 + 1 / (1 + destinations.failing * destinations.failingSeen));
      expectedFailures = failuresOf(scene.start);
      deadGrowth = usualRate(usual.arrivalsByHour, now + HOUR / 2) * 3600 * deadShareOf();
      world.timersNow = what.flushNow === true;
    },
    draw(n, dice) {
      const { elapsed, senders, what } = moment;
      const { start } = scene;
      const offset = capacity.deviation * spread.capacity[n];
      const factor = levelNow * Math.exp(Math.hypot(levelDoubt, level.spread()) * spread.level[n]);
      // Few failures come in whole numbers: as many as a Poisson count says, about a rate that is not known well either.
      world.failures =
        (Math.exp(rateDoubt * spread.failures[n]) * dice.gamma(Math.max(0.05, expectedFailures))) /
        Math.max(0.05, expectedFailures);
      for (let b = 0; b < bins; b++) {
        world.capacity[b] = offset + meanWorld.capacity[b] + spread.drift[n] * drift[b];
        world.arrivals[b] = profile[b] * relaxed(factor, b);
      }
      world.band = usual.band + spread.band[n] * Math.max(1, (usual.band - usual.medianDepth) / 2.5);
      world.churn = Math.exp(0.3 * spread.churn[n]);
      world.up.fill(1);
      let shut = moment.working ? 0 : residual(moment.downFor, (spread.turn[(n * 13) % draws] + 0.5) / draws);
      if (what.outageUntil !== undefined) shut = outage;
      if (shut > 0) block(world.up, 0, shut);
      let at = shut - Math.log(1 - dice.uniform()) / stallRate;
      for (let count = 0; count < mostStalls && at < horizon; count++) {
        const length = stallLength * Math.exp(0.8 * dice.normal());
        block(world.up, at, at + length);
        at += length - Math.log(1 - dice.uniform()) / stallRate;
      }
      if (senders === undefined) world.releases.fill(0);
      else {
        senders.releases(world.releases, elapsed, spread.turn[n], draws);
        lump(world.releases, dice);
        if (!moment.open || outage > 0) shutDoor(world.releases, shut);
      }
      for (let j = 0; j < start.limited.length; j++) {
        const z = j % 2 === 0 ? spread.shut[n] : -spread.shut[(n + j) % draws];
        world.rates[j] = Math.exp(0.25 * z);
        const { shutFor, suspected, destination } = start.limited[j];
        world.opens[j] = shutFor > 0 ? residual(shutFor, dice.uniform()) : 0;
        if (dice.uniform() < suspected) world.opens[j] = Number.POSITIVE_INFINITY;
        if (destination === what.destinationDownUntil?.destination) world.opens[j] = shutUntil;
      }
      return { world, deadGrowth: deadGrowth * factor };
    },
    mean() {
      const { senders, elapsed, what } = moment;
      const { start } = scene;
      for (let b = 0; b < bins; b++) {
        meanWorld.arrivals[b] = profile[b] * relaxed(levelNow, b);
      }
      meanWorld.band = usual.band;
      meanWorld.up.fill(1);
      const shut = what.outageUntil !== undefined ? outage : moment.working ? 0 : residual(moment.downFor, 0.5);
      if (shut > 0) block(meanWorld.up, 0, shut);
      if (senders === undefined) meanWorld.releases.fill(0);
      else {
        senders.meanReleases(meanWorld.releases, elapsed);
        if (!moment.open || outage > 0) shutDoor(meanWorld.releases, shut);
      }
      for (let j = 0; j < start.limited.length; j++) {
        const { shutFor, suspected, destination } = start.limited[j];
        meanWorld.opens[j] = shutFor > 0 ? residual(shutFor, 0.5) : 0;
        if (suspected > 0.5) meanWorld.opens[j] = Number.POSITIVE_INFINITY;
        if (destination === what.destinationDownUntil?.destination) meanWorld.opens[j] = shutUntil;
      }
      return meanWorld;
    },
  };
}
