// What people use today: the line through the depth, depth over what drains, depth over throughput, and the textbook surplus.

import type { Truth } from "./outage.ts";
import type { Scenario } from "./scenario.ts";
import { INBOUND } from "./scenario.ts";

export const baselineNames = [
  "predict_linear 5m",
  "predict_linear 30m",
  "predict_linear 1h",
  "depth / EWMA net drain",
  "depth / throughput",
  "surplus formula",
] as const;
export type BaselineName = (typeof baselineNames)[number];
/** Those that look at nothing but the depth of the queue and what leaves it. */
export const depthBaselines: readonly BaselineName[] = baselineNames.slice(0, 5);

/** Seconds that each says are left, at the end of minute `n`; `NaN`: no answer. */
export function askBaselines(scenario: Scenario, truth: Truth, n: number): Record<BaselineName, number> {
  const { depths, delivered, late, band } = truth;
  const depth = depths[n];
  const recovery = Math.round((scenario.recovery - scenario.from) / 60);
  const linear = (minutes: number): number => {
    if (depth <= band) return 0;
    const first = Math.max(0, n - minutes);
    const samples = n - first + 1;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let sxy = 0;
    for (let k = first; k <= n; k++) {
      const x = k - n;
      sx += x;
      sy += depths[k];
      sxx += x * x;
      sxy += x * depths[k];
    }
    const slope = (samples * sxy - sx * sy) / (samples * sxx - sx * sx);
    const here = (sy - slope * sx) / samples;
    if (!(slope < 0)) return Number.NaN;
    return Math.max(0, ((here - band) / -slope) * 60);
  };
  const ewma = (of: (k: number) => number, halfLife: number): number => {
    let sum = 0;
    let weight = 0;
    for (let k = Math.max(1, n - 8 * halfLife); k <= n; k++) {
      const w = 2 ** ((k - n) / halfLife);
      sum += w * of(k);
      weight += w;
    }
    return sum / weight;
  };
  const netDrain = ewma((k) => depths[k - 1] - depths[k], 10);
  const throughput = ewma((k) => delivered[k], 10);
  const excess = Math.max(0, depth - band);
  // The surplus formula with everything that our own state offers: expected mail at the senders, capacity as seen at its best.
  let expected = 0;
  let shut = 0;
  for (const trouble of scenario.troubles) {
    if ((trouble.bits & INBOUND) === 0 || trouble.from > scenario.from + n * 60) continue;
    const until = Math.min(trouble.to, scenario.from + n * 60);
    for (let at = trouble.from; at < until; at += 600) {
      shut += Math.min(600, until - at);
      expected +=
        (scenario.learned[Math.floor((at % 86_400) / 3600)] / 60) *
        (1 - scenario.localShare) *
        Math.min(600, until - at);
    }
  }
  if (shut > 0) for (let k = recovery; k <= n; k++) expected -= late[k] / scenario.dated;
  let best = 0;
  for (let k = Math.max(0, recovery - 1320); k + 10 <= n; k += 10) {
    let sum = 0;
    for (let m = k; m < k + 10; m++) sum += delivered[m];
    best = Math.max(best, sum / 10);
  }
  const mean = scenario.learned.reduce((a, b) => a + b, 0) / 24;
  const surplus = best - mean;
  return {
    "predict_linear 5m": linear(5),
    "predict_linear 30m": linear(30),
    "predict_linear 1h": linear(60),
    "depth / EWMA net drain": excess === 0 ? 0 : netDrain > 0 ? (excess / netDrain) * 60 : Number.NaN,
    "depth / throughput": excess === 0 ? 0 : throughput > 0 ? (depth / throughput) * 60 : Number.NaN,
    "surplus formula": surplus > 0 ? ((excess + Math.max(0, expected)) / surplus) * 60 : Number.NaN,
  };
}
