// What is seen at a tick, as far as it tells whether there is a trouble.

import type { Ledger } from "../ledger/ledger.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import type { Duration, Instant } from "../time.ts";
import type { Numbering } from "./numbering.ts";
import type { Rows } from "./rows.ts";
import type { Tick } from "./seen.ts";

interface Looked {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly now: Instant;
}

/** What a trouble still holds back, in messages. */
export interface HeldBack {
  /** Rows that had come before the last recovery and are not dead. */
  readonly delayed: number;
  /** Rows for places that refuse everything. */
  readonly dead: number;
  /** Messages that senders still hold, expected. */
  readonly atSenders: number;
}

/** What is seen at a tick. */
export interface Sight extends HeldBack {
  readonly now: Instant;
  /** The tick before. */
  readonly since: Instant;
  readonly unit: Duration;
  readonly downtimes: readonly Downtime[];
  /** Rows that wait in all; `waitingFor` says how many for a destination, by name. */
  readonly depth: number;
  /** Of `depth`, what is being worked on or was never tried. */
  readonly active: number;
  waitingFor(destination: string): number;
  readonly lastDelivery: Instant;
}

/** Nothing is held back. */
export const nothingHeldBack: HeldBack = { delayed: 0, dead: 0, atSenders: 0 };

/** The sight of a tick: of the rows that were counted in it, and of what the trouble that is being followed holds back. */
export function sightOf(
  { ledger, watch, downtimes, now }: Looked,
  { since, unit }: Pick<Sight, "since" | "unit">,
  { destinations }: Tick,
  { waiting: { count, active } }: Rows,
  numbering: Numbering,
  held: HeldBack,
): Sight {
  const nameOf = numbering.namesIn(ledger);
  const depths = new Map<string, number>();
  for (const { destination, depth } of destinations) {
    const name = nameOf(destination);
    if (name !== undefined) depths.set(name, depth);
  }
  return {
    ...{ now, since, unit, downtimes, depth: count, active, ...held },
    waitingFor: (destination) => depths.get(destination) ?? 0,
    lastDelivery: watch.lastDelivery(-1),
  };
}
