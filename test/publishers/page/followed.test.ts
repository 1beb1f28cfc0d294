// Ways to follow: every page leads to the feeds, the calendar and the plain text of its own language, live and as files.

import { posix } from "node:path";
import { expect, test } from "vitest";
import { openSiteCopy } from "../../../src/app/export/site-copy.ts";
import german from "../../../src/core/status/languages/de/index.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import spanish from "../../../src/core/status/languages/es/index.ts";
import french from "../../../src/core/status/languages/fr/index.ts";
import { MINUTE } from "../../../src/core/time.ts";
import calendar from "../../../src/publishers/calendar/index.ts";
import feed from "../../../src/publishers/feed/index.ts";
import page from "../../../src/publishers/page/index.ts";
import { publicDocumentOf, reportWith } from "../../support/public.ts";
import { openSite } from "../../support/site.ts";

const languages = [english, german, french, spanish];
const tags = languages.map(({ tag }) => tag);
const document = publicDocumentOf("draining", { languages: tags });
const places = ["", "i/k3v9x2m7q1ab", "m/w8p2c4d6f0zz", "history"];
const types = [/^application\/atom\+xml/, /^application\/rss\+xml/, /^text\/calendar/, /^text\/plain/];

/** Addresses of the feeds in the head, and of the ways to follow in the foot. */
function followed(body: string): string[] {
  const feeds = [...body.matchAll(/<link rel="alternate" type="[^"]*" title="[^"]*" href="([^"]*)">/g)];
  const [, list = ""] = /<ul class="links" aria-label="[^"]*">(.*?)<\/ul>/s.exec(body) ?? [];
  return [...feeds, ...list.matchAll(/<a href="([^"]*)">/g)].map(([, address]) => address);
}

test("every page of every language leads to what is there, in its own language", async () => {
  const { web, publish } = await openSite([page, feed, calendar], "this-machine", languages);
  publish(reportWith(document));
  for (const { tag, labels } of languages) {
    for (const place of places) {
      const folder = tag === "en" ? "/" : `/${tag}/`;
      const { body } = await web.inject(`${folder}${place}`);
      expect(followed(body)).toEqual(
        ["feed.atom", "feed.rss", "feed.atom", "calendar.ics", "notice.txt"].map((name) => `${folder}${name}`),
      );
      const { headings, links } = labels;
      for (const words of [headings.follow, links.feed, links.calendar, links.text]) expect(body).toContain(words);
      expect(Buffer.byteLength(body)).toBeLessThan(30_000);
      const answers = await Promise.all([...new Set(followed(body))].map((address) => web.inject(address)));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      for (const [i, { headers }] of answers.entries()) expect(headers["content-type"]).toMatch(types[i]);
    }
  }
  await web.close();
});

test("behind a folder of a proxy the links have the folder", async () => {
  const { web, publish } = await openSite([page, feed, calendar], "this-machine", languages);
  publish(reportWith({ ...document, url: "https://example.org/status" }));
  expect(followed((await web.inject("/de/history")).body)).toContain("/status/de/feed.atom");
  await web.close();
});

test("where there is no feed and no calendar, nothing is promised", async () => {
  const { web, publish } = await openSite([page], "this-machine", languages);
  publish(reportWith(document));
  expect(followed((await web.inject("/de/")).body)).toEqual(["/de/notice.txt"]);
  await web.close();
});

test("in the copy each of them is a file beside the page", async () => {
  const copy = await openSiteCopy(
    [page, feed, calendar],
    { version: "0.1.0", mta: "postfix", zone: "Europe/Vienna", languages },
    15 * MINUTE,
  );
  const files = await copy.filesOf(reportWith(document));
  await copy.close();
  const names = new Set(files.map(({ name }) => name));
  const pages = files.filter(({ name }) => name.endsWith(".html"));
  expect(pages.length).toBeGreaterThan(places.length * tags.length);
  for (const { name, body } of pages) {
    const found = followed(new TextDecoder().decode(body));
    expect(found, name).toHaveLength(5);
    for (const address of found) {
      expect(address, name).not.toMatch(/^(\/|https?:)/);
      expect([...names], name).toContain(posix.join(posix.dirname(name), address));
    }
  }
});
