// Whether anything gets out at all: where every place fails, it is not the places.

import type { Ledger } from "../ledger/ledger.ts";
import { type Instant, MINUTE } from "../time.ts";
import type { Downtime } from "./downtime.ts";
import type { OutageWatch } from "./watch.ts";

/** So many places that fail at once, with so many failures, are no chance. */
const placesNeeded = 3;
const failuresNeeded = 10;

/**
 * Since when nothing has got out, although it was tried at several places; `undefined` if something does, or too little was
 * tried to tell. Places that failed before the last success say nothing: some far server is always broken.
 */
export function nothingOutSince(
  watch: OutageWatch,
  ledger: Ledger,
  downtimes: readonly Downtime[],
  now: Instant,
): Instant | undefined {
  const open = downtimes.filter(({ scope, to }) => scope === "destination" && to === undefined);
  if (open.length < placesNeeded) return undefined;
  const last = lastOut(watch, ledger);
  const since = open.filter(({ from }) => from > last);
  const failures = since.reduce((sum, one) => sum + one.failures, 0);
  if (since.length < placesNeeded || failures < failuresNeeded) return undefined;
  const first = Math.min(...since.map(({ from }) => from));
  return now - first >= MINUTE ? first : undefined;
}

/** The last delivery to another host; a content filter of ours is none. 0 for never. */
function lastOut(watch: OutageWatch, ledger: Ledger): Instant {
  let last = 0;
  for (let relay = 0; relay < ledger.relays.names.length; relay++) {
    if (!watch.filters.has(relay)) last = Math.max(last, watch.lastDelivery(relay));
  }
  return last;
}
