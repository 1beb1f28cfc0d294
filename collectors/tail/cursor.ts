// How far a log has been read, and by what its file is recognised when it has another name tomorrow.

import { hash } from "node:crypto";
import { z } from "zod";

/** Longest beginning of a file that identifies it. */
export const HEAD = 1024;

/** A stretch of bytes that is remembered by its digest. */
export interface Mark {
  readonly length: number;
  readonly hash: string;
}

/** A file that was read to its end: never to be read again under another name. */
export interface FinishedFile {
  readonly head: Mark;
  /** Time of its last change, in milliseconds. */
  readonly changed: number;
}

/** Serialisable as JSON. Everything before `offset` has been handed on, nothing behind it. */
export interface Cursor {
  readonly path: string;
  /** Beginning of the file; grows with it up to 1 KiB. Length 0: no complete line of it has been seen. */
  readonly head: Mark;
  /** The last bytes before `offset`. */
  readonly guard: Mark;
  /** In bytes of the log itself, also if the file is packed. */
  readonly offset: number;
  /** Largest size that the file was seen to have. */
  readonly size: number;
  /** Last change of the file when it was looked at, in milliseconds. */
  readonly changed: number;
  /** Only ever used to choose among files whose content fits. */
  readonly ino: number;
  readonly born: number;
  /** `offset` lies in the rest of a line that was too long. */
  readonly skipping: boolean;
  readonly finished: readonly FinishedFile[];
  readonly rotations: number;
  readonly gapBytes: number;
  readonly bytesRead: number;
}

const mark = z.object({ length: z.number().int().nonnegative(), hash: z.string() });
const count = z.number().int().nonnegative();
const cursorShape = z.object({
  path: z.string(),
  head: mark,
  guard: mark,
  offset: count,
  size: count,
  changed: z.number(),
  ino: z.number(),
  born: z.number(),
  skipping: z.boolean(),
  finished: z.array(z.object({ head: mark, changed: z.number() })),
  rotations: count,
  gapBytes: count,
  bytesRead: count,
});

/** Reads back what `JSON.stringify` made of a cursor; undefined if it is something else. */
export function parseCursor(text: string): Cursor | undefined {
  try {
    return cursorShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The mark of these bytes. */
export function markOf(bytes: Uint8Array): Mark {
  return { length: bytes.length, hash: bytes.length === 0 ? "" : hash("sha256", bytes, "hex").slice(0, 32) };
}

/** What identifies a file of which these are the first bytes. Half a line does not: all lines begin alike. */
export function headOf(first: Uint8Array): Mark {
  return markOf(first.length >= HEAD ? first.subarray(0, HEAD) : first.subarray(0, first.lastIndexOf(0x0a) + 1));
}

/** Whether `bytes` begin with what was marked. */
export function beginsWith(bytes: Uint8Array, mark: Mark): boolean {
  return bytes.length >= mark.length && markOf(bytes.subarray(0, mark.length)).hash === mark.hash;
}
