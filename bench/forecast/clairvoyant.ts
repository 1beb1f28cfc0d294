// How well anybody could know: the world as it is, with all its clocks and its law, played on some times with other chance.
//
// What an estimator sees is little of this. So it cannot be as good, and what even this one misses nobody can be asked for.

import { type Dice, throwDice } from "./dice.ts";
import { breakSteps, keep, type Mail } from "./mail.ts";
import {
  drawJunk,
  drawRelapses,
  drawStalls,
  type Junk,
  junkLength,
  relapseLength,
  stallLength,
  type Trouble,
} from "./scenario.ts";

/** Draws until what has happened so far is as it was; after so many it is taken as it is. */
const mostDraws = 400;

function until<T>(draw: () => T, fits: (drawn: T) => boolean): T {
  let drawn = draw();
  for (let n = 1; n < mostDraws && !fits(drawn); n++) drawn = draw();
  return drawn;
}

/** What is broken now or will be, after a moment up to which it went as it did. */
function troublesAfter({ s, now }: Mail, dice: Dice): Trouble[] {
  const [outage] = s.troubles;
  const shifted = s.law === "shifted";
  const begun = (troubles: readonly Trouble[]): Trouble[] => troubles.filter(({ from }) => from <= now);
  const goesOn = (trouble: Trouble, length: () => number): Trouble =>
    trouble.to <= now ? trouble : { ...trouble, to: trouble.from + until(length, (long) => trouble.from + long > now) };
  const stalls = begun(s.stalls).map((one) => goesOn(one, () => stallLength(dice)));
  const relapses = begun(s.relapses).map((one) => goesOn(one, () => relapseLength(dice, outage)));
  const moreStalls = until(
    () => drawStalls(dice, outage, shifted),
    (drawn) => begun(drawn).length === stalls.length,
  ).filter(({ from }) => from > now);
  const moreRelapses = until(
    () => drawRelapses(dice, outage, shifted, relapses),
    (drawn) => begun(drawn).length === relapses.length,
  ).slice(relapses.length);
  return [outage, ...stalls, ...relapses, ...moreStalls, ...moreRelapses].filter(({ to }) => to > now);
}

function junkAfter({ s, now }: Mail, dice: Dice): Junk {
  const { junk } = s;
  if (junk.rate > 0 && junk.from <= now) {
    if (junk.to <= now) return junk;
    return {
      ...junk,
      to:
        junk.from +
        until(
          () => junkLength(dice),
          (long) => junk.from + long > now,
        ),
    };
  }
  return until(
    () => drawJunk(dice, s.troubles[0], s.load),
    ({ from, rate }) => rate === 0 || from > now,
  );
}

/**
 * Probability that the queue is at least as deep in an hour, by `times` other futures of a world; the world is left as it was.
 * `minute` plays one on.
 */
export function chanceOfGrowth(w: Mail, minute: () => void, times: number): number {
  const { depth, q } = w;
  const putBack = keep(w);
  let deeper = 0;
  for (let n = 0; n < times; n++) {
    const seed = w.seed * 7919 + q * 131 + n;
    const dice = throwDice(seed, 20);
    w.arrivals = throwDice(seed, 10);
    w.arrivalNoise = throwDice(seed, 11);
    w.serviceNoise = throwDice(seed, 12);
    w.junkDice = throwDice(seed, 13);
    w.broken.fill(0, q);
    breakSteps(w.broken, w.s, troublesAfter(w, dice), q);
    w.junk = junkAfter(w, dice);
    for (let m = 0; m < 60; m++) minute();
    if (w.depth >= depth) deeper++;
    putBack();
  }
  return deeper / times;
}
