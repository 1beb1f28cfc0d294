import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../../src/core/time.ts";
import { metricsText } from "../../../src/publishers/prometheus/index.ts";
import { blindReport, emptyReport, outageReport, outageStart } from "../../support/report.ts";
import { readSamples, seriesOf } from "./samples.ts";

const site = { version: "0.1.0", mta: "postfix" };

test("what is not known is absent, not 0", async () => {
  const text = await metricsText(blindReport(), site);
  for (const absent of [
    "mailtide_queue_messages",
    "mailtide_backlog_messages",
    "mailtide_queue_age_messages",
    "mailtide_clear_timestamp_seconds",
    "mailtide_clear_limit",
    "mailtide_expiring_messages",
    "mailtide_outage_active",
    "mailtide_maintenance_active",
    "mailtide_source_last_read_timestamp_seconds",
  ]) {
    expect(text, absent).not.toContain(absent);
  }
  expect(seriesOf(text, "mailtide_blind")).toEqual({ "{}": 1 });
  expect(seriesOf(text, "mailtide_source_up")).toEqual({ '{source="mail.log"}': 0 });
});

test("while blind the clear state is unknown, whatever the forecast still says", async () => {
  const blind = blindReport();
  const text = await metricsText({ ...blind, forecast: { ...blind.forecast, state: "clear" } }, site);
  const states = seriesOf(text, "mailtide_clear_state");
  expect(states['{state="unknown"}']).toBe(1);
  expect(states['{state="clear"}']).toBe(0);
});

test("a queue that could not be listed is absent although the log is read", async () => {
  const text = await metricsText(outageReport(outageStart, { queue: undefined }), site);
  expect(text).not.toContain("mailtide_queue_messages");
  expect(text).not.toContain("mailtide_queue_truncated");
  expect(text).toContain("mailtide_backlog_messages");
});

test("an idle server shows its queues, states and reasons as 0 from the start", async () => {
  const text = await metricsText(emptyReport(), site);
  const queues = seriesOf(text, "mailtide_queue_messages");
  expect(Object.keys(queues)).toHaveLength(5);
  expect(new Set(Object.values(queues))).toEqual(new Set([0]));
  const attempts = seriesOf(text, "mailtide_delivery_attempts_total");
  expect(attempts['{outcome="deferred",reason="connection-refused",code_class="none"}']).toBe(0);
  expect(attempts['{outcome="bounced",reason="mailbox-unknown",code_class="5xx"}']).toBe(0);
  expect(seriesOf(text, "mailtide_outage_active")).toEqual({
    '{scope="host"}': 0,
    '{scope="destination"}': 0,
    '{scope="filter"}': 0,
  });
  expect(text).not.toContain("mailtide_outage_start_timestamp_seconds");
  expect(text).not.toContain("mailtide_clear_timestamp_seconds");
  expect(text).not.toContain("mailtide_queue_oldest_message_timestamp_seconds");
});

test("exactly one of every state set is 1", async () => {
  for (const report of [outageReport(), emptyReport()]) {
    const text = await metricsText(report, site);
    for (const set of ["mailtide_phase", "mailtide_clear_state", "mailtide_clear_limit"]) {
      const values = Object.values(seriesOf(text, set));
      expect(values.length).toBeGreaterThan(5);
      expect(
        values.reduce((sum, value) => sum + value, 0),
        set,
      ).toBe(1);
    }
  }
});

test("a demonstration says so in every series, and nothing else does", async () => {
  const shown = await metricsText(outageReport(undefined, { demonstration: "a recorded outage" }), site);
  const { samples } = readSamples(shown);
  expect(samples.size).toBeGreaterThan(200);
  for (const series of samples.keys()) expect(series).toContain('demonstration="true"');
  expect(await metricsText(outageReport(), site)).not.toContain("demonstration");
});

test("numbers of the report are the numbers of the metrics", async () => {
  const report = outageReport();
  const text = await metricsText(report, site);
  expect(seriesOf(text, "mailtide_backlog_messages")).toEqual({
    '{mta_instance="mx1",where="local"}': report.backlog.delayed,
    '{mta_instance="mx1",where="senders"}': 100,
  });
  expect(seriesOf(text, "mailtide_received_messages_total")).toEqual({
    '{mta_instance="mx1"}': report.totals.messages.accepted,
  });
  expect(seriesOf(text, "mailtide_clear_timestamp_seconds")['{bound="latest"}']).toBe(
    (report.forecast.latest ?? 0) / 1000,
  );
  expect(seriesOf(text, "mailtide_destination_waiting_recipients")).toMatchObject({
    '{destination="gone.test",reason="connection-timeout"}': 18,
    '{destination="gone.test",reason="name-lookup-failed"}': 1,
    '{destination="gone.test",reason="none"}': 1,
  });
});

test("histograms are cumulative, and their count is that of the last bucket", async () => {
  const text = await metricsText(
    { ...emptyReport(), deliveryDelay: { bounds: [1, 10, 60], counts: [3, 0, 4, 2], sum: 700.5 } },
    site,
  );
  expect(seriesOf(text, "mailtide_delivery_delay_seconds_bucket")).toEqual({
    '{le="1"}': 3,
    '{le="10"}': 3,
    '{le="60"}': 7,
    '{le="+Inf"}': 9,
  });
  expect(seriesOf(text, "mailtide_delivery_delay_seconds_sum")).toEqual({ "{}": 700.5 });
  expect(seriesOf(text, "mailtide_delivery_delay_seconds_count")).toEqual({ "{}": 9 });
});

const where = (at: number): string => `{mta_instance="mx1",where="${at === 0 ? "local" : "senders"}"}`;

test("mail at senders: held while we are away, what is still out afterwards, and absent when unknown", async () => {
  const away = await metricsText(outageReport(outageStart + 60 * MINUTE), site);
  expect(seriesOf(away, "mailtide_backlog_messages")[where(1)]).toBe(100);
  expect(seriesOf(away, "mailtide_sender_window_deadline_timestamp_seconds")).toEqual({
    '{window="24h"}': (outageStart - 30 * MINUTE + 24 * HOUR) / 1000,
    '{window="5d"}': (outageStart - 30 * MINUTE + 120 * HOUR) / 1000,
  });
  expect(seriesOf(away, "mailtide_sender_giving_up_messages")).toEqual({
    '{within="1h"}': 0,
    '{within="6h"}': 0,
    '{within="24h"}': 20,
  });
  const back = await metricsText(outageReport(outageStart + 80 * MINUTE), site);
  const states = { '{state="waiting"}': 50, '{state="arrived"}': 50, '{state="given_up"}': 0 };
  expect(seriesOf(back, "mailtide_sender_messages")).toEqual(states);
  expect(back).not.toContain("mailtide_sender_giving_up_messages");
  expect(seriesOf(back, "mailtide_backlog_messages")[where(1)]).toBe(50);
  expect(back).not.toContain("mailtide_sender_window_deadline_timestamp_seconds");
  const calm = await metricsText(emptyReport(), site);
  expect(Object.keys(seriesOf(calm, "mailtide_backlog_messages"))).toEqual([where(0)]);
  expect(calm).not.toContain("mailtide_sender_window_deadline_timestamp_seconds");
  expect(calm).not.toContain("mailtide_sender_messages");
});

test("senders that return are counted from the start, and by nobody who does not know them", async () => {
  expect(seriesOf(await metricsText(emptyReport(), site), "mailtide_sender_returns_total")).toEqual({
    '{outcome="returned"}': 0,
    '{outcome="given_up"}': 0,
  });
  expect(seriesOf(await metricsText(outageReport(), site), "mailtide_sender_return_seconds_count")).toEqual({
    "{}": 688,
  });
  const { senders: _, ...older } = outageReport();
  expect(await metricsText(older, site)).not.toContain("mailtide_sender_");
});
