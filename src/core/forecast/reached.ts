// Shares of the delayed mail that have been delivered: no longer foreseen, but known.

import type { Instant } from "../time.ts";
import type { Target } from "./estimator/calibrate.ts";
import type { Outlook } from "./outlook.ts";
import type { Quantiles } from "./seen.ts";

const shares = [
  ["half", 0.5],
  ["ninety", 0.9],
  ["ninetyNine", 0.99],
] as const;

/** When a share was first seen to be delivered. */
export type Reached = Partial<Record<Target, Instant>>;

/** The shares that are delivered at this outlook; what was reached before a relapse and is no longer is forgotten. */
export function reachedIn({ progress, at, recovered }: Outlook, before: Reached): Reached {
  const reached: Reached = {};
  for (const [target, share] of shares) {
    if (progress >= share) reached[target] = (recovered ? before[target] : undefined) ?? at;
  }
  return reached;
}

/** The outlook with the moment of each reached share in place of its range. */
export function withReached(outlook: Outlook, reached: Reached): Outlook {
  const found: Partial<Record<Target, Quantiles>> = {};
  for (const [target] of shares) {
    const when = reached[target];
    if (when !== undefined) found[target] = [when, when, when, when, when, when, when];
  }
  return { ...outlook, ...found };
}
