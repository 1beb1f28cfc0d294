// Every metric that mailtide can emit: its kind, its help text and its own labels. docs/metrics.md documents
// the same list, and a test holds the two together.

export interface MetricDefinition {
  readonly kind: "gauge" | "counter" | "histogram";
  readonly help: string;
  /** Its own labels, beyond those that every series carries. */
  readonly labels: readonly string[];
}

function gauge<const L extends readonly string[]>(help: string, labels: L) {
  return { kind: "gauge", help, labels } as const;
}

function counter<const L extends readonly string[]>(help: string, labels: L) {
  return { kind: "counter", help, labels } as const;
}

function histogram<const L extends readonly string[]>(help: string, labels: L) {
  return { kind: "histogram", help, labels } as const;
}

/** Name to definition, in the order in which they are emitted. */
export const catalogue = {
  mailtide_build_info: gauge("Always 1; the version that runs is the label.", ["version"]),
  mailtide_report_timestamp_seconds: gauge("The moment that all of these numbers speak of.", []),
  mailtide_blind: gauge("1 while mailtide cannot see the mail server; what it cannot see is then absent, not 0.", []),

  mailtide_queue_messages: gauge("Messages listed by the mail server, by its own queue name.", [
    "mta_instance",
    "queue",
  ]),
  mailtide_queue_recipients: gauge("Recipients of the messages listed by the mail server.", ["mta_instance", "queue"]),
  mailtide_queue_bytes: gauge("Size of the messages listed by the mail server.", ["mta_instance", "queue"]),
  mailtide_queue_oldest_message_timestamp_seconds: gauge("Arrival of the oldest message listed; absent if none is.", [
    "mta_instance",
    "queue",
  ]),
  mailtide_queue_mta_running: gauge("Whether the mail server ran when its queue was listed.", ["mta_instance"]),
  mailtide_queue_truncated: gauge("1 if the last listing broke off: its numbers are lower bounds.", ["mta_instance"]),
  mailtide_queue_poll_timestamp_seconds: gauge("When the last good listing began.", ["mta_instance"]),
  mailtide_queue_poll_duration_seconds: gauge("How long the last listing took.", ["mta_instance"]),
  mailtide_queue_age_messages: gauge(
    "Messages in the queue by age: each band ends at its name and begins at the one before.",
    ["mta_instance", "band"],
  ),
  mailtide_queue_oldest_due_timestamp_seconds: gauge(
    "Arrival of the oldest message whose next attempt is due; waiting for a retry is not being due.",
    ["mta_instance"],
  ),

  mailtide_backlog_messages: gauge(
    "Delayed messages; `local` waits in our own queue, `senders` at other servers since ours was away (an estimate).",
    ["mta_instance", "where"],
  ),
  mailtide_backlog_due_messages: gauge("Delayed messages whose next attempt is due or under way.", ["mta_instance"]),
  mailtide_backlog_parked_messages: gauge("Delayed messages that wait for their next attempt.", ["mta_instance"]),
  mailtide_backlog_held_messages: gauge("Messages that an administrator has set aside.", ["mta_instance"]),
  mailtide_backlog_oldest_message_timestamp_seconds: gauge("Arrival of the oldest message owed; absent if none is.", [
    "mta_instance",
  ]),

  mailtide_destination_waiting_recipients: gauge(
    "Recipients that wait, by destination and why; destinations beyond the budget are `other`.",
    ["destination", "reason"],
  ),
  mailtide_destination_stuck: gauge("1 if the destination takes nothing while other mail moves.", ["destination"]),
  mailtide_destinations_truncated: gauge("Destinations that are counted in `other`.", []),
  mailtide_stuck_recipients: gauge(
    "Recipients that the clear time does not cover, as nothing shows that they move.",
    [],
  ),
  mailtide_expiring_messages: gauge("Messages that go back to their senders unless they are delivered in time.", [
    "within",
  ]),

  mailtide_received_messages_total: counter("Messages taken over, each once.", ["mta_instance"]),
  mailtide_removed_messages_total: counter("Of those, messages that left the queue for good.", ["mta_instance"]),
  mailtide_notification_messages_total: counter("Bounce and delay notices that the mail server wrote itself.", [
    "mta_instance",
  ]),
  mailtide_recipients_total: counter("Recipients by their final outcome.", ["outcome"]),
  mailtide_delivery_attempts_total: counter("Attempts to deliver to one recipient.", [
    "outcome",
    "reason",
    "code_class",
  ]),
  mailtide_refused_total: counter("Clients and recipients that we turned away.", ["code_class", "reason"]),
  mailtide_sender_returns_total: counter("Senders that we turned away for now, by what became of them.", ["outcome"]),
  mailtide_sender_return_seconds: histogram("From the first refusal of a sender to its acceptance.", []),
  mailtide_delivery_delay_seconds: histogram("From arrival to the final outcome, once a recipient.", []),
  mailtide_stage_delay_seconds: histogram("Time spent in each stage of an attempt.", ["stage"]),

  mailtide_outage_active: gauge("Whether something of this scope is without service.", ["scope"]),
  mailtide_outage_start_timestamp_seconds: gauge("When the oldest outage of this scope began; absent without one.", [
    "scope",
  ]),
  mailtide_probe_up: gauge("Whether one of our own addresses would serve a sender; absent if unknown.", ["endpoint"]),
  mailtide_probe_duration_seconds: gauge("How long the last look at the address took.", ["endpoint"]),
  mailtide_probe_last_timestamp_seconds: gauge("When the address was last judged.", ["endpoint"]),
  mailtide_probe_certificate_expiry_timestamp_seconds: gauge(
    "When the certificate that the address shows ends; absent without STARTTLS.",
    ["endpoint"],
  ),
  mailtide_sender_messages: gauge(
    "Mail sent to us while our server was away, by what has become of it (estimates); absent when unknown.",
    ["state"],
  ),
  mailtide_sender_giving_up_messages: gauge(
    "Messages that their senders give up within so long if our server stays down (an estimate); absent without an outage.",
    ["within"],
  ),
  mailtide_sender_window_deadline_timestamp_seconds: gauge(
    "When senders that wait so long begin to give up on the present outage of our server; absent without one.",
    ["window"],
  ),
  mailtide_phase: gauge("The phase that people are told of: exactly one is 1.", ["phase"]),
  mailtide_incidents_open: gauge("Incidents that are not resolved.", []),
  mailtide_without_service_since_timestamp_seconds: gauge(
    "Since when there has been no service at all, from the last relapse; absent while there is some.",
    [],
  ),
  mailtide_promise_deadline_timestamp_seconds: gauge(
    "When people are told more at the latest; `operator`: the soonest promise that is not kept, even if it has passed.",
    ["by"],
  ),
  mailtide_maintenance_active: gauge("1 during an announced maintenance.", []),
  mailtide_clear_timestamp_seconds: gauge(
    "When the delayed mail that can move will have gone, 8 times of 10 between earliest and latest; absent if unknown.",
    ["bound"],
  ),
  mailtide_clear_state: gauge("What the backlog does: exactly one is 1.", ["state"]),
  mailtide_clear_limit: gauge("What would save most time if it were lifted: exactly one is 1.", ["limit"]),

  mailtide_source_up: gauge("Whether the source could be read.", ["source"]),
  mailtide_source_last_read_timestamp_seconds: gauge("When the source was last read; absent if never.", ["source"]),
  mailtide_source_lag_seconds: gauge("Age of the newest line read.", ["source"]),
  mailtide_log_lines_total: counter("Lines by how they were understood.", ["source", "result"]),
  mailtide_log_rotations_total: counter("Rotations followed.", ["source"]),
  mailtide_log_gap_bytes_total: counter("Bytes that were gone before they could be read.", ["source"]),

  mailtide_webhook_deliveries_total: counter(
    "Deliveries of news by webhook, by how they ended or that they failed once.",
    ["webhook", "outcome"],
  ),
  mailtide_webhook_pending_deliveries: gauge("Deliveries that are still to be made, or made again.", ["webhook"]),
  mailtide_export_timestamp_seconds: gauge("The moment that the last written copy of the public site speaks of.", []),
  mailtide_export_failures_total: counter("Copies of the public site that could not be written.", []),
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof catalogue;

/** The own labels of a metric, by name. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof catalogue)[N]["labels"][number], string>>;
