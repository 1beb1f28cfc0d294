import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Report } from "../../../src/core/report.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import { type Phase, phases } from "../../../src/core/status/status.ts";
import { HOUR, MINUTE } from "../../../src/core/time.ts";
import page from "../../../src/publishers/page/index.ts";
import {
  blindDocument,
  marked,
  oldIncident,
  publicDocumentOf,
  publicIncident,
  publicNow,
  publicWindow,
  reportWith,
} from "../../support/public.ts";
import { openSite } from "../../support/site.ts";

const languages = [english, marked("de")];
const everywhere = ["", "i/k3v9x2m7q1ab", "m/w8p2c4d6f0zz", "history"];

/** Asks the site of a document. */
async function siteOf(document: PublicDocument) {
  const { web, publish } = await openSite([page], "this-machine", languages);
  publish(reportWith(document));
  return async (url: string) => web.inject(url);
}

async function bodyOf(document: PublicDocument, url = "/"): Promise<string> {
  return (await (await siteOf(document))(url)).body;
}

test.each(phases)("%s: first how it is, then what it means, what to do, when more is said", async (phase: Phase) => {
  const document = publicDocumentOf(phase);
  for (const [url, tag] of [
    ["/", "en"],
    ["/de/", "de"],
  ] as const) {
    const body = await bodyOf(document, url);
    expect(body).toContain(`<html lang="${tag}" dir="ltr">`);
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body).toContain(`<h1>${document.headline[tag]}</h1>`);
    const order = ["<h1>", 'id="notice"', 'id="late"', 'id="components"', 'id="updates"', 'id="planned"', 'id="as-of"'];
    const places = order.map((part) => body.indexOf(part)).filter((place) => place >= 0);
    expect(places.length).toBeGreaterThanOrEqual(4);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Buffer.byteLength(body)).toBeLessThan(30_000);
  }
  if (document.nextBy !== undefined) {
    const body = await bodyOf(document);
    expect(body).toContain(
      `<strong>Next update:</strong> <time datetime="${new Date(document.nextBy).toISOString()}">by `,
    );
  }
});

test("a promise of news is there even if the notice does not speak of it", async () => {
  const body = await bodyOf(publicDocumentOf("outage", { notice: { en: "It is down.", de: "Es geht nicht." } }));
  expect(body).toContain(
    '<strong>Next update:</strong> by <time datetime="2026-11-06T18:15:00.000Z">Friday 6 November at 19:15 CET</time>, even if we have no news.',
  );
});

test("before the first report it says so, in each language, and when to ask again", async () => {
  const { web } = await openSite([page], "this-machine", languages);
  for (const url of ["/", "/de/", "/history", "/notice.txt"]) {
    const answer = await web.inject(url);
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "5"]);
    expect(answer.body).toContain("We are just starting.");
  }
  await web.close();
});

test("made from the public document alone: nothing else of a report is so much as looked at", async () => {
  const { web, publish } = await openSite([page], "this-machine", languages);
  const document = publicDocumentOf("draining");
  const looked: string[] = [];
  publish(
    new Proxy({ public: document } as Report, {
      get(target, key) {
        if (key !== "public") looked.push(String(key));
        return Reflect.get(target, key);
      },
    }),
  );
  for (const place of everywhere) expect((await web.inject(`/${place}`)).statusCode).toBe(200);
  expect(looked).toEqual([]);
  await web.close();
});

test("a demonstration says so on every page and in the text", async () => {
  const ask = await siteOf(publicDocumentOf("draining", { demonstration: true }));
  const real = await siteOf(publicDocumentOf("draining"));
  for (const place of everywhere) {
    for (const url of [`/${place}`, `/de/${place}`]) {
      const { body } = await ask(url);
      expect(body).toContain(
        '<aside class="mark" aria-label="Demonstration"><p>Demonstration: this is a recorded outage, not this server.</p></aside>',
      );
      expect(body).toContain("<title>Demonstration: ");
      expect((await real(url)).body.toLowerCase()).not.toContain("demonstration");
    }
  }
  expect((await ask("/notice.txt")).body.split("\n")[0]).toBe(
    "DEMONSTRATION: Email is working again. Late mail is still coming in.",
  );
});

test("the first line of the text is the headline, in each language, and its last the time", async () => {
  const ask = await siteOf(publicDocumentOf("outage"));
  const text = await ask("/notice.txt");
  expect(text.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(text.body.split("\n")[0]).toBe("Email is not working.");
  expect(text.body.trimEnd().split("\n").at(-1)).toBe("As of Friday 6 November at 19:00 CET.");
  expect((await ask("/de/notice.txt")).body.split("\n")[0]).toBe("E-Mail funktioniert nicht.");
});

test("while blind nothing is calmer than unknown, and no time is given", async () => {
  for (const phase of phases) {
    const body = await bodyOf(blindDocument(phase));
    expect(body).toContain('<body class="unknown">');
    expect(body).toContain('<p class="state">Not known</p>');
    expect(body).not.toMatch(/class="is (well|late|down|work)"|times out of 10/);
  }
  // A document that forgot to say that its parts are unknown.
  const careless = publicDocumentOf("normal", { blind: true });
  expect(await bodyOf(careless)).not.toMatch(/class="is well"/);
});

test("operator's words carry no false language and cannot turn a line around", async () => {
  const name = "Почта";
  const document = publicDocumentOf("draining", { name: "E-Mail für alle" });
  const incident = publicIncident({ name: { en: name, de: name } });
  const ask = await siteOf({ ...document, open: [incident] });
  const { body } = await ask("/");
  expect(body).toContain('<bdi lang="">E-Mail für alle</bdi>');
  expect(body).toContain(`<bdi lang="">${name}</bdi>`);
  expect(body).toContain('<bdi lang="">Receiving mail</bdi>');
  expect(body).toContain('<p lang="" dir="auto">The broken disk has been replaced.');
  expect(body).toContain(" · written by our staff</p>");
  // mailtide's own are in the language of the page.
  expect(body).toContain("<p>We have found the cause: a disk is broken.</p>");
  expect((await ask("/i/k3v9x2m7q1ab")).body).toContain(`<h1><bdi lang="">${name}</bdi></h1>`);
});

test("every language is a link in its own name, and search engines hear of all", async () => {
  const ask = await siteOf(publicDocumentOf("outage", { url: "https://status.example.org/mail" }));
  for (const place of everywhere) {
    const { body } = await ask(`/${place}`);
    expect(body).toContain(`<a lang="de" hreflang="de" href="/mail/de/${place}">Deutsch</a>`);
    expect(body).toContain(`<link rel="alternate" hreflang="en" href="https://status.example.org/mail/${place}">`);
    expect(body).toContain(`<link rel="alternate" hreflang="de" href="https://status.example.org/mail/de/${place}">`);
    expect(body).toContain('src="/mail/page.js"');
    expect((await ask(`/de/${place}`)).body).toContain(`<a lang="en" hreflang="en" href="/mail/${place}">English</a>`);
  }
  expect((await ask("/de")).headers.location).toBe("/mail/de/");
  expect((await ask("/en/")).headers.location).toBe("/mail/");
});

test("an incident's page has all that was said, newest first, and what it concerned", async () => {
  const { body } = await (await siteOf(publicDocumentOf("draining")))("/i/k3v9x2m7q1ab");
  const ids = [...body.matchAll(/<li id="([^"]*)">/g)].map(([, id]) => id);
  expect(ids).toEqual(["k3v9x2m7q1ab-4", "k3v9x2m7q1ab-3", "k3v9x2m7q1ab-2", "k3v9x2m7q1ab-1"]);
  expect(body).toContain('Concerns: <bdi lang="">Receiving mail, Sending mail</bdi>');
  expect(body).toContain('<body class="late">');
  const broken = await bodyOf(publicDocumentOf("outage"), "/i/k3v9x2m7q1ab");
  expect(broken).toContain('<body class="down">');
  const over = await bodyOf(publicDocumentOf("resolved"), "/i/a0b1c2d3e4f5");
  expect(over).toContain('<body class="well">');
  expect(over).toMatch(/<time datetime="2025-12-29T03:12:00.000Z">Monday,? 29 December 2025, 04:12<\/time> to/);
  expect(over).toContain('<time datetime="2025-12-29T06:12:00.000Z">07:12 CET</time>');
});

test("planned work that overran and what it became know of each other", async () => {
  const window = publicWindow({ status: "completed", incident: "k3v9x2m7q1ab" });
  const ask = await siteOf({
    ...publicDocumentOf("outage"),
    windows: [window],
    open: [publicIncident({ window: window.id })],
  });
  expect((await ask("/m/w8p2c4d6f0zz")).body).toContain('<a href="/i/k3v9x2m7q1ab">The work took longer');
  expect((await ask("/i/k3v9x2m7q1ab")).body).toContain('<a href="/m/w8p2c4d6f0zz">This began as planned work</a>');
});

test("work that was called off is said to be as long as somebody may count on it, and done work is history", async () => {
  const ahead = publicWindow({ id: "ahead", status: "cancelled" });
  const before = publicWindow({ id: "before", status: "cancelled", from: publicNow - 3 * HOUR, to: publicNow - HOUR });
  const done = publicWindow({ id: "done", status: "completed", from: publicNow - 3 * HOUR, to: publicNow - HOUR });
  const ask = await siteOf({ ...publicDocumentOf("normal"), windows: [before, done, ahead] });
  const links = async (url: string) => [...(await ask(url)).body.matchAll(/href="\/m\/(\w+)"/g)].map(([, id]) => id);
  expect(await links("/")).toEqual(["ahead"]);
  expect((await ask("/")).body).toContain("<b>Cancelled</b>");
  expect(await links("/history")).toEqual(["ahead", "before", "done"]);
});

test("the history is newest first, and an empty one says so", async () => {
  const { body } = await (await siteOf(publicDocumentOf("draining")))("/history");
  expect([...body.matchAll(/href="\/i\/(\w+)"/g)].map(([, id]) => id)).toEqual(["k3v9x2m7q1ab", "a0b1c2d3e4f5"]);
  const empty = { ...publicDocumentOf("normal"), past: [], windows: [] };
  expect(await bodyOf(empty, "/history")).toContain("There is nothing to tell.");
});

test("mail that is gone is named with its hole", async () => {
  expect(await bodyOf(publicDocumentOf("resolved"))).toContain(
    'Mail that arrived between <time datetime="2026-11-04T13:00:00.000Z">Wednesday 4 November at 14:00</time> and <time datetime="2026-11-06T13:00:00.000Z">Friday 6 November at 14:00 CET</time> is gone.',
  );
});

test("where the clocks are changed in between, each end says its zone", async () => {
  const from = Date.UTC(2026, 9, 25, 0, 30);
  const window = publicWindow({ from, to: from + 2 * HOUR });
  expect(await bodyOf({ ...publicDocumentOf("normal"), windows: [window] })).toMatch(
    /Sunday 25 October at 02:30 CEST<\/time> to <time[^>]*>Sunday 25 October at 03:30 CET</,
  );
});

test("an address that there is not is a page that leads back", async () => {
  const ask = await siteOf(publicDocumentOf("normal"));
  for (const url of ["/i/none", "/m/none", "/de/i/%3Cscript%3E", "/i/__proto__", "/m/constructor"]) {
    const answer = await ask(url);
    expect(answer.statusCode, url).toBe(404);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.body).toContain("There is nothing here.");
    expect(answer.body).not.toContain("script>");
  }
  expect((await ask("/i/none")).body).toContain('<a href="/">How email is now</a>');
  expect((await ask("/de/m/none")).body).toContain('<a href="/de/">');
});

test("no page is 30 kB, whatever the operator wrote and however long the history", async () => {
  const long = "Привет & <b>добрый</b> день. ".repeat(200);
  const words = { en: long, de: long };
  const updates = Array.from({ length: 120 }, (_, i) => ({
    id: `u-${i}`,
    at: publicNow - i * MINUTE,
    status: "identified" as const,
    by: "operator" as const,
    words,
  }));
  const many = Array.from({ length: 300 }, (_, i) =>
    publicIncident({ id: `many${i}`, updates, resolved: publicNow - MINUTE, began: publicNow - i * HOUR }),
  );
  const windows = Array.from({ length: 300 }, (_, i) => publicWindow({ id: `w${i}`, words, updates }));
  const components = Array.from({ length: 25 }, (_, i) => ({
    id: `c${i}`,
    name: "Postfächer & Kalender ".repeat(2),
    state: "major_outage" as const,
    since: publicNow,
  }));
  const ask = await siteOf({
    ...publicDocumentOf("draining"),
    open: many.slice(0, 20),
    past: many.slice(20),
    windows,
    components,
  });
  for (const url of ["/", "/de/", "/history", "/i/many7", "/m/w7"]) {
    const { body, statusCode } = await ask(url);
    expect(statusCode).toBe(200);
    expect(Buffer.byteLength(body), url).toBeLessThan(30_000);
    expect(Buffer.byteLength(body), url).toBeGreaterThan(12_000);
  }
  expect((await ask("/history")).body).toContain("Older entries are not shown here.");
});

test("nothing loads or runs but our own style and script, known by their hashes", async () => {
  const { web, publish } = await openSite([page], "this-machine", languages);
  publish(reportWith(publicDocumentOf("draining")));
  const { rawPayload: script, headers: scriptHeaders } = await web.inject("/page.js");
  expect(scriptHeaders["content-type"]).toBe("text/javascript; charset=utf-8");
  const integrity = `sha384-${createHash("sha384").update(script).digest("base64")}`;
  for (const url of [...everywhere.map((place) => `/${place}`), "/i/none"]) {
    const { body, headers } = await web.inject(url);
    expect(body).not.toMatch(
      /\son\w+=|\sstyle="|@import|url\(|javascript:|<(img|iframe|object|embed|link rel="(?!alternate))/i,
    );
    const [, style = ""] = /<style>([^<]*)<\/style>/.exec(body) ?? [];
    const hash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
    expect(headers["content-security-policy"]).toBe(
      `default-src 'none'; script-src 'self'; connect-src 'self'; style-src '${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    if (url === "/i/none") continue;
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).toContain(`<script src="/page.js" integrity="${integrity}" defer></script>`);
  }
  await web.close();
});

test("the style knows no left and no right", async () => {
  const body = await bodyOf(publicDocumentOf("draining"));
  const [, style = ""] = /<style>([^<]*)<\/style>/.exec(body) ?? [];
  expect(style.length).toBeGreaterThan(3000);
  const physical =
    /(?<![\w-])(left|right|(margin|padding|border)-(left|right|top|bottom)|float|(min-|max-)?(width|height))\s*:/g;
  const found = [...style.matchAll(physical)].map(([all]) => all).filter((one) => one !== "min-width:");
  expect(found).toEqual([]);
});

test("a language that is written from the right has its pages from the right", async () => {
  const arabic = marked("ar", { ...english.labels, direction: "rtl" });
  const { web, publish } = await openSite([page], "this-machine", [arabic]);
  publish(reportWith(publicDocumentOf("draining", { languages: ["ar"], headline: { ar: "البريد" } })));
  const { body } = await web.inject("/");
  expect(body).toContain('<html lang="ar" dir="rtl">');
  expect(body).toContain("<h1>البريد</h1>");
  await web.close();
});

test("an old incident of another year is in the past of every document", () => {
  // What the other tests stand on.
  expect(publicDocumentOf("normal").past).toEqual([oldIncident]);
});
