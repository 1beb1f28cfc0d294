// Reports to publish in tests: an outage in every stage, one that knows nothing, one that is empty.
// The numbers are made by hand so that a test can name them.

import type { DestinationView, HistogramView, Report } from "../../src/core/report.ts";
import type { RetrySchedule } from "../../src/core/retries/schedule.ts";
import { emptyBook } from "../../src/core/status/incidents/book.ts";
import english from "../../src/core/status/languages/en/index.ts";
import { publicDocument } from "../../src/core/status/public/build.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import type { Status } from "../../src/core/status/status.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../../src/core/time.ts";

/** When the outage of these reports began: a Thursday. */
export const outageStart: Instant = Date.UTC(2026, 10, 5, 14, 0, 0);
const recovered = outageStart + 30 * MINUTE;
const cleared = outageStart + 90 * MINUTE;

const schedule: RetrySchedule = {
  law: "age",
  minimalBackoff: 300 * SECOND,
  maximalBackoff: 4000 * SECOND,
  queueRun: 300 * SECOND,
  lifetime: 120 * HOUR,
  nullSenderLifetime: 120 * HOUR,
  activeLimit: 20_000,
  contentFilter: "",
  source: "configured",
};

/** A report as the core hands it out: its words in one language, and what the public may see of it. */
function told(report: Omit<Report, "status" | "public"> & { readonly status: Omit<Status, "said"> }): Report {
  const { headline, notice } = report.status;
  const status = { ...report.status, said: [{ language: "en", headline, notice }] };
  const known = {
    ...report,
    status,
    site: defaultSite,
    zone: "UTC",
    languages: [english],
    book: emptyBook,
    waiting: report.backlog.delayed,
    mail: report.senders?.mail,
    unseen: [],
    nearlyAll: report.senders?.mail?.state === "returning" ? report.senders.mail.lastExpected : undefined,
  };
  return { ...report, status, public: publicDocument(known) };
}

function delays(first: number): HistogramView {
  const bounds = [1, 10, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 432_000];
  return { bounds, counts: [first, 40, 9, 120, 300, 210, 3, 0, 0, 0, 0], sum: 412_345.25 };
}

function destination(name: string, over: Partial<DestinationView>): DestinationView {
  return {
    name,
    waiting: 0,
    delivered: 0,
    deferred: 0,
    bounced: 0,
    expired: 0,
    state: "works",
    lastDelivered: undefined,
    oldestArrival: undefined,
    nextAttempt: undefined,
    firstGiveUp: undefined,
    reasons: [],
    ...over,
  };
}

/** Messages that wait at a moment of the outage: they pile up for half an hour and drain for an hour. */
function waitingAt(at: Instant): number {
  if (at <= outageStart) return 0;
  if (at < recovered) return Math.round(((at - outageStart) / MINUTE) * 40);
  if (at < cleared) return Math.round(1200 * (1 - (at - recovered) / (cleared - recovered)));
  return 0;
}

/** The server itself was away for an hour around the outage's beginning, and its mail comes back from the senders. */
export function sendersAt(at: Instant): NonNullable<Report["senders"]> {
  const returns = { returned: 6, neverReturned: 1, waiting: 2, waits: delays(6) };
  const since = outageStart - 30 * MINUTE;
  const until = outageStart + 75 * MINUTE;
  if (at < since) return { mail: undefined, returns };
  if (at < until) {
    const windows = [
      { patience: "24h", begins: since + 24 * HOUR, messages: 20 },
      { patience: "5d", begins: since + 120 * HOUR, messages: 80 },
    ];
    const givingUp = { within1h: 0, within6h: 0, within24h: 20 };
    return { mail: { state: "waiting", since, held: 100, givenUp: 0, givingUp, windows }, returns };
  }
  const stillOut = Math.max(0, 100 - Math.round((at - until) / MINUTE) * 10);
  return {
    mail: {
      state: "returning",
      since,
      until,
      held: 100,
      arrived: 100 - stillOut,
      stillOut,
      givenUp: 0,
      shareArrived: 1 - stillOut / 100,
      mostExpected: until + 9 * MINUTE,
      lastExpected: until + 10 * MINUTE,
    },
    returns,
  };
}

/** The report at a moment of an outage at one destination, with a second one that stays dead. */
export function outageReport(at: Instant = outageStart + 60 * MINUTE, over: Partial<Report> = {}): Report {
  const minutes = Math.max(0, Math.round((at - outageStart) / MINUTE)) + 60;
  const waiting = waitingAt(at);
  const stuck = at > outageStart ? 20 : 0;
  const delayed = waiting + stuck;
  const down = at >= outageStart && at < recovered;
  const accepted = minutes * 55;
  const delivered = accepted - delayed - 14;
  const backlog = Array.from({ length: minutes }, (_, i) => waitingAt(at - (minutes - 1 - i) * MINUTE));
  const state = down ? "growing" : delayed === 0 ? "clear" : waiting === 0 ? "stalled" : "draining";
  const likely = Math.max(at, cleared);
  const lines = { read: accepted * 6, foreign: 310, unsupported: 2, malformed: 1 };
  return told({
    at,
    demonstration: undefined,
    instances: ["mx1/postfix"],
    observer: {
      blind: false,
      why: "",
      lastSeen: at - SECOND,
      sources: [
        {
          name: "mail.log",
          kind: "log",
          up: true,
          fault: "",
          lastRead: at - SECOND,
          lag: 1500,
          lines,
          rotations: 1,
          gapBytes: 0,
        },
        {
          name: "postqueue-json",
          kind: "queue",
          up: true,
          fault: "",
          lastRead: at - 4 * SECOND,
          lag: undefined,
          lines: undefined,
          rotations: 0,
          gapBytes: 0,
        },
      ],
    },
    queue: {
      at: at - 4 * SECOND,
      mta: "running",
      truncated: false,
      took: 180,
      queues: {
        maildrop: { messages: 0, recipients: 0, bytes: 0, oldestArrival: undefined },
        hold: { messages: 2, recipients: 2, bytes: 9000, oldestArrival: outageStart - HOUR },
        incoming: { messages: 1, recipients: 1, bytes: 3000, oldestArrival: at - 5 * SECOND },
        active: { messages: 3, recipients: 4, bytes: 12_000, oldestArrival: at - 8 * SECOND },
        deferred: {
          messages: delayed,
          recipients: delayed + 5,
          bytes: delayed * 4200,
          oldestArrival: delayed === 0 ? undefined : outageStart,
        },
      },
    },
    backlog: {
      messages: delayed + 6,
      recipients: delayed + 12,
      delayed,
      due: Math.floor(delayed / 10),
      parked: delayed - Math.floor(delayed / 10),
      held: 2,
      ages: [4, 0, 0, delayed + 2, 0, 0, 0, 0],
      oldestArrival: outageStart - HOUR,
      oldestDueArrival: delayed >= 10 ? outageStart : undefined,
    },
    totals: {
      messages: { accepted, removed: accepted - delayed - 6, notifications: 14 },
      recipients: { delivered, bounced: 14, expired: 0, deleted: 0, remaining: delayed + 12, unknown: 0 },
      attempts: { delivered, deferred: minutes * 25, bounced: 14, expired: 0 },
      refused: 7,
      lines,
    },
    destinations: [
      destination("hospital.test", {
        waiting,
        delivered: delivered - 400,
        deferred: minutes * 20,
        state: down ? "failing" : "works",
        lastDelivered: down ? outageStart : at - SECOND,
        oldestArrival: waiting > 0 ? outageStart : undefined,
        nextAttempt: waiting > 0 ? at + 90 * SECOND : undefined,
        firstGiveUp: waiting > 0 ? outageStart + schedule.lifetime : undefined,
        reasons: waiting > 0 ? [{ reason: "connection-refused", recipients: waiting }] : [],
      }),
      destination("gone.test", {
        waiting: stuck,
        deferred: minutes * 5,
        state: "stuck",
        oldestArrival: outageStart,
        nextAttempt: at + 10 * MINUTE,
        firstGiveUp: at + 5 * HOUR,
        reasons:
          stuck > 0
            ? [
                { reason: "connection-timeout", recipients: stuck - 2 },
                { reason: "name-lookup-failed", recipients: 1 },
              ]
            : [],
      }),
      destination("example.org", { delivered: 400, bounced: 14, lastDelivered: at - SECOND }),
    ],
    destinationsTruncated: 0,
    reasons: [
      {
        reason: "connection-refused",
        waiting,
        deferred: minutes * 20,
        bounced: 0,
        expired: 0,
        refused: 0,
        example: "connect to hospital.test[192.0.2.25]:25: Connection refused",
      },
      {
        reason: "mailbox-unknown",
        waiting: 0,
        deferred: 0,
        bounced: 14,
        expired: 0,
        refused: 7,
        example: "550 5.1.1 <nobody@example.org>: no such <b>mailbox</b>",
      },
    ],
    attemptsByReason: [
      { outcome: "delivered", reason: "none", codeClass: "2xx", count: delivered },
      { outcome: "deferred", reason: "connection-refused", codeClass: "none", count: minutes * 20 },
      { outcome: "deferred", reason: "connection-timeout", codeClass: "none", count: minutes * 5 },
      { outcome: "bounced", reason: "mailbox-unknown", codeClass: "5xx", count: 14 },
      { outcome: "refused", reason: "mailbox-unknown", codeClass: "5xx", count: 7 },
    ],
    deliveryDelay: delays(delivered),
    stageDelay: [delays(delivered), delays(delivered), delays(delivered), delays(delivered)],
    downtime: [
      {
        scope: "destination",
        target: "hospital.test",
        from: outageStart,
        to: down ? undefined : recovered,
        source: "inferred",
        cause: "every attempt answered: Connection refused",
        failures: 600,
      },
      {
        scope: "destination",
        target: "gone.test",
        from: outageStart,
        to: undefined,
        source: "inferred",
        cause: "every attempt timed out",
        failures: 150,
      },
    ],
    endpoints: {
      endpoints: [
        {
          endpoint: "192.0.2.25:25",
          state: "serves",
          since: outageStart - HOUR,
          last: {
            endpoint: "192.0.2.25:25",
            at,
            took: 120,
            stage: "served",
            ours: false,
            code: 0,
            words: "",
            certificateEnds: outageStart + 900 * HOUR,
          },
        },
      ],
      of: 1,
      failing: 0,
      unknown: 0,
      allFail: false,
      suspected: false,
    },
    retries: {
      schedule,
      nextAttempt: delayed > 0 ? at + 90 * SECOND : undefined,
      lastAttempt: delayed > 0 ? at + 40 * MINUTE : undefined,
      expiring: { within1h: 0, within6h: stuck, within24h: stuck },
      firstGiveUp: stuck > 0 ? at + 5 * HOUR : undefined,
    },
    senders: sendersAt(at),
    incidents: {
      open: down ? 1 : 0,
      nextBy: at + HOUR,
      promised: at + 2 * HOUR,
      downSince: at >= outageStart && at < outageStart + 75 * MINUTE ? outageStart : undefined,
    },
    timeline: {
      from: at - minutes * MINUTE,
      width: MINUTE,
      accepted: backlog.map(() => 55),
      delivered: backlog.map(() => 40),
      deferred: backlog.map(() => 25),
      bounced: backlog.map(() => 0),
      backlog,
    },
    forecast: {
      state,
      earliest: state === "draining" ? likely - 15 * MINUTE : undefined,
      likely: state === "draining" ? likely : undefined,
      latest: state === "draining" ? likely + 20 * MINUTE : undefined,
      limit: down ? "destination" : state === "draining" ? "retry_timers" : "none",
      because: "The next attempts are spread over 66 minutes by the retry timers.",
      messages: waiting,
      stuck:
        stuck > 0
          ? [
              {
                destination: "gone.test",
                reason: "connection-timeout",
                recipients: stuck,
                since: outageStart,
                nextAttempt: at + 10 * MINUTE,
                firstGiveUp: at + 5 * HOUR,
                lastGiveUp: at + 6 * HOUR,
              },
            ]
          : [],
    },
    status: {
      phase: down ? "partial" : delayed > 0 ? "draining" : "normal",
      level: down ? "partial-outage" : delayed > 0 ? "delayed" : "operational",
      blind: false,
      since: recovered,
      expected: state === "draining" ? { earliest: likely - 15 * MINUTE, latest: likely + 20 * MINUTE } : undefined,
      headline: "Email is working again. Late mail is still coming in.",
      notice:
        "Email came back at 14:30 on Thursday. New mail takes about a minute.\nWe expect 8 out of 10 late messages between 15:15 and 15:50.",
      sentence: `${delayed} messages wait; gone.test has taken nothing since 14:00.`,
    },
    ...over,
  });
}

/** mailtide has just started on an idle server: all is known, and all is nought. */
export function emptyReport(at: Instant = outageStart): Report {
  const nothing: HistogramView = { bounds: [1, 10], counts: [0, 0, 0], sum: 0 };
  const none = { messages: 0, recipients: 0, bytes: 0, oldestArrival: undefined };
  const lines = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  const full = outageReport(at - HOUR);
  return told({
    ...full,
    at,
    queue: {
      at,
      mta: "running",
      truncated: false,
      took: 20,
      queues: { maildrop: none, hold: none, incoming: none, active: none, deferred: none },
    },
    backlog: {
      messages: 0,
      recipients: 0,
      delayed: 0,
      due: 0,
      parked: 0,
      held: 0,
      ages: [0, 0, 0, 0, 0, 0, 0, 0],
      oldestArrival: undefined,
      oldestDueArrival: undefined,
    },
    totals: {
      messages: { accepted: 0, removed: 0, notifications: 0 },
      recipients: { delivered: 0, bounced: 0, expired: 0, deleted: 0, remaining: 0, unknown: 0 },
      attempts: { delivered: 0, deferred: 0, bounced: 0, expired: 0 },
      refused: 0,
      lines,
    },
    destinations: [],
    reasons: [],
    attemptsByReason: [],
    deliveryDelay: nothing,
    stageDelay: [nothing, nothing, nothing, nothing],
    downtime: [],
    retries: {
      schedule,
      nextAttempt: undefined,
      lastAttempt: undefined,
      expiring: { within1h: 0, within6h: 0, within24h: 0 },
      firstGiveUp: undefined,
    },
    incidents: { open: 0, nextBy: undefined, promised: undefined, downSince: undefined },
    senders: { mail: undefined, returns: { returned: 0, neverReturned: 0, waiting: 0, waits: nothing } },
    timeline: { from: at, width: MINUTE, accepted: [], delivered: [], deferred: [], bounced: [], backlog: [] },
    forecast: {
      state: "clear",
      earliest: undefined,
      likely: undefined,
      latest: undefined,
      limit: "none",
      because: "",
      messages: 0,
      stuck: [],
    },
    status: {
      phase: "normal",
      level: "operational",
      blind: false,
      since: undefined,
      expected: undefined,
      headline: "Email is working.",
      notice: "No mail is late.",
      sentence: "The queue is empty.",
    },
  });
}

/** Nothing could be seen: no log, no listing, no instance. */
export function blindReport(at: Instant = outageStart): Report {
  const empty = emptyReport(at);
  return told({
    ...empty,
    instances: [],
    queue: undefined,
    observer: {
      blind: true,
      why: "mail.log cannot be read: permission denied.",
      lastSeen: undefined,
      sources: [
        {
          name: "mail.log",
          kind: "log",
          up: false,
          fault: "permission denied",
          lastRead: undefined,
          lag: undefined,
          lines: undefined,
          rotations: 0,
          gapBytes: 0,
        },
      ],
    },
    forecast: { ...empty.forecast, state: "unknown" },
    status: {
      ...empty.status,
      level: "unknown",
      blind: true,
      headline: "We cannot see whether email works.",
      notice: "We cannot say yet.",
    },
  });
}

/** The whole outage, a report every half minute: before, during, draining, and after it. */
export function outageReports(): Report[] {
  const reports: Report[] = [];
  for (let at = outageStart - 10 * MINUTE; at <= cleared + 10 * MINUTE; at += 30 * SECOND)
    reports.push(outageReport(at));
  return reports;
}
