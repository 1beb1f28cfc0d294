// Which destinations go with the crowd, which are played by themselves, and which are dead.

import type { Instant } from "../../time.ts";
import type { WhatIf } from "../seen.ts";
import type { Destinations } from "./destinations.ts";
import { type DestinationColumns, limitedMost, type Start } from "./listing.ts";

/** A place that needs longer than this for what waits for it is played by itself. Seconds. */
const noticeable = 120;
/** Less suspicion than this is none. */
const unsureFrom = 0.1;
/** Messages a second at a place without a limit. */
const unlimited = 1e3;

/** Columns for no destination yet. */
export function createColumns(): DestinationColumns {
  return {
    kind: new Int8Array(0),
    failing: new Float64Array(0),
    greylisting: new Float64Array(0),
    tracked: new Int8Array(0),
  };
}

/** Fills the columns, and begins the rows of `start.limited`. */
export function setApart(
  destinations: Destinations,
  shares: readonly number[],
  now: Instant,
  what: WhatIf,
  columns: DestinationColumns,
  start: Start,
): void {
  const count = Math.max(destinations.count, shares.length);
  if (columns.kind.length < count) {
    columns.kind = new Int8Array(count);
    columns.failing = new Float64Array(count);
    columns.greylisting = new Float64Array(count);
    columns.tracked = new Int8Array(count);
  }
  start.limited = [];
  const asked = what.destinationDownUntil?.destination;
  const candidates: { destination: number; weight: number }[] = [];
  for (let d = 0; d < count; d++) {
    const seen = destinations.view(d, now);
    columns.kind[d] = seen.dead && d !== asked ? -2 : -1;
    columns.failing[d] = seen.failing;
    columns.greylisting[d] = seen.greylisting;
    if (d === asked) {
      candidates.push({ destination: d, weight: Number.POSITIVE_INFINITY });
      continue;
    }
    const unsure = seen.suspected > unsureFrom;
    if (!seen.dead && seen.depth > 0 && (seen.limit > 0 || seen.relapsedFor > 0 || unsure)) {
      const needed = seen.limit > 0 ? seen.depth / seen.limit : 1e9;
      if (needed > noticeable || unsure) candidates.push({ destination: d, weight: seen.depth });
    }
  }
  candidates.sort((a, b) => b.weight - a.weight || a.destination - b.destination);
  for (const { destination } of candidates.slice(0, limitedMost)) {
    const seen = destinations.view(destination, now);
    columns.kind[destination] = start.limited.length;
    start.limited.push({
      destination,
      rate: seen.limit > 0 ? seen.limit : unlimited,
      quota: seen.quota,
      shutFor: destination === asked ? 0 : seen.relapsedFor / 1000,
      suspected: destination !== asked && seen.suspected > unsureFrom ? seen.suspected : 0,
      share: shares[destination] ?? 0,
      ready: 0,
      readyDelayed: 0,
      all: 0,
      allDelayed: 0,
    });
  }
}
