// The whole program on one page. Read this first.
//
// Events and listings have gone into the `Observation`; `observe` says what they mean at a moment:
// the ledger (what is owed), outages (what is broken), retries (what will be tried, by us and by the senders that we
// kept waiting), the forecast (when it clears), the status (how it is said). Each is a folder, in this order.

import { foresee } from "./forecast/foresee.ts";
import type { Observation } from "./observation.ts";
import { failingEndpoints, probeFacts, withoutQuiet } from "./outages/probe.ts";
import { ageBands, type ObserverView, type Report } from "./report.ts";
import { planRetries } from "./retries/plan.ts";
import { mailAtSenders } from "./retries/senders/at-senders.ts";
import { withCount } from "./retries/senders/lookouts.ts";
import { describe } from "./status/describe.ts";
import type { Language } from "./status/languages/language.ts";
import type { PublicSite } from "./status/site.ts";
import type { Instant } from "./time.ts";
import { report } from "./views.ts";

/** What is not in the observation: how well mailtide sees, and how it is to speak. */
export interface Circumstances {
  readonly observer: ObserverView;
  /** What was logged while nobody read is not all read yet: of what is known so far nothing is true of now. */
  readonly catchingUp?: boolean;
  readonly demonstration: string | undefined;
  /** Every language that people are told in; the first is used where there can be only one. */
  readonly languages: readonly Language[];
  readonly site: PublicSite;
  /** IANA zone in which times are said. */
  readonly zone: string;
}

/** All that can be said about a moment. The same observation and moment give the same report. */
export function observe(known: Observation, around: Circumstances, now: Instant): Report {
  const { ledger, watch, memory, schedule } = known;
  const endpoints = known.endpoints.view(now);
  const probe = probeFacts(endpoints);
  const downtimes = withoutQuiet(watch.downtimes(ledger, now), probe);
  const plan = planRetries(
    ledger,
    schedule,
    now,
    ageBands.map((band) => band.below),
  );
  const { catchingUp = false } = around;
  const blind = around.observer.blind || catchingUp;
  known.passes(now, blind, downtimes);
  known.sees(around.observer, now);
  const mail = blind
    ? undefined
    : withCount(mailAtSenders(known.senders, downtimes, now), known.lookouts, downtimes, now);
  const outlook = blind ? undefined : known.foresight.outlook;
  const forecast = foresee({ ledger, watch, downtimes, plan, schedule, memory, outlook, blind, now });
  const { status, said } = describe({
    ledger,
    watch,
    // A downtime whose end has not been read yet is no outage of now: what was said before stands meanwhile.
    downtimes: catchingUp ? [] : downtimes,
    plan,
    mail,
    forecast,
    probe,
    failingLines: failingEndpoints(endpoints),
    before: known.said,
    ...around,
    observer: { ...around.observer, blind },
    now,
  });
  known.said = said;
  return report(known, { ...around, catchingUp }, { downtimes, plan, mail, forecast, status, now });
}
