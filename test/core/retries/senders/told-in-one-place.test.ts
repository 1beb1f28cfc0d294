import { expect, test } from "vitest";
import type { Baseline } from "../../../../src/core/retries/senders/held.ts";
import { afterRecovery, releaseAfter, whileDown } from "../../../../src/core/retries/senders/outlook.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

const start = 100 * 7 * DAY;
const every = (count: number): Map<number, number> => {
  const counts = new Map<number, number>();
  for (let at = start - 28 * DAY; at < start; at += HOUR) counts.set(at, count);
  return counts;
};
const baseline: Baseline = {
  from: start - 28 * DAY,
  to: start,
  all: every(20),
  byClass: new Map([
    ["postfix", every(10)],
    ["microsoft365", every(10)],
  ]),
  hosts: new Map([
    ["postfix", 10],
    ["microsoft365", 10],
  ]),
};

test("while it is down: sent, lost, and who is next", () => {
  const down = [{ from: start, to: undefined }];
  const early = whileDown(baseline, down, start + 6 * HOUR);
  expect(early.sent).toBeCloseTo(120, 5);
  expect(early.lost).toBe(0);
  expect(early.deadlines[0]).toMatchObject({ senderClass: "microsoft365", begins: start + DAY });
  const late = whileDown(baseline, down, start + 2 * DAY);
  expect(late.lost).toBeGreaterThan(220);
  expect(late.lost).toBeLessThan(260);
});

test("after recovery: arrived, still out and given up, with moments in order", () => {
  const down = [{ from: start, to: start + 30 * HOUR }];
  const recovery = start + 30 * HOUR;
  const curves = releaseAfter(baseline, down);
  const before = afterRecovery(curves, recovery, recovery, []);
  expect(before.givenUp).toBeGreaterThan(50);
  expect(before.held + before.givenUp).toBeGreaterThan(560);
  expect(before.held + before.givenUp).toBeLessThanOrEqual(600);
  const arrivals = Array.from({ length: 150 }, (_, i) => ({
    at: recovery + i * 6000,
    senderClass: i % 3 === 0 ? "postfix" : "microsoft365",
  }));
  const after = afterRecovery(curves, recovery, recovery + 15 * MINUTE, [
    { at: start - 1, senderClass: "postfix" },
    ...arrivals,
  ]);
  expect(after.arrived).toBe(150);
  expect(after.held).toBeCloseTo(after.arrived + after.stillOut, 6);
  const moments = [0.5, 0.9, 0.99].map((share) => after.arrivedAt(share));
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
  expect(moments[2]).toBeLessThan(recovery + 5 * HOUR);
  expect(moments[0]).toBeGreaterThan(recovery + 15 * MINUTE);
});

test("a server that cannot tell classes still gets an answer", () => {
  const blind = { ...baseline, byClass: new Map(), hosts: new Map() };
  const down = [{ from: start, to: start + 6 * HOUR }];
  const { held, arrivedAt } = afterRecovery(releaseAfter(blind, down), start + 6 * HOUR, start + 6 * HOUR, []);
  expect(held).toBeGreaterThan(110);
  expect(arrivedAt(0.9) - start - 6 * HOUR).toBeGreaterThan(30 * MINUTE);
  expect(arrivedAt(0.9) - start - 6 * HOUR).toBeLessThan(3 * HOUR);
  expect(whileDown(blind, [{ from: start, to: undefined }], start + HOUR).sent).toBeCloseTo(20, 5);
});
