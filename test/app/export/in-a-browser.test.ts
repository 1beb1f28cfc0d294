// A copy as people meet it: from a disk and below a folder of somebody else's web server, before and after its time.

import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discoverPublishers } from "../../../src/app/discover.ts";
import { ExportFolder } from "../../../src/app/export/folder.ts";
import { openSiteCopy } from "../../../src/app/export/site-copy.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import { MINUTE } from "../../../src/core/time.ts";
import { noBrowser, openBrowser } from "../../support/browser.ts";
import { documentAt, publicDocument, reportWith } from "../../support/public-news.ts";

const note = noBrowser ?? "Chromium is installed";
const words = "This copy is out of date. What it says may no longer be true.";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".txt": "text/plain",
};

let folder: string;
let server: Server;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "browsed-"));
  const site = { version: "0.1.0", mta: "postfix", languages: [english] };
  const copy = await openSiteCopy(await discoverPublishers(), site, 15 * MINUTE);
  await new ExportFolder(folder).write(await copy.filesOf(reportWith(publicDocument())));
  await copy.close();
  server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace(/^\/some\/where/, ""));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!request.url?.startsWith("/some/where/") || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end("none");
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  if (noBrowser === undefined) browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const places: readonly [string, () => string][] = [
  ["below a folder of a web server", () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`],
  ["from a disk", () => `${pathToFileURL(folder).href}/index.html`],
];

for (const [where, url] of places) {
  test.skipIf(noBrowser !== undefined)(
    `${where} it shows, says loudly that it is old once it is, and its links lead on (${note})`,
    { timeout: 300_000 },
    async () => {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        const { url } = message.location();
        // Asked for by the browser beside a plain text, by itself.
        if (message.type() === "error" && !url.endsWith("/favicon.ico")) complaints.push(`${message.text()} ${url}`);
      });
      await page.clock.setFixedTime(documentAt + MINUTE);
      await page.goto(url());
      const text = () => page.evaluate<string>("document.body.innerText");
      expect(await text()).toContain("Email is working again. Late mail is still on its way.");
      expect(await text()).toContain("It holds until Thursday, 5 November 2026 at 16:15 CET.");
      expect(await text()).not.toContain(words);
      await page.clock.setFixedTime(documentAt + 16 * MINUTE);
      await page.reload();
      expect(await text()).toContain(words);
      const links = await page.evaluate<string[]>("[...document.querySelectorAll('a[href]')].map((a) => a.href)");
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) {
        // A browser hands these on to a feed reader or a calendar.
        if (/\.(atom|ics)$/.test(link)) {
          const there = link.startsWith("file:") ? existsSync(new URL(link)) : (await page.request.get(link)).ok();
          expect([link, there]).toEqual([link, true]);
          continue;
        }
        const answer = await page.goto(link);
        expect([link, answer === null || answer.ok() || link.startsWith("file:")]).toEqual([link, true]);
        expect((await page.evaluate<string>("document.body.innerText")).length, link).toBeGreaterThan(20);
      }
      // From a disk the page's own script has nobody to ask, and browsers keep it out; on a web server nothing is amiss.
      if (url().startsWith("http:")) expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test.skipIf(noBrowser !== undefined)(
    `${where} and without JavaScript it says until when it holds (${note})`,
    { timeout: 300_000 },
    async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(url());
      expect(await page.locator("#copy").innerText()).toContain(
        "It holds until Thursday, 5 November 2026 at 16:15 CET.",
      );
      await context.close();
    },
  );
}
