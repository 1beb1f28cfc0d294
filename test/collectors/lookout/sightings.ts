// Sightings for tests: marks by name, everything else as it mostly is.

import { type Mark, type Marked, markerWith, noMark } from "../../../collectors/lookout/marks.ts";
import type { Sighting } from "../../../collectors/lookout/sighting.ts";

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
    messageId?: string;
    door?: string;
    senderClass?: string;
  } = {},
): Sighting {
  const {
    from = "a@one.test",
    to = ["x@held.test"],
    network = "192.0.2",
    domain = "",
    size = 1000,
    messageId,
    door = "203.0.113.1",
    senderClass = "unknown",
  } = wish;
  return {
    at,
    sender: marker("sender", from),
    recipients: to.map((one) => marker("recipient", one)),
    network: marker("network", network),
    domain: domain === "" ? noMark : marker("domain", domain),
    tell: marker("message", messageId ?? String(size)),
    named: messageId !== undefined,
    door: marker("door", door),
    senderClass,
  };
}
