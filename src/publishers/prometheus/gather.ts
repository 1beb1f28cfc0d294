// A report as samples: pure, so that tests and replays see the same numbers as a scrape.
//
// Two rules decide what is there. What is known and fixed (queues, states, reasons) is there from the start, as 0.
// What is not known is absent: while mailtide is blind only counters, which stay true, and its own health are left.

import { clearLimits, clearStates } from "../../core/forecast/forecast.ts";
import { type Reason, reasonNames } from "../../core/ledger/reasons.ts";
import type { HistogramView, Report } from "../../core/report.ts";
import { ageBands } from "../../core/report.ts";
import { phases } from "../../core/status/status.ts";
import type { Instant } from "../../core/time.ts";
import type { Counter } from "../publisher.ts";
import type { Budgeted } from "./budget.ts";
import { catalogue, type LabelsOf, type MetricName } from "./catalogue.ts";

/** One series' value; a histogram's is a whole histogram. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | HistogramView;
}

/** Metric name to its samples. A metric without samples is absent. */
export type Samples = ReadonlyMap<MetricName, readonly Sample[]>;

const queueLabels = ["maildrop", "hold", "incoming", "active", "deferred"] as const;
const scopes = ["host", "destination", "filter"] as const;
const stages = ["before_queue_manager", "queue_manager", "connecting", "transmitting"] as const;
const failureReasons = reasonNames.filter((reason) => reason !== "none");

/** `mta_instance` for numbers that speak of all instances seen: their host if they share one, else `all`. */
export function instanceLabel(instances: readonly string[]): string {
  const hosts = new Set(instances.map((name) => name.split("/", 1)[0]));
  const [host = ""] = hosts;
  return hosts.size === 1 && host !== "" ? host : "all";
}

/** All samples of a report. `destinations` are the same report's, sorted by the budget; `own` is what publishers count of themselves. */
export function gather(report: Report, destinations: Budgeted, version: string, own: readonly Counter[] = []): Samples {
  const samples = new Map<MetricName, Sample[]>();
  const put = <N extends MetricName>(name: N, labels: LabelsOf<N>, value: number | HistogramView): void => {
    const list = samples.get(name);
    if (list === undefined) samples.set(name, [{ labels, value }]);
    else list.push({ labels, value });
  };
  putObserver(report, version, put);
  putCounters(report, put);
  for (const { name, labels, value } of own) {
    if (Object.hasOwn(catalogue, name)) put(name as MetricName, labels as LabelsOf<MetricName>, value);
  }
  putEndpoints(report, put);
  if (report.observer.blind) {
    putState("unknown", put);
    return samples;
  }
  putQueue(report, put);
  putBacklog(report, put);
  putDestinations(report, destinations, put);
  putOutages(report, put);
  putForecast(report, put);
  return samples;
}

type Put = <N extends MetricName>(name: N, labels: LabelsOf<N>, value: number | HistogramView) => void;

const flag = (yes: boolean): number => (yes ? 1 : 0);
const seconds = (at: Instant): number => at / 1000;

function known(at: Instant | undefined): at is Instant {
  return at !== undefined && Number.isFinite(at);
}

function putObserver(report: Report, version: string, put: Put): void {
  put("mailtide_build_info", { version }, 1);
  put("mailtide_report_timestamp_seconds", {}, seconds(report.at));
  put("mailtide_blind", {}, flag(report.observer.blind));
  for (const { name: source, up, lastRead, lag, lines, rotations, gapBytes, kind } of report.observer.sources) {
    put("mailtide_source_up", { source }, flag(up));
    if (known(lastRead)) put("mailtide_source_last_read_timestamp_seconds", { source }, seconds(lastRead));
    if (known(lag)) put("mailtide_source_lag_seconds", { source }, lag / 1000);
    if (lines !== undefined) {
      for (const result of ["read", "foreign", "unsupported", "malformed"] as const) {
        put("mailtide_log_lines_total", { source, result }, lines[result]);
      }
    }
    if (kind !== "log") continue;
    put("mailtide_log_rotations_total", { source }, rotations);
    put("mailtide_log_gap_bytes_total", { source }, gapBytes);
  }
}

// Looked at by ourselves: known also while the log or the queue cannot be seen.
function putEndpoints({ endpoints }: Report, put: Put): void {
  for (const { endpoint, state, last } of endpoints?.endpoints ?? []) {
    if (state !== "unknown") put("mailtide_probe_up", { endpoint }, flag(state === "serves"));
    if (last === undefined) continue;
    put("mailtide_probe_duration_seconds", { endpoint }, last.took / 1000);
    put("mailtide_probe_last_timestamp_seconds", { endpoint }, seconds(last.at));
    if (known(last.certificateEnds)) {
      put("mailtide_probe_certificate_expiry_timestamp_seconds", { endpoint }, seconds(last.certificateEnds));
    }
  }
}

function putCounters(report: Report, put: Put): void {
  const mta_instance = instanceLabel(report.instances);
  const { messages, recipients } = report.totals;
  put("mailtide_received_messages_total", { mta_instance }, messages.accepted);
  put("mailtide_removed_messages_total", { mta_instance }, messages.removed);
  put("mailtide_notification_messages_total", { mta_instance }, messages.notifications);
  for (const outcome of ["delivered", "bounced", "expired", "deleted", "unknown"] as const) {
    put("mailtide_recipients_total", { outcome }, recipients[outcome]);
  }
  putAttempts(report, put);
  if (report.senders !== undefined) {
    const { returned, neverReturned, waits } = report.senders.returns;
    put("mailtide_sender_returns_total", { outcome: "returned" }, returned);
    put("mailtide_sender_returns_total", { outcome: "given_up" }, neverReturned);
    put("mailtide_sender_return_seconds", {}, waits);
  }
  put("mailtide_delivery_delay_seconds", {}, report.deliveryDelay);
  stages.forEach((stage, i) => {
    const delay = report.stageDelay[i];
    if (delay !== undefined) put("mailtide_stage_delay_seconds", { stage }, delay);
  });
}

// Pairs of outcome and reason that are not yet counted start at 0 with the classes that they usually have, so that
// `increase()` sees the first one.
function putAttempts(report: Report, put: Put): void {
  const counts = new Map<string, number>();
  const key = (outcome: string, reason: Reason, codeClass: string) => `${outcome} ${reason} ${codeClass}`;
  counts.set(key("delivered", "none", "2xx"), 0);
  for (const reason of failureReasons) {
    for (const codeClass of ["4xx", "none"]) counts.set(key("deferred", reason, codeClass), 0);
    for (const codeClass of ["5xx", "none"]) counts.set(key("bounced", reason, codeClass), 0);
    for (const codeClass of ["4xx", "5xx"]) counts.set(key("refused", reason, codeClass), 0);
  }
  counts.set(key("expired", "expired", "none"), 0);
  for (const { outcome, reason, codeClass, count } of report.attemptsByReason) {
    const pair = key(outcome, reason, codeClass);
    counts.set(pair, (counts.get(pair) ?? 0) + count);
  }
  for (const [pair, count] of counts) {
    const [outcome = "", reason = "", code_class = ""] = pair.split(" ");
    if (outcome === "refused") put("mailtide_refused_total", { code_class, reason }, count);
    else put("mailtide_delivery_attempts_total", { outcome, reason, code_class }, count);
  }
}

function putQueue(report: Report, put: Put): void {
  const view = report.queue;
  if (view === undefined) return;
  const mta_instance = instanceLabel(report.instances);
  for (const queue of queueLabels) {
    const { messages, recipients, bytes, oldestArrival } = view.queues[queue];
    put("mailtide_queue_messages", { mta_instance, queue }, messages);
    put("mailtide_queue_recipients", { mta_instance, queue }, recipients);
    put("mailtide_queue_bytes", { mta_instance, queue }, bytes);
    if (known(oldestArrival)) {
      put("mailtide_queue_oldest_message_timestamp_seconds", { mta_instance, queue }, seconds(oldestArrival));
    }
  }
  put("mailtide_queue_mta_running", { mta_instance }, flag(view.mta === "running"));
  put("mailtide_queue_truncated", { mta_instance }, flag(view.truncated));
  put("mailtide_queue_poll_timestamp_seconds", { mta_instance }, seconds(view.at));
  put("mailtide_queue_poll_duration_seconds", { mta_instance }, view.took / 1000);
}

function putBacklog(report: Report, put: Put): void {
  const mta_instance = instanceLabel(report.instances);
  const { delayed, due, parked, held, ages, oldestArrival, oldestDueArrival } = report.backlog;
  ageBands.forEach(({ name: band }, i) => {
    put("mailtide_queue_age_messages", { mta_instance, band }, ages[i] ?? 0);
  });
  put("mailtide_backlog_messages", { mta_instance, where: "local" }, delayed);
  const mail = report.senders?.mail;
  if (mail !== undefined) {
    const waiting = mail.state === "waiting" ? mail.held : mail.stillOut;
    put("mailtide_backlog_messages", { mta_instance, where: "senders" }, waiting);
  }
  put("mailtide_backlog_due_messages", { mta_instance }, due);
  put("mailtide_backlog_parked_messages", { mta_instance }, parked);
  put("mailtide_backlog_held_messages", { mta_instance }, held);
  if (known(oldestArrival)) {
    put("mailtide_backlog_oldest_message_timestamp_seconds", { mta_instance }, seconds(oldestArrival));
  }
  if (known(oldestDueArrival)) {
    put("mailtide_queue_oldest_due_timestamp_seconds", { mta_instance }, seconds(oldestDueArrival));
  }
  const { within1h, within6h, within24h } = report.retries.expiring;
  put("mailtide_expiring_messages", { within: "1h" }, within1h);
  put("mailtide_expiring_messages", { within: "6h" }, within6h);
  put("mailtide_expiring_messages", { within: "24h" }, within24h);
}

function putDestinations(report: Report, { named, rest }: Budgeted, put: Put): void {
  const other = new Map<Reason, number>([["none", 0]]);
  const add = (into: Map<Reason, number>, view: Budgeted["named"][number]) => {
    let explained = 0;
    for (const { reason, recipients } of view.reasons) {
      into.set(reason, (into.get(reason) ?? 0) + recipients);
      explained += recipients;
    }
    // Not tried yet: waiting without a reason.
    into.set("none", (into.get("none") ?? 0) + Math.max(0, view.waiting - explained));
  };
  for (const view of named) {
    // A destination that is really called so would be a second series of that name.
    if (view.name === "other") {
      add(other, view);
      continue;
    }
    const own = new Map<Reason, number>();
    add(own, view);
    for (const [reason, recipients] of own) {
      put("mailtide_destination_waiting_recipients", { destination: view.name, reason }, recipients);
    }
    put("mailtide_destination_stuck", { destination: view.name }, flag(view.state === "stuck"));
  }
  for (const view of rest) add(other, view);
  for (const [reason, recipients] of other) {
    put("mailtide_destination_waiting_recipients", { destination: "other", reason }, recipients);
  }
  put("mailtide_destinations_truncated", {}, rest.length + report.destinationsTruncated);
  put(
    "mailtide_stuck_recipients",
    {},
    report.forecast.stuck.reduce((sum, { recipients }) => sum + recipients, 0),
  );
}

function putOutages(report: Report, put: Put): void {
  for (const scope of scopes) {
    const lasting = report.downtime.filter((downtime) => downtime.scope === scope && downtime.to === undefined);
    put("mailtide_outage_active", { scope }, flag(lasting.length > 0));
    if (lasting.length === 0) continue;
    const oldest = lasting.reduce((from, downtime) => Math.min(from, downtime.from), Number.POSITIVE_INFINITY);
    put("mailtide_outage_start_timestamp_seconds", { scope }, seconds(oldest));
  }
  const mail = report.senders?.mail;
  if (mail !== undefined) {
    put("mailtide_sender_messages", { state: "waiting" }, mail.state === "waiting" ? mail.held : mail.stillOut);
    put("mailtide_sender_messages", { state: "given_up" }, mail.givenUp);
    // While we are away nothing arrives.
    put("mailtide_sender_messages", { state: "arrived" }, mail.state === "waiting" ? 0 : mail.arrived);
  }
  if (mail?.state === "waiting") {
    if (mail.givingUp !== undefined) {
      const { within1h, within6h, within24h } = mail.givingUp;
      put("mailtide_sender_giving_up_messages", { within: "1h" }, within1h);
      put("mailtide_sender_giving_up_messages", { within: "6h" }, within6h);
      put("mailtide_sender_giving_up_messages", { within: "24h" }, within24h);
    }
    for (const { patience: window, begins } of mail.windows) {
      put("mailtide_sender_window_deadline_timestamp_seconds", { window }, seconds(begins));
    }
  }
  for (const phase of phases) put("mailtide_phase", { phase }, flag(report.status.phase === phase));
  const { incidents } = report;
  if (incidents !== undefined) {
    put("mailtide_incidents_open", {}, incidents.open);
    if (known(incidents.downSince)) {
      put("mailtide_without_service_since_timestamp_seconds", {}, seconds(incidents.downSince));
    }
    for (const [by, at] of [
      ["mailtide", incidents.nextBy],
      ["operator", incidents.promised],
    ] as const) {
      if (known(at)) put("mailtide_promise_deadline_timestamp_seconds", { by }, seconds(at));
    }
  }
  put("mailtide_maintenance_active", {}, flag(report.status.phase === "maintenance"));
}

function putState(now: Report["forecast"]["state"], put: Put): void {
  for (const state of clearStates) put("mailtide_clear_state", { state }, flag(now === state));
}

function putForecast(report: Report, put: Put): void {
  const { forecast } = report;
  putState(forecast.state, put);
  for (const limit of clearLimits) put("mailtide_clear_limit", { limit }, flag(forecast.limit === limit));
  for (const bound of ["earliest", "likely", "latest"] as const) {
    const at = forecast[bound];
    if (known(at)) put("mailtide_clear_timestamp_seconds", { bound }, seconds(at));
  }
}
