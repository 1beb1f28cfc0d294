import { expect, test } from "vitest";
import { checkQueries, summary } from "../../dashboards/check.ts";
import { startPrometheus, until } from "../../dashboards/prometheus.ts";
import { allQueries } from "../../dashboards/queries.ts";
import { listen } from "../../src/app/web.ts";
import prometheusPublisher, { metricsText } from "../../src/publishers/prometheus/index.ts";
import { missing } from "../support/programs.ts";
import { blindReport, outageReport, outageReports, outageStart } from "../support/report.ts";
import { openSite } from "../support/site.ts";

const lacks = missing("prometheus", "prometheus") ?? missing("promtool", "prometheus");
const note = lacks ?? "Prometheus is installed";
const site = { version: "0.1.0", mta: "postfix" };

test.skipIf(lacks !== undefined)(
  `every query of dashboards and rules returns data over an outage (${note})`,
  async () => {
    const samples = await Promise.all(
      outageReports().map(async (report) => ({ at: report.at, text: await metricsText(report, site, "openmetrics") })),
    );
    const results = await checkQueries(samples);
    console.log(summary(results));
    expect(results.length).toBeGreaterThan(40);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
  },
);

test.skipIf(lacks !== undefined)(`a query that returns nothing, or is not one, is seen (${note})`, async () => {
  const samples = [{ at: outageStart, text: await metricsText(blindReport(), site) }];
  const results = await checkQueries(samples, [
    { from: "there", expression: "mailtide_blind", must: "data" },
    { from: "absent", expression: "mailtide_backlog_messages", must: "data" },
    { from: "quiet", expression: "mailtide_blind == 7", must: "valid" },
    { from: "broken", expression: "sum(mailtide_blind", must: "valid" },
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false, true, false]);
  expect(results[3]?.fault).toContain("parse error");
  expect(summary(results)).toContain("1 of 2 queries return data");
});

test("the queries are found: those of panels, variables and rules", () => {
  const found = allQueries();
  for (const from of ["Mail: drain: State", "Mail: drain: variable instance", "MailExpiringSoon"]) {
    expect(found.map((query) => query.from)).toContain(from);
  }
  for (const { expression } of found) expect(expression).not.toContain("$");
});

test.skipIf(lacks !== undefined)(`a real Prometheus scrapes mailtide (${note})`, async () => {
  const { web, publish } = await openSite([prometheusPublisher]);
  publish(outageReport());
  const url = await listen(web, { host: "127.0.0.1", port: 0 });
  const target = JSON.stringify(new URL(url).host);
  const real = await startPrometheus({
    scrape: `  - job_name: mailtide\n    scrape_interval: 1s\n    static_configs: [{ targets: [${target}] }]\n`,
  });
  try {
    const value = async (expression: string) => {
      const now = Date.now();
      return (await real.range(expression, now - 5000, now + 1000, 1000))[0]?.points.at(-1)?.[1];
    };
    await until(async () => (await value('up{job="mailtide"}')) === 1);
    expect(await value("scrape_samples_scraped")).toBeGreaterThan(250);
    expect(await value('sum(mailtide_backlog_messages{where="local"})')).toBe(outageReport().backlog.delayed);
  } finally {
    await real.stop();
    await web.close();
  }
});
