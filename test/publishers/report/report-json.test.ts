import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, expectTypeOf, test } from "vitest";
import { readQuestion, type Supposed } from "../../../src/core/forecast/what-if.ts";
import type { Report } from "../../../src/core/report.ts";
import type { PublisherSite } from "../../../src/publishers/publisher.ts";
import report from "../../../src/publishers/report/index.ts";
import { toReportJson } from "../../../src/publishers/report/json.ts";
import { type ReportJson, reportSchema } from "../../../src/publishers/report/schema.ts";
import { schemaFile } from "../../../src/publishers/report/write-schema.ts";
import { blindReport, emptyReport, outageReport, outageReports, outageStart } from "../../support/report.ts";
import { openSite, type Site } from "../../support/site.ts";

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

describe("?whatIf=", () => {
  const answered: Supposed = {
    question: "flush now",
    at: outageStart,
    outlook: {
      at: outageStart,
      recovered: true,
      queue: [1, 2, 3, 4, 5, 6, Number.NaN],
      half: [1, 2, 3, 4, 5, 6, 7],
      ninety: [1, 2, 3, 4, 5, 6, 7],
      ninetyNine: [1, 2, 3, 4, 5, 6, 7],
      never: 0.02,
      growing: 0,
      cause: "timers",
      causes: { queue: "timers", ninetyNine: "timers" },
      saves: 1000,
      remedies: { service: 0, timers: 1000, senders: 0, destination: 0, down: 0 },
      stuck: [{ destination: "dead.test", messages: 4 }],
      destinations: [{ destination: "slow.test", messages: 40, ninetyNine: [1, 2, 3, 4, 5, 6, 7] }],
      atSenders: 0.5,
      progress: 0.4,
      allClear: false,
      notClearing: false,
      noEndInSight: false,
      shown: {
        queue: { at: 4, earliest: 2, latest: undefined },
        half: { at: 4, earliest: 2, latest: 6 },
        ninety: { at: 4, earliest: 2, latest: 6 },
        ninetyNine: { at: 4, earliest: 2, latest: 6 },
      },
    },
    sooner: { queue: Number.NaN, half: 0, ninety: 60_000, ninetyNine: -5 },
  };

  async function asking(whatIf: PublisherSite["whatIf"]): Promise<Site["web"]> {
    const { web, publish } = await openSite([
      { ...report, open: (site) => report.open({ ...site, ...(whatIf === undefined ? {} : { whatIf }) }) },
    ]);
    publish(outageReport());
    return web;
  }

  test("the answer stands in the forecast, by the schema, and is asked once a report", async () => {
    const asked: string[] = [];
    const web = await asking((question) => {
      asked.push(question);
      return answered;
    });
    for (const _ of [1, 2]) {
      const reply = await web.inject("/api/v1/report?whatIf=flush%20now");
      expect(reply.statusCode).toBe(200);
      expect(reply.headers["cache-control"]).toBe("no-store");
      expect(reportSchema.safeParse(reply.json()).error?.issues ?? []).toEqual([]);
      expect(reply.json<ReportJson>().forecast.whatIf).toMatchObject({
        question: "flush now",
        outlook: { queue: { p95: null } },
        sooner: { queue: null, ninety: 60_000 },
      });
    }
    expect(asked).toEqual(["flush now"]);
    expect("whatIf" in (await web.inject("/api/v1/report")).json<ReportJson>().forecast).toBe(false);
    await web.close();
  });

  test("null while nothing is wrong, and where nobody can be asked", async () => {
    for (const whatIf of [() => undefined, undefined]) {
      const web = await asking(whatIf);
      expect((await web.inject("/api/v1/report?whatIf=flush")).json<ReportJson>().forecast.whatIf).toBeNull();
      await web.close();
    }
  });

  test("nonsense, hostile or huge, is answered with the ways to ask", async () => {
    const web = await asking((question, at) => {
      readQuestion(question, at);
      return answered;
    });
    const asked = ["make%20it%20good", "", "x".repeat(900), "flush%20now%00", "a&whatIf=b", "<script>&whatIf[x]=1"];
    for (const text of asked) {
      const reply = await web.inject(`/api/v1/report?whatIf=${text}`);
      expect(reply.statusCode, text).toBe(400);
      expect(reply.json(), text).toMatchObject({ code: "question-invalid" });
      expect(reply.body).toContain("flush now");
      expect(reply.headers["content-type"]).toContain("application/json");
    }
    await web.close();
  });
});
