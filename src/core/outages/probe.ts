// What probes of our own addresses for incoming mail found, as far as a phase depends on it. Absent: nobody can tell.

import type { Instant } from "../time.ts";
import type { EndpointsView } from "./endpoints.ts";

export interface ProbeFacts {
  /** Addresses that are probed. */
  readonly addresses: number;
  /** Of these, how many do not serve, or failed in their last look. */
  readonly failing: number;
  /** No address serves. */
  readonly allFail: boolean;
  /** Since when some do not serve; undefined while none fails, and while it may still be chance. */
  readonly confirmedSince: Instant | undefined;
  /** Those that do not serve, for the administrator. */
  readonly names: readonly string[];
}

/** The facts of what was seen; undefined unless some fail or all are known to serve. */
export function probeFacts(view: EndpointsView | undefined): ProbeFacts | undefined {
  if (view === undefined) return undefined;
  const { endpoints, of, failing, unknown, allFail, suspected } = view;
  if (failing > 0) {
    const names = endpoints.filter(({ state }) => state === "fails").map(({ endpoint }) => endpoint);
    const since = endpoints.flatMap((one) => (one.state === "fails" && one.since !== undefined ? [one.since] : []));
    return { addresses: of, failing, allFail, confirmedSince: Math.min(...since), names };
  }
  if (suspected) return { addresses: of, failing: 1, allFail: false, confirmedSince: undefined, names: [] };
  return unknown > 0 ? undefined : { addresses: of, failing: 0, allFail: false, confirmedSince: undefined, names: [] };
}
