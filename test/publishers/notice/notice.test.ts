import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { publicFacts, rounded } from "../../../src/publishers/notice/facts.ts";
import notice from "../../../src/publishers/notice/index.ts";
import { page } from "../../../src/publishers/notice/page.ts";
import { demonstrationMark, noticeText } from "../../../src/publishers/notice/text.ts";
import { blindReport, emptyReport, outageReport, outageStart } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";

test("the first line of the text is the headline", async () => {
  const { web, publish } = await openSite([notice]);
  expect((await web.inject("/notice.txt")).statusCode).toBe(503);
  publish(outageReport());
  const answer = await web.inject("/notice.txt");
  expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(answer.body.split("\n")[0]).toBe("Email is working again. Late mail is still coming in.");
  expect(answer.body).toContain("We expect 8 out of 10 late messages between 15:15 and 15:50.");
  await web.close();
});

test("a demonstration says so in the first line of the text, and on the page", async () => {
  const facts = publicFacts(outageReport(undefined, { demonstration: "a recorded outage" }));
  expect(noticeText(facts).split("\n")[0]).toBe(`${demonstrationMark}${facts.headline}`);
  expect(page(facts, [])).toContain("Demonstration: this is a recorded outage, not this server.");
  expect(page(facts, [])).toContain("<title>Demonstration: ");
  const real = publicFacts(outageReport());
  expect(`${noticeText(real)}${page(real, [])}`.toLowerCase()).not.toContain("demonstration");
});

test("the page has no script, loads nothing, and its policy knows its style", async () => {
  const { web, publish } = await openSite([notice]);
  publish(outageReport());
  const { body, headers } = await web.inject("/");
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(body).not.toMatch(/<script|javascript:|\son\w+=|style="|src=|<link|@import|url\(|http-equiv/i);
  const [, style = ""] = /<style>([^<]*)<\/style>/.exec(body) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers["content-security-policy"]).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(style.length).toBeGreaterThan(500);
  await web.close();
});

test("the page says the range, or that we cannot say", () => {
  const draining = page(publicFacts(outageReport()), []);
  expect(draining).toContain("8 times out of 10");
  expect(draining).toContain('<time datetime="2026-11-05T15:15:00.000Z">Thursday 5 November at 15:15 UTC</time>');
  const there = page(publicFacts(outageReport()), [], "Europe/Vienna");
  expect(there).toContain('<time datetime="2026-11-05T15:15:00.000Z">Thursday 5 November at 16:15 CET</time>');
  const down = page(publicFacts(outageReport(outageStart + 600_000)), []);
  expect(down).toContain("We cannot say yet when the late mail will be through.");
  expect(page(publicFacts(emptyReport()), [])).not.toContain("late mail will be through");
});

test("while blind the page is never calmer than unknown and gives no time", () => {
  const facts = publicFacts({ ...outageReport(), observer: blindReport().observer });
  const body = page(facts, []);
  expect(body).toContain('<body class="unknown">');
  expect(body).not.toContain("8 times out of 10");
  expect(body).toContain("may be out of date");
  expect(noticeText(facts)).toContain("may be out of date");
});

test("markup in the words of a report is shown, not run", () => {
  const evil = `</h1><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u0000\u202e`;
  const report = outageReport();
  const body = page(publicFacts({ ...report, status: { ...report.status, headline: evil, notice: evil } }), []);
  expect(body).not.toMatch(/<script|<img|\u0000|\u202e/);
  expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("no destination, reply or exact count of the report reaches the public", () => {
  const marked = JSON.parse(
    JSON.stringify(outageReport(), (key, value: unknown) =>
      typeof value === "string" && !["phase", "level", "state", "headline", "notice"].includes(key)
        ? `marker-${value}`
        : value,
    ),
  ) as ReturnType<typeof outageReport>;
  const backlog = [1234, 7, 5678, 4321];
  const facts = publicFacts({ ...marked, timeline: { ...marked.timeline, backlog } });
  const everything = `${page(facts, [])}${noticeText(facts)}${JSON.stringify(facts)}`;
  expect(JSON.stringify(marked)).toContain("marker-hospital.test");
  for (const secret of ["marker-", "hospital", "gone.test", "1234", "5678", "4321", "1,234"]) {
    expect(everything).not.toContain(secret);
  }
  expect(facts.chart.waiting).toEqual([1200, 0, 5700, 4300]);
});

test.each([
  [0, 0],
  [9, 0],
  [10, 10],
  [99, 99],
  [104, 100],
  [1250, 1300],
  [995, 1000],
  [Number.NaN, 0],
  [-5, 0],
])("%d is shown as %d", (count, shown) => {
  expect(rounded(count)).toBe(shown);
});

test("the chart keeps its peak however long it is, and speaks to who cannot see it", () => {
  const report = outageReport();
  const backlog = Array.from({ length: 5000 }, (_, i) => (i === 2501 ? 4000 : 20));
  const body = page(publicFacts({ ...report, timeline: { ...report.timeline, backlog } }), []);
  expect(body).toMatch(/aria-label="Late mail from .* at most 4,000 messages, 20 at the end."/);
  const [, points = ""] = /<polyline points="([^"]*)"/.exec(body) ?? [];
  expect(points.split(" ").length).toBeLessThanOrEqual(160);
  expect(points).toContain(",8.0");
  expect(page(publicFacts(emptyReport()), [])).not.toContain("<svg");
});
