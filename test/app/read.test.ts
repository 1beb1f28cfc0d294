import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { discoverDialects } from "../../src/app/discover.ts";
import { read } from "../../src/app/read.ts";

const folder = mkdtempSync(join(tmpdir(), "mailtide-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

const removed = "Nov  2 09:00:00 mx1 postfix/qmgr[1]: 5A1B22C0F4: removed";

async function run(
  input: string | Uint8Array,
  { file = "-", dialect = "postfix" } = {},
): Promise<{ raw: string; lines: unknown[] }> {
  const stdout = new PassThrough();
  const stdin = (async function* () {
    yield typeof input === "string" ? new TextEncoder().encode(input) : input;
  })();
  const options = {
    file,
    dialect,
    dialects: await discoverDialects(),
    zone: "UTC",
    reference: Date.UTC(2026, 11, 1),
    stdin,
  };
  let raw = "";
  stdout.setEncoding("utf8");
  stdout.on("data", (text: string) => {
    raw += text;
  });
  await read(options, stdout);
  stdout.end();
  await new Promise((resolve) => stdout.once("end", resolve));
  return {
    raw,
    lines: raw
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  };
}

const event = { kind: "removed", time: "2026-11-02T09:00:00.000Z", instance: "mx1/postfix", queueId: "5A1B22C0F4" };

test("one object a line of input, in order, with its text and number", async () => {
  const { lines } = await run(
    `${removed}\nnonsense\n\nNov  2 09:00:00 mx1 kernel: hello\nNov  2 09:00:00 mx1 postfix/smtp[1]: what\n${removed}`,
  );
  expect(lines).toEqual([
    { line: removed, number: 1, events: [event] },
    { line: "nonsense", number: 2, unread: "malformed" },
    { line: "", number: 3, unread: "malformed" },
    { line: "Nov  2 09:00:00 mx1 kernel: hello", number: 4, unread: "foreign" },
    { line: "Nov  2 09:00:00 mx1 postfix/smtp[1]: what", number: 5, unread: "unsupported" },
    { line: removed, number: 6, events: [event] },
  ]);
});

test("nothing at all is no lines", async () => {
  expect((await run("")).lines).toEqual([]);
});

test("a file, also gzipped", async () => {
  const plain = join(folder, "mail.log");
  writeFileSync(plain, `${removed}\n`);
  writeFileSync(`${plain}.gz`, gzipSync(`${removed}\n`));
  expect((await run("", { file: plain })).lines).toEqual([{ line: removed, number: 1, events: [event] }]);
  expect((await run("", { file: `${plain}.gz` })).lines).toEqual([{ line: removed, number: 1, events: [event] }]);
});

test("a line that is too long is shortened, marked, and does not swallow the next", async () => {
  const { lines } = await run(`${"x".repeat(100_000)}\n${removed}\n`);
  expect(lines).toEqual([
    { line: "x".repeat(16_384), number: 1, unread: "malformed" },
    { line: removed, number: 2, events: [event] },
  ]);
});

test("what a terminal would obey is escaped, and what is no text is replaced", async () => {
  const hostile = `${removed.slice(0, -7)}\u001b[31m\u009b31m\u202e\u2066\u007f\u0000\u2028`;
  const { raw, lines } = await run(`${hostile}\n`);
  expect(lines).toEqual([{ line: hostile, number: 1, unread: "unsupported" }]);
  expect(raw.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e\u2066]/);
  expect((await run(Uint8Array.of(0xff, 0xfe, 10))).lines).toEqual([
    { line: "\ufffd\ufffd", number: 1, unread: "malformed" },
  ]);
});

test.each([
  [{ file: join(folder, "missing.log") }, "source-missing"],
  [{ file: folder }, "source-missing"],
  [{ dialect: "pigeon" }, "dialect-unknown"],
])("says what to do about %j", async (options, code) => {
  await expect(run("", options)).rejects.toMatchObject({ name: "Fault", code });
});

test("a damaged gzip file is trouble, not an empty log", async () => {
  const file = join(folder, "cut.log.gz");
  writeFileSync(file, gzipSync(`${removed}\n`.repeat(1000)).subarray(0, 60));
  await expect(run("", { file })).rejects.toMatchObject({ name: "Fault", code: "source-gone" });
});
