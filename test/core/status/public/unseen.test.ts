// When nobody could see: from the last that was seen to the first that was seen again, less what a log told later.

import { expect, test } from "vitest";
import { looked, noSight, type Sight, unseenUntil } from "../../../../src/core/status/public/unseen.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { arrives, clock, Story } from "../../../support/story.ts";

const start: Instant = Date.UTC(2026, 10, 5, 14, 0);

/** Looks every ten seconds, blind in some minutes. */
function watched(minutes: number, blind: (minute: number) => boolean, lastSeen?: Instant): Sight {
  let sight = noSight;
  for (let at = start; at <= start + minutes * MINUTE; at += 10 * SECOND) {
    const dark = blind(Math.floor((at - start) / MINUTE));
    sight = looked(sight, { blind: dark, lastSeen: dark ? lastSeen : at }, at);
  }
  return sight;
}

/** A count in each minute but some. */
function counted(minutes: number, untold: (minute: number) => boolean) {
  return { from: start, width: MINUTE, told: Array.from({ length: minutes }, (_, i) => (untold(i) ? -1 : 7)) };
}

const silent = counted(60, () => true);

test("it begins with the last that was seen, not with the patience after it, and ends with the first that was", () => {
  const lastSeen = start + 8 * MINUTE;
  const sight = watched(60, (minute) => minute >= 10 && minute < 20, lastSeen);
  expect(unseenUntil(sight, silent, start + HOUR)).toEqual([{ from: lastSeen, to: start + 20 * MINUTE }]);
});

test("one that lasts ends now, whatever the counts say", () => {
  const sight = watched(30, (minute) => minute >= 10);
  const now = start + 30 * MINUTE;
  const all = counted(30, () => false);
  expect(unseenUntil(sight, all, now)).toEqual([{ from: start + 10 * MINUTE - 10 * SECOND, to: now }]);
});

test("what the log told of it later was seen after all; its other minutes were not", () => {
  const sight = watched(60, (minute) => minute >= 10 && minute < 40);
  const now = start + HOUR;
  expect(
    unseenUntil(
      sight,
      counted(60, () => false),
      now,
    ),
  ).toEqual([]);
  const half = counted(60, (minute) => minute >= 20);
  expect(unseenUntil(sight, half, now)).toEqual([{ from: start + 20 * MINUTE, to: start + 40 * MINUTE }]);
  const hole = counted(60, (minute) => minute < 20 || minute === 30);
  expect(unseenUntil(sight, hole, now)).toEqual([
    { from: start + 10 * MINUTE - 10 * SECOND, to: start + 20 * MINUTE },
    { from: start + 30 * MINUTE, to: start + 31 * MINUTE },
  ]);
});

test("a blink is no stretch, and a state that comes and goes for weeks stays small", () => {
  const blink = looked(
    looked(noSight, { blind: false, lastSeen: start }, start),
    { blind: true, lastSeen: start },
    start,
  );
  expect(looked(blink, { blind: false, lastSeen: undefined }, start + 30 * SECOND).over).toEqual([]);
  expect(watched(3000, (minute) => minute % 4 > 1).over).toHaveLength(200);
});

test("a clock that was put back makes no stretch of what has not come yet", () => {
  const dark = watched(30, (minute) => minute >= 10);
  const before = looked(dark, { blind: true, lastSeen: undefined }, start - HOUR);
  expect(unseenUntil(before, silent, start - HOUR)).toEqual([]);
  expect(looked(before, { blind: false, lastSeen: start }, start - HOUR).over).toEqual([]);
});

test("nothing seen before the first look: the stretch begins with it", () => {
  const sight = looked(noSight, { blind: true, lastSeen: undefined }, start);
  expect(unseenUntil(sight, silent, start + 5 * MINUTE)).toEqual([{ from: start, to: start + 5 * MINUTE }]);
});

test("from the log to the public document: an hour without sight is named, and its end is remembered over a restart", async () => {
  const { Observation } = await import("../../../../src/core/observation.ts");
  const story = new Story();
  const observer = (blind: boolean) => ({
    blind,
    why: blind ? "the log is gone" : "",
    lastSeen: undefined,
    sources: [],
  });
  story.tell(...Array.from({ length: 20 }, (_, i) => arrives("10:00:30", `A000${10 + i}`)).flat());
  story.at("10:01:00", { observer: observer(false) });
  const during = story.at("10:31:00", { observer: observer(true) }).public;
  expect(during.chart.unseen).toEqual([{ from: clock("10:01:00"), to: clock("10:31:00") }]);
  expect(during.chart.ahead).toBeUndefined();
  story.known = Observation.restore(story.known.save());
  story.at("10:40:00", { observer: observer(false) });
  const after = story.at("11:10:00", { observer: observer(false) }).public;
  expect(after.chart.unseen).toEqual([{ from: clock("10:01:00"), to: clock("10:40:00") }]);
  // And the picture reaches to its moment though nothing was logged since.
  expect(after.chart.from + after.chart.waiting.length * after.chart.width).toBeGreaterThanOrEqual(after.at);
  expect(after.chart.waiting.at(-1)).toBe(after.waiting);
  expect(after.chart.waiting[0]).toBe(20);
});
