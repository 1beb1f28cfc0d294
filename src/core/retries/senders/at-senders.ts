// The mail that waits at its senders because we were away: how much, until when, and what of it is back.
//
// Nobody logs it. It is told from what usually comes, from how senders try again, and, after the outage, from how much
// more than usual arrives. Without a usual day to go by it is unknown.

import type { Downtime } from "../../outages/downtime.ts";
import { isSilence } from "../../outages/watch.ts";
import { DAY, type Duration, HOUR, type Instant, type Interval, MINUTE } from "../../time.ts";
import { variantsOf } from "./classes.ts";
import { earliestGiveUp, firstGiveUp } from "./expiry.ts";
import { type Baseline, expectedHeld, inflowsOf, usualSlices } from "./held.ts";
import { expectedMessages } from "./inflow.ts";
import type { CountedMail } from "./lookouts.ts";
import type { SenderMemory } from "./memory.ts";
import { usualSenders } from "./mix.ts";
import { momentOf, releaseAfter, whileDown } from "./outlook.ts";
import { type ReleaseCurve, shareArrived } from "./release.ts";
import { beliefsOf, usualDoubt } from "./update.ts";

/** How long senders hold on, by the marks at which many of them stop. */
export const patienceMarks: readonly { readonly name: string; readonly after: Duration }[] = [
  { name: "1h", after: HOUR },
  { name: "6h", after: 6 * HOUR },
  { name: "12h", after: 12 * HOUR },
  { name: "24h", after: DAY },
  { name: "48h", after: 2 * DAY },
  { name: "72h", after: 3 * DAY },
  { name: "4d", after: 4 * DAY },
  { name: "5d", after: 5 * DAY },
  { name: "7d", after: 7 * DAY },
];

/** Senders of one patience, while the server is down. */
export interface SenderWindow {
  /** Name of one of `patienceMarks`. */
  readonly patience: string;
  /** When the first of them gives up. */
  readonly begins: Instant;
  /** Messages that they have tried to hand over since the outage began, as expected. */
  readonly messages: number;
}

/** Messages that senders give up within so long; each contains the shorter ones. */
export interface GivingUp {
  readonly within1h: number;
  readonly within6h: number;
  readonly within24h: number;
}

/** While the server is down. All numbers of messages are estimates. */
export interface MailWaiting {
  readonly state: "waiting";
  readonly since: Instant;
  /** Messages that wait at their senders now. */
  readonly held: number;
  /** Messages that their senders have given up by now. */
  readonly givenUp: number;
  /**
   * Of `held`, those that senders give up within so long if the server stays down; each contains the shorter ones.
   * Undefined, as are the windows, where too little is known of usual days.
   */
  readonly givingUp: GivingUp | undefined;
  /** The shortest patience first. */
  readonly windows: readonly SenderWindow[];
  /** Set where a lookout was heard lately: `held` is what it counted, if it counted the whole of it. */
  readonly counted?: CountedMail | undefined;
}

/** After the server is back. All numbers of messages are estimates. */
export interface MailReturning {
  readonly state: "returning";
  readonly since: Instant;
  /** When the server was back. */
  readonly until: Instant;
  /** Messages that waited at their senders and come, those that have come included. */
  readonly held: number;
  readonly arrived: number;
  readonly stillOut: number;
  readonly givenUp: number;
  /** Of `held`, from 0 to 1. */
  readonly shareArrived: number;
  /** When 9 of 10 have come. */
  readonly mostExpected: Instant;
  /** When 99 of 100 have come. */
  readonly lastExpected: Instant;
  /** Set where a lookout was heard lately: the numbers are what it counted, if it counted the whole of it. */
  readonly counted?: CountedMail | undefined;
}

export type MailAtSenders = MailWaiting | MailReturning;

/** A shorter downtime than this makes nobody wait who would not have waited anyway. */
const shortest: Duration = 5 * MINUTE;
/** Outages that are no further apart are one to the senders: what waited in the first is not back yet. */
const apart: Duration = 2 * HOUR;
/** So long after recovery the last senders have come or given up. */
const aftermath: Duration = 7 * DAY;
/** So many messages do not stay away by chance, in any hour of the week. */
const silenceOf = 12;
/** What comes so long after recovery is told from what usually comes; later on, chance is larger than what is left. */
const watch: Duration = 2 * HOUR;
/** Senders of one patience that hold less than this share of all mail, and not even half a message, are not worth a word. */
const fewest = 0.01;
/** From this share of mail on that says when it was sent, late mail is counted by that. */
const mostSay = 0.5;

/** Downtimes of our own server until `now` in order, those that touch made one. */
export function hostDown(downtimes: readonly Downtime[], now: Instant): Interval[] {
  const found: Interval[] = [];
  for (const { scope, from, to } of [...downtimes].sort((a, b) => a.from - b.from)) {
    if (scope !== "host" || from > now) continue;
    const open = to === undefined || to > now;
    const end = open ? undefined : to;
    const last = found.at(-1);
    if (last === undefined || (last.to !== undefined && last.to < from)) found.push({ from, to: end });
    else if (last.to !== undefined && (end === undefined || end > last.to)) {
      found[found.length - 1] = { from: last.from, to: end };
    }
  }
  return found;
}

/** The last outage and those shortly before it that are not over for the senders. */
function present(down: readonly Interval[]): Interval[] {
  const chain: Interval[] = [];
  for (let i = down.length - 1; i >= 0; i--) {
    const [next] = chain;
    if (next !== undefined && next.from - (down[i].to ?? next.from) > apart) break;
    chain.unshift(down[i]);
  }
  return chain;
}

/** Downtimes of our own server that the senders felt: of silences, those in which mail would have come at that hour. */
function felt(memory: SenderMemory, downtimes: readonly Downtime[], now: Instant): Downtime[] {
  const own = downtimes.filter(({ scope }) => scope === "host");
  if (!own.some(isSilence)) return own;
  const sure = own.filter((downtime) => !isSilence(downtime));
  const baseline = memory.usual.baseline(hostDown(sure, now), now, usualSenders);
  if (baseline === undefined) return own;
  return own.filter((downtime) => {
    if (!isSilence(downtime)) return true;
    return expectedMessages(usualSlices(baseline, [{ from: downtime.from, to: downtime.to ?? now }])) >= silenceOf;
  });
}

/** What waits at senders at a moment; `undefined`: there was no outage lately, or too little is known of usual days. */
export function mailAtSenders(
  memory: SenderMemory,
  downtimes: readonly Downtime[],
  now: Instant,
): MailAtSenders | undefined {
  if (!downtimes.some(({ scope, to }) => scope === "host" && !(to !== undefined && now - to > aftermath))) {
    return undefined;
  }
  const down = hostDown(felt(memory, downtimes, now), now);
  const last = down.at(-1);
  if (last === undefined || (last.to !== undefined && now - last.to > aftermath)) return undefined;
  const chain = present(down);
  const [first] = chain;
  const long = chain.reduce((sum, { from, to }) => sum + ((to ?? now) - from), 0);
  if (last.to !== undefined && long < shortest) return undefined;
  const baseline = memory.usual.baseline(down.slice(0, -chain.length), first.from, memory.mix.before(first.from));
  if (baseline === undefined) return undefined;
  const usual = [...baseline.all.values()].reduce((sum, count) => sum + count, 0);
  const outage = `${JSON.stringify(chain)} ${usual}`;
  const moment = Math.max(last.to ?? last.from, now);
  if (last.to === undefined) {
    return memory.remembered(`${outage} ${moment}`, () => waiting(baseline, chain, moment));
  }
  return returning(memory, outage, baseline, chain, last.to, moment);
}

function waiting(baseline: Baseline, chain: readonly Interval[], now: Instant): MailWaiting {
  const { sent, through, lost, deadlines } = whileDown(baseline, chain, now);
  const held = Math.round(Math.max(0, sent - through - lost));
  const within = (span: Duration): number =>
    Math.min(held, Math.round(deadlines.reduce((sum, { lostBy }) => sum + lostBy(now + span), 0) - lost));
  return {
    state: "waiting",
    since: chain[0].from,
    held,
    givenUp: Math.round(lost),
    givingUp: { within1h: within(HOUR), within6h: within(6 * HOUR), within24h: within(DAY) },
    windows: windowsOf(baseline, chain, now),
  };
}

/** Senders by their patience; those that hold nothing of ours are left out. */
function windowsOf(baseline: Baseline, chain: readonly Interval[], now: Instant): SenderWindow[] {
  const soFar = chain.map(({ from, to }) => ({ from, to: to ?? now }));
  const windows = new Map<string, { begins: Instant; messages: number }>();
  let all = 0;
  for (const { senderClass, slices } of inflowsOf(baseline, soFar)) {
    const variants = variantsOf(senderClass) ?? variantsOf("postfix") ?? [];
    const whole = variants.reduce((sum, { weight }) => sum + weight, 0);
    const messages = expectedMessages(slices);
    all += messages;
    for (const { schedule, weight } of variants) {
      const begins = firstGiveUp(schedule, chain);
      const patience = earliestGiveUp(schedule);
      // A little less than a mark is that mark: the last attempt before it is due some minutes earlier.
      const mark = patienceMarks.findLast(({ after }) => after <= patience * 1.02) ?? patienceMarks[0];
      const window = windows.get(mark.name) ?? { begins: Number.POSITIVE_INFINITY, messages: 0 };
      window.begins = Math.min(window.begins, begins);
      window.messages += (messages * weight) / whole;
      windows.set(mark.name, window);
    }
  }
  return patienceMarks.flatMap(({ name }) => {
    const window = windows.get(name);
    if (window === undefined || window.messages < Math.min(0.5, all * fewest)) return [];
    return [{ patience: name, begins: window.begins, messages: Math.round(window.messages) }];
  });
}

/** What waited and has come, by the best that the log offers. */
interface Late {
  readonly watchedUntil: Instant;
  /** Messages that waited for us. */
  readonly more: number;
  /** Messages that cannot be told from them, or only on the whole. */
  readonly besides: number;
}

/**
 * Counted by when messages say they were sent, where most say so; else what came beyond the usual, for as long as that is more
 * than chance.
 */
function lateMail(
  memory: SenderMemory,
  baseline: Baseline,
  chain: readonly Interval[],
  recovery: Instant,
  now: Instant,
): Late {
  const late = memory.submissions.since(chain, recovery, now, memory.usual.came(recovery, now));
  if (late.dated >= mostSay) {
    const more = Math.max(0, late.came - late.anyway) / late.dated;
    return { watchedUntil: now, more, besides: late.anyway / late.dated };
  }
  const watchedUntil = Math.min(now, Math.ceil((recovery + watch) / shortest) * shortest);
  const besides = expectedMessages(usualSlices(baseline, [{ from: recovery, to: watchedUntil }]));
  return { watchedUntil, more: Math.max(0, memory.usual.came(recovery, watchedUntil) - besides), besides };
}

function returning(
  memory: SenderMemory,
  outage: string,
  baseline: Baseline,
  chain: readonly Interval[],
  recovery: Instant,
  now: Instant,
): MailReturning {
  const late = lateMail(memory, baseline, chain, recovery, now);
  const { watchedUntil, more, besides } = late;
  const watched = watchedUntil - recovery;
  return memory.remembered(`${outage} ${now} ${JSON.stringify(late)}`, () => {
    const { curves, beliefs } = memory.remembered(outage, () => {
      const found: readonly ReleaseCurve[] = releaseAfter(baseline, chain);
      return { curves: found, beliefs: beliefsOf(found) };
    });
    // Of all that came, what waited is a part that is not known exactly: chance in the rest weighs as well.
    const clump = usualDoubt.clump * (1 + besides / Math.max(1, more));
    const seen =
      watched >= MINUTE ? beliefs.after({ watched, byClass: new Map([["unknown", more]]) }, clump) : undefined;
    const byThen = (wait: Duration): number => seen?.shareArrived(wait) ?? shareArrived(curves, wait);
    const held = Math.max(seen?.held ?? expectedHeld(curves), more);
    const arrived = now <= watchedUntil ? more : Math.max(more, held * byThen(now - recovery));
    return {
      state: "returning",
      since: chain[0].from,
      until: recovery,
      held: Math.round(held),
      arrived: Math.round(arrived),
      stillOut: Math.round(held) - Math.round(arrived),
      givenUp: Math.round(curves.reduce((sum, curve) => sum + curve.expected * curve.givenUp, 0)),
      shareArrived: held > 0 ? arrived / held : 1,
      mostExpected: momentOf(0.9, recovery, byThen),
      lastExpected: momentOf(0.99, recovery, byThen),
    };
  });
}
