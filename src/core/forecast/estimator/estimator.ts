// When the backlog clears: state that each minute moves a little, and a fluid play-forward of the real queue in many draws.

import { type Duration, type Instant, MINUTE } from "../../time.ts";
import { holdsBack } from "../all-clear.ts";
import type {
  DestinationTick,
  Estimate,
  Estimator,
  Quantiles,
  SeenQueue,
  SeenTimers,
  SeenUsual,
  Tick,
  WhatIf,
} from "../seen.ts";
import { createColumns, setApart } from "./apart.ts";
import { type Calibration, calibrated, type Target } from "./calibrate.ts";
import { createCapacity } from "./capacity.ts";
import { createDestinations } from "./destinations.ts";
import { createDice, mixSeeds } from "./dice.ts";
import type { Ends } from "./ends.ts";
import { bins, horizon } from "./grid.ts";
import { createHeldMail, type Trouble } from "./heldmail.ts";
import { createLevel, usualRate } from "./level.ts";
import { createStart, readListing, trackedMost } from "./listing.ts";
import { delayedAt, type Followed, followPlaces, lastAt } from "./places.ts";
import { createStage } from "./play.ts";
import { atLeast, atLeastSo, momentsOf, movedAlike, quantilesOf } from "./quantiles.ts";
import { createQueueRun } from "./queuerun.ts";
import { createScene, setScene } from "./scene.ts";
import type { Senders } from "./senders.ts";
import { createSpread, draws } from "./spread.ts";
import { createStandstill, residual } from "./standstill.ts";
import { createReasons, limitOf, playReasons, remedies } from "./why.ts";
import { isBusy, isLine, servedIn } from "./work.ts";
import { createEnding, type Ending } from "./world.ts";
import { createWorlds } from "./worlds.ts";

/** What an estimator is made from. */
export interface EstimatorOptions {
  readonly timers: SeenTimers;
  readonly usual: SeenUsual;
  /** Without it the quantiles of the draws are given as they are. */
  readonly calibration?: Calibration;
  /** What real outages taught about the two ends. */
  readonly ends?: Partial<Record<Target, Ends>>;
  /** One for each incident, so that two readers see the same numbers. */
  readonly seed: number;
}

const clearFor = 15 * MINUTE;

/** An estimator for one incident of one server. */
export function createEstimator(options: EstimatorOptions): Estimator {
  const { timers, usual, calibration, seed } = options;
  const trouble: Trouble = { began: Number.NaN, end: Number.NaN };
  const level = createLevel();
  const capacity = createCapacity(Math.max(1, ...usual.arrivalsByHour) / 60, usual.pace);
  const destinations = createDestinations();
  const held = createHeldMail(usual, trouble, seed);
  const standstill = createStandstill();
  const queueRun = createQueueRun(timers.queueRun);
  const stage = createStage();
  const start = createStart();
  const columns = createColumns();
  const scene = createScene(start, usual, timers);
  const worlds = createWorlds(usual, { level, capacity, destinations }, scene, columns, createSpread(seed));
  const reasons = createReasons();
  const spare = new Float64Array(bins);
  const ending = createEnding();
  const results: Readonly<Record<Target, Float64Array>> = {
    queue: new Float64Array(draws),
    half: new Float64Array(draws),
    ninety: new Float64Array(draws),
    ninetyNine: new Float64Array(draws),
  };
  const placeResults = Array.from({ length: trackedMost }, () => new Float64Array(draws));
  let guessed: { until: Instant; senders: Senders } | undefined;
  let last: Tick | undefined;
  let clearSince = Number.NaN;

  /** Plays all draws into `results` and `placeResults`. */
  const playDraws = (now: Instant, places: readonly Followed[]) => {
    const seedNow = mixSeeds(seed, Math.floor(now / MINUTE));
    const done = places.map((one) =>
      scene.done === 0
        ? 0
        : Math.max(
            0,
            destinations.depthAtEnd(one.destination) +
              held.arrived * (usual.destinationShares[one.destination] ?? 0) -
              delayedAt(one, start),
          ),
    );
    let never = 0;
    let growing = 0;
    let depth = 0;
    for (let n = 0; n < draws; n++) {
      const { world, deadGrowth } = worlds.draw(n, seedNow);
      stage.play(scene, world, ending);
      results.queue[n] = ending.queue;
      results.half[n] = ending.half;
      results.ninety[n] = ending.ninety;
      results.ninetyNine[n] = ending.ninetyNine;
      if (places.length > 0) {
        const dice = createDice(mixSeeds(seedNow, 1000 + n));
        for (const [k, one] of places.entries()) {
          placeResults[k][n] = lastAt(one, stage, scene, world, columns, usual, done[k], dice);
        }
      }
      if (ending.queue === Number.POSITIVE_INFINITY) never += 1 / draws;
      growing += atLeastSo(start.depth, ending.depthInAnHour + deadGrowth) / draws;
      depth += (ending.depthInAnHour + start.dead + deadGrowth) / draws;
    }
    return { never: Math.min(1, never), growing: Math.min(1, growing), depthInAnHour: depth };
  };

  /** Who holds mail for us, and while the trouble lasts, in how many seconds the door is taken to open. */
  const sendersAt = (now: Instant, isOver: boolean, shutFor: Duration, outageUntil: Instant | undefined) => {
    if (isOver && (held.senders !== undefined || outageUntil === undefined)) {
      return { senders: held.senders, opensIn: undefined };
    }
    if (outageUntil !== undefined && (shutFor > 0 || standstill.age === 0)) {
      const until = Math.max(now, outageUntil);
      return { senders: held.ifOpened(until, now), opensIn: (until - now) / 1000 };
    }
    if (shutFor <= 0) return { senders: undefined, opensIn: undefined };
    // As often as the age has grown by a tenth, so that not each minute pays for new curves.
    const step = Math.max(1, Math.ceil(Math.log(shutFor / MINUTE) / Math.log(1.1)));
    const age = 1.1 ** step * MINUTE;
    const until = now - shutFor + age + residual(age / 1000, 0.5) * 1000;
    if (guessed?.until !== until) guessed = { until, senders: held.ifOpened(until, now) };
    return { senders: guessed.senders, opensIn: (until - now) / 1000 };
  };

  /** What the draws and the mean world say, uncalibrated: remaining times and reasons. */
  const look = (queue: SeenQueue, now: Instant, what: WhatIf) => {
    const { end } = trouble;
    const isOver = !Number.isNaN(end) && now >= end;
    const shutFor = held.shutFor(now);
    const elapsed = isOver ? (now - end) / 1000 : 0;
    setApart(destinations, usual.destinationShares, now, what, columns, start);
    const { senders, opensIn } = sendersAt(now, isOver, shutFor, what.outageUntil);
    const guessedHeld = opensIn !== undefined ? held.heldSoFar : (senders?.outstanding(elapsed) ?? 0);
    // Whoever is counted still when by every schedule all but a hundredth is back has given up, or never meant to come again;
    // and with the door open all the while, a count is of an outage before this trouble.
    const hardlyComes = opensIn === undefined && (senders === undefined || guessedHeld < 0.01 * senders.outstanding(0));
    const isCounted = queue.atSenders !== undefined && !hardlyComes;
    const atSenders = isCounted ? queue.atSenders : guessedHeld;
    const counted = isCounted && guessedHeld > 0 ? queue.atSenders / guessedHeld : 1;
    const places = followPlaces(destinations, usual, atSenders, columns);
    readListing(
      queue,
      columns,
      {
        now,
        end: Number.isNaN(end) ? now : end,
        lateShare: held.lateShare,
        timers,
        active: last?.active ?? queue.count,
        nextRun: queueRun.next(now),
      },
      start,
    );
    setScene(scene, columns, destinations, usual, isOver ? held.arrived : undefined);
    const up = (last?.hostUp ?? true) && (last?.filterUp ?? true);
    const downFor = up && !standstill.idle ? 0 : Math.max(MINUTE, standstill.age) / 1000;
    const stalls = standstill.count;
    worlds.at({ now, elapsed, downFor, shutFor: shutFor / 1000, stalls, senders, counted, opensIn, what });
    const outlook = playDraws(now, places);
    // Nothing waits and nothing is to come: it is over, whatever breaks next.
    if (start.depth === 0 && atSenders < 0.5) results.queue.fill(0);
    const raw = {
      queue: quantilesOf(results.queue),
      half: quantilesOf(results.half),
      ninety: quantilesOf(results.ninety),
      ninetyNine: quantilesOf(results.ninetyNine),
    };
    const rawPlaces = places.map((one, k) => ({
      destination: one.destination,
      messages: delayedAt(one, start),
      ninetyNine: quantilesOf(placeResults[k]),
    }));
    playReasons(stage, scene, worlds.mean(), reasons, spare);
    const total = scene.done + start.delayed + atSenders;
    const progress = total > 0 ? scene.done / total : 1;
    return { isOver, outlook, raw, rawPlaces, atSenders, isCounted, delayed: total, progress, ...whyNow(now) };
  };

  /** What the reasons and the dead places say. */
  const whyNow = (now: Instant) => {
    const onQueue = limitOf(reasons, "queue");
    const onLast = limitOf(reasons, "ninetyNine");
    const stuck: { destination: number; messages: number }[] = [];
    for (let d = 0; d < columns.kind.length; d++) {
      const depth = destinations.view(d, now).depth;
      if (columns.kind[d] === -2 && depth > 0) stuck.push({ destination: d, messages: depth });
    }
    const without: Estimate["cause"] = stuck.length > 0 ? "stuck" : "none";
    const leading = onLast.gain >= onQueue.gain ? onLast : onQueue;
    const saved = { service: 0, timers: 0, senders: 0, destination: 0, down: 0 };
    const seconds = (one: Ending): number => Math.min(horizon, Math.max(one.ninetyNine, one.queue));
    for (const name of remedies) {
      saved[name] = Math.max(0, seconds(reasons.base) - seconds(reasons.lifted[name])) * 1000;
    }
    const causes = { queue: onQueue.remedy ?? without, ninetyNine: onLast.remedy ?? without };
    return { stuck, causes, cause: leading.remedy ?? without, saves: leading.saves, remedies: saved };
  };

  /** Remaining times as they are published. */
  const finished = (found: Look): Record<Target, Quantiles> => {
    const finish = (target: Target): Quantiles => {
      const said = found.raw[target];
      if (calibration === undefined) return said;
      const cause = target === "queue" ? found.causes.queue : found.causes.ninetyNine;
      const ends = options.ends?.[target];
      return calibrated(said, target, cause, found.progress, calibration, ends, usual.pace !== undefined);
    };
    const half = finish("half");
    const ninety = atLeast(finish("ninety"), half);
    return { queue: finish("queue"), half, ninety, ninetyNine: atLeast(finish("ninetyNine"), ninety) };
  };

  const estimate = (queue: SeenQueue, now: Instant, what: WhatIf = {}): Estimate => {
    const asked = Object.keys(what).length > 0;
    const base = look(queue, now, {});
    const published = finished(base);
    let found = base;
    let told = published;
    if (asked) {
      // What the tables do to the answer they do to the question: so a remedy cannot make it later by another table.
      found = look(queue, now, what);
      const moved = (target: Target): Quantiles => movedAlike(found.raw[target], base.raw[target], published[target]);
      const half = moved("half");
      const ninety = atLeast(moved("ninety"), half);
      told = { queue: moved("queue"), half, ninety, ninetyNine: atLeast(moved("ninetyNine"), ninety) };
    } else {
      const up = (last?.hostUp ?? true) && (last?.filterUp ?? true) && (last?.inboundUp ?? true);
      const out = queue.held + (base.isCounted ? base.atSenders : 0);
      const through = published.ninetyNine[5] <= 2 * MINUTE && !holdsBack(out, base.delayed);
      const clearNow = base.isOver && up && start.depth <= usual.band && through;
      if (!clearNow) clearSince = Number.NaN;
      else if (Number.isNaN(clearSince)) clearSince = now;
    }
    return {
      at: now,
      queue: momentsOf(told.queue, now),
      half: momentsOf(told.half, now),
      ninety: momentsOf(told.ninety, now),
      ninetyNine: momentsOf(told.ninetyNine, now),
      ...found.outlook,
      cause: found.cause,
      saves: found.saves,
      remedies: found.remedies,
      stuck: found.stuck,
      atSenders: found.atSenders,
      allClear: !Number.isNaN(clearSince) && now - clearSince >= clearFor,
      delayed: found.delayed,
      progress: found.progress,
      causes: found.causes,
      destinations: found.rawPlaces
        .filter(({ messages }) => messages > 0 || found.atSenders > 0)
        .map((one) => ({
          ...one,
          ninetyNine: momentsOf(movedAlike(one.ninetyNine, base.raw.ninetyNine, published.ninetyNine), now),
        })),
    };
  };
  type Look = ReturnType<typeof look>;

  return {
    began(at) {
      if (!Number.isNaN(trouble.began) && Number.isNaN(trouble.end)) return;
      if (Number.isNaN(trouble.began)) held.began(level.usual());
      destinations.began();
      trouble.began = at;
    },
    ended(at) {
      trouble.end = at;
      destinations.ended(at);
      clearSince = Number.NaN;
      standstill.ended();
      held.ended();
      guessed = undefined;
    },
    tick(tick) {
      const seconds = tick.span / 1000;
      const up = tick.hostUp && tick.filterUp;
      const served = servedIn(tick);
      const busy = last !== undefined && isBusy(tick, last, usual.destinationShares);
      const lines = (one: DestinationTick): boolean => isLine(one, tick, usual.destinationShares);
      // While there is a line at our own door, mail waits in that one, and nothing tells who is slow.
      destinations.seen(tick.destinations, tick.at, tick.span, up, busy ? () => false : lines);
      held.door(tick);
      if (tick.hostUp) {
        const expected = usualRate(usual.arrivalsByHour, tick.at) * held.reach(tick) * seconds;
        level.seen(held.fresh(tick), expected, tick.span);
      }
      held.seen(tick);

      const inTrouble = !Number.isNaN(trouble.began) && (Number.isNaN(trouble.end) || tick.at <= trouble.end);
      const stalled = standstill.seen(tick, served / seconds, Math.exp(capacity.at(tick.at)), busy, inTrouble);
      if (up && !inTrouble && !stalled) capacity.seen(served, seconds, busy, tick.at);
      if (last !== undefined && up && !busy) queueRun.seen(tick, last);
      last = tick;
    },
    estimate,
  };
}
