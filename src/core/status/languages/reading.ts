// What the facts amount to, before a word is chosen. Nonsense in them is left out here: no sentence is made of it.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";
import type { NoticeFacts } from "./language.ts";
import { operatorWords } from "./operator-words.ts";
import type { Stretch } from "./sentences.ts";
import { isMoment } from "./times.ts";

/** After so many days without us the words change: at each, more senders have given up. */
const marks = [7, 5, 4, 3, 2, 1];

/** The last mark that was passed, in days; 0 before the first. */
export function markOf(away: Duration): number {
  return marks.find((days) => away >= days * DAY) ?? 0;
}

/** How much of the mail may have gone back by that mark. */
export function shareOf(days: number): "some" | "much" {
  return days < 4 ? "some" : "much";
}

/** What of our own service fails. `filter`: what checks every message. `unclear`: something, and we cannot say what. */
export type Failing = "both" | "receiving" | "sending" | "filter" | "lines" | "places" | "parts" | "unclear";

/** Names of parts of the service that do not work, as the operator calls them; the first few. */
export function partsOf({ parts = [] }: NoticeFacts): string[] {
  const names = parts.map((part) => operatorWords(part, 6, 40).replace(/\.$/, ""));
  return names.filter((name) => name !== "").slice(0, 4);
}

function moment(at: Instant | undefined): Instant | undefined {
  return isMoment(at) ? at : undefined;
}

/** Which of our lines fail, if some do and some do not. */
export function linesOf({ lines }: NoticeFacts): { failing: number; of: number } | undefined {
  if (lines === undefined || !Number.isInteger(lines.failing) || !Number.isInteger(lines.of)) return undefined;
  return lines.failing > 0 && lines.failing < lines.of ? lines : undefined;
}

/** What fails, of what the facts name. */
export function failingOf(facts: NoticeFacts): Failing {
  const { failing, scope, phase } = facts;
  if (failing?.receiving === true && failing.sending) return "both";
  if (failing?.receiving === true) return "receiving";
  if (failing?.sending === true) return "sending";
  const down = phase === "outage" || phase === "relapse";
  if (scope === "filter") return "filter";
  if (down) return "both";
  if (linesOf(facts) !== undefined) return "lines";
  if (scope === "destination" || facts.unreachable > 0) return "places";
  return facts.onlyParts !== false && partsOf(facts).length > 0 ? "parts" : "unclear";
}

/** Days for the words of an outage; counted anew from a relapse, since email was back in between. */
export function daysDown(facts: NoticeFacts): number {
  const away = awayFor(facts);
  const stopped = moment(facts.stoppedAgain);
  if (facts.phase !== "relapse" || stopped === undefined) return markOf(away);
  return Math.min(markOf(away), markOf(facts.now - stopped));
}

/** How long other servers have not reached ours; 0 if they have or if it is not known. */
export function awayFor(facts: NoticeFacts): Duration {
  const away = moment(facts.senders?.away) ?? 0;
  const cannot = facts.phase === "outage" || facts.phase === "relapse";
  return cannot && ["both", "receiving"].includes(failingOf(facts)) ? Math.max(0, away) : 0;
}

/** Since when other servers have not reached ours. */
export function sinceFor(facts: NoticeFacts): Instant {
  return moment(facts.senders?.since) ?? facts.now - awayFor(facts);
}

/** Whether nobody may say any more that no mail is lost. */
export function mayBeGone(facts: NoticeFacts): boolean {
  const { senders, began, back, now } = facts;
  if (facts.blind || facts.atRisk > 0 || facts.givenUp > 0 || holesOf(facts).length > 0) return true;
  if (senders?.givenUp === true || (moment(senders?.away) ?? 0) >= DAY) return true;
  const from = moment(began);
  return from !== undefined && facts.scope !== "destination" && (moment(back) ?? now) - from >= DAY;
}

/** Stretches of which mail is gone, oldest first, those that touch made one; only what is over, and no stretch without length. */
export function holesOf({ holes, now }: NoticeFacts): Stretch[] {
  const sound = (holes ?? []).filter(({ from, to }) => isMoment(from) && from < to && to <= now);
  const found: Stretch[] = [];
  for (const { from, to } of [...sound].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last === undefined || last.to < from) found.push({ from, to });
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return found;
}

/** When the trouble began and email was back, as far as they fit together. */
export function beganAt({ began, now }: NoticeFacts): Instant | undefined {
  const at = moment(began);
  return at !== undefined && at <= now ? at : undefined;
}

export function backAt(facts: NoticeFacts): Instant | undefined {
  const at = moment(facts.back);
  return at !== undefined && at <= facts.now && at >= (beganAt(facts) ?? at) ? at : undefined;
}

export function stoppedAt(facts: NoticeFacts): Instant | undefined {
  const at = moment(facts.stoppedAgain);
  return at !== undefined && at <= facts.now && at >= (backAt(facts) ?? at) ? at : undefined;
}

/** Planned work whose times fit together. */
export function windowOf({ window }: Pick<NoticeFacts, "window">): NonNullable<NoticeFacts["window"]> | undefined {
  if (window === undefined || !isMoment(window.from) || !isMoment(window.to)) return undefined;
  return window.from < window.to ? window : undefined;
}

/** Rounded up, since the later end is the promise. */
export function upTo(at: Instant, step: Duration): Instant {
  return Math.ceil(at / step) * step;
}

/** When more is said: what was promised, else the next quarter of an hour that is at least a quarter away. */
export function nextWord({ nextBy, now }: NoticeFacts): Instant {
  const promised = moment(nextBy);
  if (promised !== undefined && promised > now) return promised;
  return upTo(now + 15 * MINUTE, 15 * MINUTE);
}

/** When nearly all that other servers hold should be here, on the half hour; undefined if unknown or past. */
export function lastFromSenders({ senders, now }: NoticeFacts): Instant | undefined {
  const last = moment(senders?.lastExpected);
  return last !== undefined && last > now ? upTo(last, 30 * MINUTE) : undefined;
}

/** When most of it should be here: the earlier end of what is said, if it differs from the later. */
export function mostFromSenders(facts: NoticeFacts): Instant | undefined {
  const most = moment(facts.senders?.mostExpected);
  const last = lastFromSenders(facts);
  if (most === undefined || last === undefined || most <= facts.now) return undefined;
  const said = upTo(most, 30 * MINUTE);
  return said < last ? said : undefined;
}

/** The range in which late mail will be through, if it is one and not over. */
export function expectedOf({ expected, now }: NoticeFacts): Stretch | undefined {
  if (expected === undefined || !(expected.latest > now) || !(expected.earliest <= expected.latest)) return undefined;
  if (!isMoment(expected.earliest) || !isMoment(expected.latest)) return undefined;
  // A range has two ends: one of no length is opened by a minute.
  const from = Math.min(expected.earliest, expected.latest - MINUTE);
  return { from, to: expected.latest };
}

/** Long enough that senders may have given up before we could count anything. */
export function wasLong(facts: NoticeFacts): boolean {
  const [from, to] = [beganAt(facts), backAt(facts)];
  return facts.senders?.givenUp === true || (from !== undefined && to !== undefined && to - from >= 4 * HOUR);
}

/** How it is said that email worked for a while, as a whole or in part, and what we are sorry for. */
export function timesOf({ workedInPart }: NoticeFacts): "again.times" | "again.times.part" {
  return workedInPart === true ? "again.times.part" : "again.times";
}

export function sorryOf({ workedInPart }: NoticeFacts): "again.sorry" | "again.sorry.part" {
  return workedInPart === true ? "again.sorry.part" : "again.sorry";
}

/** For how long we watch before we say that it is over: two hours, or until our staff say so. */
export function watchingOf({ openByStaff }: NoticeFacts): "late.watching" | "late.watching.staff" {
  return openByStaff === true ? "late.watching.staff" : "late.watching";
}
