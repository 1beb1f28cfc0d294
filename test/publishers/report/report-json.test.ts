import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, expectTypeOf, test } from "vitest";
import type { Report } from "../../../src/core/report.ts";
import report from "../../../src/publishers/report/index.ts";
import { toReportJson } from "../../../src/publishers/report/json.ts";
import { type ReportJson, reportSchema } from "../../../src/publishers/report/schema.ts";
import { schemaFile } from "../../../src/publishers/report/write-schema.ts";
import { blindReport, emptyReport, outageReport, outageReports, outageStart } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";

const committed = readFileSync(new URL("../../../docs/report.schema.json", import.meta.url), "utf8");

test("every report fits the schema, as written and read again", () => {
  for (const one of [...outageReports(), emptyReport(), blindReport()]) {
    const json: unknown = JSON.parse(JSON.stringify(toReportJson(one)));
    expect(reportSchema.safeParse(json).error?.issues ?? []).toEqual([]);
  }
});

test("nothing of the report is left out, and what is added fails here first", () => {
  expectTypeOf<Exclude<keyof Report, keyof ReportJson>>().toEqualTypeOf<"public">();
  expectTypeOf<Exclude<keyof ReportJson, keyof Report>>().toEqualTypeOf<"version">();
  expect([...Object.keys(toReportJson(outageReport())), "public"].sort()).toEqual(
    [...Object.keys(outageReport()), "version"].sort(),
  );
});

test("the committed JSON Schema is that of the program", () => {
  expect(committed, "run: node src/publishers/report/write-schema.ts").toBe(schemaFile());
});

test("another reader of JSON Schema comes to the same answers", () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const valid = ajv.compile(JSON.parse(committed));
  const json = toReportJson(outageReport());
  expect(valid(json), JSON.stringify(valid.errors)).toBe(true);
  expect(valid({ ...json, version: 2 })).toBe(false);
  expect(valid({ ...json, at: "yesterday" })).toBe(false);
  expect(valid({ ...json, surprise: 1 })).toBe(false);
  const { backlog: _, ...without } = json;
  expect(valid(without)).toBe(false);
});

test("moments are RFC 3339 text in UTC, and unknown ones null", () => {
  const json = toReportJson(outageReport(outageStart + 5 * 60_000));
  expect(json.at).toBe("2026-11-05T14:05:00.000Z");
  expect(json.forecast.latest).toBeNull();
  expect(json.downtime[0]?.to).toBeNull();
  expect(toReportJson(blindReport()).queue).toBeNull();
  expect(toReportJson(outageReport(undefined, { demonstration: "recorded" })).demonstration).toBe("recorded");
});

test("an unchanged report is not sent twice", async () => {
  const { web, publish } = await openSite([report]);
  expect((await web.inject("/api/v1/report")).statusCode).toBe(503);
  publish(outageReport());
  const first = await web.inject("/api/v1/report");
  expect(first.statusCode).toBe(200);
  expect(first.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(first.headers["cache-control"]).toBe("no-cache");
  expect(reportSchema.safeParse(first.json()).success).toBe(true);
  const etag = String(first.headers.etag);
  for (const asked of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = await web.inject({ url: "/api/v1/report", headers: { "if-none-match": asked } });
    expect(again.statusCode, asked).toBe(304);
    expect(again.body).toBe("");
  }
  publish(outageReport(outageStart));
  const changed = await web.inject({ url: "/api/v1/report", headers: { "if-none-match": etag } });
  expect(changed.statusCode).toBe(200);
  await web.close();
});

test("the schema is served beside the report", async () => {
  const { web } = await openSite([report]);
  expect((await web.inject("/api/v1/report.schema.json")).json()).toEqual(JSON.parse(committed));
  await web.close();
});
