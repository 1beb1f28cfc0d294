// The worlds that are played for one answer: what is believed about each thing, and one possible truth a draw.

import { HOUR, type Instant } from "../../time.ts";
import type { SeenUsual, WhatIf } from "../seen.ts";
import type { Capacity } from "./capacity.ts";
import type { Destinations } from "./destinations.ts";
import { createDice, type Dice, mixSeeds } from "./dice.ts";
import { bins, edges, horizon } from "./grid.ts";
import { type Level, passes, usualRate } from "./level.ts";
import type { DestinationColumns, Start } from "./listing.ts";
import type { Senders } from "./senders.ts";
import { draws, type Spread } from "./spread.ts";
import { block, breaksIn, residual, shutDoor } from "./standstill.ts";
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
  /** Seconds since the end of the trouble; 0 while it lasts. */
  readonly elapsed: number;
  /** Seconds that the server has stood still, that our door has been shut; 0: it works, it is open. */
  readonly downFor: number;
  readonly shutFor: number;
  /** Times that something broke since the trouble. */
  readonly stalls: number;
  readonly senders: Senders | undefined;
  /** What was counted at them, as a multiple of what is guessed; 1 where nobody counted. */
  readonly counted: number;
  /** The trouble lasts: `senders` were guessed for a door that opens in so many seconds. */
  readonly opensIn: number | undefined;
  readonly what: WhatIf;
}

/** Beliefs, ready to be drawn from. */
export interface Worlds {
  /** Takes what is believed now. */
  at(moment: Moment): void;
  /** Draw `n` of `draws`; `seed` is that of the answer. Says how many messages more there will be for dead places in an hour. */
  draw(n: number, seed: number): { readonly world: World; readonly deadGrowth: number };
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
  let rateDoubt = 0;
  let expectedFailures = 0;
  let deadGrowth = 0;
  let outage: number | undefined;
  let placeShut = 0;

  const relaxed = (factor: number, b: number): number => usualLevel + (factor - usualLevel) * backToUsual[b];

  const failuresOf = (start: Start): number => {
    let sum = start.readyFails;
    for (let b = 0; b <= bins; b++) sum += start.dueFails[b];
    for (let n = 0; n < start.freshFails.length; n++) sum += start.freshFails[n];
    if (moment.senders !== undefined)
      sum += moment.counted * moment.senders.outstanding(moment.elapsed) * scene.lateFails;
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

  /** Seconds that something which has been broken for `age` stays so, in a world with luck `u`; 0: it works. */
  const lasts = (age: number, u: number): number => {
    const { downFor, shutFor } = moment;
    if (outage !== undefined && (age > 0 || (downFor === 0 && shutFor === 0))) return outage;
    return age > 0 ? residual(age, u) : 0;
  };

  /** What is down stays down for a while; behind a shut door nothing comes from outside. */
  const breakDown = (into: World, u: number): void => {
    into.up.fill(1);
    const down = lasts(moment.downFor, u);
    if (down > 0) block(into.up, 0, down);
    const shut = lasts(moment.shutFor, u);
    for (let b = 0; b < bins && edges[b] < shut; b++) {
      const part = Math.min(1, (shut - edges[b]) / (edges[b + 1] - edges[b]));
      into.arrivals[b] *= 1 - part * usual.outsideShare;
    }
  };

  const breakAgain = (up: Float64Array, dice: Dice): void => {
    let at = 0;
    for (let count = 0; count < mostStalls; count++) {
      at = breaksIn(at, moment.elapsed, moment.stalls + count, dice.uniform());
      const length = stallLength * Math.exp(0.8 * dice.normal());
      if (at >= horizon) break;
      block(up, at, at + length);
      at += length;
    }
  };

  /** Mail that senders hold comes when the door is open. */
  const release = (into: World, u: number, fill: (releases: Float64Array, elapsed: number) => void): void => {
    const { opensIn, shutFor, senders, counted } = moment;
    if (senders === undefined) {
      into.releases.fill(0);
      return;
    }
    const shut = lasts(shutFor, u);
    if (opensIn === undefined) {
      fill(into.releases, moment.elapsed);
      if (counted !== 1) for (let b = 0; b < bins; b++) into.releases[b] *= counted;
      if (shut > 0) shutDoor(into.releases, shut);
      return;
    }
    // The longer the door stays shut, the more meets it.
    fill(into.releases, -shut);
    const more = (counted * (shutFor + shut)) / Math.max(1, shutFor + opensIn);
    for (let b = 0; b < bins; b++) into.releases[b] *= more;
  };

  /** A place of which it is asked stays shut. */
  const keepShut = (into: World): void => {
    const asked = moment.what.destinationDownUntil?.destination;
    scene.start.limited.forEach(({ destination }, j) => {
      if (destination === asked) into.opens[j] = placeShut;
    });
  };

  return {
    at(next) {
      moment = next;
      const { now, what } = moment;
      outage = what.outageUntil === undefined ? undefined : Math.max(0, (what.outageUntil - now) / 1000);
      placeShut = Math.max(0, ((what.destinationDownUntil?.until ?? now) - now) / 1000);
      const faster = Math.log(Math.max(1e-3, what.faster ?? 1));
      levelNow = level.mean();
      for (let b = 0; b < bins; b++) {
        const at = now + ((edges[b] + edges[b + 1]) / 2) * 1000;
        profile[b] = usualRate(usual.arrivalsByHour, at) * (edges[b + 1] - edges[b]);
        hourly[b] = capacity.atHour(at) - capacity.atHour(now);
      }
      usualLevel = level.usual();
      const capacityNow = capacity.at(now);
      const capacityBack = capacity.usual - capacity.mean;
      for (let b = 0; b < bins; b++) {
        meanWorld.capacity[b] = faster + capacityNow + hourly[b] + capacityBack * (1 - backToUsual[b]);
      }
      rateDoubt = Math.sqrt(0.04 + 1 / (1 + destinations.failing * destinations.failingSeen));
      expectedFailures = failuresOf(scene.start);
      deadGrowth = usualRate(usual.arrivalsByHour, now + HOUR / 2) * 3600 * deadShareOf();
      world.flushed = meanWorld.flushed = what.flushNow === true;
    },
    draw(n, seed) {
      const { start } = scene;
      // Dice for each purpose: what is asked of one thing changes no throw of another.
      const dice = (purpose: number): Dice => createDice(mixSeeds(seed, n * 4 + purpose));
      const offset = capacity.deviation * spread.capacity[n];
      const factor = levelNow * Math.exp(Math.hypot(levelDoubt, level.spread()) * spread.level[n]);
      // Few failures come in whole numbers: as many as a Poisson count says, about a rate that is not known well either.
      world.failures =
        (Math.exp(rateDoubt * spread.failures[n]) * dice(0).gamma(Math.max(0.05, expectedFailures))) /
        Math.max(0.05, expectedFailures);
      for (let b = 0; b < bins; b++) {
        world.capacity[b] = offset + meanWorld.capacity[b] + spread.drift[n] * drift[b];
        world.arrivals[b] = profile[b] * relaxed(factor, b);
      }
      world.band = usual.band + spread.band[n] * Math.max(1, (usual.band - usual.medianDepth) / 2.5);
      world.churn = Math.exp(0.3 * spread.churn[n]);
      const u = (spread.turn[(n * 13) % draws] + 0.5) / draws;
      breakDown(world, u);
      breakAgain(world.up, dice(1));
      release(world, u, (into, elapsed) => {
        moment.senders?.releases(into, elapsed, spread.turn[n], draws);
        lump(into, dice(2));
      });
      const opening = dice(3);
      for (let j = 0; j < start.limited.length; j++) {
        const z = j % 2 === 0 ? spread.shut[n] : -spread.shut[(n + j) % draws];
        world.rates[j] = Math.exp(0.25 * z);
        const { shutFor, suspected } = start.limited[j];
        const opens = residual(shutFor, opening.uniform());
        const doubt = opening.uniform();
        world.opens[j] = doubt < suspected ? Number.POSITIVE_INFINITY : shutFor > 0 ? opens : 0;
      }
      keepShut(world);
      return { world, deadGrowth: deadGrowth * factor };
    },
    mean() {
      const { start } = scene;
      for (let b = 0; b < bins; b++) {
        meanWorld.arrivals[b] = profile[b] * relaxed(levelNow, b);
      }
      meanWorld.band = usual.band;
      breakDown(meanWorld, 0.5);
      release(meanWorld, 0.5, (into, elapsed) => moment.senders?.meanReleases(into, elapsed));
      for (let j = 0; j < start.limited.length; j++) {
        const { shutFor, suspected } = start.limited[j];
        meanWorld.opens[j] = suspected > 0.5 ? Number.POSITIVE_INFINITY : shutFor > 0 ? residual(shutFor, 0.5) : 0;
      }
      keepShut(meanWorld);
      return meanWorld;
    },
  };
}
