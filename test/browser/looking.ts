// One look at a page in a real browser: what a person, a screen reader's rules and a watchful network would complain of.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { listen } from "../../src/app/web.ts";
import type { Language } from "../../src/core/status/languages/language.ts";
import type { PublicDocument } from "../../src/core/status/public/document.ts";
import calendar from "../../src/publishers/calendar/index.ts";
import feed from "../../src/publishers/feed/index.ts";
import page from "../../src/publishers/page/index.ts";
import { publicDocumentOf, publicIncident, publicNow, publicWindow, reportWith } from "../support/public.ts";
import { openSite } from "../support/site.ts";

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly javaScript?: boolean;
  /** Where a picture of the whole page goes. */
  readonly picture?: string;
  /** Runs the rules of accessibility. */
  readonly axe?: boolean;
}

/** The public pages on a port of this machine. */
export async function servedSite(languages: readonly Language[]) {
  const site = await openSite([page, feed, calendar], "this-machine", languages);
  const url = await listen(site.web, { host: "127.0.0.1", port: 0 });
  return {
    url,
    web: site.web,
    show: (document: PublicDocument) => site.publish(reportWith(document)),
    close: () => site.web.close(),
  };
}

/** Complaints about a page; none if all is well. */
export async function complaints(browser: Browser, url: string, look: Look): Promise<string[]> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width < 500 ? 640 : 800 },
    colorScheme: look.scheme,
    javaScriptEnabled: look.javaScript ?? true,
  });
  const found: string[] = [];
  try {
    const tab = await context.newPage();
    if (look.javaScript !== false) await tab.clock.setFixedTime(publicNow);
    tab.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) found.push(`asks ${request.url()}`);
    });
    tab.on("console", (message) => found.push(`console: ${message.text()}`));
    tab.on("pageerror", (error) => found.push(`error: ${error.message}`));
    await tab.goto(url);
    if (look.javaScript !== false) {
      const [content, window] = await tab.evaluate<number[]>("[document.documentElement.scrollWidth, innerWidth]");
      if (content > window) found.push(`is ${content} px wide in ${window} px`);
    }
    if (look.picture !== undefined) await tab.screenshot({ path: look.picture, fullPage: true });
    if (look.axe === true) found.push(...(await axe(tab)));
  } finally {
    await context.close();
  }
  return found;
}

/** Violations of any rule that axe has, the best practices and WCAG 2.2 among them. */
export async function axe(tab: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page: tab })
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  if (passes.length < 10) return [`axe saw nothing: ${passes.length} rules passed`];
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** A document in which all that an operator can write is one of the payloads, a whole list of updates among them. */
export function hostileDocument(payloads: readonly string[]): PublicDocument {
  const of = (i: number) => payloads[i % payloads.length] ?? "";
  const words = (i: number) => ({ en: of(i), de: of(i) });
  const updates = payloads.map((payload, i) => ({
    id: i % 2 === 0 ? payload : `u-${i}`,
    at: publicNow - i * 60_000,
    status: "identified" as const,
    by: i % 3 === 0 ? ("mailtide" as const) : ("operator" as const),
    words: { en: payload, de: payload },
  }));
  const seen = publicDocumentOf("draining");
  return {
    ...seen,
    name: of(0),
    headline: words(1),
    notice: words(2),
    components: seen.components.map((one, i) => ({ ...one, name: of(3 + i) })),
    open: [publicIncident({ id: "hostile", name: words(6), window: of(7), updates })],
    past: [publicIncident({ id: of(8), name: words(8), resolved: publicNow - 60_000, updates: updates.slice(0, 1) })],
    windows: [publicWindow({ id: "work", name: words(9), words: words(10), incident: of(11), updates })],
  };
}

/** A browser in which whatever runs is heard of. The policy is off: that nothing runs is not to be its doing alone. */
export async function listening(browser: Browser): Promise<{ context: BrowserContext; heard: string[] }> {
  const context = await browser.newContext({ bypassCSP: true });
  const heard: string[] = [];
  await context.exposeFunction("ran", () => heard.push("something ran"));
  context.on("request", (request) => {
    const { pathname, hostname } = new URL(request.url());
    const expected = hostname === "127.0.0.1" && /^\/(de\/)?((i|m)\/\w+|history|page\.js)?$/.test(pathname);
    if (!expected || pathname.startsWith("/ran")) heard.push(`asked for ${request.url()}`);
  });
  context.on("dialog", (dialog) => {
    heard.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, heard };
}

/** Elements and attributes of a page that we did not write: there are none unless a text has become markup. */
export function strangers(tab: Page): Promise<string[]> {
  return tab.evaluate<string[]>(`(() => {
    const tags = new Set("html head meta title link style script body aside header main footer nav section div p bdi b strong small span a ul ol li h1 h2 h3 time figure svg path i details summary table tbody tr th td".split(" "));
    const names = new Set("lang dir charset http-equiv content name rel type title hreflang href src integrity defer class id role hidden data-part data-l data-says datetime aria-label aria-hidden viewBox preserveAspectRatio d scope colspan tabindex".split(" "));
    const found = [];
    for (const element of document.querySelectorAll("*")) {
      const tag = element.localName;
      if (!tags.has(tag)) found.push("<" + tag + ">");
      for (const { name, value } of element.attributes) {
        if (!names.has(name)) found.push(tag + " " + name);
        if ((name === "href" || name === "src") && !/^\\/($|[^/\\\\])/.test(value)) found.push(tag + " " + name + "=" + value);
      }
    }
    if (document.querySelectorAll("script").length !== 1) found.push("scripts");
    if (document.querySelectorAll("base, meta[http-equiv=refresh], form, [style]").length > 0) found.push("what changes a page");
    return found;
  })()`);
}
