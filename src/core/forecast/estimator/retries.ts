// Mail that was tried before, in the fluid: a line of what is due, and slots of what falls due later.
//
// Hot: plain loops over columns that are filled once a world, and nothing allocated.

import { binAt, bins } from "./grid.ts";
import { retryWork } from "./work.ts";
import type { Scene, World } from "./world.ts";

/** The line of further attempts. */
export interface Retries {
  /** Fills the line from the scene. */
  begin(scene: Scene, world: World): void;
  /** What falls due in bin `b` joins the line. */
  fallDue(b: number): void;
  /** Serves so many attempts, oldest slot first. What fails goes behind its timer. Says how much delayed mail has gone, given what had. */
  serve(attempts: number, b: number, middle: number, gone: number): number;
  /** Puts messages that failed at `at` back behind their timer. */
  again(count: number, delayedShare: number, fails: number, born: number, at: number, b: number): void;
  /** Messages whose timer has run out, the work of one of them, and messages whose timer has not. */
  readonly ready: number;
  readonly effort: number;
  readonly later: number;
  /** When each slot was served to its end (0: the line at the beginning, 1 + b: due in bin b); -1: it was not. */
  readonly servedAt: Float64Array;
  /** Delayed messages in all of it. */
  delayed(): number;
}

/** Columns for one world at a time. */
export function createRetries(): Retries {
  // Slot 0 holds what is being worked on again, slot 1 + b what falls due in bin b.
  const due = new Float64Array(bins + 2);
  const dueDelayed = new Float64Array(bins + 2);
  const dueFails = new Float64Array(bins + 2);
  const dueFailsAgain = new Float64Array(bins + 2);
  const dueBorn = new Float64Array(bins + 2);
  const dueWork = new Float64Array(bins + 2);
  const servedAt = new Float64Array(bins + 2);
  let ready = 0;
  let readyWork = 0;
  let later = 0;
  let head = 0;
  let minimal = 0;
  let maximal = 0;
  let halfRun = 0;
  let atOnce = false;

  const again: Retries["again"] = (count, delayedShare, fails, born, at, b) => {
    const age = at - born;
    const wait = atOnce ? 60 : (age < minimal ? minimal : age > maximal ? maximal : age) + halfRun;
    let slot = 1 + binAt(at + wait);
    if (slot <= b + 1) slot = Math.min(bins + 1, b + 2);
    due[slot] += count;
    dueDelayed[slot] += count * delayedShare;
    const next = fails < count ? fails : count;
    dueFails[slot] += next;
    dueFailsAgain[slot] += count > 0 ? (next * next) / count : 0;
    dueBorn[slot] += born * count;
    dueWork[slot] += retryWork * count;
    later += count;
  };

  /** All that waits for its timer joins the line. */
  const flush = (): void => {
    for (let slot = 1; slot <= bins + 1; slot++) {
      due[0] += due[slot];
      dueDelayed[0] += dueDelayed[slot];
      dueFails[0] += dueFails[slot];
      dueFailsAgain[0] += dueFailsAgain[slot];
      dueBorn[0] += dueBorn[slot];
      dueWork[0] += dueWork[slot];
      due[slot] = dueDelayed[slot] = dueFails[slot] = dueFailsAgain[slot] = dueBorn[slot] = dueWork[slot] = 0;
    }
    ready += later;
    later = 0;
  };

  return {
    begin(scene, world) {
      const { start } = scene;
      minimal = scene.minimalBackoff;
      maximal = scene.maximalBackoff;
      halfRun = scene.queueRun / 2;
      atOnce = world.timersNow;
      ready = 0;
      later = 0;
      head = 0;
      for (let b = 0; b <= bins + 1; b++) {
        const count = b === 0 ? start.ready : start.due[b - 1];
        due[b] = count;
        dueDelayed[b] = b === 0 ? start.readyDelayed : start.dueDelayed[b - 1];
        const fails = b === 0 ? start.readyFails : start.dueFails[b - 1];
        const failsAgain = b === 0 ? start.readyFailsAgain : start.dueFailsAgain[b - 1];
        dueFails[b] = Math.min(count, fails * world.failures);
        dueFailsAgain[b] = Math.min(dueFails[b], failsAgain * world.failures);
        dueBorn[b] = -(b === 0 ? start.readyAge : start.dueAge[b - 1]);
        dueWork[b] = b === 0 ? start.readyWork : start.dueWork[b - 1];
        if (b === 0) ready += count;
        else later += count;
      }
      if (atOnce || world.flushed) flush();
      servedAt.fill(-1);
      readyWork = dueWork[0];
    },
    fallDue(b) {
      const count = due[b + 1];
      ready += count;
      readyWork += dueWork[b + 1];
      later -= count;
    },
    serve(attempts, b, middle, gone) {
      let done = gone;
      let left = attempts;
      ready -= left;
      const lastReady = b + 1;
      while (left > 1e-9 && head <= lastReady) {
        const here = due[head];
        if (here <= 1e-12) {
          if (head === lastReady) break;
          head++;
          continue;
        }
        const share = left >= here ? 1 : left / here;
        const taken = here * share;
        const failed = dueFails[head] * share;
        const delayedShare = dueDelayed[head] / here;
        const born = dueBorn[head] / here;
        readyWork -= dueWork[head] * share;
        dueWork[head] *= 1 - share;
        const failsNext = dueFailsAgain[head] * share;
        done += (taken - failed) * delayedShare;
        left -= taken;
        due[head] = here - taken;
        dueDelayed[head] *= 1 - share;
        dueFails[head] *= 1 - share;
        dueFailsAgain[head] *= 1 - share;
        dueBorn[head] *= 1 - share;
        if (failed > 1e-9) again(failed, delayedShare, failsNext, born, middle, b);
        if (share === 1) servedAt[head] = middle;
        if (share === 1 && head < lastReady) head++;
      }
      if (left > 0) ready += left;
      if (ready < 0) ready = 0;
      if (readyWork < 0) readyWork = 0;
      return done;
    },
    again,
    servedAt,
    get ready() {
      return ready;
    },
    get effort() {
      return ready > 1e-9 ? Math.max(retryWork, Math.min(1, readyWork / ready)) : retryWork;
    },
    get later() {
      return later;
    },
    delayed() {
      let sum = 0;
      for (let slot = 0; slot < bins + 2; slot++) sum += dueDelayed[slot];
      return sum;
    },
  };
}
