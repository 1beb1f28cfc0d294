// A small mail server as an estimator would see it: quiet hours, a trouble, and a queue that is left of it.

import type { EstimatorOptions } from "../../../../src/core/forecast/estimator/estimator.ts";
import { createEstimator } from "../../../../src/core/forecast/estimator/estimator.ts";
import type { DestinationTick, Estimator, SeenQueue, Tick } from "../../../../src/core/forecast/seen.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";

/** A Monday at noon. */
export const noon = Date.UTC(2026, 0, 5, 12);

export const usual: EstimatorOptions["usual"] = {
  arrivalsByHour: Array.from({ length: 24 }, () => 20),
  outsideShare: 0.7,
  band: 60,
  medianDepth: 20,
  medianDeferred: 10,
  destinationShares: [0.6, 0.3, 0.1],
};

export const timers: EstimatorOptions["timers"] = {
  minimalBackoff: 5 * MINUTE,
  maximalBackoff: 4000 * 1000,
  queueRun: 5 * MINUTE,
  lifetime: 120 * HOUR,
};

/** A minute of a destination, with nothing in it but what is said. */
export function place(destination: number, seen: Partial<DestinationTick> = {}): DestinationTick {
  return { destination, depth: 0, active: 0, delivered: 0, failed: 0, throttled: 0, greylisted: 0, ...seen };
}

/** A quiet minute, but for what is said. */
export function minuteAt(at: number, seen: Partial<Tick> = {}): Tick {
  return {
    at,
    span: MINUTE,
    depth: 20,
    active: 2,
    scanned: 20,
    retried: 2,
    fresh: 20,
    late: 0,
    dated: 0.9,
    destinations: [place(0, { delivered: 12 }), place(1, { delivered: 6 }), place(2, { delivered: 2 })],
    hostUp: true,
    filterUp: true,
    inboundUp: true,
    ...seen,
  };
}

/** One message of a queue: where to, minutes in the queue, minutes until its next attempt, whether it was tried. */
export interface Waiting {
  readonly destination: number;
  readonly age: number;
  readonly due: number;
  readonly scanned: boolean;
}

/** A listing of such messages. */
export function listed(messages: readonly Waiting[], now: number): SeenQueue {
  return {
    count: messages.length,
    held: 0,
    destination: Int32Array.from(messages, (one) => one.destination),
    arrival: Float64Array.from(messages, (one) => now - one.age * MINUTE),
    due: Float64Array.from(messages, (one) => now + one.due * MINUTE),
    scanned: Uint8Array.from(messages, (one) => (one.scanned ? 1 : 0)),
    attempts: Uint16Array.from(messages, (one) => (one.scanned ? 1 : 0)),
  };
}

/** An estimator after six quiet hours and a trouble of some minutes that has just ended at `noon`, or `lasts` still. */
export function afterTrouble(
  options: Partial<EstimatorOptions> & {
    readonly minutes?: number;
    readonly during?: Partial<Tick>;
    readonly lasts?: boolean;
  } = {},
): Estimator {
  const { minutes = 60, during = {}, lasts = false, ...rest } = options;
  const estimator = createEstimator({ timers, usual, seed: 7, ...rest });
  const began = noon - minutes * MINUTE;
  for (let at = began - 6 * HOUR; at <= began; at += MINUTE) estimator.tick(minuteAt(at));
  estimator.began(began);
  const quiet = { scanned: 0, retried: 0, destinations: [place(0), place(1), place(2)] };
  for (let at = began + MINUTE; at <= noon; at += MINUTE) estimator.tick(minuteAt(at, { ...quiet, ...during }));
  if (!lasts) estimator.ended(noon);
  return estimator;
}
