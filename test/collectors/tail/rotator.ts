// A log that is written and rotated at random, with a book of what was written and what was truly lost.

import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { pack, rotate } from "./follow.ts";

/** How a log is rotated. */
export const schemes = [
  "numbers",
  "numbers, packed at once",
  "numbers, packed one later",
  "numbers, zstd",
  "dates",
  "dates, packed at once",
  "copytruncate",
  "copytruncate, packed at once",
] as const;
export type Scheme = (typeof schemes)[number];

/** The same numbers for the same seed, in `[0, below)`. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export class Rotator {
  readonly path: string;
  readonly #scheme: Scheme;
  readonly #kept: number;
  #fd: number;
  #stamp = 0;
  #dated: string[] = [];
  #half = "";
  /** Numbers of the lines written so far are 0 to this, without it. */
  written = 0;
  rotations = 0;
  /** Numbers of lines that were never readable. */
  readonly lost = new Set<number>();
  lostBytes = 0;
  /** Ends of the lines in the file that is at the path. */
  #ends: { readonly n: number; readonly end: number; readonly length: number }[] = [];

  /** `kept`: how many rotated files there are at most. */
  constructor(path: string, scheme: Scheme, kept = 8) {
    this.#kept = kept;
    this.path = path;
    this.#scheme = scheme;
    this.#fd = openSync(path, "a");
  }

  line(n: number): string {
    return `Nov 22 10:00:00 mta postfix/smtp[${n % 977}]: ${n}: ${"status=sent ".repeat(n % 7)}`;
  }

  append(count: number): void {
    this.finishLine();
    let text = "";
    let end = this.#ends.at(-1)?.end ?? 0;
    for (let i = 0; i < count; i++) {
      const line = `${this.line(this.written)}\n`;
      end += line.length;
      this.#ends.push({ n: this.written++, end, length: line.length });
      text += line;
    }
    writeSync(this.#fd, text);
  }

  /** Writes the first half of the next line; the rest comes with the next write. */
  appendHalf(): void {
    this.finishLine();
    const line = `${this.line(this.written)}\n`;
    this.#ends.push({ n: this.written++, end: (this.#ends.at(-1)?.end ?? 0) + line.length, length: line.length });
    const middle = line.length >> 1;
    this.#half = line.slice(middle);
    writeSync(this.#fd, line.slice(0, middle));
  }

  finishLine(): void {
    if (this.#half !== "") writeSync(this.#fd, this.#half);
    this.#half = "";
  }

  /** Rotates. `late`: that many lines still go into the renamed file, as from a program that was not told yet. */
  rotate(late: number): void {
    this.finishLine();
    this.rotations++;
    if (this.#scheme.startsWith("copytruncate")) {
      this.copy();
      this.truncate();
      return;
    }
    const dated = this.#scheme.startsWith("dates");
    const name = dated ? `${this.path}-${20261122 + this.#stamp++}` : `${this.path}.1`;
    if (dated) {
      renameSync(this.path, name);
      this.#dated.push(name);
    } else rotate(this.path, this.#kept);
    if (late > 0) this.append(late);
    closeSync(this.#fd);
    this.#fd = openSync(this.path, "a");
    this.#ends = [];
    if (this.#scheme.endsWith("packed at once")) pack(name);
    if (this.#scheme.endsWith("zstd")) pack(name, `${name}.zst`);
    if (this.#scheme.endsWith("packed one later") && existsSync(`${this.path}.2`)) pack(`${this.path}.2`);
    this.#forget();
  }

  /** The first step of copytruncate. */
  copy(): void {
    for (let n = this.#kept; n >= 1; n--) {
      for (const ending of ["", ".gz"]) {
        const name = `${this.path}.${n}${ending}`;
        if (existsSync(name)) renameSync(name, `${this.path}.${n + 1}${ending}`);
      }
    }
    copyFileSync(this.path, `${this.path}.1`);
  }

  /** The last step of copytruncate. Lines behind both the copy's end and `read` are lost. */
  truncate(read = Number.POSITIVE_INFINITY): void {
    const kept = Math.max(statSync(`${this.path}.1`).size, read);
    for (const { n, end, length } of this.#ends) {
      if (end <= kept) continue;
      this.lost.add(n);
      this.lostBytes += length;
    }
    truncateSync(this.path);
    this.#ends = [];
    if (this.#scheme.endsWith("packed at once")) pack(`${this.path}.1`);
    this.#forget();
  }

  close(): void {
    this.finishLine();
    closeSync(this.#fd);
  }

  #forget(): void {
    for (const ending of ["", ".gz", ".zst"]) {
      rmSync(`${this.path}.${this.#kept + 1}${ending}`, { force: true });
      if (this.#dated.length > this.#kept) rmSync(`${this.#dated[0]}${ending}`, { force: true });
    }
    this.#dated = this.#dated.slice(-this.#kept);
  }
}
