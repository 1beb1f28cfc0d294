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

/** What is believed before anything came; drawn once for an outage, and asked as often as something has come. */
export interface Beliefs {
  /** Weighs them by what has arrived; `clump` other than that of the doubt where what was seen is less sure. */
  after(seen: Watched, clump?: number): Outlook;
}

const particleCount = 2000;
/** Mixes cost most to draw: each serves several particles, whose number and pace are their own. */
const mixCount = 500;
/** Particles of nearly the same pace share one: a curve is then looked up once for all of them. */
const ofOnePace = 25;

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

/** Guesses at what is held: their paces, ascending, and the messages of each by curve, one after the other. */
interface Particles {
  readonly stretch: Float64Array<ArrayBuffer>;
  readonly messages: Float64Array<ArrayBuffer>;
}

function drawn(expected: Float64Array<ArrayBuffer>, all: number, doubt: Doubt): Particles {
  const mixes: Float64Array<ArrayBuffer>[] = [];
  const guesses = Array.from({ length: all > 0 ? particleCount : 0 }, (_, place) => {
    const dice = diceFrom(place);
    const stretch = Math.exp(doubt.stretch * normal(dice));
    const number = all * Math.exp(doubt.number * normal(dice));
    if (place < mixCount) {
      const parts = expected.map((value) => (value > 0 ? gamma(dice, (doubt.mix * value) / all) : 0));
      const whole = parts.reduce((sum, value) => sum + value, 0);
      mixes.push(parts.map((value) => value / whole));
    }
    return { stretch, messages: mixes[place % mixCount].map((value) => number * value) };
  });
  guesses.sort((a, b) => a.stretch - b.stretch);
  const stretch = new Float64Array(guesses.length / ofOnePace);
  const messages = new Float64Array(guesses.length * expected.length);
  guesses.forEach((guess, place) => {
    stretch[Math.floor(place / ofOnePace)] += guess.stretch / ofOnePace;
    messages.set(guess.messages, place * expected.length);
  });
  return { stretch, messages };
}

/** What is believed of the mail that comes by these curves; the same curves and doubt give the same beliefs. */
export function beliefsOf(curves: readonly ReleaseCurve[], doubt: Doubt = usualDoubt): Beliefs {
  const expected = Float64Array.from(curves, (curve) => curve.expected * curve.held);
  const all = expected.reduce((sum, value) => sum + value, 0);
  const particles = drawn(expected, all, doubt);
  return {
    after: (seen, clump = doubt.clump) => {
      const counts = countsOf(curves, expected, all, seen.byClass);
      let came = 0;
      for (const count of seen.byClass.values()) came += count;
      return weighed(curves, particles, counts, came, seen.watched, clump);
    },
  };
}

/** Weighs what was believed beforehand by what has arrived since; the same input gives the same answer. */
export function afterWatching(curves: readonly ReleaseCurve[], seen: Watched, doubt: Doubt = usualDoubt): Outlook {
  return beliefsOf(curves, doubt).after(seen);
}

// Hot: a report is made of this every few seconds, so plain loops over columns.
function weighed(
  curves: readonly ReleaseCurve[],
  { stretch, messages }: Particles,
  counts: Float64Array<ArrayBuffer>,
  came: number,
  watched: Duration,
  clump: number,
): Outlook {
  const width = curves.length;
  const paces = stretch.length;
  const many = paces * ofOnePace;
  const before = new Float64Array(paces * width);
  for (let pace = 0; pace < paces; pace++) {
    for (let c = 0; c < width; c++) before[pace * width + c] = arrivedBy(curves[c], watched / stretch[pace]);
  }
  const weight = new Float64Array(many);
  const outstanding = new Float64Array(many);
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < many; i++) {
    const row = Math.floor(i / ofOnePace) * width;
    let likelihood = 0;
    let out = 0;
    for (let c = 0; c < width; c++) {
      const own = messages[i * width + c];
      const mean = own * before[row + c] + 1e-3;
      likelihood += (counts[c] > 0 ? counts[c] * Math.log(mean) : 0) - mean;
      // A curve along which nothing comes holds nothing.
      if (curves[c].waits.length > 0) out += own * (1 - before[row + c]);
    }
    weight[i] = likelihood / clump;
    outstanding[i] = out;
    best = Math.max(best, weight[i]);
  }
  let weights = 0;
  let held = 0;
  let sure = 0;
  // What a curve adds to the share, over all particles of one pace.
  const factor = new Float64Array(paces * width);
  for (let i = 0; i < many; i++) {
    const own = Math.exp(weight[i] - best);
    weights += own;
    held += own * outstanding[i];
    const whole = came + outstanding[i];
    sure += whole > 0 ? (own * came) / whole : own;
    if (whole === 0) continue;
    const row = Math.floor(i / ofOnePace) * width;
    for (let c = 0; c < width; c++) factor[row + c] += (own * messages[i * width + c]) / whole;
  }
  return {
    held: weights > 0 ? held / weights + came : came,
    shareArrived(wait) {
      if (weights === 0) return 1;
      let sum = sure;
      for (let pace = 0; pace < paces; pace++) {
        const until = Math.max(wait, watched) / stretch[pace];
        for (let c = 0; c < width; c++) {
          const place = pace * width + c;
          if (factor[place] > 0) sum += factor[place] * Math.max(0, arrivedBy(curves[c], until) - before[place]);
        }
      }
      return Math.min(1, sum / weights);
    },
  };
}
