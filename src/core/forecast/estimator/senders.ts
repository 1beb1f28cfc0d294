// How much mail senders still hold and when it comes: many guesses at the mix of senders, the amount and their pace, weighed
// by the delayed mail that arrives.

import { createDice, type Dice } from "./dice.ts";
import { bins, edges } from "./grid.ts";
import { curveAt, curvePoints, type ReleaseCurves } from "./release.ts";
import { neverReturns, senderClasses } from "./schedules.ts";

const guesses = 240;
const concentration = 12;
const clumping = 5;
const tempered = 0.7;
const kinds = senderClasses.length;

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
  let curves = first;
  const mix = new Float64Array(guesses * kinds);
  const amount = new Float64Array(guesses);
  const stretch = new Float64Array(guesses);
  const weight = new Float64Array(guesses).fill(1 / guesses);
  const mixed = new Float64Array(curvePoints.length);
  for (let g = 0; g < guesses; g++) {
    let sum = dice.gamma(concentration * neverReturns);
    for (let k = 0; k < kinds; k++) {
      mix[g * kinds + k] = dice.gamma(concentration * senderClasses[k].share);
      sum += mix[g * kinds + k];
    }
    for (let k = 0; k < kinds; k++) mix[g * kinds + k] /= sum;
    amount[g] = held * Math.exp(doubt * dice.normal());
    stretch[g] = Math.exp(0.25 * dice.normal());
  }

  const shareBack = (g: number, seconds: number): number => {
    let sum = 0;
    const scaled = seconds / stretch[g];
    for (let k = 0; k < kinds; k++) sum += mix[g * kinds + k] * curveAt(curves.classes[k], scaled);
    return sum;
  };
  const finalShare = (g: number): number => {
    let sum = 0;
    for (let k = 0; k < kinds; k++) sum += mix[g * kinds + k] * curves.classes[k][curvePoints.length - 1];
    return sum;
  };

  const resample = (): void => {
    const oldMix = mix.slice();
    const oldAmount = amount.slice();
    const oldStretch = stretch.slice();
    let from = 0;
    let sum = weight[0];
    const start = dice.uniform() / guesses;
    for (let g = 0; g < guesses; g++) {
      while (sum < start + g / guesses && from < guesses - 1) sum += weight[++from];
      let total = 0;
      let before = 0;
      for (let k = 0; k < kinds; k++) {
        const old = oldMix[from * kinds + k];
        mix[g * kinds + k] = old * Math.exp(0.08 * dice.normal());
        before += old;
        total += mix[g * kinds + k];
      }
      for (let k = 0; k < kinds; k++) mix[g * kinds + k] *= before / Math.max(1e-12, total);
      amount[g] = oldAmount[from] * Math.exp(0.04 * dice.normal());
      stretch[g] = oldStretch[from] * Math.exp(0.04 * dice.normal());
    }
    weight.fill(1 / guesses);
  };

  // The mixture on the points of the curves, then read at the edges of the bins: both ascend, so one walk is enough.
  const fill = (into: Float64Array, elapsed: number, scale: number, pace: number): void => {
    let point = 0;
    let before = Number.NaN;
    const last = curvePoints.length - 1;
    for (let b = 0; b <= bins; b++) {
      const seconds = (elapsed + edges[b]) / pace;
      while (point < last - 1 && curvePoints[point + 1] <= seconds) point++;
      const from = curvePoints[point];
      const share = Math.max(0, Math.min(1, (seconds - from) / (curvePoints[point + 1] - from)));
      const value = mixed[point] + (mixed[point + 1] - mixed[point]) * share;
      if (b > 0) into[b - 1] = Math.max(0, value - before) * scale;
      before = value;
    }
  };

  return {
    seen(count, from, to, found) {
      if (to <= from) return;
      let most = Number.NEGATIVE_INFINITY;
      const scores = new Float64Array(guesses);
      for (let g = 0; g < guesses; g++) {
        const expected = Math.max(0.02, found * amount[g] * (shareBack(g, to) - shareBack(g, from)));
        // Negative binomial, without what does not depend on the guess.
        const score =
          count * Math.log(expected / (expected + clumping)) + clumping * Math.log(clumping / (expected + clumping));
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
      if (1 / squares < guesses / 4) resample();
    },
    retimed(next) {
      curves = next;
    },
    outstanding(elapsed) {
      let sum = 0;
      for (let g = 0; g < guesses; g++) {
        sum += weight[g] * amount[g] * Math.max(0, finalShare(g) - shareBack(g, elapsed));
      }
      return sum;
    },
    releases(into, elapsed, which, of) {
      let g = 0;
      const wanted = (which + 0.5) / of;
      for (let sum = weight[0]; sum < wanted && g < guesses - 1; ) sum += weight[++g];
      mixed.fill(0);
      for (let k = 0; k < kinds; k++) {
        const part = mix[g * kinds + k];
        const curve = curves.classes[k];
        for (let p = 0; p < mixed.length; p++) mixed[p] += part * curve[p];
      }
      fill(into, elapsed, amount[g], stretch[g]);
    },
    meanReleases(into, elapsed) {
      mixed.fill(0);
      let scale = 0;
      let pace = 0;
      for (let g = 0; g < guesses; g++) {
        scale += weight[g] * amount[g];
        pace += weight[g] * Math.log(stretch[g]);
      }
      for (let k = 0; k < kinds; k++) {
        let part = 0;
        for (let g = 0; g < guesses; g++) part += (weight[g] * amount[g] * mix[g * kinds + k]) / Math.max(1e-9, scale);
        const curve = curves.classes[k];
        for (let p = 0; p < mixed.length; p++) mixed[p] += part * curve[p];
      }
      fill(into, elapsed, scale, Math.exp(pace));
    },
  };
}
