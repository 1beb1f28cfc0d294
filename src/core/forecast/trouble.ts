// When the trouble that is forecast began, when it ended, and when it is over: told from downtimes and from how much waits.
//
// Some far server is always broken: a place that has been down for an hour while other mail moves is named apart, and is no
// trouble that ends. What it holds back comes into the books again when it returns.

import type { Downtime } from "../outages/downtime.ts";
import { DAY, type Duration, HOUR, type Instant } from "../time.ts";
import type { Sight } from "./sight.ts";

/** Mail at places that are down, so much of it, is a trouble. */
const noticeable = 10;
/** Units that the queue has to be too deep for before that alone is a trouble, and calm for before a trouble is over. */
const deepFor = 3;
const calmFor = 15;
/** So long after an end senders that come back are waited for. */
const returningFor: Duration = 2 * DAY;
/** Senders come back later if we are away for so many units. */
const feltAfter = 5;
const chronicAfter: Duration = HOUR;
/** A recovery so many units ago can be the beginning of what waits now. */
const lately = 30;

/** A trouble as it went so far. */
export interface Trouble {
  readonly began: Instant;
  /** Recoveries: the first, and one after each relapse. `seen` is the moment from which it was known. */
  readonly ends: readonly { readonly at: Instant; readonly seen: Instant }[];
  /** Since when the queue has been calm; `NaN` while it is not. */
  readonly calmSince: Instant;
}

/** How many ticks in a row the queue was too deep with nothing down. */
export interface Suspicion {
  readonly deep: number;
}

function isOwn({ scope }: Downtime): boolean {
  return scope === "host" || scope === "filter";
}

/** Down for long, while other mail is delivered. */
function isChronic(downtime: Downtime, sight: Sight): boolean {
  return (
    downtime.scope === "destination" &&
    sight.now - downtime.from >= chronicAfter &&
    sight.now - sight.lastDelivery < 10 * sight.unit
  );
}

/** Downtimes that last and are not chronic. */
function fresh(sight: Sight): Downtime[] {
  return sight.downtimes.filter((downtime) => downtime.to === undefined && !isChronic(downtime, sight));
}

/** Rows that wait, without those for places that have been down for long. */
export function ordinaryDepth(sight: Sight): number {
  return sight.depth - chronicRows(sight);
}

function chronicRows(sight: Sight): number {
  let rows = 0;
  for (const downtime of sight.downtimes) {
    if (downtime.to === undefined && isChronic(downtime, sight)) rows += sight.waitingFor(downtime.target);
  }
  return rows;
}

/** Whether a trouble begins with this tick; `band` is the depth that counts as normal. */
export function beginning(
  sight: Sight,
  band: number,
  before: Suspicion,
): { trouble: Trouble | undefined; suspicion: Suspicion } {
  const down = fresh(sight);
  const own = down.filter(isOwn);
  const rows = down.reduce(
    (sum, { scope, target }) => sum + (scope === "destination" ? sight.waitingFor(target) : 0),
    0,
  );
  const none: Suspicion = { deep: 0 };
  if (own.length > 0 || rows >= noticeable) {
    const from = Math.min(...(own.length > 0 ? own : down).map((downtime) => downtime.from));
    return { trouble: { began: from, ends: [], calmSince: Number.NaN }, suspicion: none };
  }
  // We were away and nobody could see it while it lasted: the mail is at its senders.
  const away = sight.downtimes.find(
    ({ scope, from, to }) =>
      scope === "host" && to !== undefined && to > sight.since && to - from >= feltAfter * sight.unit,
  );
  if (away?.to !== undefined) {
    const ends = [{ at: away.to, seen: sight.now }];
    return { trouble: { began: away.from, ends, calmSince: Number.NaN }, suspicion: none };
  }
  let last: Downtime | undefined;
  for (const downtime of sight.downtimes) {
    if (downtime.to === undefined || sight.now - downtime.to > lately * sight.unit) continue;
    if (!isOwn(downtime) && downtime.failures < noticeable) continue;
    if (last === undefined || downtime.failures > last.failures || isOwn(downtime)) last = downtime;
  }
  // What waits may be what a place, or we, held back until a moment ago; else it is more than we can work off.
  if ((last === undefined ? sight.active : ordinaryDepth(sight)) <= band)
    return { trouble: undefined, suspicion: none };
  const deep = before.deep + 1;
  if (deep < deepFor) return { trouble: undefined, suspicion: { deep } };
  const since = sight.now - deepFor * sight.unit;
  const [began, end] = last?.to === undefined ? [since, since] : [last.from, last.to];
  return { trouble: { began, ends: [{ at: end, seen: sight.now }], calmSince: Number.NaN }, suspicion: none };
}

/** The trouble after one more tick; `undefined`: it is over. */
export function goesOn(trouble: Trouble, sight: Sight, band: number): Trouble | undefined {
  const down = fresh(sight);
  const own = down.some(isOwn);
  let { ends, calmSince } = trouble;
  const last = ends.at(-1)?.at;
  // The first to come back after it began, and after that only what went down again since.
  let back: Instant | undefined;
  for (const { scope, from, to, failures } of sight.downtimes) {
    if (to === undefined || (scope === "destination" && failures < noticeable)) continue;
    if (last === undefined ? to <= trouble.began : from <= last || to <= last) continue;
    if (back === undefined || to < back) back = to;
  }
  if (back !== undefined && !own) ends = [...ends, { at: back, seen: sight.now }];
  const waits = down.some(
    (downtime) => isOwn(downtime) || (ends.length === 0 && sight.waitingFor(downtime.target) >= noticeable),
  );
  const returning = sight.atSenders >= 1 && sight.now - (ends.at(-1)?.at ?? sight.now) < returningFor;
  const calm = !waits && !returning && sight.delayed === 0 && ordinaryDepth(sight) - sight.dead <= band;
  if (!calm) calmSince = Number.NaN;
  else if (Number.isNaN(calmSince)) calmSince = sight.now;
  if (calm && sight.now - calmSince >= calmFor * sight.unit) return undefined;
  return { ...trouble, ends, calmSince };
}
