// Numbers that look drawn and are not: the same seed gives the same sequence, so the same input gives the same forecast.

/** A sequence of numbers between 0 and 1, and what is made of them. */
export interface Dice {
  /** In [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Gamma with this shape and scale 1. */
  gamma(shape: number): number;
}

/** Mixes two numbers into one seed. */
export function mixSeeds(a: number, b: number): number {
  let mixed = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Dice that fall the same way for the same seed (the generator is Bob Jenkins' and Chris Doty-Humphrey's sfc32). */
export function createDice(seed: number): Dice {
  let a = mixSeeds(seed, 1);
  let b = mixSeeds(seed, 2);
  let c = mixSeeds(seed, 3);
  let counter = 1;
  const uniform = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3; // Marsaglia and Tsang, ACM TOMS 26 (2000)
    const k = 1 / Math.sqrt(9 * d);
    for (;;) {
      const z = normal();
      const v = (1 + k * z) ** 3;
      if (v <= 0) continue;
      const u = 1 - uniform();
      // Nearly always this says yes, and no logarithm is needed.
      if (u < 1 - 0.0331 * z ** 4) return d * v;
      if (Math.log(u) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  for (let turn = 0; turn < 12; turn++) uniform();
  return { uniform, normal, gamma };
}

/** Inverse of the normal distribution (Acklam's rational approximation, error below 1.2e-9 relative). */
export function normalQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(Math.max(p, 1e-300)));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  if (p > 1 - 0.02425) return -normalQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}
