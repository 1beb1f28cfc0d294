import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lookoutCatalogue } from "../../../src/app/lookout-metrics.ts";
import { clearLimits, clearStates } from "../../../src/core/forecast/forecast.ts";
import { reasonNames } from "../../../src/core/ledger/reasons.ts";
import { phases } from "../../../src/core/status/status.ts";
import { catalogue } from "../../../src/publishers/prometheus/catalogue.ts";
import { metricsText } from "../../../src/publishers/prometheus/index.ts";
import { outageReport } from "../../support/report.ts";
import { familyOf, readSamples } from "./samples.ts";

/** What publishers and the copying of the site count about themselves. */
const counters = [
  { name: "mailtide_webhook_deliveries_total", labels: { webhook: "chat", outcome: "delivered" }, value: 3 },
  { name: "mailtide_webhook_pending_deliveries", labels: { webhook: "chat" }, value: 0 },
  { name: "mailtide_export_timestamp_seconds", labels: {}, value: 1 },
  { name: "mailtide_export_failures_total", labels: {}, value: 0 },
  { name: "mailtide_not_in_the_catalogue", labels: {}, value: 1 },
];

const lookoutPart = "mailtide_lookout_";
const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
const allRows = page.split("\n").flatMap((line) => {
  const [, name, kind, labels] = /^\| `(mailtide_[a-z_]+)` \| (\w+) \|([^|]*)\|/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, kind, labels: [...(labels ?? "").matchAll(/`(\w+)`/g)].map((m) => m[1]) }];
});
const rows = allRows.filter(({ name }) => !name.startsWith(lookoutPart));

test("every metric of a lookout is documented, and every documented one exists", () => {
  const documented = allRows.filter(({ name }) => name.startsWith(lookoutPart)).map(({ name, kind }) => [name, kind]);
  expect(documented).toEqual(Object.entries(lookoutCatalogue).map(([name, [kind]]) => [name, kind]));
});

test("every metric is documented, with its kind and labels, and every documented one exists", () => {
  expect(rows.length).toBeGreaterThan(30);
  const documented = Object.fromEntries(rows.map(({ name, kind, labels }) => [name, { kind, labels }]));
  const existing = Object.fromEntries(
    Object.entries(catalogue).map(([name, { kind, labels }]) => [name, { kind, labels: [...labels] }]),
  );
  expect(documented).toEqual(existing);
  expect(rows).toHaveLength(Object.keys(documented).length);
});

test("every metric of the catalogue is emitted, and nothing else, with the labels it declares", async () => {
  const { samples, types } = readSamples(
    await metricsText(outageReport(), { version: "0.1.0", mta: "postfix", counters }),
  );
  const emitted = new Map<string, Set<string>>();
  for (const series of samples.keys()) {
    const name = familyOf(series, types);
    const labels = emitted.get(name) ?? new Set();
    for (const [, label] of series.matchAll(/[{,](\w+)="/g))
      if (label !== "mta" && label !== "le") labels.add(label ?? "");
    emitted.set(name, labels);
  }
  expect([...emitted.keys()].sort()).toEqual(Object.keys(catalogue).sort());
  for (const [name, { labels }] of Object.entries(catalogue)) {
    expect([...(emitted.get(name) ?? [])].sort(), name).toEqual([...labels].sort());
  }
});

test("every value of a fixed label is documented", () => {
  for (const value of [...reasonNames, ...phases, ...clearStates, ...clearLimits])
    expect(page).toContain(`\`${value}\``);
});
