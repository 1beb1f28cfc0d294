import { expect, test } from "vitest";
import { createDice } from "../../../../src/core/forecast/estimator/dice.ts";
import { bins } from "../../../../src/core/forecast/estimator/grid.ts";
import { curveAt, releaseCurves } from "../../../../src/core/forecast/estimator/release.ts";
import { senderClasses } from "../../../../src/core/forecast/estimator/schedules.ts";
import { createSenders } from "../../../../src/core/forecast/estimator/senders.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { noon } from "./staged.ts";

const steady = () => 1;

function curvesAfter(hours: number, greylisting = 0) {
  const down = { from: [noon - hours * HOUR], to: [noon] };
  return releaseCurves(down, noon, steady, noon, greylisting, createDice(5));
}

const classAt = (name: string) => senderClasses.findIndex((one) => one.name === name);

test("shares of the usual post add up to one with those that never return", () => {
  expect(senderClasses.reduce((sum, { share }) => sum + share, 0.03)).toBeCloseTo(1, 9);
});

test("a Postfix on its defaults comes back within 77 minutes, whatever the downtime", () => {
  const curve = curvesAfter(20).classes[classAt("postfix")];
  expect(curveAt(curve, 5100)).toBeGreaterThan(0.99);
  expect(curveAt(curve, 900)).toBeLessThan(0.45);
});

test("after half a day Exim senders take hours, Exchange minutes", () => {
  const curves = curvesAfter(14).classes;
  expect(curveAt(curves[classAt("exim")], 1800)).toBeLessThan(0.5);
  expect(curveAt(curves[classAt("exchange")], 2400)).toBeGreaterThan(0.95);
});

test("after two days what a one-day sender held at first is gone", () => {
  const curve = curvesAfter(48).classes[classAt("microsoft-365")];
  expect(curve[curve.length - 1]).toBeGreaterThan(0.4);
  expect(curve[curve.length - 1]).toBeLessThan(0.62);
});

test("our own greylisting costs what senders held one more wait", () => {
  const at = classAt("postfix");
  expect(curveAt(curvesAfter(4, 0.5).classes[at], 3600)).toBeLessThan(curveAt(curvesAfter(4).classes[at], 3600) - 0.1);
});

test("a pause in the downtime lets through what tries in it", () => {
  const down = { from: [noon - 6 * HOUR, noon - HOUR], to: [noon - 2 * HOUR, noon] };
  const curves = releaseCurves(down, noon, steady, noon, 0, createDice(5));
  const postfix = classAt("postfix");
  expect(curves.classes[postfix][0]).toBeGreaterThan(0.4);
});

test("what arrives moves the number that is expected towards the truth", () => {
  const curves = curvesAfter(4);
  const half = createSenders(2000, 0.15, curves, 1);
  const as = createSenders(2000, 0.15, curves, 1);
  const before = as.outstanding(0);
  for (let n = 0; n < 24; n++) {
    const [from, to] = [n * 300, n * 300 + 300];
    let expected = 0;
    senderClasses.forEach(({ share }, k) => {
      expected += 2000 * share * (curveAt(curves.classes[k], to) - curveAt(curves.classes[k], from));
    });
    as.seen(expected, from, to, 1);
    half.seen(expected / 2, from, to, 1);
  }
  expect(before).toBeGreaterThan(1700);
  expect(half.outstanding(7200)).toBeLessThan(as.outstanding(7200));
  const into = new Float64Array(bins);
  as.meanReleases(into, 7200);
  const foreseen = into.reduce((a, b) => a + b, 0);
  expect(foreseen).toBeGreaterThan(0.6 * as.outstanding(7200));
  expect(foreseen).toBeLessThan(1.4 * as.outstanding(7200));
});

test("five minutes on the grid of curves are the same shape for each guess: releases are never negative", () => {
  const senders = createSenders(500, 0.15, curvesAfter(2), 3);
  const into = new Float64Array(bins);
  for (let which = 0; which < 16; which++) {
    senders.releases(into, 5 * MINUTE, which, 16);
    expect(Math.min(...into)).toBeGreaterThanOrEqual(0);
  }
});
