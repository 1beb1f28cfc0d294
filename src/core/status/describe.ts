// From facts to phase and words.

import type { Forecast } from "../forecast/forecast.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { reasonNames } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import type { Plan } from "../retries/plan.ts";
import { hostDown, type MailAtSenders, type MailReturning } from "../retries/senders/at-senders.ts";
import { DAY, type Instant } from "../time.ts";
import { expectedRange } from "./expected.ts";
import type { Language, SenderFacts } from "./languages/language.ts";
import { levelOf, nextPhase, type PhaseMemory } from "./phase.ts";
import type { Status } from "./status.ts";

export interface StatusInput {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly mail: MailAtSenders | undefined;
  readonly forecast: Forecast;
  readonly observer: { readonly blind: boolean; readonly why: string };
  readonly languages: readonly Language[];
  readonly zone: string;
  readonly before: PhaseMemory;
  readonly now: Instant;
}

/** So few messages are no late mail worth a word. */
const fewMessages = 5;

/** The status of this moment, and what to remember for the next. */
export function describe(input: StatusInput): { status: Status; phase: PhaseMemory } {
  const { forecast, plan, downtimes, now, zone, languages, ledger } = input;
  const [language] = languages;
  const blind = input.observer.blind;
  let unreachable = 0;
  const failing = new Set<string>();
  for (const downtime of downtimes) {
    if (downtime.to === undefined && downtime.scope === "destination") failing.add(downtime.target);
  }
  // Stuck mail at a place that fails is counted with the place.
  for (const stuck of forecast.stuck) if (!failing.has(stuck.destination)) unreachable += stuck.recipients;
  for (const destination of plan.destinations.keys()) {
    if (!failing.has(ledger.destinations.names[destination])) continue;
    for (let reason = 0; reason < reasonNames.length; reason++) unreachable += ledger.waiting.get(destination, reason);
  }
  const { mail } = input;
  const stillOut = mail?.state === "returning" && manyOut(mail) ? mail : undefined;
  const seen = { forecast, downtimes, delayed: plan.delayed, unreachable, atSenders: stillOut !== undefined };
  const phase = nextPhase(input.before, seen, now);
  const open = downtimes.filter((downtime) => downtime.to === undefined);
  const scope =
    open.find((downtime) => downtime.scope === "host") ??
    open.find((downtime) => downtime.scope === "filter") ??
    open[0];
  const expected = blind ? undefined : expectedRange(forecast);
  const facts = {
    now,
    zone,
    phase: phase.phase,
    blind,
    began: Number.isNaN(phase.began) ? undefined : phase.began,
    scope: scope?.scope,
    forecast,
    expected,
    unreachable,
    atRisk: atRisk(input),
    givenUp: ledger.counts.expired,
    senders: senderFacts(input),
  };
  return {
    phase,
    status: {
      phase: phase.phase,
      level: levelOf(phase.phase, blind),
      blind,
      since: Number.isNaN(phase.since) ? undefined : phase.since,
      // Our own end would be taken for the end of all late mail.
      expected:
        stillOut !== undefined && !(expected !== undefined && expected.latest >= stillOut.lastExpected)
          ? undefined
          : expected,
      headline: language.headline(facts),
      notice: language.notice(facts),
      said: languages.map((one) => ({ language: one.tag, headline: one.headline(facts), notice: one.notice(facts) })),
      sentence: language.sentence({
        now,
        zone,
        blind,
        why: input.observer.why,
        forecast,
        messages: plan.messages,
        delayed: plan.delayed,
        due: plan.due,
        held: plan.held,
        within1h: plan.expiring.within1h,
        mail,
      }),
    },
  };
}

/** Messages that may be given up before the late mail is through, or within a day where we cannot say when that is. */
function atRisk({ plan, forecast }: StatusInput): number {
  const sure = forecast.latest !== undefined && forecast.limit !== "destination" && forecast.limit !== "stalls";
  if (sure && forecast.stuck.length === 0 && (plan.firstGiveUp ?? Number.POSITIVE_INFINITY) > (forecast.latest ?? 0))
    return 0;
  return plan.expiring.within24h;
}

/** More is still at its senders than chance can tell from nothing. */
function manyOut({ held, stillOut }: MailReturning): boolean {
  return stillOut >= Math.max(fewMessages, held / 100);
}

/** What the public hears of mail at its senders. */
function senderFacts({ mail, downtimes, now, observer }: StatusInput): SenderFacts | undefined {
  if (observer.blind) return undefined;
  const down = hostDown(downtimes, now).at(-1);
  const away = down !== undefined && down.to === undefined ? now - down.from : undefined;
  const back = mail?.state === "returning" ? mail : undefined;
  if (away === undefined && back === undefined) return undefined;
  const since = mail?.since ?? down?.from ?? now;
  return {
    since,
    away: away === undefined ? undefined : now - since,
    stillOut: back !== undefined && manyOut(back) ? back.stillOut : 0,
    lastExpected: back?.lastExpected,
    givenUp: (mail?.givenUp ?? 0) >= 1 || (away !== undefined ? now : (back?.until ?? now)) - since >= DAY,
  };
}
