// Where the observation gets its events from: a running mail server, or a recording of one.

import type { Observation } from "../core/observation.ts";
import type { ObserverView } from "../core/report.ts";
import type { Instant } from "../core/time.ts";

export interface Feed {
  /** Takes in all that there is to see by `now`. Trouble is not thrown: `observer` tells of it. */
  advance(known: Observation, now: Instant): Promise<void>;
  /** More is there to be read at once: whoever beats need not wait. */
  readonly behind?: boolean;
  /** How well the sources could be seen. */
  observer(now: Instant): ObserverView;
  close(): Promise<void>;
}
