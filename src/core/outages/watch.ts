// What is broken, since when: downtime inferred from attempts, refusals, start and stop lines, and silence.
//
// Fed with every batch after the ledger has recorded it. A place is down from the first of a row of failures
// that nothing but its server explains, to its first success. One failure is not a downtime.

import type { EventBatch } from "../events/batch.ts";
import { EventKind } from "../events/kinds.ts";
import { withinBytes } from "../events/text.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { Tally } from "../ledger/places.ts";
import { reasonNames, serverReasons } from "../ledger/reasons.ts";
import { Effect } from "../ledger/record.ts";
import type { Saved, Saving } from "../ledger/saved.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../time.ts";
import type { Downtime, DowntimeScope } from "./downtime.ts";

/** Failures in a row that make a downtime. */
const failuresNeeded = 3;
/** A row of failures shorter than this is a hiccup. */
const shortest: Duration = 10 * SECOND;
/** Downtimes that have ended and are kept. */
const kept = 500;

const silent = "no line was logged although mail usually comes";
const stillSilent = "no line is logged although mail usually comes";

/** Messages that should have come in a silence that is called a downtime. */
const unlikely = 30;

/** Whether a downtime was told from nothing but silence: who knows the hour better may think otherwise. */
export function isSilence({ cause, source }: Downtime): boolean {
  return source === "inferred" && (cause === silent || cause === stillSilent);
}

const notRunning = "the mail server is not running";

/** Columns of `Run`: a row of failures without a success. */
const First = 0;
const Last = 1;
const Count = 2;
const ReasonColumn = 3;
/** Time of the last failure that was a real try, not remembered from another message. */
const LastReal = 4;
const RealCount = 5;

/** How a place fares at this moment. */
export interface Failing {
  readonly since: Instant;
  readonly last: Instant;
  readonly lastReal: Instant;
  readonly failures: number;
  readonly realFailures: number;
  readonly reason: number;
}

interface SavedRest {
  readonly filters: readonly number[];
  readonly ended: readonly Downtime[];
  readonly declared: readonly Downtime[];
  readonly hostDownSince: Instant;
  readonly hostCause: string;
  readonly refusedSince: Instant;
  readonly refusals: number;
  readonly lastLine: Instant;
  readonly arrivals: number;
  readonly arrivalsAt: Instant;
  readonly arrivalsLately: number;
  readonly arrivalsNow: number;
}

export class OutageWatch {
  readonly #byDestination = new Tally(6);
  readonly #byRelay = new Tally(6);
  /** Deliveries a second, averaged over about half a minute, its time, deliveries ever, and since when they flow. A row a relay plus one; row 0 is all. */
  readonly #rate = new Tally(4);
  /** Attempts that worked and that failed since the last downtime ended. A row a destination. */
  readonly #lately = new Tally(2);
  /** Relays that answer with a new queue id of our own: content filters. */
  readonly filters = new Set<number>();
  readonly #ended: Downtime[] = [];
  readonly declared: Downtime[] = [];
  #hostDownSince: Instant = Number.NaN;
  #hostCause = "";
  #refusedSince: Instant = Number.NaN;
  #refusals = 0;
  #lastLine: Instant = Number.NaN;
  /** Messages accepted a second, averaged over about an hour. */
  #arrivals = 0;
  #arrivalsAt: Instant = Number.NaN;
  /** The same over about ten minutes. */
  #arrivalsLately = 0;
  /** The same over about a minute. */
  #arrivalsNow = 0;

  save(to: Saving): void {
    this.#byDestination.save("watch.byDestination", to);
    this.#byRelay.save("watch.byRelay", to);
    this.#rate.save("watch.rate", to);
    this.#lately.save("watch.lately", to);
    to.value("watch", {
      filters: [...this.filters],
      ended: this.#ended,
      declared: this.declared,
      hostDownSince: this.#hostDownSince,
      hostCause: this.#hostCause,
      refusedSince: this.#refusedSince,
      refusals: this.#refusals,
      lastLine: this.#lastLine,
      arrivals: this.#arrivals,
      arrivalsAt: this.#arrivalsAt,
      arrivalsLately: this.#arrivalsLately,
      arrivalsNow: this.#arrivalsNow,
    });
  }

  /** Takes what was saved, into a watch that has seen nothing. */
  restore(from: Saved): void {
    this.#byDestination.restore("watch.byDestination", from);
    this.#byRelay.restore("watch.byRelay", from);
    this.#rate.restore("watch.rate", from);
    this.#lately.restore("watch.lately", from);
    const rest = from.value<SavedRest>("watch");
    for (const filter of rest.filters) this.filters.add(filter);
    this.#ended.push(...rest.ended);
    this.declared.push(...rest.declared);
    this.#hostDownSince = rest.hostDownSince;
    this.#hostCause = rest.hostCause;
    this.#refusedSince = rest.refusedSince;
    this.#refusals = rest.refusals;
    this.#lastLine = rest.lastLine;
    this.#arrivals = rest.arrivals;
    this.#arrivalsAt = rest.arrivalsAt;
    this.#arrivalsLately = rest.arrivalsLately;
    this.#arrivalsNow = rest.arrivalsNow;
  }

  /** Learns from a batch that `ledger` has recorded. */
  record(batch: EventBatch, ledger: Ledger): void {
    const { count, time, effect, kind } = batch;
    for (let i = 0; i < count; i++) {
      const at = time[i];
      switch (effect[i]) {
        case Effect.delivered:
          this.#succeeded(ledger, batch.destination[i], batch.hop[i], at);
          break;
        case Effect.handedOver:
          if (batch.hop[i] !== -1) this.filters.add(batch.hop[i]);
          // The filter took it; the destination itself was not spoken to.
          this.#succeeded(ledger, -1, batch.hop[i], at);
          break;
        case Effect.deferred:
          if (serverReasons.has(batch.reason[i])) this.#failed(batch, i);
          break;
        case Effect.accepted:
          this.#arrived(at);
          if (this.#refusals > 0) this.#acceptedAgain(at);
          break;
        case Effect.refused:
          if (serverReasons.has(batch.reason[i]) && batch.code[i] < 500) this.#turnedAway(at);
          break;
        default:
          break;
      }
      if (kind[i] === EventKind.stopped) this.#stopped(at, "the mail server was stopped");
      if (kind[i] === EventKind.started) this.#started(at);
      if (at > this.#lastLine || Number.isNaN(this.#lastLine)) {
        this.#gap(at);
        this.#lastLine = at;
      }
    }
    if (batch.lastTime > this.#lastLine) {
      this.#gap(batch.lastTime);
      this.#lastLine = batch.lastTime;
    }
  }

  /**
   * Whether so long a silence is no chance. The slower of two paces counts, that of the last hour and that of the last ten
   * minutes: mail that ebbs away in the evening, or a burst before a quiet hour, is no downtime.
   */
  #isImplausible(silence: Duration): boolean {
    return Math.min(this.#arrivals, this.#arrivalsLately) * (silence / SECOND) >= unlikely;
  }

  /** A silence that the usual arrivals make implausible was a downtime, seen afterwards. */
  #gap(at: Instant): void {
    const silence = at - this.#lastLine;
    if (!(silence > 5 * MINUTE) || !Number.isNaN(this.#hostDownSince)) return;
    if (!this.#isImplausible(silence)) return;
    this.#end({
      scope: "host",
      target: "mail server",
      from: this.#lastLine,
      to: at,
      source: "inferred",
      cause: silent,
      failures: 0,
    });
  }

  /** What a listing said of the MTA itself. It ends only a downtime that a listing began: the log knows better. */
  seen(running: boolean, at: Instant): void {
    if (!running) {
      if (!Number.isNaN(this.#hostDownSince)) return;
      this.#stopped(at, notRunning);
    } else if (!Number.isNaN(this.#hostDownSince) && this.#hostCause === notRunning) this.#started(at);
  }

  #stopped(at: Instant, cause: string): void {
    if (!Number.isNaN(this.#hostDownSince)) return;
    this.#hostDownSince = at;
    this.#hostCause = cause;
  }

  #started(at: Instant): void {
    let from = this.#hostDownSince;
    let cause = this.#hostCause;
    if (Number.isNaN(from)) {
      // Started without having been stopped: it died somewhere after its last line.
      if (Number.isNaN(this.#lastLine) || at - this.#lastLine < shortest) return;
      from = this.#lastLine;
      cause = "the mail server started again without having been stopped";
    }
    this.#hostDownSince = Number.NaN;
    if (at - from >= SECOND) {
      this.#end({ scope: "host", target: "mail server", from, to: at, source: "inferred", cause, failures: 0 });
    }
  }

  #arrived(at: Instant): void {
    const dt = Number.isNaN(this.#arrivalsAt) ? 0 : Math.max(0, at - this.#arrivalsAt) / SECOND;
    this.#arrivals = faded(this.#arrivals, dt, 3600) + 1 / 3600;
    this.#arrivalsLately = faded(this.#arrivalsLately, dt, 600) + 1 / 600;
    this.#arrivalsNow = faded(this.#arrivalsNow, dt, 60) + 1 / 60;
    this.#arrivalsAt = at;
  }

  #turnedAway(at: Instant): void {
    if (this.#refusals === 0) this.#refusedSince = at;
    this.#refusals++;
  }

  #acceptedAgain(at: Instant): void {
    if (this.#refusals >= 10 && at - this.#refusedSince >= MINUTE) {
      this.#end({
        scope: "host",
        target: "mail server",
        from: this.#refusedSince,
        to: at,
        source: "inferred",
        cause: "every client was told to come back later",
        failures: this.#refusals,
      });
    }
    this.#refusals = 0;
  }

  #failed(batch: EventBatch, i: number): void {
    const at = batch.time[i];
    const hop = batch.hop[i];
    const start = batch.text.start[i];
    const remembered =
      withinBytes(batch.bytes, start, Math.min(batch.text.end[i], start + 32), "temporarily suspended") !== -1;
    if (!remembered && !this.filters.has(hop)) this.#lately.add(batch.destination[i], 1, 1);
    if (hop !== -1) note(this.#byRelay, hop, at, batch.reason[i], remembered);
    if (!this.filters.has(hop)) note(this.#byDestination, batch.destination[i], at, batch.reason[i], remembered);
  }

  #succeeded(ledger: Ledger, destination: number, hop: number, at: Instant): void {
    if (destination !== -1) this.#speed(0, at);
    if (hop !== -1) {
      this.#speed(hop + 1, at);
      if (this.#byRelay.get(hop, Count) > 0) {
        if (this.filters.has(hop)) this.#close("filter", ledger.relays.names[hop], this.#byRelay, hop, at);
        clear(this.#byRelay, hop);
      }
    }
    if (destination !== -1) this.#lately.add(destination, 1, 0);
    if (destination !== -1 && this.#byDestination.get(destination, Count) > 0) {
      this.#close("destination", ledger.destinations.names[destination], this.#byDestination, destination, at);
      clear(this.#byDestination, destination);
    }
  }

  #speed(row: number, at: Instant): void {
    const before = this.#rate.get(row, 1);
    const dt = before === 0 ? 0 : Math.max(0, at - before) / SECOND;
    if (before === 0 || dt > 20) {
      // A new flow: the average starts anew, and `speed` knows how short it has been.
      this.#rate.set(row, 0, 0);
      this.#rate.set(row, at, 3);
    }
    this.#rate.set(row, faded(this.#rate.get(row, 0), dt, 30) + 1 / 30, 0);
    this.#rate.set(row, at, 1);
    this.#rate.add(row, 1, 2);
  }

  /** Share of all handovers that went through a relay, 0 to 1. */
  share(relay: number): number {
    const all = this.#rate.get(0, 2);
    return all === 0 ? 0 : this.#rate.get(relay + 1, 2) / all;
  }

  /** Time of the last delivery through a relay (or any, for -1); 0 for none. */
  lastDelivery(relay: number): Instant {
    return this.#rate.get(relay + 1, 1);
  }

  #close(scope: DowntimeScope, target: string, runs: Tally, row: number, at: Instant): void {
    const from = runs.get(row, First);
    if (runs.get(row, Count) < failuresNeeded || at - from < shortest) return;
    if (scope === "destination") {
      this.#lately.set(row, 1, 0);
      this.#lately.set(row, 0, 1);
    }
    this.#end({
      scope,
      target,
      from,
      to: at,
      source: "inferred",
      cause: reasonNames[runs.get(row, ReasonColumn)],
      failures: runs.get(row, Count),
    });
  }

  #end(downtime: Downtime): void {
    this.#ended.push(downtime);
    if (this.#ended.length <= kept) return;
    // Some far server is always broken; the rare downtimes of our own are what the weeks after are judged by.
    const far = this.#ended.findIndex(({ scope }) => scope === "destination");
    this.#ended.splice(Math.max(0, far), 1);
  }

  /** Deliveries a second through a relay (or all, for -1) lately. */
  speed(relay: number, now: Instant): number {
    const at = this.#rate.get(relay + 1, 1);
    if (at === 0) return 0;
    const flowed = Math.max(SECOND, now - this.#rate.get(relay + 1, 3));
    const seen = 1 - Math.exp(-flowed / (30 * SECOND));
    return (this.#rate.get(relay + 1, 0) * Math.exp(-Math.max(0, now - at) / (30 * SECOND))) / seen;
  }

  /** Probability that an attempt at a place that works fails for its server's sake, by what was seen since its last downtime. */
  failureShare(destination: number): number {
    const worked = this.#lately.get(destination, 0);
    const failed = this.#lately.get(destination, 1);
    return (failed + 0.02) / (worked + failed + 20);
  }

  /** Messages accepted a second, over the last minute or so. */
  arrivalRate(now: Instant): number {
    if (Number.isNaN(this.#arrivalsAt)) return 0;
    return this.#arrivalsNow * Math.exp(-Math.max(0, now - this.#arrivalsAt) / (60 * SECOND));
  }

  /** How a destination fails, or undefined if its last attempt worked or nothing is known. */
  failing(destination: number): Failing | undefined {
    return failingIn(this.#byDestination, destination);
  }

  /** The same for a relay. */
  relayFailing(relay: number): Failing | undefined {
    return relay === -1 ? undefined : failingIn(this.#byRelay, relay);
  }

  /** Downtimes that have ended and those that last, in order of their beginning. */
  downtimes(ledger: Ledger, now: Instant): Downtime[] {
    const open: Downtime[] = [];
    if (!Number.isNaN(this.#hostDownSince)) {
      open.push(lasting("host", "mail server", this.#hostDownSince, this.#hostCause, 0));
    } else if (this.#refusals >= 10 && now - this.#refusedSince >= MINUTE) {
      open.push(
        lasting("host", "mail server", this.#refusedSince, "every client is told to come back later", this.#refusals),
      );
    } else if (!Number.isNaN(this.#lastLine)) {
      const silence = now - this.#lastLine;
      if (silence > 5 * MINUTE && this.#isImplausible(silence)) {
        open.push(lasting("host", "mail server", this.#lastLine, stillSilent, 0));
      }
    }
    for (const relay of this.filters) {
      const run = failingIn(this.#byRelay, relay);
      if (run !== undefined && isDown(run, now)) {
        open.push(lasting("filter", ledger.relays.names[relay], run.since, reasonNames[run.reason], run.failures));
      }
    }
    for (let destination = 0; destination < ledger.destinations.count; destination++) {
      const run = failingIn(this.#byDestination, destination);
      if (run !== undefined && isDown(run, now)) {
        open.push(
          lasting(
            "destination",
            ledger.destinations.names[destination],
            run.since,
            reasonNames[run.reason],
            run.failures,
          ),
        );
      }
    }
    return [...this.#ended, ...this.declared, ...open].sort((a, b) => a.from - b.from);
  }

  /** When the first downtime that began at or after `since` ended; `NaN` if none did. */
  firstRecovery(since: Instant): Instant {
    let first = Number.NaN;
    for (const downtime of this.#ended) {
      if (downtime.to !== undefined && downtime.from >= since && !(downtime.to >= first)) first = downtime.to;
    }
    return first;
  }

  /** When a downtime of a destination or filter last ended after `since`; `NaN` if none did. */
  recoveredSince(since: Instant): Instant {
    let last = Number.NaN;
    for (const downtime of this.#ended) {
      if (downtime.to !== undefined && downtime.scope !== "host" && downtime.to > since && !(downtime.to <= last)) {
        last = downtime.to;
      }
    }
    return last;
  }
}

/** What is left of a value after `seconds`, of a time constant of `over`. Hot: within one second of a busy log nothing fades. */
function faded(value: number, seconds: number, over: number): number {
  return seconds === 0 ? value : value * Math.exp(-seconds / over);
}

/** A row of failures that is long enough to be called a downtime. */
export function isDown(run: Failing, now: Instant): boolean {
  return run.failures >= failuresNeeded && now - run.since >= shortest;
}

function note(runs: Tally, row: number, at: Instant, reason: number, remembered: boolean): void {
  if (runs.get(row, Count) === 0) runs.set(row, at, First);
  runs.set(row, at, Last);
  runs.add(row, 1, Count);
  runs.set(row, reason, ReasonColumn);
  if (!remembered) {
    runs.set(row, at, LastReal);
    runs.add(row, 1, RealCount);
  }
}

function clear(runs: Tally, row: number): void {
  for (let column = 0; column < 6; column++) runs.set(row, 0, column);
}

function failingIn(runs: Tally, row: number): Failing | undefined {
  const failures = runs.get(row, Count);
  if (failures === 0) return undefined;
  return {
    since: runs.get(row, First),
    last: runs.get(row, Last),
    lastReal: runs.get(row, LastReal),
    failures,
    realFailures: runs.get(row, RealCount),
    reason: runs.get(row, ReasonColumn),
  };
}

function lasting(scope: DowntimeScope, target: string, from: Instant, cause: string, failures: number): Downtime {
  return { scope, target, from, to: undefined, source: "inferred", cause, failures };
}
