// When nothing works: the server or its filter is down, or it has much to do and does nothing; how long that will last.

import { type Duration, MINUTE } from "../../time.ts";
import type { Tick } from "../seen.ts";
import { bins, edges } from "./grid.ts";

/** Below this share of its capacity a busy server stands still. */
const hardly = 0.05;

/** Whether a server that has more to do does next to nothing of it. */
export function standsStill(pace: number, usualPace: number): boolean {
  return pace < hardly * usualPace;
}

/** What stands still, and how often it has since the trouble. */
export interface Standstill {
  /** Messages a second that were worked off, and the usual pace; whether more was waiting. Says if the server stands still. */
  seen(tick: Tick, pace: number, usualPace: number, busy: boolean, inTrouble: boolean): boolean;
  /** The trouble is over: counting begins anew. */
  ended(): void;
  /** Whether it stands still for no reason that is seen. */
  readonly idle: boolean;
  /** How long nothing has worked. */
  readonly age: Duration;
  /** Times that something broke since the trouble. */
  readonly count: number;
}

/** Everything works. */
export function createStandstill(): Standstill {
  let outAge = 0; // how long the server or its filter has been down
  let idleAge = 0;
  let stalls = 0;
  return {
    seen(tick, pace, usualPace, busy, inTrouble) {
      const up = tick.hostUp && tick.filterUp;
      if (!up) outAge += tick.span;
      else {
        if (outAge > 0 && !inTrouble) stalls += 1;
        outAge = 0;
      }
      const stalled = up && busy && standsStill(pace, usualPace);
      if (stalled && !inTrouble) idleAge += tick.span;
      else {
        if (idleAge >= 2 * MINUTE) stalls += 1;
        idleAge = 0;
      }
      return stalled;
    },
    ended() {
      outAge = 0;
      idleAge = 0;
      stalls = 0;
    },
    get idle() {
      return idleAge > 0;
    },
    get age() {
      return Math.max(outAge, idleAge);
    },
    get count() {
      return stalls;
    },
  };
}

/** Seconds that a downtime of this age still lasts: the longer it has lasted, the longer it will (Lindy). */
export function residual(age: number, u: number): number {
  return (age + 120) * (Math.max(1e-6, u) ** (-1 / 1.4) - 1);
}

const breaksAgain = 0.3;
const breaksMore = 0.4;
const breaksMost = 2;
const soonAfter = 1.5 * 3600;

/**
 * Seconds until something breaks again, `from` seconds from now, `elapsed` seconds after the last trouble: most likely soon
 * after it, and more likely the more often it has happened.
 */
export function breaksIn(from: number, elapsed: number, count: number, u: number): number {
  const odds = Math.min(breaksMost, breaksAgain + breaksMore * count);
  const since = soonAfter + elapsed;
  return (since + from) * (1 - u) ** (-1 / odds) - since;
}

/** Takes a stretch out of the time in which a server works. Seconds from now. */
export function block(up: Float64Array, from: number, to: number): void {
  for (let b = 0; b < bins; b++) {
    if (edges[b + 1] <= from) continue;
    if (edges[b] >= to) break;
    const overlap = Math.min(to, edges[b + 1]) - Math.max(from, edges[b]);
    up[b] = Math.max(0, up[b] - overlap / (edges[b + 1] - edges[b]));
  }
}

/** Nothing comes in from outside before the door opens; what was due till then comes in the hour after. */
export function shutDoor(into: Float64Array, until: number): void {
  let held = 0;
  let b = 0;
  for (; b < bins && edges[b + 1] <= until; b++) {
    held += into[b];
    into[b] = 0;
  }
  for (let left = held; b < bins && left > 0; b++) {
    const part = Math.min(left, (held * (edges[b + 1] - edges[b])) / 3600);
    into[b] += part;
    left -= part;
  }
}
