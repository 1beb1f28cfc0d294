import { expect, test } from "vitest";
import { floorFaults } from "./floors.ts";
import { source, sources } from "./sources.ts";

const files = sources();

test("every import of the repository goes downstairs", () => {
  expect(floorFaults(files)).toEqual([]);
});

test("the reader of imports sees the tree: files, imports across rooms, and packages", () => {
  const imports = files.flatMap((file) => file.imports);
  expect(files.length).toBeGreaterThan(30);
  expect(imports.filter((found) => found.own).length).toBeGreaterThan(60);
  expect(imports.some((found) => found.target === "fastify" && found.typesOnly)).toBe(true);
  const dialect = files.find((file) => file.path === "collectors/dialect.ts");
  expect(dialect?.imports.map((found) => found.target)).toContain("src/core/events/batch.ts");
});

test.each<[string, string, string]>([
  ["a package in the core", "src/core/ledger/planted.ts", 'import { z } from "zod";'],
  ["Node in the core", "src/core/events/planted.ts", 'import { readFileSync } from "node:fs";'],
  ["a store in the core", "src/core/ledger/planted.ts", 'import type { Store } from "../../store/store.ts";'],
  ["upstairs", "src/core/ledger/planted.ts", 'import { plan } from "../retries/plan.ts";'],
  ["upstairs, types only", "src/core/events/planted.ts", 'import type { Forecast } from "../forecast/forecast.ts";'],
  ["upstairs over several lines", "src/core/events/planted.ts", 'import {\n  a,\n  b,\n} from "../status/status.ts";'],
  ["upstairs by re-export", "src/core/events/planted.ts", 'export { a } from "../ledger/ledger.ts";'],
  ["upstairs at run time", "src/core/events/planted.ts", 'const a = await import("../ledger/ledger.ts");'],
  ["a value out of the report", "src/core/ledger/planted.ts", 'import { a } from "../report.ts";'],
  ["a core file without a floor", "src/core/attic/planted.ts", 'import type { Instant } from "../time.ts";'],
  ["the ledger in a collector", "collectors/tail/planted.ts", 'import { a } from "../../src/core/ledger/ledger.ts";'],
  ["a running schedule in a collector", "collectors/a/p.ts", 'import { a } from "../../src/core/retries/schedule.ts";'],
  ["the program in a collector", "collectors/tail/planted.ts", 'import { a } from "../../src/app/clock.ts";'],
  ["a dialect in its sibling", "collectors/dialects/exim/planted.ts", 'import { a } from "../postfix/log.ts";'],
  ["a dialect in the tail", "collectors/tail/planted.ts", 'import postfix from "../dialects/postfix/index.ts";'],
  ["a dialect in the program", "src/app/p.ts", 'import postfix from "../../collectors/dialects/postfix/index.ts";'],
  ["a dialect that opens files", "collectors/dialects/exim/planted.ts", 'import { open } from "node:fs/promises";'],
  ["a publisher in its sibling", "src/publishers/feed/planted.ts", 'import { a } from "../prometheus/render.ts";'],
  ["a publisher in the program", "src/app/planted.ts", 'import a from "../publishers/prometheus/index.ts";'],
  [
    "ICU messages elsewhere in the core",
    "src/core/ledger/p.ts",
    'import { IntlMessageFormat } from "intl-messageformat";',
  ],
  ["another package among the languages", "src/core/status/languages/en/p.ts", 'import { z } from "zod";'],
  ["a language in its sibling", "src/core/status/languages/de/p.ts", 'import { messages } from "../en/messages.ts";'],
  ["a language in the core", "src/core/status/p.ts", 'import english from "./languages/en/index.ts";'],
  ["a store in its sibling", "src/store/redis/planted.ts", 'import { a } from "../sqlite/schema.ts";'],
  ["SQLite elsewhere", "src/app/planted.ts", 'import { DatabaseSync } from "node:sqlite";'],
  ["Redis elsewhere", "src/app/planted.ts", 'import Redis from "ioredis";'],
  ["a web server in a publisher", "src/publishers/page/planted.ts", 'import fastify from "fastify";'],
  ["an SMTP server in the program", "src/app/planted.ts", 'import { SMTPServer } from "smtp-server";'],
  ["a test in the program", "src/app/planted.ts", 'import { a } from "../../test/support/report.ts";'],
  ["a collector in the front door", "bin/planted.ts", 'import { a } from "../collectors/tail/follow.ts";'],
])("caught: %s", (_what, path, text) => {
  expect(floorFaults([source(path, text)]).length).toBeGreaterThan(0);
});

test.each<[string, string, string]>([
  ["downstairs", "src/core/retries/planted.ts", 'import { a } from "../ledger/ledger.ts";'],
  ["the report's types", "src/core/ledger/planted.ts", 'import type { Report } from "../report.ts";'],
  ["events in a collector", "collectors/tail/p.ts", 'import { EventBatch } from "../../src/core/events/batch.ts";'],
  ["its own contract", "src/publishers/page/planted.ts", 'import type { Publisher } from "../publisher.ts";'],
  [
    "the web server's types in a publisher",
    "src/publishers/page/p.ts",
    'import type { FastifyInstance } from "fastify";',
  ],
  ["everything in the program", "src/app/planted.ts", 'import { follow } from "../../collectors/tail/follow.ts";'],
  ["ICU messages in the languages", "src/core/status/languages/p.ts", 'import { a } from "intl-messageformat";'],
  ["the floor beneath the languages", "src/core/status/languages/de/p.ts", 'import { spoken } from "../spoken.ts";'],
  ["a dialect in its test", "test/collectors/p.test.ts", 'import p from "../../collectors/dialects/postfix/index.ts";'],
])("allowed: %s", (_what, path, text) => {
  expect(floorFaults([source(path, text)])).toEqual([]);
});
