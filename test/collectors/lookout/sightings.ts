// Sightings for tests: marks by name, everything else as it mostly is.

import type { Sighting } from "../../../collectors/lookout/held.ts";
import { type Mark, type Marked, markerWith, noMark } from "../../../collectors/lookout/marks.ts";

const marker = markerWith(Buffer.alloc(32, 1));

/** The mark of a name under the tests' key. */
export const markOf = (kind: Marked, text: string): Mark => marker(kind, text);

/** A sighting of one message; what is not said is alike for all. */
export function sighted(
  at: number,
  wish: {
    from?: string;
    to?: readonly string[];
    network?: string;
    domain?: string;
    size?: number;
    ordinal?: number;
  } = {},
): Sighting {
  const {
    from = "a@one.test",
    to = ["x@held.test"],
    network = "192.0.2",
    domain = "",
    size = 1000,
    ordinal = 0,
  } = wish;
  return {
    at,
    sender: marker("sender", from),
    recipients: to.map((one) => marker("recipient", one)),
    network: marker("network", network),
    domain: domain === "" ? noMark : marker("domain", domain),
    tell: marker("message", String(size)),
    ordinal,
  };
}
