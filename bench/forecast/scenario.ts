// One outage and all that goes with it, drawn from a seed: what the world is like, what breaks, and what breaks again later.

import { type Dice, throwDice } from "./dice.ts";
import { drawSenders, type SenderWorld } from "./senders.ts";

export const outageKinds = ["mx", "filter", "host", "uplink", "store", "destinations", "capacity"] as const;
export type OutageKind = (typeof outageKinds)[number];

/** What does not work in a stretch; bits. */
export const INBOUND = 1;
export const HOST = 2;
export const FILTER = 4;
export const UPLINK = 8;
export const STORE = 16;
export const SOME = 32;
export const SLOW = 64;
/** The queue stands still and nobody sees why. */
export const HANG = 128;

export interface Trouble {
  readonly from: number;
  readonly to: number;
  readonly bits: number;
}

/** A burst of mail that nobody wants; messages an hour, 0: none. */
export interface Junk {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
}

export interface Place {
  readonly share: number;
  /** Messages an hour it takes, 0: no limit. Mail waits in line for it. */
  readonly cap: number;
  /** Messages an hour before it says "too much", 0: never. */
  readonly quota: number;
  /** Share of first attempts that it turns away for a while. */
  readonly greylist: number;
  /** Refuses everything from this moment; `Infinity`: never. */
  readonly deadFrom: number;
  /** Share of attempts that it refuses. */
  readonly refuses: number;
}

/** Things that the first plan of this simulation did not have, each switched on by its name. */
export const extraNames = ["flush", "hold", "second-mx", "partly-failing", "many-recipients"] as const;
export type Extra = (typeof extraNames)[number];

/** A law of scenarios: the usual one, or a harder one. */
export type Law = "usual" | "shifted";

export interface Scenario {
  readonly seed: number;
  readonly kind: OutageKind;
  /** Seconds; 0 is a midnight UTC. */
  readonly from: number;
  readonly start: number;
  readonly recovery: number;
  readonly horizon: number;
  /** Messages an hour, mean of a day. */
  readonly load: number;
  readonly amplitude: number;
  readonly peakAt: number;
  readonly localShare: number;
  readonly senders: SenderWorld;
  /** Work units an hour. */
  readonly capacity: number;
  readonly capacityNoise: number;
  readonly slowTo: number;
  readonly halvesAtDay: boolean;
  readonly thrashes: boolean;
  readonly greylist: number;
  readonly timers: { readonly minimal: number; readonly maximal: number; readonly run: number; readonly phase: number };
  /** Place 0 is our own mailbox store. */
  readonly places: readonly Place[];
  readonly some: ReadonlySet<number>;
  readonly insideShares: readonly number[];
  readonly outsideShares: readonly number[];
  readonly law: Law;
  /** The outage, and all that breaks after it: stalls, then relapses. */
  readonly troubles: readonly Trouble[];
  readonly stalls: readonly Trouble[];
  readonly relapses: readonly Trouble[];
  readonly junk: Junk;
  /** Share of mail whose time of submission is known. */
  readonly dated: number;
  /** The usual arrivals a minute by hour as somebody learned them: not exactly the truth. */
  readonly learned: readonly number[];
  readonly complications: readonly string[];
  /** An administrator flushes the queue at this moment. */
  readonly flushAt: number;
  /** Share of mail set aside at the recovery until `holdTo`. */
  readonly hold: number;
  readonly holdTo: number;
  /** Share of senders that hand mail to our second MX while the first is down; it retries like a Postfix. */
  readonly secondMx: number;
  readonly manyRecipients: boolean;
}

const HOUR = 3600;
const heldAtMost = 78_000;
/** Share of our people's mail that goes to many at once, and to how many more at most. */
export const manyShare = 0.05;
export const mostMore = 9;

function draw<T>(dice: Dice, weighted: readonly (readonly [T, number])[]): T {
  let u = dice.uniform() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) {
    u -= weight;
    if (u < 0) return value;
  }
  return weighted[0][0];
}

/** How long after an outage something may break again. */
function unrest({ from, to }: Trouble): number {
  return Math.min(12 * HOUR, Math.max(HOUR, to - from));
}

/** Seconds that a stall lasts. */
export function stallLength(dice: Dice): number {
  return 600 * dice.lognormal(0.8);
}

/** Reboots and hangs after an outage. */
export function drawStalls(dice: Dice, outage: Trouble, shifted: boolean): Trouble[] {
  if (!dice.chance(shifted ? 0.6 : 0.3)) return [];
  return Array.from({ length: dice.whole(1, 3) }, () => {
    const from = outage.to + dice.between(0.05, 1) * unrest(outage);
    const reboot = dice.chance(0.5);
    return { from, to: from + stallLength(dice), bits: reboot ? INBOUND | HOST : HANG };
  });
}

/** Seconds that an outage lasts when it comes again. */
export function relapseLength(dice: Dice, { from, to }: Trouble): number {
  return dice.logBetween(180, Math.min(3600, Math.max(360, to - from)));
}

/** The same outage again, some times. `known`: those that have come already; what is drawn comes after them. */
export function drawRelapses(dice: Dice, outage: Trouble, shifted: boolean, known: readonly Trouble[] = []): Trouble[] {
  if (!dice.chance(shifted ? 0.4 : 0.2)) return [];
  const found: Trouble[] = [];
  let at = outage.to;
  for (let n = dice.whole(1, 3); n > 0; n--) {
    const from = at + dice.logBetween(300, 5400);
    const next = known[found.length] ?? { from, to: from + relapseLength(dice, outage), bits: outage.bits };
    found.push(next);
    at = next.to;
  }
  return found;
}

/** Seconds that a burst of junk lasts. */
export function junkLength(dice: Dice): number {
  return 60 * dice.between(20, 90);
}

/** Junk after an outage. */
export function drawJunk(dice: Dice, outage: Trouble, load: number): Junk {
  const from = outage.to + dice.between(0, 0.7) * unrest(outage);
  if (!dice.chance(0.15)) return { from: 0, to: 0, rate: 0 };
  return { from, to: from + junkLength(dice), rate: load * dice.between(1, 4) };
}

const bitsOf: Readonly<Record<OutageKind, number>> = {
  mx: INBOUND,
  filter: FILTER,
  host: INBOUND | HOST,
  uplink: INBOUND | UPLINK,
  store: STORE,
  destinations: SOME,
  capacity: SLOW,
};

/** The scenario of a seed. */
export function drawScenario(seed: number, law: Law = "usual", extras: readonly Extra[] = []): Scenario {
  const dice = throwDice(seed, 1);
  const shifted = law === "shifted";
  const load = dice.logBetween(100, 6000);
  const kind = draw(dice, [
    ["mx", 26],
    ["filter", 16],
    ["host", 14],
    ["uplink", 14],
    ["store", 12],
    ["destinations", 10],
    ["capacity", 8],
  ] as const);
  let length = dice.logBetween(600, 5 * 24 * HOUR);
  while ((length / HOUR) * load > heldAtMost) length = dice.logBetween(600, 5 * 24 * HOUR);
  const start = 24 * HOUR + dice.between(0, 24 * HOUR);
  const recovery = start + Math.round(length / 60) * 60;
  const amplitude = dice.between(0.3, 0.85);
  const peakAt = dice.between(0, 24 * HOUR);
  const localShare = dice.between(0.1, 0.45);
  const complications: string[] = [];
  // Extras have dice of their own: a seed is the same world with them and without.
  const extraDice = throwDice(seed, 3);
  const has = (name: string, p: number, by: Dice = dice): boolean => {
    const found = by.chance(p);
    if (found) complications.push(name);
    return found;
  };

  // Places: the store takes most of what comes from outside, the others share what our own people send.
  const count = dice.whole(8, 24);
  const weights = Array.from({ length: count - 1 }, () => dice.lognormal(1.3)).sort((a, b) => b - a);
  const total = weights.reduce((a, b) => a + b, 0);
  const forwards = dice.between(0.05, 0.25);
  const toStore = dice.between(0.05, 0.25);
  const outsideShares = [1 - forwards, ...weights.map((w) => (forwards * w) / total)];
  const insideShares = [toStore, ...weights.map((w) => ((1 - toStore) * w) / total)];
  const shares = outsideShares.map((share, n) => share * (1 - localShare) + insideShares[n] * localShare);
  const some = new Set<number>();
  for (let n = dice.whole(1, 4); n > 0; n--) some.add(dice.whole(1, Math.min(6, count - 1)));
  const pick = () => dice.whole(1, count - 1);
  const dead = has("dead", 0.25) ? pick() : -1;
  const deadFrom = dice.chance(0.5) ? 0 : start;
  const quota = has("quota", 0.2) ? dice.whole(1, Math.min(8, count - 1)) : -1;
  const quotaRate = dice.between(1.3, 4);
  const cap = has("slow", 0.2) ? dice.whole(1, Math.min(8, count - 1)) : -1;
  const capRate = dice.between(1.3, 4);
  const greylisters = has("greylisting places", 0.3);
  const partly =
    extras.includes("partly-failing") && has("partly failing", 0.4, extraDice) ? extraDice.whole(1, count - 1) : -1;
  const refuses = dice.between(0.3, 0.8);
  const places = shares.map((share, n): Place => {
    // What a place is used to take; nobody sets a limit of less than a few an hour.
    const normal = Math.max(3, share * load * (1 + amplitude));
    const greylist = n > 0 && greylisters && dice.chance(0.3) ? dice.between(0.3, 1) : 0;
    return {
      share,
      cap: n === cap && n !== dead ? normal * capRate : 0,
      quota: n === quota && n !== cap && n !== dead ? Math.ceil(normal * quotaRate) : 0,
      greylist,
      deadFrom: n === dead ? deadFrom : Number.POSITIVE_INFINITY,
      refuses: n === partly && n !== dead ? refuses : 0,
    };
  });

  const bits = bitsOf[kind];
  const first: Trouble = { from: start, to: recovery, bits };
  const spread = Math.min(12 * HOUR, Math.max(HOUR, length));
  const stalls = drawStalls(dice, first, shifted);
  if (stalls.length > 0) complications.push("stall");
  const relapses = drawRelapses(dice, first, shifted);
  if (relapses.length > 0) complications.push("flapping");
  const junk = drawJunk(dice, first, load);
  if (junk.rate > 0) complications.push("junk");
  const headroom = Math.max(1.12, (shifted ? 1.9 : 2.6) * dice.lognormal(0.5));
  const run = dice.chance(0.75)
    ? 300
    : draw(dice, [
        [60, 1],
        [600, 1],
        [1000, 1],
      ] as const);
  const minimal = dice.chance(0.75)
    ? 300
    : draw(dice, [
        [60, 1],
        [600, 1],
        [1000, 1],
      ] as const);
  const maximal = dice.chance(0.75)
    ? 4000
    : draw(dice, [
        [1800, 1],
        [3600, 1],
        [7200, 1],
      ] as const);
  // Mail to many is in the usual load, and the server is sized for it.
  const lists = extras.includes("many-recipients") ? 1 + localShare * manyShare * (1 + mostMore) * 0.5 : 1;
  const learnedLevel = dice.lognormal(0.08);
  const learned = Array.from({ length: 24 }, (_, hour) => {
    const mean = rateAt(load, amplitude, peakAt, (hour + 0.5) * HOUR) / 60;
    return mean * lists * learnedLevel * dice.lognormal(0.08);
  });
  const flushes = extras.includes("flush") && has("flush", 0.3, extraDice);
  const holds = extras.includes("hold") && has("hold", 0.2, extraDice);
  return {
    seed,
    law,
    kind,
    from: start - 22 * HOUR,
    start,
    recovery,
    horizon: recovery + 130 * HOUR,
    load,
    amplitude,
    peakAt,
    localShare,
    senders: drawSenders(throwDice(seed, 2), shifted),
    capacity: load * lists * headroom,
    capacityNoise: dice.between(0.03, 0.18),
    slowTo: dice.between(0.15, 0.6),
    halvesAtDay: has("halves", 0.15),
    thrashes: has("thrashing", 0.15),
    greylist: has("own greylisting", 0.15) ? dice.between(0.05, 0.4) : 0,
    timers: { minimal, maximal: Math.max(minimal, maximal), run, phase: dice.between(0, run) },
    places,
    some,
    insideShares,
    outsideShares,
    troubles: [first, ...stalls, ...relapses],
    stalls,
    relapses,
    junk,
    dated: dice.between(0.75, 0.97),
    learned,
    complications,
    flushAt: flushes ? recovery + extraDice.between(0, 0.3) * spread : Number.POSITIVE_INFINITY,
    hold: holds ? extraDice.between(0.02, 0.2) : 0,
    holdTo: recovery + extraDice.between(0.2, 1.5) * spread,
    secondMx: extras.includes("second-mx") && has("second MX", 0.4, extraDice) ? extraDice.between(0.3, 0.9) : 0,
    manyRecipients: extras.includes("many-recipients"),
  };
}

/** Messages an hour that are usual at a time of day. */
export function rateAt(load: number, amplitude: number, peakAt: number, at: number): number {
  return load * (1 + amplitude * Math.cos(((at - peakAt) / 86_400) * 2 * Math.PI));
}
