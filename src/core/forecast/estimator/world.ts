// One possible world, one scene that they all share, and where a world ends.

import { bins } from "./grid.ts";
import { limitedMost, type Start } from "./listing.ts";

/** One possible world. Seconds and messages. */
export interface World {
  /** Logarithm of work units a second, in each bin. */
  readonly capacity: Float64Array;
  /** Share of each bin in which the server works. */
  readonly up: Float64Array;
  /** New mail by bin, messages that the trouble did not delay. */
  readonly arrivals: Float64Array;
  /** Mail that senders held, by bin. */
  readonly releases: Float64Array;
  /** Times the failures expected. */
  failures: number;
  /** Times the rate of each limited destination. */
  readonly rates: Float64Array;
  /** Depth that counts as normal. */
  band: number;
  /** Times the usual deferred mail. */
  churn: number;
  /** Seconds until a shut destination opens; `Infinity`: it never does, and its mail is left out. */
  readonly opens: Float64Array;
  /** Remedies that are tried on. */
  unlimitedService: boolean;
  timersNow: boolean;
  unlimitedDestinations: boolean;
  /** Everything that waits is tried at the beginning. */
  flushed: boolean;
}

/** What does not differ between worlds. */
export interface Scene {
  start: Start;
  /** Delayed mail that is delivered already. */
  done: number;
  /** Messages that are usually in hand without any trouble. */
  usuallyBusy: number;
  medianDeferred: number;
  minimalBackoff: number;
  maximalBackoff: number;
  queueRun: number;
  /** Share of arrivals at destinations that are neither dead nor played by themselves. */
  ordinaryShare: number;
  /** Probability that mail which senders held fails at first, and that it fails twice. */
  lateFails: number;
  lateFailsAgain: number;
}

/** Where one world ends, in seconds from now; `Infinity` where it does not within the horizon. */
export interface Ending {
  queue: number;
  half: number;
  ninety: number;
  ninetyNine: number;
  depthInAnHour: number;
  /** Whether to play all bins and keep the books: delayed mail that went, that waits here, and that senders hold. */
  audit: boolean;
  delayedOut: number;
  delayedLeft: number;
  delayedAtSenders: number;
}

/** An ending to write into. */
export function createEnding(): Ending {
  return {
    queue: 0,
    half: 0,
    ninety: 0,
    ninetyNine: 0,
    depthInAnHour: 0,
    audit: false,
    delayedOut: 0,
    delayedLeft: 0,
    delayedAtSenders: 0,
  };
}

/** A world to write into. */
export function createWorld(): World {
  return {
    capacity: new Float64Array(bins),
    up: new Float64Array(bins).fill(1),
    arrivals: new Float64Array(bins),
    releases: new Float64Array(bins),
    failures: 1,
    band: 0,
    churn: 1,
    rates: new Float64Array(limitedMost).fill(1),
    opens: new Float64Array(limitedMost),
    unlimitedService: false,
    timersNow: false,
    unlimitedDestinations: false,
    flushed: false,
  };
}
