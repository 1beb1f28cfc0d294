// What probes of our own addresses for incoming mail found, as a value. Absent: not probed.

import type { Instant } from "../time.ts";

export interface ProbeFacts {
  /** Addresses that are probed. */
  readonly addresses: number;
  /** Of these, how many failed 2 of their last 3 probes. */
  readonly failing: number;
  /** No address serves. */
  readonly allFail: boolean;
  /** Since when some fail; undefined while none does, and while it may still be chance. */
  readonly confirmedSince: Instant | undefined;
}
