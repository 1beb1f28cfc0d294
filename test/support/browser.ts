// A real Chromium, Debian's or one that is named, for tests of what people see.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { locate } from "./debian.ts";

const file = locate("chromium") ?? locate("chromium-browser") ?? locate("google-chrome");

/** Why tests in a browser are skipped; undefined if there is one. */
export const noBrowser: string | undefined =
  file === undefined ? "chromium is not installed: apt-get install chromium" : undefined;

/** A browser with a profile of its own, which goes when it is closed. It asks nobody for anything by itself. */
export async function openBrowser(): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), "mailtide-browser-"));
  const browser = await chromium.launch({
    executablePath: file ?? "chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-dev-shm-usage",
      "--no-first-run",
    ],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  browser.on("disconnected", () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  return browser;
}
