import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type LogFile, openLogFile } from "../../../collectors/tail/archive.ts";
import { MAX_LINE } from "../../../collectors/tail/lines.ts";
import { Fault } from "../../../src/core/fault.ts";
import { newFolder, numbered } from "./follow.ts";

async function textOf(log: LogFile): Promise<string> {
  let text = "";
  for await (const { bytes, start, end } of log.pieces()) {
    expect(bytes[end - 1]).toBe(10);
    text += Buffer.from(bytes.subarray(start, end)).toString();
  }
  return text;
}

function faultOf(path: string): Fault {
  try {
    openLogFile(path).close();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error("no fault");
}

const text = `${numbered(0, 30_000).join("\n")}\n`;
const packers = {
  none: (bytes: Uint8Array) => bytes,
  gzip: (bytes: Uint8Array) => gzipSync(bytes),
  zstd: (bytes: Uint8Array) => zstdCompressSync(bytes),
};

describe.each(["none", "gzip", "zstd"] as const)("packing %s", (packing) => {
  test("is recognised by content, and read whole", async () => {
    const path = join(newFolder(), "any-name");
    writeFileSync(path, packers[packing](Buffer.from(text)));
    for (const maxPiece of [1000, 1 << 20]) {
      const log = openLogFile(path, { maxPiece });
      expect(log.packing).toBe(packing);
      expect(await textOf(log)).toBe(text);
      expect([log.warning, log.taken]).toEqual([undefined, log.size]);
    }
  });

  test("an empty log, and a last line without a line feed", async () => {
    const path = join(newFolder(), "mail.log");
    writeFileSync(path, packers[packing](Buffer.alloc(0)));
    expect(await textOf(openLogFile(path))).toBe("");
    writeFileSync(path, packers[packing](Buffer.from("one\ntwo")));
    expect(await textOf(openLogFile(path))).toBe("one\ntwo\n");
  });

  test("a line that is too long is cut and counts once", async () => {
    const path = join(newFolder(), "mail.log");
    writeFileSync(path, packers[packing](Buffer.from(`a\n${"x".repeat(3_000_000)}\nb\n`)));
    expect((await textOf(openLogFile(path))).split("\n").map((line) => line.length)).toEqual([1, MAX_LINE + 1, 1, 0]);
  });

  test("something that is no text is refused", async () => {
    const path = join(newFolder(), "mail.log");
    const binary = readFileSync(process.execPath).subarray(0, 20_000);
    writeFileSync(path, packers[packing](binary));
    const reading = async (): Promise<string> => await textOf(openLogFile(path));
    await expect(reading()).rejects.toMatchObject({ code: "recording-invalid" });
  });
});

describe.each(["gzip", "zstd"] as const)("damaged %s", (packing) => {
  test.each([0.999, 0.7, 0.2])("cut off at %d: what can be read is read, with a warning", async (share) => {
    const path = join(newFolder(), "mail.log");
    const packed = packers[packing](Buffer.from(text));
    writeFileSync(path, packed.subarray(0, Math.floor(packed.length * share)));
    const log = openLogFile(path);
    const read = await textOf(log);
    expect(log.warning).toContain(path);
    // The last line may be cut; all before it is what was written.
    expect(text.startsWith(read.slice(0, -1))).toBe(true);
    // zstd gives its blocks whole or not at all.
    if (packing === "gzip") expect(read.length).toBeGreaterThan(text.length * share * 0.5);
  });
});

test("several gzip members in one file, as `cat a.gz b.gz` makes them", async () => {
  const path = join(newFolder(), "mail.log.gz");
  const packed = Buffer.concat([gzipSync("one\n"), gzipSync("two\n")]);
  writeFileSync(path, packed);
  expect(gunzipSync(packed).toString()).toBe("one\ntwo\n");
  expect(await textOf(openLogFile(path))).toBe("one\ntwo\n");
});

test("a pipe, as `mailtide report <(zcat ...)` hands one over", async ({ skip }) => {
  const path = join(newFolder(), "pipe");
  if (spawnSync("mkfifo", [path]).status !== 0) skip("no mkfifo here");
  writeFileSync(`${path}.text`, text);
  const writer = spawn("sh", ["-c", 'cat "$0.text" > "$0"', path], { stdio: "ignore" });
  const exit = once(writer, "exit");
  const log = openLogFile(path);
  expect(log.size).toBe(0);
  expect(await textOf(log)).toBe(text);
  expect(await exit).toEqual([0, null]);
});

test("missing, a directory, and a directory in the way", () => {
  const folder = newFolder();
  expect(faultOf(join(folder, "mail.log")).code).toBe("source-missing");
  mkdirSync(join(folder, "logs"));
  const fault = faultOf(join(folder, "logs"));
  expect([fault.code, fault.message.includes(join(folder, "logs"))]).toEqual(["source-failed", true]);
});

test("forbidden", ({ skip }) => {
  const { seteuid, getuid } = process;
  if (getuid?.() !== 0 || seteuid === undefined) return skip("only root can take its own permission away");
  const path = join(newFolder(), "mail.log");
  writeFileSync(path, "one\n", { mode: 0o600 });
  seteuid(65534);
  try {
    expect(faultOf(path).code).toBe("source-forbidden");
  } finally {
    seteuid(0);
  }
});

test("256 MiB of one letter in a small file: memory stays as it was", async () => {
  const path = join(newFolder(), "bomb.gz");
  const member = gzipSync(Buffer.alloc(1 << 24, "x"));
  writeFileSync(path, Buffer.concat(Array.from({ length: 16 }, () => member)));
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let bytes = 0;
  const log = openLogFile(path);
  for await (const { start, end } of log.pieces()) {
    bytes += end - start;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(bytes).toBe(MAX_LINE + 2);
  expect(most).toBeLessThan(64 * 1024 * 1024);
});
