// Our own estimator as a contender: the one place here that knows it.

import { readFileSync } from "node:fs";
import type { Calibration } from "../../src/core/forecast/estimator/calibrate.ts";
import { calibrationFrom, type Outcome } from "../../src/core/forecast/estimator/calibration.ts";
import { createEstimator } from "../../src/core/forecast/estimator/estimator.ts";
import { type Published, publish } from "../../src/core/forecast/estimator/publish.ts";
import type { Estimate } from "../../src/core/forecast/seen.ts";
import { secondOf } from "./outage.ts";
import { type Contender, type Row, type Trial, targets } from "./trial.ts";

/** Where the table lies that is shipped with the estimator. */
export const calibrationPath = new URL("../../src/core/forecast/estimator/calibration.json", import.meta.url);

/** The table that is shipped, if there is one. */
export function readCalibration(): Calibration | undefined {
  try {
    return JSON.parse(readFileSync(calibrationPath, "utf8")) as Calibration;
  } catch {
    return undefined;
  }
}

/** The estimator as it is shipped; without a table its draws speak for themselves. */
export function mailtide(calibration: Calibration | undefined): Contender {
  return {
    create: (usual, timers, seed) =>
      createEstimator({ usual, timers, seed, ...(calibration === undefined ? {} : { calibration }) }),
    screen() {
      let before: Published | undefined;
      return (estimate: Estimate) => {
        before = publish(estimate, before);
        const shown = before.targets;
        const second = (at: number | undefined) => (at === undefined ? undefined : secondOf(at));
        return {
          at: {
            queue: second(shown.queue.at),
            half: second(shown.half.at),
            ninety: second(shown.ninety.at),
            ninetyNine: second(shown.ninetyNine.at),
          },
          notClearing: before.notClearing,
          allClear: before.allClear,
        };
      };
    },
  };
}

/** The estimator's table out of trials of it without one. */
export function calibrationOf(trials: readonly Trial[]): Calibration {
  const outcome = (row: Row): Outcome => ({
    outage: row.seed,
    target: row.target,
    cause: row.cause,
    progress: row.progress,
    said: row.said.map((seconds) => seconds * 1000) as unknown as Outcome["said"],
    came: row.came * 1000,
  });
  return calibrationFrom(
    trials.flatMap((trial) => trial.rows.filter((row) => targets.includes(row.target)).map(outcome)),
  );
}
