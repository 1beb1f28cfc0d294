// When the backlog clears: the queue played forward by its real timers.
//
// A rate line is wrong at nearly every moment, since real drains are staircases: nothing moves until the
// next attempt is due, then much moves at once. So each waiting recipient is taken at its own next attempt
// and queue run; attempts that fail come back a backoff later; a relay that is busy drains at the speed it
// was seen to have, shared with the mail that keeps arriving; a place that is down returns after a time that
// we only know to be of the order of the time it has been down. Mail that nothing shows to move is named
// apart and never in the range.

import type { Ledger } from "../ledger/ledger.ts";
import { mailboxReasons, reasonNames, serverReasons } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import { backoff, type Plan } from "../retries/plan.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import { type Duration, HOUR, type Instant, MINUTE, SECOND } from "../time.ts";
import type { ClearLimit, ClearState, Forecast, StuckMail } from "./forecast.ts";
import type { ForecastMemory } from "./memory.ts";

export interface ForecastInput {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly schedule: RetrySchedule;
  readonly memory: ForecastMemory;
  readonly blind: boolean;
  readonly now: Instant;
}

/** Early, middle and late reading of something uncertain. */
type Three = readonly [number, number, number];

/** Residual of an outage of a given age, as a factor of (age + 2 min): heavy-tailed, exponent 1.4; at 0.95, 0.5, 0.05. */
const residual: Three = [0.95, 0.5, 0.05].map((u) => u ** (-1 / 1.4) - 1) as unknown as Three;
/** How far a capacity seen for a short while may be off. */
const capacityFactor: Three = [1.4, 1, 0.6];
/** Probabilities that all of a group is through, for the number of rounds it needs. */
const roundsAt: Three = [0.2, 0.6, 0.97];
/** After this time without a success a place that fails is stuck, whatever others do. */
const stuckAfter: Duration = HOUR;

interface Group {
  readonly destination: number;
  readonly relay: number;
  weight: number;
  /** Of `weight`, what arrived while the trouble lasted. */
  troubled: number;
  /** Latest due moment of the troubled part. */
  lastTroubledDue: Instant;
  /** Latest due moment. */
  lastDue: Instant;
  oldestArrival: Instant;
  /** Arrival of the row that is due last. */
  lastDueArrival: Instant;
  /** Weight that should have been tried by now. */
  overdue: number;
  /** Sum over rows of the probability that an attempt fails. */
  failing: number;
}

interface Finish {
  readonly at: Three;
  readonly limit: ClearLimit;
  readonly because: string;
}

/** The forecast for this moment. Deterministic; notes what it saw in `memory`. */
export function foresee(input: ForecastInput): Forecast {
  const { plan, watch, memory, now, schedule } = input;
  const host = input.downtimes.find((downtime) => downtime.scope === "host" && downtime.to === undefined);
  const { groups, stuck, movable } = sortWork(input);
  memory.note(now, movable.messages, plan.messages - plan.held);
  const stuckMail = nameStuck(input, stuck);
  const nothing = { earliest: undefined, likely: undefined, latest: undefined, messages: 0, stuck: stuckMail };
  if (input.blind) {
    return {
      ...nothing,
      state: "unknown",
      limit: "none",
      because: "Mailtide cannot see the mail server at the moment.",
    };
  }
  const window = Math.max(MINUTE, 2 * schedule.queueRun);
  const change = memory.change(now, window);
  const waiting = plan.messages - plan.held;
  const flooding = change.messages > 5 && waiting > 20 + 3 * memory.usual && change.messages > 0.1 * waiting;
  if (movable.recipients === 0 && host === undefined) {
    if (flooding) {
      return {
        ...nothing,
        messages: waiting,
        state: "growing",
        limit: "capacity",
        because: "Mail comes in faster than it goes out.",
      };
    }
    if (plan.heldAfterFailure > 0) {
      const because = "Mail that was delayed is on hold: an administrator has to release it.";
      return { ...nothing, state: "stalled", limit: "none", because };
    }
    if (stuckMail.length > 0) {
      return { ...nothing, state: "stalled", limit: "destination", because: stuckSentence(stuckMail) };
    }
    return { ...nothing, state: "clear", limit: "none", because: "No mail is delayed." };
  }
  const finishes = groups.map((group) => finish(input, group, groups));
  if (host !== undefined) finishes.push(hostReturns(input, host));
  let early = now;
  let late = now;
  let decisive: Finish | undefined;
  // What is down may turn out to be stuck and leave the range: the early end does not count on it.
  const flowing = groups.some((group) => !isDown(input, group));
  for (const [n, end] of finishes.entries()) {
    if (n >= groups.length || !flowing || !isDown(input, groups[n])) early = Math.max(early, end.at[0]);
    late = Math.max(late, end.at[2]);
    if (decisive === undefined || end.at[1] > decisive.at[1]) decisive = end;
  }
  const margin = Math.max(2 * SECOND, 0.08 * (late - now));
  const likely = Math.max(now, decisive?.at[1] ?? now);
  const allDown = groups.length > 0 && groups.every((group) => isDown(input, group));
  return {
    state: stateOf(),
    earliest: Math.max(now, Math.min(early - SECOND, likely)),
    likely,
    latest: Math.max(likely, late) + margin,
    limit: decisive?.limit ?? "none",
    because: decisive?.because ?? "",
    messages: movable.messages,
    stuck: stuckMail,
  };

  function stateOf(): ClearState {
    if (host !== undefined) return "stalled";
    const rising = change.delayed > Math.max(1, 0.03 * movable.messages);
    if (rising || (flooding && change.delayed >= 0)) return "growing";
    if (allDown) return "stalled";
    if (change.delayed < 0) return "draining";
    if (plan.due === 0) return "waiting";
    return now - watch.lastDelivery(-1) > Math.max(2 * MINUTE, 3 * schedule.queueRun) ? "stalled" : "draining";
  }
}

/** Divides what waits into groups that can move and rows that are stuck. */
function sortWork(input: ForecastInput): {
  groups: Group[];
  stuck: Map<string, StuckRows>;
  movable: { recipients: number; messages: number };
} {
  const { plan, ledger, schedule, now } = input;
  const { work } = plan;
  const groups = new Map<number, Group>();
  const stuck = new Map<string, StuckRows>();
  const movable = { recipients: 0, messages: 0 };
  const verdicts = new Map<number, boolean>();
  const isApart = (row: number): boolean => {
    const key = work.destination[row] * 64 + work.reason[row];
    let apart = verdicts.get(key);
    if (apart === undefined) {
      apart = work.destination[row] !== -1 && isStuck(input, work.destination[row], work.reason[row]);
      verdicts.set(key, apart);
    }
    return apart;
  };
  const cut = troubleEnd(input, (row) => !isApart(row));
  for (let i = 0; i < work.count; i++) {
    const destination = work.destination[i];
    const reason = work.reason[i];
    if (isApart(i)) {
      const name = `${destination}/${reason}`;
      const rows = stuck.get(name) ?? {
        destination,
        reason,
        recipients: 0,
        nextAttempt: Number.POSITIVE_INFINITY,
        firstGiveUp: Number.POSITIVE_INFINITY,
        lastGiveUp: 0,
      };
      rows.recipients += work.weight[i];
      rows.nextAttempt = Math.min(rows.nextAttempt, work.due[i]);
      rows.firstGiveUp = Math.min(rows.firstGiveUp, work.giveUp[i]);
      rows.lastGiveUp = Math.max(rows.lastGiveUp, work.giveUp[i]);
      stuck.set(name, rows);
      continue;
    }
    const weight = work.weight[i];
    movable.recipients += weight;
    movable.messages += work.first[i];
    const relay = relayOf(input, destination);
    let group = groups.get(destination);
    if (group === undefined) {
      group = {
        destination,
        relay,
        weight: 0,
        troubled: 0,
        lastTroubledDue: 0,
        lastDue: 0,
        oldestArrival: Number.POSITIVE_INFINITY,
        lastDueArrival: 0,
        overdue: 0,
        failing: 0,
      };
      groups.set(destination, group);
    }
    group.weight += weight;
    group.failing += weight * failureShare(ledger, input.watch, destination, reason);
    if (work.arrival[i] < group.oldestArrival) group.oldestArrival = work.arrival[i];
    const due = Math.max(work.due[i], now);
    if (!(work.arrival[i] > cut)) {
      group.troubled += weight;
      if (due > group.lastTroubledDue) group.lastTroubledDue = due;
    }
    if (due > group.lastDue) {
      group.lastDue = due;
      group.lastDueArrival = work.arrival[i];
    }
    const late = work.attempts[i] === 0 ? 0 : schedule.queueRun + 5 * SECOND;
    if (work.due[i] + late <= now) group.overdue += weight;
  }
  return { groups: [...groups.values()], stuck, movable };
}

/**
 * Until when mail was hit by the present trouble itself: what came later waits only behind it. `NaN` for "still".
 * The early end of the range is when the mail that was hit is through, the late end when nothing waits any more.
 * The first recovery is taken while mail from before it waits, then the moment at which the backlog first fell.
 */
function troubleEnd(input: ForecastInput, moves: (row: number) => boolean): Instant {
  const { memory, watch, plan } = input;
  const recovered = watch.firstRecovery(memory.troubleSince - 2 * MINUTE);
  const { work } = plan;
  if (!Number.isNaN(recovered)) {
    for (let i = 0; i < work.count; i++) if (work.arrival[i] <= recovered && moves(i)) return recovered;
  }
  return memory.firstFall;
}

interface StuckRows {
  readonly destination: number;
  readonly reason: number;
  recipients: number;
  nextAttempt: Instant;
  firstGiveUp: Instant;
  lastGiveUp: Instant;
}

/** The relay that a destination's mail goes through: the content filter for mail that was never tried, if there is one. */
function relayOf(input: ForecastInput, destination: number): number {
  if (destination !== -1) return input.ledger.lastRelay.get(destination) - 1;
  for (const filter of input.watch.filters) return filter;
  return -1;
}

/** Whether a destination's server fails, by its own last attempts and those of others through the same relay. */
function downOf(input: ForecastInput, destination: number): ReturnType<OutageWatch["failing"]> {
  if (destination === -1) {
    const relay = relayOf(input, -1);
    return relay === -1 ? undefined : input.watch.relayFailing(relay);
  }
  const relay = input.ledger.lastRelay.get(destination) - 1;
  const relayRun = input.watch.relayFailing(relay);
  const run = input.watch.failing(destination);
  if (relayRun !== undefined && input.watch.filters.has(relay)) return relayRun;
  if (run === undefined) return undefined;
  return relay === -1 || relayRun !== undefined ? run : undefined;
}

function isDown(input: ForecastInput, group: Group): boolean {
  const run = downOf(input, group.destination);
  return run !== undefined && run.failures >= 2;
}

function isStuck(input: ForecastInput, destination: number, reason: number): boolean {
  const { ledger, watch, now } = input;
  const run = downOf(input, destination);
  if (run !== undefined && run.failures >= 3) {
    if (now - run.since >= stuckAfter) return true;
    // Others that failed at the same time work again, and this one was really tried after that and failed.
    const recovered = watch.recoveredSince(run.since);
    const relay = watch.relayFailing(ledger.lastRelay.get(destination) - 1);
    const lastReal = Math.max(run.lastReal, relay?.lastReal ?? 0);
    if (!Number.isNaN(recovered) && lastReal > recovered + 2 * SECOND) return true;
  }
  if (serverReasons.has(reason) || reason === 0) return false;
  const worked = ledger.retried.get(destination, reason * 2);
  const failed = ledger.retried.get(destination, reason * 2 + 1);
  const needed = mailboxReasons.has(reason) ? 3 : 12;
  return failed >= needed && worked / (worked + failed) < 0.05;
}

/** Share of further attempts that fail, for a recipient that waits for this reason at a place that works. */
function failureShare(ledger: Ledger, watch: OutageWatch, destination: number, reason: number): number {
  if (destination === -1) return 0.001;
  if (serverReasons.has(reason)) return watch.failureShare(destination);
  const worked = ledger.retried.get(destination, reason * 2);
  const failed = ledger.retried.get(destination, reason * 2 + 1);
  return (failed + 0.5) / (worked + failed + 1.5);
}

/** When a group will be through. */
function finish(input: ForecastInput, group: Group, groups: readonly Group[]): Finish {
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
  const together = groups.filter((other) => other.relay === group.relay && !isDown(input, other));
  const weight = together.reduce((sum, other) => sum + other.weight, 0);
  const troubled = together.reduce((sum, other) => sum + other.troubled, 0);
  const overdue = together.reduce((sum, other) => sum + other.overdue, 0);
  const speed = watch.speed(group.relay, now);
  const busy = overdue > Math.max(10, 2 * speed);
  if (busy && speed > 0) memory.learn(group.relay, speed);
  const capacity = memory.capacity(group.relay);
  if (capacity !== undefined && capacity > 0) {
    const filter = watch.filters.has(group.relay);
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

/** Rounds beyond the first until all of `count` are through with probability `u`, if each attempt fails with probability `share`. */
function extraRounds(share: number, count: number, u: number): number {
  if (share <= 0) return 0;
  // (1 - share^k)^count >= u
  const left = 1 - u ** (1 / Math.max(1, count));
  const rounds = Math.ceil(Math.log(left) / Math.log(share)) - 1;
  return Math.min(60, Math.max(0, rounds));
}

/** The whole server is down: everything waits for it. */
function hostReturns(input: ForecastInput, host: Downtime): Finish {
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

function nameStuck(input: ForecastInput, stuck: ReadonlyMap<string, StuckRows>): StuckMail[] {
  const { ledger } = input;
  return [...stuck.values()]
    .sort((a, b) => b.recipients - a.recipients || a.destination - b.destination)
    .map((rows) => {
      const run = downOf(input, rows.destination);
      return {
        destination: ledger.destinations.names[rows.destination],
        reason: reasonNames[rows.reason],
        recipients: rows.recipients,
        since: run?.since,
        nextAttempt: rows.nextAttempt,
        firstGiveUp: rows.firstGiveUp,
        lastGiveUp: rows.lastGiveUp,
      };
    });
}

function stuckSentence(stuck: readonly StuckMail[]): string {
  const first = stuck[0];
  const others = stuck.length > 1 ? ` and ${stuck.length - 1} more` : "";
  return `What is left goes nowhere: ${first.destination} (${first.reason})${others}.`;
}

function two(value: number): string {
  if (value === 0) return "0";
  return Number(value.toPrecision(2)).toString();
}
