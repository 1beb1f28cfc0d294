// How often an estimate is worth its cost: what has lasted for long changes slowly.

import type { Duration, Instant } from "../time.ts";
import type { Trouble } from "./trouble.ts";

/** Each tick is worth one for so many units after something has changed; later on each fifth, then each fifteenth. */
const often = 30;
const seldom = 12 * 60;

/** Whether it is time for the next one, after one that was made at `last`. */
export function isDue(now: Instant, { began, ends }: Trouble, last: Instant, unit: Duration): boolean {
  const units = (now - (ends.at(-1)?.seen ?? began)) / unit;
  const every = units < often ? 1 : units < seldom ? 5 : 15;
  return now - last >= (every - 0.5) * unit;
}
