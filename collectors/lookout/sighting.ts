// What a transaction with a sender showed.

import type { Duration, Instant } from "../../src/core/time.ts";
import { markIn } from "./mark-column.ts";
import type { Mark } from "./marks.ts";

/** One message as one transaction showed it. */
export interface Sighting {
  readonly at: Instant;
  readonly sender: Mark;
  /** Of one transaction, none twice. */
  readonly recipients: readonly Mark[];
  readonly network: Mark;
  /** `noMark` where the sender's host gave no name. */
  readonly domain: Mark;
  /** What else tells this message from others of the same people: declared size or Message-ID; `noMark` if nothing. */
  readonly tell: Mark;
  /** `tell` is the Message-ID: what has another one is another message, and what has this one is this message. */
  readonly named: boolean;
  /** Which address of the lookout it came to. */
  readonly door: Mark;
  /** What kind of mail server the sender is, as far as it can be told from what it said: `google`; `unknown`. */
  readonly senderClass: string;
}

/** What a sighting turned out to be. */
export interface Recognised {
  /** 1 for a message that was not known. */
  readonly attempt: number;
  /** Time since the attempt before; `NaN` at the first, and where this is the same attempt at another address. */
  readonly interval: Duration;
  /**
   * Whether this wait says how its sender waits: not where the same author wrote the same reader twice, since some
   * servers (Exim) keep one clock for all mail between two, and the messages take turns by it.
   */
  readonly alone: boolean;
}

/** A sighting as a row that JSON can hold. */
export function sightingRow(one: Sighting): readonly (string | number)[] {
  const { at, sender, network, domain, tell, named, door, senderClass, recipients } = one;
  return [at, sender, network, domain, tell, named ? 1 : 0, door, senderClass, ...recipients];
}

/** The sighting in such a row. Throws on what is none. */
export function sightingIn(row: unknown): Sighting {
  if (!Array.isArray(row) || row.length < 9) throw new Error("not a sighting");
  const [at, sender, network, domain, tell, named, door, senderClass, ...recipients] = row as unknown[];
  if (typeof at !== "number" || typeof senderClass !== "string") throw new Error("not a sighting");
  return {
    at,
    sender: markIn(sender),
    network: markIn(network),
    domain: markIn(domain),
    tell: markIn(tell),
    named: named === 1,
    door: markIn(door),
    senderClass,
    recipients: recipients.map(markIn),
  };
}
