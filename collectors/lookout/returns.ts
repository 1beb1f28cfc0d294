// The list of what returned: one JSON object a line, in marks, appended to by whoever reads the mail server's log.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Instant } from "../../src/core/time.ts";
import type { Mark } from "./marks.ts";

/** One recipient that our mail server took, in marks made with the lookout's key. */
export interface Return {
  readonly sender: Mark;
  readonly recipient: Mark;
  /** Where it came from: marks of its network and, if it had a name, of its domain. */
  readonly origins: readonly Mark[];
  readonly at: Instant;
}

/** One return as a line of the list. */
export function returnLine({ sender, recipient, origins, at }: Return): string {
  return JSON.stringify({ at, sender, recipient, origins });
}

/** The return that a line speaks of; `undefined` if it is none. */
export function readReturn(line: string): Return | undefined {
  try {
    return returnIn(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The return that was written as JSON; `undefined` if it is none. */
export function returnIn(value: unknown): Return | undefined {
  try {
    const { at, sender, recipient, origins } = value as Readonly<Record<string, unknown>>;
    const isMark = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
    if (typeof at !== "number" || !isMark(sender) || !isMark(recipient)) return undefined;
    if (!Array.isArray(origins) || !origins.every(isMark)) return undefined;
    return { at, sender, recipient, origins };
  } catch {
    return undefined;
  }
}

const piece = 1 << 20;

/** Reads what was added to a list since `offset`; a list that became shorter is a new one. No list is an empty one. */
export function readReturns(
  path: string,
  offset: number,
): { readonly returns: readonly Return[]; readonly offset: number } {
  let size: number;
  try {
    size = statSync(path).size;
  } catch {
    return { returns: [], offset };
  }
  let from = size < offset ? 0 : offset;
  if (size === from) return { returns: [], offset: from };
  const returns: Return[] = [];
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(piece);
    while (from < size) {
      const read = readSync(file, bytes, 0, piece, from);
      const end = bytes.subarray(0, read).lastIndexOf(10) + 1;
      // A line that is not whole yet is read when it is; one that fills the piece is none of ours.
      if (end === 0) {
        if (read === piece) from += read;
        else break;
      }
      for (const line of bytes.toString("utf8", 0, end).split("\n")) {
        const one = readReturn(line);
        if (one !== undefined) returns.push(one);
      }
      from += end;
    }
  } finally {
    closeSync(file);
  }
  return { returns, offset: from };
}
