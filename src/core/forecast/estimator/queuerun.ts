// Where in its cycle the queue run comes: learned from the minutes in which old mail is taken up, as a mean on the circle.

import { type Duration, type Instant, MINUTE } from "../../time.ts";
import type { Tick } from "../seen.ts";

const kept = 0.995;
/** Jumps and agreement that it takes to believe in a phase. */
const enough = 20;
const agreed = 0.6;

/** The phase of the queue run. */
export interface QueueRun {
  /** A minute in which the server had time; `before` is the one before it. */
  seen(tick: Tick, before: Tick): void;
  /** Seconds until the next run, `NaN` where the phase is not known. */
  next(now: Instant): number;
}

/** Nothing known yet of runs that come every `period`. */
export function createQueueRun(period: Duration): QueueRun {
  let cos = 0;
  let sin = 0;
  let sum = 0;
  return {
    seen(tick, before) {
      if (period < 2 * MINUTE || tick.span > 1.5 * MINUTE) return;
      const jump = tick.retried + Math.max(0, tick.active - before.active);
      cos *= kept;
      sin *= kept;
      sum *= kept;
      if (jump <= 0) return;
      const angle = (2 * Math.PI * ((tick.at - tick.span / 2) % period)) / period;
      const weight = Math.sqrt(jump);
      cos += weight * Math.cos(angle);
      sin += weight * Math.sin(angle);
      sum += weight;
    },
    next(now) {
      if (sum < enough || Math.hypot(cos, sin) < agreed * sum) return Number.NaN;
      const phase = (Math.atan2(sin, cos) / (2 * Math.PI)) * period;
      const into = (((now - phase) % period) + period) % period;
      return (period - into) / 1000;
    },
  };
}
