// How much mail comes in: the usual profile of the day times a level that is learned from the last hours.

import { HOUR, type Instant, MINUTE } from "../../time.ts";

const priorMessages = 25;
const halfLife = 45 * MINUTE;

/** The level of arrivals over the usual profile, gamma-Poisson with forgetting. */
export interface Level {
  seen(fresh: number, expected: number, span: number): void;
  /** 1 is as usual. */
  mean(): number;
  /** Relative standard deviation of the level. */
  spread(): number;
}

/** A level that begins as usual. */
export function createLevel(): Level {
  let counted = 0;
  let expectedSum = 0;
  return {
    seen(fresh, expected, span) {
      const kept = 2 ** (-span / halfLife);
      counted = counted * kept + Math.max(0, fresh);
      expectedSum = expectedSum * kept + expected;
    },
    mean: () => (priorMessages + counted) / (priorMessages + expectedSum),
    spread: () => 1 / Math.sqrt(priorMessages + counted),
  };
}

/** Usual arrivals a second at a moment: hours of the day joined by straight lines between their middles. */
export function usualRate(byHour: readonly number[], at: Instant): number {
  const count = byHour.length;
  if (count === 0) return 0;
  const hours = at / HOUR - 0.5;
  const hour = Math.floor(hours);
  const here = byHour[((hour % count) + count) % count];
  const next = byHour[(((hour + 1) % count) + count) % count];
  return Math.max(0, here + (next - here) * (hours - hour)) / 60;
}
