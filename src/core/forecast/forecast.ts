// When the backlog clears: what the forecast says. The door is this narrow so that the inside can be replaced.

import type { Instant } from "../time.ts";
import type { Outlook } from "./outlook.ts";

/** `waiting`: nothing moves because all waits for its next attempt. `stalled`: what is left goes nowhere. */
export type ClearState = "clear" | "draining" | "waiting" | "stalled" | "growing" | "unknown";
export const clearStates: readonly ClearState[] = ["clear", "draining", "waiting", "stalled", "growing", "unknown"];

/** What would save most time if it were lifted. */
export type ClearLimit = "capacity" | "retry_timers" | "senders" | "destination" | "stalls" | "none";
export const clearLimits: readonly ClearLimit[] = [
  "capacity",
  "retry_timers",
  "senders",
  "destination",
  "stalls",
  "none",
];

/** Mail that is not in the range because nothing shows that it will move. */
export interface StuckMail {
  readonly destination: string;
  readonly reason: string;
  readonly recipients: number;
  /** Since when nothing of it was delivered. */
  readonly since: Instant | undefined;
  readonly nextAttempt: Instant | undefined;
  /** When the first and the last of it will be given up. */
  readonly firstGiveUp: Instant | undefined;
  readonly lastGiveUp: Instant | undefined;
}

export interface Forecast {
  readonly state: ClearState;
  /** When the delayed mail that can move will have gone: 8 times out of 10 between `earliest` and `latest`. */
  readonly earliest: Instant | undefined;
  readonly likely: Instant | undefined;
  readonly latest: Instant | undefined;
  readonly limit: ClearLimit;
  /** Why, in words for the administrator, one sentence. */
  readonly because: string;
  /** Delayed messages that the range speaks of. */
  readonly messages: number;
  readonly stuck: readonly StuckMail[];
  /** The same moment over possible worlds, target by target; `undefined` while nothing is wrong, or nothing can be seen. */
  readonly outlook?: Outlook | undefined;
}
