import { expect, test } from "vitest";
import { fileNameOf, relativeName } from "../../../src/app/export/file-names.ts";

const html = "text/html; charset=utf-8";

test.each([
  ["/", html, "index.html"],
  ["/de/", html, "de/index.html"],
  ["/i/k3m9x2p7q1za", html, "i/k3m9x2p7q1za/index.html"],
  ["/old.html", html, "old.html"],
  ["/notice.txt", "text/plain", "notice.txt"],
  ["/api/v2/incidents.json", "application/json", "api/v2/incidents.json"],
  ["/api/v2/incidents/unresolved.json", "application/json", "api/v2/incidents/unresolved.json"],
  ["/feed?x=1#y", "application/xml", "feed"],
  ["/m/%C3%A4", html, "m/ä/index.html"],
])("%s becomes a file", (address, type, file) => {
  expect(fileNameOf(address, type)).toBe(file);
});

test.each([
  "/../x",
  "/a/../../x",
  "/%2e%2e/x",
  "/a%2f..%2f..%2fx",
  "//x",
  "/.mailtide/files.json",
  "/a\\b",
  "/a%00b",
  "/%ff",
  `/${"x".repeat(300)}`,
  "/a:b",
])("%s would leave the folder or hide in it", (address) => {
  expect(() => fileNameOf(address, html)).toThrow("cannot become a file");
});

test.each([
  ["index.html", "notice.txt", "notice.txt"],
  ["i/a/index.html", "index.html", "../../index.html"],
  ["i/a/index.html", "i/b/index.html", "../b/index.html"],
  ["index.html", "de/index.html", "de/index.html"],
  ["de/index.html", "page.js", "../page.js"],
])("from %s to %s it is %s", (from, to, name) => {
  expect(relativeName(from, to)).toBe(name);
});
