import { expect, test } from "vitest";
import { surviveKilling } from "./killings.ts";
import { broken } from "./whole.ts";

test("killed twenty times while copying, and nobody saw half a page", async () => {
  const { copies, readings } = await surviveKilling(20, 4711);
  expect(copies).toBeGreaterThan(20);
  expect(readings).toBeGreaterThan(60);
});

test.each([
  ["a.html", "<!doctype html><html><body>x"],
  ["a.json", '{"a":'],
  ["a.atom", "<feed><entry>"],
  ["a.ics", "BEGIN:VCALENDAR\r\nEND:VEV"],
  ["a.txt", "half a li"],
  ["a.txt", ""],
])("half a file would be seen: %s", (name, text) => {
  expect(broken(name, text)).toBeDefined();
});
