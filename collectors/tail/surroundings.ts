// The folder of a log at one moment: the log itself and its rotated files, as they were at the same time.

import { type FileLook, type Files, sameFile, systemCode } from "./files.ts";
import { type Sibling, siblings } from "./siblings.ts";
import { notAFile, type Trouble, troubleOf } from "./trouble.ts";

/** A file that may hold a part of the log. */
export interface Candidate extends Sibling {
  /** At the path itself, not beside it. */
  readonly live: boolean;
}

export interface Surroundings {
  /** The rotated files, the oldest first. */
  readonly rotated: readonly Candidate[];
  /** What is at the path. */
  readonly live: Candidate | undefined;
  /** Why there is nothing at the path. */
  readonly trouble: Trouble | undefined;
  /** All of them, the oldest first. */
  readonly all: readonly Candidate[];
}

/** Thrown when files are renamed faster than we can look: look again later. */
export const unsettled: unique symbol = Symbol("unsettled");

const LOOKS = 20;

/**
 * Looks until two looks see the same. A folder cannot be read at one moment: while files are renamed one after the other, a single
 * look may see a file twice, or not at all.
 */
export function lookAround(files: Files, path: string, followed: boolean): Surroundings {
  let last = lookOnce(files, path, followed);
  for (let looks = 1; looks < LOOKS; looks++) {
    const next = lookOnce(files, path, followed);
    if (isSame(last, next)) return next;
    last = next;
  }
  throw unsettled;
}

/** What is at the path, or why nothing can be seen there. */
export function lookAtPath(files: Files, path: string, followed: boolean): FileLook | Trouble {
  try {
    const look = files.stat(path);
    return look.isFile() ? look : notAFile(path, look.isDirectory());
  } catch (error) {
    return troubleOf(path, error, followed);
  }
}

function lookOnce(files: Files, path: string, followed: boolean): Surroundings {
  const rotated = rotatedFiles(files, path).map((one) => ({ ...one, live: false }));
  const look = lookAtPath(files, path, followed);
  if ("state" in look) return { rotated, live: undefined, trouble: look, all: rotated };
  const live = { path, look, live: true };
  return { rotated, live, trouble: undefined, all: [...rotated, live] };
}

function rotatedFiles(files: Files, path: string): Sibling[] {
  try {
    return siblings(files, path);
  } catch (error) {
    // A folder that may be searched but not listed: the log itself can be followed.
    if (systemCode(error) === "ENOENT" || systemCode(error) === "EACCES") return [];
    throw error;
  }
}

function isSame(a: Surroundings, b: Surroundings): boolean {
  if (a.all.length !== b.all.length || a.trouble?.state !== b.trouble?.state) return false;
  return a.all.every((one, i) => one.path === b.all[i].path && sameFile(one.look, b.all[i].look));
}
