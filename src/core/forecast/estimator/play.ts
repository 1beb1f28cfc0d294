// The fluid played forward: from the real queue, bin by bin, until the delayed mail is out and the depth is back to normal.
//
// Hot: 64 draws of 358 bins for one answer, so plain loops over columns that are filled once and copied, and nothing allocated.

import { createFirstScans, type FirstScans } from "./firstscans.ts";
import { bins, edges, horizon } from "./grid.ts";
import { createPools, type Pools } from "./pools.ts";
import { createRetries, type Retries } from "./retries.ts";
import type { Ending, Scene, World } from "./world.ts";

/** A stage on which worlds are played one after the other. */
export interface Stage {
  play(scene: Scene, world: World, ending: Ending): void;
  /** Of the world that was played last: when each slot of the lines was served, and what the limited places took. */
  readonly firstScans: Pick<FirstScans, "servedAt">;
  readonly retries: Pick<Retries, "servedAt">;
  readonly pools: Pick<Pools, "lastAt">;
}

/** So long the queue has to stay normal. */
const quiet = 25 * 60;
/** Dead mail goes round at the longest backoff, and costs a refusal each time. */
const deadCost = 0.05;
/** Fresh mail that waits churns through the deferred queue; it replaces today's listing with this time constant. */
const churnAfter = 1800;
const turnedAt = Float64Array.from({ length: bins }, (_, b) => 1 - Math.exp(-edges[b + 1] / churnAfter));
const never = Number.POSITIVE_INFINITY;

/** Columns for one play at a time. */
export function createStage(): Stage {
  const firstScans = createFirstScans();
  const retries = createRetries();
  const pools = createPools();

  /** One bin of work: each line in turn, and what one line does not need the other takes. Says how much delayed mail has gone. */
  const work = (scene: Scene, world: World, b: number, middle: number, gone: number): number => {
    const length = edges[b + 1] - edges[b];
    const up = world.up[b];
    let units = world.unlimitedService ? (up > 0 ? 1e12 : 0) : Math.exp(world.capacity[b]) * length * up;
    units = Math.max(0, units - (scene.start.dead * length * deadCost) / scene.maximalBackoff);
    const { effort, ready } = retries;
    const { waiting } = firstScans;
    const turn = units / (1 + effort);
    let scans = turn;
    let attempts = turn;
    if (waiting <= turn) {
      scans = waiting;
      attempts = Math.min(ready, (units - waiting) / effort);
    } else if (ready <= turn) {
      attempts = ready;
      scans = Math.min(waiting, units - ready * effort);
    }
    return retries.serve(attempts, b, middle, firstScans.serve(scans, b, middle, retries, gone));
  };

  const play = (scene: Scene, world: World, ending: Ending): void => {
    const ordinary = scene.ordinaryShare;
    firstScans.begin(scene, world);
    retries.begin(scene, world);
    pools.begin(scene, world);
    let sent = 0;
    for (let b = 0; b < bins; b++) sent += world.releases[b];
    const { openShare } = pools;
    const total = scene.done + pools.depthDelayed + sent * openShare;
    const needHalf = total * 0.5;
    const needNinety = total * 0.9;
    const needLast = total * 0.99;
    const { usuallyBusy } = scene;
    let done = scene.done;
    let half = done >= needHalf ? 0 : never;
    let ninety = done >= needNinety ? 0 : never;
    let last = done >= needLast - 1e-9 ? 0 : never;
    let queue = never;
    let depthBefore = pools.depth;
    let inBandFrom = depthBefore <= world.band ? 0 : -1;
    let hourDepth = depthBefore;
    let out = 0;
    let b = 0;
    for (; b < bins; b++) {
      const from = edges[b];
      const length = edges[b + 1] - from;
      const middle = from + length / 2;
      firstScans.join(scene, world, b, world.arrivals[b] * ordinary, world.releases[b] * ordinary, middle);
      retries.fallDue(b);
      const before = done;
      done = pools.turn(world, b, work(scene, world, b, middle, done));
      const gone = done - before;
      out += gone;
      if (gone > 0) {
        if (half === never && done >= needHalf) half = from + (length * (needHalf - before)) / gone;
        if (ninety === never && done >= needNinety) ninety = from + (length * (needNinety - before)) / gone;
        if (last === never && done >= needLast) last = from + (length * (needLast - before)) / gone;
      }

      const fluid = firstScans.waiting + retries.ready + retries.later + pools.waiting + pools.later;
      const turned = turnedAt[b];
      const churn =
        world.churn * scene.medianDeferred * turned +
        (usuallyBusy > 0 && fluid < 40 * usuallyBusy ? usuallyBusy * turned * Math.exp(-fluid / usuallyBusy) : 0);
      const depth = fluid + churn;
      if (edges[b + 1] === 3600) hourDepth = depth;
      if (queue === never) {
        if (depth > world.band) inBandFrom = -1;
        else {
          if (inBandFrom < 0) {
            const fall = depthBefore - depth;
            inBandFrom = fall > 0 ? from + length * Math.min(1, Math.max(0, (depthBefore - world.band) / fall)) : from;
          }
          if (edges[b + 1] - inBandFrom >= quiet) queue = inBandFrom;
        }
      }
      depthBefore = depth;
      if (queue !== never && last !== never && edges[b + 1] >= 3600 && !ending.audit) break;
    }
    ending.queue = queue;
    ending.half = half;
    ending.ninety = Math.max(half, ninety);
    ending.ninetyNine = Math.max(ending.ninety, last);
    ending.depthInAnHour = hourDepth;
    ending.delayedOut = out;
    if (ending.audit) {
      let held = 0;
      for (let at = b; at < bins; at++) held += world.releases[at];
      ending.delayedLeft = firstScans.delayed() + retries.delayed() + pools.delayed(Math.min(bins, b));
      ending.delayedAtSenders = held * openShare;
    }
    if (ending.ninetyNine > horizon) ending.ninetyNine = never;
  };
  return { play, firstScans, retries, pools };
}
