// Observations by size, for Prometheus histograms of events at their final outcome.

import type { Saved, Saving } from "./saved.ts";

/** Seconds: marks at which a reader's patience changes, up to the usual lifetime of five days. */
export const delayBounds: readonly number[] = [1, 10, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 432_000];

export class Histogram {
  readonly counts: Float64Array<ArrayBuffer> = new Float64Array(delayBounds.length + 1);
  /** Seconds. */
  sum = 0;

  /** Adds an observation in milliseconds. */
  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let i = 0;
    while (i < delayBounds.length && seconds > delayBounds[i]) i++;
    this.counts[i]++;
    this.sum += seconds;
  }

  save(name: string, to: Saving): void {
    to.value(name, { counts: [...this.counts], sum: this.sum });
  }

  restore(name: string, from: Saved): void {
    const { counts, sum } = from.value<{ counts: number[]; sum: number }>(name);
    this.counts.set(counts.slice(0, this.counts.length));
    this.sum = sum;
  }

  view(): { bounds: readonly number[]; counts: number[]; sum: number } {
    return { bounds: delayBounds, counts: [...this.counts], sum: this.sum };
  }
}
