// One outage as it went: what could be seen each minute, and, known only afterwards, when it was over and why it took so long.

import type { DestinationTick, SeenQueue, SeenTimers, SeenUsual, Tick } from "../../src/core/forecast/seen.ts";
import { FILTER, HOST, INBOUND, type Scenario } from "./scenario.ts";
import type { Change } from "./turnings.ts";
import { createWorld, type World } from "./world.ts";

/** Moments of the simulation are seconds; those of mailtide are milliseconds since 1970. A Monday. */
const epoch = Date.UTC(2026, 0, 5);

/** The instant of a second of the simulation. */
export function instantOf(seconds: number): number {
  return epoch + seconds * 1000;
}

/** The second of the simulation of an instant. */
export function secondOf(instant: number): number {
  return (instant - epoch) / 1000;
}

/** Minutes that the queue has to stay normal for most of the time. */
const calm = 30;
const calmShare = 0.9;
/** Seconds that are played on after everything is over. */
const afterwards = 4 * 3600;
const bandHours = 20;

/** What was known in the end. Seconds; `Infinity`: not within the horizon. */
export interface Truth {
  /** Queue back to normal. */
  readonly queue: number;
  readonly half: number;
  readonly ninety: number;
  readonly ninetyNine: number;
  readonly last: number;
  /** When the mail of the cohort left, in order. */
  readonly departures: Float64Array;
  readonly band: number;
  readonly medianDepth: number;
  readonly medianDeferred: number;
  /** From the first minute of the simulation, one a minute. */
  readonly depths: Int32Array;
  readonly delivered: Int32Array;
  readonly late: Int32Array;
  /** Depth without destinations that stay dead. */
  readonly movable: Int32Array;
  /** Destinations that stay dead and held mail of the outage when it ended: number and messages. */
  readonly dead: ReadonlyMap<number, number>;
  /** When 99 % of the delayed mail of each place had gone; places with few messages are left out. */
  readonly places: ReadonlyMap<number, number>;
  /** Messages that senders still held at the recovery, of those that came in the end or not. */
  readonly cohort: number;
}

function deadMail(world: World): number {
  let sum = 0;
  world.scenario.places.forEach((place, n) => {
    if (place.deadFrom <= world.scenario.recovery) sum += world.depthAt[n];
  });
  return sum;
}

function quantile(sorted: ArrayLike<number>, p: number): number {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

/** First minute from which the queue is normal for 90 % of the half hour, at or after `from`; an index into `movable`. */
function firstCalm(movable: ArrayLike<number>, length: number, from: number, band: number): number {
  let inside = 0;
  for (let n = from; n < length; n++) {
    inside += movable[n] <= band ? 1 : 0;
    if (n - from >= calm) inside -= movable[n - calm] <= band ? 1 : 0;
    const first = n - calm + 1;
    if (first >= from && inside >= calmShare * calm && movable[first] <= band) return first;
  }
  return -1;
}

/** Plays a scenario without anybody watching and says how it went. Stops when all is over. */
export function findTruth(scenario: Scenario, change?: Change, given?: Pick<Truth, "band">): Truth {
  const world = createWorld(scenario, change);
  const minutes = Math.ceil((scenario.horizon - scenario.from) / 60) + 2;
  const depths = new Int32Array(minutes);
  const movable = new Int32Array(minutes);
  const deferred = new Int32Array(minutes);
  const delivered = new Int32Array(minutes);
  const late = new Int32Array(minutes);
  const recovery = Math.round((scenario.recovery - scenario.from) / 60);
  const startMinute = Math.floor((scenario.start - scenario.from) / 60);
  let band = given?.band ?? 0;
  let medianDepth = 0;
  let medianDeferred = 0;
  let n = 0;
  let over = Number.POSITIVE_INFINITY;
  let queue = -1;
  let nextLook = recovery + calm;
  const dead = new Map<number, number>();
  while (!world.over) {
    world.minute();
    depths[n] = world.depth;
    const stuck = deadMail(world);
    movable[n] = world.depth - stuck;
    deferred[n] = Math.max(0, world.depth - world.active - stuck);
    delivered[n] = world.delivered.reduce((a, b) => a + b, 0);
    late[n] = world.late;
    n++;
    if (n === startMinute) {
      const usual = movable.slice(n - bandHours * 60, n).sort();
      medianDepth = quantile(usual, 0.5);
      medianDeferred = quantile(deferred.slice(n - bandHours * 60, n).sort(), 0.5);
      if (given === undefined) band = Math.max(quantile(usual, 0.99), medianDepth + 10, 1.25 * medianDepth);
    }
    if (n === recovery + 1) {
      world.ended(scenario.recovery);
      scenario.places.forEach((place, p) => {
        if (place.deadFrom <= scenario.recovery && world.depthAt[p] > 0) dead.set(p, world.depthAt[p]);
      });
    }
    if (n >= nextLook && queue === -1) {
      queue = firstCalm(movable, n, recovery, band);
      nextLook = n + 5;
    }
    if (over === Number.POSITIVE_INFINITY && queue !== -1 && world.cohortLeft <= 0.008 * world.cohort) over = world.now;
    if (world.now > over + (change === undefined ? afterwards : 0)) break;
  }
  const departures = world.departures();
  const at = (share: number) =>
    departures.length === 0
      ? scenario.recovery
      : departures[Math.min(departures.length - 1, Math.max(0, Math.ceil(share * departures.length) - 1))];
  return {
    queue: queue === -1 ? Number.POSITIVE_INFINITY : scenario.from + queue * 60,
    half: at(0.5),
    ninety: at(0.9),
    ninetyNine: at(0.99),
    last: at(1),
    departures,
    band,
    medianDepth,
    medianDeferred,
    depths: depths.slice(0, n),
    delivered: delivered.slice(0, n),
    late: late.slice(0, n),
    movable: movable.slice(0, n),
    dead,
    places: change === undefined ? placesOf(world) : new Map(),
    cohort: world.cohort,
  };
}

const fewestAtPlace = 40;

function placesOf(world: World): Map<number, number> {
  const found = new Map<number, number>();
  for (let p = 0; p < world.scenario.places.length; p++) {
    const times = world.departures(p);
    if (times.length >= fewestAtPlace) found.set(p, times[Math.ceil(0.99 * times.length) - 1]);
  }
  return found;
}

/** What mailtide may know of what was usual. */
export function usualOf(scenario: Scenario, truth: Truth): SeenUsual {
  return {
    arrivalsByHour: scenario.learned,
    outsideShare: 1 - scenario.localShare,
    band: truth.band,
    medianDepth: truth.medianDepth,
    medianDeferred: truth.medianDeferred,
    destinationShares: scenario.places.map(({ share }) => share),
  };
}

/** Our own retry rule. */
export function timersOf(scenario: Scenario): SeenTimers {
  const { minimal, maximal, run } = scenario.timers;
  return {
    minimalBackoff: minimal * 1000,
    maximalBackoff: maximal * 1000,
    queueRun: run * 1000,
    lifetime: 5 * 86_400_000,
  };
}

/** The counts of the minute that was just played. */
export function tickOf(world: World): Tick {
  const destinations: DestinationTick[] = [];
  for (let p = 0; p < world.scenario.places.length; p++) {
    destinations.push({
      destination: p,
      depth: world.depthAt[p],
      active: world.activeAt[p],
      delivered: world.delivered[p],
      failed: world.failed[p],
      throttled: world.throttled[p],
      greylisted: world.greylisted[p],
    });
  }
  return {
    at: instantOf(world.now),
    span: 60_000,
    depth: world.depth,
    active: world.active,
    scanned: world.scanned,
    retried: world.retried,
    fresh: world.fresh,
    late: world.late,
    dated: world.scenario.dated,
    destinations,
    hostUp: (world.broken & HOST) === 0,
    filterUp: (world.broken & FILTER) === 0,
    inboundUp: (world.broken & INBOUND) === 0,
  };
}

/** The queue as it would be listed now. */
export function listingOf(world: World): SeenQueue {
  const count = world.depth;
  const listing = {
    count,
    held: world.held,
    destination: new Int32Array(count),
    arrival: new Float64Array(count),
    due: new Float64Array(count),
    scanned: new Uint8Array(count),
    attempts: new Uint16Array(count),
  };
  let n = 0;
  world.list((place, arrived, due, scanned, attempts) => {
    listing.destination[n] = place;
    listing.arrival[n] = instantOf(arrived);
    listing.due[n] = instantOf(due);
    listing.scanned[n] = scanned ? 1 : 0;
    listing.attempts[n] = attempts;
    n++;
  });
  return listing;
}
