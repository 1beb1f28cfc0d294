// What stands on the screen: it moves only when it has to, and says so when there is no end to say.

import { HOUR, type Instant, MINUTE } from "../../time.ts";
import type { Estimate, Quantiles } from "../seen.ts";
import type { Target } from "./calibrate.ts";

/** One moment as it is shown. */
export interface Shown {
  /** A clock time, rounded the more coarsely the further away it is; `undefined` where none can be said. */
  readonly at: Instant | undefined;
  /** 8 times out of 10 between these two; live, not rounded. */
  readonly earliest: Instant | undefined;
  readonly latest: Instant | undefined;
}

/** What is published of an estimate. */
export interface Published {
  readonly at: Instant;
  readonly targets: Readonly<Record<Target, Shown>>;
  /** Rather likely (60 in 100) the queue is no smaller in an hour. */
  readonly notClearing: boolean;
  /** More likely than not the queue is not back to normal within the horizon of the forecast. */
  readonly noEndInSight: boolean;
  readonly allClear: boolean;
  /** Estimates in a row that spoke against each shown time; kept for the next one. */
  readonly against: Readonly<Record<Target, number>>;
}

/** Steps that a time is rounded to, by what remains. */
export function stepFor(remaining: number): number {
  if (remaining < 0.5 * HOUR) return 5 * MINUTE;
  if (remaining < 2 * HOUR) return 10 * MINUTE;
  if (remaining < 6 * HOUR) return 30 * MINUTE;
  return remaining < 24 * HOUR ? HOUR : 3 * HOUR;
}

const patience = 2;
/** What stands on a screen should be right nine times in ten: at one in two it is so 85 times in a hundred. */
const surely = 0.6;

function rounded(at: Instant, now: Instant): Instant {
  const step = stepFor(at - now);
  return Math.round(at / step) * step;
}

function finite(at: Instant): Instant | undefined {
  return Number.isFinite(at) ? at : undefined;
}

/** A shown time stands while it lies within the middle 60 % or so, and is replaced after two estimates against it. */
function show(found: Quantiles, now: Instant, before: Shown | undefined, against: number): [Shown, number] {
  const live = { earliest: finite(found[1]), latest: finite(found[5]) };
  const likely = finite(found[3]);
  if (likely === undefined) {
    // A time that was shown stays until two estimates in a row know of none.
    if (before?.at === undefined || against + 1 >= patience) return [{ at: undefined, ...live }, 0];
    return [{ at: before.at, ...live }, against + 1];
  }
  if (before?.at === undefined) return [{ at: rounded(likely, now), ...live }, 0];
  const half = stepFor(likely - now) / 2;
  const slack = 1.5 * half;
  const low = found[2] - (found[2] - found[1]) / 3 - slack;
  const late = Number.isNaN(found[5]) ? found[4] : found[4] + (found[5] - found[4]) / 3;
  const high = (Number.isNaN(late) ? Number.POSITIVE_INFINITY : late) + slack;
  const passed = before.at <= now && likely > now + half;
  const stands = before.at >= low && before.at <= high && !passed;
  if (stands) return [{ at: before.at, ...live }, 0];
  if (against + 1 < patience) return [{ at: before.at, ...live }, against + 1];
  return [{ at: rounded(likely, now), ...live }, 0];
}

/** The next thing to publish, given what is on the screen. */
export function publish(estimate: Estimate, before?: Published): Published {
  const now = estimate.at;
  const one = (target: Target): [Shown, number] =>
    show(estimate[target], now, before?.targets[target], before?.against[target] ?? 0);
  const [queue, queueAgainst] = one("queue");
  const [half, halfAgainst] = one("half");
  const [ninety, ninetyAgainst] = one("ninety");
  const [ninetyNine, ninetyNineAgainst] = one("ninetyNine");
  return {
    at: now,
    targets: { queue, half, ninety, ninetyNine },
    notClearing: estimate.growing > surely,
    noEndInSight: estimate.never > 0.5,
    allClear: estimate.allClear,
    against: { queue: queueAgainst, half: halfAgainst, ninety: ninetyAgainst, ninetyNine: ninetyNineAgainst },
  };
}
