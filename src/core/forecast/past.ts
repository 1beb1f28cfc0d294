// The ticks that the estimator was given, so that it can be made anew: after a restart, or when they grow too many.

import type { Saved, Saving } from "../ledger/saved.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { Duration } from "../time.ts";
import type { DestinationTick, Tick } from "./seen.ts";
import type { Trouble } from "./trouble.ts";
import { unstretched } from "./unit.ts";

/** Ticks kept in quiet times: what goes on is learned from them when a trouble begins. */
export const quietKept = 120;
/** Ticks kept at most; then the older half is made coarser. */
export const mostTicks = 1440;
const perTick = 10;
const perPlace = 7;

/** Forgets ticks but for the last two hours. Answers those that go, and after them the first that stays. */
export function forgetQuiet(ticks: Tick[]): readonly Tick[] {
  if (ticks.length <= quietKept) return [];
  const gone = ticks.splice(0, ticks.length - quietKept);
  return [...gone, ticks[0]];
}

/** The ticks as they are known to have been now that a trouble has begun: it had begun before it was called one. */
export function asOfTrouble(
  ticks: readonly Tick[],
  trouble: Trouble,
  downtimes: readonly Downtime[],
  unit: Duration,
): Tick[] {
  return ticks.map((tick) => {
    const at = unstretched(tick.at, unit);
    const within = ({ from, to }: Downtime): boolean => from < at && at <= (to ?? at);
    const away = downtimes.some((downtime) => downtime.scope === "host" && within(downtime));
    const hostUp = tick.hostUp && !away;
    const filterUp = tick.filterUp && !(at > trouble.began && !(at > (trouble.ends[0]?.at ?? at)));
    return { ...tick, hostUp, inboundUp: hostUp, filterUp };
  });
}

/** Makes two ticks one in the older half. The result no longer depends on how often that was done in between. */
export function coarsened(ticks: readonly Tick[]): Tick[] {
  const half = (ticks.length >> 2) * 2;
  const fewer: Tick[] = [];
  for (let n = 0; n < half; n += 2) fewer.push(together(ticks[n], ticks[n + 1]));
  return [...fewer, ...ticks.slice(half)];
}

function together(one: Tick, next: Tick): Tick {
  const places = new Map(next.destinations.map((place) => [place.destination, place]));
  for (const place of one.destinations) {
    const later = places.get(place.destination);
    places.set(place.destination, {
      destination: place.destination,
      depth: later?.depth ?? 0,
      active: later?.active ?? 0,
      delivered: place.delivered + (later?.delivered ?? 0),
      failed: place.failed + (later?.failed ?? 0),
      throttled: place.throttled + (later?.throttled ?? 0),
      greylisted: place.greylisted + (later?.greylisted ?? 0),
    });
  }
  return {
    ...next,
    span: one.span + next.span,
    scanned: one.scanned + next.scanned,
    retried: one.retried + next.retried,
    fresh: one.fresh + next.fresh,
    late: one.late + next.late,
    destinations: [...places.values()],
    hostUp: one.hostUp && next.hostUp,
    filterUp: one.filterUp && next.filterUp,
    inboundUp: one.inboundUp && next.inboundUp,
  };
}

/** Keeps ticks with a checkpoint. */
export function saveTicks(ticks: readonly Tick[], to: Saving): void {
  const places = ticks.reduce((sum, { destinations }) => sum + destinations.length, 0);
  const column = new Float64Array(ticks.length * perTick + places * perPlace);
  let at = 0;
  for (const tick of ticks) {
    column[at] = tick.at;
    column[at + 1] = tick.span;
    column[at + 2] = tick.depth;
    column[at + 3] = tick.active;
    column[at + 4] = tick.scanned;
    column[at + 5] = tick.retried;
    column[at + 6] = tick.fresh;
    column[at + 7] = tick.late;
    column[at + 8] = (tick.hostUp ? 1 : 0) | (tick.filterUp ? 2 : 0) | (tick.inboundUp ? 4 : 0);
    column[at + 9] = tick.destinations.length;
    at += perTick;
    for (const place of tick.destinations) {
      column[at] = place.destination;
      column[at + 1] = place.depth;
      column[at + 2] = place.active;
      column[at + 3] = place.delivered;
      column[at + 4] = place.failed;
      column[at + 5] = place.throttled;
      column[at + 6] = place.greylisted;
      at += perPlace;
    }
  }
  to.column("forecast.ticks", column);
}

/** The ticks that were saved. */
export function restoreTicks(from: Saved): Tick[] {
  const column = from.column("forecast.ticks", Float64Array);
  const ticks: Tick[] = [];
  for (let at = 0; at + perTick <= column.length; ) {
    const [time, span, depth, active, scanned, retried, fresh, late, up, places] = column.subarray(at, at + perTick);
    at += perTick;
    const destinations: DestinationTick[] = [];
    for (let n = 0; n < places; n++, at += perPlace) {
      const [destination, waiting, working, delivered, failed, throttled, greylisted] = column.subarray(
        at,
        at + perPlace,
      );
      destinations.push({ destination, depth: waiting, active: working, delivered, failed, throttled, greylisted });
    }
    const hostUp = (up & 1) !== 0;
    const filterUp = (up & 2) !== 0;
    const inboundUp = (up & 4) !== 0;
    ticks.push({
      ...{ at: time, span, depth, active, scanned, retried, fresh, late, dated: 0, destinations },
      ...{ hostUp, filterUp, inboundUp },
    });
  }
  return ticks;
}
