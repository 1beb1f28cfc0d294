// When a group will be through: by its timers, by its relay's capacity, or after its server returns.

import { reasonNames } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import { backoff } from "../retries/plan.ts";
import { MINUTE, SECOND } from "../time.ts";
import type { ClearLimit } from "./forecast.ts";
import { downOf, type ForecastInput, type Group, type RelayLoad } from "./groups.ts";

/** Early, middle and late reading of something uncertain. */
type Three = readonly [number, number, number];

/** Residual of an outage of a given age, as a factor of (age + 2 min): heavy-tailed, exponent 1.4; at 0.95, 0.5, 0.05. */
const residual: Three = [0.95, 0.5, 0.05].map((u) => u ** (-1 / 1.4) - 1) as unknown as Three;
/** How far a capacity seen for a short while may be off. */
const capacityFactor: Three = [1.4, 1, 0.6];
/** Probabilities that all of a group is through, for the number of rounds it needs. */
const roundsAt: Three = [0.2, 0.6, 0.97];
/** An end and what makes it so late. */
export interface Finish {
  readonly at: Three;
  readonly limit: ClearLimit;
  readonly because: string;
}

/** When a group will be through. */
export function finish(input: ForecastInput, group: Group, relays: ReadonlyMap<number, RelayLoad>): Finish {
  const { schedule, now, memory, watch, ledger } = input;
  const name = group.destination === -1 ? "" : ledger.destinations.names[group.destination];
  const down = downOf(input, group.destination);
  if (down !== undefined && down.failures >= 2) {
    const age = now - down.since;
    const wait = backoff(schedule, now - group.oldestArrival);
    const returns = residual.map((factor) => now + factor * (age + 2 * MINUTE));
    return {
      at: [
        Math.max(group.lastDue, now),
        returns[1] + wait / 2,
        returns[2] + backoff(schedule, now - group.oldestArrival + (returns[2] - now)) + schedule.queueRun,
      ],
      limit: "destination",
      because:
        watch.filters.has(group.relay) || name === ""
          ? `The content filter does not answer (${reasonNames[down.reason]}).`
          : `${name} cannot be reached (${reasonNames[down.reason]}).`,
    };
  }
  // Timers: the last one due, plus the rounds that failures cost.
  const share = Math.min(0.95, group.failing / group.weight);
  const step = backoff(schedule, group.lastDue - group.lastDueArrival) + schedule.queueRun / 2;
  const runs: Three = [0, schedule.queueRun / 2, schedule.queueRun];
  const byTimers = roundsAt.map((u, n) => {
    const rounds = extraRounds(share, group.weight, u);
    const last = n === 0 ? Math.max(now, group.lastTroubledDue) : group.lastDue;
    return last + runs[n] + rounds * step;
  }) as unknown as Three;
  // Capacity: of the relay that all these groups go through.
  const { weight, troubled, overdue } = relays.get(group.relay) ?? group;
  const speed = watch.speed(group.relay, now);
  const busy = overdue > Math.max(10, 2 * speed);
  // Nothing flowed lately: that is not how fast it is.
  const flows = now - watch.lastDelivery(group.relay) < MINUTE;
  if (busy && flows && speed > 0) memory.learn(group.relay, speed);
  // What a filter turned away passes it before it comes to a relay of which nothing is known yet.
  const own = memory.capacity(group.relay);
  const capacity = own ?? capacityOfFilter(input);
  if (capacity !== undefined && capacity > 0) {
    const filter = own === undefined || watch.filters.has(group.relay);
    const arriving = watch.arrivalRate(now) * (filter || group.relay === -1 ? 1 : watch.share(group.relay));
    const byCapacity = capacityFactor.map((factor, n) => {
      // Old mail goes first at best; at worst it shares with what keeps arriving.
      if (n === 0) return now + (troubled / (capacity * factor)) * SECOND;
      const net = Math.max(capacity * factor - arriving, (capacity * factor) / 2);
      return now + (weight / net) * SECOND;
    }) as unknown as Three;
    if (byCapacity[1] > byTimers[1]) {
      return {
        at: [Math.max(byTimers[0], byCapacity[0]), byCapacity[1], Math.max(byTimers[2], byCapacity[2])],
        limit: "capacity",
        because: `${filter || name === "" ? "Our own mail server" : name} takes about ${two(capacity)} a second, and ${two(arriving)} a second keep arriving.`,
      };
    }
    return {
      at: [byTimers[0], byTimers[1], Math.max(byTimers[2], byCapacity[2])],
      limit: "retry_timers",
      because: "All that waits goes out when its next attempt is due.",
    };
  }
  return {
    at: byTimers,
    limit: "retry_timers",
    because: "All that waits goes out when its next attempt is due.",
  };
}

function capacityOfFilter({ watch, memory }: ForecastInput): number | undefined {
  for (const filter of watch.filters) {
    const capacity = memory.capacity(filter);
    if (capacity !== undefined) return capacity;
  }
  return undefined;
}

/** Rounds beyond the first until all of `count` are through with probability `u`, if each attempt fails with probability `share`. */
function extraRounds(share: number, count: number, u: number): number {
  if (share <= 0) return 0;
  // (1 - share^k)^count >= u
  const left = 1 - u ** (1 / Math.max(1, count));
  const rounds = Math.ceil(Math.log(left) / Math.log(share)) - 1;
  return Math.min(60, Math.max(0, rounds));
}

/** The whole server is down: everything waits for it. */
export function hostReturns(input: ForecastInput, host: Downtime): Finish {
  const { now, schedule, plan } = input;
  const age = now - host.from;
  const last = Math.max(plan.lastAttempt ?? now, now);
  return {
    at: [
      last,
      Math.max(last, now + residual[1] * (age + 2 * MINUTE)) + schedule.queueRun,
      Math.max(last, now + residual[2] * (age + 2 * MINUTE)) + schedule.maximalBackoff + schedule.queueRun,
    ],
    limit: "stalls",
    because: `The mail server is down: ${host.cause}.`,
  };
}

function two(value: number): string {
  if (value === 0) return "0";
  return Number(value.toPrecision(2)).toString();
}
