// A thousand texts that try to become something else, as an operator's words and as what remote servers said, on every channel
// for programs: each answer stays well-formed by a strict parser, and nothing runs in a real browser.

import { XMLParser, XMLValidator } from "fast-xml-parser";
import ICAL from "ical.js";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWeb } from "../../src/app/web.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import english from "../../src/core/status/languages/en/index.ts";
import type { PublicDocument, Words } from "../../src/core/status/public/document.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import badge from "../../src/publishers/badge/index.ts";
import calendar from "../../src/publishers/calendar/index.ts";
import feed from "../../src/publishers/feed/index.ts";
import type { Publisher } from "../../src/publishers/publisher.ts";
import statuspage from "../../src/publishers/statuspage/index.ts";
import { messageOf, newsIn } from "../../src/publishers/webhook/message.ts";
import { noBrowser, openBrowser } from "../support/browser.ts";
import { injectionPayloads } from "../support/payloads.ts";
import { documentAt, incident, plannedWork, publicDocument, reportWith } from "../support/public-news.ts";
import { openPublicRoutes, type PublicAnswer } from "../support/public-routes.ts";
import { clock, record, Story } from "../support/story.ts";
import { schemas } from "./statuspage/schema.ts";

const payloads = injectionPayloads(1000);

/** A document in which every text that an operator can write is a payload, uncleaned: no channel may rely on others. */
function hostile(text: string): PublicDocument {
  const words: Words = { en: text, de: text };
  const update = { id: "u1", at: documentAt, by: "operator", words } as const;
  return publicDocument({
    name: text,
    headline: words,
    notice: words,
    components: [{ id: "receiving", name: text, state: "major_outage", since: documentAt }],
    open: [incident({ name: words, updates: [{ ...update, status: "identified" }] })],
    past: [],
    windows: [
      plannedWork({ name: words, words, updates: [{ ...update, id: "u2", status: "scheduled" }] }),
      plannedWork({ id: "cancelled", name: words, words, status: "cancelled", updates: [] }),
    ],
  });
}

/** What XML 1.0 does not allow at all, and what turns text round. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u202a-\u202e\u2066-\u2069]/u;

/** Why an answer is not what its type says; undefined if it is. */
function illFormed({ type, body }: Pick<PublicAnswer, "type" | "body">): string | undefined {
  try {
    if (type.includes("json")) {
      const text: unknown = JSON.parse(body);
      if (/[<>]/.test(body)) return "markup in JSON that a page could take for its own";
      if (text === null) return "nothing";
    } else if (type.includes("xml")) {
      if (forbidden.test(body)) return "a character that XML forbids";
      const valid = XMLValidator.validate(body);
      if (valid !== true) return valid.err.msg;
    } else if (type.includes("calendar")) {
      const made = new ICAL.Component(ICAL.parse(body));
      for (const part of made.getAllSubcomponents()) {
        if (part.name !== "vevent" || part.getAllSubcomponents().length > 0) return `a part that is none: ${part.name}`;
        const names = part.getAllProperties().map(({ name }) => name);
        const unknown = names.find(
          (name) =>
            !/^(uid|sequence|dtstamp|dtstart|dtend|summary|transp|description|url|status|created|last-modified)$/.test(
              name,
            ),
        );
        if (unknown !== undefined) return `a line that is none: ${unknown}`;
      }
    }
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const channels: readonly Publisher[] = [statuspage, feed, calendar, badge];
const addresses = [
  "/api/v2/summary.json",
  "/api/v2/incidents.json",
  "/api/v2/scheduled-maintenances.json",
  "/feed.atom",
  "/feed.rss",
  "/calendar.ics",
  "/badge.svg",
  "/badge.json",
];

/** Address to the answers of all payloads. */
const made = new Map<string, PublicAnswer[]>();

beforeAll(async () => {
  const web = await openWeb({ administrators: "this-machine", unlimited: true });
  const site = { web, version: "0.1.0", mta: "postfix", languages: [english] };
  const opened = await Promise.all(channels.map(async (one) => one.open(site)));
  for (const text of payloads) {
    for (const one of opened) one.publish(reportWith(hostile(text)));
    for (const address of addresses) {
      const { statusCode: status, headers, body } = await web.inject(address);
      const answer = { address, status, type: String(headers["content-type"]), body, bytes: body };
      const list = made.get(address);
      if (list === undefined) made.set(address, [answer]);
      else list.push(answer);
    }
  }
  await web.close();
}, 300_000);

test.each(addresses)("a thousand hostile texts, and %s is well-formed", (address) => {
  const answers = made.get(address) ?? [];
  expect(answers).toHaveLength(1000);
  const wrong = answers.flatMap((answer, i) => {
    const why = answer.status === 200 ? illFormed(answer) : `it answered ${answer.status}`;
    return why === undefined ? [] : [`${why}: ${JSON.stringify(payloads[i])}`];
  });
  expect(wrong).toEqual([]);
});

test("Statuspage's form holds with every one of them", () => {
  for (const { body } of made.get("/api/v2/summary.json") ?? []) {
    const read = schemas["summary.json"].parse(JSON.parse(body));
    expect([read.components.length, read.incidents.length, read.scheduled_maintenances.length]).toEqual([1, 1, 1]);
  }
});

test("a feed has as many entries as there are updates, and a calendar as many events as windows", () => {
  const parser = new XMLParser({ isArray: (name) => name === "entry" || name === "item" });
  for (const { body } of made.get("/feed.atom") ?? []) expect(parser.parse(body).feed.entry).toHaveLength(3);
  for (const { body } of made.get("/feed.rss") ?? []) expect(parser.parse(body).rss.channel.item).toHaveLength(3);
  for (const { body } of made.get("/calendar.ics") ?? []) {
    expect(new ICAL.Component(ICAL.parse(body)).getAllSubcomponents("vevent")).toHaveLength(2);
  }
});

test("webhooks of both forms are JSON, and Slack's has none of its marks", () => {
  for (const text of payloads) {
    const document = hostile(text);
    for (const news of newsIn(document)) {
      expect(illFormed({ type: "json", body: messageOf(news, document, "standard") })).toBeUndefined();
      const slack = JSON.parse(messageOf(news, document, "slack")) as { text: string };
      expect(slack.text).not.toMatch(/[<>]/);
    }
  }
});

test("through the operator's own commands and the whole site: every answer is well-formed", async () => {
  const routes = await openPublicRoutes();
  const now = clock("10:00:00");
  let accepted = 0;
  const wrong: string[] = [];
  for (let from = 0; from < payloads.length; from += 50) {
    const story = new Story();
    for (const text of payloads.slice(from, from + 50)) {
      const opened = story.known.act({ act: "incident-open", title: text, text }, defaultSite, now);
      story.known.act(
        { act: "maintenance-add", title: text, text, from: now + DAY, to: now + DAY + HOUR },
        defaultSite,
        now,
      );
      if (opened.done) accepted++;
    }
    for (const answer of await routes.ask(story.at(now + MINUTE))) {
      const why = illFormed(answer);
      if (why !== undefined) wrong.push(`${answer.address}: ${why}`);
      // A tag of theirs is in no answer that a browser may take for markup.
      if (!/^text\/(calendar|plain)/.test(answer.type) && /<script[^>]*>\s*ran\(|<img[^>]*onerror/i.test(answer.body))
        wrong.push(`${answer.address}: their markup`);
    }
  }
  expect(wrong).toEqual([]);
  expect(accepted).toBeGreaterThan(500);
  await routes.close();
}, 300_000);

test("what remote servers say comes to no channel at all", async () => {
  const routes = await openPublicRoutes();
  const story = new Story();
  const begin = clock("10:00:00");
  const lines = payloads.flatMap((text, i) => {
    const stamp = new Date(begin + i * 1000).toISOString().replace("Z", "000+00:00");
    const said = text.replace(/[\r\n\0]/g, "?").slice(0, 500);
    const head = `${stamp} mta postfix`;
    const id = `4F${(0x10000 + i).toString(16).toUpperCase()}`;
    return [
      `${head}/smtpd[1]: ${id}: client=client.test[192.0.2.9]\n`,
      `${head}/qmgr[1]: ${id}: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)\n`,
      `${head}/smtp[1]: ${id}: to=<one@remote.test>, relay=mx.remote.test[198.51.100.7]:25, delay=1, delays=1/0/0/0, dsn=4.0.0, status=deferred (host mx.remote.test[198.51.100.7] said: 450 ${said})\n`,
    ];
  });
  record(story.known, bytesOf(lines.join("")));
  const report = story.at(begin + 1100_000);
  expect(report.backlog.messages).toBe(1000);
  for (const { address, body } of await routes.ask(report)) {
    // Our own scripts and words know nothing of these.
    expect(body, address).not.toMatch(/ran\(1\)|ran\.test|"\/ran|\bonerror|remote\.test/i);
    expect(illFormed({ type: "", body })).toBeUndefined();
  }
  await routes.close();
});

test.each([
  ["JSON that is none", "application/json", '{"a":"<b>"'],
  ["markup in JSON", "application/json", '{"a":"<b>"}'],
  ["XML that is none", "application/atom+xml", "<feed><entry></feed>"],
  ["a control character in XML", "application/rss+xml", "<rss>\u0008</rss>"],
  [
    "an alarm in a calendar",
    "text/calendar",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
  ],
  [
    "a line of theirs in a calendar",
    "text/calendar",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH:/ran\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
  ],
])("%s would be seen", (_, type, body) => {
  expect(illFormed({ type, body })).toBeDefined();
});

const note = noBrowser ?? "Chromium is installed";

/** A page in which whatever runs or is asked for is noticed. */
async function watchedPage(browser: Browser): Promise<{ page: Page; noticed: string[] }> {
  const noticed: string[] = [];
  const page = await browser.newPage();
  await page.addInitScript("globalThis.ran = () => console.error('it ran');");
  page.on("console", (message) => {
    if (message.text().includes("it ran")) noticed.push("it ran");
  });
  page.on("dialog", (dialog) => void dialog.dismiss());
  page.on("request", (request) => {
    const url = request.url();
    if (/\/ran\b|ran\.test/.test(url)) noticed.push(url);
  });
  return { page, noticed };
}

let browser: Browser | undefined;
beforeAll(async () => {
  if (noBrowser === undefined) browser = await openBrowser();
});
afterAll(() => browser?.close());

/** In the browser: pictures as documents of their own, in which scripts would run. */
const framesOf = `async (from, to, extension) => {
  const frames = [];
  for (let n = from; n < to; n++) {
    const frame = document.createElement("iframe");
    frame.src = "/" + n + "." + extension;
    frames.push(new Promise((resolve) => { frame.onload = resolve; }));
    document.body.append(frame);
  }
  await Promise.all(frames);
}`;

/** In the browser: what its strict XML parser refuses; and what a careless reader would do with the rest, as markup. */
const readAsMarkup = `(bodies) => bodies.flatMap((body) => {
  const read = new DOMParser().parseFromString(body, "application/xml");
  const error = read.querySelector("parsererror");
  for (const part of read.querySelectorAll("entry > title, entry > content, item > title, item > description")) {
    const place = document.createElement("div");
    document.body.append(place);
    place.innerHTML = part.textContent;
    place.remove();
  }
  for (const part of read.querySelectorAll("svg, svg *")) {
    const names = part.getAttributeNames();
    const active = names.find((name) => /^on|href$/i.test(name));
    if (!/^(svg|title|g|rect|text|filter|feGaussianBlur|linearGradient|stop|clipPath)$/.test(part.localName) || active !== undefined)
      return ["a badge with <" + part.localName + " " + active + ">: " + body.slice(0, 200)];
  }
  return error === null ? [] : [error.textContent + ": " + body.slice(0, 200)];
})`;

async function shown(
  answers: readonly PublicAnswer[],
  extension: string,
): Promise<{ noticed: string[]; loaded: number }> {
  if (browser === undefined) throw new Error("no browser");
  const { page, noticed } = await watchedPage(browser);
  let loaded = 0;
  await page.route("http://site.test/**", async (route) => {
    const [, n] = /\/(\d+)\.\w+$/.exec(route.request().url()) ?? [];
    if (n === undefined) return route.fulfill({ contentType: "text/html", body: "<!doctype html><p>frames</p>" });
    loaded++;
    // The headers of a stranger's web server: none of ours protect.
    return route.fulfill({ contentType: answers[Number(n)].type, body: answers[Number(n)].body });
  });
  for (let from = 0; from < answers.length; from += 100) {
    await page.goto("http://site.test/");
    const to = Math.min(answers.length, from + 100);
    await page.evaluate(`(${framesOf})(${from}, ${to}, ${JSON.stringify(extension)})`);
  }
  await page.close();
  return { noticed, loaded };
}

// The first hundred are those that were thought up; the others are the same in disguise, for the long suite.
const asDocuments = process.env.MAILTIDE_LONG === "1" ? 1000 : 100;

test.skipIf(noBrowser !== undefined)(
  `${asDocuments} badges in a real browser, each a document, run nothing and ask for nothing (${note})`,
  async () => {
    const { noticed, loaded } = await shown((made.get("/badge.svg") ?? []).slice(0, asDocuments), "svg");
    expect([noticed, loaded]).toEqual([[], asDocuments]);
  },
  300_000,
);

test.skipIf(noBrowser !== undefined)(`a badge that ran would be noticed (${note})`, { timeout: 300_000 }, async () => {
  const evil = '<svg xmlns="http://www.w3.org/2000/svg"><script>ran(1)</script><image href="/ran"/></svg>';
  const { noticed } = await shown(
    [{ address: "", status: 200, type: "image/svg+xml", body: evil, bytes: evil }],
    "svg",
  );
  expect(noticed).toContain("it ran");
  expect(noticed.some((what) => what.endsWith("/ran"))).toBe(true);
});

test.skipIf(noBrowser !== undefined)(
  `a browser's own strict XML takes every feed and badge, and what a careless reader shows of them runs nothing (${note})`,
  async () => {
    if (browser === undefined) return;
    const { page, noticed } = await watchedPage(browser);
    await page.goto("about:blank");
    for (const address of ["/feed.atom", "/feed.rss", "/badge.svg"]) {
      const bodies = (made.get(address) ?? []).map(({ body }) => body);
      const wrong = await page.evaluate(`(${readAsMarkup})(${JSON.stringify(bodies)})`);
      expect(wrong, address).toEqual([]);
    }
    // What would load has time to ask for it.
    await page.waitForTimeout(300);
    expect(noticed).toEqual([]);
    await page.close();
  },
  300_000,
);
