// How much mail comes in: the usual profile of the day times a level that is learned from the last hours.

import { HOUR, type Instant } from "../../time.ts";

const priorMessages = 25;
const longHalfLife = 12 * HOUR;
const longPriorHours = 1;
/** Passing deviations: how large, in logarithm, and how long they last. */
const passing = 0.15;
export const passes = HOUR;

/** The level of arrivals over the usual profile: what the profile has been wrong by, and what passes. */
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
  let deviation = 0;
  let variance = passing ** 2;
  let longCounted = 0;
  let longExpected = 0;
  let longTime = 0;
  const usual = (): number => {
    const hourly = longTime > 0 ? longExpected * (HOUR / longTime) : 0;
    const prior = longPriorHours * hourly + priorMessages;
    return (longCounted + prior) / (longExpected + prior);
  };
  return {
    seen(fresh, expected, span) {
      const kept = Math.exp(-span / passes);
      deviation *= kept;
      variance = variance * kept ** 2 + (1 - kept ** 2) * passing ** 2;
      if (expected > 0) {
        // A server with much mail shows a change within minutes, one with little mail within an hour.
        const foreseen = expected * usual() * Math.exp(deviation);
        const noise = 1 / Math.max(0.05, foreseen);
        const gain = variance / (variance + noise);
        deviation += gain * Math.max(-2, Math.min(4, (Math.max(0, fresh) - foreseen) / Math.max(0.05, foreseen)));
        variance *= 1 - gain;
      }
      const longKept = 2 ** (-span / longHalfLife);
      // One burst of junk is no new habit.
      longCounted = longCounted * longKept + Math.max(0, Math.min(fresh, 1.5 * expected + 3));
      longExpected = longExpected * longKept + expected;
      longTime = longTime * longKept + span;
    },
    mean: () => usual() * Math.exp(deviation),
    usual,
    spread: () => Math.sqrt(variance),
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
