// Logs come rotated, packed, copied, split and out of order: every line counts, and counts once.

import { linkSync, symlinkSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { folder, mailLog, stamp, write } from "./log-files.ts";
import { happened } from "./looking-back.ts";

const noon = new Date("2026-11-22T12:00:00Z");
const day = mailLog(noon, 300, 40);

test("rotated files named in the wrong order are read in the order of time", async () => {
  const at = folder();
  const parts = [day.slice(0, 700), day.slice(700, 1500), day.slice(1500)];
  const files = parts.map((lines, i) => write(at, i === 2 ? "mail.log" : `mail.log.${2 - i}.gz`, lines));
  const whole = await happened([write(at, "whole.log", day)]);
  const { totals, period, timeline, files: read } = await happened([...files].reverse());
  expect(totals).toEqual(whole.totals);
  expect(totals.messages).toMatchObject({ accepted: 300, removed: 300 });
  expect(totals.refused).toBe(200);
  expect(period).toEqual(whole.period);
  expect(timeline).toEqual(whole.timeline);
  expect(read.map((file) => file.path)).toEqual(files);
});

test("the same file under two names counts once", async () => {
  const at = folder();
  const one = write(at, "mail.log", day);
  const whole = await happened([one]);
  const twice = await happened([one, write(at, "copy of mail.log", day)]);
  expect(twice.totals).toEqual(whole.totals);
  expect(twice.files.map((file) => file.repeated).sort()).toEqual([0, day.length].sort());
});

test("the same file by a link is read once, and the report says so", async () => {
  const at = folder();
  const one = write(at, "mail.log", day);
  symlinkSync(one, `${at}/soft`);
  linkSync(one, `${at}/hard`);
  const whole = await happened([one]);
  const { totals, notes } = await happened([one, `${at}/soft`, `${at}/hard`, one]);
  expect(totals).toEqual(whole.totals);
  expect(notes.filter((note) => note.includes("same file"))).toHaveLength(3);
});

test("a packed copy and the longer log that it was made of", async () => {
  const at = folder();
  const whole = await happened([write(at, "whole.log", day)]);
  const files = [write(at, "mail.log", day.slice(400)), write(at, "mail.log.1.gz", day.slice(0, 1000))];
  const { totals, files: read } = await happened(files);
  expect(totals).toEqual(whole.totals);
  expect(read.reduce((sum, file) => sum + file.repeated, 0)).toBe(600);
});

test("mail.warn and mail.err beside mail.log hold nothing new", async () => {
  const at = folder();
  const refused = day.filter((line) => line.includes("reject"));
  const bounced = day.filter((line) => line.includes("bounced"));
  const whole = await happened([write(at, "mail.log", day)]);
  const names = ["mail.warn", "mail.err"];
  const files = [write(at, names[0] ?? "", refused), write(at, names[1] ?? "", bounced), `${at}/mail.log`];
  expect((await happened(files)).totals).toEqual(whole.totals);
});

test("a piece that begins in the midst of a second, named before the whole", async () => {
  const at = folder();
  const whole = write(at, "mail.log", day);
  const { totals, timeline } = await happened([whole]);
  expect(day[4]).toContain("message-id=<0@lab.test>");
  // Both begin with the same stamp, and the piece does not know that the message had been taken in.
  const both = await happened([write(at, "piece.log", day.slice(4, 6)), whole]);
  expect(both.totals).toEqual(totals);
  expect(both.timeline).toEqual(timeline);
});

test("lines picked out of a longer past than that of the log beside them", async () => {
  const at = folder();
  const since = day.findIndex((line) => line.startsWith(stamp(new Date("2026-11-22T13:00:00Z"))));
  const picked = day.filter((line) => line.includes("status=") || line.includes("reject"));
  const before = write(at, "mail.log.1", day.slice(0, since));
  const after = write(at, "mail.log", day.slice(since));
  const whole = await happened([before, after]);
  // The file that begins first has the ends of messages only, each in the second of its beginning.
  const files = [write(at, "mail.info", [day[0] ?? "", ...picked]), after, before];
  const { totals, timeline } = await happened(files);
  expect(totals).toEqual(whole.totals);
  expect(timeline).toEqual(whole.timeline);
});

test("a second that is larger than what is read at once, and a piece from the midst of it", async () => {
  const at = folder();
  const lines = mailLog(noon, 2000, 0);
  const whole = write(at, "mail.log", lines);
  expect(lines.join("\n").length).toBeGreaterThan(1024 * 1024);
  const { totals } = await happened([whole]);
  expect(totals.messages).toMatchObject({ accepted: 2000, removed: 2000 });
  const middle = lines.findIndex((line) => line.includes("message-id=<1000@"));
  const files = [write(at, "piece.log.gz", lines.slice(middle, middle + 5000)), whole];
  expect((await happened(files)).totals).toEqual(totals);
});

test("the same line twice in one file is two lines", async () => {
  const at = folder();
  const line = day.find((one) => one.includes("reject")) ?? "";
  const { totals } = await happened([write(at, "a.log", [line, line, line]), write(at, "b.log", [line, line])]);
  expect(totals.refused).toBe(3);
});

test("two hosts' logs of the same hours are both read", async () => {
  const at = folder();
  const other = mailLog(noon, 300, 40).map((line) => line.replace(" mx ", " mx2 ").replaceAll(": A", ": B"));
  const { totals } = await happened([write(at, "mx.log", day), write(at, "mx2.log", other)]);
  expect(totals.messages).toMatchObject({ accepted: 600, removed: 600 });
  expect(totals.recipients.unknown).toBe(0);
});

test("a log from before New Year and one from after it", async () => {
  const at = folder();
  const lines = mailLog(new Date("2025-12-31T23:50:00Z"), 20, 60);
  const written = new Date("2026-01-01T00:10:00Z");
  const now = Date.parse("2026-11-22T12:00:00Z");
  const period = { from: "2025-12-31T23:50:00.000Z", to: "2026-01-01T00:09:00.000Z" };
  const one = await happened([write(at, "one.log", lines, { written })], { now });
  expect(one.period).toEqual(period);
  const cut = lines.findIndex((line) => line.startsWith(stamp(new Date("2026-01-01T00:00:00Z"))));
  const before = write(at, "mail.log.1", lines.slice(0, cut), { written: new Date("2026-01-01T00:00:00Z") });
  const after = write(at, "mail.log", lines.slice(cut), { written });
  const two = await happened([after, before], { now });
  expect(two.period).toEqual(period);
  expect(two.totals).toEqual(one.totals);
  expect(two.timeline.backlog.length * two.timeline.width).toBeLessThan(3_600_000);
});

test("a file whose time nobody kept is of the last twelve months", async () => {
  const at = folder();
  const now = Date.parse("2026-02-01T00:00:00Z");
  const lines = mailLog(new Date("2025-11-22T12:00:00Z"), 3);
  const { period } = await happened([write(at, "mail.log", lines, { written: new Date(0) })], { now });
  expect(period.from).toBe("2025-11-22T12:00:00.000Z");
});

test("however a log is cut, copied, packed and mixed, it says the same", async () => {
  const at = folder();
  const short = day.slice(0, 400);
  const whole = await happened([write(at, "whole.log", short)]);
  const piece = fc.record({
    from: fc.nat(399),
    length: fc.nat(399),
    each: fc.integer({ min: 1, max: 6 }),
    packed: fc.boolean(),
    key: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 4 }), fc.array(fc.nat(399), { maxLength: 2 }), async (more, cuts) => {
      // The log in pieces that follow one another, and any further pieces of it, or some of their lines, on top.
      const edges = [0, ...cuts.sort((a, b) => a - b).map(secondOf), short.length];
      const pieces = edges
        .slice(1)
        .map((to, i) => ({ lines: short.slice(edges[i], to), packed: i % 2 === 0, key: i * 7 }));
      for (const { from, length, each, packed, key } of more) {
        pieces.push({ lines: short.slice(from, from + length).filter((_, i) => i % each === 0), packed, key });
      }
      const files = pieces
        .map(({ lines, packed, key }, i) => ({ path: write(at, `part${i}.log${packed ? ".gz" : ""}`, lines), key }))
        .sort((a, b) => a.key - b.key);
      const { totals, timeline } = await happened(files.map((file) => file.path));
      expect(totals).toEqual(whole.totals);
      expect(timeline).toEqual(whole.timeline);
    }),
    { numRuns: 60 },
  );
});

/** Where the second of a line begins: a rotation in the midst of it leaves twins in two files that cannot be told from copies. */
function secondOf(line: number): number {
  const second = day[line]?.slice(0, 15) ?? "";
  return day.findIndex((one) => one.startsWith(second));
}
