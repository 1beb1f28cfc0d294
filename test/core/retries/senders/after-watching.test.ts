import { expect, test } from "vitest";
import { expectedHeld } from "../../../../src/core/retries/senders/held.ts";
import { releases, shareArrived } from "../../../../src/core/retries/senders/release.ts";
import { afterWatching } from "../../../../src/core/retries/senders/update.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";

const down = [{ from: 0, to: 12 * HOUR }];
const flow = (senderClass: string, messages: number) => ({
  senderClass,
  hosts: 20,
  slices: [{ from: 0, to: 12 * HOUR, messages }],
});
const curves = releases([flow("postfix", 200), flow("microsoft365", 100), flow("exim", 40)], down);
const watched = 15 * MINUTE;
const seen = (postfix: number, microsoft365: number, exim: number) => ({
  watched,
  byClass: new Map([
    ["postfix", postfix],
    ["microsoft365", microsoft365],
    ["exim", exim],
  ]),
});
// Just what the curves say for the first quarter of an hour.
const usual = seen(45, 40, 2);

test("what comes as expected changes little", () => {
  const outlook = afterWatching(curves, usual);
  expect(Math.abs(outlook.held - expectedHeld(curves))).toBeLessThan(0.2 * expectedHeld(curves));
  for (const wait of [30 * MINUTE, HOUR, 2 * HOUR]) {
    expect(Math.abs(outlook.shareArrived(wait) - shareArrived(curves, wait))).toBeLessThan(0.06);
  }
});

test("twice as much in the same mix means that more was held", () => {
  const outlook = afterWatching(curves, seen(90, 80, 4));
  expect(outlook.held).toBeGreaterThan(1.5 * expectedHeld(curves));
});

test("where only the quick come, the rest is expected sooner than where only the slow do", () => {
  const quick = afterWatching(curves, seen(2, 60, 0));
  const slow = afterWatching(curves, seen(20, 0, 10));
  expect(quick.shareArrived(HOUR)).toBeGreaterThan(slow.shareArrived(HOUR) + 0.1);
});

test("never falling, between 0 and 1, the same each time, and whole in the end", () => {
  for (const counts of [usual, seen(0, 0, 0), seen(500, 0, 0)]) {
    const outlook = afterWatching(curves, counts);
    const again = afterWatching(curves, counts);
    let before = 0;
    for (let wait = watched; wait < 12 * HOUR; wait += 7 * MINUTE) {
      const share = outlook.shareArrived(wait);
      expect(share).toBeGreaterThanOrEqual(before - 1e-12);
      expect(share).toBeLessThanOrEqual(1);
      expect(again.shareArrived(wait)).toBe(share);
      before = share;
    }
    expect(outlook.shareArrived(48 * HOUR)).toBeCloseTo(1, 6);
  }
});

test("nothing expected and nothing seen is nothing held; what came anyway is counted", () => {
  expect(afterWatching([], { watched, byClass: new Map() }).held).toBe(0);
  expect(afterWatching([], seen(3, 0, 0)).held).toBe(3);
});

test("classes that nobody expected count all the same", () => {
  const strangers = { watched, byClass: new Map([["zoho", 200]]) };
  expect(afterWatching(curves, strangers).held).toBeGreaterThan(1.5 * expectedHeld(curves));
});
