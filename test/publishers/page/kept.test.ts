import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import english from "../../../src/core/status/languages/en/index.ts";
import { MINUTE, SECOND } from "../../../src/core/time.ts";
import page, { pagePublisher } from "../../../src/publishers/page/index.ts";
import { codingFor, has } from "../../../src/publishers/page/kept.ts";
import { PublicSitePages } from "../../../src/publishers/page/site.ts";
import { marked, publicDocumentOf, publicNow, reportWith } from "../../support/public.ts";
import { openSite } from "../../support/site.ts";

const languages = [english, marked("de")];

test("what is kept is made once a change, not once a visitor and not once a report", () => {
  const site = new PublicSitePages(languages, () => 0);
  site.publish(publicDocumentOf("outage"));
  const first = site.page("en", { page: "notice" });
  for (let i = 0; i < 1000; i++) expect(site.page("en", { page: "notice" })).toBe(first);
  // Ten more reports that say the same within the minute are no change.
  for (let i = 1; i <= 10; i++) {
    site.publish(publicDocumentOf("outage", { at: publicNow + i * 5 * SECOND }));
    expect(site.page("en", { page: "notice" })).toBe(first);
  }
  site.publish(publicDocumentOf("outage", { at: publicNow + MINUTE }));
  const second = site.page("en", { page: "notice" });
  expect(second).not.toBe(first);
  site.publish(publicDocumentOf("draining", { at: publicNow + MINUTE }));
  expect(site.page("en", { page: "notice" })).not.toBe(second);
  // Addresses that there are not are not remembered: they would be without end.
  expect(site.page("en", { page: "incident", id: "a" })).not.toBe(site.page("en", { page: "incident", id: "a" }));
});

test("who has it is told so in a few bytes; who asks for its head gets the head", async () => {
  const { web, publish } = await openSite([page], "this-machine", languages);
  publish(reportWith(publicDocumentOf("outage")));
  for (const url of ["/", "/de/", "/history", "/i/k3v9x2m7q1ab", "/m/w8p2c4d6f0zz", "/notice.txt", "/page.js"]) {
    for (const coding of ["identity", "gzip", "br"]) {
      const headers = { "accept-encoding": coding };
      const full = await web.inject({ url, headers });
      expect(full.statusCode, url).toBe(200);
      expect(full.headers.vary).toBe("accept-encoding");
      const etag = String(full.headers.etag);
      const again = await web.inject({ url, headers: { ...headers, "if-none-match": `"other", W/${etag}` } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, "", etag]);
      expect(again.headers["cache-control"]).toBe(full.headers["cache-control"]);
      const head = await web.inject({ method: "HEAD", url, headers });
      expect([head.statusCode, head.body]).toEqual([200, ""]);
      expect(head.headers["content-length"]).toBe(String(full.rawPayload.length));
      expect(head.headers.etag).toBe(etag);
      expect((await web.inject({ url, headers: { ...headers, "if-none-match": '"other"' } })).statusCode).toBe(200);
    }
    const plain = (await web.inject(url)).rawPayload;
    const gzip = await web.inject({ url, headers: { "accept-encoding": "gzip" } });
    const br = await web.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    expect(gunzipSync(gzip.rawPayload)).toEqual(plain);
    expect(brotliDecompressSync(br.rawPayload)).toEqual(plain);
    expect(new Set([gzip.headers.etag, br.headers.etag]).size).toBe(2);
  }
  await web.close();
});

test("a cache may go on telling of trouble for a day, that all is well for minutes only", async () => {
  const { web, publish } = await openSite([page], "this-machine", languages);
  const tells = async () => String((await web.inject("/")).headers["cache-control"]);
  publish(reportWith(publicDocumentOf("outage")));
  expect(await tells()).toContain("stale-if-error=86400");
  publish(reportWith(publicDocumentOf("normal")));
  expect(await tells()).toContain("stale-if-error=300");
  publish(reportWith(publicDocumentOf("normal", { blind: true, level: "unknown" })));
  expect(await tells()).toContain("stale-if-error=86400");
  await web.close();
});

test("without news for longer than usual the page says that it may be out of date, and is calm no more", async () => {
  let now = 0;
  const { web, publish } = await openSite([pagePublisher(() => now)], "this-machine", languages);
  const old = async () => {
    const { body } = await web.inject("/");
    expect((await web.inject("/notice.txt")).body.includes("We have had no news since")).toBe(
      body.includes("We have had no news since"),
    );
    return body.includes("We have had no news since") && body.includes('<body class="unknown">');
  };
  const normal = reportWith(publicDocumentOf("normal"));
  publish(normal);
  for (let i = 0; i < 5; i++) {
    now += 5 * SECOND;
    publish(normal);
  }
  expect(await old()).toBe(false);
  now += 60 * SECOND;
  expect(await old()).toBe(false);
  now += 1;
  expect(await old()).toBe(true);
  expect((await web.inject("/")).body).not.toMatch(/class="is well"|class="state">Working/);
  publish(normal);
  expect(await old()).toBe(false);
  // Who reports every ten minutes is not old after one.
  now += 10 * MINUTE;
  publish(normal);
  now += 20 * MINUTE;
  expect(await old()).toBe(false);
  now += 11 * MINUTE;
  expect(await old()).toBe(true);
  await web.close();
});

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip;q=1.0, br;q=0", "gzip"],
  ["br;q=0.0, gzip;q=0", "identity"],
  ["*", "br"],
  ["identity", "identity"],
  ["GZIP", "gzip"],
  [";;,,=,q", "identity"],
  ["x".repeat(100_000), "identity"],
])("accept-encoding %j is answered with %s", (header, coding) => {
  expect(codingFor(header)).toBe(coding);
});

test("tags are compared weakly", () => {
  expect(has('W/"a"', '"a"')).toBe(true);
  expect(has("*", '"a"')).toBe(true);
  expect(has('"b"', '"a"')).toBe(false);
  expect(has(undefined, '"a"')).toBe(false);
});
