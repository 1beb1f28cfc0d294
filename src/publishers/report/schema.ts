// The report as JSON: what /api/v1/report answers. Version 1: keys may be added, none changes its meaning or goes.

import { z } from "zod";
import { clearLimits, clearStates } from "../../core/forecast/forecast.ts";
import { reasonNames } from "../../core/ledger/reasons.ts";
import { probeStages } from "../../core/outages/endpoints.ts";
import { patienceMarks } from "../../core/retries/senders/at-senders.ts";
import { phases } from "../../core/status/status.ts";

const count = z.int().nonnegative();
const instant = z.iso.datetime().describe("RFC 3339, UTC");
const perhaps = instant.nullable().describe("RFC 3339, UTC; null where it is unknown or does not apply");
const duration = z.number().describe("milliseconds");
const reason = z.enum(reasonNames);

const lines = z.strictObject({ read: count, foreign: count, unsupported: count, malformed: count });

const totals = z.strictObject({
  messages: z.strictObject({ accepted: count, removed: count, notifications: count }),
  recipients: z.strictObject({
    delivered: count,
    bounced: count,
    expired: count,
    deleted: count,
    remaining: count,
    unknown: count,
  }),
  attempts: z.strictObject({ delivered: count, deferred: count, bounced: count, expired: count }),
  refused: count,
  lines,
});

const queueCounts = z.strictObject({ messages: count, recipients: count, bytes: count, oldestArrival: perhaps });

const queue = z.strictObject({
  at: instant,
  mta: z.enum(["running", "stopped"]),
  truncated: z.boolean().describe("the listing broke off: its numbers are lower bounds"),
  took: duration,
  queues: z.strictObject({
    maildrop: queueCounts,
    hold: queueCounts,
    incoming: queueCounts,
    active: queueCounts,
    deferred: queueCounts,
  }),
});

const backlog = z.strictObject({
  messages: count,
  recipients: count,
  delayed: count,
  due: count,
  parked: count,
  held: count,
  ages: z.array(z.strictObject({ band: z.string(), messages: count })),
  oldestArrival: perhaps,
  oldestDueArrival: perhaps,
});

const destination = z.strictObject({
  name: z.string(),
  waiting: count.describe("recipients"),
  delivered: count,
  deferred: count,
  bounced: count,
  expired: count,
  state: z.enum(["works", "failing", "stuck", "unknown"]),
  lastDelivered: perhaps,
  oldestArrival: perhaps,
  nextAttempt: perhaps,
  firstGiveUp: perhaps,
  reasons: z.array(z.strictObject({ reason, recipients: count })),
});

const reasonRow = z.strictObject({
  reason,
  waiting: count,
  deferred: count,
  bounced: count,
  expired: count,
  refused: count,
  example: z.string().describe("one reply as it was logged: for administrators only"),
});

const attempts = z.strictObject({
  outcome: z.enum(["delivered", "deferred", "bounced", "expired", "refused"]),
  reason,
  codeClass: z.enum(["2xx", "4xx", "5xx", "none"]),
  count,
});

const histogram = z.strictObject({
  bounds: z.array(z.number()).describe("upper bounds in seconds"),
  counts: z.array(count).describe("not cumulative; one more than bounds"),
  sum: z.number().describe("seconds"),
});

const downtime = z.strictObject({
  scope: z.enum(["host", "destination", "filter"]),
  target: z.string(),
  from: instant,
  to: perhaps,
  source: z.enum(["inferred", "declared"]),
  cause: z.string(),
  failures: count,
});

const schedule = z.strictObject({
  law: z.literal("age"),
  minimalBackoff: duration,
  maximalBackoff: duration,
  queueRun: duration,
  lifetime: duration,
  nullSenderLifetime: duration,
  activeLimit: count,
  contentFilter: z.string(),
  source: z.enum(["configured", "assumed"]),
});

const retries = z.strictObject({
  schedule,
  nextAttempt: perhaps,
  lastAttempt: perhaps,
  expiring: z.strictObject({ within1h: count, within6h: count, within24h: count }),
  firstGiveUp: perhaps,
});

const counted = z
  .strictObject({
    at: instant,
    whole: z
      .boolean()
      .describe("the lookout was there for all of the outage; then `held` is its count, else there is more"),
    held: count.describe("messages with senders who have come again or may still do so"),
    heldAtMost: count.describe("the same if all that could not be told apart are messages of their own"),
    returned: count.describe("counted messages that our server has taken since"),
    silent: count.describe("messages offered once, so long ago that their senders hardly try again"),
  })
  .nullable()
  .describe("what a lookout counted; null: none was heard in the last two minutes, and all is expected only");

const waitingMail = z.strictObject({
  state: z.literal("waiting").describe("our server is down, and the mail for it waits at its senders"),
  since: instant,
  held: count.describe("messages that wait there now: as counted, else as expected"),
  counted,
  givenUp: count.describe("messages that their senders have given up by now, as expected"),
  givingUp: z
    .strictObject({ within1h: count, within6h: count, within24h: count })
    .nullable()
    .describe(
      "messages that senders give up within so long if our server stays down, each with the shorter ones; null: unknown",
    ),
  windows: z.array(
    z.strictObject({
      patience: z.enum(patienceMarks.map(({ name }) => name)),
      begins: instant.describe("when the first of these senders gives up"),
      messages: count,
    }),
  ),
});

const returningMail = z.strictObject({
  state: z.literal("returning").describe("our server is back, and the mail that waited at its senders comes in"),
  since: instant,
  until: instant.describe("when our server was back"),
  held: count.describe("messages that waited and come, those that have come included"),
  arrived: count,
  stillOut: count,
  givenUp: count,
  shareArrived: z.number().min(0).max(1),
  mostExpected: instant.describe("when 9 of 10 have come"),
  lastExpected: instant.describe("when 99 of 100 have come"),
  counted,
});

const senders = z.strictObject({
  mail: z
    .discriminatedUnion("state", [waitingMail, returningMail])
    .nullable()
    .describe(
      "estimates, but for what is counted; null: there was no outage of our server lately, or too little is known of usual days",
    ),
  returns: z.strictObject({
    returned: count.describe("senders that we turned away for now and that came back"),
    neverReturned: count,
    waiting: count,
    waits: histogram.describe("from the first refusal to acceptance"),
  }),
});

const series = z.array(count);
const timeline = z.strictObject({
  from: instant,
  width: duration,
  accepted: series,
  delivered: series,
  deferred: series,
  bounced: series,
  backlog: series,
});

const moments = z
  .strictObject({ p5: perhaps, p10: perhaps, p25: perhaps, p50: perhaps, p75: perhaps, p90: perhaps, p95: perhaps })
  .describe("moments by which it will have come about in so many of 100 cases; null: not within five days in so many")
  .meta({ id: "moments" });
const share = z.number().min(0).max(1);
const cause = z.enum(["service", "timers", "senders", "destination", "down", "stuck", "none"]);
const shownTarget = z.strictObject({ at: perhaps, earliest: perhaps, latest: perhaps }).meta({ id: "shown" });

const outlookFields = {
  at: instant,
  recovered: z.boolean().describe("something has come back since the trouble began"),
  queue: moments.describe("queue back to normal"),
  half: moments.describe("50 % of the mail that the trouble delayed delivered, also what waits at its senders"),
  ninety: moments.describe("90 % of it"),
  ninetyNine: moments.describe("99 % of it"),
  never: share.describe("probability that the queue is not back to normal within five days"),
  growing: share.describe("probability that the queue is no smaller in an hour"),
  cause: cause.describe("what limits it: without it, it would be over soonest"),
  causes: z.strictObject({ queue: cause, ninetyNine: cause }),
  saves: duration.describe("what lifting the cause would save, in milliseconds"),
  remedies: z
    .strictObject({ service: duration, timers: duration, senders: duration, destination: duration, down: duration })
    .describe("what each would save in milliseconds; timers: flushing the queue now"),
  stuck: z
    .array(z.strictObject({ destination: z.string(), messages: count }))
    .describe("destinations that refuse everything: in none of the ranges"),
  destinations: z.array(z.strictObject({ destination: z.string(), messages: count, ninetyNine: moments })),
  atSenders: z.number().nonnegative().describe("messages that senders still hold, expected, or counted by a lookout"),
  progress: share.describe("of the delayed mail, what has been delivered"),
  allClear: z.boolean(),
  notClearing: z.boolean(),
  noEndInSight: z.boolean(),
  shown: z
    .strictObject({ queue: shownTarget, half: shownTarget, ninety: shownTarget, ninetyNine: shownTarget })
    .describe("as it stands on a screen: replaced only when two estimates speak against it"),
};
const outlook = z.strictObject(outlookFields).meta({ id: "outlook" });

const saved = duration.nullable().describe("milliseconds, below 0: later; null where one of the two never comes");
const answer = z.strictObject({
  question: z.string(),
  at: instant,
  outlook,
  sooner: z.strictObject({ queue: saved, half: saved, ninety: saved, ninetyNine: saved }),
});

const forecast = z.strictObject({
  state: z.enum(clearStates),
  earliest: perhaps,
  likely: perhaps,
  latest: perhaps,
  limit: z.enum(clearLimits),
  because: z.string(),
  messages: count,
  outlook: outlook.nullable().describe("null: nothing is wrong, or nothing can be seen"),
  whatIf: answer.nullable().optional().describe("only if ?whatIf= was asked; null while nothing is wrong"),
  stuck: z.array(
    z.strictObject({
      destination: z.string(),
      reason: z.string(),
      recipients: count,
      since: perhaps,
      nextAttempt: perhaps,
      firstGiveUp: perhaps,
      lastGiveUp: perhaps,
    }),
  ),
});

const observer = z.strictObject({
  blind: z.boolean(),
  why: z.string(),
  lastSeen: perhaps,
  sources: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(["log", "queue"]),
      up: z.boolean(),
      fault: z.string(),
      lastRead: perhaps,
      lag: duration.nullable(),
      lines: lines.nullable(),
      rotations: count,
      gapBytes: count,
    }),
  ),
});

const endpoints = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      endpoint: z.string().describe("address and port"),
      state: z.enum(["serves", "fails", "unknown"]),
      since: perhaps,
      last: z
        .strictObject({
          at: instant,
          took: z.number().describe("seconds"),
          stage: z.enum(probeStages).describe("how far it got; served: all the way"),
          code: count.describe("the reply's code; 0 if there was none"),
          words: z.string(),
          certificateEnds: perhaps,
        })
        .nullable(),
    }),
  ),
  of: count,
  failing: count,
  unknown: count,
  allFail: z.boolean(),
  suspected: z.boolean(),
});

const status = z.strictObject({
  phase: z.enum(phases),
  level: z.enum(["operational", "delayed", "partial-outage", "major-outage", "maintenance", "unknown"]),
  blind: z.boolean(),
  since: perhaps,
  expected: z
    .strictObject({ earliest: instant, latest: instant })
    .nullable()
    .describe("the range as it is said to everybody, rounded outwards; null as long as we cannot say"),
  headline: z.string(),
  notice: z.string(),
  said: z
    .array(z.strictObject({ language: z.string(), headline: z.string(), notice: z.string() }))
    .describe("headline and notice in every language of the operator"),
  sentence: z.string(),
});

/** The whole answer of /api/v1/report. */
export const reportSchema = z
  .strictObject({
    version: z.literal(1),
    at: instant,
    demonstration: z.string().nullable().describe("set when what is shown is a recording"),
    instances: z.array(z.string()),
    observer,
    queue: queue.nullable().describe("null: unknown, not empty"),
    backlog,
    totals,
    destinations: z.array(destination),
    destinationsTruncated: count,
    reasons: z.array(reasonRow),
    attemptsByReason: z.array(attempts),
    deliveryDelay: histogram,
    stageDelay: z.array(histogram),
    downtime: z.array(downtime),
    endpoints: endpoints.nullable().describe("our own addresses as a stranger finds them; null: nobody looks"),
    retries,
    senders: senders.optional(),
    incidents: z
      .strictObject({
        open: count.describe("incidents that are not resolved"),
        nextBy: perhaps.describe("when mailtide says more at the latest"),
        promised: perhaps.describe("the operator's soonest promise that is not kept, even if it has passed"),
        downSince: perhaps.describe("since when there has been no service at all, from the last relapse"),
      })
      .optional(),
    timeline,
    forecast,
    status,
  })
  .meta({ title: "mailtide report", description: "All that mailtide knows at a moment; for administrators." });

export type ReportJson = z.infer<typeof reportSchema>;

/** The same as JSON Schema (draft 2020-12), as committed in docs/report.schema.json. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(reportSchema);
}
