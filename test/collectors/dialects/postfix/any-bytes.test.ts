// Any bytes at all: never an exception, every line counted once, and it does not matter where a log was cut into chunks.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventBatch } from "../../../../src/core/events/batch.ts";
import { openReader, readBytes } from "./log-lines.ts";

const samples = new URL("../../../../collectors/dialects/postfix/samples/", import.meta.url);
const lines: Uint8Array[] = [];
for (const name of readdirSync(samples).filter((one) => one.endsWith(".log"))) {
  const bytes = new Uint8Array(readFileSync(new URL(name, samples)));
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(10, at);
    const end = feed < 0 ? bytes.length : feed;
    lines.push(bytes.slice(at, end));
    at = end + 1;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
    bytes[at++] = 10;
  }
  return bytes;
}

function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? count + 1 : count;
}

const sum = (counts: { read: number; foreign: number; unsupported: number; malformed: number }): number =>
  counts.read + counts.foreign + counts.unsupported + counts.malformed;

const aLine = fc.nat(lines.length - 1).map((i) => lines[i]);

/** A line with some bytes replaced, put in, taken out, or its end cut off. */
const aDamagedLine = fc
  .tuple(
    aLine,
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.constantFrom("replace", "insert", "delete", "cut"),
        fc.constantFrom(0, 10, 13, 32, 34, 40, 41, 44, 58, 60, 62, 91, 92, 93, 255),
      ),
      { maxLength: 6 },
    ),
  )
  .map(([line, changes]) => {
    const bytes = [...line];
    for (const [place, change, byte] of changes) {
      const at = place % (bytes.length + 1);
      if (change === "replace" && at < bytes.length) bytes[at] = byte;
      else if (change === "insert") bytes.splice(at, 0, byte);
      else if (change === "delete") bytes.splice(at, 1);
      else if (change === "cut") bytes.length = at;
    }
    return Uint8Array.from(bytes);
  });

test("bytes of any kind", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(sum(readBytes(bytes).lines)).toBe(linesIn(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("damaged lines", () => {
  fc.assert(
    fc.property(fc.array(aDamagedLine, { maxLength: 12 }), (parts) => {
      const bytes = joined(parts);
      const { lines: counts, events } = readBytes(bytes, { capacity: 3 });
      expect(sum(counts)).toBe(linesIn(bytes));
      for (const event of events) expect(Number.isNaN(Date.parse(event.time))).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test("a log read in any chunks, and in batches of any size, is the same log", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(aLine, aDamagedLine), { minLength: 1, maxLength: 30 }),
      fc.array(fc.nat(29), { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (parts, cuts, capacity) => {
        const whole = readBytes(joined(parts), { capacity: 64 });
        const reader = openReader();
        const borders = [...new Set([0, ...cuts.filter((cut) => cut < parts.length), parts.length])].sort(
          (a, b) => a - b,
        );
        const events: unknown[] = [];
        const counts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
        for (let i = 1; i < borders.length; i++) {
          const piece = readBytes(joined(parts.slice(borders[i - 1], borders[i])), { reader, capacity });
          events.push(...piece.events);
          for (const answer of ["read", "foreign", "unsupported", "malformed"] as const)
            counts[answer] += piece.lines[answer];
        }
        expect(events).toEqual(whole.events);
        expect(counts).toEqual(whole.lines);
      },
    ),
    { numRuns: 800 },
  );
});

test("a reader sees nothing but its own stretch of the bytes", () => {
  const bytes = joined(lines.slice(0, 200));
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
      const [start, end] = a < b ? [a, b] : [b, a];
      const { log, instances } = openReader();
      const batch = new EventBatch(1000);
      expect(log.read(bytes, start, end, batch)).toBe(end);
      const alone = readBytes(bytes.slice(start, end));
      expect({ ...batch.lines }).toEqual(alone.lines);
      expect(Array.from({ length: batch.count }, (_, i) => batch.view(i, instances))).toEqual(alone.events);
    }),
    { numRuns: 300 },
  );
});
