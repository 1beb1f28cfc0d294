// When the backlog clears: state that each minute moves a little, and a fluid play-forward of the real queue in many draws.

import { type Instant, MINUTE } from "../../time.ts";
import type { Estimate, Estimator, Quantiles, SeenQueue, SeenTimers, SeenUsual, Tick, WhatIf } from "../seen.ts";
import { createColumns, setApart } from "./apart.ts";
import { type Calibration, calibrated, type Ends, type Target } from "./calibrate.ts";
import { createCapacity, retryWork } from "./capacity.ts";
import { createDestinations } from "./destinations.ts";
import { createDice, mixSeeds } from "./dice.ts";
import { bins, horizon } from "./grid.ts";
import { createHeldMail, type Trouble } from "./heldmail.ts";
import { createLevel, usualRate } from "./level.ts";
import { createStart, readListing } from "./listing.ts";
import { createStage } from "./play.ts";
import { atLeast, momentsOf, quantilesOf } from "./quantiles.ts";
import { createQueueRun } from "./queuerun.ts";
import { createScene, setScene } from "./scene.ts";
import { createSpread, draws } from "./spread.ts";
import { createStandstill } from "./standstill.ts";
import { createReasons, limitOf, playReasons, remedies } from "./why.ts";
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
  const capacity = createCapacity(Math.max(1, ...usual.arrivalsByHour) / 60);
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
  let last: Tick | undefined;
  let workingBefore = 0;
  let clearSince = Number.NaN;

  /** Plays all draws into `results`. */
  const playDraws = (now: Instant) => {
    const dice = createDice(mixSeeds(seed, Math.floor(now / MINUTE)));
    let never = 0;
    let growing = 0;
    let depth = 0;
    for (let n = 0; n < draws; n++) {
      const { world, deadGrowth } = worlds.draw(n, dice);
      stage.play(scene, world, ending);
      results.queue[n] = ending.queue;
      results.half[n] = ending.half;
      results.ninety[n] = ending.ninety;
      results.ninetyNine[n] = ending.ninetyNine;
      if (ending.queue === Number.POSITIVE_INFINITY) never += 1 / draws;
      if (ending.depthInAnHour + deadGrowth >= start.depth) growing += 1 / draws;
      depth += (ending.depthInAnHour + start.dead + deadGrowth) / draws;
    }
    return { never: Math.min(1, never), growing: Math.min(1, growing), depthInAnHour: depth };
  };

  const estimate = (queue: SeenQueue, now: Instant, what: WhatIf = {}): Estimate => {
    const { end } = trouble;
    const isOver = !Number.isNaN(end) && now >= end;
    setApart(destinations, usual.destinationShares, now, what, columns, start);
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
    const open = last?.inboundUp ?? true;
    const elapsed = isOver ? (now - end) / 1000 : 0;
    const { senders } = held;
    worlds.at({
      now,
      elapsed,
      working: up && !standstill.idle,
      downFor: standstill.age / 1000,
      open,
      stalls: standstill.count,
      senders,
      what,
    });
    const outlook = playDraws(now);

    playReasons(stage, scene, worlds.mean(), reasons, spare);
    const onQueue = limitOf(reasons, "queue");
    const onLast = limitOf(reasons, "ninetyNine");
    const stuck: { destination: number; messages: number }[] = [];
    for (let d = 0; d < columns.kind.length; d++) {
      const depth = destinations.view(d, now).depth;
      if (columns.kind[d] === -2 && depth > 0) stuck.push({ destination: d, messages: depth });
    }
    const without = stuck.length > 0 ? "stuck" : "none";
    const queueCause: Estimate["cause"] = onQueue.remedy ?? without;
    const lastCause: Estimate["cause"] = onLast.remedy ?? without;
    const leading = onLast.gain >= onQueue.gain ? onLast : onQueue;
    const atSenders = senders === undefined ? 0 : senders.outstanding(elapsed);
    const total = scene.done + start.delayed + atSenders;
    const progress = total > 0 ? scene.done / total : 1;
    const finish = (target: Target): Quantiles => {
      const said = quantilesOf(results[target]);
      if (calibration === undefined) return said;
      const cause = target === "queue" ? queueCause : lastCause;
      return calibrated(said, target, cause, progress, calibration, options.ends?.[target]);
    };
    const half = finish("half");
    const ninety = atLeast(finish("ninety"), half);
    const ninetyNine = atLeast(finish("ninetyNine"), ninety);

    const clearNow = isOver && up && open && start.depth <= usual.band && ninetyNine[5] <= 2 * MINUTE;
    if (Object.keys(what).length > 0) {
      // A question changes nothing.
    } else if (!clearNow) clearSince = Number.NaN;
    else if (Number.isNaN(clearSince)) clearSince = now;
    const saved = { service: 0, timers: 0, senders: 0, destination: 0, down: 0 };
    const seconds = (one: Ending): number => Math.min(horizon, Math.max(one.ninetyNine, one.queue));
    for (const name of remedies) {
      saved[name] = Math.max(0, seconds(reasons.base) - seconds(reasons.lifted[name])) * 1000;
    }
    return {
      at: now,
      queue: momentsOf(finish("queue"), now),
      half: momentsOf(half, now),
      ninety: momentsOf(ninety, now),
      ninetyNine: momentsOf(ninetyNine, now),
      ...outlook,
      cause: leading.remedy ?? without,
      saves: leading.saves,
      remedies: saved,
      stuck,
      atSenders,
      allClear: !Number.isNaN(clearSince) && now - clearSince >= clearFor,
      progress,
      causes: { queue: queueCause, ninetyNine: lastCause },
      destinations: delayedAt(queue, Number.isNaN(end) ? now : end).map((one) => ({
        ...one,
        ninetyNine: momentsOf(ninetyNine, now),
      })),
    };
  };

  /** Destinations with a twentieth of the delayed mail or more, most first. */
  const delayedAt = (queue: SeenQueue, before: Instant): { destination: number; messages: number }[] => {
    const counts = new Map<number, number>();
    for (let row = 0; row < queue.count; row++) {
      const destination = queue.destination[row];
      if (queue.arrival[row] < before && columns.kind[destination] !== -2) {
        counts.set(destination, (counts.get(destination) ?? 0) + 1);
      }
    }
    return [...counts]
      .filter(([, messages]) => messages >= 5 && messages >= start.delayed / 20)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, 8)
      .map(([destination, messages]) => ({ destination, messages }));
  };

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
    },
    tick(tick) {
      const seconds = tick.span / 1000;
      const up = tick.hostUp && tick.filterUp;
      // A place whose share of the mail in hand is far above its usual one makes its own line.
      const lines = (one: { destination: number; active: number }): boolean =>
        one.active > 8 && one.active > 3 * (usual.destinationShares[one.destination] ?? 0) * tick.active;
      let inLine = 0;
      for (const one of tick.destinations) if (lines(one)) inLine += one.active;
      const working = Math.max(0, tick.active - inLine);
      const served = tick.scanned + retryWork * tick.retried;
      const busy = Math.min(working, workingBefore) > Math.max(15, 0.3 * served);
      // While there is a line at our own door, mail waits in that one, and nothing tells who is slow.
      destinations.seen(tick.destinations, tick.at, tick.span, up, busy ? () => false : lines);
      held.door(tick);
      if (tick.hostUp) {
        const expected = usualRate(usual.arrivalsByHour, tick.at) * held.reach(tick) * seconds;
        level.seen(held.fresh(tick), expected, tick.span);
      }
      held.seen(tick);

      const inTrouble = !Number.isNaN(trouble.began) && (Number.isNaN(trouble.end) || tick.at <= trouble.end);
      const stalled = standstill.seen(tick, served / seconds, Math.exp(capacity.mean), busy, inTrouble);
      if (up && !inTrouble && !stalled) capacity.seen(served, seconds, busy, tick.at);
      if (last !== undefined && up && !busy) queueRun.seen(tick, last);
      last = tick;
      workingBefore = working;
    },
    estimate,
  };
}
