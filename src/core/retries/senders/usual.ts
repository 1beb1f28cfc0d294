// How much mail usually comes from outside, by the hour of the week: what was not sent to us while we were away.

import type { Saved, Saving } from "../../ledger/saved.ts";
import { DAY, type Duration, HOUR, type Instant, type Interval, MINUTE } from "../../time.ts";
import type { Baseline } from "./held.ts";
import type { Mix } from "./mix.ts";
import { Recent } from "./recent.ts";

const week = 7 * DAY;
const hoursOfWeek = week / HOUR;
/** Weeks that are remembered. */
const weeks = 6;
/** What a week counts for against the one after it. */
const keep = 0.8;
/** So many hours of the same clock hour on other days weigh as much as one hour of the same day of the week. */
const borrowed = 0.5;
/** Messages that a host sends us in a week, for the number of hosts that write: a guess. */
const messagesOfHost = 4;
/** Mail that comes at once after an outage is late, not usual: so much of the time after it is left out, at most. */
const aftermath = 6 * HOUR;

const hours = weeks * hoursOfWeek;
/** Counts since the last outages, finer: what came after them. */
export const fineWidth: Duration = 5 * MINUTE;
export const fineStretches = (8 * DAY) / fineWidth;

/** Of each hour from `first`, the part that is not in any of the intervals, which are in order of their beginning. */
function upIn(intervals: readonly Interval[], first: Instant, count: number): Float64Array<ArrayBuffer> {
  const up = new Float64Array(count).fill(1);
  let past = first;
  for (const interval of intervals) {
    const end = Math.min(interval.to ?? Number.POSITIVE_INFINITY, first + count * HOUR);
    for (let at = Math.max(past, interval.from); at < end; ) {
      const hour = Math.floor((at - first) / HOUR);
      const next = Math.min(end, first + (hour + 1) * HOUR);
      up[hour] -= (next - at) / HOUR;
      at = next;
    }
    past = Math.max(past, end);
  }
  return up;
}

/** Mail from outside over the last weeks. Bounded: some thousand numbers, however much mail there is. */
export class Usual {
  readonly #hours = new Recent(hours, HOUR);
  readonly #fine = new Recent(fineStretches, fineWidth);
  #since: Instant = Number.NaN;

  /** The log began to be read, or goes on. */
  seen(at: Instant): void {
    if (Number.isNaN(this.#since)) this.#since = at;
  }

  /** A message was taken that a stranger handed over. */
  accepted(at: Instant): void {
    this.#hours.add(at);
    this.#fine.add(at);
  }

  /** Messages from outside in the stretch, by five minutes. */
  came(from: Instant, to: Instant): number {
    return this.#fine.sum(from, to);
  }

  /**
   * The usual week as it was known at `now`, as the seven days before it; `undefined` where less than a day was seen.
   * Hours of `down` (in order of their beginning) count only by the part in which the server was up, and the hours
   * after them not at all.
   */
  baseline(down: readonly Interval[], now: Instant, senders: Mix): Baseline | undefined {
    const end = Math.floor(now / HOUR) * HOUR;
    const first = Math.max(Math.ceil(this.#since / HOUR) * HOUR, end - hours * HOUR);
    if (!(end - first >= DAY)) return undefined;
    const out = down.flatMap(({ from, to }) => [
      { from, to },
      ...(to === undefined || to - from < 5 * MINUTE ? [] : [{ from: to, to: to + Math.min(aftermath, to - from) }]),
    ]);
    out.sort((a, b) => a.from - b.from);
    const counts = new Float64Array(hoursOfWeek);
    const seen = new Float64Array(hoursOfWeek);
    let whole = 0;
    const up = upIn(out, first, (end - first) / HOUR);
    for (let hour = first; hour < end; hour += HOUR) {
      const part = up[(hour - first) / HOUR];
      // A scrap of an hour says more of how an outage began than of what is usual.
      if (part < 0.5) continue;
      const bin = (hour / HOUR) % hoursOfWeek;
      const weight = keep ** Math.floor((end - 1 - hour) / week);
      counts[bin] += weight * this.#hours.at(hour);
      seen[bin] += weight * part;
      whole += part * HOUR;
    }
    if (whole < DAY - 2 * HOUR) return undefined;
    const rates = ratesOf(counts, seen);
    const all = new Map<Instant, number>();
    for (let hour = end - week; hour < end; hour += HOUR) all.set(hour, rates[(hour / HOUR) % hoursOfWeek]);
    const byClass = new Map<string, Map<Instant, number>>();
    const hosts = new Map<string, number>();
    const writers = rates.reduce((sum, rate) => sum + rate, 0) / messagesOfHost;
    for (const [senderClass, part] of senders) {
      byClass.set(senderClass, new Map([...all].map(([hour, count]) => [hour, count * part.share])));
      hosts.set(senderClass, part.known * part.hosts + (1 - part.known) * part.share * writers);
    }
    return { from: end - week, to: end, all, byClass, hosts };
  }

  save(name: string, to: Saving): void {
    this.#hours.save(`${name}.hours`, to);
    this.#fine.save(`${name}.fine`, to);
    to.value(name, { since: this.#since });
  }

  restore(name: string, from: Saved): void {
    this.#hours.restore(`${name}.hours`, from);
    this.#fine.restore(`${name}.fine`, from);
    this.#since = from.value<{ since: Instant }>(name).since;
  }
}

/** Messages an hour by the hour of the week; a bin that has seen little leans on the same clock hour of the other days. */
function ratesOf(counts: Float64Array, seen: Float64Array): Float64Array<ArrayBuffer> {
  const all = counts.reduce((sum, count) => sum + count, 0) / seen.reduce((sum, weight) => sum + weight, 0);
  const byClock = Float64Array.from({ length: 24 }, (_, clock) => {
    let count = borrowed * all;
    let weight = borrowed;
    for (let bin = clock; bin < hoursOfWeek; bin += 24) {
      count += counts[bin];
      weight += seen[bin];
    }
    return count / weight;
  });
  return Float64Array.from(counts, (count, bin) => (count + borrowed * byClock[bin % 24]) / (seen[bin] + borrowed));
}
