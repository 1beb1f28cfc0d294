// What the first arrivals after recovery say about the rest: which classes came, how fast, and how much there is.

import type { Duration } from "../../time.ts";
import { diceFrom, gamma, normal } from "./dice.ts";
import { arrivedBy, type ReleaseCurve } from "./release.ts";

/** Held mail that has come within `watched` after recovery, by class. */
export interface Watched {
  readonly watched: Duration;
  readonly byClass: ReadonlyMap<string, number>;
}

/** How little is known beforehand; the defaults are `usualDoubt`. */
export interface Doubt {
  /** So many held messages weigh as much as the mix of classes that was usual (the total of a Dirichlet prior). */
  readonly mix: number;
  /** Deviation of the logarithm of a factor on all waits. */
  readonly stretch: number;
  /** Deviation of the logarithm of the number held. */
  readonly number: number;
  /** Held mail comes in clumps: so many messages say as much as one alone. */
  readonly clump: number;
}

/** Doubt as outages of mail servers suggest it: the usual mix within wide limits, waits within a tenth, twice or half the number. */
export const usualDoubt: Doubt = { mix: 24, stretch: 0.1, number: 0.7, clump: 2 };

/** What is believed after watching; `shareArrived` and `held` are means over all particles. */
export interface Outlook {
  /** Share of all held mail that has arrived by a wait, from 0 to 1, never falling; past `watched` only. */
  shareArrived(wait: Duration): number;
  /** Messages that were held and come, those that have come included. */
  readonly held: number;
}

interface Particle {
  weight: number;
  readonly stretch: number;
  readonly messages: Float64Array<ArrayBuffer>;
}

const particleCount = 2000;

/** Arrivals by curve; those of a class that nobody expected count for what is unknown, or for all curves alike. */
function countsOf(
  curves: readonly ReleaseCurve[],
  expected: Float64Array<ArrayBuffer>,
  all: number,
  byClass: ReadonlyMap<string, number>,
): Float64Array<ArrayBuffer> {
  const counts = new Float64Array(curves.length);
  const places = new Map(curves.map(({ senderClass }, place) => [senderClass, place]));
  let surprising = 0;
  for (const [senderClass, count] of byClass) {
    const place = places.get(senderClass) ?? places.get("unknown");
    if (place === undefined) surprising += count;
    else counts[place] += count;
  }
  return counts.map((count, place) => count + (all > 0 ? (surprising * expected[place]) / all : 0));
}

/** Weighs what was believed beforehand by what has arrived since; the same input gives the same answer. */
export function afterWatching(curves: readonly ReleaseCurve[], seen: Watched, doubt: Doubt = usualDoubt): Outlook {
  const expected = Float64Array.from(curves, (curve) => curve.expected * curve.held);
  const all = expected.reduce((sum, value) => sum + value, 0);
  const counts = countsOf(curves, expected, all, seen.byClass);
  let came = 0;
  for (const count of seen.byClass.values()) came += count;
  const particles: Particle[] = [];
  let best = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < particleCount && all > 0; place++) {
    const dice = diceFrom(place);
    const stretch = Math.exp(doubt.stretch * normal(dice));
    const number = all * Math.exp(doubt.number * normal(dice));
    const mix = expected.map((value) => (value > 0 ? gamma(dice, (doubt.mix * value) / all) : 0));
    const whole = mix.reduce((sum, value) => sum + value, 0);
    const messages = mix.map((value) => (number * value) / whole);
    let likelihood = 0;
    curves.forEach((curve, index) => {
      const mean = messages[index] * arrivedBy(curve, seen.watched / stretch) + 1e-3;
      likelihood += counts[index] * Math.log(mean) - mean;
    });
    likelihood /= doubt.clump;
    best = Math.max(best, likelihood);
    particles.push({ weight: likelihood, stretch, messages });
  }
  let weights = 0;
  for (const particle of particles) {
    particle.weight = Math.exp(particle.weight - best);
    weights += particle.weight;
  }
  const still = (particle: Particle, until: Duration): number => {
    let sum = 0;
    curves.forEach((curve, index) => {
      const before = arrivedBy(curve, seen.watched / particle.stretch);
      sum += particle.messages[index] * Math.max(0, arrivedBy(curve, until / particle.stretch) - before);
    });
    return sum;
  };
  const outstanding = particles.map((particle) => still(particle, Number.POSITIVE_INFINITY));
  return {
    held:
      weights > 0 ? particles.reduce((sum, { weight }, i) => sum + weight * outstanding[i], 0) / weights + came : came,
    shareArrived(wait) {
      if (weights === 0) return 1;
      let sum = 0;
      particles.forEach((particle, place) => {
        const held = came + outstanding[place];
        const arrived = came + still(particle, Math.max(wait, seen.watched));
        sum += particle.weight * (held > 0 ? arrived / held : 1);
      });
      return Math.min(1, sum / weights);
    },
  };
}
