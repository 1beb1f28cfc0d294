// How an MTA spaces its attempts, as a value that the dialect reads from the MTA's configuration.

import type { Duration } from "../time.ts";

/**
 * Postfix's law: the wait after an attempt is the time that the message has been in the queue, but at least
 * `minimalBackoff` and at most `maximalBackoff`; the attempt happens at the first queue run after that.
 * Source: qmgr(8), and `qmgr_active.c` of Postfix 3.x.
 */
export interface AgeSchedule {
  readonly law: "age";
  readonly minimalBackoff: Duration;
  readonly maximalBackoff: Duration;
  /** Time between two looks at the deferred queue. */
  readonly queueRun: Duration;
  /** Given up at the first attempt after this age. */
  readonly lifetime: Duration;
  /** The same for messages with the null sender. */
  readonly nullSenderLifetime: Duration;
  /** Messages that the queue manager handles at once. */
  readonly activeLimit: number;
  /** Next hop of the content filter, as `transport:host:port` or as configured; empty for none. */
  readonly contentFilter: string;
  /** Whether these numbers were read from the MTA (`configured`) or are the MTA's documented defaults (`assumed`). */
  readonly source: "configured" | "assumed";
}

/** The retry laws of the MTAs that mailtide knows. */
export type RetrySchedule = AgeSchedule;
