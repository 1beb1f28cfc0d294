// The estimator of a trouble, made of all that there was to tell it: when one begins, and again after a restart.

import type { Duration } from "../time.ts";
import type { Calibration } from "./estimator/calibrate.ts";
import calibrationTable from "./estimator/calibration.json" with { type: "json" };
import { createEstimator } from "./estimator/estimator.ts";
import type { Habits } from "./habits.ts";
import type { Estimator, SeenTimers, SeenUsual, Tick } from "./seen.ts";
import type { Trouble } from "./trouble.ts";
import { stretched } from "./unit.ts";

const calibration = calibrationTable as unknown as Calibration;

/** What does not change while a trouble lasts. */
export interface Before {
  readonly unit: Duration;
  readonly usual: SeenUsual;
  /** What real troubles taught about the two ends of each range. */
  readonly ends: Habits["ends"];
}

/** An estimator that has been told these ticks, and of the trouble's beginning and ends when they were seen. */
export function retold(
  ticks: readonly Tick[],
  trouble: Trouble,
  { unit, usual, ends }: Before,
  timers: SeenTimers,
): Estimator {
  const began = stretched(trouble.began, unit);
  const seed = Math.floor(began / 1000) >>> 0;
  const estimator = createEstimator({ timers, usual, calibration, ends, seed });
  let begun = false;
  let ended = 0;
  for (const tick of ticks) {
    if (!begun && tick.at > began) {
      estimator.began(began);
      begun = true;
    }
    estimator.tick(tick);
    while (ended < trouble.ends.length && tick.at >= stretched(trouble.ends[ended].seen, unit)) {
      estimator.ended(stretched(trouble.ends[ended].at, unit));
      ended++;
    }
  }
  return estimator;
}
