// How many messages senders hold for us: from what they sent in the same hours of the weeks before.

import { DAY, HOUR, type Instant, type Interval } from "../../time.ts";
import { expectedMessages, type Inflow, type Slice } from "./inflow.ts";
import type { ReleaseCurve } from "./release.ts";

/** Accepted mail of the weeks before an outage, by clock hour: the hour's first moment and a count. */
export interface Baseline {
  readonly from: Instant;
  readonly to: Instant;
  readonly all: ReadonlyMap<Instant, number>;
  readonly byClass: ReadonlyMap<string, ReadonlyMap<Instant, number>>;
  /** Distinct sending hosts by class. */
  readonly hosts: ReadonlyMap<string, number>;
}

const week = 7 * DAY;
// So many messages of the whole baseline weigh as much as what the same hours have seen: a short outage has seen few.
const borrowed = 50;

/** Mean count of the same hour of the week over the weeks of the baseline. */
function usual(counts: ReadonlyMap<Instant, number>, baseline: Baseline, hour: Instant): number {
  let sum = 0;
  let seen = 0;
  const back = Math.ceil((hour + HOUR - baseline.to) / week);
  for (let at = hour - Math.max(back, 0) * week; at >= baseline.from; at -= week) {
    sum += counts.get(at) ?? 0;
    seen++;
  }
  return seen > 0 ? sum / seen : 0;
}

function total(counts: ReadonlyMap<Instant, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

/** Usual mail of all classes while the server was down, hour by hour. */
export function usualSlices(baseline: Baseline, down: readonly Interval[], counts = baseline.all): Slice[] {
  const slices: Slice[] = [];
  for (const interval of down) {
    const end = interval.to ?? interval.from;
    for (let hour = Math.floor(interval.from / HOUR) * HOUR; hour < end; hour += HOUR) {
      const from = Math.max(hour, interval.from);
      const to = Math.min(hour + HOUR, end);
      slices.push({ from, to, messages: (usual(counts, baseline, hour) * (to - from)) / HOUR });
    }
  }
  return slices;
}

/**
 * What each class would have sent while the server was down. Which classes write at those hours is read from the same
 * hours, and where these have seen little, from the whole baseline. A class counts by the geometric mean of its share
 * of the mail and its share of the hosts: what a single busy host sends says little about how many will hold mail,
 * and machines that write much are often near the server and away with it. Without any classes, all of it is `unknown`.
 */
export function inflowsOf(baseline: Baseline, down: readonly Interval[]): Inflow[] {
  const slices = usualSlices(baseline, down);
  const messages = expectedMessages(slices);
  const everything = [...baseline.byClass.values()].reduce((sum, counts) => sum + total(counts), 0);
  if (everything === 0) return messages > 0 ? [{ senderClass: "unknown", hosts: 1, slices }] : [];
  const weeks = Math.max(1, Math.round((baseline.to - baseline.from) / week));
  const seen = messages * weeks;
  const classes = [...baseline.byClass].map(([senderClass, counts]) => {
    const own = expectedMessages(usualSlices(baseline, down, counts)) * weeks;
    const share = (own + (borrowed * total(counts)) / everything) / (seen + borrowed);
    const hosts = baseline.hosts.get(senderClass) ?? 1;
    return { senderClass, hosts, weight: Math.sqrt(share * hosts) };
  });
  const weights = classes.reduce((sum, { weight }) => sum + weight, 0);
  return classes.map(({ senderClass, hosts, weight }) => ({
    senderClass,
    hosts,
    slices: slices.map((slice) => ({ ...slice, messages: (slice.messages * weight) / weights })),
  }));
}

/** Messages that senders hold at the end of an outage and will still deliver, as far as the curves know. */
export function expectedHeld(curves: readonly ReleaseCurve[]): number {
  return curves.reduce((sum, curve) => sum + curve.expected * curve.held, 0);
}
