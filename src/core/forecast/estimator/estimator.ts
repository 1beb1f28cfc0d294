// When the backlog clears: state that each minute moves a little, and a fluid play-forward of the real queue in many draws.

import { HOUR, type Instant, MINUTE } from "../../time.ts";
import type { Estimate, Estimator, Quantiles, SeenQueue, SeenTimers, SeenUsual, Tick, WhatIf } from "../seen.ts";
import { type Calibration, calibrated, type Ends, type Target } from "./calibrate.ts";
import { createCapacity, retryWork } from "./capacity.ts";
import { createDestinations } from "./destinations.ts";
import { createDice, mixSeeds, normalQuantile } from "./dice.ts";
import { bins, edges, horizon } from "./grid.ts";
import { createLevel, passes, usualRate } from "./level.ts";
import { createStart, type DestinationColumns, limitedMost, readListing } from "./listing.ts";
import { createEnding, createStage, createWorld, type Ending, type Scene } from "./play.ts";
import { type DownSpans, releaseCurves } from "./release.ts";
import { createSenders, type Senders } from "./senders.ts";
import { createReasons, limitOf, playReasons, remedies } from "./why.ts";

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

const draws = 64;
const quantileLevels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
/** How much of a passing deviation is left in each bin. */
const backToUsual = Float64Array.from({ length: bins }, (_, b) =>
  Math.exp(-(edges[b] + edges[b + 1]) / 2 / (passes / 1000)),
);
/** Deviation of the logarithm of the capacity, by how far ahead it is. */
const drift = Float64Array.from({ length: bins }, (_, b) => Math.min(0.22, 0.018 * Math.sqrt(edges[b] / 60)));
const clearFor = 15 * MINUTE;
const weighEvery = 5 * MINUTE;

/** An estimator for one incident of one server. */
export function createEstimator(options: EstimatorOptions): Estimator {
  const { timers, usual, calibration, seed } = options;
  const peak = Math.max(1, ...usual.arrivalsByHour) / 60;
  const level = createLevel();
  const capacity = createCapacity(peak);
  const destinations = createDestinations();
  const stage = createStage();
  const start = createStart();
  const world = createWorld();
  const meanWorld = createWorld();
  const reasons = createReasons();
  const spare = new Float64Array(bins);
  const ending = createEnding();
  const profile = new Float64Array(bins);
  const hourly = new Float64Array(bins);
  const results: Readonly<Record<Target | "depth", Float64Array>> = {
    queue: new Float64Array(draws),
    half: new Float64Array(draws),
    ninety: new Float64Array(draws),
    ninetyNine: new Float64Array(draws),
    depth: new Float64Array(draws),
  };
  const columns: DestinationColumns = {
    kind: new Int8Array(0),
    failing: new Float64Array(0),
    greylisting: new Float64Array(0),
    dead: new Float64Array(0),
  };
  // Each source of doubt falls evenly over the draws, in an order of its own, so that few draws tell much.
  const even = (salt: number): Float64Array => {
    const shuffle = createDice(mixSeeds(seed, salt));
    const values = Float64Array.from({ length: draws }, (_, n) => normalQuantile((n + 0.5) / draws));
    for (let n = draws - 1; n > 0; n--) {
      const other = Math.floor(shuffle.uniform() * (n + 1));
      [values[n], values[other]] = [values[other], values[n]];
    }
    return values;
  };
  const zCapacity = even(11);
  const zDrift = even(12);
  const zLevel = even(13);
  const zFailures = even(14);
  const order = even(15);
  const zShut = even(16);
  const zBand = even(17);
  const zChurn = even(18);
  const turnOf = Int32Array.from(order, (z) => 0 + order.filter((other) => other < z).length);

  let began = Number.NaN;
  let end = Number.NaN;
  let last: Tick | undefined;
  let workingBefore = 0;
  let down: DownSpans = { from: [], to: [] };
  let heldUsual = 0; // usual outside mail that met a shut door before the end
  let levelAtStart = 1;
  let dated = 0.9;
  let senders: Senders | undefined;
  let lateCounted = 0;
  let lateArrived = 0;
  let weighedTo = 0;
  let lateShare = new Float32Array(0);
  let lateMinutes = 0;
  let quietScanned = 0;
  let quietFresh = 0;
  let outAge = 0; // how long the server or its filter has been down
  let idleAge = 0;
  let stalls = 0;
  let clearSince = Number.NaN;
  // Where in its cycle the queue run comes, from the minutes in which old mail is taken up: a mean on the circle.
  let runCos = 0;
  let runSin = 0;
  let runWeight = 0;

  const expectedRate = (at: Instant): number => usualRate(usual.arrivalsByHour, at);

  /** In quiet times, the share of mail from outside that was scanned and not fresh: we turned it away at first ourselves. */
  const ownGreylisting = (): number => {
    const missing = quietScanned > 200 ? (quietScanned - quietFresh) / quietScanned : 0;
    const share = missing / Math.max(0.05, usual.outsideShare * dated);
    return share < 0.03 ? 0 : Math.min(0.6, share);
  };

  const outsideRate = (at: Instant): number => expectedRate(at) * usual.outsideShare;

  const buildCurves = (): void => {
    if (down.from.length === 0 || Number.isNaN(end)) return;
    const curves = releaseCurves(down, end, outsideRate, end, ownGreylisting(), createDice(mixSeeds(seed, 31)));
    if (senders === undefined) senders = createSenders(heldUsual * levelAtStart, 0.15, curves, mixSeeds(seed, 32));
    else senders.retimed(curves);
  };

  const seeSenders = (tick: Tick): void => {
    if (Number.isNaN(end) || tick.at <= end) return;
    let late = tick.late;
    const arrived = tick.fresh + tick.late;
    if (tick.dated < 0.05) {
      // Nothing tells submission times: what comes beyond the usual is taken for delayed.
      const expected = (expectedRate(tick.at) * levelAtStart * tick.span) / 1000;
      late = senders === undefined ? 0 : Math.max(0, tick.fresh - expected);
      lateCounted += late;
    } else {
      lateCounted += late;
      late /= Math.max(0.3, dated);
    }
    lateArrived += late;
    const minute = Math.floor((tick.at - 1 - end) / MINUTE);
    if (minute >= 0 && minute < 20_000) {
      if (minute >= lateShare.length) {
        const more = new Float32Array(Math.max(1024, minute * 2));
        more.set(lateShare);
        lateShare = more;
      }
      const share = arrived > 0 ? Math.min(1, late / arrived) : 0;
      const first = Math.max(0, Math.floor((tick.at - tick.span - end) / MINUTE));
      for (let m = first; m <= minute; m++) lateShare[m] = share;
      lateMinutes = minute + 1;
    }
    if (senders !== undefined && tick.at - end - weighedTo >= weighEvery) {
      const to = tick.at - end;
      if (tick.inboundUp || lateCounted > 0) {
        senders.seen(lateCounted, weighedTo / 1000, to / 1000, tick.dated < 0.05 ? 1 : dated);
      }
      weighedTo = to;
      lateCounted = 0;
    }
  };

  const learnRun = (tick: Tick, before: Tick): void => {
    if (timers.queueRun < 2 * MINUTE || tick.span > 1.5 * MINUTE) return;
    const jump = tick.retried + Math.max(0, tick.active - before.active);
    runCos *= 0.995;
    runSin *= 0.995;
    runWeight *= 0.995;
    if (jump <= 0) return;
    const angle = (2 * Math.PI * ((tick.at - tick.span / 2) % timers.queueRun)) / timers.queueRun;
    const weight = Math.sqrt(jump);
    runCos += weight * Math.cos(angle);
    runSin += weight * Math.sin(angle);
    runWeight += weight;
  };

  const fillColumns = (now: Instant, what: WhatIf): void => {
    const shut = what.destinationDownUntil;
    const count = Math.max(destinations.count, usual.destinationShares.length);
    if (columns.kind.length < count) {
      columns.kind = new Int8Array(count);
      columns.failing = new Float64Array(count);
      columns.greylisting = new Float64Array(count);
      columns.dead = new Float64Array(count);
    }
    start.limited = [];
    const candidates: { destination: number; weight: number }[] = [];
    for (let d = 0; d < count; d++) {
      const seen = destinations.view(d, now);
      columns.kind[d] = seen.dead ? -2 : -1;
      columns.failing[d] = seen.failing;
      columns.greylisting[d] = seen.greylisting;
      const unsure = seen.suspected > 0.1;
      if (d === shut?.destination) {
        columns.kind[d] = -1;
        candidates.push({ destination: d, weight: Number.POSITIVE_INFINITY });
        continue;
      }
      if (!seen.dead && seen.depth > 0 && (seen.limit > 0 || seen.relapsedFor > 0 || unsure)) {
        const needed = seen.limit > 0 ? seen.depth / seen.limit : 1e9;
        if (needed > 120 || unsure) candidates.push({ destination: d, weight: seen.depth });
      }
    }
    candidates.sort((a, b) => b.weight - a.weight || a.destination - b.destination);
    for (const { destination } of candidates.slice(0, limitedMost)) {
      const seen = destinations.view(destination, now);
      columns.kind[destination] = start.limited.length;
      start.limited.push({
        destination,
        rate: seen.limit > 0 ? seen.limit : 1e3,
        quota: seen.quota,
        shutFor: destination === shut?.destination ? 0 : seen.relapsedFor / 1000,
        suspected: destination === shut?.destination || seen.suspected <= 0.1 ? 0 : seen.suspected,
        share: usual.destinationShares[destination] ?? 0,
        ready: 0,
        readyDelayed: 0,
        all: 0,
        allDelayed: 0,
      });
    }
  };

  const scene: Scene = {
    start,
    done: 0,
    medianDepth: usual.medianDepth,
    medianDeferred: usual.medianDeferred,
    minimalBackoff: timers.minimalBackoff / 1000,
    maximalBackoff: timers.maximalBackoff / 1000,
    queueRun: timers.queueRun / 1000,
    ordinaryShare: 1,
    lateFails: 0.02,
    lateFailsAgain: 0.0004,
  };

  const fillScene = (now: Instant): void => {
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
    scene.done = Number.isNaN(end) || now < end ? 0 : Math.max(0, local + lateArrived * (1 - dead) - start.delayed);
  };

  /** Seconds that a downtime of this age still lasts: the longer it has lasted, the longer it will (Lindy). */
  const residual = (age: number, u: number): number => (age + 120) * (Math.max(1e-6, u) ** (-1 / 1.4) - 1);

  const block = (up: Float64Array, from: number, to: number): void => {
    for (let b = 0; b < bins; b++) {
      if (edges[b + 1] <= from) continue;
      if (edges[b] >= to) break;
      const overlap = Math.min(to, edges[b + 1]) - Math.max(from, edges[b]);
      up[b] = Math.max(0, up[b] - overlap / (edges[b + 1] - edges[b]));
    }
  };

  /** Nothing comes in from outside before the door opens; what was due till then comes in the hour after. */
  const shutDoor = (into: Float64Array, until: number): void => {
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

  const sorted = new Float64Array(draws);
  const quantiles = (values: Float64Array): Quantiles => {
    sorted.set(values);
    sorted.sort();
    const found = quantileLevels.map((q) => {
      const at = q * (draws - 1);
      const low = sorted[Math.floor(at)];
      const high = sorted[Math.ceil(at)];
      const value = high === Number.POSITIVE_INFINITY ? high : low + (high - low) * (at - Math.floor(at));
      return value === Number.POSITIVE_INFINITY ? Number.NaN : value * 1000;
    });
    return found as unknown as Quantiles;
  };

  const later = (remaining: Quantiles, now: Instant): Quantiles =>
    remaining.map((time) => (Number.isNaN(time) ? Number.NaN : now + time)) as unknown as Quantiles;

  const nextRun = (now: Instant): number => {
    if (runWeight < 20 || Math.hypot(runCos, runSin) < 0.6 * runWeight) return Number.NaN;
    const phase = (Math.atan2(runSin, runCos) / (2 * Math.PI)) * timers.queueRun;
    const into = (((now - phase) % timers.queueRun) + timers.queueRun) % timers.queueRun;
    return (timers.queueRun - into) / 1000;
  };

  const estimate = (queue: SeenQueue, now: Instant, what: WhatIf = {}): Estimate => {
    const asked = Object.keys(what).length > 0;
    const outage = what.outageUntil === undefined ? 0 : Math.max(0, (what.outageUntil - now) / 1000);
    const faster = Math.log(Math.max(1e-3, what.faster ?? 1));
    const isOver = !Number.isNaN(end) && now >= end;
    const dice = createDice(mixSeeds(seed, Math.floor(now / MINUTE)));
    fillColumns(now, what);
    readListing(
      queue,
      columns,
      {
        now,
        end: Number.isNaN(end) ? now : end,
        lateShare: lateMinutes > 0 ? lateShare.subarray(0, lateMinutes) : lateShare.subarray(0, 0),
        timers,
        active: last?.active ?? queue.count,
        nextRun: nextRun(now),
      },
      start,
    );
    fillScene(now);
    const up = (last?.hostUp ?? true) && (last?.filterUp ?? true);
    const working = up && idleAge === 0;
    const downFor = Math.max(outAge, idleAge) / 1000;
    const open = last?.inboundUp ?? true;
    const elapsed = isOver ? (now - end) / 1000 : 0;
    const levelNow = level.mean();
    for (let b = 0; b < bins; b++) {
      const at = now + ((edges[b] + edges[b + 1]) / 2) * 1000;
      profile[b] = expectedRate(at) * (edges[b + 1] - edges[b]);
      hourly[b] = capacity.atHour(at) - capacity.atHour(now);
    }
    const usualLevel = level.usual();
    const relaxed = (factor: number, b: number): number => usualLevel + (factor - usualLevel) * backToUsual[b];
    const capacityBack = capacity.usual - capacity.mean;
    for (let b = 0; b < bins; b++) {
      meanWorld.capacity[b] = faster + capacity.mean + hourly[b] + capacityBack * (1 - backToUsual[b]);
    }
    const stallRate = (0.4 + stalls) / (12 * 3600 + Math.max(0, elapsed));
    const rateDoubt = Math.sqrt(0.04 + 1 / (1 + destinations.failing * destinations.failingSeen));
    let expectedFailures = start.readyFails;
    for (let b = 0; b <= bins; b++) expectedFailures += start.dueFails[b];
    for (let n = 0; n < start.freshFails.length; n++) expectedFailures += start.freshFails[n];
    if (senders !== undefined) expectedFailures += senders.outstanding(elapsed) * scene.lateFails;
    let never = 0;
    let deadShare = 0;
    for (let d = 0; d < columns.kind.length; d++) {
      if (columns.kind[d] === -2) deadShare += usual.destinationShares[d] ?? 0;
    }
    const deadGrowth = expectedRate(now + HOUR / 2) * 3600 * deadShare;
    const shutUntil = Math.max(0, ((what.destinationDownUntil?.until ?? now) - now) / 1000);
    world.timersNow = what.flushNow === true;
    let growing = 0;
    let depthSum = 0;

    for (let n = 0; n < draws; n++) {
      const offset = capacity.deviation * zCapacity[n];
      const factor = levelNow * Math.exp(Math.hypot(0.07, level.spread()) * zLevel[n]);
      // Few failures come in whole numbers: as many as a Poisson count says, about a rate that is not known well either.
      world.failures =
        (Math.exp(rateDoubt * zFailures[n]) * dice.gamma(Math.max(0.05, expectedFailures))) /
        Math.max(0.05, expectedFailures);
      for (let b = 0; b < bins; b++) {
        world.capacity[b] = offset + meanWorld.capacity[b] + zDrift[n] * drift[b];
        world.arrivals[b] = profile[b] * relaxed(factor, b);
      }
      world.band = usual.band + zBand[n] * Math.max(1, (usual.band - usual.medianDepth) / 2.5);
      world.churn = Math.exp(0.3 * zChurn[n]);
      world.up.fill(1);
      let shut = 0;
      if (!working) {
        shut = residual(downFor, (turnOf[(n * 13) % draws] + 0.5) / draws);
      }
      if (what.outageUntil !== undefined) shut = outage;
      if (shut > 0) block(world.up, 0, shut);
      let at = shut - Math.log(1 - dice.uniform()) / stallRate;
      for (let count = 0; count < 6 && at < horizon; count++) {
        const length = 600 * Math.exp(0.8 * dice.normal());
        block(world.up, at, at + length);
        at += length - Math.log(1 - dice.uniform()) / stallRate;
      }
      if (senders === undefined) world.releases.fill(0);
      else {
        senders.releases(world.releases, elapsed, turnOf[n], draws);
        for (let b = 0; b < bins; b++) {
          const mean = world.releases[b];
          if (mean < 1e-4) {
            world.releases[b] = 0;
            continue;
          }
          // Senders release in lumps: as many as a negative binomial says, about the mean of each bin.
          const variance = mean + (mean * mean) / 5;
          const shape = (mean * mean) / variance;
          world.releases[b] = dice.gamma(shape) * (variance / mean);
        }
        if (!open || outage > 0) shutDoor(world.releases, shut);
      }
      for (let j = 0; j < start.limited.length; j++) {
        const z = j % 2 === 0 ? zShut[n] : -zShut[(n + j) % draws];
        world.rates[j] = Math.exp(0.25 * z);
        const shutFor = start.limited[j].shutFor;
        world.opens[j] = shutFor > 0 ? residual(shutFor, dice.uniform()) : 0;
        if (dice.uniform() < start.limited[j].suspected) world.opens[j] = Number.POSITIVE_INFINITY;
        if (start.limited[j].destination === what.destinationDownUntil?.destination) world.opens[j] = shutUntil;
      }
      stage.play(scene, world, ending);
      results.queue[n] = ending.queue;
      results.half[n] = ending.half;
      results.ninety[n] = ending.ninety;
      results.ninetyNine[n] = ending.ninetyNine;
      results.depth[n] = ending.depthInAnHour;
      if (ending.queue === Number.POSITIVE_INFINITY) never += 1 / draws;
      if (ending.depthInAnHour + deadGrowth * factor >= start.depth) growing += 1 / draws;
      depthSum += (ending.depthInAnHour + start.dead + deadGrowth * factor) / draws;
    }

    // The mean world, for the reasons.
    for (let b = 0; b < bins; b++) {
      meanWorld.arrivals[b] = profile[b] * relaxed(levelNow, b);
    }
    meanWorld.band = usual.band;
    meanWorld.up.fill(1);
    const shutMedian = what.outageUntil !== undefined ? outage : working ? 0 : residual(downFor, 0.5);
    if (shutMedian > 0) block(meanWorld.up, 0, shutMedian);
    if (senders === undefined) meanWorld.releases.fill(0);
    else {
      senders.meanReleases(meanWorld.releases, elapsed);
      if (!open || outage > 0) shutDoor(meanWorld.releases, shutMedian);
    }
    for (let j = 0; j < start.limited.length; j++) {
      const shutFor = start.limited[j].shutFor;
      meanWorld.opens[j] = shutFor > 0 ? residual(shutFor, 0.5) : 0;
      if (start.limited[j].suspected > 0.5) meanWorld.opens[j] = Number.POSITIVE_INFINITY;
      if (start.limited[j].destination === what.destinationDownUntil?.destination) meanWorld.opens[j] = shutUntil;
    }
    playReasons(stage, scene, meanWorld, reasons, spare);
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
      const said = quantiles(results[target]);
      if (calibration === undefined) return said;
      const cause = target === "queue" ? queueCause : lastCause;
      return calibrated(said, target, cause, progress, calibration, options.ends?.[target]);
    };
    const remaining = {
      queue: finish("queue"),
      half: finish("half"),
      ninety: finish("ninety"),
      ninetyNine: finish("ninetyNine"),
    };
    // A larger share cannot be out before a smaller one, whatever the tables say.
    const atLeast = (one: Quantiles, other: Quantiles): Quantiles =>
      one.map((time, n) =>
        Number.isNaN(time) || Number.isNaN(other[n]) ? Number.NaN : Math.max(time, other[n]),
      ) as unknown as Quantiles;
    const ninety = atLeast(remaining.ninety, remaining.half);
    const ninetyNine = atLeast(remaining.ninetyNine, ninety);

    const clearNow = isOver && up && open && start.depth <= usual.band && ninetyNine[5] <= 2 * MINUTE;
    if (asked) {
      // A question changes nothing.
    } else if (!clearNow) clearSince = Number.NaN;
    else if (Number.isNaN(clearSince)) clearSince = now;
    const found = { service: 0, timers: 0, senders: 0, destination: 0, down: 0 };
    const seconds = (one: Ending): number => Math.min(horizon, Math.max(one.ninetyNine, one.queue));
    for (const name of remedies) {
      found[name] = Math.max(0, seconds(reasons.base) - seconds(reasons.lifted[name])) * 1000;
    }
    return {
      at: now,
      queue: later(remaining.queue, now),
      half: later(remaining.half, now),
      ninety: later(ninety, now),
      ninetyNine: later(ninetyNine, now),
      never: Math.min(1, never),
      growing: Math.min(1, growing),
      depthInAnHour: depthSum,
      cause: leading.remedy ?? without,
      saves: leading.saves,
      remedies: found,
      stuck,
      atSenders,
      allClear: !Number.isNaN(clearSince) && now - clearSince >= clearFor,
      progress,
      causes: { queue: queueCause, ninetyNine: lastCause },
      destinations: delayedAt(queue, Number.isNaN(end) ? now : end).map((one) => ({
        ...one,
        ninetyNine: later(ninetyNine, now),
      })),
    };
  };

  return {
    began(at) {
      if (Number.isNaN(began) || !Number.isNaN(end)) {
        if (Number.isNaN(began)) levelAtStart = level.usual();
        destinations.began();
        began = at;
      }
    },
    ended(at) {
      end = at;
      destinations.ended(at);
      lateArrived = 0;
      lateCounted = 0;
      weighedTo = 0;
      lateMinutes = 0;
      clearSince = Number.NaN;
      senders = undefined;
      outAge = 0;
      idleAge = 0;
      stalls = 0;
      buildCurves();
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
      destinations.seen(tick.destinations, tick.at, tick.span, up, lines);
      if (!tick.inboundUp) {
        const from = tick.at - tick.span;
        const spans = down.to.length;
        if (spans > 0 && down.to[spans - 1] >= from - 1) down.to[spans - 1] = tick.at;
        else {
          if (Number.isNaN(began) && spans > 0 && from - down.to[spans - 1] > 6 * HOUR) down = { from: [], to: [] };
          down.from.push(from);
          down.to.push(tick.at);
        }
        if (Number.isNaN(end) || from < end) heldUsual += expectedRate(tick.at) * usual.outsideShare * seconds;
      } else if (last !== undefined && !last.inboundUp && !Number.isNaN(end)) buildCurves();
      if (tick.dated > 0.05) dated += 0.02 * (tick.dated - dated);

      let fresh = tick.fresh;
      if (tick.dated > 0.05) fresh -= (tick.late * (1 - dated)) / Math.max(0.3, dated);
      else if (senders !== undefined) fresh = Math.min(fresh, expectedRate(tick.at) * levelAtStart * seconds);
      if (tick.hostUp) {
        const outside = usual.outsideShare;
        const reach = tick.inboundUp ? 1 - ownGreylisting() * outside * dated : 1 - outside;
        level.seen(fresh, expectedRate(tick.at) * reach * seconds, tick.span);
      }
      seeSenders(tick);
      if (Number.isNaN(began) && tick.hostUp && tick.filterUp && tick.inboundUp) {
        quietScanned += tick.scanned;
        quietFresh += tick.fresh + tick.late;
      }

      const served = tick.scanned + retryWork * tick.retried;
      const busy = Math.min(working, workingBefore) > Math.max(15, 0.3 * served);
      const inTrouble = !Number.isNaN(began) && (Number.isNaN(end) || tick.at <= end);
      if (!up) outAge += tick.span;
      else {
        if (outAge > 0 && !inTrouble) stalls += 1;
        outAge = 0;
      }
      const stalled = up && busy && served / seconds < 0.05 * Math.exp(capacity.mean);
      if (stalled && !inTrouble) idleAge += tick.span;
      else {
        if (idleAge >= 2 * MINUTE) stalls += 1;
        idleAge = 0;
      }
      if (up && !inTrouble && !stalled) capacity.seen(served, seconds, busy, tick.at);
      if (last !== undefined && up && !busy) learnRun(tick, last);
      last = tick;
      workingBefore = working;
    },
    estimate,
  };
}
