// How much mail senders still hold and when it comes: many guesses at the amount that each class holds and at the pace of those
// whose schedule is not published, weighed by the delayed mail that arrives.

import { createDice, type Dice } from "./dice.ts";
import { bins, edges } from "./grid.ts";
import { curveAt, curvePoints, hasUnknownPace, paces, type ReleaseCurves } from "./release.ts";
import { neverReturns, senderClasses } from "./schedules.ts";

const guesses = 320;
const concentration = 12;
/** Doubt of the pace of all classes, in logarithm: a published schedule is not always kept. */
const paceDoubt = 0.1;
/** Relative noise of what came in while the door was shut, and in how many bursts the mail of hosts comes. */
const unevenness = 0.15;
const bursts = 2;
const tempered = 0.7;
/** How far a guess that is kept moves away from the others, in deviations of all. */
const moves = 0.12;
const kinds = senderClasses.length;
const lastPace = paces.length - 1;

/** A guess: the logarithm of the mail of each class, a place among `paces` for each class that has several, and a factor. */
const paced = senderClasses.flatMap((kind, k) => (hasUnknownPace(kind) ? [k] : []));
const width = kinds + paced.length + 1;
const paceRow = senderClasses.map((_, k) => (paced.includes(k) ? kinds + paced.indexOf(k) : -1));
const factorRow = width - 1;
/** Where the curves of each class begin, all laid one after the other. */
const firstCurve = senderClasses.map((_, k) =>
  senderClasses.slice(0, k).reduce((sum, kind) => sum + (hasUnknownPace(kind) ? paces.length : 1), 0),
);
const curveCount = firstCurve[kinds - 1] + (hasUnknownPace(senderClasses[kinds - 1]) ? paces.length : 1);

/** Mail held by senders after one downtime. */
export interface Senders {
  /** Shares of the held mail that arrived between two moments (seconds after the end): weighs the guesses. */
  seen(count: number, from: number, to: number, found: number): void;
  /** The same guesses with new curves: the door was shut again. */
  retimed(curves: ReleaseCurves): void;
  /** Messages still to come after `elapsed` seconds, expected. */
  outstanding(elapsed: number): number;
  /** Fills `into` with the arrivals of each bin from now for guess `which` of `of` (in order of the weights). */
  releases(into: Float64Array, elapsed: number, which: number, of: number): void;
  /** The same for the mean of all guesses. */
  meanReleases(into: Float64Array, elapsed: number): void;
}

/** Guesses around `held` messages; `doubt` is the relative doubt of that number. */
export function createSenders(held: number, doubt: number, first: ReleaseCurves, seed: number): Senders {
  const dice: Dice = createDice(seed);
  let curves = first.classes.flat();
  const guess = new Float64Array(guesses * width);
  const weight = new Float64Array(guesses).fill(1 / guesses);
  const mixed = new Float64Array(curvePoints.length);
  const parts = new Float64Array(curveCount);
  for (let g = 0; g < guesses; g++) {
    const row = g * width;
    const amount = held * Math.exp(doubt * dice.normal());
    let sum = dice.gamma(concentration * neverReturns);
    for (let k = 0; k < kinds; k++) {
      guess[row + k] = dice.gamma(concentration * senderClasses[k].share);
      sum += guess[row + k];
    }
    for (let k = 0; k < kinds; k++) guess[row + k] = Math.log(Math.max(1e-9, (amount * guess[row + k]) / sum));
    for (let p = kinds; p < factorRow; p++) guess[row + p] = lastPace * dice.uniform();
    guess[row + factorRow] = paceDoubt * dice.normal();
  }

  /** Adds the mail of a guess to `into`, by curve, times a factor. */
  const addParts = (into: Float64Array, g: number, times: number): void => {
    const row = g * width;
    for (let k = 0; k < kinds; k++) {
      const mail = times * Math.exp(guess[row + k]);
      const at = firstCurve[k];
      if (paceRow[k] < 0) into[at] += mail;
      else {
        const place = guess[row + paceRow[k]];
        const low = Math.min(lastPace - 1, Math.floor(place));
        into[at + low] += mail * (1 - (place - low));
        into[at + low + 1] += mail * (place - low);
      }
    }
  };

  /** What of the mail in `of` has come after so many seconds, at the pace of a guess. */
  const came = (g: number, seconds: number, of: Float64Array): number => {
    const scaled = seconds / Math.exp(guess[g * width + factorRow]);
    let sum = 0;
    for (let c = 0; c < curveCount; c++) if (of[c] > 0) sum += of[c] * curveAt(curves[c], scaled);
    return sum;
  };

  /** Of the mail in `of`, what hosts with one clock bring between two moments. */
  const inBursts = (g: number, from: number, to: number, of: Float64Array): number => {
    const factor = Math.exp(guess[g * width + factorRow]);
    let sum = 0;
    for (let k = 0; k < kinds; k++) {
      if (senderClasses[k].clock !== "host") continue;
      const curve = curves[firstCurve[k]];
      sum += of[firstCurve[k]] * (curveAt(curve, to / factor) - curveAt(curve, from / factor));
    }
    return sum;
  };

  /** Keeps guesses by their weights and moves them a little, so that mean and spread of all stay as they are. */
  const resample = (): void => {
    const old = guess.slice();
    const mean = new Float64Array(width);
    const spread = new Float64Array(width);
    for (let g = 0; g < guesses; g++) for (let p = 0; p < width; p++) mean[p] += weight[g] * old[g * width + p];
    for (let g = 0; g < guesses; g++) {
      for (let p = 0; p < width; p++) spread[p] += weight[g] * (old[g * width + p] - mean[p]) ** 2;
    }
    const kept = Math.sqrt(1 - moves * moves);
    let from = 0;
    let sum = weight[0];
    const start = dice.uniform() / guesses;
    for (let g = 0; g < guesses; g++) {
      while (sum < start + g / guesses && from < guesses - 1) sum += weight[++from];
      for (let p = 0; p < width; p++) {
        const there = mean[p] + kept * (old[from * width + p] - mean[p]);
        const moved = there + moves * Math.max(0.05, Math.sqrt(spread[p])) * dice.normal();
        guess[g * width + p] = p >= kinds && p < factorRow ? Math.max(0, Math.min(lastPace, moved)) : moved;
      }
    }
    weight.fill(1 / guesses);
  };

  // The mixture on the points of the curves, then read at the edges of the bins: both ascend, so one walk is enough.
  const fill = (into: Float64Array, elapsed: number, pace: number): void => {
    mixed.fill(0);
    for (let c = 0; c < curveCount; c++) {
      const part = parts[c];
      if (part <= 0) continue;
      const curve = curves[c];
      for (let p = 0; p < mixed.length; p++) mixed[p] += part * curve[p];
    }
    let point = 0;
    let before = Number.NaN;
    const last = curvePoints.length - 1;
    for (let b = 0; b <= bins; b++) {
      const seconds = (elapsed + edges[b]) / pace;
      while (point < last - 1 && curvePoints[point + 1] <= seconds) point++;
      const from = curvePoints[point];
      const share = Math.max(0, Math.min(1, (seconds - from) / (curvePoints[point + 1] - from)));
      const value = mixed[point] + (mixed[point + 1] - mixed[point]) * share;
      if (b > 0) into[b - 1] = Math.max(0, value - before);
      before = value;
    }
  };

  return {
    seen(count, from, to, found) {
      if (to <= from) return;
      let most = Number.NEGATIVE_INFINITY;
      const scores = new Float64Array(guesses);
      for (let g = 0; g < guesses; g++) {
        parts.fill(0);
        addParts(parts, g, found);
        const expected = Math.max(0.02, came(g, to, parts) - came(g, from, parts));
        // Negative binomial, without what does not depend on the guess: uneven as a whole, and some of it in bursts.
        const lumps = Math.min(expected, Math.max(0, inBursts(g, from, to, parts)));
        const share = lumps / expected;
        const k = 1 / (unevenness ** 2 + (share * share) / bursts);
        const score =
          count * Math.log(expected / (expected + k)) +
          k * Math.log(k / (expected + k)) +
          logGamma(count + k) -
          logGamma(k);
        scores[g] = Math.log(weight[g] + 1e-300) + tempered * score;
        if (scores[g] > most) most = scores[g];
      }
      let sum = 0;
      for (let g = 0; g < guesses; g++) {
        weight[g] = Math.exp(scores[g] - most);
        sum += weight[g];
      }
      let squares = 0;
      for (let g = 0; g < guesses; g++) {
        weight[g] /= sum;
        squares += weight[g] * weight[g];
      }
      if (1 / squares < guesses / 2) resample();
    },
    retimed(next) {
      curves = next.classes.flat();
    },
    outstanding(elapsed) {
      let sum = 0;
      const last = curvePoints.length - 1;
      for (let g = 0; g < guesses; g++) {
        if (weight[g] < 1e-12) continue;
        parts.fill(0);
        addParts(parts, g, 1);
        let all = 0;
        for (let c = 0; c < curveCount; c++) all += parts[c] * curves[c][last];
        sum += weight[g] * Math.max(0, all - came(g, elapsed, parts));
      }
      return sum;
    },
    releases(into, elapsed, which, of) {
      let g = 0;
      const wanted = (which + 0.5) / of;
      for (let sum = weight[0]; sum < wanted && g < guesses - 1; ) sum += weight[++g];
      parts.fill(0);
      addParts(parts, g, 1);
      fill(into, elapsed, Math.exp(guess[g * width + factorRow]));
    },
    meanReleases(into, elapsed) {
      parts.fill(0);
      let pace = 0;
      for (let g = 0; g < guesses; g++) {
        addParts(parts, g, weight[g]);
        pace += weight[g] * guess[g * width + factorRow];
      }
      fill(into, elapsed, Math.exp(pace));
    },
  };
}

/** Natural logarithm of the gamma function (Stirling's series; 1e-8 from 0.1 on). */
function logGamma(x: number): number {
  if (x < 7) return logGamma(x + 1) - Math.log(x);
  const r = 1 / (x * x);
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + (1 / 12 - (1 / 360 - r / 1260) * r) / x;
}
