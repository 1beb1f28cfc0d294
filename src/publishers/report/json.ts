// A report as the value that is written as JSON: moments become text, what is unknown becomes null.

import { outlookJson } from "../../core/forecast/outlook-json.ts";
import { ageBands, type QueueCounts, type QueueView, type Report } from "../../core/report.ts";
import type { MailAtSenders } from "../../core/retries/senders/at-senders.ts";
import { type Instant, instantText } from "../../core/time.ts";
import type { ReportJson } from "./schema.ts";

/** The JSON form of a report, by `reportSchema`. */
export function toReportJson(report: Report): ReportJson {
  const { observer, queue, backlog, timeline, forecast, retries, status } = report;
  return {
    version: 1,
    at: required(report.at),
    demonstration: report.demonstration ?? null,
    instances: [...report.instances],
    observer: {
      blind: observer.blind,
      why: observer.why,
      lastSeen: instantText(observer.lastSeen),
      sources: observer.sources.map((source) => ({
        ...source,
        lastRead: instantText(source.lastRead),
        lag: source.lag ?? null,
        lines: source.lines === undefined ? null : { ...source.lines },
      })),
    },
    queue: queue === undefined ? null : queueJson(queue),
    backlog: {
      ...backlog,
      ages: ageBands.map(({ name: band }, i) => ({ band, messages: backlog.ages[i] ?? 0 })),
      oldestArrival: instantText(backlog.oldestArrival),
      oldestDueArrival: instantText(backlog.oldestDueArrival),
    },
    totals: report.totals,
    destinations: report.destinations.map((destination) => ({
      ...destination,
      reasons: [...destination.reasons],
      lastDelivered: instantText(destination.lastDelivered),
      oldestArrival: instantText(destination.oldestArrival),
      nextAttempt: instantText(destination.nextAttempt),
      firstGiveUp: instantText(destination.firstGiveUp),
    })),
    destinationsTruncated: report.destinationsTruncated,
    reasons: [...report.reasons],
    attemptsByReason: [...report.attemptsByReason],
    deliveryDelay: histogramJson(report.deliveryDelay),
    stageDelay: report.stageDelay.map(histogramJson),
    downtime: report.downtime.map((downtime) => ({
      ...downtime,
      from: required(downtime.from),
      to: instantText(downtime.to),
    })),
    endpoints: report.endpoints === undefined ? null : endpointsJson(report.endpoints),
    retries: {
      ...retries,
      nextAttempt: instantText(retries.nextAttempt),
      lastAttempt: instantText(retries.lastAttempt),
      firstGiveUp: instantText(retries.firstGiveUp),
    },
    ...(report.incidents === undefined
      ? {}
      : {
          incidents: {
            open: report.incidents.open,
            nextBy: instantText(report.incidents.nextBy),
            promised: instantText(report.incidents.promised),
            downSince: instantText(report.incidents.downSince),
          },
        }),
    ...(report.senders === undefined ? {} : { senders: sendersJson(report.senders) }),
    timeline: {
      from: required(timeline.from),
      width: timeline.width,
      accepted: [...timeline.accepted],
      delivered: [...timeline.delivered],
      deferred: [...timeline.deferred],
      bounced: [...timeline.bounced],
      backlog: [...timeline.backlog],
    },
    forecast: {
      ...forecast,
      earliest: instantText(forecast.earliest),
      likely: instantText(forecast.likely),
      latest: instantText(forecast.latest),
      outlook: forecast.outlook === undefined ? null : outlookJson(forecast.outlook),
      stuck: forecast.stuck.map((stuck) => ({
        ...stuck,
        since: instantText(stuck.since),
        nextAttempt: instantText(stuck.nextAttempt),
        firstGiveUp: instantText(stuck.firstGiveUp),
        lastGiveUp: instantText(stuck.lastGiveUp),
      })),
    },
    status: {
      ...status,
      said: [...status.said],
      since: instantText(status.since),
      expected:
        status.expected === undefined
          ? null
          : {
              earliest: new Date(status.expected.earliest).toISOString(),
              latest: new Date(status.expected.latest).toISOString(),
            },
    },
  };
}

function endpointsJson({ endpoints, ...rest }: NonNullable<Report["endpoints"]>): ReportJson["endpoints"] {
  return {
    ...rest,
    endpoints: endpoints.map(({ endpoint, state, since, last }) => ({
      endpoint,
      state,
      since: instantText(since),
      last:
        last === undefined
          ? null
          : {
              at: required(last.at),
              took: last.took / 1000,
              stage: last.stage,
              code: last.code,
              words: last.words,
              certificateEnds: instantText(last.certificateEnds),
            },
    })),
  };
}

// A report always has its own moment; one that has not would be a mistake of ours, and is still valid JSON.
function required(at: Instant): string {
  return instantText(at) ?? "1970-01-01T00:00:00.000Z";
}

function queueJson(queue: QueueView): NonNullable<ReportJson["queue"]> {
  const counts = (of: QueueCounts) => ({ ...of, oldestArrival: instantText(of.oldestArrival) });
  const { maildrop, hold, incoming, active, deferred } = queue.queues;
  return {
    ...queue,
    at: required(queue.at),
    queues: {
      maildrop: counts(maildrop),
      hold: counts(hold),
      incoming: counts(incoming),
      active: counts(active),
      deferred: counts(deferred),
    },
  };
}

function sendersJson({ mail, returns }: NonNullable<Report["senders"]>): ReportJson["senders"] {
  return {
    mail: mail === undefined ? null : mailJson(mail),
    returns: { ...returns, waits: histogramJson(returns.waits) },
  };
}

function mailJson(mail: MailAtSenders): NonNullable<NonNullable<ReportJson["senders"]>["mail"]> {
  const since = required(mail.since);
  const counted = mail.counted === undefined ? null : { ...mail.counted, at: required(mail.counted.at) };
  if (mail.state === "waiting") {
    const windows = mail.windows.map((window) => ({ ...window, begins: required(window.begins) }));
    return { ...mail, since, windows, givingUp: mail.givingUp ?? null, counted };
  }
  return {
    ...mail,
    since,
    counted,
    until: required(mail.until),
    mostExpected: required(mail.mostExpected),
    lastExpected: required(mail.lastExpected),
  };
}

function histogramJson({ bounds, counts, sum }: Report["deliveryDelay"]): ReportJson["deliveryDelay"] {
  return { bounds: [...bounds], counts: [...counts], sum };
}
