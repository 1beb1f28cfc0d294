// The few file operations that following a log needs, behind one seam, so that tests can make them fail.

import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";

/** What a file looks like from outside. Times are milliseconds with fractions. */
export interface FileLook {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** The file system as a tail sees it. Every operation throws what `node:fs` throws. */
export interface Files {
  stat(path: string): FileLook;
  open(path: string): number;
  look(fd: number): FileLook;
  read(fd: number, into: Uint8Array, at: number, length: number, position: number): number;
  list(folder: string): string[];
  close(fd: number): void;
}

/** The real file system. Opening never waits for the other side of a pipe. */
export const nodeFiles: Files = {
  stat: (path) => statSync(path),
  open: (path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
  look: (fd) => fstatSync(fd),
  read: (fd, into, at, length, position) => readSync(fd, into, at, length, position),
  list: (folder) => readdirSync(folder),
  close: (fd) => closeSync(fd),
};

/** The `ENOENT` of an error, or undefined if it did not come from the system. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** One file and not another one: only as good as the file being open, since file systems reuse inodes at once. */
export function sameFile(a: FileLook, b: FileLook): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
