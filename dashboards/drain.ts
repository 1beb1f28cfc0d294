// The Drain dashboard: what an on-call person opens when mail is late, top to bottom in the order of their questions.
// When does it clear, and what is in the way? How much waits? Where, and why? What is about to go back? Do we see well?

import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
const datasource = { type: "prometheus", uid: "${datasource}" };
const of = '{instance=~"$instance"}';

/** Labels of one mailtide, with more of the metric's own. */
function where(own: string): string {
  return `{instance=~"$instance",${own}}`;
}

type Panel = timeseries.PanelBuilder | stat.PanelBuilder | statetimeline.PanelBuilder | table.PanelBuilder;
type Query = readonly [expression: string, legend: string];

function asked<P extends Panel>(
  panel: P,
  title: string,
  says: string,
  queries: readonly Query[],
  when: "range" | "instant" = "range",
): P {
  panel.title(title).description(says).datasource(datasource).height(8);
  queries.forEach(([expression, legend], i) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + i))
      .expr(expression)
      .legendFormat(legend);
    panel.withTarget(when === "instant" ? query.instant() : query.range());
  });
  return panel;
}

function lines(title: string, says: string, ...queries: Query[]): timeseries.PanelBuilder {
  return asked(new timeseries.PanelBuilder(), title, says, queries)
    .axisSoftMin(0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    );
}

function stacked(title: string, says: string, ...queries: Query[]): timeseries.PanelBuilder {
  return lines(title, says, ...queries)
    .fillOpacity(35)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

/** A figure for now. Asked for this instant: the last known one of hours ago would pass for what is known. */
function figure(title: string, says: string, ...queries: Query[]): stat.PanelBuilder {
  return asked(new stat.PanelBuilder(), title, says, queries, "instant")
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .noValue("not known")
    .height(4);
}

/** The one state of a state set that is 1, by its name. */
function named(title: string, says: string, query: Query): stat.PanelBuilder {
  return figure(title, says, query).textMode(common.BigValueTextMode.Name).colorMode(common.BigValueColorMode.None);
}

function worseFrom(amber: number, red: number): grafana.ThresholdsConfigBuilder {
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps([
    { value: null, color: "green" },
    { value: amber, color: "orange" },
    { value: red, color: "red" },
  ]);
}

function states(title: string, says: string, query: Query): statetimeline.PanelBuilder {
  return asked(new statetimeline.PanelBuilder(), title, says, [query])
    .showValue(common.VisibilityMode.Never)
    .mappings([{ type: grafana.MappingType.ValueToText, options: { "1": { text: "yes", color: "blue", index: 0 } } }])
    .legend(new common.VizLegendOptionsBuilder().showLegend(false).displayMode(common.LegendDisplayMode.List).calcs([]))
    .spanNulls(false);
}

function clearing(): Panel[] {
  return [
    figure(
      "Late mail clears",
      "When the delayed mail that can move will have gone: 8 times out of 10 between earliest and latest. Not known is not never: see the state.",
      [`mailtide_clear_timestamp_seconds${of} * 1000`, "{{bound}}"],
    )
      .unit("dateTimeAsLocal")
      .textMode(common.BigValueTextMode.ValueAndName)
      .span(9),
    named("State", "What the backlog does now.", [`mailtide_clear_state${of} == 1`, "{{state}}"]).span(4),
    named("Limited by", "What would save most time if it were lifted.", [
      `mailtide_clear_limit${of} == 1`,
      "{{limit}}",
    ]).span(4),
    named("Told to people", "The phase of the public notice.", [`mailtide_phase${of} == 1`, "{{phase}}"]).span(4),
    figure("Sees", "Whether mailtide sees the mail server. If not, the rest of this page is as old as it says.", [
      `mailtide_blind${of}`,
      "",
    ])
      .mappings([
        {
          type: grafana.MappingType.ValueToText,
          options: { "0": { text: "yes", color: "green", index: 0 }, "1": { text: "blind", color: "red", index: 1 } },
        },
      ])
      .span(3),
    states("State over time", "One row a state.", [`mailtide_clear_state${of} == 1`, "{{state}}"])
      .span(12)
      .height(7),
    lines("Clear time as it was forecast", "A line that climbs as fast as time passes is a forecast that slips.", [
      `mailtide_clear_timestamp_seconds${of} * 1000`,
      "{{bound}}",
    ])
      .unit("dateTimeAsLocal")
      .fillOpacity(0)
      .span(12)
      .height(7),
  ];
}

function waiting(): Panel[] {
  const rate = (name: string) => `sum(rate(${name}${of}[$__rate_interval])) * 60`;
  return [
    stacked(
      "Delayed mail: due and parked",
      "Due: the next attempt is due or under way. Parked: it waits for its retry timer, and nothing is wrong with that.",
      [`sum(mailtide_backlog_due_messages${of})`, "due"],
      [`sum(mailtide_backlog_parked_messages${of})`, "parked"],
    ).span(8),
    stacked("Queue by age", "Every message in the queue, by how long it has been there.", [
      `sum by (band) (mailtide_queue_age_messages${of})`,
      "up to {{band}}",
    ]).span(8),
    lines(
      "In, out and net, a minute",
      "Net above 0: the queue shrinks.",
      [rate("mailtide_received_messages_total"), "in"],
      [rate("mailtide_removed_messages_total"), "out"],
      [`${rate("mailtide_removed_messages_total")} - ${rate("mailtide_received_messages_total")}`, "net"],
    )
      .fillOpacity(0)
      .span(8),
    stacked("Queue as the mail server lists it", "By the mail server's own queue names.", [
      `sum by (queue) (mailtide_queue_messages${of})`,
      "{{queue}}",
    ]).span(8),
    lines(
      "Age of the oldest",
      "Due mail that is old is trouble; parked mail that is old waits for a destination.",
      [`time() - mailtide_backlog_oldest_message_timestamp_seconds${of}`, "oldest owed"],
      [`time() - mailtide_queue_oldest_due_timestamp_seconds${of}`, "oldest due"],
    )
      .unit("s")
      .fillOpacity(0)
      .span(8),
    lines(
      "Delivery delay",
      "From arrival to final outcome, of what was finished in this stretch.",
      [
        `histogram_quantile(0.5, sum by (le) (rate(mailtide_delivery_delay_seconds_bucket${of}[$__rate_interval])))`,
        "half within",
      ],
      [
        `histogram_quantile(0.95, sum by (le) (rate(mailtide_delivery_delay_seconds_bucket${of}[$__rate_interval])))`,
        "95 of 100 within",
      ],
    )
      .unit("s")
      .fillOpacity(0)
      .span(8),
  ];
}

function whereAndWhy(): Panel[] {
  const destinations = asked(
    new table.PanelBuilder(),
    "Destinations and why their mail waits",
    "Recipients. The busiest have their own rows, the rest is other; none has not been tried yet.",
    [],
  )
    .withTarget(
      new DataqueryBuilder()
        .refId("A")
        .expr(`sort_desc(sum by (destination, reason) (mailtide_destination_waiting_recipients${of}) > 0)`)
        .instant()
        .format(PromQueryFormat.Table),
    )
    .withTransformation({
      id: "organize",
      options: { excludeByName: { Time: true }, renameByName: { Value: "recipients" } },
    });
  return [
    destinations.span(10).height(9),
    stacked("Waiting by destination", "Recipients.", [
      `sum by (destination) (mailtide_destination_waiting_recipients${of})`,
      "{{destination}}",
    ])
      .span(7)
      .height(9),
    stacked("Waiting by reason", "Recipients.", [
      `sum by (reason) (mailtide_destination_waiting_recipients${of})`,
      "{{reason}}",
    ])
      .span(7)
      .height(9),
    lines("Attempts a minute, by outcome", "Each try at one recipient.", [
      `sum by (outcome) (rate(mailtide_delivery_attempts_total${of}[$__rate_interval])) * 60`,
      "{{outcome}}",
    ]).span(8),
    lines("Deferred attempts a minute, by reason", "The five most frequent.", [
      `topk(5, sum by (reason) (rate(mailtide_delivery_attempts_total${where('outcome="deferred"')}[$__rate_interval]))) * 60`,
      "{{reason}}",
    ]).span(8),
    states("Without service", "One row a scope: the whole server, some destination, the content filter.", [
      `mailtide_outage_active${of} == 1`,
      "{{scope}}",
    ]).span(8),
  ];
}

function expiring(): Panel[] {
  return [
    figure("Back to senders soon", "Messages that are returned unless they are delivered within this time.", [
      `sum by (within) (mailtide_expiring_messages${of})`,
      "within {{within}}",
    ])
      .thresholds(worseFrom(1, 100))
      .textMode(common.BigValueTextMode.ValueAndName)
      .span(8),
    figure("Stuck", "Recipients that the clear time does not cover: nothing shows that they will move.", [
      `sum(mailtide_stuck_recipients${of})`,
      "",
    ])
      .thresholds(worseFrom(1, 100))
      .span(4),
    lines("Back to senders within", "Messages; each line contains the shorter ones.", [
      `sum by (within) (mailtide_expiring_messages${of})`,
      "{{within}}",
    ])
      .span(12)
      .height(4),
  ];
}

function atSenders(): Panel[] {
  return [
    stacked(
      "Mail sent to us while we were away",
      "Messages, as estimated: what waits at other servers, what has arrived since, what went back to its authors.",
      [`sum by (state) (mailtide_sender_messages${of})`, "{{state}}"],
    ).span(10),
    figure("Still at senders", "Messages that wait at other servers since ours was away: an estimate.", [
      `sum(mailtide_backlog_messages${where('where="senders"')})`,
      "",
    ]).span(4),
    figure(
      "Senders give up soon",
      "Messages that other servers return to their authors within this time if ours stays away.",
      [`sum by (within) (mailtide_sender_giving_up_messages${of})`, "within {{within}}"],
    )
      .thresholds(worseFrom(1, 100))
      .textMode(common.BigValueTextMode.ValueAndName)
      .span(10),
    figure(
      "When senders begin to give up",
      "By how long they hold on, while our server is away. What is past has begun.",
      [`min by (window) (mailtide_sender_window_deadline_timestamp_seconds${of}) * 1000`, "after {{window}}"],
    )
      .unit("dateTimeAsLocal")
      .textMode(common.BigValueTextMode.ValueAndName)
      .span(24),
  ];
}

function observer(): Panel[] {
  return [
    lines("Sources: time since last read", "A log that is quiet is read all the same.", [
      `time() - mailtide_source_last_read_timestamp_seconds${of}`,
      "{{source}}",
    ])
      .unit("s")
      .span(6),
    states("Sources that can be read", "A gap is a source that could not be read.", [
      `mailtide_source_up${of} == 1`,
      "{{source}}",
    ]).span(6),
    lines("Log lines a minute", "Unsupported: a line of the mail server in a shape that mailtide should know.", [
      `sum by (result) (rate(mailtide_log_lines_total${of}[$__rate_interval])) * 60`,
      "{{result}}",
    ]).span(6),
    lines(
      "Listing the queue",
      "How long it takes, and whether it broke off (then its numbers are lower bounds).",
      [`mailtide_queue_poll_duration_seconds${of}`, "takes"],
      [`mailtide_queue_truncated${of}`, "broke off"],
    )
      .unit("s")
      .span(6),
    lines("Lost before it was read", "Bytes of log that were cut off by truncation.", [
      `sum by (source) (mailtide_log_gap_bytes_total${of})`,
      "{{source}}",
    ])
      .unit("bytes")
      .span(6)
      .height(5),
    figure("Report is old by", "Grows if mailtide hangs.", [`time() - mailtide_report_timestamp_seconds${of}`, ""])
      .unit("s")
      .thresholds(worseFrom(60, 180))
      .height(5)
      .span(6),
    named("Version", "", [`mailtide_build_info${of}`, "{{version}}"])
      .height(5)
      .span(6),
  ];
}

/** The dashboard as the value that Grafana imports. */
export function drainDashboard(): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder("Mail: drain")
    .uid("mailtide-drain")
    .description("When the late mail clears, what limits it, where it waits and what is about to go back.")
    .tags(["mailtide"])
    .timezone("browser")
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .withVariable(new grafana.DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
    .withVariable(
      new grafana.QueryVariableBuilder("instance")
        .label("mailtide")
        .datasource(datasource)
        .query("label_values(mailtide_build_info, instance)")
        .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
        .sort(grafana.VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  const rows: readonly (readonly [string, readonly Panel[]])[] = [
    ["When it clears", clearing()],
    ["How much waits", waiting()],
    ["Where, and why", whereAndWhy()],
    ["What goes back to its senders", expiring()],
    ["Mail at its senders", atSenders()],
    ["How well mailtide sees", observer()],
  ];
  let id = 1;
  for (const [title, panels] of rows) {
    builder.withRow(new grafana.RowBuilder(title).id(id++));
    for (const panel of panels) builder.withPanel(panel.id(id++));
  }
  return builder.build();
}
