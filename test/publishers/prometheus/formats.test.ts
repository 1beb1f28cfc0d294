import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import prometheus, { metricsText } from "../../../src/publishers/prometheus/index.ts";
import { formatFor } from "../../../src/publishers/prometheus/render.ts";
import { missing } from "../../support/programs.ts";
import { blindReport, emptyReport, outageReport } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";
import { readSamples } from "./samples.ts";

const site = { version: "0.1.0", mta: "postfix" };
const noPromtool = missing("promtool", "prometheus");
const reports = { outage: outageReport(), empty: emptyReport(), blind: blindReport() };

for (const [name, report] of Object.entries(reports)) {
  test.skipIf(noPromtool !== undefined)(
    `promtool check metrics is silent: ${name} (${noPromtool ?? "installed"})`,
    async () => {
      const shown = { ...report, demonstration: "a recorded outage" };
      for (const input of [await metricsText(report, site), await metricsText(shown, site)]) {
        expect(input.length).toBeGreaterThan(1000);
        const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
        expect(`${stdout}${stderr}`).toBe("");
        expect(status).toBe(0);
      }
    },
  );
}

test.skipIf(noPromtool !== undefined)(`promtool is a judge that can say no (${noPromtool ?? "installed"})`, () => {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: "# TYPE mailtide_things counter\nmailtide_things 1\n",
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toContain("mailtide_things");
  expect(status).not.toBe(0);
});

test("both formats carry the same samples", async () => {
  const text = readSamples(await metricsText(outageReport(), site));
  const written = await metricsText(outageReport(), site, "openmetrics");
  const openmetrics = readSamples(written);
  expect(written.endsWith("\n# EOF\n")).toBe(true);
  expect([...openmetrics.samples]).toEqual([...text.samples]);
  expect(openmetrics.types.get("mailtide_received_messages")).toBe("counter");
  expect(text.types.get("mailtide_received_messages_total")).toBe("counter");
});

test("a scrape gets the format that it asks for, with its content type, however often and in turn", async () => {
  const { web, publish } = await openSite([prometheus]);
  publish(outageReport());
  const openmetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  for (const accept of [openmetrics, "text/plain", openmetrics, undefined]) {
    const answer = await web.inject({ url: "/metrics", headers: accept === undefined ? {} : { accept } });
    expect(answer.statusCode).toBe(200);
    const asked = accept === openmetrics;
    expect(answer.headers["content-type"]).toBe(
      asked ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8",
    );
    expect(answer.body.endsWith("# EOF\n")).toBe(asked);
    expect(answer.body).toContain(`# TYPE mailtide_received_messages${asked ? "" : "_total"} counter`);
    expect(answer.body).toContain("\nmailtide_received_messages_total{");
  }
  await web.close();
});

test("before the first report a scrape fails, rather than finding nothing", async () => {
  const { web } = await openSite([prometheus]);
  expect((await web.inject("/metrics")).statusCode).toBe(503);
  await web.close();
});

test.each([
  ["application/openmetrics-text; version=1.0.0; q=0.4, text/plain; q=0.9", "text"],
  ["application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5", "text"],
  ["APPLICATION/OPENMETRICS-TEXT", "openmetrics"],
  ["application/openmetrics-text;q=0", "text"],
  ["application/openmetrics-text;q=nonsense", "text"],
  ["", "text"],
  [";;,,q=", "text"],
] as const)("Accept %j is answered with %s", (accept, format) => {
  expect(formatFor(accept)).toBe(format);
});

test("hostile names of destinations stay inside of their labels", async () => {
  const [one] = outageReport().destinations;
  if (one === undefined) throw new Error("no destination");
  const name = 'a"} 1\nmailtide_forged{x="\\';
  const text = await metricsText({ ...outageReport(), destinations: [{ ...one, name }] }, site);
  expect(text.split("\n").filter((line) => line.startsWith("mailtide_forged"))).toEqual([]);
  expect(text).toContain('destination="a\\"} 1\\nmailtide_forged{x=\\"\\\\"');
});
