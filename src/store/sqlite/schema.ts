// The tables of a state file, and how an older file becomes one of today.

/** Marks a database as ours ("mtid"), so that another program's file is never written to. */
export const APPLICATION = 0x6d746964;

/**
 * One step a version; a file of version n has had the first n. Steps are never changed once released: the next form of the
 * state file is one more step at the end.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), at REAL NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
  CREATE TABLE cursor (source TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE part (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL) STRICT;
  CREATE TABLE chunk (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE history (at INTEGER PRIMARY KEY, numbers TEXT NOT NULL) STRICT;
  `,
];

/** Parts are kept in chunks of this size, so that only what changed is written again. */
export const CHUNK = 256 * 1024;

/** Key of a part's nth chunk. */
export function chunkKey(part: number, nth: number): number {
  return part * 2 ** 24 + nth;
}
