import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import dialect from "../../../../collectors/dialects/postfix/index.ts";
import { readLines } from "../../../../src/app/read.ts";
import { Instances } from "../../../../src/core/events/instances.ts";

const samples = new URL("../../../../collectors/dialects/postfix/samples/", import.meta.url);
const stories = readdirSync(samples)
  .filter((name) => name.endsWith(".readings.jsonl"))
  .map((name) => name.replace(".readings.jsonl", ""));

test("there are stories to read", () => {
  expect(stories.length).toBeGreaterThanOrEqual(12);
});

test.each(stories)("%s", async (story) => {
  const log = new Uint8Array(readFileSync(new URL(`${story}.log`, samples)));
  const golden = readFileSync(new URL(`${story}.readings.jsonl`, samples), "utf8")
    .trimEnd()
    .split("\n");
  const instances = new Instances();
  const reader = dialect.openLog({ instances, zone: "UTC", reference: () => Date.UTC(2026, 11, 1) });
  const readings: unknown[] = [];
  // In pieces of seventeen bytes: a line is a line wherever the stream was cut.
  const pieces = (async function* () {
    for (let at = 0; at < log.length; at += 17) yield log.subarray(at, at + 17);
  })();
  for await (const { line: _, ...reading } of readLines(pieces, reader, instances)) readings.push(reading);
  expect(readings).toEqual(golden.map((line) => JSON.parse(line) as unknown));
});
