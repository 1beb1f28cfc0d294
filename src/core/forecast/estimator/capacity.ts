// How fast the server works mail off, in work units a second: learned only from minutes in which it had more to do than it did.
//
// What past troubles have shown of the hours of the week is taken off before anything is learned, and laid on again where
// it is asked for an hour: so the turn of the hour is no surprise, and a slow day is slow at each of its hours.

import { HOUR, type Instant } from "../../time.ts";
import type { SeenPace } from "../seen.ts";

const driftPerTick = 0.025;
const clipAt = 2.5;
/** Of busy minutes, how many it takes to forget, and how many the present counts for. */
const longKept = 2 ** (-1 / 480);
const longPrior = 60;
/** Busy minutes of past troubles count for so many of these at most. */
const longFromPast = 120;
const hoursOfWeek = 168;

/** The hour of the week of a moment: 0 is Thursday from 00:00 UTC on. */
export function hourOfWeek(at: Instant): number {
  return ((Math.floor(at / HOUR) % hoursOfWeek) + hoursOfWeek) % hoursOfWeek;
}

/** Work units a second that are guessed where nothing is known, from the busiest usual hour (messages a second). */
export function guessedPace(peakRate: number): number {
  return Math.max(1e-4, 2.5 * peakRate);
}

/** Doubt of a guess, and busy minutes that it is worth. */
export const guessDoubt = 0.5;
export const guessMinutes = 30;
/** Busy minutes from which on an hour is told from others. */
export const hourFrom = 10;

/** How much an hour's own mean counts against that of all hours. */
export function trust(minutes: number): number {
  return minutes / (minutes + guessMinutes);
}

/** Natural logarithm of the capacity, with its doubt. */
export interface Capacity {
  /** `busy`: more was waiting before and after than was done. */
  seen(served: number, seconds: number, busy: boolean, at: Instant): void;
  readonly mean: number;
  /** `mean` as it is at this hour of the week. */
  at(at: Instant): number;
  readonly deviation: number;
  /** Of the minutes seen busy. */
  readonly busyMinutes: number;
  /** Logarithm to which it goes back in the long run. */
  readonly usual: number;
  /** What this hour of the week gave beyond the mean, in logarithm; 0 where it was never seen busy. */
  atHour(at: Instant): number;
}

/** Begins with what past troubles have shown, else with a guess from the busiest usual hour (messages a second). */
export function createCapacity(peakRate: number, past?: SeenPace): Capacity {
  let mean = Math.log(past?.rate ?? guessedPace(peakRate));
  let variance = (past?.doubt ?? guessDoubt) ** 2;
  let surprises = 0;
  let side = 0;
  let busyMinutes = 0;
  let longCount = Math.min(longFromPast, past?.minutes ?? 0);
  let longSum = longCount * mean;
  const usually = new Float64Array(hoursOfWeek);
  for (const [hour, beyond] of past?.hours ?? []) usually[hour] = beyond;
  const hourSum = new Float64Array(hoursOfWeek);
  const hourCount = new Float64Array(hoursOfWeek);
  return {
    get mean() {
      return mean;
    },
    at(at) {
      return mean + usually[hourOfWeek(at)];
    },
    get deviation() {
      return Math.sqrt(variance);
    },
    get busyMinutes() {
      return busyMinutes;
    },
    get usual() {
      return (longSum + longPrior * mean) / (longCount + longPrior);
    },
    seen(served, seconds, busy, at) {
      variance = Math.min(0.5, variance + driftPerTick ** 2 * (busy ? 1 : 0.1));
      if (served <= 0 || seconds <= 0) return;
      const hour = hourOfWeek(at);
      const measured = Math.log(served / seconds) - usually[hour];
      if (!busy) {
        // What was done was possible.
        if (measured > mean && served > 20) mean = Math.min(measured, mean + 0.5);
        return;
      }
      busyMinutes += 1;
      const noise = 0.08 ** 2 + 1.5 / served;
      let total = variance + noise;
      let innovation = measured - mean;
      if (Math.abs(innovation) > clipAt * Math.sqrt(total)) {
        const now = Math.sign(innovation);
        surprises = now === side ? surprises + 1 : 1;
        side = now;
        if (surprises >= 3) {
          variance += 0.15; // three times the same surprise is news
          total = variance + noise;
          surprises = 0;
          longSum *= 0.25;
          longCount *= 0.25;
        }
        const limit = clipAt * Math.sqrt(total);
        innovation = Math.max(-limit, Math.min(limit, innovation));
      } else surprises = 0;
      const gain = variance / total;
      mean += gain * innovation;
      variance *= 1 - gain;
      longSum = longSum * longKept + measured;
      longCount = longCount * longKept + 1;
      hourSum[hour] += measured;
      hourCount[hour] += 1;
    },
    atHour(at) {
      const hour = hourOfWeek(at);
      const count = hourCount[hour];
      const today = count < hourFrom ? 0 : (hourSum[hour] / count - mean) * trust(count);
      return today + usually[hour];
    },
  };
}
