// Chance that comes out the same each time: one stream a purpose, so that changing one thing leaves the others as they were.

/** A stream of random numbers. */
export interface Dice {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Between two positive numbers, evenly in their logarithms. */
  logBetween(low: number, high: number): number;
  normal(): number;
  /** Median 1. */
  lognormal(sd: number): number;
  gamma(shape: number): number;
  poisson(mean: number): number;
  chance(p: number): boolean;
  /** A whole number from `low` to `high`, both possible. */
  whole(low: number, high: number): number;
}

/** A number in [0, 1) that depends on nothing but the arguments. */
export function chanceOf(seed: number, message: number, purpose: number): number {
  let h = Math.imul(seed ^ 0x2545f491, 0x9e3779b1) ^ Math.imul(message + 0x632be5ab, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(purpose + 1, 0xc2b2ae3d), 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 13), 0x165667b1);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** The stream of a seed and a purpose. */
export function throwDice(seed: number, purpose: number): Dice {
  let state = Math.floor(chanceOf(seed, purpose, 77) * 4294967296) >>> 0;
  let spare = Number.NaN;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    // Marsaglia and Tsang, 2000.
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let product = uniform();
    let count = 0;
    while (product > limit) {
      product *= uniform();
      count++;
    }
    return count;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    logBetween: (low, high) => low * (high / low) ** uniform(),
    normal,
    lognormal: (sd) => Math.exp(sd * normal()),
    gamma,
    poisson,
    chance: (p) => uniform() < p,
    whole: (low, high) => low + Math.floor((high - low + 1) * uniform()),
  };
}
