// `mailtide replay`: a recording through the real pipeline, one line a step.

import type { Dialect } from "../../collectors/dialect.ts";
import { Observation } from "../core/observation.ts";
import { observe } from "../core/observe.ts";
import type { Report } from "../core/report.ts";
import type { Language } from "../core/status/languages/language.ts";
import { defaultSite } from "../core/status/site.ts";
import { type Duration, type Instant, instantText } from "../core/time.ts";
import { RecordingFeed, recordedSchedule } from "./recording.ts";

export interface ReplayOptions {
  readonly every: Duration;
  readonly zone: string;
  readonly languages: readonly Language[];
}

/** Plays a recording and answers the report of each step, the last one at the recording's end. */
export async function* replay(folder: string, dialect: Dialect, options: ReplayOptions): AsyncGenerator<Report> {
  const known = new Observation(recordedSchedule(folder, dialect));
  const feed = new RecordingFeed(folder, dialect, known.instances);
  const around = { demonstration: undefined, languages: options.languages, site: defaultSite, zone: options.zone };
  const start = Math.floor(feed.from / 1000) * 1000;
  const end = Math.ceil(feed.to / 1000) * 1000 + 1000;
  for (let at: Instant = start + options.every; ; at += options.every) {
    const now = Math.min(at, end);
    await feed.advance(known, now);
    yield observe(known, { ...around, observer: feed.observer(now) }, now);
    if (now >= end) return;
  }
}

/** A step as one line of NDJSON. */
export function stepJson(report: Report): string {
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
  });
}

/** A step as a line for people. */
export function stepText(report: Report): string {
  const clock = new Date(report.at).toISOString().slice(11, 19);
  return `${clock}  ${report.status.sentence}`;
}
