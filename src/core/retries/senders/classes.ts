// Classes of senders that can be told apart from outside, and which schedules a class stands for.

import type { SenderSchedule } from "./laws.ts";
import { gatewaySchedules, providerSchedules } from "./providers.ts";
import { softwareSchedules } from "./schedules.ts";

/** Every schedule that is known, by its name in this repository. */
export const schedules = { ...softwareSchedules, ...providerSchedules, ...gatewaySchedules };

/** Name of a schedule. */
export type ScheduleName = keyof typeof schedules;

/** One way in which senders of a class may be set up, and how many of them are (a share, or any weight). */
export interface Variant {
  readonly schedule: SenderSchedule;
  readonly weight: number;
}

function variants(shares: Partial<Record<ScheduleName, number>>): readonly Variant[] {
  const found: Variant[] = [];
  for (const [name, weight] of Object.entries(shares)) {
    found.push({ schedule: schedules[name as ScheduleName], weight });
  }
  return found;
}

// Classes that stand for several set-ups which nobody can see from outside. The shares of sendmail's intervals, and
// that some Postfix wait longer than its defaults, are read from when greylisted mail of these two comes back
// (docs/sender-schedules.md); other shares are guesses, evenly spread where nothing is known. History overrides them.
const mixed: Readonly<Record<string, readonly Variant[]>> = {
  postfix: variants({ postfix: 0.88, "postfix-before-2.4": 0.06, "postfix-slow": 0.06 }),
  exim: variants({ exim: 0.8, "exim-cpanel": 0.2 }),
  sendmail: variants({
    "sendmail-10m": 0.2,
    "sendmail-15m": 0.1,
    "sendmail-30m": 0.2,
    "sendmail-1h": 0.28,
    "sendmail-maxqueueage": 0.22,
  }),
  exchange: variants({ exchange: 0.7, "exchange-edge": 0.3 }),
  proofpoint: variants({ "proofpoint-15m": 0.25, "proofpoint-30m": 0.5, "proofpoint-1h": 0.25 }),
  other: variants({ fastmail: 1, icloud: 1, gmx: 1, zoho: 1, opensmtpd: 1, coremail: 1 }),
};

/**
 * The set-ups that a class of senders stands for; `undefined` where the class says nothing (`unknown`, or a name that
 * is not known here): then the mix of all the others is the best guess.
 */
export function variantsOf(senderClass: string): readonly Variant[] | undefined {
  if (Object.hasOwn(mixed, senderClass)) return mixed[senderClass];
  const schedule = Object.hasOwn(schedules, senderClass) ? schedules[senderClass as ScheduleName] : undefined;
  return schedule === undefined ? undefined : [{ schedule, weight: 1 }];
}

/**
 * Senders at large by class, for a server that cannot tell the classes of its own: what many mail servers see, roughly,
 * and no more than a guess.
 */
export const usualMix: ReadonlyMap<string, number> = new Map([
  ["google", 0.3],
  ["microsoft365", 0.2],
  ["postfix", 0.2],
  ["exim", 0.06],
  ["sendmail", 0.06],
  ["exchange", 0.05],
  ["amazonses", 0.04],
  ["cisco", 0.04],
  ["proofpoint", 0.03],
  ["mimecast", 0.02],
]);

/** The same by schedule. */
export const population: readonly Variant[] = [...usualMix].flatMap(([senderClass, weight]) => {
  const set = variantsOf(senderClass) ?? [];
  const whole = set.reduce((sum, variant) => sum + variant.weight, 0);
  return set.map((variant) => ({ schedule: variant.schedule, weight: (weight * variant.weight) / whole }));
});

/** Names of all classes that a sender can be told as, in one order. */
export const classNames: readonly string[] = [
  ...new Set([...Object.keys(mixed), ...Object.keys(schedules), "unknown"]),
].sort();
