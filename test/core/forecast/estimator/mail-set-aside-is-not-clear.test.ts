// An administrator who puts late mail on hold has emptied the queue, and nobody has got that mail.

import { expect, test } from "vitest";
import { looksClear } from "../../../../src/core/forecast/all-clear.ts";
import type { Trouble } from "../../../../src/core/forecast/trouble.ts";
import { MINUTE } from "../../../../src/core/time.ts";
import { afterTrouble, listed, minuteAt, noon, place } from "./staged.ts";

/** Whether it is all clear half an hour after a trouble whose mail has gone, but for what was set aside. */
function clearWith(held: number): boolean {
  // A thousand messages waited for the store when it came back.
  const waited = { depth: 1000, active: 0, destinations: [place(0, { depth: 1000 }), place(1), place(2)] };
  const estimator = afterTrouble({ during: waited });
  let clear = false;
  for (let n = 1; n <= 40; n++) {
    const at = noon + n * MINUTE;
    const left = Math.max(0, 1000 - 100 * n);
    const tick = { depth: left, active: left, retried: left > 0 ? 100 : 2 };
    estimator.tick(minuteAt(at, { ...tick, destinations: [place(0, { depth: left, delivered: 100 }), place(1)] }));
    const rows = Array.from({ length: left }, () => ({ destination: 0, age: 60 + n, due: 0, scanned: true }));
    clear = estimator.estimate({ ...listed(rows, at), held: n < 10 ? 0 : held }, at).allClear;
  }
  return clear;
}

test("the estimator says all clear when nothing is left, and not while late mail is set aside", () => {
  expect(clearWith(0)).toBe(true);
  expect(clearWith(70)).toBe(false);
});

test("a few messages of a thousand that somebody looks at do not keep all others waiting for the word", () => {
  expect(clearWith(5)).toBe(true);
});

/** What is said some hours after a door was shut for one, if a lookout counts so many the while. */
function counting(counted: number, hours: number) {
  const estimator = afterTrouble({ during: { inboundUp: false, fresh: 0 } });
  let last = estimator.estimate(listed([], noon), noon);
  for (let n = 1; n <= hours * 60; n++) {
    const at = noon + n * MINUTE;
    estimator.tick(minuteAt(at, { late: n < 90 ? 8 : 0 }));
    if (n % 5 === 0) last = estimator.estimate({ ...listed([], at), atSenders: counted }, at);
  }
  return last;
}

test("mail that a lookout still counts at its senders keeps the word back, but not for as long as somebody might be counted", () => {
  expect(counting(300, 1)).toMatchObject({ atSenders: 300, allClear: false });
  const later = counting(300, 30);
  expect(later.atSenders).toBeLessThan(30);
  expect(later.allClear).toBe(true);
});

test("what a lookout counted of an outage before this trouble is no part of it", () => {
  const estimator = afterTrouble();
  const at = noon + 5 * MINUTE;
  for (let n = 1; n <= 5; n++) estimator.tick(minuteAt(noon + n * MINUTE));
  expect(estimator.estimate({ ...listed([], at), atSenders: 300 }, at).atSenders).toBe(0);
});

test("the program's own rule is the same", () => {
  const at = noon + 60 * MINUTE;
  const estimator = afterTrouble();
  const trouble: Trouble = { began: noon - 60 * MINUTE, ends: [{ at: noon, seen: noon }], calmSince: noon };
  for (let n = 1; n <= 60; n++) estimator.tick(minuteAt(noon + n * MINUTE));
  const estimate = { ...estimator.estimate(listed([], at), at), delayed: 1000 };
  const looks = { depth: 0, band: 60, unit: MINUTE, now: at };
  expect(looksClear(trouble, [], estimate, { ...looks, held: 0 })).toBe(true);
  expect(looksClear(trouble, [], estimate, { ...looks, held: 11 })).toBe(false);
});
