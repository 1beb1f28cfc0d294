// The report's tables, read off the ledger and the rooms after it.

import { queueNames } from "./events/survey.ts";
import type { Forecast } from "./forecast/forecast.ts";
import { codeClasses, type Ledger, outcomes } from "./ledger/ledger.ts";
import { reasonNames } from "./ledger/reasons.ts";
import type { Observation } from "./observation.ts";
import type { Downtime } from "./outages/downtime.ts";
import type {
  AttemptCount,
  DestinationView,
  IncidentsView,
  QueueCounts,
  QueueLabel,
  QueueView,
  ReasonCount,
  ReasonView,
  Report,
} from "./report.ts";
import type { Plan } from "./retries/plan.ts";
import type { MailAtSenders } from "./retries/senders/at-senders.ts";
import type { Language } from "./status/languages/language.ts";
import { publicDocument } from "./status/public/build.ts";
import { unseenUntil } from "./status/public/unseen.ts";
import type { PublicSite } from "./status/site.ts";
import type { Status } from "./status/status.ts";
import type { Duration, Instant } from "./time.ts";

/** Destinations listed in a report. */
const listed = 1000;

/** The last survey, by queue. */
export function queueView(ledger: Ledger, mta: QueueView["mta"], complete: boolean, took: Duration): QueueView {
  const queues = {} as Record<QueueLabel, QueueCounts>;
  queueNames.forEach((name, number) => {
    const counts = ledger.surveyedQueues[number];
    if (name === "unknown") return;
    queues[name] = {
      messages: counts.messages,
      recipients: counts.recipients,
      bytes: counts.bytes,
      oldestArrival: Number.isNaN(counts.oldestArrival) ? undefined : counts.oldestArrival,
    };
  });
  return { at: ledger.surveyedAt, mta, truncated: !complete, took, queues };
}

interface Findings {
  readonly downtimes: readonly Downtime[];
  readonly plan: Plan;
  readonly mail: MailAtSenders | undefined;
  readonly forecast: Forecast;
  readonly status: Status;
  readonly now: Instant;
}

/** The report of a moment. */
export function report(
  known: Observation,
  around: Pick<Report, "observer" | "demonstration"> & {
    readonly languages: readonly Language[];
    readonly site: PublicSite;
    readonly zone: string;
    readonly catchingUp: boolean;
  },
  found: Findings,
): Report {
  const { ledger, schedule, senders } = known;
  const { plan, now } = found;
  const counts = ledger.counts;
  const destinations = destinationViews(ledger, found);
  const timeline = ledger.timeline;
  const upTo = timeline.length;
  return {
    at: now,
    demonstration: around.demonstration,
    instances: known.instances.names(),
    observer: around.observer,
    queue: known.queue,
    backlog: {
      messages: plan.messages,
      recipients: plan.recipients,
      delayed: plan.delayed,
      due: plan.due,
      parked: plan.parked,
      held: plan.held,
      ages: plan.ages,
      oldestArrival: plan.oldestArrival,
      oldestDueArrival: plan.oldestDueArrival,
    },
    totals: {
      messages: { accepted: counts.accepted, removed: counts.removed, notifications: counts.notifications },
      recipients: {
        delivered: counts.delivered,
        bounced: counts.bounced,
        expired: counts.expired,
        deleted: counts.deleted,
        remaining: plan.recipients,
        unknown: counts.unknown,
      },
      attempts: {
        delivered: counts.attemptsDelivered,
        deferred: counts.attemptsDeferred,
        bounced: counts.attemptsBounced,
        expired: counts.attemptsExpired,
      },
      refused: counts.refused,
      lines: { ...known.lines },
    },
    destinations: destinations.slice(0, listed),
    destinationsTruncated: Math.max(0, destinations.length - listed) + ledger.destinations.overflow,
    reasons: reasonViews(ledger),
    attemptsByReason: attemptCounts(ledger),
    deliveryDelay: ledger.deliveryDelay.view(),
    stageDelay: ledger.stageDelay.map((stage) => stage.view()),
    downtime: found.downtimes,
    endpoints: known.endpoints.view(now),
    retries: {
      schedule,
      nextAttempt: plan.nextAttempt,
      lastAttempt: plan.lastAttempt,
      expiring: plan.expiring,
      firstGiveUp: plan.firstGiveUp,
    },
    senders: {
      mail: found.mail,
      returns: {
        returned: senders.returned,
        neverReturned: senders.neverReturned,
        waiting: senders.waiting,
        waits: senders.waits.view(),
      },
    },
    timeline: {
      from: timeline.from,
      width: timeline.width,
      accepted: [...timeline.accepted.subarray(0, upTo)],
      delivered: [...timeline.delivered.subarray(0, upTo)],
      deferred: [...timeline.deferred.subarray(0, upTo)],
      bounced: [...timeline.bounced.subarray(0, upTo)],
      backlog: timeline.levels(),
    },
    forecast: found.forecast,
    status: found.status,
    incidents: incidentsView(known),
    public: publicDocument({
      at: now,
      demonstration: around.demonstration,
      site: around.site,
      zone: around.zone,
      status: found.status,
      book: known.said.book,
      languages: around.languages,
      waiting: plan.delayed,
      mail: found.mail,
      forecast: found.forecast,
      nearlyAll: known.said.ranges.senders.range?.latest,
      timeline: { from: timeline.from, width: timeline.width, backlog: around.catchingUp ? [] : timeline.levels() },
      unseen: unseenUntil(
        known.sight,
        { from: timeline.from, width: timeline.width, told: timeline.backlog.subarray(0, upTo) },
        now,
      ),
    }),
  };
}

function incidentsView({ said: { book, phase } }: Observation): IncidentsView {
  return {
    open: book.incidents.filter(({ resolved }) => resolved === undefined).length,
    nextBy: book.nextBy,
    promised: book.promised[0]?.by,
    downSince: Number.isNaN(phase.downSince) ? undefined : phase.downSince,
  };
}

function destinationViews(ledger: Ledger, found: Findings): DestinationView[] {
  const stuck = new Set(found.forecast.stuck.map((mail) => mail.destination));
  const down = new Set(
    found.downtimes
      .filter((downtime) => downtime.to === undefined && downtime.scope === "destination")
      .map((downtime) => downtime.target),
  );
  const views: DestinationView[] = [];
  const { names } = ledger.destinations;
  for (let destination = 0; destination < names.length; destination++) {
    const reasons: ReasonCount[] = [];
    let waiting = 0;
    reasonNames.forEach((reason, number) => {
      const recipients = ledger.waiting.get(destination, number);
      if (recipients <= 0) return;
      waiting += recipients;
      reasons.push({ reason, recipients });
    });
    reasons.sort((a, b) => b.recipients - a.recipients);
    const delivered = ledger.byDestination.get(destination, 0);
    const deferred = ledger.byDestination.get(destination, 1);
    const bounced = ledger.byDestination.get(destination, 2);
    const expired = ledger.byDestination.get(destination, 3);
    if (waiting + delivered + deferred + bounced + expired === 0) continue;
    const name = names[destination];
    const lastDelivered = ledger.lastSeen.get(destination, 0);
    const lastFailed = ledger.lastSeen.get(destination, 1);
    const plan = found.plan.destinations.get(destination);
    const recently = Math.max(lastDelivered, lastFailed) > found.now - 3_600_000;
    views.push({
      name,
      waiting,
      delivered,
      deferred,
      bounced,
      expired,
      state: stuck.has(name)
        ? "stuck"
        : down.has(name)
          ? "failing"
          : recently
            ? lastDelivered > 0
              ? "works"
              : lastFailed > 0
                ? "failing"
                : "unknown"
            : "unknown",
      lastDelivered: lastDelivered === 0 ? undefined : lastDelivered,
      oldestArrival: plan?.oldestArrival,
      nextAttempt: plan?.nextAttempt,
      firstGiveUp: plan?.firstGiveUp,
      reasons,
    });
  }
  return views.sort((a, b) => b.waiting - a.waiting || b.delivered + b.deferred - a.delivered - a.deferred);
}

function sum(ledger: Ledger, outcome: number, reason: number): number {
  let all = 0;
  const row = (outcome * reasonNames.length + reason) * codeClasses.length;
  for (let column = 0; column < codeClasses.length; column++) all += ledger.attempts[row + column];
  return all;
}

function reasonViews(ledger: Ledger): ReasonView[] {
  const views: ReasonView[] = [];
  reasonNames.forEach((reason, number) => {
    if (number === 0) return;
    let waiting = 0;
    for (let destination = 0; destination < ledger.destinations.count; destination++) {
      waiting += ledger.waiting.get(destination, number);
    }
    const view = {
      reason,
      waiting,
      deferred: sum(ledger, 1, number),
      bounced: sum(ledger, 2, number),
      expired: sum(ledger, 3, number),
      refused: sum(ledger, 4, number),
      example: ledger.replies.examples[number],
    };
    if (view.waiting + view.deferred + view.bounced + view.expired + view.refused > 0) views.push(view);
  });
  return views.sort((a, b) => b.waiting - a.waiting || b.deferred + b.bounced - a.deferred - a.bounced);
}

function attemptCounts(ledger: Ledger): AttemptCount[] {
  const all: AttemptCount[] = [];
  outcomes.forEach((outcome, o) => {
    reasonNames.forEach((reason, r) => {
      codeClasses.forEach((codeClass, c) => {
        const count = ledger.attempts[(o * reasonNames.length + r) * codeClasses.length + c];
        if (count > 0) all.push({ outcome, reason, codeClass, count });
      });
    });
  });
  return all;
}
