// Which destinations refuse everything, which let only so much through, and which fail now and then.

import { HOUR, type Instant, MINUTE } from "../../time.ts";
import type { DestinationTick } from "../seen.ts";

const halfLife = 30 * MINUTE;
const quotaHalfLife = 40 * MINUTE;
const priorOdds = Math.log(0.04 / 0.96);
const longDead = 3 * HOUR;

/** What is known of one destination. */
export interface DestinationView {
  readonly depth: number;
  readonly dead: boolean;
  /** Probability that it refuses everything. */
  readonly suspected: number;
  /** Delivered after the end of the trouble, and fails again since this long (0: no). */
  readonly relapsedFor: number;
  /** Messages a second it lets through, 0 where it sets no limit. */
  readonly limit: number;
  /** A limit by quota: new mail takes the places first. */
  readonly quota: boolean;
  /** Probability that an attempt fails. */
  readonly failing: number;
  /** Probability that a first attempt is greylisted. */
  readonly greylisting: number;
}

interface Known {
  depth: number;
  active: number;
  delivered: number;
  failed: number;
  throttled: number;
  greylisted: number;
  /** First attempts that were not greylisted are not told apart, so this is counted against deliveries. */
  evidence: number;
  deliveredEver: number;
  failedEver: number;
  /** Failures that a delivery followed: the place was alive. */
  failedBefore: number;
  greylistedEver: number;
  lastDelivery: Instant;
  failingSince: Instant;
  lastThrottle: Instant;
  quotaCount: number;
  quotaWeight: number;
  slowRate: number;
  slowTicks: number;
  depthAtEnd: number;
  deadBefore: boolean;
}

/** All destinations of one server. */
export interface Destinations {
  /** `lines(tick)`: mail waits in line for this destination, and not for us. */
  seen(
    ticks: readonly DestinationTick[],
    at: Instant,
    span: number,
    up: boolean,
    lines: (tick: DestinationTick) => boolean,
  ): void;
  /** The trouble begins: what is dead now was dead without it. */
  began(): void;
  /** The trouble ended: what failed before says nothing about now. */
  ended(at: Instant): void;
  view(destination: number, now: Instant): DestinationView;
  readonly count: number;
  /** Messages for it now. */
  depth(destination: number): number;
  /** Depth when the trouble ended. */
  depthAtEnd(destination: number): number;
  /** Share of attempts that fail at destinations that work. */
  readonly failing: number;
  /** Number of attempts that stand behind `failing`. */
  readonly failingSeen: number;
}

/** Nothing seen yet. */
export function createDestinations(): Destinations {
  const all: Known[] = [];
  let end = Number.NaN;
  let pooledFailed = 0;
  let pooledDone = 0;

  const known = (destination: number): Known => {
    while (all.length <= destination) {
      all.push({
        depth: 0,
        active: 0,
        delivered: 0,
        failed: 0,
        throttled: 0,
        greylisted: 0,
        evidence: 0,
        deliveredEver: 0,
        failedEver: 0,
        failedBefore: 0,
        greylistedEver: 0,
        lastDelivery: Number.NaN,
        failingSince: Number.NaN,
        lastThrottle: Number.NaN,
        quotaCount: 0,
        quotaWeight: 0,
        slowRate: 0,
        slowTicks: 0,
        depthAtEnd: 0,
        deadBefore: false,
      });
    }
    return all[destination];
  };

  const suspicion = (one: Known): number => 1 / (1 + Math.exp(-(priorOdds + one.evidence)));
  const dead = (one: Known, now: Instant): boolean => {
    if (suspicion(one) <= 0.7) return false;
    const sinceEnd = Number.isNaN(end) || !(one.lastDelivery >= end);
    return sinceEnd || now - one.lastDelivery > longDead;
  };

  const failingOf = (one: Known): number => {
    const share = (pooledFailed + 0.3) / (pooledDone + pooledFailed + 15);
    const strength = 8;
    return Math.min(0.97, (one.failed + strength * share) / (one.delivered + one.failed + one.greylisted + strength));
  };

  return {
    get count() {
      return all.length;
    },
    get failing() {
      return (pooledFailed + 0.3) / (pooledDone + pooledFailed + 15);
    },
    get failingSeen() {
      return pooledDone + pooledFailed + 15;
    },
    seen(ticks, at, span, up, lines) {
      const kept = 2 ** (-span / halfLife);
      const keptQuota = 2 ** (-span / quotaHalfLife);
      pooledFailed *= kept;
      pooledDone *= kept;
      for (const one of all) {
        one.delivered *= kept;
        one.failed *= kept;
        one.throttled *= kept;
        one.greylisted *= kept;
        one.quotaCount *= keptQuota;
        one.quotaWeight = one.quotaWeight * keptQuota + span / 1000;
        one.depth = 0;
        one.active = 0;
      }
      // When most that is tried fails, it is the way out and not the places.
      let trying = 0;
      let failingNow = 0;
      for (const tick of ticks) {
        if (tick.delivered > 0) trying += 1;
        else if (tick.failed > 0) {
          trying += 1;
          if (known(tick.destination).evidence < 4) failingNow += 1;
        }
      }
      const wayOut = failingNow >= 3 && failingNow > 0.5 * trying;
      for (const tick of ticks) {
        const one = known(tick.destination);
        one.depth = tick.depth;
        one.active = tick.active;
        one.delivered += tick.delivered;
        one.greylisted += tick.greylisted;
        one.deliveredEver += tick.delivered;
        one.greylistedEver += tick.greylisted;
        one.throttled += tick.throttled;
        one.quotaCount += tick.delivered;
        if (tick.throttled > 0 && up) one.lastThrottle = at;
        if (up) {
          one.failed += tick.failed;
          one.failedEver += tick.failed;
        }
        if (tick.delivered > 0) {
          one.lastDelivery = at;
          if (!wayOut) one.failedBefore += Math.min(12, one.failedEver);
          one.failedEver = 0;
          one.evidence = 0;
          one.deadBefore = false;
          one.failingSince = Number.NaN;
        } else if (up && tick.failed > 0) {
          // A destination that often fails and still takes mail tells little by failing once more.
          const often = (one.failedBefore + 0.5) / (one.failedBefore + one.deliveredEver + 5);
          const usual = Math.max(0.125, Math.min(0.9, 1.15 * often));
          const told = wayOut ? 0.3 : Math.min(3, tick.failed * Math.log(1 / usual));
          one.evidence = Math.min(8, one.evidence + told);
          if (Number.isNaN(one.failingSince)) one.failingSince = at;
        }
        if (one.evidence < 2) {
          pooledFailed += up ? tick.failed : 0;
          pooledDone += tick.delivered;
        }
        if (up && tick.active > 8 && tick.failed <= tick.delivered && lines(tick)) {
          one.slowTicks += 1;
          const gain = Math.max(0.06, 1 / one.slowTicks);
          one.slowRate += gain * (tick.delivered / (span / 1000) - one.slowRate);
        } else if (tick.active <= 3) one.slowTicks = Math.max(0, one.slowTicks - 1);
      }
    },
    began() {
      for (const one of all) one.deadBefore = suspicion(one) > 0.7 && one.failedEver > 3;
    },
    ended(at) {
      end = at;
      for (const one of all) {
        one.evidence = one.deadBefore ? 8 : 0;
        one.failedEver = 0;
        one.failed = 0;
        one.failingSince = Number.NaN;
        one.lastThrottle = Number.NaN;
        one.quotaCount = 0;
        one.quotaWeight = 0;
        one.slowTicks = 0;
        one.depthAtEnd = one.depth;
      }
      pooledFailed = 0;
      pooledDone = 0;
    },
    view(destination, now) {
      const one = known(destination);
      const isDead = dead(one, now);
      const relapsed =
        !isDead && one.evidence > 3 && one.lastDelivery >= end && !Number.isNaN(one.failingSince)
          ? Math.max(60_000, now - one.failingSince)
          : 0;
      const quota = now - one.lastThrottle < 90 * MINUTE;
      let limit = 0;
      if (quota) limit = Math.max(0.3 / 3600, one.quotaCount / Math.max(60, one.quotaWeight));
      else if (one.slowTicks >= 4 && one.active > 8) limit = Math.max(1e-4, one.slowRate);
      return {
        depth: one.depth,
        dead: isDead,
        suspected: isDead || one.lastDelivery >= end ? 0 : suspicion(one),
        relapsedFor: relapsed,
        limit,
        quota,
        failing: failingOf(one),
        // Each greylisted message is delivered later: over a long time its share is that of the deliveries.
        greylisting:
          one.greylistedEver === 0
            ? 0
            : Math.min(0.98, one.greylistedEver / (Math.max(one.deliveredEver, one.greylistedEver) + 1)),
      };
    },
    depth: (destination) => known(destination).depth,
    depthAtEnd: (destination) => known(destination).depthAtEnd,
  };
}
