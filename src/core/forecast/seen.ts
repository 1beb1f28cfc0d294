// What the estimator is told: a minute's counts, a listing on demand, and when the trouble began and ended.
//
// Narrow on purpose: the product fills it from the ledger, a simulation fills it from its own world, and the estimator
// cannot tell which.

import type { Duration, Instant } from "../time.ts";

/** Counts of one minute (or whatever time has passed since the last tick). Destinations are numbered from 0 by whoever fills it. */
export interface Tick {
  /** End of the stretch. */
  readonly at: Instant;
  /** Length of the stretch. */
  readonly span: Duration;
  /** Messages in the queue now, held ones left out. */
  readonly depth: number;
  /** Of `depth`, those that the queue manager works on or has not scanned yet. */
  readonly active: number;
  /** First scans in the stretch: messages taken up for the first time. */
  readonly scanned: number;
  /** Further attempts in the stretch. */
  readonly retried: number;
  /** Mail that came in and was submitted less than 3 min ago, or whose submission time is unknown. */
  readonly fresh: number;
  /** Mail that came in and was submitted more than 3 min ago and before the trouble ended: it waited at its sender. */
  readonly late: number;
  /** Share of arrivals whose submission time is known, 0 to 1; 0 where nothing tells. */
  readonly dated: number;
  readonly destinations: readonly DestinationTick[];
  /** Our own server, its content filter, and its door for mail from outside. `undefined`: not known. */
  readonly hostUp: boolean;
  readonly filterUp: boolean;
  readonly inboundUp: boolean;
}

export interface DestinationTick {
  readonly destination: number;
  readonly depth: number;
  readonly active: number;
  readonly delivered: number;
  /** Attempts that failed for the server's sake (refused, timed out, lost). */
  readonly failed: number;
  /** Attempts answered "too much". */
  readonly throttled: number;
  readonly greylisted: number;
}

/** The queue as listed, a row a message, columns of typed arrays. */
export interface SeenQueue {
  readonly count: number;
  /** Messages that were set aside after an attempt had failed: no row, since nobody tries them. */
  readonly held: number;
  /** Messages that their senders hold for us, where somebody has counted all of them; absent: to be guessed. */
  readonly atSenders?: number | undefined;
  readonly destination: Int32Array;
  readonly arrival: Float64Array;
  /** Next attempt; in the past for what is being worked on. */
  readonly due: Float64Array;
  /** 1: taken up at least once. */
  readonly scanned: Uint8Array;
  readonly attempts: Uint16Array;
}

/** The MTA's own retry rule, for failures to come. */
export interface SeenTimers {
  readonly minimalBackoff: Duration;
  readonly maximalBackoff: Duration;
  readonly queueRun: Duration;
  readonly lifetime: Duration;
}

/** What was usual before the trouble. */
export interface SeenUsual {
  /** Expected arrivals a minute by hour of the day (UTC), 24 numbers. */
  readonly arrivalsByHour: readonly number[];
  /** Of those, the share that comes from outside (and waits at its senders while we are down). */
  readonly outsideShare: number;
  /** Depth that counts as normal: the upper band, stuck destinations left out. */
  readonly band: number;
  readonly medianDepth: number;
  readonly medianDeferred: number;
  /** Share of usual arrivals by destination number. */
  readonly destinationShares: readonly number[];
  /** How fast the server has been whenever it had more to do than it did; absent where too little of that was seen. */
  readonly pace?: SeenPace;
}

/** How fast a server has worked mail off in troubles of the past. */
export interface SeenPace {
  /** Work units a second: a first scan is 1, a further attempt less. */
  readonly rate: number;
  /** Standard deviation of its logarithm, from one trouble to another. */
  readonly doubt: number;
  /** Busy minutes that it rests on. */
  readonly minutes: number;
  /** Hours of the week that were seen busy (0 is Thursday from 00:00 UTC on), with the logarithm of what each gives beyond `rate`. */
  readonly hours: readonly (readonly [number, number])[];
}

/** Quantiles 5, 10, 25, 50, 75, 90, 95 % of a moment. `NaN` where more than that share of draws never gets there. */
export type Quantiles = readonly [number, number, number, number, number, number, number];

/** What the estimator answers. Moments are instants. */
export interface Estimate {
  readonly at: Instant;
  /** Queue back to normal. */
  readonly queue: Quantiles;
  /** Shares of the mail that the trouble delayed, delivered. */
  readonly half: Quantiles;
  readonly ninety: Quantiles;
  readonly ninetyNine: Quantiles;
  /** Probability that the end is not in sight (130 h). */
  readonly never: number;
  /** Probability that the queue is at least as deep in an hour. */
  readonly growing: number;
  /** Expected depth in an hour. */
  readonly depthInAnHour: number;
  readonly cause: "service" | "timers" | "senders" | "destination" | "down" | "stuck" | "none";
  /** Time that lifting the cause would save, of the median. */
  readonly saves: Duration;
  /** What each remedy would save. */
  readonly remedies: Readonly<Record<"service" | "timers" | "senders" | "destination" | "down", Duration>>;
  /** Destinations that refuse everything; not in the range. */
  readonly stuck: readonly { readonly destination: number; readonly messages: number }[];
  /** Messages that senders still hold, expected. */
  readonly atSenders: number;
  readonly allClear: boolean;
  /** Messages that the trouble delayed, what is delivered and what is expected from senders included. */
  readonly delayed: number;
  /** Share of the delayed mail that has been delivered, 0 to 1. */
  readonly progress: number;
  /** What limits each target by itself. */
  readonly causes: { readonly queue: Estimate["cause"]; readonly ninetyNine: Estimate["cause"] };
  /**
   * Destinations that hold a noticeable share of the delayed mail, most first, at most eight: when 99 % of what the trouble
   * delayed on its way there will have been delivered. Those that refuse everything are in `stuck` instead.
   */
  readonly destinations: readonly DestinationEstimate[];
}

/** One destination's own answer. */
export interface DestinationEstimate {
  readonly destination: number;
  /** Delayed messages for it in the queue. */
  readonly messages: number;
  readonly ninetyNine: Quantiles;
}

/** A question: the same queue if something were otherwise. Any combination; none of it asks for what is foreseen. */
export interface WhatIf {
  /** The server works this many times as fast. */
  readonly faster?: number;
  /** Every waiting message is tried now; what fails again waits by its timer. */
  readonly flushNow?: true;
  /** A destination takes nothing before then, and takes mail as usual afterwards, whatever is thought of it now. */
  readonly destinationDownUntil?: { readonly destination: number; readonly until: Instant };
  /** What is down (our server, its filter, its door) stays down until then; where nothing is, the server is down from now on. */
  readonly outageUntil?: Instant;
}

/** State over time. Deterministic: the same calls give the same answers. */
export interface Estimator {
  /** The trouble began: bands are frozen, learning of capacity stops. */
  began(at: Instant): void;
  /** It ended (or so it seems): evidence about destinations starts anew, release curves are built. May be called again after a relapse. */
  ended(at: Instant): void;
  tick(tick: Tick): void;
  /** Asking "what if" leaves the state as it was, and `allClear` as it stands. */
  estimate(queue: SeenQueue, now: Instant, what?: WhatIf): Estimate;
}
