// Numbers that look random and are the same each time: the core has no chance in it.

/** The next number, from 0 up to but not 1. */
export type Dice = () => number;

/** A stream of numbers that depends on `seed` alone (Mulberry32). */
export function diceFrom(seed: number): Dice {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A waiting time with the given mean, memoryless. */
export function exponential(dice: Dice, mean: number): number {
  return Math.max(Number.MIN_VALUE, -Math.log(1 - dice())) * mean;
}

/** A number of the normal distribution with mean 0 and deviation 1. */
export function normal(dice: Dice): number {
  const radius = Math.sqrt(-2 * Math.log(1 - dice()));
  return radius * Math.cos(2 * Math.PI * dice());
}

/** A number of the gamma distribution with the given shape and scale 1 (Marsaglia and Tsang, 2000). */
export function gamma(dice: Dice, shape: number): number {
  if (shape < 1) return gamma(dice, shape + 1) * (1 - dice()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(dice);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - dice()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
