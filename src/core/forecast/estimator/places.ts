// When each of a few places will have got its share: what is known of the lines after a world was played, read for one place.

import type { SeenUsual } from "../seen.ts";
import type { Destinations } from "./destinations.ts";
import type { Dice } from "./dice.ts";
import { binAt, bins, edges } from "./grid.ts";
import { type DestinationColumns, type Start, segments, trackedMost } from "./listing.ts";
import type { Stage } from "./play.ts";
import type { Scene, World } from "./world.ts";

/** Less than this share of what waits or is to come is not noticeable. */
const noticeable = 0.05;
const fewest = 5;
const share99 = 0.99 - 1e-9;

/** A place that is followed. */
export interface Followed {
  readonly destination: number;
  /** Row of the limited places or of the tracked ones. */
  readonly row: number;
  readonly limited: boolean;
}

/** The places with a noticeable share of what waits and what senders hold, most first. Marks them in the columns. */
export function followPlaces(
  destinations: Destinations,
  usual: SeenUsual,
  atSenders: number,
  columns: DestinationColumns,
): Followed[] {
  const { kind, tracked } = columns;
  tracked.fill(-1);
  const weights: { destination: number; weight: number }[] = [];
  let sum = 0;
  for (let d = 0; d < kind.length; d++) {
    if (kind[d] === -2) continue;
    const weight = destinations.depth(d) + atSenders * (usual.destinationShares[d] ?? 0);
    sum += weight;
    if (weight >= fewest) weights.push({ destination: d, weight });
  }
  const most = weights
    .filter(({ weight }) => weight >= noticeable * sum)
    .sort((a, b) => b.weight - a.weight || a.destination - b.destination)
    .slice(0, trackedMost);
  return most.map(({ destination }, n) => {
    const limited = kind[destination] >= 0;
    if (!limited) tracked[destination] = n;
    return { destination, row: limited ? kind[destination] : n, limited };
  });
}

const tried = new Float64Array(bins + 1);
const triedFirst = new Float64Array(bins + 1);

/** Seconds until 99 % of the delayed mail for an ordinary place has gone in the world that was played last. */
function lastAtOrdinary(
  one: Followed,
  stage: Stage,
  scene: Scene,
  world: World,
  columns: DestinationColumns,
  share: number,
  done: number,
  dice: Dice,
): number {
  const { start } = scene;
  const k = one.row;
  const fresh = stage.firstScans.servedAt;
  const due = stage.retries.servedAt;
  tried.fill(0);
  triedFirst.fill(0);
  let total = 0;
  const join = (into: Float64Array, count: number, servedAt: number, own: number): void => {
    if (count <= 0) return;
    total += count;
    into[servedAt >= 0 ? binAt(servedAt) : own] += count;
  };
  join(tried, start.trackedReady[k], due[0], 0);
  for (let b = 0; b < bins; b++) {
    join(tried, start.trackedDue[k * (bins + 1) + b], world.flushed ? due[0] : due[1 + b], b);
    join(triedFirst, world.releases[b] * share, fresh[segments + b], b);
  }
  for (let s = 0; s < segments; s++) join(triedFirst, start.trackedFresh[k * segments + s], fresh[s], 0);
  if (total <= 1e-9) return 0;
  const p = columns.failing[one.destination];
  const grey = columns.greylisting[one.destination];
  // Few failures come in whole numbers.
  const expected = Math.max(0.05, total * p);
  const fails = Math.min(0.95, (p * dice.gamma(expected)) / expected);
  const firstFails = grey + (1 - grey) * fails;
  const age = start.trackedAge[k] / Math.max(1, start.trackedAll[k]);
  const need = share99 * (total + done);
  let gone = done;
  if (gone >= need) return 0;
  for (let b = 0; b < bins; b++) {
    const first = triedFirst[b];
    const again = tried[b];
    if (first + again <= 0) continue;
    const went = first * (1 - firstFails) + again * (1 - fails);
    const failed = first + again - went;
    if (failed > 1e-9) {
      const at = edges[b];
      const wait = Math.min(scene.maximalBackoff, Math.max(scene.minimalBackoff, at + age)) + scene.queueRun / 2;
      const slot = Math.max(b + 1, binAt(at + wait));
      const served = slot < bins && due[1 + slot] >= 0 ? binAt(due[1 + slot]) : slot;
      tried[Math.min(bins, Math.max(b + 1, served))] += failed;
    }
    gone += went;
    if (gone >= need) {
      const part = went > 0 ? 1 - (gone - need) / went : 1;
      return edges[b] + part * (edges[b + 1] - edges[b]);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Seconds until 99 % of the delayed mail for a place has gone, in the world that was played last; `Infinity`: never. */
export function lastAt(
  one: Followed,
  stage: Stage,
  scene: Scene,
  world: World,
  columns: DestinationColumns,
  usual: SeenUsual,
  done: number,
  dice: Dice,
): number {
  if (one.limited) return stage.pools.lastAt(one.row);
  const share = usual.destinationShares[one.destination] ?? 0;
  return lastAtOrdinary(one, stage, scene, world, columns, share, done, dice);
}

/** Delayed messages for a place in the queue. */
export function delayedAt(one: Followed, start: Start): number {
  return one.limited ? start.limited[one.row].allDelayed : start.trackedDelayed[one.row];
}
