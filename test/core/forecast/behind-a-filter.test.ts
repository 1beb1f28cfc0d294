// A content filter that turned mail away, and the place behind it, of which nobody knows how fast it is.

import { expect, test } from "vitest";
import { finish } from "../../../src/core/forecast/finish.ts";
import type { ForecastInput, Group } from "../../../src/core/forecast/groups.ts";
import { ForecastMemory } from "../../../src/core/forecast/memory.ts";
import type { OutageWatch } from "../../../src/core/outages/watch.ts";
import { SECOND } from "../../../src/core/time.ts";
import { clock, Story } from "../../support/story.ts";

const now = clock("10:00:00");
const filter = 1;
const place = 2;

/** What waits for the place: 2000 messages, all due within half a minute. */
const group: Group = {
  destination: -1,
  relay: place,
  weight: 2000,
  troubled: 2000,
  lastTroubledDue: now + 30 * SECOND,
  lastDue: now + 30 * SECOND,
  oldestArrival: now - 100 * SECOND,
  lastDueArrival: now - 100 * SECOND,
  overdue: 0,
  failing: 0,
};

function foreseen(known: readonly (readonly [relay: number, speed: number])[]) {
  const { ledger, schedule } = new Story({ queueRun: 10 * SECOND }).known;
  const memory = new ForecastMemory();
  for (const [relay, speed] of known) memory.learn(relay, speed);
  const watch = {
    filters: new Set([filter]),
    relayFailing: () => undefined,
    speed: () => 0,
    lastDelivery: () => now,
    arrivalRate: () => 5,
    share: () => 1,
  } as unknown as OutageWatch;
  return finish({ ledger, schedule, now, memory, watch } as unknown as ForecastInput, group, new Map());
}

test("what a filter turned away goes no faster than the filter was seen to, while nothing is known of the place", () => {
  expect(foreseen([]).limit).toBe("retry_timers");
  const bounded = foreseen([[filter, 20]]);
  expect(bounded.limit).toBe("capacity");
  expect(bounded.because).toMatch(/^Our own mail server takes about 20 a second/);
  // 2000 at 20 a second, and 5 a second more keep coming.
  expect((bounded.at[1] - now) / SECOND).toBeCloseTo(2000 / 15, 0);
});

test("where the place was seen busy itself, its own speed counts", () => {
  const own = foreseen([
    [filter, 20],
    [place, 40],
  ]);
  expect((own.at[1] - now) / SECOND).toBeCloseTo(2000 / 35, 0);
});
