// What a lookout saw, as bytes for the wire, and back: in numbered batches, so that one that comes twice counts once.

import type { Sighting } from "./held.ts";
import type { Mark } from "./marks.ts";

/** One batch of sightings. */
export interface Despatch {
  /** Which lookout. */
  readonly lookout: string;
  /** Counts up from 1 for each lookout: a number that was taken before is a repetition. */
  readonly serial: number;
  readonly sightings: readonly Sighting[];
}

/** A despatch as bytes. */
export function encode(despatch: Despatch): Uint8Array {
  const rows = despatch.sightings.map((one) => [
    one.at,
    one.sender,
    one.network,
    one.domain,
    one.tell,
    one.ordinal,
    ...one.recipients,
  ]);
  return new TextEncoder().encode(JSON.stringify([1, despatch.lookout, despatch.serial, rows]));
}

/** The despatch in some bytes; `undefined` if they are none. */
export function decode(bytes: Uint8Array): Despatch | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const [version, lookout, serial, rows] = parsed as unknown[];
  if (version !== 1 || typeof lookout !== "string" || typeof serial !== "number" || !Array.isArray(rows))
    return undefined;
  const sightings: Sighting[] = [];
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row)) return undefined;
    const [at, sender, network, domain, tell, ordinal, ...recipients] = row as unknown[];
    const marks = [sender, network, domain, tell, ...recipients];
    if (typeof at !== "number" || typeof ordinal !== "number" || recipients.length === 0) return undefined;
    if (!marks.every((mark): mark is Mark => typeof mark === "string" && /^[0-9a-f]{16}$/.test(mark))) return undefined;
    const [one, two, three, four, ...others] = marks;
    sightings.push({ at, sender: one, network: two, domain: three, tell: four, ordinal, recipients: others });
  }
  return { lookout, serial, sightings };
}
