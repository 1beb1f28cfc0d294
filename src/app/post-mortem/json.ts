// A look back as a value: everything that is printed, as text or as JSON, comes out of it.

import type { Dialect } from "../../../collectors/dialect.ts";
import type { Observation } from "../../core/observation.ts";
import type { Report } from "../../core/report.ts";
import { type Instant, instantText, SECOND } from "../../core/time.ts";
import type { Findings } from "./findings.ts";
import type { LogMerge } from "./merge.ts";
import type { PostMortemJson } from "./schema.ts";

export interface Past {
  readonly dialect: Dialect;
  readonly known: Observation;
  /** At the moment of the last line. */
  readonly report: Report;
  readonly findings: Findings;
  readonly merge: LogMerge;
}

/** The look back, by `postMortemSchema`. */
export function postMortemJson({ dialect, known, report, findings, merge }: Past): PostMortemJson {
  const { delays } = findings;
  const { names } = known.ledger.destinations;
  const numbers = new Map(names.map((name, number) => [name, number]));
  const inSeconds = (delay: number): number | null => (Number.isNaN(delay) ? null : round(delay / SECOND));
  const { backlog, timeline, status } = report;
  return {
    version: 1,
    mta: dialect.name,
    period: { from: stamp(findings.from), to: stamp(findings.to) },
    files: merge.files.map((file) => ({
      path: file.path,
      packing: file.packing,
      bytes: file.bytes,
      from: instantText(file.from),
      to: instantText(file.to),
      lines: { ...file.lines },
      repeated: file.repeated,
    })),
    notes: [...merge.notes],
    schedule: { ...known.schedule },
    totals: report.totals,
    destinations: report.destinations.map((one) => ({
      name: one.name,
      waiting: one.waiting,
      delivered: one.delivered,
      deferred: one.deferred,
      bounced: one.bounced,
      expired: one.expired,
      longestDelay: findings.longestDelay(numbers.get(one.name) ?? -1) ?? null,
      lastDelivered: instantText(one.lastDelivered),
      oldestArrival: instantText(one.oldestArrival),
      reasons: [...one.reasons],
    })),
    destinationsTruncated: report.destinationsTruncated,
    reasons: [...report.reasons],
    losses: findings.losses(known.ledger),
    delays: {
      recipients: delays.count,
      mean: delays.count === 0 ? null : round(delays.sum / delays.count / SECOND),
      p50: inSeconds(delays.quantile(0.5)),
      p90: inSeconds(delays.quantile(0.9)),
      p99: inSeconds(delays.quantile(0.99)),
      max: inSeconds(delays.longest),
      histogram: {
        bounds: [...report.deliveryDelay.bounds],
        counts: [...report.deliveryDelay.counts],
        sum: report.deliveryDelay.sum,
      },
    },
    downtime: report.downtime.map((one) => ({
      ...one,
      from: stamp(one.from),
      to: instantText(one.to),
      seconds: Math.max(0, ((one.to ?? report.at) - one.from) / SECOND),
    })),
    timeline: {
      from: stamp(Number.isNaN(timeline.from) ? findings.from : timeline.from),
      width: timeline.width,
      accepted: [...timeline.accepted],
      delivered: [...timeline.delivered],
      deferred: [...timeline.deferred],
      bounced: [...timeline.bounced],
      backlog: [...timeline.backlog],
    },
    end: {
      messages: backlog.messages,
      recipients: backlog.recipients,
      delayed: backlog.delayed,
      held: backlog.held,
      oldestArrival: instantText(backlog.oldestArrival),
      sentence: status.sentence,
    },
    unread: merge.unread.map((one) => ({ ...one })),
  };
}

function stamp(at: Instant): string {
  return new Date(at).toISOString();
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
