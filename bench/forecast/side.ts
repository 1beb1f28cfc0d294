// A thread that plays some of the outages.

import { parentPort, workerData } from "node:worker_threads";
import { mailtide, readCalibration } from "./contender.ts";
import { type TrialOptions, tryOutage } from "./trial.ts";

/** What such a thread is given. */
export interface SideWork {
  readonly raw: boolean;
  readonly work: readonly TrialOptions[];
}

if (parentPort !== null) {
  const { raw, work } = workerData as SideWork;
  const contender = mailtide(raw ? undefined : readCalibration());
  for (const options of work) parentPort.postMessage(tryOutage(contender, options));
}
