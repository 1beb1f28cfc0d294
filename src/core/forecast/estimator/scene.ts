// What does not differ between the worlds of one answer: the queue, the timers, the shares of the places.

import type { SeenTimers, SeenUsual } from "../seen.ts";
import type { Destinations } from "./destinations.ts";
import type { DestinationColumns, Start } from "./listing.ts";
import type { Scene } from "./world.ts";

/** So many minutes of the usual mail may be in hand at any time; what is more is a backlog of every day, which the play makes by itself. */
const inHandFor = 5;

function usuallyBusy({ medianDepth, medianDeferred, arrivalsByHour }: SeenUsual): number {
  const mean = arrivalsByHour.reduce((sum, rate) => sum + rate, 0) / Math.max(1, arrivalsByHour.length);
  return Math.max(0, Math.min(medianDepth - medianDeferred, inHandFor * mean));
}

/** A scene with nothing in it yet but the timers. */
export function createScene(start: Start, usual: SeenUsual, timers: SeenTimers): Scene {
  return {
    start,
    done: 0,
    usuallyBusy: usuallyBusy(usual),
    medianDeferred: usual.medianDeferred,
    minimalBackoff: timers.minimalBackoff / 1000,
    maximalBackoff: timers.maximalBackoff / 1000,
    queueRun: timers.queueRun / 1000,
    ordinaryShare: 1,
    lateFails: 0.02,
    lateFailsAgain: 0.0004,
  };
}

/** Fills it for one moment. `arrived`: late mail that came in since the end; `undefined` while the trouble lasts. */
export function setScene(
  scene: Scene,
  columns: DestinationColumns,
  destinations: Destinations,
  usual: SeenUsual,
  arrived: number | undefined,
): void {
  let dead = 0;
  let limited = 0;
  let fails = 0;
  let failsAgain = 0;
  let ordinary = 0;
  let local = 0;
  for (let d = 0; d < columns.kind.length; d++) {
    const share = usual.destinationShares[d] ?? 0;
    const kind = columns.kind[d];
    if (kind === -2) dead += share;
    else {
      local += destinations.depthAtEnd(d);
      if (kind >= 0) limited += share;
      else {
        const p = columns.failing[d];
        const grey = columns.greylisting[d];
        ordinary += share;
        fails += share * (grey + (1 - grey) * p);
        failsAgain += share * (grey + (1 - grey) * p) * p;
      }
    }
  }
  scene.ordinaryShare = Math.max(0, 1 - dead - limited);
  const p = destinations.failing;
  scene.lateFails = ordinary > 0 ? fails / ordinary : p;
  scene.lateFailsAgain = ordinary > 0 ? failsAgain / ordinary : p * p;
  scene.done = arrived === undefined ? 0 : Math.max(0, local + arrived * (1 - dead) - scene.start.delayed);
}
