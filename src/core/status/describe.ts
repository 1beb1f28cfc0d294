// From facts to phase and words.

import type { Forecast } from "../forecast/forecast.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { reasonNames } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { ProbeFacts } from "../outages/probe.ts";
import { isSilence, type OutageWatch } from "../outages/watch.ts";
import { nothingOutSince } from "../outages/way-out.ts";
import type { Plan } from "../retries/plan.ts";
import { hostDown, type MailAtSenders, type MailReturning } from "../retries/senders/at-senders.ts";
import { DAY, type Duration, type Instant } from "../time.ts";
import { componentsNow } from "./components.ts";
import {
  type ExpectedRange,
  expectedRange,
  nothingStands,
  type StandingRanges,
  sendersRange,
  standing,
} from "./expected.ts";
import type { Book } from "./incidents/book.ts";
import { brokenPromise, keep, nextPromise } from "./incidents/keep.ts";
import { plannedWork, windowFacts } from "./incidents/windows.ts";
import type { Language, NoticeFacts, SenderFacts } from "./languages/language.ts";
import { levelOf, nextPhase, type PhaseMemory } from "./phase.ts";
import type { PublicSite } from "./site.ts";
import { failingParts, statementOf } from "./statement.ts";
import type { Status } from "./status.ts";

export interface StatusInput {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly mail: MailAtSenders | undefined;
  readonly forecast: Forecast;
  readonly probe: ProbeFacts | undefined;
  /** Names of our own addresses that do not serve. */
  readonly failingLines: readonly string[];
  readonly observer: { readonly blind: boolean; readonly why: string };
  readonly languages: readonly Language[];
  readonly site: PublicSite;
  readonly zone: string;
  readonly before: Said;
  readonly now: Instant;
}

/** What was said until now, and what has to be remembered of it. */
export interface Said {
  readonly phase: PhaseMemory;
  readonly book: Book;
  /** Ends that were said. */
  readonly ranges: StandingRanges;
}

/** So few messages are no late mail worth a word. */
const fewMessages = 5;
/** Messages that should have come in a silence before we are sure that it is none of theirs. */
const sureOf = 30;
/** A hole is spoken of for so long. */
const holeTold: Duration = 14 * DAY;

/** The status of this moment, and what to remember for the next. */
export function describe(input: StatusInput): { status: Status; said: Said } {
  const { forecast, downtimes, now, observer, before, site, mail } = input;
  const { blind } = observer;
  const unreachable = unreachableRecipients(input);
  const silence = downtimes.find((downtime) => downtime.to === undefined && isSilence(downtime));
  const phase = nextPhase(
    before.phase,
    {
      forecast,
      downtimes,
      unreachable,
      nothingOut: nothingOutSince(input.watch, input.ledger, downtimes, now),
      atSenders: stillOut(mail) !== undefined,
      flowIsZero: silence !== undefined && mail?.state === "waiting" && mail.held + mail.givenUp >= sureOf,
      blind,
      probe: input.probe,
      statement: statementOf(before.book, site),
      windows: plannedWork(before.book, site, now),
    },
    now,
  );
  const ranges = rangesOf(input, phase);
  const facts = factsOf(input, phase, ranges, unreachable);
  const components = componentsNow(site, phase, before.book, blind);
  const judged = site.components.filter(({ follows }) => follows !== undefined).map(({ id }) => id);
  const book = keep(before.book, { phase, facts, components, judged, span: now - before.phase.at, now });
  const told = { ...facts, nextBy: nextPromise(book, now), brokenPromise: brokenPromise(book, now) };
  return { said: { phase, book, ranges }, status: statusOf(input, phase, ranges, told) };
}

/** The ends that stand. What cannot be seen changes none of them: they are not said meanwhile. */
function rangesOf({ forecast, mail, observer, before, now }: StatusInput, { phase }: PhaseMemory): StandingRanges {
  const { ranges } = before;
  const last = ranges.phase === phase ? ranges : nothingStands(phase);
  if (observer.blind) return last;
  return {
    phase,
    here: standing(last.here, expectedRange(forecast), now),
    senders: standing(last.senders, sendersRange(mail?.state === "returning" ? mail : undefined), now),
  };
}

/** Recipients that wait at places that fail. Stuck mail at such a place is counted with the place. */
function unreachableRecipients({ downtimes, forecast, plan, ledger }: StatusInput): number {
  let unreachable = 0;
  const failing = new Set<string>();
  for (const downtime of downtimes) {
    if (downtime.to === undefined && downtime.scope === "destination") failing.add(downtime.target);
  }
  for (const stuck of forecast.stuck) if (!failing.has(stuck.destination)) unreachable += stuck.recipients;
  for (const destination of plan.destinations.keys()) {
    if (!failing.has(ledger.destinations.names[destination])) continue;
    for (let reason = 0; reason < reasonNames.length; reason++) unreachable += ledger.waiting.get(destination, reason);
  }
  return unreachable;
}

/** What every language is told. */
function factsOf(input: StatusInput, phase: PhaseMemory, ranges: StandingRanges, unreachable: number): NoticeFacts {
  const { forecast, downtimes, now, zone, site, ledger, mail, probe, plan } = input;
  const { blind } = input.observer;
  const { book } = input.before;
  const open = downtimes.filter((downtime) => downtime.to === undefined);
  const scope =
    open.find((downtime) => downtime.scope === "host") ??
    open.find((downtime) => downtime.scope === "filter") ??
    open[0];
  const parts = failingParts(book, site);
  const waiting = saidOf(book, phase);
  const holes = book.holes.filter(({ to }) => now - to < holeTold).map(({ from, to }) => ({ from, to }));
  const some = probe !== undefined && probe.confirmedSince !== undefined && !probe.allFail && probe.failing > 0;
  return {
    now,
    zone,
    phase: phase.phase,
    blind,
    began: known(beganOf(phase)),
    // Nobody answers at any of our addresses: our server is away, whatever its log says.
    scope: isDown(phase) && scope?.scope !== "filter" ? "host" : (scope?.scope ?? waiting?.scope),
    // An end that is near enough to be one: nothing of ours is late.
    forecast: {
      state: phase.phase === "draining" && !blind && plan.delayed === 0 ? "clear" : forecast.state,
      limit: forecast.limit,
      messages: forecast.messages,
    },
    expected: blind ? undefined : ranges.here.range,
    unreachable,
    atRisk: atRisk(input),
    givenUp: ledger.counts.expired,
    senders: senderFacts(input, phase, ranges),
    back: backOf(phase),
    workedInPart: phase.phase === "relapse" && !Number.isNaN(phase.partlyBack),
    stoppedAgain: phase.phase === "relapse" ? known(phase.stoppedAgain) : undefined,
    lines: blind ? undefined : some ? { failing: probe.failing, of: probe.addresses } : waiting?.lines,
    failing: scope?.scope === "filter" ? { receiving: false, sending: false } : { ...phase.gone },
    parts: parts.length === 0 ? undefined : parts,
    onlyParts: !phase.failing.receiving && !phase.failing.sending,
    window: windowFacts(book, phase.phase, Number.isNaN(phase.back) ? phase.window : "", now),
    holes: holes.length === 0 ? undefined : holes,
    arrivedLate:
      mail?.state === "returning" && phase.phase === "resolved" && site.counts && mail.arrived >= 10
        ? mail.arrived
        : undefined,
    notAffected: site.notAffected,
    counts: site.counts,
    openByStaff: statementOf(book, site) !== undefined,
    sparing: phase.phase === "draining" && !blind && forecast.limit === "capacity",
  };
}

/** While we wait whether all works again: what was last said of what does not. */
function saidOf(book: Book, { phase, wellSince }: PhaseMemory): NoticeFacts | undefined {
  if (phase !== "partial" || Number.isNaN(wellSince)) return undefined;
  const current = book.incidents.find(({ id }) => id === book.current);
  return current?.updates.findLast(({ by }) => by === "mailtide")?.facts;
}

/** When what is told now began: of an incident with returns in it, its last part while that lasts, and all of it afterwards. */
function beganOf({ phase, began, failingSince, signSince, resolvedAt }: PhaseMemory): Instant {
  if (phase === "suspected" && !Number.isNaN(resolvedAt)) return signSince;
  return (phase === "outage" || phase === "partial") && !Number.isNaN(failingSince) ? failingSince : began;
}

/** When email came back: while something fails, since when it seems to; after it stopped again, when it did before that. */
function backOf({ phase, wellSince, partlyBack, back }: PhaseMemory): Instant | undefined {
  if (phase === "outage" || phase === "partial") return known(wellSince);
  return known(phase === "relapse" && !Number.isNaN(partlyBack) ? partlyBack : back);
}

function isDown({ phase }: PhaseMemory): boolean {
  return phase === "outage" || phase === "relapse";
}

function known(at: Instant): Instant | undefined {
  return Number.isNaN(at) ? undefined : at;
}

/** How it is said. */
function statusOf(input: StatusInput, phase: PhaseMemory, ranges: StandingRanges, facts: NoticeFacts): Status {
  const { forecast, plan, now, zone, languages, mail } = input;
  const { blind, why } = input.observer;
  const [language] = languages;
  const said = languages.map((one) => ({
    language: one.tag,
    headline: one.headline(facts),
    notice: one.notice(facts),
  }));
  const { expected } = facts;
  return {
    phase: phase.phase,
    level: levelOf(phase.phase, blind),
    blind,
    since: known(phase.since),
    // Our own end would be taken for the end of all late mail.
    expected: stillOut(mail) !== undefined && !isLast(expected, ranges.senders.range) ? undefined : expected,
    headline: said[0].headline,
    notice: said[0].notice,
    said,
    sentence: language.sentence({
      now,
      zone,
      blind,
      why,
      forecast,
      messages: plan.messages,
      delayed: plan.delayed,
      due: plan.due,
      held: plan.held,
      within1h: plan.expiring.within1h,
      mail,
      failingLines: input.failingLines,
      nextBy: facts.nextBy,
    }),
  };
}

/** Whether an end is no sooner than another that is known. */
function isLast(one: ExpectedRange | undefined, other: ExpectedRange | undefined): boolean {
  return one !== undefined && other !== undefined && one.latest >= other.latest;
}

/** Messages that may be given up before the late mail is through, or within a day where we cannot say when that is. */
function atRisk({ plan, forecast }: StatusInput): number {
  const sure = forecast.latest !== undefined && forecast.limit !== "destination" && forecast.limit !== "stalls";
  if (sure && forecast.stuck.length === 0 && (plan.firstGiveUp ?? Number.POSITIVE_INFINITY) > (forecast.latest ?? 0))
    return 0;
  return plan.expiring.within24h;
}

/** Mail that comes back from its senders, if more is still out than chance can tell from nothing. */
function stillOut(mail: MailAtSenders | undefined): MailReturning | undefined {
  return mail?.state === "returning" && mail.stillOut >= Math.max(fewMessages, mail.held / 100) ? mail : undefined;
}

/** What the public hears of mail at its senders. Marks count from when email last stopped, what was sent from when it first did. */
function senderFacts(
  { mail, downtimes, now, observer }: StatusInput,
  phase: PhaseMemory,
  ranges: StandingRanges,
): SenderFacts | undefined {
  if (observer.blind) return undefined;
  const down = hostDown(downtimes, now).at(-1);
  const from = isDown(phase) ? phase.downSince : down !== undefined && down.to === undefined ? down.from : undefined;
  const back = mail?.state === "returning" ? mail : undefined;
  if (from === undefined && back === undefined) return undefined;
  const since = Math.min(mail?.since ?? Number.POSITIVE_INFINITY, from ?? back?.since ?? now);
  return {
    since,
    away: from === undefined ? undefined : now - from,
    stillOut: from === undefined ? (stillOut(mail)?.stillOut ?? 0) : 0,
    mostExpected: from === undefined ? ranges.senders.range?.earliest : undefined,
    lastExpected: back === undefined ? undefined : ranges.senders.range?.latest,
    givenUp: (mail?.givenUp ?? 0) >= 1 || (from !== undefined ? now : (back?.until ?? now)) - since >= DAY,
  };
}
