import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAX_LINE } from "../../../collectors/tail/lines.ts";
import { Follower, newFolder, numbered } from "./follow.ts";

test("written byte by byte, each line is handed on once and whole", async () => {
  const path = join(newFolder(), "mail.log");
  const text = `${numbered(0, 4).join("\n")}\n\nzweite Zeile – mit UTF-8\n`;
  const follower = new Follower(path);
  for (const byte of Buffer.from(text)) {
    appendFileSync(path, new Uint8Array([byte]));
    await follower.read();
    follower.restart();
  }
  expect(follower.lines.join("\n")).toBe(text.slice(0, -1));
});

test("pieces of every size cut at the same lines", async () => {
  const path = join(newFolder(), "mail.log");
  const lines = numbered(0, 30).map((line, i) => line.repeat(1 + (i % 5)));
  appendFileSync(path, `${lines.join("\n")}\n`);
  for (const maxPiece of [1, 7, 64, 65, 300, 100_000]) {
    const follower = new Follower(path, { maxPiece });
    await follower.readAll();
    expect(follower.lines).toEqual(lines);
    follower.stop();
  }
});

test("a line of the greatest length is whole, a longer one is cut and counts once", async () => {
  const path = join(newFolder(), "mail.log");
  const longest = "x".repeat(MAX_LINE);
  appendFileSync(path, `before\n${longest}\n${longest}yz${"y".repeat(50_000)}\nafter\n`);
  const follower = new Follower(path, { maxPiece: 1000 });
  await follower.readAll();
  expect(follower.lines.map((line) => line.length)).toEqual([6, MAX_LINE, MAX_LINE + 1, 5]);
  expect(follower.tail.counters()).toMatchObject({ gapBytes: 0, bytesRead: 7 + 2 * MAX_LINE + 1 + 50_003 + 6 });
});

test("restarted in the rest of a line that is too long", async () => {
  const path = join(newFolder(), "mail.log");
  appendFileSync(path, `before\n${"x".repeat(100_000)}`);
  const follower = new Follower(path, { maxPiece: 1000 });
  await follower.readAll();
  expect(follower.lines.map((line) => line.length)).toEqual([6, MAX_LINE + 1]);
  for (let i = 0; i < 5; i++) {
    appendFileSync(path, "x".repeat(10_000));
    follower.restart();
    await follower.readAll();
  }
  appendFileSync(path, "\nafter\n");
  await follower.readAll();
  expect(follower.lines.map((line) => line.length)).toEqual([6, MAX_LINE + 1, 5]);
});

test("10 MiB without a line feed: memory stays as it was", async () => {
  const path = join(newFolder(), "mail.log");
  const follower = new Follower(path);
  appendFileSync(path, "before\n");
  await follower.readAll();
  const fd = openSync(path, "a");
  const block = Buffer.alloc(64 * 1024, "x");
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 160; i++) {
    writeSync(fd, block);
    await follower.readAll();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  writeSync(fd, "\nafter\n");
  closeSync(fd);
  await follower.readAll();
  expect(follower.lines.map((line) => line.length)).toEqual([6, MAX_LINE + 1, 5]);
  expect(most).toBeLessThan(4 * 1024 * 1024);
});
