import { expect, test } from "vitest";
import english from "../../../src/core/status/languages/en/index.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../../../src/core/time.ts";
import { chart } from "../../../src/publishers/page/chart.ts";
import { type Series, seriesOf } from "../../../src/publishers/page/series.ts";
import { timesOf } from "../../../src/publishers/page/times.ts";
import { publicDocumentOf, publicNow } from "../../support/public.ts";

const times = timesOf("en-GB", "Europe/Vienna", publicNow);

function drawn(waiting: readonly number[], over: object = {}, expected?: { earliest: Instant; latest: Instant }) {
  const series = seriesOf(
    {
      at: publicNow,
      chart: { from: publicNow - waiting.length * MINUTE, width: MINUTE, waiting, ...over },
      expected,
      blind: false,
    },
    times.offset,
  );
  if (series === undefined) throw new Error("nothing is drawn");
  return { series, text: chart(series, english.labels, times).text };
}

function path(text: string, name: string): string {
  return new RegExp(`<path class="${name}" d="([^"]*)"`).exec(text)?.[1] ?? "";
}

test("nothing late, nothing to draw", () => {
  const of = (waiting: readonly number[]) =>
    seriesOf({ at: HOUR, chart: { from: 0, width: MINUTE, waiting }, expected: undefined, blind: false }, () => 0);
  expect(of([])).toBeUndefined();
  expect(of([0, 0, 0])).toBeUndefined();
  expect(of([Number.NaN, Number.NaN])).toBeUndefined();
  expect(of([0, 20])).toBeDefined();
});

test("mail in passage through a server at work is no late mail", () => {
  const busy = {
    ...publicDocumentOf("normal"),
    chart: { from: publicNow - HOUR, width: MINUTE, waiting: [40, 50, 40] },
  };
  expect(seriesOf(busy, times.offset)).toBeUndefined();
  expect(seriesOf({ ...busy, phase: "suspected" }, times.offset)).toBeDefined();
  expect(seriesOf({ ...busy, waiting: 30 }, times.offset)).toBeDefined();
});

test("the stretch that is not over yet ends now, and nothing is told of what is to come", () => {
  const waiting = [100, 200, 300];
  const { series } = drawn(waiting, { from: publicNow - 2.5 * MINUTE });
  expect(series.seen).toEqual([
    { at: publicNow - 1.5 * MINUTE, count: 100 },
    { at: publicNow - 0.5 * MINUTE, count: 200 },
    { at: publicNow, count: 300 },
  ]);
});

test("what came in this very moment is the last point, not the minute before it", () => {
  const { series } = drawn([100, 200, 900], { from: publicNow - 2 * MINUTE });
  expect(series.seen).toEqual([
    { at: publicNow - MINUTE, count: 100 },
    { at: publicNow, count: 900 },
  ]);
});

test("the peak stays however long the outage was, and the last stays the last", () => {
  const waiting = Array.from({ length: 20_000 }, (_, i) => (i === 10_001 ? 4000 : i === 19_999 ? 70 : 20));
  const { series, text } = drawn(waiting);
  expect(series.seen.length).toBeLessThanOrEqual(121);
  expect(series.most).toBe(4000);
  expect(series.seen.at(-1)?.count).toBe(70);
  expect(text).toMatch(/aria-label="Late mail from .*\. At most: about 4,000\. At the end: about 70\."/);
  expect(text).toContain('data-l="4,000"');
});

test("what was not seen is a gap, not nought", () => {
  const seen = Array.from({ length: 90 }, () => 500);
  const gap = { from: publicNow - 60 * MINUTE, to: publicNow - 30 * MINUTE };
  const whole = drawn(seen);
  expect(path(whole.text, "line").match(/M/g)).toHaveLength(1);
  expect(whole.text).not.toContain("not seen");
  const told = drawn(seen, { unseen: [gap] });
  const holes = drawn(seen.map((count, i) => (i >= 30 && i < 60 ? Number.NaN : count)));
  for (const { text, series } of [told, holes]) {
    expect(path(text, "line").match(/M/g)).toHaveLength(2);
    // Nothing of the line is on the ground.
    expect(path(text, "line")).not.toMatch(/ 150/);
    expect(path(text, "gap")).toMatch(/^(M\d+ 0H\d+V150H\d+Z)+$/);
    expect(text).toContain("not seen");
    // Named in the table from end to end, between the counts before and after it.
    expect(text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")).toMatch(
      /Friday 6 November 17:31 CET about 500 .* 18:00 to 18:30 CET not known 18:36 CET about 500/,
    );
    expect(text.match(/<td>not known<\/td>/g)).toHaveLength(1);
    expect(series.seen.filter(({ count }) => count === undefined)).toHaveLength(30);
  }
});

test("a gap between two rows of the table is a row of its own", () => {
  const seen = Array.from({ length: 110 }, () => 500);
  for (let minute = 4; minute < 95; minute += 7) {
    const to = publicNow - (110 - minute - 3) * MINUTE;
    const { text } = drawn(seen, { unseen: [{ from: to - 3 * MINUTE, to }] });
    expect(text.match(/<td>not known<\/td>/g), `minute ${minute}`).toHaveLength(1);
  }
});

test("the table names a day once, above the times of it, and a gap that ends on another day says both", () => {
  const waiting = Array.from({ length: 2 * 24 * 60 }, () => 500);
  const night = { from: publicNow - 20 * HOUR, to: publicNow - 15 * HOUR };
  const expected = { earliest: publicNow + HOUR, latest: publicNow + 3 * HOUR };
  const { text } = drawn(waiting, { unseen: [night] }, expected);
  const rows = text
    .slice(text.indexOf("<table>"))
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
  expect(rows.match(/Friday,? 6 November/g)).toHaveLength(3);
  expect(rows.match(/Thursday,? 5 November/g)).toHaveLength(1);
  expect(rows).toMatch(/Thursday,? 5 November .* 23:\d\d CET to Friday,? 6 November at 04:\d\d CET not known Friday/);
  expect(rows).toMatch(
    /what we expect Friday,? 6 November 20:00 CET fewer than 10 to about 330 22:00 CET fewer than 10/,
  );
  // Programs still have the whole moment.
  expect(text).toContain(`<time datetime="${new Date(publicNow).toISOString()}">19:00 CET</time>`);
});

test("while nothing is seen the picture does not end in a count", () => {
  const from = publicNow - 9.5 * MINUTE;
  const unseen = [{ from: publicNow - 4 * MINUTE, to: publicNow }];
  const { series, text } = drawn([100, 100, 100, 100, 100, 100, 100, 100, 100, 100], { from, unseen });
  expect(series.seen.at(-1)).toEqual({ at: publicNow, count: undefined });
  expect(text).toContain("At the end: not known.");
});

test("a long picture hides no stretch that is as wide as a point, and loses no peak beside it", () => {
  const waiting = Array.from({ length: 1200 }, (_, i) => (i === 607 ? 900 : 100));
  const at = (i: number) => publicNow - (1200 - i) * MINUTE;
  const { series, text } = drawn(waiting, { unseen: [{ from: at(600), to: at(606) }] });
  expect(series.seen.filter(({ count }) => count === undefined).length).toBeGreaterThanOrEqual(1);
  expect(text).toContain("not known");
  expect(series.most).toBe(900);
});

test("the end that could not be seen is not said to be nought", () => {
  const { text } = drawn([100, 200, 300, Number.NaN]);
  expect(text).toContain("At the end: not known.");
});

test("the range is a fan from now to its two ends, and there is none while blind", () => {
  const expected = { earliest: publicNow + HOUR, latest: publicNow + 3 * HOUR };
  const waiting = [1000, 2000, 1500, 1000];
  const { series, text } = drawn(waiting, {}, expected);
  expect(series.ahead).toEqual([
    { at: publicNow, low: 1000, high: 1000 },
    { at: expected.earliest, low: 0, high: (1000 * 2) / 3 },
    { at: expected.latest, low: 0, high: 0 },
  ]);
  expect(series.to).toBeGreaterThanOrEqual(expected.latest);
  expect(text).toContain("what we expect");
  expect(path(text, "ahead")).toMatch(/^M\d/);
  const document = { ...publicDocumentOf("draining"), blind: true };
  expect(seriesOf(document, times.offset)?.ahead).toEqual([]);
});

test("a range over time is drawn as it is", () => {
  const ahead = { from: publicNow, width: HOUR, low: [500, 0], high: [900, 400] };
  const { series } = drawn([1000, 1000], { ahead }, { earliest: publicNow, latest: publicNow + 2 * HOUR });
  expect(series.ahead.slice(1)).toEqual([
    { at: publicNow + HOUR, low: 500, high: 900 },
    { at: publicNow + 2 * HOUR, low: 0, high: 400 },
  ]);
});

function spread({ marks }: Series): Set<number> {
  return new Set(marks.slice(1).map((at, i) => at - marks[i]));
}

test.each([20 * MINUTE, HOUR, 5 * HOUR, 11 * HOUR, 26 * HOUR, 3 * DAY, 9 * DAY])(
  "marks of %d ms are few, even, round in the zone, and hold the whole picture",
  (length) => {
    const waiting = Array.from({ length: length / MINUTE }, () => 50);
    const { series } = drawn(waiting);
    expect(series.marks.length).toBeGreaterThanOrEqual(2);
    expect(series.marks.length).toBeLessThanOrEqual(6);
    expect([...spread(series)]).toEqual([series.step]);
    expect(series.from).toBeLessThanOrEqual(series.seen[0].at);
    expect(series.to).toBeGreaterThanOrEqual(publicNow);
    const hour = Number(
      new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone: "Europe/Vienna" }).format(
        series.from,
      ),
    );
    if (series.step >= DAY) expect(hour).toBe(0);
    else expect((hour * HOUR) % Math.max(HOUR, series.step)).toBe(0);
  },
);

test("a zone half an hour away has its own round times", () => {
  const india = timesOf("en-GB", "Asia/Kolkata", publicNow);
  expect(india.offset(publicNow)).toBe(5.5 * HOUR);
  const { series } = drawn(Array.from({ length: 300 }, () => 50));
  const there = seriesOf({ ...publicDocumentOf("outage"), expected: undefined }, india.offset);
  expect(there?.marks.map((at) => india.mark(at, there.step)).join(" ")).toMatch(/^(\d\d:[03]0 ?)+$|Sat/);
  expect(series.marks.length).toBeGreaterThan(1);
});

test("numbers from nowhere draw no nonsense", () => {
  for (const waiting of [
    [Number.POSITIVE_INFINITY, 10, 20],
    [1e15, 2e15],
    [10, 10],
  ]) {
    expect(drawn(waiting).text).not.toMatch(/NaN|Infinity|undefined/);
  }
});
