// The public page in a real Chromium: a small part of what the long suite looks at.

import { spawnSync } from "node:child_process";
import type { ServerResponse } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import english from "../../src/core/status/languages/en/index.ts";
import { MINUTE } from "../../src/core/time.ts";
import { noBrowser, openBrowser } from "../support/browser.ts";
import { injectionPayloads } from "../support/payloads.ts";
import { missing } from "../support/programs.ts";
import { blindDocument, marked, publicDocumentOf, publicNow } from "../support/public.ts";
import { complaints, hostileDocument, listening, servedSite, strangers } from "./looking.ts";

const languages = [english, marked("de")];

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser === undefined ? "" : ` (${noBrowser})`}`, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof servedSite>>;

  beforeAll(async () => {
    browser = await openBrowser();
    site = await servedSite(languages);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test.each([
    ["draining", "/", 320, "light"],
    ["outage", "/de/", 1280, "dark"],
    ["normal", "/history", 320, "dark"],
    ["draining", "/i/k3v9x2m7q1ab", 320, "light"],
    ["maintenance", "/m/w8p2c4d6f0zz", 320, "dark"],
  ] as const)("%s at %s, %d px, %s: nothing to complain of", async (phase, path, width, scheme) => {
    site.show(publicDocumentOf(phase, { demonstration: phase === "draining" }));
    expect(await complaints(browser, site.url + path, { width, scheme, axe: true })).toEqual([]);
  });

  test("whole without JavaScript", async () => {
    site.show(publicDocumentOf("draining"));
    const context = await browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();
    await tab.goto(site.url);
    for (const text of [
      "Email is working again.",
      "between 20:00 and 22:30 on Friday",
      "Receiving mail",
      "The broken disk",
    ]) {
      expect(await tab.getByText(text).first().isVisible(), text).toBe(true);
    }
    expect(await tab.locator("svg .line").isVisible()).toBe(true);
    expect(await tab.getByText("may be out of date").isVisible()).toBe(false);
    await tab.getByText("The same as a table").click();
    expect(await tab.getByText("not known", { exact: true }).first().isVisible()).toBe(true);
    await context.close();
  });

  test("an open page is kept true without a reload, and leaves alone what is in use", async () => {
    site.show(publicDocumentOf("outage"));
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.clock.install({ time: publicNow });
    let loads = 0;
    tab.on("load", () => loads++);
    await tab.goto(site.url);
    const answers: number[] = [];
    tab.on("response", (response) => answers.push(response.status()));
    await tab.evaluate(`
      spoken = [];
      const region = document.getElementById("now");
      const seen = { subtree: true, childList: true, characterData: true };
      new MutationObserver(() => spoken.push(region.innerText)).observe(region, seen);
      undefined;
    `);
    await tab.getByText("The same as a table").click();
    await tab.getByText("The same as a table").focus();

    // Nothing new: nothing is spoken, nothing moves.
    await tab.clock.runFor(40_000);
    await expect.poll(() => answers.length).toBe(1);
    expect(await tab.evaluate("spoken")).toEqual([]);

    site.show(publicDocumentOf("draining"));
    await tab.clock.runFor(40_000);
    await expect.poll(() => tab.locator("h1").innerText()).toContain("Email is working again.");
    expect(await tab.title()).toContain("Email is working again.");
    expect(await tab.locator("body").getAttribute("class")).toBe("late");
    // The table stays open and the focus where it was.
    expect(await tab.locator("details").getAttribute("open")).not.toBeNull();
    expect(await tab.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
    expect(loads).toBe(1);
    const spoken = await tab.evaluate<string[]>("spoken");
    expect(spoken.length).toBeGreaterThanOrEqual(1);
    expect(spoken.at(-1)).toContain("Late mail is still coming in.");
    expect(spoken.at(-1)).not.toContain("Receiving mail");
    await context.close();
  });

  test("a page that cannot be renewed says so after a while, asks less and less, and recovers", async () => {
    site.show(publicDocumentOf("outage"));
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.clock.install({ time: publicNow });
    await tab.goto(site.url);
    let asked = 0;
    let dead = true;
    await tab.route("**/*", (route) => {
      asked++;
      return dead ? route.abort() : route.continue();
    });
    // A question has twenty seconds of the page's time: each is answered before the clock goes on.
    const open = new Set<unknown>();
    tab.on("request", (request) => open.add(request));
    tab.on("requestfinished", (request) => open.delete(request));
    tab.on("requestfailed", (request) => open.delete(request));
    const pass = async (minutes: number) => {
      for (let i = 0; i < minutes * 6; i++) {
        await tab.clock.runFor(10_000);
        await expect.poll(() => open.size, { interval: 5 }).toBe(0);
      }
    };
    const old = tab.locator("#lost");
    expect(await old.isVisible()).toBe(false);
    await pass(10);
    await expect.poll(() => old.isVisible()).toBe(true);
    expect(await old.innerText()).toContain("Friday 6 November at 19:00 CET");
    expect(asked).toBeGreaterThanOrEqual(2);
    expect(asked).toBeLessThanOrEqual(6);
    dead = false;
    site.show(publicDocumentOf("draining", { at: publicNow + 30 * MINUTE }));
    await pass(13);
    await expect.poll(() => tab.locator("h1").innerText()).toContain("Email is working again.");
    expect(await old.isVisible()).toBe(false);
    await context.close();
  });

  test("a copy of an old page says so by itself", async () => {
    site.show(publicDocumentOf("normal"));
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.clock.setFixedTime(publicNow + 16 * MINUTE);
    await tab.goto(site.url);
    expect(await tab.locator("#lost").isVisible()).toBe(true);
    await context.close();
  });

  test("a page that nobody looks at asks for nothing, and asks at once when somebody does", async () => {
    site.show(publicDocumentOf("outage"));
    const codes: number[] = [];
    const note = (_: unknown, answer: ServerResponse) => answer.on("finish", () => codes.push(answer.statusCode));
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.clock.install({ time: publicNow });
    await tab.goto(site.url);
    site.web.server.on("request", note);
    const hide = (hidden: boolean) =>
      tab.evaluate(`
        Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      `);
    await hide(true);
    await tab.clock.runFor(20 * MINUTE);
    expect(codes).toEqual([]);
    await hide(false);
    // The browser has it already, and is told so.
    await expect.poll(() => codes).toEqual([304]);
    site.web.server.off("request", note);
    await context.close();
  });

  test("of a thousand texts that try to become something else, none does", async () => {
    const payloads = injectionPayloads(1000);
    const { context, heard } = await listening(browser);
    const tab = await context.newPage();
    for (let i = 0; i < payloads.length; i += 25) {
      const some = payloads.slice(i, i + 25);
      site.show(hostileDocument(some));
      for (const path of ["/i/hostile", "/"]) {
        await tab.goto(site.url + path);
        expect(await strangers(tab), JSON.stringify(some)).toEqual([]);
        expect(heard, JSON.stringify(some)).toEqual([]);
      }
    }
    // The ears work: without our escaping this is heard, and it is a stranger.
    await tab.setContent(
      "<p><img src=x onerror=ran(1)><a href='javascript:ran(1)'>x</a><a href='//ran.test'>x</a></p>",
    );
    await expect.poll(() => heard).toContain("something ran");
    const strange = ["<img>", "img onerror", "a href=javascript:ran(1)", "a href=//ran.test", "scripts"];
    expect(await strangers(tab)).toEqual(expect.arrayContaining(strange));
    await context.close();
  });

  test("printed, the table is on the paper and the links of the page are not", async () => {
    site.show(publicDocumentOf("draining"));
    const context = await browser.newContext({ colorScheme: "dark" });
    const tab = await context.newPage();
    await tab.clock.setFixedTime(publicNow);
    await tab.goto(site.url);
    await tab.emulateMedia({ media: "print" });
    expect(await tab.locator("table").isVisible()).toBe(true);
    expect(await tab.locator("nav").isVisible()).toBe(false);
    expect(await tab.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    await context.close();
  });
});

const noW3m = missing("w3m", "w3m") === undefined ? undefined : missing("w3m", "w3m");

test.skipIf(noW3m !== undefined)(
  `a text browser reads it in order${noW3m === undefined ? "" : ` (${noW3m})`}`,
  async () => {
    const site = await servedSite(languages);
    const read = async (path: string) => (await dump(site.url + path)).replace(/\s+/g, " ");
    site.show(publicDocumentOf("draining"));
    const text = await read("/");
    const order = [
      "Working, with late mail on its way",
      "Email is working again.",
      "What this means for you: about 6,600",
      "What you can do: please wait",
      "Next update: by 19:15",
      "The late mail should be through",
      "Receiving mail",
      "The broken disk",
      "Move to a new building",
      "As of Friday 6 November",
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    // Nothing of the picture's scales.
    expect(text).not.toMatch(/20,000 10,000|12:00 15:00/);
    site.show(blindDocument());
    expect(await read("/")).toContain("We cannot see the mail server");
    await site.close();
  },
);

async function dump(url: string): Promise<string> {
  // Fetched here: a server in this process could not answer a child that is waited for.
  const html = await (await fetch(url)).text();
  return spawnSync("w3m", ["-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80"], {
    input: html,
    encoding: "utf8",
  }).stdout;
}
