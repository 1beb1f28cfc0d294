// Every phase of the public page in Chromium, light and dark, on a phone and on a desk, in two languages, and every
// payload in every field. The pictures go to a folder that is named at the end of the run.

import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { languagesNamed, languageTags } from "../../src/app/languages.ts";
import english from "../../src/core/status/languages/en/index.ts";
import { phases } from "../../src/core/status/status.ts";
import { complaints, hostileDocument, listening, servedSite, strangers } from "../browser/looking.ts";
import { noBrowser, openBrowser } from "../support/browser.ts";
import { injectionPayloads } from "../support/payloads.ts";
import { blindDocument, marked, publicDocumentOf } from "../support/public.ts";

const german = (await languageTags()).includes("de") ? (await languagesNamed(["de"]))[0] : marked("de");
const pictures = process.env.MAILTIDE_TEST_RUN ?? tmpdir();

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser === undefined ? "" : ` (${noBrowser})`}`, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof servedSite>>;
  const folder = join(pictures, "pictures");

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await openBrowser();
    site = await servedSite([english, german]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const documents = [
    ...phases.map((phase) => [phase as string, publicDocumentOf(phase)] as const),
    ["blind", blindDocument()] as const,
    ["demonstration", publicDocumentOf("draining", { demonstration: true })] as const,
  ];

  test.each(documents)(
    "%s: light and dark, 320 and 1280 px, English and German, and without JavaScript",
    async (name, document) => {
      site.show(document);
      for (const path of ["/", "/de/"]) {
        for (const scheme of ["light", "dark"] as const) {
          // 1280 px at 400 % are 320.
          for (const width of [320, 1280]) {
            const picture = join(folder, `${name}-${path === "/" ? "en" : "de"}-${width}-${scheme}.png`);
            const look = { width, scheme, picture, axe: true };
            expect(await complaints(browser, site.url + path, look), picture).toEqual([]);
          }
        }
        const bare = { width: 320, scheme: "light", javaScript: false } as const;
        expect(await complaints(browser, site.url + path, bare)).toEqual([]);
      }
    },
  );

  test.each(["/i/k3v9x2m7q1ab", "/m/w8p2c4d6f0zz", "/history", "/i/a0b1c2d3e4f5"])("%s likewise", async (path) => {
    site.show(publicDocumentOf("resolved"));
    for (const scheme of ["light", "dark"] as const) {
      for (const width of [320, 1280]) {
        expect(await complaints(browser, site.url + path, { width, scheme, axe: true })).toEqual([]);
        expect(await complaints(browser, `${site.url}/de${path}`, { width, scheme, axe: true })).toEqual([]);
      }
    }
  });

  test("a thousand payloads, each in every field of every page: nothing runs", async () => {
    const { context, heard } = await listening(browser);
    const tab = await context.newPage();
    for (const payload of injectionPayloads(1000)) {
      site.show(hostileDocument([payload]));
      for (const path of ["/", "/i/hostile", "/m/work", "/history"]) {
        await tab.goto(site.url + path);
        expect(await strangers(tab), JSON.stringify(payload)).toEqual([]);
        expect(heard, JSON.stringify(payload)).toEqual([]);
      }
    }
    await context.close();
  });
});
