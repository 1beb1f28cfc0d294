// When the mail that senders held comes back, class by class: synthetic messages go through the nominal schedule and
// through the downtime as it really went.

import type { Instant } from "../../time.ts";
import type { Dice } from "./dice.ts";
import { type SenderClass, senderClasses } from "./schedules.ts";

/** Stretches in which the door was shut, in order, in milliseconds. */
export interface DownSpans {
  readonly from: Instant[];
  readonly to: Instant[];
}

/** Points of a release curve, seconds after the end of the trouble. */
export const curvePoints: Float64Array = (() => {
  const points = [0];
  // Steps grow by 3.2 %, at least half a minute: 0 to about 6 days.
  while (points[points.length - 1] < 520_000) {
    const last = points[points.length - 1];
    points.push(last + Math.max(30, last * 0.032));
  }
  return Float64Array.from(points);
})();

/** Factors on the waits of a class whose schedule is not published, from the shortest to the longest, as powers of its `unsure`. */
export const paces: readonly number[] = [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1];

/**
 * Share of the mail that was held which has come back by each point; the last value is all that ever comes. A curve for each
 * of `paces` where the pace of a class is not known, else one.
 */
export interface ReleaseCurves {
  readonly classes: readonly (readonly Float64Array[])[];
}

/** Whether one unknown factor holds for all mail of a class. */
export function hasUnknownPace({ clock, unsure }: SenderClass): boolean {
  return clock === "message" && unsure > 1;
}

/** Synthetic messages a curve; fewer where a class has several. */
const samples = 500;
const samplesOfMany = 240;
/** Unpublished waits vary by a fifth either way. */
const jitter = 0.2;
const flush = 1200;
/** How many hosts of a class send us mail, in order of magnitude, and how unequally. */
const hostsOfAClass = 80;
const spreadOfHosts = 1.5;
/** What comes back sooner to a server that greylists is turned away again. */
const greylistFor = 280_000;

/** The next attempt of a class after one at `age`, in seconds; `state` is what the class remembers. */
function nextWait(law: SenderClass["law"], age: number, tries: number, last: number, run: number): number {
  switch (law.kind) {
    case "age":
      return Math.max(law.minimal, run, Math.min(law.maximal, age)); // old releases had a longer run and backoff alike
    case "run":
      return run;
    case "quadratic": {
      const k = Math.floor(Math.sqrt(Math.max(0, age) / law.step) + 1e-9) + 1;
      return law.step * k * k - age;
    }
    case "stages": {
      const stage = law.stages.find((one) => age < one.until) ?? law.stages[law.stages.length - 1];
      return stage.factor === 1 || last < stage.first ? stage.first : last * stage.factor;
    }
    case "list":
      return tries < law.waits.length ? law.waits[tries] : law.after;
  }
}

function shutAt(down: DownSpans, at: Instant): boolean {
  for (let n = down.from.length - 1; n >= 0; n--) {
    if (at >= down.from[n]) return at < down.to[n];
  }
  return false;
}

/**
 * Moment of the first attempt that finds the door open, or NaN if the sender gives up before. Milliseconds. `pace`: the
 * factor on its waits, `undefined` where each host has its own.
 */
function comesBack(
  kind: SenderClass,
  pace: number | undefined,
  first: Instant,
  down: DownSpans,
  greylisted: boolean,
  dice: Dice,
): Instant {
  const law = kind.law;
  const stretch = pace ?? (kind.unsure === 1 ? 1 : kind.unsure ** (2 * dice.uniform() - 1));
  const varies = pace === undefined ? 0 : jitter;
  let run = 0;
  if (law.kind === "age") run = dice.uniform() < 0.2 ? 1000 : law.run;
  else if (law.kind === "run") run = law.shortest * (law.longest / law.shortest) ** dice.uniform();
  else if (law.kind === "stages") run = law.run[0] * (law.run[1] / law.run[0]) ** dice.uniform();
  const phase = run * dice.uniform();
  let at = first;
  let last = 0;
  let met = 0;
  for (let tries = 0; tries < 20_000; tries++) {
    const age = (at - first) / 1000;
    if (age > kind.lifetime) return Number.NaN;
    last = nextWait(law, age, tries, last, run) * stretch * (1 + varies * (2 * dice.uniform() - 1));
    let next = age + Math.max(10, last);
    // What waits for a queue run goes with the first one after it is due; the host's runs have their own phase.
    if (run > 0 && law.kind !== "run") next = Math.ceil((next - phase) / run) * run + phase;
    if (run > 0 && law.kind === "run" && tries === 0) next = age + Math.max(10, phase);
    at = first + next * 1000;
    if (shutAt(down, at)) continue;
    if (!greylisted || (met > 0 && at - met >= greylistFor)) return at;
    if (met === 0) met = at;
  }
  return Number.NaN;
}

/** Curves for a downtime whose last stretch ended at `end`; `rate` tells how much mail was due at a moment. */
export function releaseCurves(
  down: DownSpans,
  origin: Instant,
  rate: (at: Instant) => number,
  lastFirstAttempt: Instant,
  /** Share of first attempts that we greylist ourselves. */
  greylisting: number,
  dice: Dice,
): ReleaseCurves {
  // First attempts are spread over the stretches as the usual mail is.
  const slices: { at: Instant; mass: number; length: number }[] = [];
  let total = 0;
  for (let n = 0; n < down.from.length; n++) {
    const to = Math.min(down.to[n], lastFirstAttempt);
    const length = to - down.from[n];
    if (length <= 0) continue;
    const parts = Math.max(1, Math.min(200, Math.ceil(length / 900_000)));
    for (let part = 0; part < parts; part++) {
      const at = down.from[n] + (length * part) / parts;
      const mass = Math.max(1e-9, rate(at + length / parts / 2)) * (length / parts);
      slices.push({ at, mass, length: length / parts });
      total += mass;
    }
  }
  const meanRate = total / slices.reduce((sum, { length }) => sum + length, 1e-9) / 1000;
  const points = curvePoints.length;
  const curveOf = (kind: SenderClass, pace: number | undefined, samples: number): Float64Array => {
    const curve = new Float64Array(points);
    if (total <= 0) return curve;
    let slice = 0;
    let below = 0;
    let weightSum = 0;
    for (let n = 0; n < samples; n++) {
      const wanted = ((n + dice.uniform()) / samples) * total;
      while (slice < slices.length - 1 && below + slices[slice].mass < wanted) below += slices[slice++].mass;
      const into = Math.min(1, Math.max(0, (wanted - below) / slices[slice].mass));
      const at = slices[slice].at + into * slices[slice].length;
      let first = at;
      if (kind.clock === "host") {
        // A host that sends much met the closed door early, and its clock began then: this message waits for that clock.
        const start = slices[0].at;
        // Volumes of hosts are lognormal; the host of a message drawn at random is a large one.
        const share = (kind.share / hostsOfAClass) * Math.exp(spreadOfHosts ** 2 / 2 + spreadOfHosts * dice.normal());
        const mean = 1 / Math.max(1e-12, meanRate * share);
        first = Math.min(at, start - Math.log(1 - dice.uniform()) * mean);
      }
      const greylisted = dice.uniform() < greylisting;
      let back = comesBack(kind, pace, first, down, greylisted, dice);
      // A message of a host whose clock was released in a pause of the downtime begins a new wait.
      for (let again = 0; again < 20 && back < at; again++) back = comesBack(kind, pace, at, down, greylisted, dice);
      weightSum += 1;
      if (Number.isNaN(back)) continue;
      const seconds =
        (back - origin) / 1000 + (kind.clock === "host" ? flush * dice.uniform() * (0.05 + 0.95 * dice.uniform()) : 20);
      let low = 0;
      let high = points;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (curvePoints[middle] < seconds) low = middle + 1;
        else high = middle;
      }
      if (low < points) curve[low] += 1;
    }
    for (let n = 1; n < points; n++) curve[n] += curve[n - 1];
    for (let n = 0; n < points; n++) curve[n] /= weightSum;
    return curve;
  };
  return {
    classes: senderClasses.map((kind) =>
      hasUnknownPace(kind)
        ? paces.map((power) => curveOf(kind, kind.unsure ** power, samplesOfMany))
        : [curveOf(kind, undefined, samples)],
    ),
  };
}

/** A curve read between its points. */
export function curveAt(curve: Float64Array, seconds: number): number {
  if (seconds <= 0) return curve[0];
  const points = curvePoints.length;
  if (seconds >= curvePoints[points - 1]) return curve[points - 1];
  let low = 0;
  let high = points - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (curvePoints[middle] <= seconds) low = middle;
    else high = middle;
  }
  const from = curvePoints[low];
  return curve[low] + ((curve[high] - curve[low]) * (seconds - from)) / (curvePoints[high] - from);
}
