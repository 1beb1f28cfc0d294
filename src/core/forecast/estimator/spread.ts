// Few draws that tell much: each source of doubt falls evenly over them, in an order of its own.

import { createDice, mixSeeds, normalQuantile } from "./dice.ts";

/** Worlds that are played for one answer. */
export const draws = 64;

/** Standard normal values, one a draw. */
export interface Spread {
  readonly capacity: Float64Array;
  readonly drift: Float64Array;
  readonly level: Float64Array;
  readonly failures: Float64Array;
  readonly shut: Float64Array;
  readonly band: Float64Array;
  readonly churn: Float64Array;
  /** Each draw's place in an order of its own, 0 to `draws` - 1. */
  readonly turn: Int32Array;
}

/** The same seed gives the same spread. */
export function createSpread(seed: number): Spread {
  const even = (salt: number): Float64Array => {
    const shuffle = createDice(mixSeeds(seed, salt));
    const values = Float64Array.from({ length: draws }, (_, n) => normalQuantile((n + 0.5) / draws));
    for (let n = draws - 1; n > 0; n--) {
      const other = Math.floor(shuffle.uniform() * (n + 1));
      [values[n], values[other]] = [values[other], values[n]];
    }
    return values;
  };
  const order = even(15);
  return {
    capacity: even(11),
    drift: even(12),
    level: even(13),
    failures: even(14),
    shut: even(16),
    band: even(17),
    churn: even(18),
    turn: Int32Array.from(order, (z) => order.filter((other) => other < z).length),
  };
}
