// Mail that was never tried, in the fluid: one line, oldest first.
//
// Hot: plain loops over columns that are filled once a world, and nothing allocated.

import { bins } from "./grid.ts";
import { segments } from "./listing.ts";
import type { Retries } from "./retries.ts";
import type { Scene, World } from "./world.ts";

/** The line of first scans. */
export interface FirstScans {
  /** Fills the line from the scene. */
  begin(scene: Scene, world: World): void;
  /** Mail of bin `b` joins the line, some of it late. */
  join(scene: Scene, world: World, b: number, came: number, late: number, middle: number): void;
  /** Serves so many, oldest first; what fails goes to `retries`. Says how much delayed mail has gone, given what had before. */
  serve(scans: number, b: number, middle: number, retries: Retries, gone: number): number;
  /** Messages in the line. */
  readonly waiting: number;
  /** When each slot was served to its end (the segments first, then the bins); -1: it was not. */
  readonly servedAt: Float64Array;
  /** Delayed messages in it. */
  delayed(): number;
}

/** Columns for one world at a time. */
export function createFirstScans(): FirstScans {
  const length = segments + bins;
  const fresh = new Float64Array(length);
  const freshDelayed = new Float64Array(length);
  const freshFails = new Float64Array(length);
  const freshFailsAgain = new Float64Array(length);
  const freshBorn = new Float64Array(length);
  const servedAt = new Float64Array(length);
  let waiting = 0;
  let head = 0;
  return {
    begin(scene, world) {
      const { start } = scene;
      fresh.fill(0);
      freshDelayed.fill(0);
      freshFails.fill(0);
      freshFailsAgain.fill(0);
      servedAt.fill(-1);
      waiting = 0;
      head = 0;
      for (let s = 0; s < segments; s++) {
        const count = start.fresh[s];
        fresh[s] = count;
        freshDelayed[s] = start.freshDelayed[s];
        freshFails[s] = Math.min(count, start.freshFails[s] * world.failures);
        freshFailsAgain[s] = Math.min(freshFails[s], start.freshFailsAgain[s] * world.failures);
        freshBorn[s] = count > 0 ? -start.freshAge[s] / count : 0;
        waiting += count;
      }
    },
    join(scene, world, b, came, late, middle) {
      const slot = segments + b;
      fresh[slot] = came + late;
      freshDelayed[slot] = late;
      freshFails[slot] = Math.min(late, late * scene.lateFails * world.failures);
      freshFailsAgain[slot] = Math.min(freshFails[slot], late * scene.lateFailsAgain * world.failures);
      freshBorn[slot] = middle;
      waiting += came + late;
    },
    serve(scans, b, middle, retries, gone) {
      const slot = segments + b;
      let done = gone;
      let left = scans;
      waiting -= left;
      while (left > 1e-9 && head <= slot) {
        const here = fresh[head];
        if (here <= 1e-12) {
          if (head === slot) break;
          head++;
          continue;
        }
        const share = left >= here ? 1 : left / here;
        const taken = here * share;
        const failed = freshFails[head] * share;
        const delayedShare = freshDelayed[head] / here;
        done += (taken - failed) * delayedShare;
        if (failed > 1e-9) {
          retries.again(failed, delayedShare, freshFailsAgain[head] * share, freshBorn[head], middle, b);
        }
        left -= taken;
        fresh[head] = here - taken;
        freshDelayed[head] *= 1 - share;
        freshFails[head] *= 1 - share;
        freshFailsAgain[head] *= 1 - share;
        if (share === 1) servedAt[head] = middle;
        if (share === 1 && head < slot) head++;
      }
      if (left > 0) waiting += left;
      if (waiting < 0) waiting = 0;
      return done;
    },
    servedAt,
    get waiting() {
      return waiting;
    },
    delayed() {
      let sum = 0;
      for (let slot = 0; slot < length; slot++) sum += freshDelayed[slot];
      return sum;
    },
  };
}
