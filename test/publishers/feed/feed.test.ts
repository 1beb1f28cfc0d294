// Feeds that strict readers take, with entries that stay what they are.

import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import german from "../../../src/core/status/languages/de/index.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import type { Language } from "../../../src/core/status/languages/language.ts";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import { MINUTE } from "../../../src/core/time.ts";
import feed from "../../../src/publishers/feed/index.ts";
import { type FeedForm, feedOf } from "../../../src/publishers/feed/write.ts";
import { documentAt, incident, publicDocument, quietDocument, reportWith } from "../../support/public-news.ts";
import { outageStart } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";

const forms: readonly FeedForm[] = ["atom", "rss"];
const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => ["entry", "item", "link"].includes(name) });

/** What every entry or item of a feed has of one kind. */
function each(text: string, name: string): string[] {
  expect(XMLValidator.validate(text)).toBe(true);
  const { feed, rss } = parser.parse(text);
  const entries: Record<string, unknown>[] = (feed === undefined ? rss.channel.item : feed.entry) ?? [];
  return entries.map((entry) => {
    const value = entry[name];
    return typeof value === "object" && value !== null ? String(Reflect.get(value, "#text")) : String(value);
  });
}

test.each(forms)(
  "%s: one entry an update, the newest first, open and past incidents and planned work alike",
  (form) => {
    const text = feedOf(publicDocument(), form, english, `/feed.${form}`);
    expect(each(text, "title")).toEqual([
      "[Keeping watch] Email is not working",
      "[We know what fails] Email is not working",
      "[Looking for the cause] Email is not working",
      "[Planned] Planned work on email",
      "[Planned] Planned work on email",
      "[Planned] Planned work on email",
      "[Planned] Planned work on email",
      "[Over] Email was slow",
      "[Looking for the cause] Email was slow",
    ]);
  },
);

test("ids stay the same when time passes, when the words change, and in the other language", () => {
  const ids = (document: PublicDocument, language: Language = english) =>
    each(feedOf(document, "atom", language, "/feed.atom"), "id");
  const before = ids(publicDocument());
  expect(new Set(before).size).toBe(before.length);
  expect(before[0]).toBe("tag:status.example.org,2026:i/k3m9x2p7q1za/k3m9x2p7q1za-3");
  expect(ids(publicDocument({ at: documentAt + 9 * MINUTE, name: "Post", headline: { en: "x", de: "y" } }))).toEqual(
    before,
  );
  expect(ids(publicDocument(), german)).toEqual(before);
  // The same update after its incident is resolved, and moved from one list to the other.
  const resolved = incident({ status: "resolved", resolved: documentAt });
  expect(ids(publicDocument({ open: [], past: [resolved] }))).toEqual(expect.arrayContaining(before.slice(0, 3)));
  expect(each(feedOf(publicDocument(), "rss", english, "/feed.rss"), "guid")).toEqual(before);
});

test.each([
  [english, "Thursday, 5 November 2026 at 15:35 CET"],
  [german, "Donnerstag, 5. November 2026 um 15:35 MEZ"],
])("in $tag every entry names its day and zone, since it is read on another day", (language, moment) => {
  const content = each(feedOf(publicDocument(), "atom", language, "/feed.atom"), "content");
  expect(content[0]).toContain(`<p>${moment}</p>`);
  for (const one of content) expect(one).toMatch(/^<p>\p{Lu}\p{L}+, \d+\.? \p{L}+ \d{4} .* [A-Z]{3,4}<\/p>/u);
});

test("the feed of a quiet day is empty, whole, and the same an hour later", () => {
  for (const form of forms) {
    const text = feedOf(quietDocument(), form, english, `/feed.${form}`);
    expect(each(text, "title")).toEqual([]);
    expect(feedOf(quietDocument({ at: documentAt + 60 * MINUTE }), form, english, `/feed.${form}`)).toBe(text);
  }
});

test("without the address of the site there are no links, and it is a feed all the same", () => {
  const document = publicDocument({ url: undefined });
  const atom = feedOf(document, "atom", english, "/feed.atom");
  expect(atom).not.toContain("<link");
  expect(each(atom, "id")).toHaveLength(9);
  const rss = feedOf(document, "rss", english, "/feed.rss");
  expect(parser.parse(rss).rss.channel.item.every((item: object) => !("link" in item))).toBe(true);
});

test("at most fifty entries, and planned work that nobody wrote about is announced", () => {
  const many = Array.from({ length: 30 }, (_, i) => incident({ id: `i${i}` }));
  expect(each(feedOf(publicDocument({ open: many }), "atom", english, "/feed.atom"), "id")).toHaveLength(50);
  expect(each(feedOf(publicDocument(), "atom", english, "/feed.atom"), "id")).toContain(
    "tag:status.example.org,2026:m/w1a1a1a1a1a1/announced",
  );
});

test("a feed in each language at its address, and a demonstration says so", async () => {
  const { web, publish } = await openSite([feed]);
  publish(reportWith(publicDocument({ demonstration: true })));
  for (const path of ["/feed.atom", "/en/feed.atom", "/feed.rss", "/en/feed.rss"]) {
    const { statusCode, headers, body } = await web.inject(path);
    expect([statusCode, headers["content-type"]]).toEqual([
      200,
      `application/${path.slice(-4).replace(".", "")}+xml; charset=utf-8`,
    ]);
    expect(body).toContain("<title>Demonstration: Email</title>");
    expect(headers.etag).toBeDefined();
  }
  expect((await web.inject("/feed.atom")).body).toContain('xml:lang="en"');
  await web.close();
});

test("markup and control characters in an operator's words are shown, and break nothing", () => {
  const evil = "</p>]]><script>ran(1)</script>\u0000\u0008\u202e & \ud800 &amp; x";
  const words = { en: evil };
  const update = { id: "u1", at: outageStart, status: "identified", by: "operator", words } as const;
  const document = publicDocument({
    name: evil,
    headline: words,
    open: [incident({ name: words, updates: [update] })],
  });
  for (const form of forms) {
    const text = feedOf(document, form, english, `/feed.${form}`);
    expect(each(text, "title")[0]).toContain("&lt;script&gt;");
    expect(text).not.toMatch(/<script|\u0000|\u0008|\u202e|\ud800/);
    // What a reader shows: the words as they were written.
    expect(each(text, form === "atom" ? "content" : "description")[0]).toContain(
      "&lt;script&gt;ran(1)&lt;/script&gt; &amp; ",
    );
  }
});
