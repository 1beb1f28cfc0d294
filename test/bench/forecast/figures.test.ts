import { expect, test } from "vitest";
import { askBaselines, baselineNames } from "../../../bench/forecast/baselines.ts";
import { baselineRange, baselineTables } from "../../../bench/forecast/conformal.ts";
import { findTruth } from "../../../bench/forecast/outage.ts";
import { drawScenario } from "../../../bench/forecast/scenario.ts";
import { median, ourFigures } from "../../../bench/forecast/table.ts";
import type { Row } from "../../../bench/forecast/trial.ts";

const none = Object.fromEntries(baselineNames.map((name) => [name, Number.NaN])) as Row["baselines"];

function row(came: number, likely: number, early: number, late: number): Row {
  return {
    seed: 1,
    target: "queue",
    point: 0.5,
    came,
    said: [early, early, early, likely, late, late, late],
    shown: likely,
    cause: "service",
    progress: 0.5,
    baselines: { ...none, "depth / throughput": likely },
  };
}

test("the error is a share of what remained, and no answer is an infinite one", () => {
  const rows = [row(600, 660, 0, 900), row(600, 300, 100, 500), row(600, Number.NaN, Number.NaN, Number.NaN)];
  const figures = ourFigures(rows);
  expect(figures.error).toBeCloseTo(0.5);
  expect(figures.noAnswer).toBeCloseTo(1 / 3);
  expect(figures.above).toBeCloseTo(1 / 3);
  expect(ourFigures(rows.slice(0, 1)).error).toBeCloseTo(0.1);
});

test("a median of infinities is one", () => {
  expect(median([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  expect(median([3, 1])).toBe(2);
});

test("the range of a baseline covers 8 of 10 of what it was made from", () => {
  const rows = Array.from({ length: 200 }, (_, n) => row(3600 * (1 + n / 50), 3600, 0, 0));
  const tables = baselineTables(rows);
  const inside = rows.filter((one) => {
    const range = baselineRange(tables, one, "depth / throughput");
    return range !== undefined && one.came >= range[0] && one.came <= range[1];
  });
  expect(inside.length / rows.length).toBeGreaterThan(0.78);
  expect(inside.length / rows.length).toBeLessThan(0.84);
});

test("a queue that falls by ten a minute and lies 100 over its band is 10 minutes away, by every line", () => {
  const scenario = drawScenario(2);
  const recovery = Math.round((scenario.recovery - scenario.from) / 60);
  const depths = Int32Array.from({ length: recovery + 200 }, (_, n) => 100_000 - 10 * n);
  const n = recovery + 100;
  const flat = new Int32Array(depths.length).fill(20);
  const truth = { ...findTruth(scenario), depths, delivered: flat, late: flat, band: depths[n] - 100 };
  const said = askBaselines(scenario, truth, n);
  expect(said["predict_linear 5m"]).toBeCloseTo(600);
  expect(said["predict_linear 1h"]).toBeCloseTo(600);
  expect(said["depth / EWMA net drain"]).toBeCloseTo(600);
  expect(said["depth / throughput"]).toBeCloseTo((depths[n] / 20) * 60);
  const rising = { ...truth, depths: depths.map((depth) => 200_000 - depth) };
  expect(askBaselines(scenario, { ...rising, band: 0 }, n)["predict_linear 30m"]).toBeNaN();
});
