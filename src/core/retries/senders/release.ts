// When held mail arrives after an outage: curves by class of sender, and their mixture.

import { type Duration, type Instant, type Interval, MINUTE } from "../../time.ts";
import { overlaid, placeAfter } from "./ascending.ts";
import { fateOf } from "./attempts.ts";
import { population, type Variant, variantsOf } from "./classes.ts";
import { diceFrom } from "./dice.ts";
import { entriesOf, expectedMessages, type Inflow, meanBetween } from "./inflow.ts";

/** Which messages count as held: they waited longer than this, and entered the sender's queue this long before the end. */
export interface HeldRule {
  readonly waited: Duration;
  readonly before: Duration;
}

/** Held is what waited for more than five minutes and was sent two minutes before the end or earlier. */
export const usualHeldRule: HeldRule = { waited: 5 * MINUTE, before: 2 * MINUTE };

/** How the mail that a class holds comes in. */
export interface ReleaseCurve {
  readonly senderClass: string;
  /** Messages that the class would have sent during the outage. */
  readonly expected: number;
  /** Of these, the share that waits at the sender and arrives, after recovery. */
  readonly held: number;
  /** Of these, the share that the senders give up. */
  readonly givenUp: number;
  /** Waits after recovery, ascending. */
  readonly waits: Float64Array<ArrayBuffer>;
  /** Share of `held` that has arrived by the wait of the same place. */
  readonly arrived: Float64Array<ArrayBuffer>;
}

const drawsOfClass = 400;
const fewestDraws = 60;

/** The end of the last interval: recovery. */
export function recoveryOf(down: readonly Interval[]): Instant {
  return down.at(-1)?.to ?? Number.NaN;
}

/** The release of one class, by its variants; draws are spread evenly over the mail and are the same each time. */
export function releaseOf(
  inflow: Inflow,
  variants: readonly Variant[],
  down: readonly Interval[],
  rule: HeldRule = usualHeldRule,
): ReleaseCurve {
  const recovery = recoveryOf(down);
  const expected = expectedMessages(inflow.slices);
  const span = down.reduce((sum, interval) => sum + ((interval.to ?? interval.from) - interval.from), 0);
  const between = meanBetween(inflow, span);
  const whole = variants.reduce((sum, variant) => sum + variant.weight, 0);
  const found: { wait: number; mass: number }[] = [];
  let held = 0;
  let givenUp = 0;
  variants.forEach((variant, place) => {
    const share = variant.weight / whole;
    const draws = Math.max(fewestDraws, Math.round(drawsOfClass * share));
    const entries = entriesOf(inflow.slices, draws);
    for (let draw = 0; draw < entries.length; draw++) {
      const entered = entries[draw];
      const fate = fateOf(variant.schedule, entered, down, { between }, diceFrom(place * 65_536 + draw));
      const mass = share / draws;
      if (!fate.arrived) {
        givenUp += mass;
      } else if (fate.at >= recovery && fate.at - entered > rule.waited && entered <= recovery - rule.before) {
        held += mass;
        found.push({ wait: fate.at - recovery, mass });
      }
    }
  });
  return { senderClass: inflow.senderClass, expected, held, givenUp, ...cumulative(found) };
}

/** Waits in order, with the share that has arrived by each. */
function cumulative(found: { wait: number; mass: number }[]): Pick<ReleaseCurve, "waits" | "arrived"> {
  found.sort((a, b) => a.wait - b.wait);
  const whole = found.reduce((sum, { mass }) => sum + mass, 0);
  let sum = 0;
  const arrived = Float64Array.from(found, ({ mass }) => {
    sum += mass;
    return Math.min(1, sum / whole);
  });
  if (arrived.length > 0) arrived[arrived.length - 1] = 1;
  return { waits: Float64Array.from(found, ({ wait }) => wait), arrived };
}

/** What of the held mail of a curve has arrived `wait` after recovery: from 0 to 1, never falling. */
export function arrivedBy(curve: ReleaseCurve, wait: Duration): number {
  const place = placeAfter(curve.waits, wait);
  return place === 0 ? 0 : curve.arrived[place - 1];
}

/**
 * Curves of all classes. A class of which nothing is known (`unknown`) is taken to be set up as all the others are,
 * in proportion to their mail; where nothing is known of any, as senders at large.
 */
export function releases(
  inflows: readonly Inflow[],
  down: readonly Interval[],
  rule: HeldRule = usualHeldRule,
): ReleaseCurve[] {
  const everybody: Variant[] = [];
  for (const inflow of inflows) {
    const expected = expectedMessages(inflow.slices);
    const set = variantsOf(inflow.senderClass) ?? [];
    const whole = set.reduce((sum, { weight }) => sum + weight, 0);
    for (const { schedule, weight } of set) {
      if (expected > 0) everybody.push({ schedule, weight: (weight * expected) / whole });
    }
  }
  return inflows
    .filter((inflow) => expectedMessages(inflow.slices) > 0)
    .map((inflow) => {
      const own = variantsOf(inflow.senderClass) ?? everybody;
      return releaseOf(inflow, own.length > 0 ? own : population, down, rule);
    });
}

/** What share of all held mail has arrived `wait` after recovery, over all classes. */
export function shareArrived(curves: readonly ReleaseCurve[], wait: Duration): number {
  let all = 0;
  let arrived = 0;
  for (const curve of curves) {
    const held = curve.expected * curve.held;
    all += held;
    arrived += held * arrivedBy(curve, wait);
  }
  return all > 0 ? Math.min(1, arrived / all) : 1;
}

// The unseen time between recovery and the first message is cut into so many equally likely lengths.
const unseenParts = 8;
const longestUnseen = 6 * 60 * MINUTE;

/**
 * The same curves counted from the first message that was accepted, which is how a log shows recovery: the server was
 * back a little earlier, by a time that depends on how soon anything comes. `fresh` is the usual number of new
 * messages in a millisecond.
 */
export function sinceFirstMessage(curves: readonly ReleaseCurve[], fresh: number): ReleaseCurve[] {
  const held = curves.reduce((sum, curve) => sum + curve.expected * curve.held, 0);
  const unseen: Duration[] = [];
  for (let part = 0; part < unseenParts; part++) {
    const wanted = -Math.log(1 - (part + 0.5) / unseenParts);
    let low = 0;
    let high = longestUnseen;
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      if (fresh * middle + held * shareArrived(curves, middle) < wanted) low = middle;
      else high = middle;
    }
    unseen.push(low);
  }
  return curves.map((curve) => {
    const { waits, shares } = overlaid(curve.waits, curve.arrived, unseen);
    return { ...curve, waits, arrived: shares };
  });
}
