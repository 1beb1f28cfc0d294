import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type PageCopy, pageCopy } from "../../../src/app/export/page-copy.ts";
import { documentAt } from "../../support/public-news.ts";

const names: Readonly<Record<string, string>> = {
  "/": "index.html",
  "/de/": "de/index.html",
  "/i/a": "i/a/index.html",
  "/i/b": "i/b/index.html",
  "/page.js": "page.js",
  "/notice.txt": "notice.txt",
};

function copyOf(body: string, over: Partial<PageCopy> = {}, html = '<html lang="en">'): string {
  const address = over.address ?? "/i/a";
  return pageCopy(
    `<!doctype html>\n${html}\n<head>\n<meta charset="utf-8">\n<title>t</title></head>\n<body class="calm">${body}</body>\n</html>\n`,
    {
      address,
      file: names[address] ?? "index.html",
      policy: "default-src 'none'; style-src 'sha256-x'; script-src 'self'; frame-ancestors 'none'",
      fileOf: (one) => names[one],
      zone: "Europe/Vienna",
      made: documentAt,
      until: documentAt + 900_000,
      ...over,
    },
  );
}

test.each([
  ["/", '<a href="/notice.txt">', '<a href="notice.txt">'],
  ["/i/a", '<a href="/">', '<a href="../../index.html">'],
  ["/i/a", '<a href="/i/b#u3">', '<a href="../b/index.html#u3">'],
  ["/i/a", '<a class="x" href="/i/a">', '<a class="x" href="index.html">'],
  ["/i/a", '<a href="../de/">', '<a href="../../de/index.html">'],
  ["/de/", '<script src="/page.js" defer></script>', '<script src="../page.js" defer></script>'],
  ["/de/", '<main data-from="/i/a">', '<main data-from="../i/a/index.html">'],
  ["/i/a", '<a href="#top">', '<a href="#top">'],
  ["/i/a", '<a href="https://example.org/i/b">', '<a href="https://example.org/i/b">'],
  ["/i/a", '<a href="//example.org/">', '<a href="//example.org/">'],
  ["/i/a", '<a href="mailto:help@example.org">', '<a href="mailto:help@example.org">'],
  // Nobody is sent to a page that the copy does not have.
  ["/", '<a href="/metrics"><code>', "<a><code>"],
  ["/", '<path d="/">', '<path d="index.html">'.replace("index.html", "index.html")],
])("on %s the link %s is %s", (address, before, after) => {
  expect(copyOf(before, { address })).toContain(`${after}`);
});

test("text that looks like a link is text", () => {
  const text = '<p>href=&quot;/notice.txt&quot; is &lt;a href=&quot;/&quot;&gt; and "/" </p>';
  expect(copyOf(text)).toContain(text);
});

test.each([
  ["en", "It holds until Thursday, 5 November 2026 at 16:15 CET.", "This copy is out of date."],
  ["de", "Sie gilt bis Donnerstag, 5. November 2026 um 16:15 MEZ.", "Diese Kopie ist nicht mehr aktuell."],
  ["nl", "It holds until Thursday, 5 November 2026 at 16:15 CET.", "This copy is out of date."],
])("a page in %s says how long it holds, script or not", (tag, holds, stale) => {
  const page = copyOf("", {}, `<html lang="${tag}">`);
  expect(page).toContain(holds);
  expect(page).toContain(stale);
  expect(page).toContain('data-valid-until="2026-11-05T15:15:00.000Z"');
  expect(page.indexOf(holds)).toBeGreaterThan(page.indexOf("<body"));
});

test("its policy comes with it, and allows what the copy adds and nothing more", () => {
  const page = copyOf("");
  const [, policy = ""] = /<meta http-equiv="content-security-policy" content="([^"]*)">/.exec(page) ?? [];
  const hash = (text: string | undefined) =>
    `'sha256-${createHash("sha256")
      .update(text ?? "")
      .digest("base64")}'`;
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1];
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-x' ${hash(style)}; script-src 'self' ${hash(script)}`);
  // The charset has to be among the first 1024 bytes.
  expect(page.indexOf("<meta charset")).toBeLessThan(page.indexOf("http-equiv"));
  expect(copyOf("", { policy: undefined })).not.toContain("http-equiv");
});
