// `mailtide replay`: a recording through the real pipeline, one line a step.

import type { Dialect } from "../../collectors/dialect.ts";
import { Fault } from "../core/fault.ts";
import { answerJson, outlookJson } from "../core/forecast/outlook-json.ts";
import { unitOf } from "../core/forecast/unit.ts";
import { readQuestion, type Supposed } from "../core/forecast/what-if.ts";
import { Observation } from "../core/observation.ts";
import { observe } from "../core/observe.ts";
import type { Report } from "../core/report.ts";
import type { Language } from "../core/status/languages/language.ts";
import { defaultSite, type PublicSite } from "../core/status/site.ts";
import { type Duration, type Instant, instantText, SECOND } from "../core/time.ts";
import { RecordingFeed, recordedSchedule } from "./recording.ts";

export interface ReplayOptions {
  readonly every: Duration;
  readonly zone: string;
  /** A question to be asked at each step at which something is wrong. */
  readonly whatIf?: string;
  readonly languages: readonly Language[];
  /** What the operator says about the service. */
  readonly site?: PublicSite;
  /** Set: outputs say that this is a recording. */
  readonly demonstration?: string;
  /** The last step, if the recording is not to be played to its end. */
  readonly until?: Instant;
}

/** The report of a step, with the answer to the question if one was asked: null while nothing is wrong. */
export type ReplayStep = Report & { readonly whatIf?: Supposed | null };

/** A moment that has passed, or a place that no mail waits for, is no mistake of whoever asks at every step. */
function asked(known: Observation, question: string, now: Instant): Supposed | null {
  try {
    return known.ask(question, now) ?? null;
  } catch (error) {
    if (error instanceof Fault && error.code === "question-invalid") return null;
    throw error;
  }
}

/** Plays a recording and answers the report of each step, the last one at the recording's end. */
export async function* replay(folder: string, dialect: Dialect, options: ReplayOptions): AsyncGenerator<ReplayStep> {
  const known = new Observation(recordedSchedule(folder, dialect));
  const feed = new RecordingFeed(folder, dialect, known.instances);
  const { demonstration, languages, site = defaultSite, zone, until } = options;
  const around = { demonstration, languages, site, zone };
  const start = Math.floor(feed.from / 1000) * 1000;
  const whole = Math.ceil(feed.to / 1000) * 1000 + 1000;
  if (until !== undefined && !(until >= start && until <= whole)) {
    throw new Fault(
      "recording-invalid",
      `${instantText(until) ?? "that time"} is not in the recording ${folder}`,
      `Give a time from ${instantText(start)} to ${instantText(whole)}.`,
    );
  }
  const end = until ?? whole;
  // What can never be answered is said before the recording is played.
  if (options.whatIf !== undefined) readQuestion(options.whatIf, start);
  let last: Instant = start;
  for (let at: Instant = start + options.every; ; at += options.every) {
    const now = Math.min(at, end);
    // However seldom it speaks, it looks once a unit, as a running mailtide does.
    const unit = unitOf(known.schedule);
    for (let look = (Math.floor(last / unit) + 1) * unit; look < now; look += unit) {
      await feed.advance(known, look);
      known.passes(look, feed.observer(look).blind);
    }
    last = now;
    await feed.advance(known, now);
    const report = observe(known, { ...around, observer: feed.observer(now) }, now);
    yield options.whatIf === undefined
      ? report
      : { ...report, whatIf: report.forecast.state === "clear" ? null : asked(known, options.whatIf, now) };
    if (now >= end) return;
  }
}

/** A step as one line of NDJSON. */
export function stepJson(report: ReplayStep): string {
  const { forecast } = report;
  return JSON.stringify({
    at: instantText(report.at),
    queue: report.backlog.messages,
    backlog: report.backlog.delayed,
    state: forecast.state,
    earliest: instantText(forecast.earliest),
    likely: instantText(forecast.likely),
    latest: instantText(forecast.latest),
    limit: forecast.limit,
    sentence: report.status.sentence,
    phase: report.status.phase,
    headline: report.status.headline,
    stuck: forecast.stuck.map((mail) => ({
      destination: mail.destination,
      reason: mail.reason,
      recipients: mail.recipients,
      firstGiveUp: instantText(mail.firstGiveUp),
      lastGiveUp: instantText(mail.lastGiveUp),
    })),
    expiring: report.retries.expiring,
    outlook: forecast.outlook === undefined ? null : outlookJson(forecast.outlook),
    ...(report.whatIf === undefined ? {} : { whatIf: report.whatIf === null ? null : answerJson(report.whatIf) }),
  });
}

function answerText({ question, outlook, sooner }: Supposed): string {
  const at = instantText(outlook.ninetyNine[3]);
  if (at === null) return `What if: ${question}. No end in sight.`;
  const change = Math.round(Math.abs(sooner.ninetyNine) / SECOND);
  const than =
    !(change >= 1) || Number.isNaN(sooner.ninetyNine)
      ? "as without it"
      : `${change >= 120 ? `${Math.round(change / 60)} min` : `${change} s`} ${sooner.ninetyNine > 0 ? "sooner" : "later"}`;
  return `What if: ${question}. 99 % of the late mail delivered by ${at.slice(11, 19)} UTC, ${than}.`;
}

/** A step as a line for people. */
export function stepText(report: ReplayStep): string {
  const clock = new Date(report.at).toISOString().slice(11, 19);
  const answer =
    report.whatIf === undefined || report.whatIf === null ? "" : `\n          ${answerText(report.whatIf)}`;
  return `${clock}  ${report.status.sentence}${answer}`;
}
