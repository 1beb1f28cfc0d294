// How much mail comes in: the usual profile of the day times a level that is learned from the last hours.

import { HOUR, type Instant, MINUTE } from "../../time.ts";

const priorMessages = 25;
const halfLife = 45 * MINUTE;
const longHalfLife = 12 * HOUR;
const longPriorHours = 2;

/** The level of arrivals over the usual profile, gamma-Poisson with forgetting. */
export interface Level {
  seen(fresh: number, expected: number, span: number): void;
  /** 1 is as usual. */
  mean(): number;
  /** The level that it goes back to: what the profile has been wrong by for half a day. */
  usual(): number;
  /** Relative standard deviation of the level. */
  spread(): number;
}

/** A level that begins as usual. */
export function createLevel(): Level {
  let counted = 0;
  let expectedSum = 0;
  let longCounted = 0;
  let longExpected = 0;
  let longTime = 0;
  return {
    seen(fresh, expected, span) {
      const kept = 2 ** (-span / halfLife);
      counted = counted * kept + Math.max(0, fresh);
      expectedSum = expectedSum * kept + expected;
      const longKept = 2 ** (-span / longHalfLife);
      // One burst of junk is no new habit.
      longCounted = longCounted * longKept + Math.max(0, Math.min(fresh, 1.5 * expected + 3));
      longExpected = longExpected * longKept + expected;
      longTime = longTime * longKept + span;
    },
    mean: () => (priorMessages + counted) / (priorMessages + expectedSum),
    usual: () => {
      const prior = longTime > 0 ? longPriorHours * HOUR * (longExpected / longTime) + priorMessages : priorMessages;
      return (longCounted + prior) / (longExpected + prior);
    },
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
