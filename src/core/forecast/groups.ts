// What waits, sorted: rows that can move in groups by destination, rows that nothing shows to move apart.

import type { Ledger } from "../ledger/ledger.ts";
import { mailboxReasons, reasonNames, serverReasons } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { Failing, OutageWatch } from "../outages/watch.ts";
import type { Plan } from "../retries/plan.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import { type Duration, HOUR, type Instant, MINUTE, SECOND } from "../time.ts";
import type { StuckMail } from "./forecast.ts";
import type { ForecastMemory } from "./memory.ts";
import type { Outlook } from "./outlook.ts";

export interface ForecastInput {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly schedule: RetrySchedule;
  readonly memory: ForecastMemory;
  readonly outlook: Outlook | undefined;
  readonly blind: boolean;
  readonly now: Instant;
}

/** After this time without a success a place that fails is stuck, whatever others do. */
const stuckAfter: Duration = HOUR;

/** What waits for one relay that works: all groups that go through it together. */
export interface RelayLoad {
  weight: number;
  troubled: number;
  overdue: number;
}

/** Recipients that wait for one destination and can move. */
export interface Group {
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

/** Divides what waits into groups that can move and rows that are stuck. */
export function sortWork(input: ForecastInput): {
  groups: Group[];
  relays: Map<number, RelayLoad>;
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
  const relays = new Map<number, RelayLoad>();
  for (const group of groups.values()) {
    if (isDown(input, group)) continue;
    const load = relays.get(group.relay) ?? { weight: 0, troubled: 0, overdue: 0 };
    load.weight += group.weight;
    load.troubled += group.troubled;
    load.overdue += group.overdue;
    relays.set(group.relay, load);
  }
  return { groups: [...groups.values()], relays, stuck, movable };
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
export function downOf(input: ForecastInput, destination: number): Failing | undefined {
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

/** Whether a group's server fails at the moment. */
export function isDown(input: ForecastInput, group: Group): boolean {
  const run = downOf(input, group.destination);
  return run !== undefined && run.failures >= 2;
}

function isStuck(input: ForecastInput, destination: number, reason: number): boolean {
  const { ledger, watch, now } = input;
  const run = downOf(input, destination);
  if (run !== undefined && run.failures >= 3) {
    // While nothing at all goes out it is the way out that is broken, and not this place.
    if (now - run.since >= stuckAfter && watch.lastDelivery(-1) > run.since + stuckAfter / 2) return true;
    // Others that failed at the same time work again, and this one was really tried after that and failed.
    const recovered = watch.recoveredSince(run.since);
    const relay = watch.relayFailing(ledger.lastRelay.get(destination) - 1);
    const lastReal = Math.max(run.lastReal, relay?.lastReal ?? 0);
    if (!Number.isNaN(recovered) && lastReal > recovered + 2 * SECOND) return true;
  }
  return failsForItself(ledger, destination, reason);
}

/** 1 for reasons that are the server's, or none at all. Asked for every row that waits. */
const notItsOwn = Uint8Array.from(reasonNames, (_, reason) => (serverReasons.has(reason) || reason === 0 ? 1 : 0));

/** Whether mail that waits for this reason goes nowhere although its server works: a mailbox that is full, say. */
export function failsForItself(ledger: Ledger, destination: number, reason: number): boolean {
  if (notItsOwn[reason] === 1) return false;
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

/** Stuck mail with names, most first. */
export function nameStuck(input: ForecastInput, stuck: ReadonlyMap<string, StuckRows>): StuckMail[] {
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
