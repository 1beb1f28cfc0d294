// The rules of docs/submission-times.md in a real Postfix: what it logs of headers, and what is read from it.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { EventBatch } from "../../src/core/events/batch.ts";
import { Instances } from "../../src/core/events/instances.ts";
import { EventKind } from "../../src/core/events/kinds.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import { HOUR, MINUTE } from "../../src/core/time.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";

const guide = readFileSync(new URL("../../docs/submission-times.md", import.meta.url), "utf8");
/** The tables of the guide, the shorter one first. */
const tables = [...guide.matchAll(/^```\n((?:\/\^.*\n)+)```$/gm)].map(([, rules = ""]) => rules);

const two = (value: number): string => String(value).padStart(2, "0");
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
function written(at: number): string {
  const date = new Date(at);
  return `${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
}

interface Dated {
  readonly id: string;
  readonly received: boolean;
  readonly age: number;
  readonly header: string;
}

/** The events `dated` in a log, and how many of its lines are not understood. */
function read(log: string): { dated: Dated[]; odd: number } {
  const bytes = bytesOf(log);
  const batch = new EventBatch(4096);
  const reader = postfix.openLog({ instances: new Instances(), zone: "UTC", reference: () => Date.now() });
  const dated: Dated[] = [];
  let odd = 0;
  for (let at = 0; at < bytes.length; ) {
    batch.clear();
    at = reader.read(bytes, at, bytes.length, batch);
    odd += batch.lines.unsupported + batch.lines.malformed;
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind[i] !== EventKind.dated) continue;
      const text = (spans: { start: Int32Array; end: Int32Array }): string =>
        new TextDecoder().decode(bytes.subarray(spans.start[i], spans.end[i]));
      dated.push({
        id: text(batch.id),
        received: batch.number[i] === 1,
        age: batch.delay[i],
        header: text(batch.detail),
      });
    }
  }
  return { dated, odd };
}

test("the guide shows a table for Date, and one that has Received as well", () => {
  expect(tables).toHaveLength(2);
  expect(tables[1].startsWith(tables[0])).toBe(true);
});

describe.skipIf(noSandbox !== undefined).each([
  ["Date alone", 0],
  ["Date and Received", 1],
] as const)(sandboxName("header_checks with %s"), (_name, table) => {
  let lab: PostfixLab;
  const folder = mkdtempSync(join(tmpdir(), "header-checks-"));
  const file = join(folder, "mailtide_headers");
  const now = Date.now();
  const long = `for <${"a".repeat(180)}@example.org>`;
  const ids: string[] = [];

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    writeFileSync(file, tables[table] ?? "");
    lab = await startPostfixLab({ settings: { header_checks: `regexp:${file}`, enable_long_queue_ids: "yes" } });
    const injected = await lab.inject([
      {
        headers: [
          "Received: from a.example.org (a.example.org [192.0.2.7])",
          `\tby mx.example.org (Postfix) with ESMTPS id 5A1B22C100 ${long};`,
          `\tMon, ${written(now - 3 * HOUR)} (UTC)`,
          `Received: from [192.0.2.99] by a.example.org with esmtpsa (Exim 4.98) id x; ${written(now - 4 * HOUR)}`,
          `Date: Mon, ${written(now - 5 * HOUR)}`,
        ],
      },
      { headers: [`DATE:${written(now - HOUR)}`, `X-Note: Date: Mon, ${written(now - 9 * HOUR)}`] },
      {
        headers: [
          `Date: ${"(hostile) ".repeat(900)}`,
          `Received: ${"x".repeat(5000)}; sent ${written(now)}; from=<y> to=<z>: sent nonsense`,
          "Date: \u0001\u007f\u00ff ; from=<a> to=<b> proto=ESMTP helo=<c>: sent 1 Jan 2020 00:00:00 +0000",
        ],
      },
      {},
    ]);
    ids.push(...injected.map(({ queueId }) => queueId));
    await until("all is delivered", () => lab.queued() === 0);
  }, 60_000);
  afterAll(async () => {
    await lab?.stop();
    rmSync(folder, { recursive: true });
  });

  const agesOf = (id: string, received: boolean): number[] =>
    read(lab.logText())
      .dated.filter((one) => one.id === id && one.received === received)
      .map(({ age }) => Math.round(age / MINUTE));

  test("postmap and the log say what the guide says they do", () => {
    const asked = lab.run("postmap", "-q", "Date: Mon, 23 Nov 2026 20:00:00 +0000", `regexp:${file}`);
    expect(asked.stdout.trim()).toBe("INFO");
    expect(lab.logText()).toContain("info: header Date:");
  });

  test("the date of each message is read, in whatever case its name is written, and no other header", () => {
    expect(agesOf(ids[0], false)).toEqual([300]);
    expect(agesOf(ids[1], false)).toEqual([60]);
  });

  test("Received headers are read where they are logged, also past 200 bytes, and our own is none", () => {
    expect(agesOf(ids[0], true)).toEqual(table === 0 ? [] : [180, 240]);
    expect(agesOf(ids[1], true)).toEqual([]);
  });

  test("what a stranger writes there makes no line that is not understood, and no date that is not one", () => {
    const { dated, odd } = read(lab.logText());
    expect(odd).toBe(0);
    for (const { age } of dated.filter(({ id }) => id === ids[2])) expect(age).toBeNaN();
    expect(agesOf(ids[3], true)).toEqual([]);
  });
});
