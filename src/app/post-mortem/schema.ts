// A look back as JSON: what `mailtide report --json` prints. Version 1: keys may be added, none changes its meaning or goes.

import { z } from "zod";
import { reasonNames } from "../../core/ledger/reasons.ts";

const count = z.int().nonnegative();
const instant = z.iso.datetime().describe("RFC 3339, UTC");
const perhaps = instant.nullable().describe("RFC 3339, UTC; null where it is unknown or does not apply");
const seconds = z.number().nonnegative().describe("seconds");
const milliseconds = z.number().describe("milliseconds");
const reason = z.enum(reasonNames);
const series = z.array(count);
const lines = z.strictObject({ read: count, foreign: count, unsupported: count, malformed: count });

const file = z.strictObject({
  path: z.string(),
  packing: z.enum(["none", "gzip", "zstd"]),
  bytes: count.describe("as it lies on the disk; 0 for a pipe"),
  from: perhaps,
  to: perhaps,
  lines: lines.describe("lines that counted"),
  repeated: count.describe("lines that another file had, too: not counted again"),
});

const totals = z.strictObject({
  messages: z.strictObject({ accepted: count, removed: count, notifications: count }),
  recipients: z.strictObject({
    delivered: count,
    bounced: count,
    expired: count,
    deleted: count,
    remaining: count,
    unknown: count.describe("left the queue and no line says how"),
  }),
  attempts: z.strictObject({ delivered: count, deferred: count, bounced: count, expired: count }),
  refused: count,
  lines,
});

const destination = z.strictObject({
  name: z.string(),
  waiting: count.describe("recipients, at the end of the logs"),
  delivered: count,
  deferred: count.describe("attempts"),
  bounced: count,
  expired: count,
  longestDelay: seconds
    .nullable()
    .describe("seconds from arrival to delivery or bounce; null if nothing came to an end"),
  lastDelivered: perhaps,
  oldestArrival: perhaps.describe("of what waits"),
  reasons: z.array(z.strictObject({ reason, recipients: count })).describe("why its mail waits"),
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

const loss = z.strictObject({
  outcome: z.enum(["bounced", "expired"]),
  destination: z.string(),
  reason: reason.describe("for expired mail: why its last attempt failed"),
  recipients: count,
  example: z.string().describe("one reply as it was logged: for administrators only"),
});

const delays = z.strictObject({
  recipients: count.describe("delivered or bounced, with a delay reported"),
  mean: seconds.nullable(),
  p50: seconds.nullable().describe("within 5 %, as the other quantiles"),
  p90: seconds.nullable(),
  p99: seconds.nullable(),
  max: seconds.nullable(),
  histogram: z.strictObject({
    bounds: z.array(z.number()).describe("upper bounds in seconds"),
    counts: z.array(count).describe("recipients at their end, also expired; not cumulative; one more than bounds"),
    sum: z.number().describe("seconds"),
  }),
});

const downtime = z.strictObject({
  scope: z.enum(["host", "destination", "filter"]),
  target: z.string(),
  from: instant,
  to: perhaps.describe("null: it lasted to the end of the logs"),
  seconds,
  source: z.enum(["inferred", "declared"]),
  cause: z.string(),
  failures: count,
});

const timeline = z.strictObject({
  from: instant,
  width: milliseconds,
  accepted: series,
  delivered: series,
  deferred: series,
  bounced: series,
  backlog: series.describe("messages in the queue at the end of each stretch"),
});

const end = z.strictObject({
  messages: count,
  recipients: count,
  delayed: count,
  held: count,
  oldestArrival: perhaps,
  sentence: z.string(),
});

const schedule = z.strictObject({
  law: z.literal("age"),
  minimalBackoff: milliseconds,
  maximalBackoff: milliseconds,
  queueRun: milliseconds,
  lifetime: milliseconds,
  nullSenderLifetime: milliseconds,
  activeLimit: count,
  contentFilter: z.string(),
  source: z.enum(["configured", "assumed"]),
});

/** The whole answer of `mailtide report --json`. */
export const postMortemSchema = z
  .strictObject({
    version: z.literal(1),
    mta: z.string(),
    period: z.strictObject({ from: instant, to: instant }),
    files: z.array(file),
    notes: z.array(z.string()).describe("what the reader has to know about the files"),
    schedule,
    totals,
    destinations: z.array(destination),
    destinationsTruncated: count,
    reasons: z.array(reasonRow),
    losses: z.array(loss).describe("what was bounced and expired, and why"),
    delays,
    downtime: z.array(downtime),
    timeline,
    end: end.describe("what was left when the logs ended"),
    unread: z.array(z.strictObject({ kind: z.enum(["unsupported", "malformed"]), file: z.string(), line: z.string() })),
  })
  .meta({ title: "mailtide post-mortem", description: "What happened, told from logs; for administrators." });

export type PostMortemJson = z.infer<typeof postMortemSchema>;
