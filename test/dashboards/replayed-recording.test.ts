import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { checkQueries, summary } from "../../dashboards/check.ts";
import { allQueries } from "../../dashboards/queries.ts";
import { discoverDialects } from "../../src/app/discover.ts";
import { languagesNamed } from "../../src/app/languages.ts";
import { replay } from "../../src/app/replay.ts";
import type { Report } from "../../src/core/report.ts";
import { metricsText } from "../../src/publishers/prometheus/index.ts";
import { toReportJson } from "../../src/publishers/report/json.ts";
import { reportSchema } from "../../src/publishers/report/schema.ts";
import { missing } from "../support/programs.ts";

const lacks = missing("prometheus", "prometheus") ?? missing("promtool", "prometheus");
const note = lacks ?? "Prometheus is installed";
const folder = fileURLToPath(new URL("../../src/app/demonstration/recording/", import.meta.url));
const site = { version: "0.1.0", mta: "postfix" };
const reports: Report[] = [];

beforeAll(async () => {
  const dialect = (await discoverDialects()).find(({ name }) => name === "postfix");
  if (dialect === undefined) throw new Error("no dialect for Postfix");
  const options = { every: 15_000, zone: "UTC", languages: await languagesNamed(["en"]) };
  for await (const report of replay(folder, dialect, options)) reports.push(report);
});

test("a recording replayed gives reports that fit the schema, with mail in them", () => {
  expect(reports.length).toBeGreaterThan(10);
  expect(Math.max(...reports.map((report) => report.totals.messages.accepted))).toBeGreaterThan(100);
  for (const report of reports) {
    const json: unknown = JSON.parse(JSON.stringify(toReportJson(report)));
    expect(reportSchema.safeParse(json).error?.issues ?? []).toEqual([]);
  }
});

test.skipIf(lacks !== undefined)(`promtool finds nothing to say about any of its metrics (${note})`, async () => {
  for (const report of [reports.at(0), reports.at(reports.length >> 1), reports.at(-1)]) {
    if (report === undefined) throw new Error("no report");
    const input = await metricsText(report, site);
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  }
});

test.skipIf(lacks !== undefined)(`every query of dashboards and rules returns data over it (${note})`, async () => {
  const samples = await Promise.all(
    reports.map(async (report) => ({ at: report.at, text: await metricsText(report, site, "openmetrics") })),
  );
  // A recording of minutes knows no usual day, so nothing is said of mail at senders: mail-at-senders.test.ts asks for that. And
  // nobody looks at addresses while it plays: queries-return-data.test.ts has them.
  // The same goes for what an operator promises, and for a server that is away from all its senders.
  const absent =
    /mailtide_sender_|where="senders"|mailtide_probe_|deadline_timestamp_seconds\{by="operator"|mailtide_without_service_/;
  const own = allQueries().filter(({ expression }) => !absent.test(expression));
  const results = await checkQueries(samples, own);
  console.log(summary(results));
  expect(results.length).toBeGreaterThan(40);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
});
