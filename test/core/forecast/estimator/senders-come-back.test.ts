import { expect, test } from "vitest";
import { createDice } from "../../../../src/core/forecast/estimator/dice.ts";
import { bins } from "../../../../src/core/forecast/estimator/grid.ts";
import { curveAt, paces, type ReleaseCurves, releaseCurves } from "../../../../src/core/forecast/estimator/release.ts";
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
/** The curve of a class, of the middle pace where it has several. */
const curveOf = ({ classes }: ReleaseCurves, at: number) => classes[at][classes[at].length >> 1];

test("shares of the usual post add up to one with those that never return", () => {
  expect(senderClasses.reduce((sum, { share }) => sum + share, 0.03)).toBeCloseTo(1, 9);
});

test("a Postfix on its defaults comes back within 77 minutes, whatever the downtime", () => {
  const curve = curveOf(curvesAfter(20), classAt("postfix"));
  expect(curveAt(curve, 5100)).toBeGreaterThan(0.99);
  expect(curveAt(curve, 900)).toBeLessThan(0.45);
});

test("after half a day Exim senders take hours, Exchange minutes", () => {
  const curves = curvesAfter(14);
  expect(curveAt(curveOf(curves, classAt("exim")), 1800)).toBeLessThan(0.5);
  expect(curveAt(curveOf(curves, classAt("exchange")), 2400)).toBeGreaterThan(0.95);
});

test("after two days what a one-day sender held at first is gone", () => {
  const curve = curveOf(curvesAfter(48), classAt("microsoft-365"));
  expect(curve[curve.length - 1]).toBeGreaterThan(0.4);
  expect(curve[curve.length - 1]).toBeLessThan(0.62);
});

test("our own greylisting costs what senders held one more wait", () => {
  const at = classAt("postfix");
  const greylisted = curveAt(curveOf(curvesAfter(4, 0.5), at), 3600);
  expect(greylisted).toBeLessThan(curveAt(curveOf(curvesAfter(4), at), 3600) - 0.1);
});

test("a pause in the downtime lets through what tries in it", () => {
  const down = { from: [noon - 6 * HOUR, noon - HOUR], to: [noon - 2 * HOUR, noon] };
  const curves = releaseCurves(down, noon, steady, noon, 0, createDice(5));
  const postfix = classAt("postfix");
  expect(curveOf(curves, postfix)[0]).toBeGreaterThan(0.4);
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
      expected += 2000 * share * (curveAt(curveOf(curves, k), to) - curveAt(curveOf(curves, k), from));
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

test("a class whose schedule is not published has a curve for each pace, the slower the later", () => {
  const { classes } = curvesAfter(6);
  const provider = classes[classAt("provider")];
  expect(provider).toHaveLength(paces.length);
  expect(classes[classAt("exim")]).toHaveLength(1);
  const first = curveAt(provider[0], 3600);
  const last = curveAt(provider[paces.length - 1], 3600);
  expect(first).toBeGreaterThan(last + 0.2);
});

test("mail that comes as a slow large provider's would teaches its pace, and not that less is held", () => {
  const curves = curvesAfter(12);
  const at = (slow: boolean) => {
    const senders = createSenders(4000, 0.05, curves, 9);
    for (let n = 0; n < 12; n++) {
      const [from, to] = [n * 300, n * 300 + 300];
      let count = 0;
      senderClasses.forEach(({ share, clock, unsure }, k) => {
        const several = clock === "message" && unsure > 1;
        const pace = several ? (slow ? paces.length - 1 : 0) : 0;
        count += 4000 * share * (curveAt(curves.classes[k][pace], to) - curveAt(curves.classes[k][pace], from));
      });
      senders.seen(count, from, to, 1);
    }
    return senders.outstanding(3600);
  };
  const truth = (slow: boolean) =>
    senderClasses.reduce((sum, { share, clock, unsure }, k) => {
      const curve = curves.classes[k][clock === "message" && unsure > 1 && slow ? paces.length - 1 : 0];
      return sum + 4000 * share * (curve[curve.length - 1] - curveAt(curve, 3600));
    }, 0);
  expect(at(true) / truth(true)).toBeGreaterThan(0.75);
  expect(at(true) / truth(true)).toBeLessThan(1.25);
  expect(at(false) / truth(false)).toBeGreaterThan(0.75);
  expect(at(false) / truth(false)).toBeLessThan(1.33);
  expect(at(true)).toBeGreaterThan(1.3 * at(false));
});
