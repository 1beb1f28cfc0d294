// "Next update by": what mailtide promises in each phase, and keeps, with or without news.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";
import type { Phase } from "../status.ts";

/** Up to an age of the trouble, how long until more is said. */
type Steps = readonly { readonly until: Duration; readonly every: Duration }[];

const always = Number.POSITIVE_INFINITY;

const steps: Readonly<Partial<Record<Phase, Steps>>> = {
  suspected: [{ until: always, every: 15 * MINUTE }],
  outage: [
    { until: HOUR, every: 30 * MINUTE },
    { until: DAY, every: HOUR },
    { until: 3 * DAY, every: 2 * HOUR },
    { until: always, every: 4 * HOUR },
  ],
  partial: [
    { until: 4 * HOUR, every: HOUR },
    { until: DAY, every: 4 * HOUR },
    { until: always, every: 12 * HOUR },
  ],
  draining: [
    { until: 6 * HOUR, every: HOUR },
    { until: DAY, every: 3 * HOUR },
    { until: always, every: 12 * HOUR },
  ],
  maintenance: [{ until: always, every: HOUR }],
};

/** Moments are said on the quarter of an hour, never earlier than meant. */
const grid: Duration = 15 * MINUTE;

/**
 * When mailtide will say more at the latest, having just spoken; undefined where nothing more is to be said.
 * `since`: when the phase began. `window`: the planned work that the phase is about.
 */
export function promisedBy(
  phase: Phase,
  since: Instant,
  now: Instant,
  window?: { readonly from: Instant; readonly to: Instant },
): Instant | undefined {
  if (phase === "maintenance_scheduled") return window?.from;
  const table = steps[phase === "relapse" ? "outage" : phase];
  const step = table?.find(({ until }) => now - since < until);
  if (step === undefined) return undefined;
  const by = Math.ceil((now + step.every) / grid) * grid;
  return phase === "maintenance" && window !== undefined && window.to > now ? Math.min(by, window.to) : by;
}

/** A promise that is due now. It is kept a little before its time: a look may come late. */
export function isDue(by: Instant | undefined, now: Instant): boolean {
  return by !== undefined && now >= by - MINUTE;
}
