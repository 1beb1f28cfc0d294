// The memory of lines that were read from another file: a multiset over a stretch of time, and never larger than its bound.

import { expect, test } from "vitest";
import { Repeats, remembered } from "../../../src/app/post-mortem/repeats.ts";

function line(text: string): [Uint8Array, number, number] {
  const bytes = Buffer.from(text);
  return [bytes, 0, bytes.length];
}

test("a line is repeated as often as another file had it, and no oftener", () => {
  const repeats = new Repeats();
  const answers = [0, 0, 1, 1, 1, 0].map((file) => repeats.isRepeat(file, ...line("one"), 1000));
  expect(answers).toEqual([false, false, true, true, false, true]);
});

test("ids that differ only in their capitals are two lines", () => {
  const repeats = new Repeats();
  expect(repeats.isRepeat(0, ...line("4jXFnb6XhgzNB2s: removed"), 1000)).toBe(false);
  expect(repeats.isRepeat(1, ...line("4jXFnb6XhgzNB2S: removed"), 1000)).toBe(false);
});

test("a line is remembered for a minute of the log, and forgotten after two", () => {
  const repeats = new Repeats();
  const texts = Array.from({ length: 100 }, (_, n) => `line ${n}`);
  texts.forEach((text, n) => void repeats.isRepeat(0, ...line(text), n * 10));
  expect(repeats.isRepeat(1, ...line("line 7"), remembered)).toBe(true);
  expect(repeats.isRepeat(1, ...line("line 8"), 4 * remembered)).toBe(false);
});

test("more lines in a minute than there is room for: the oldest are forgotten, and it is known from when on", () => {
  const repeats = new Repeats();
  const bytes = Buffer.alloc(4);
  for (let n = 0; n < 1_000_000; n++) {
    bytes.writeUInt32LE(n);
    repeats.isRepeat(0, bytes, 0, 4, 5000 + n / 1000);
  }
  expect(repeats.crowdedAt).toBeGreaterThan(5000);
  bytes.writeUInt32LE(999_999);
  expect(repeats.isRepeat(1, bytes, 0, 4, 6000)).toBe(true);
});
