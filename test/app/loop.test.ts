// The heartbeat: trouble in one beat is said and does not stop the next, and what is known is kept in time.

import { expect, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import type { Feed } from "../../src/app/feed.ts";
import { languagesNamed } from "../../src/app/languages.ts";
import { beat, type Heartbeat, live } from "../../src/app/loop.ts";
import { Fault } from "../../src/core/fault.ts";
import { Observation } from "../../src/core/observation.ts";
import type { Report } from "../../src/core/report.ts";
import { defaultSite } from "../../src/core/status/site.ts";

const clear: Feed = {
  async advance() {},
  observer: () => ({ blind: false, why: "", lastSeen: 0, sources: [] }),
  async close() {},
};

async function heartOf(feed: Feed): Promise<Heartbeat & { told: Report[]; complaints: unknown[] }> {
  const told: Report[] = [];
  const complaints: unknown[] = [];
  return {
    known: new Observation(postfix.defaultSchedule),
    feed,
    around: { demonstration: undefined, languages: await languagesNamed(["en"]), site: defaultSite, zone: "UTC" },
    tell: (report) => void told.push(report),
    complain: (error) => void complaints.push(error),
    told,
    complaints,
  };
}

test("what could be taken in only in part is told as blindness, and the next beat sees again", async () => {
  let broken = true;
  const heart = await heartOf({
    ...clear,
    async advance() {
      if (broken) throw new Error("out of order");
    },
  });
  const blind = await beat(heart, 1000);
  expect(blind?.observer).toMatchObject({ blind: true, why: "mailtide itself failed (out of order)" });
  expect([blind?.status.blind, blind?.forecast.state]).toEqual([true, "unknown"]);
  broken = false;
  const sees = await beat(heart, 6000);
  expect([sees?.observer.blind, sees?.forecast.state]).toEqual([false, "clear"]);
  expect(heart.told).toEqual([blind, sees]);
  expect(heart.complaints).toHaveLength(1);
});

test("a publisher that fails does not stop the heart", async () => {
  const heart = await heartOf(clear);
  const failing: Heartbeat = {
    ...heart,
    tell() {
      throw new Error("no paper");
    },
  };
  expect(await beat(failing, 1000)).toBe(undefined);
  expect(heart.complaints).toMatchObject([{ message: "no paper" }]);
});

interface Day {
  readonly beats: number[];
  readonly kept: number[];
  readonly waits: number[];
  readonly order: string[];
  readonly trouble: string[];
}

/** Lives until a time, on a clock that moves by what is waited for and by what keeping takes. */
async function liveUntil(
  end: number,
  {
    behind = () => false,
    keeping = 0,
    room = () => true,
  }: { behind?: (beats: number) => boolean; keeping?: number; room?: () => boolean } = {},
): Promise<Day> {
  let now = 0;
  const day: Day = { beats: [], kept: [], waits: [], order: [], trouble: [] };
  const heart = await heartOf({
    ...clear,
    async advance(_known, at) {
      day.beats.push(at);
    },
    get behind() {
      return behind(day.beats.length);
    },
    async close() {
      day.order.push("closed");
    },
  });
  await live(
    {
      ...heart,
      remember(at) {
        if (!room()) throw new Fault("state-unwritable", "No room", "Make some.");
        day.kept.push(at);
        day.order.push("kept");
        now += keeping;
      },
      stateTrouble: (why) => void day.trouble.push(why),
    },
    {
      interval: 5000,
      rememberEvery: 10_000,
      clock: () => now,
      async wait(milliseconds) {
        day.waits.push(milliseconds);
        now += milliseconds;
      },
      stopped: () => now >= end,
    },
  );
  return day;
}

test("beats, keeps every other beat, and keeps once more when all is closed", async () => {
  const { beats, kept, waits, order } = await liveUntil(30_000);
  expect(beats).toEqual([0, 5000, 10_000, 15_000, 20_000, 25_000]);
  expect(kept).toEqual([10_000, 20_000, 30_000]);
  expect(new Set(waits)).toEqual(new Set([5000]));
  expect(order.slice(-2)).toEqual(["closed", "kept"]);
});

test("does not wait while there is more to read, beyond letting others have their turn", async () => {
  const { waits } = await liveUntil(10_000, { behind: (beats) => beats <= 10 });
  expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 1));
  expect(waits.slice(10)).toEqual([5000, 5000]);
});

test("keeping that takes long is done more seldom: a twentieth of the time", async () => {
  const { kept } = await liveUntil(400_000, { keeping: 3000 });
  expect(kept[0]).toBe(10_000);
  for (let i = 1; i < kept.length - 1; i++) expect(kept[i] - kept[i - 1]).toBeGreaterThanOrEqual(60_000);
  expect(kept.length).toBeGreaterThan(5);
});

test("keeping that fails is said, tried again, and unsaid", async () => {
  let tries = 0;
  const { trouble, beats } = await liveUntil(40_000, { room: () => ++tries > 2 });
  const full = "state-unwritable: No room. Make some.";
  expect(trouble).toEqual([full, full, "", ""]);
  expect(beats).toHaveLength(8);
});
