// What the tests of following a log share: a folder of their own, a tail with its lines as text, and rotation by hand.

import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach } from "vitest";
import { type Cursor, parseCursor } from "../../../collectors/tail/cursor.ts";
import { type ReadOutcome, Tail, type TailOptions } from "../../../collectors/tail/tail.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-tail-"));
  folders.push(folder);
  return folder;
}

/** A tail whose lines are kept as text, and that can be stopped and started from its cursor. */
export class Follower {
  readonly lines: string[] = [];
  readonly path: string;
  readonly #options: TailOptions;
  tail: Tail;
  now = 0;

  constructor(path: string, options: TailOptions = {}) {
    this.path = path;
    this.#options = { grace: 0, ...options };
    this.tail = new Tail(path, this.#options);
  }

  async read(limit?: number): Promise<ReadOutcome> {
    const take = (bytes: Uint8Array, start: number, end: number): void => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
      if (!text.endsWith("\n")) throw new Error(`not a complete line: ${text.slice(-80)}`);
      this.lines.push(...text.slice(0, -1).split("\n"));
    };
    return await this.tail.read(take, limit === undefined ? { now: this.now } : { now: this.now, limit });
  }

  /** Reads until nothing is left. */
  async readAll(limit?: number): Promise<ReadOutcome> {
    for (;;) {
      const outcome = await this.read(limit);
      if (!outcome.more) return outcome;
    }
  }

  /** As a restart of the program does it: all that is left is the text of the cursor. */
  restart(cursor: Cursor = this.tail.cursor()): void {
    this.stop();
    this.tail = new Tail(this.path, { ...this.#options, cursor: parseCursor(JSON.stringify(cursor)) });
  }

  stop(): void {
    this.tail.close();
  }
}

/** Adds lines to a file, and makes it if it is not there. */
export function write(path: string, ...lines: readonly string[]): void {
  appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

/** Compresses as gzip does: the packed file has the time of the plain one, which is removed. */
export function pack(path: string, packed = `${path}.gz`): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  writeFileSync(packed, packed.endsWith(".zst") ? zstdCompressSync(bytes) : gzipSync(bytes));
  utimesSync(packed, atime, mtime);
  rmSync(path);
}

/** Renames `path.1` to `path.2` and so on up to `kept`, packed or not, and `path` to `path.1`. */
export function rotate(path: string, kept = 9): void {
  const exists = (name: string): boolean => statSync(name, { throwIfNoEntry: false }) !== undefined;
  for (let n = kept; n >= 1; n--) {
    for (const ending of ["", ".gz", ".zst"]) {
      if (exists(`${path}.${n}${ending}`)) renameSync(`${path}.${n}${ending}`, `${path}.${n + 1}${ending}`);
    }
  }
  renameSync(path, `${path}.1`);
}

/** Lines that look like a log and are all different, so that beginnings are too. */
export function numbered(from: number, to: number): string[] {
  const lines: string[] = [];
  for (let n = from; n < to; n++) lines.push(`Nov 22 10:00:00 mta postfix/qmgr[4711]: line ${n} of the test`);
  return lines;
}
