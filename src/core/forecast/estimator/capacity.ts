// How fast the server works mail off, in work units a second: learned only from minutes in which it had more to do than it did.

import { HOUR, type Instant } from "../../time.ts";

/** Work of a further attempt, a first scan being 1: the content filter has seen the message already. */
export const retryWork = 0.15;

const driftPerTick = 0.025;
const clipAt = 2.5;
/** Of busy minutes, how many it takes to forget, and how many the present counts for. */
const longKept = 2 ** (-1 / 480);
const longPrior = 60;

/** Natural logarithm of the capacity, with its doubt. */
export interface Capacity {
  /** `busy`: more was waiting before and after than was done. */
  seen(served: number, seconds: number, busy: boolean, at: Instant): void;
  readonly mean: number;
  readonly deviation: number;
  /** Of the minutes seen busy. */
  readonly busyMinutes: number;
  /** Logarithm to which it goes back in the long run. */
  readonly usual: number;
  /** What this hour of the week gave beyond the mean, in logarithm; 0 where it was never seen busy. */
  atHour(at: Instant): number;
}

/** Begins with a guess from the busiest usual hour (messages a second). */
export function createCapacity(peakRate: number): Capacity {
  let mean = Math.log(Math.max(1e-4, 2.5 * peakRate));
  let variance = 0.5 ** 2;
  let surprises = 0;
  let side = 0;
  let busyMinutes = 0;
  let longSum = 0;
  let longCount = 0;
  const hourSum = new Float64Array(168);
  const hourCount = new Float64Array(168);
  const hourOf = (at: Instant): number => ((Math.floor(at / HOUR) % 168) + 168) % 168;
  return {
    get mean() {
      return mean;
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
      const measured = Math.log(served / seconds);
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
      const hour = hourOf(at);
      hourSum[hour] += measured;
      hourCount[hour] += 1;
    },
    atHour(at) {
      const hour = hourOf(at);
      const count = hourCount[hour];
      return count < 10 ? 0 : (hourSum[hour] / count - mean) * (count / (count + 30));
    },
  };
}
