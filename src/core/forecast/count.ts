// The counts of the unit that has passed, as the estimator is told them.

import type { Ledger } from "../ledger/ledger.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { Duration, Instant } from "../time.ts";
import { type Attempts, Became } from "./attempts.ts";
import { crowd, type Numbering } from "./numbering.ts";
import type { Rows } from "./rows.ts";
import type { DestinationTick, Tick } from "./seen.ts";
import { stretched } from "./unit.ts";

/** Places in a tick. */
const mostPlaces = 64;

type Counted = { -readonly [K in keyof DestinationTick]: DestinationTick[K] };

/** Counts by the estimator's number. */
class Places {
  readonly #counted = new Map<number, Counted>();

  at(number: number): Counted {
    let place = this.#counted.get(number);
    if (place === undefined) {
      place = { destination: number, depth: 0, active: 0, delivered: 0, failed: 0, throttled: 0, greylisted: 0 };
      this.#counted.set(number, place);
    }
    return place;
  }

  /** The places in the order in which they were met; if they are too many, the crowd and those with most to tell. */
  told(): readonly DestinationTick[] {
    const all = [...this.#counted.values()];
    if (all.length <= mostPlaces) return all;
    const rest = this.at(crowd);
    const weight = (one: DestinationTick): number => one.depth + one.delivered + one.failed;
    const most = all
      .filter((one) => one !== rest)
      .sort((a, b) => weight(b) - weight(a) || a.destination - b.destination);
    for (const one of most.slice(mostPlaces)) {
      rest.depth += one.depth;
      rest.active += one.active;
      rest.delivered += one.delivered;
    }
    return [rest, ...most.slice(0, mostPlaces)];
  }
}

/** What waits at each place. */
function countRows({ waiting, numbers }: Rows, highest: number, into: Places): void {
  const { count, working } = waiting;
  const depth = new Int32Array(highest + 1);
  const active = new Int32Array(highest + 1);
  for (let row = 0; row < count; row++) {
    const number = numbers[row];
    // Places are told in the order in which they are met.
    if (depth[number]++ === 0) into.at(number);
    active[number] += working[row];
  }
  for (let number = 0; number <= highest; number++) {
    if (depth[number] > 0) Object.assign(into.at(number), { depth: depth[number], active: active[number] });
  }
}

/** What was tried at each place. */
function countAttempts(attempts: Attempts, { lastRelay }: Ledger, numbering: Numbering, into: Places): void {
  const triedAt = new Map<number, number>();
  for (const destination of attempts.destinations) {
    const relay = lastRelay.get(destination);
    triedAt.set(relay, (triedAt.get(relay) ?? 0) + attempts.get(destination, Became.failed));
  }
  for (const destination of attempts.destinations) {
    // What another place's failure told of their common relay was told of this one, too.
    const suspended = Math.min(
      attempts.get(destination, Became.suspended),
      triedAt.get(lastRelay.get(destination)) ?? 0,
    );
    const failed = Math.max(attempts.get(destination, Became.failed), suspended);
    const throttled = attempts.get(destination, Became.throttled);
    const greylisted = attempts.get(destination, Became.greylisted);
    // Who always takes mail needs no number.
    const isFailing = failed + throttled + greylisted > 0;
    const place = into.at(isFailing ? numbering.give(destination) : (numbering.of(destination) ?? crowd));
    place.delivered += attempts.get(destination, Became.delivered);
    place.failed += failed;
    place.throttled += throttled;
    place.greylisted += greylisted;
  }
}

/** What waits and was tried, by place. */
function countPlaces(rows: Rows, attempts: Attempts, ledger: Ledger, numbering: Numbering): readonly DestinationTick[] {
  const places = new Places();
  countRows(rows, numbering.highest, places);
  countAttempts(attempts, ledger, numbering, places);
  return places.told();
}

/** What works. */
function whatWorks(downtimes: readonly Downtime[], awaited: boolean): Pick<Tick, "hostUp" | "filterUp" | "inboundUp"> {
  const isOpen = (scope: Downtime["scope"]): boolean =>
    downtimes.some((downtime) => downtime.scope === scope && downtime.to === undefined);
  const hostUp = !isOpen("host");
  // As long as no place is back that went down, what fails says nothing of the places, only of the way out.
  return { hostUp, filterUp: !isOpen("filter") && !awaited, inboundUp: hostUp };
}

/** The stretch that is counted. */
export interface Stretch {
  readonly since: Instant;
  readonly unit: Duration;
  /** Messages that came in it, and rows that had never been tried when it began. */
  readonly came: number;
  readonly untried: number;
  /** A trouble lasts, and nothing that went down in it is back. */
  readonly awaited: boolean;
}

/** The counts of a stretch, in the estimator's time; `rows` are those at its end, numbered. */
export function count(
  {
    now,
    ledger,
    downtimes,
  }: { readonly now: Instant; readonly ledger: Ledger; readonly downtimes: readonly Downtime[] },
  { since, unit, came, untried, awaited }: Stretch,
  rows: Rows,
  attempts: Attempts,
  numbering: Numbering,
): Tick {
  const { waiting } = rows;
  return {
    at: stretched(now, unit),
    span: stretched(now - since, unit),
    depth: waiting.count,
    active: waiting.active,
    scanned: Math.max(0, untried + came - waiting.untried),
    retried: attempts.retried,
    fresh: came,
    late: 0,
    dated: 0,
    destinations: countPlaces(rows, attempts, ledger, numbering),
    ...whatWorks(downtimes, awaited),
  };
}
