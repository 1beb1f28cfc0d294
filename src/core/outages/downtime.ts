// A stretch without service, as a thing of its own.

import type { Instant } from "../time.ts";

/** `host`: our whole server. `destination`: one place that we deliver to. `filter`: our own content filter. */
export type DowntimeScope = "host" | "destination" | "filter";

export interface Downtime {
  readonly scope: DowntimeScope;
  /** The destination's domain, the filter's next hop, or the instance's name. */
  readonly target: string;
  readonly from: Instant;
  /** `undefined` while it lasts. */
  readonly to: Instant | undefined;
  /** Seen in the log, or said by the operator. */
  readonly source: "inferred" | "declared";
  /** What showed it, for the administrator. */
  readonly cause: string;
  /** Attempts that failed in it. */
  readonly failures: number;
}
