// The whole site as files: every public address, nothing of the administrator's, whole and linked.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { discoverPublishers } from "../../../src/app/discover.ts";
import { openExporter } from "../../../src/app/export/exporter.ts";
import { type CopiedFile, indexName, openSiteCopy } from "../../../src/app/export/site-copy.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import { MINUTE, SECOND } from "../../../src/core/time.ts";
import type { Publisher } from "../../../src/publishers/publisher.ts";
import { documentAt, incident, publicDocument, reportWith } from "../../support/public-news.ts";
import { broken, visibleFiles } from "./whole.ts";

const site = { version: "0.1.0", mta: "postfix", languages: [english] };
const validFor = 15 * MINUTE;

async function filesOf(report = reportWith(), publishers?: readonly Publisher[]): Promise<Map<string, CopiedFile>> {
  const copy = await openSiteCopy(publishers ?? (await discoverPublishers()), site, validFor);
  const files = await copy.filesOf(report);
  await copy.close();
  return new Map(files.map((file) => [file.name, file]));
}

const text = (file: CopiedFile | undefined): string => Buffer.from(file?.body ?? []).toString();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "site-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("every public channel is in the copy, whole, and nothing of the administrator or of this process", async () => {
  const files = await filesOf();
  expect([...files.keys()]).toEqual(
    expect.arrayContaining([
      "index.html",
      "notice.txt",
      "feed.atom",
      "en/feed.rss",
      "calendar.ics",
      "badge.svg",
      "badge.json",
      "api/v2/summary.json",
      "api/v2/scheduled-maintenances/upcoming.json",
      indexName,
    ]),
  );
  for (const name of files.keys()) expect(name).not.toMatch(/metrics|healthy|ready|v1\/report$/);
  for (const [name, file] of files) expect(broken(name, text(file)), name).toBeUndefined();
});

test("it holds for as long as it says, everywhere in the same words", async () => {
  const files = await filesOf();
  const until = "2026-11-05T15:15:00.000Z";
  expect(JSON.parse(text(files.get(indexName)))).toMatchObject({
    made: "2026-11-05T15:00:00.000Z",
    valid_until: until,
  });
  expect(JSON.parse(text(files.get("api/v2/summary.json"))).mailtide.valid_until).toBe(until);
  expect(text(files.get("index.html"))).toContain(`data-valid-until="${until}"`);
  expect(text(files.get("notice.txt"))).toContain("It holds until Thursday, 5 November 2026 at 16:15 CET.");
  expect(text(files.get("badge.svg"))).toContain("5 Nov, 16:00 CET");
});

test("the index comes last, the front page before it, and every digest in it is right", async () => {
  const files = await filesOf();
  expect([...files.keys()].slice(-2)).toEqual(["index.html", indexName]);
  const index = JSON.parse(text(files.get(indexName))) as { files: { name: string; sha256: string; bytes: number }[] };
  expect(index.files).toHaveLength(files.size - 1);
  for (const { name, sha256, bytes } of index.files) {
    const body = files.get(name)?.body ?? new Uint8Array();
    expect([sha256, bytes]).toEqual([createHash("sha256").update(body).digest("hex"), body.length]);
  }
});

test("every link of every page leads to a file of the copy", async () => {
  const files = await filesOf();
  let links = 0;
  for (const [name, file] of files) {
    if (!name.endsWith(".html")) continue;
    for (const [, link] of text(file).matchAll(/\s(?:href|src)="([^"#:]+)(?:#[^"]*)?"/g)) {
      links++;
      expect(link.startsWith("/"), `${name}: ${link}`).toBe(false);
      expect([...files.keys()], `${name}: ${link}`).toContain(join(dirname(name), link));
    }
  }
  expect(links).toBeGreaterThan(0);
});

/** A publisher as somebody else might add one. */
const newcomer: Publisher = {
  name: "newcomer",
  addresses: [],
  open({ web, copy }) {
    const html = "text/html; charset=utf-8";
    web.get("/new", async (_request, reply) =>
      reply.type(html).send('<html><head></head><body><a href="/i/k3m9x2p7q1za">x</a></body></html>'),
    );
    web.get<{ Params: { id: string } }>("/i/:id", async ({ params }, reply) =>
      params.id === "k3m9x2p7q1za"
        ? reply.type(html).send("<html><head></head><body></body></html>")
        : reply.code(404).send(""),
    );
    web.get("/listed/:what/x", async (_request, reply) => reply.type("text/plain").send(`valid ${copy?.validFor}`));
    web.get("/secret", { config: { audience: "administrator" } }, async () => "secret");
    web.get("/alive", { config: { copied: false } }, async () => "alive");
    web.get("/gone", async (_request, reply) => reply.redirect("/new"));
    web.post("/do", async () => "done");
    return { publish() {}, exports: () => ["/listed/a/x"], async close() {} };
  },
};

test("a new publisher is in the copy by itself, with a page for each id and what it lists", async () => {
  const files = await filesOf(reportWith(), [newcomer]);
  expect([...files.keys()]).toEqual(["listed/a/x", "i/k3m9x2p7q1za/index.html", "new/index.html", indexName]);
  expect(text(files.get("new/index.html"))).toContain('href="../i/k3m9x2p7q1za/index.html"');
  expect(text(files.get("listed/a/x"))).toContain("valid 900000");
});

test("behind a folder of a proxy, links with that folder before them still lead to files", async () => {
  const proxied: Publisher = {
    ...newcomer,
    open: ({ web }) => {
      const page = '<html><head></head><body><a href="/status/b">b</a></body></html>';
      for (const path of ["/a", "/b"]) web.get(path, async (_request, reply) => reply.type("text/html").send(page));
      return { publish() {}, async close() {} };
    },
  };
  const files = await filesOf(reportWith(publicDocument({ url: "https://example.org/status" })), [proxied]);
  expect(text(files.get("a/index.html"))).toContain('href="../b/index.html"');
});

test("a page that fails makes no copy with a hole in it", async () => {
  const failing: Publisher = {
    ...newcomer,
    open: ({ web }) => {
      web.get("/x", async () => {
        throw new Error("broken");
      });
      return { publish() {}, async close() {} };
    },
  };
  await expect(filesOf(reportWith(), [failing])).rejects.toMatchObject({ code: "export-failed" });
});

test("hundreds of incidents are no rush to be turned away", async () => {
  const past = Array.from({ length: 700 }, (_, i) => incident({ id: `past${i}` }));
  const files = await filesOf(reportWith(publicDocument({ past })), [newcomer]);
  expect(files.size).toBeGreaterThan(3);
}, 60_000);

test("serve's copy is made at once for news, else as often as is set, and trouble is said and tried again", async () => {
  const complaints: unknown[] = [];
  const directory = join(folder, "site");
  const exporter = await openExporter(await discoverPublishers(), site, {
    directory,
    interval: MINUTE,
    validFor,
    complain: (error) => void complaints.push(error),
  });
  const made = async (at: number, over = {}): Promise<string> => {
    exporter.tell(reportWith(publicDocument({ at, ...over })));
    await exporter.settled();
    return JSON.parse(readFileSync(join(directory, indexName), "utf8")).made;
  };
  const at = (seconds: number): string => new Date(documentAt + seconds * SECOND).toISOString();
  expect(await made(documentAt)).toBe(at(0));
  expect(await made(documentAt + 5 * SECOND)).toBe(at(0));
  expect(await made(documentAt + 10 * SECOND, { phase: "relapse" })).toBe(at(10));
  expect(await made(documentAt + 15 * SECOND, { phase: "relapse" })).toBe(at(10));
  expect(await made(documentAt + 70 * SECOND, { phase: "relapse" })).toBe(at(70));
  rmSync(directory, { recursive: true });
  exporter.tell(reportWith(publicDocument({ at: documentAt + 140 * SECOND })));
  await exporter.settled();
  expect(complaints).toEqual([]);
  // Thrown away under our feet: what is written next is all of it again.
  expect(visibleFiles(directory).length).toBeGreaterThan(15);
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "a file where the folder was");
  exporter.tell(reportWith(publicDocument({ at: documentAt + 210 * SECOND })));
  await exporter.settled();
  expect(complaints).toMatchObject([{ code: "export-failed" }]);
  rmSync(directory);
  expect(await made(documentAt + 215 * SECOND)).toBe(at(215));
  expect(exporter.counters()).toEqual([
    { name: "mailtide_export_failures_total", labels: {}, value: 1 },
    { name: "mailtide_export_timestamp_seconds", labels: {}, value: documentAt / 1000 + 215 },
  ]);
  await exporter.close();
});
