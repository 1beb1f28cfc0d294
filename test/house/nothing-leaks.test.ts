import { expect, test } from "vitest";
import { leaks } from "./leaks.ts";
import { repositoryFiles, textOf } from "./sources.ts";

/** Texts of others, kept word for word, and this folder's own planted leaks. */
const exempt = /^(LICENSE|package-lock\.json|test\/house\/(leaks|nothing-leaks\.test)\.ts)$/;
const binary = /\.(gz|zst|png|svg|ico|sqlite|eml|bin)$/;

test("no file gives away a machine, a person or how it was made", () => {
  const names = repositoryFiles().filter((name) => !exempt.test(name) && !binary.test(name));
  expect(names.length).toBeGreaterThan(40);
  expect(names).toContain("package.json");
  expect(names.flatMap((name) => leaks(name, textOf(name)))).toEqual([]);
});

test.each([
  "see /work/notes.md",
  'open("/tmp/mail.log")',
  "cp ../shared/a .",
  "as asked in issue 12",
  "// TODO: later",
  "connect from mx.example.org[8.8.8.8]:25",
  "to=<somebody@gmail.com>",
  "written by a model",
])("caught: %s", (line) => {
  expect(leaks("planted", line)).toHaveLength(1);
});

test.each([
  "relay=mx.example.org[192.0.2.7]:25, to=<a@b.example.org>",
  "127.0.0.1:9100 and 127.0.2.11",
  "mkdtemp(join(tmpdir(), name))",
  "/var/spool/postfix/private/tmp/x and ./work/x",
  "version 1.2.3.4-beta",
  "RFC 5321 4.5.4.1",
  "@biomejs/biome and node@26.10.0",
  "/var/log/mail.log, /etc/postfix/main.cf, /usr/sbin/postfix",
])("allowed: %s", (line) => {
  expect(leaks("planted", line)).toEqual([]);
});
