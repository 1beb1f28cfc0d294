// What the core says about a moment: everything that publishers publish comes out of this one value.

import type { LineCounts } from "./events/batch.ts";
import type { Forecast } from "./forecast/forecast.ts";
import type { Reason } from "./ledger/reasons.ts";
import type { Downtime } from "./outages/downtime.ts";
import type { EndpointsView } from "./outages/endpoints.ts";
import type { RetrySchedule } from "./retries/schedule.ts";
import type { MailAtSenders } from "./retries/senders/at-senders.ts";
import type { PublicDocument } from "./status/public/document.ts";
import type { Status } from "./status/status.ts";
import type { Duration, Instant } from "./time.ts";

/** What has been counted since the beginning of the observation. Messages and recipients are two different numbers. */
export interface Totals {
  readonly messages: {
    /** Taken from clients and local users, once each, also behind a content filter or after a requeue. */
    readonly accepted: number;
    /** Of those, how many have left the queue for good, whatever became of their recipients. */
    readonly removed: number;
    /** Reports that the MTA wrote itself (bounce and delay notices); not in `accepted`. */
    readonly notifications: number;
  };
  /** Recipients by their final outcome, those of notifications included. */
  readonly recipients: {
    readonly delivered: number;
    readonly bounced: number;
    readonly expired: number;
    readonly deleted: number;
    readonly remaining: number;
    /** Left the queue without our seeing how: lines are missing. */
    readonly unknown: number;
  };
  /** Tries, each time the MTA reported one. */
  readonly attempts: {
    readonly delivered: number;
    readonly deferred: number;
    readonly bounced: number;
    readonly expired: number;
  };
  /** Clients and recipients that we turned away at the door. */
  readonly refused: number;
  readonly lines: LineCounts;
}

/** The newest listing of the MTA's own queue; absent (unknown) if there is none or it is stale. */
export interface QueueView {
  /** When the listing began. */
  readonly at: Instant;
  /** `listed`: complete. `stopped`: complete, but the MTA is not running. */
  readonly mta: "running" | "stopped";
  /** A listing that broke off is a lower bound. */
  readonly truncated: boolean;
  /** How long the listing took. */
  readonly took: Duration;
  readonly queues: Readonly<Record<QueueLabel, QueueCounts>>;
}

export type QueueLabel = "maildrop" | "hold" | "incoming" | "active" | "deferred";

export interface QueueCounts {
  readonly messages: number;
  readonly recipients: number;
  readonly bytes: number;
  readonly oldestArrival: Instant | undefined;
}

/** Messages by age: upper bounds of the bands, the last without one. */
export const ageBands: readonly { readonly name: string; readonly below: Duration }[] = [
  { name: "5m", below: 300_000 },
  { name: "15m", below: 900_000 },
  { name: "1h", below: 3_600_000 },
  { name: "4h", below: 14_400_000 },
  { name: "1d", below: 86_400_000 },
  { name: "3d", below: 259_200_000 },
  { name: "5d", below: 432_000_000 },
  { name: "inf", below: Number.POSITIVE_INFINITY },
];

/** What is owed now, by the ledger. */
export interface BacklogView {
  /** All messages in the queue. */
  readonly messages: number;
  readonly recipients: number;
  /** Messages that have been deferred at least once or waited longer than usual, held ones not counted. */
  readonly delayed: number;
  /** Of `delayed`: the next attempt is due or under way. */
  readonly due: number;
  /** Of `delayed`: waiting for the next attempt. */
  readonly parked: number;
  /** Set aside by an administrator. */
  readonly held: number;
  /** Messages by age, a number a band of `ageBands`. */
  readonly ages: readonly number[];
  readonly oldestArrival: Instant | undefined;
  /** Arrival of the oldest message whose next attempt is due. */
  readonly oldestDueArrival: Instant | undefined;
}

/** One destination and how it fares. Counts are of recipients. */
export interface DestinationView {
  readonly name: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly deferred: number;
  readonly bounced: number;
  readonly expired: number;
  /** `stuck`: refuses everything while other mail moves. `unknown`: not tried lately. */
  readonly state: "works" | "failing" | "stuck" | "unknown";
  readonly lastDelivered: Instant | undefined;
  readonly oldestArrival: Instant | undefined;
  /** When the first of its waiting messages is tried next. */
  readonly nextAttempt: Instant | undefined;
  /** When the first of its waiting messages will be given up. */
  readonly firstGiveUp: Instant | undefined;
  /** Why its mail waits: most frequent first. */
  readonly reasons: readonly ReasonCount[];
}

export interface ReasonCount {
  readonly reason: Reason;
  readonly recipients: number;
}

/** What became of attempts, a row a reason. Counts are of attempts since the beginning. */
export interface ReasonView {
  readonly reason: Reason;
  readonly waiting: number;
  readonly deferred: number;
  readonly bounced: number;
  readonly expired: number;
  readonly refused: number;
  /** One reply of this kind as it was logged, cleaned of control characters. For administrators only. */
  readonly example: string;
}

/** When waiting mail is tried next and when it is given up. */
export interface RetryView {
  readonly schedule: RetrySchedule;
  readonly nextAttempt: Instant | undefined;
  readonly lastAttempt: Instant | undefined;
  /** Messages that will be returned to their senders unless they are delivered within 1, 6, 24 hours. */
  readonly expiring: { readonly within1h: number; readonly within6h: number; readonly within24h: number };
  readonly firstGiveUp: Instant | undefined;
}

/** Counts over time. Starts are `from + i * width`. */
export interface TimelineView {
  readonly from: Instant;
  readonly width: Duration;
  readonly accepted: readonly number[];
  readonly delivered: readonly number[];
  readonly deferred: readonly number[];
  readonly bounced: readonly number[];
  /** Messages in the queue at the end of each stretch. */
  readonly backlog: readonly number[];
}

/** A histogram in Prometheus' sense; `counts[i]` is the number of observations in bucket `i`, not cumulative. */
export interface HistogramView {
  /** Upper bounds in seconds; one more count than bounds, for those above the last. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** How well mailtide itself sees. */
export interface ObserverView {
  /** True when what is said may be out of date. */
  readonly blind: boolean;
  /** Why, in words for the administrator; empty if not blind. */
  readonly why: string;
  /** Time of the last good observation of any source. */
  readonly lastSeen: Instant | undefined;
  readonly sources: readonly SourceView[];
}

export interface SourceView {
  readonly name: string;
  readonly kind: "log" | "queue";
  readonly up: boolean;
  /** Empty if up. */
  readonly fault: string;
  readonly lastRead: Instant | undefined;
  /** Age of the newest line read against now, where that is meant. */
  readonly lag: Duration | undefined;
  readonly lines: LineCounts | undefined;
  readonly rotations: number;
  /** Bytes that were lost to truncation before they were read. */
  readonly gapBytes: number;
}

/** Senders that we made wait: by turning them away, or by not being there. */
export interface SendersView {
  /** Mail that waits at its senders for an outage of ours; undefined: there was none lately, or it is unknown. */
  readonly mail: MailAtSenders | undefined;
  /** Senders that we turned away for now, since the beginning. */
  readonly returns: {
    readonly returned: number;
    /** Those who did not come back for longer than their kind holds on to a message. */
    readonly neverReturned: number;
    /** Those who may still come back. */
    readonly waiting: number;
    /** From the first refusal to acceptance. */
    readonly waits: HistogramView;
  };
}

/** Incidents, for the administrator: what was promised, and how long there has been no service. */
export interface IncidentsView {
  /** Not resolved. */
  readonly open: number;
  /** When mailtide itself says more at the latest; undefined while there is nothing to say. */
  readonly nextBy: Instant | undefined;
  /** The soonest promise of the operator's that is not kept, even if it has passed; undefined for none. */
  readonly promised: Instant | undefined;
  /** Since when there has been no service at all, from the last relapse; undefined while there is some. */
  readonly downSince: Instant | undefined;
}

/** All that mailtide knows at a moment. */
export interface Report {
  readonly at: Instant;
  /** Set when what is shown is a recording: every output must say so. */
  readonly demonstration: string | undefined;
  readonly instances: readonly string[];
  readonly observer: ObserverView;
  readonly queue: QueueView | undefined;
  readonly backlog: BacklogView;
  readonly totals: Totals;
  readonly destinations: readonly DestinationView[];
  /** Destinations beyond those listed. */
  readonly destinationsTruncated: number;
  readonly reasons: readonly ReasonView[];
  readonly attemptsByReason: readonly AttemptCount[];
  readonly deliveryDelay: HistogramView;
  /** Before the queue manager, in it, connecting, transmitting. */
  readonly stageDelay: readonly HistogramView[];
  readonly downtime: readonly Downtime[];
  readonly retries: RetryView;
  readonly senders?: SendersView | undefined;
  /** Our own addresses as a stranger finds them; undefined: nobody looks at them. */
  readonly endpoints: EndpointsView | undefined;
  readonly timeline: TimelineView;
  readonly forecast: Forecast;
  readonly status: Status;
  readonly incidents?: IncidentsView | undefined;
  /** What of all this the public may see; public channels are made from it alone, and have it in full. */
  readonly public: PublicDocument;
}

/** Attempts by outcome, reason and class of reply; for the counter of the same name. */
export interface AttemptCount {
  readonly outcome: "delivered" | "deferred" | "bounced" | "expired" | "refused";
  readonly reason: Reason;
  readonly codeClass: "2xx" | "4xx" | "5xx" | "none";
  readonly count: number;
}
