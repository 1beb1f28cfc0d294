// One look at a page in a real browser: what a person, a screen reader's rules and a watchful network would complain of.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { listen } from "../../src/app/web.ts";
import type { Language } from "../../src/core/status/languages/language.ts";
import type { PublicDocument } from "../../src/core/status/public/document.ts";
import page from "../../src/publishers/page/index.ts";
import { publicNow, reportWith } from "../support/public.ts";
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
  const site = await openSite([page], "this-machine", languages);
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
