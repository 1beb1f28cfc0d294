// Out of many draws, seven numbers.

import { type Instant, MINUTE } from "../../time.ts";
import type { Quantiles } from "../seen.ts";
import { horizon } from "./grid.ts";
import { draws } from "./spread.ts";

const quantileLevels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
const sorted = new Float64Array(draws);

/** Quantiles of `draws` values in seconds, as milliseconds; `NaN` where so many draws never get there. */
export function quantilesOf(values: Float64Array): Quantiles {
  sorted.set(values);
  sorted.sort();
  const found = quantileLevels.map((q) => {
    const at = q * (draws - 1);
    const low = sorted[Math.floor(at)];
    const high = sorted[Math.ceil(at)];
    const value = high === Number.POSITIVE_INFINITY ? high : low + (high - low) * (at - Math.floor(at));
    return value === Number.POSITIVE_INFINITY ? Number.NaN : value * 1000;
  });
  return found as unknown as Quantiles;
}

/** Remaining times as moments. */
export function momentsOf(remaining: Quantiles, now: Instant): Quantiles {
  return remaining.map((time) => (Number.isNaN(time) ? Number.NaN : now + time)) as unknown as Quantiles;
}

/** A larger share cannot be out before a smaller one. */
export function atLeast(one: Quantiles, other: Quantiles): Quantiles {
  return one.map((time, n) =>
    Number.isNaN(time) || Number.isNaN(other[n]) ? Number.NaN : Math.max(time, other[n]),
  ) as unknown as Quantiles;
}

const offset = MINUTE;

/** Moves an answer as another one was moved, mark by mark on the scale of logarithms. What never comes counts as the horizon. */
export function movedAlike(said: Quantiles, other: Quantiles, moved: Quantiles): Quantiles {
  let before = 0;
  const finite = (time: number): number => (Number.isNaN(time) ? horizon * 1000 : Math.max(0, time));
  return said.map((time, n) => {
    if (Number.isNaN(moved[n])) return time;
    const shift = (finite(moved[n]) + offset) / (finite(other[n]) + offset);
    before = Math.max(before, (finite(time) + offset) * shift - offset);
    return before;
  }) as unknown as Quantiles;
}

/** Probability that a number of messages whose mean is foreseen is `count` or more: messages come one by one. */
export function atLeastSo(count: number, foreseen: number): number {
  const z = (foreseen - count + 0.5) / Math.sqrt(Math.max(0.3, foreseen));
  return 1 / (1 + Math.exp(-1.702 * z)); // the normal distribution by a logistic one (error below 0.01)
}
