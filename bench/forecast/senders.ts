// How those who send us mail try again: nine classes, their nominal laws, and how a world or a host departs from them.

import type { Dice } from "./dice.ts";

/** In the order of `usualMix`. */
export const senderClasses = [
  "postfix",
  "exim",
  "sendmail",
  "qmail",
  "exchange",
  "provider",
  "microsoft-365",
  "bulk",
  "never-retries",
] as const;
export const neverRetries = 8;

/** Mean share of our mail from outside, by class. */
export const usualMix: readonly number[] = [0.25, 0.12, 0.05, 0.04, 0.08, 0.22, 0.14, 0.07, 0.03];

/** How many hosts of the classes that keep one clock a host. */
export const hostCounts: readonly (readonly [senderClass: number, hosts: number])[] = [
  [1, 120],
  [2, 40],
  [4, 80],
];

const DAY = 86_400;

/** Waits of large providers as seen against greylisting; they publish none. */
const providerWaits = [362, 1380, 1654, 2528, 3799, 4061, 4761, 7541, 9000];
const microsoftWaits = [300, 600, 900, 900, 1200, 1800, 2400, 3600];
const bulkWaits = [600, 900, 1800, 3600, 7200, 14_400];

/** What is drawn once a world. */
export interface SenderWorld {
  readonly mix: readonly number[];
  /** Factors on the waits of provider, microsoft-365 and bulk. */
  readonly stretch: readonly [number, number, number];
  readonly bulkLifetime: number;
  readonly hosts: readonly SenderHost[];
}

/** A sender with one clock for all its mail. */
export interface SenderHost {
  readonly senderClass: number;
  readonly volume: number;
  /** Seconds between runs of its queue, and when one is. */
  readonly run: number;
  readonly phase: number;
  readonly lifetime: number;
  /** Seconds that it takes to send all that waited. */
  readonly flush: number;
}

/** The senders of a world. `wild`: mixes further from the usual one. */
export function drawSenders(dice: Dice, wild: boolean): SenderWorld {
  const mix = usualMix.map((share) => dice.gamma((wild ? 4 : 12) * share));
  const sum = mix.reduce((a, b) => a + b, 0);
  const hosts: SenderHost[] = [];
  for (const [senderClass, count] of hostCounts) {
    for (let n = 0; n < count; n++) {
      const run = senderClass === 4 ? 60 : dice.logBetween(600, 3600);
      const usual = [0, 4 * DAY, 5 * DAY, 0, 2 * DAY][senderClass];
      hosts.push({
        senderClass,
        volume: dice.lognormal(1.5),
        run,
        phase: dice.between(0, run),
        lifetime: dice.chance(0.15) ? dice.between(DAY, usual) : usual,
        flush: dice.between(60, 1200),
      });
    }
  }
  return {
    mix: mix.map((share) => share / sum),
    stretch: [dice.logBetween(0.5, 2), dice.logBetween(0.5, 2), dice.logBetween(0.5, 2)],
    bulkLifetime: dice.between(DAY, 3 * DAY),
    hosts,
  };
}

/** When a message of a class that keeps a clock a message is given up, by age; `u` is the message's own chance. */
export function lifetimeOf(world: SenderWorld, senderClass: number, u: number): number {
  switch (senderClass) {
    case 0:
      return u < 0.1 ? DAY + 20 * DAY * u : 5 * DAY;
    case 3:
      return 7 * DAY;
    case 5:
      return 3 * DAY;
    case 6:
      return DAY;
    case 7:
      return world.bulkLifetime;
    default:
      return 0;
  }
}

/**
 * When such a message is tried next after its attempt number `attempts` (from 1) failed at `now`.
 * `u` is the message's own chance: whether its Postfix is an old one, and the phase of its queue run.
 */
export function nextAttempt(
  world: SenderWorld,
  senderClass: number,
  born: number,
  now: number,
  attempts: number,
  u: number,
  jitter: number,
): number {
  const age = now - born;
  if (senderClass === 0) {
    const old = u < 0.2;
    const shortest = old ? 1000 : 300;
    const due = now + Math.min(4000, Math.max(shortest, age));
    const phase = ((u * 1e4) % 1) * shortest;
    return Math.ceil((due - phase) / shortest) * shortest + phase;
  }
  if (senderClass === 3) {
    const k = Math.floor(Math.sqrt(age / 400) + 1e-9) + 1;
    return born + 400 * k * k;
  }
  const waits = senderClass === 5 ? providerWaits : senderClass === 6 ? microsoftWaits : bulkWaits;
  return now + waits[Math.min(waits.length, attempts) - 1] * world.stretch[senderClass - 5] * (0.8 + 0.4 * jitter);
}

/** When a host tries again whose attempts have failed since `since`; `gap` is the wait before. The wait comes second. */
export function nextHostAttempt(
  host: SenderHost,
  since: number,
  now: number,
  gap: number,
  failures: number,
): readonly [at: number, gap: number] {
  let wait = host.run;
  if (host.senderClass === 4) wait = failures <= 4 ? 60 : failures <= 10 ? 300 : 600;
  else if (host.senderClass === 1) {
    const failing = now - since;
    wait = failing < 7200 ? 900 : failing < 57_600 ? (gap < 3600 ? 3600 : gap * 1.5) : 21_600;
  }
  const due = now + (host.senderClass === 2 ? 1 : wait);
  return [Math.ceil((due - host.phase) / host.run) * host.run + host.phase, wait];
}
