// From facts to phase and words.

import type { Forecast } from "../forecast/forecast.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { reasonNames } from "../ledger/reasons.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import type { Plan } from "../retries/plan.ts";
import type { Instant } from "../time.ts";
import { expectedRange } from "./expected.ts";
import type { Language } from "./languages/language.ts";
import { levelOf, nextPhase, type PhaseMemory } from "./phase.ts";
import type { Status } from "./status.ts";

export interface StatusInput {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly forecast: Forecast;
  readonly observer: { readonly blind: boolean; readonly why: string };
  readonly language: Language;
  readonly zone: string;
  readonly before: PhaseMemory;
  readonly now: Instant;
}

/** The status of this moment, and what to remember for the next. */
export function describe(input: StatusInput): { status: Status; phase: PhaseMemory } {
  const { forecast, plan, downtimes, now, zone, language, ledger } = input;
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
  const phase = nextPhase(input.before, { forecast, downtimes, delayed: plan.delayed, unreachable }, now);
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
  };
  return {
    phase,
    status: {
      phase: phase.phase,
      level: levelOf(phase.phase, blind),
      blind,
      since: Number.isNaN(phase.since) ? undefined : phase.since,
      expected,
      headline: language.headline(facts),
      notice: language.notice(facts),
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
