// What a server showed of its pace in one trouble is known in the next.

import { beforeAll, describe, expect, test } from "vitest";
import { retryWork } from "../../../../src/core/forecast/estimator/work.ts";
import { Habits } from "../../../../src/core/forecast/habits.ts";
import type { Outlook } from "../../../../src/core/forecast/outlook.ts";
import { BusyPace } from "../../../../src/core/forecast/pace.ts";
import type { Tick } from "../../../../src/core/forecast/seen.ts";
import { Saved, Saving } from "../../../../src/core/ledger/saved.ts";
import { Observation } from "../../../../src/core/observation.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { Story } from "../../../support/story.ts";
import { minuteAt, noon, place } from "../estimator/staged.ts";
import { type Outage, playStretch } from "./lost-way-out.ts";

/** After a stretch in which the way out was lost, or not. */
function first(broken: boolean): Story {
  const story = new Story();
  playStretch(story, 1, broken, (now) => story.known.passes(now, false));
  return story;
}

/** The outage after it, and what was said of it minute by minute since its end. */
function second(story: Story): { outage: Outage; said: Outlook[] } {
  const all: Outlook[] = [];
  const outage = playStretch(story, 2, true, (now) => {
    story.known.passes(now, false);
    const { outlook } = story.known.foresight;
    if (outlook?.recovered) all.push(outlook);
  });
  return { outage, said: all };
}

describe("two outages in a row", () => {
  let taught: Story;
  let saved: Map<string, Uint8Array>;
  let paceBefore: number | undefined;
  let later: ReturnType<typeof second>;
  let untaught: ReturnType<typeof second>;
  beforeAll(() => {
    taught = first(true);
    const { habits } = taught.known.foresight;
    paceBefore = habits.usual(noon, MINUTE, []).pace?.rate;
    saved = taught.known.save();
    later = second(taught);
    untaught = second(first(false));
  }, 300_000);

  test.each(["half", "ninety", "ninetyNine"] as const)("the first answer of the second is closer: %s", (target) => {
    const { outage, said } = later;
    const error = (outlook: Outlook): number =>
      Math.abs(Math.log((outlook[target][3] - outage.recovered) / (outage[target] - outage.recovered)));
    expect(untaught.outage).toEqual(outage);
    // 4 that came, and 100 that were tried again.
    expect(paceBefore).toBeCloseTo((4 + 100 * retryWork) / 60, 2);
    expect(untaught.said[0].at).toBe(said[0].at);
    expect(error(untaught.said[0])).toBeGreaterThan(0.5);
    expect(error(said[0])).toBeLessThan(0.6 * error(untaught.said[0]));
  });

  test("a restart in between forgets nothing, and it is little that is kept", () => {
    const restarted = new Story();
    restarted.known = Observation.restore(saved);
    expect(second(restarted).said).toEqual(later.said);
    expect(saved.get("habits.pace")?.length).toBeLessThan(200);
  });

  test("a state of before paces were learned is read, and knows none", () => {
    const { habits } = taught.known.foresight;
    const to = new Saving();
    habits.save(to);
    const now = new Saved(to.finish());
    const older = new Saving();
    for (const name of ["habits.came", "habits.time", "habits.depth", "habits.deferred"]) {
      older.column(name, now.column(name, Float64Array));
    }
    older.value("habits", now.value("habits"));
    const again = new Habits();
    again.restore(new Saved(older.finish()));
    expect(again.usual(noon, MINUTE, []).pace).toBeUndefined();
    expect(habits.usual(noon, MINUTE, []).pace).toBeDefined();
  });
});

/** Minutes in a row with much in hand, of which so many are done in each. */
function minutes(count: number, served: number, from = noon, seen: Partial<Tick> = {}): Tick[] {
  return Array.from({ length: count + 1 }, (_, n) =>
    minuteAt(from + n * MINUTE, {
      ...{
        depth: 900,
        active: 900,
        scanned: served,
        retried: 0,
        destinations: [place(0, { depth: 900, active: 900 })],
      },
      ...seen,
    }),
  );
}

const shares = (): readonly number[] => [1, 0.1];
const guess = (): number => 1;
function paceAfter(...rows: readonly (readonly Tick[])[]): BusyPace {
  const pace = new BusyPace();
  for (const ticks of rows) pace.forgotten(ticks, MINUTE, guess, shares);
  return pace;
}

describe("the pace of a server", () => {
  test("is learned from busy minutes, and is as sure as they are many", () => {
    const [some, many] = [paceAfter(minutes(20, 120)).usual(MINUTE), paceAfter(minutes(600, 120)).usual(MINUTE)];
    expect(some?.rate).toBeCloseTo(2, 5);
    expect(some?.minutes).toBeGreaterThan(19);
    expect(many?.doubt).toBeLessThan(some?.doubt ?? 0);
    expect(many?.doubt).toBeGreaterThan(0.19);
  });

  test.each([
    ["few busy minutes", minutes(14, 120)],
    ["quiet minutes", minutes(300, 120, noon, { active: 10 })],
    ["minutes with the filter down", minutes(300, 120, noon, { filterUp: false })],
    ["minutes without the server", minutes(300, 120, noon, { hostUp: false })],
    ["a line at one slow place", minutes(300, 120, noon, { destinations: [place(1, { depth: 900, active: 900 })] })],
    ["a server that stands still", minutes(300, 1)],
    ["nothing done at all", minutes(300, 0)],
    ["minutes that nobody saw the beginning of", minutes(300, 120).filter((_, n) => n % 3 === 0)],
  ])("stays unknown after %s", (_, ticks) => {
    expect(paceAfter(ticks).usual(MINUTE)).toBeUndefined();
  });

  test("an hour that is slow each week is known a week later, one never seen busy is none", () => {
    const slow = noon + 7 * HOUR;
    const pace = paceAfter(minutes(59, 120), minutes(59, 60, slow), minutes(59, 120, noon + 7 * DAY));
    const known = pace.usual(MINUTE);
    const hours = new Map(known?.hours);
    const hourOf = (at: number): number => Math.floor(at / HOUR) % 168;
    expect([...hours.keys()].sort()).toEqual([hourOf(noon), hourOf(slow)].sort());
    expect(hours.get(hourOf(slow))).toBeLessThan(-0.25);
    expect(hours.get(hourOf(noon))).toBeGreaterThan(0.1);
  });

  test("what was seen long ago counts less than what was seen lately", () => {
    const [old, late] = [minutes(600, 60), minutes(600, 240, noon + 350 * DAY)];
    expect(paceAfter(old, late).usual(MINUTE)?.rate).toBeGreaterThan(3.8);
    expect(paceAfter(old, minutes(20, 240, noon + DAY)).usual(MINUTE)?.rate).toBeLessThan(1.1);
  });

  test("where time is stretched it is the same pace in stretched time, with no hours", () => {
    const pace = new BusyPace();
    pace.forgotten(minutes(100, 120), SECOND, guess, shares);
    expect(pace.usual(SECOND)).toMatchObject({ rate: expect.closeTo(2, 5), hours: [] });
    expect(pace.usual(MINUTE)?.rate).toBeCloseTo(120, 3);
  });

  test("a whole week of it is kept in a few kilobytes, and comes back as it was", () => {
    const pace = paceAfter(minutes(7 * 24 * 60, 97));
    expect(pace.usual(MINUTE)?.hours).toHaveLength(168);
    const to = new Saving();
    pace.save(to);
    const parts = to.finish();
    expect(parts.get("habits.pace")?.length).toBeLessThan(12_000);
    const again = new BusyPace();
    again.restore(new Saved(parts));
    expect(again.usual(MINUTE)).toEqual(pace.usual(MINUTE));
  });
});
