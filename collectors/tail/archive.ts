// Whole log files for a look back: plain, gzip or zstd by their first bytes, in pieces of complete lines and constant memory.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Fault } from "../../src/core/fault.ts";
import { LineBuffer } from "./lines.ts";
import { troubleOf } from "./trouble.ts";
import { type Packing, packingOf, unpack } from "./unpack.ts";

export interface LogFileOptions {
  /** Largest read, in bytes. */
  readonly maxPiece?: number;
}

/** Complete lines `bytes[start, end)`; valid until the next piece is asked for. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface LogFile {
  readonly path: string;
  readonly packing: Packing;
  /** Size of the file as it lies there, packed or not; 0 for a pipe. */
  readonly size: number;
  /** How many bytes of the file have been taken so far, for progress. */
  readonly taken: number;
  /** Set if the file was damaged and only its beginning could be read; known when the pieces have ended. */
  readonly warning: string | undefined;
  /** Once, from beginning to end; closes the file. A last line without a line feed is given one. Throws `Fault` if the disk fails. */
  pieces(): AsyncGenerator<Piece, void>;
  /** For a file whose pieces are not wanted after all. */
  close(): void;
}

const SNIFF = 4096;

/** Opens a log file or a pipe. Throws `Fault` with what to do if it is not there, may not be read, or is no log. */
export function openLogFile(path: string, options: LogFileOptions = {}): LogFile {
  try {
    return new OpenLogFile(path, options.maxPiece ?? 1024 * 1024);
  } catch (error) {
    throw error instanceof Fault ? error : troubleOf(path, error, false).fault;
  }
}

class OpenLogFile implements LogFile {
  readonly path: string;
  readonly packing: Packing;
  readonly size: number;
  taken = 0;
  warning: string | undefined;
  readonly #maxPiece: number;
  #fd: number | undefined;
  /** The first bytes: a pipe cannot be read twice. */
  #first: Uint8Array;

  constructor(path: string, maxPiece: number) {
    this.path = path;
    this.#maxPiece = maxPiece;
    this.#fd = openSync(path, "r");
    try {
      const look = fstatSync(this.#fd);
      this.size = look.isFile() ? look.size : 0;
      const first = Buffer.alloc(SNIFF);
      let filled = 0;
      for (let count = -1; count !== 0 && filled < SNIFF; filled += count) {
        count = readSync(this.#fd, first, filled, SNIFF - filled, null);
      }
      this.#first = first.subarray(0, filled);
      this.packing = packingOf(this.#first);
      if (this.packing === "none" && this.#first.includes(0)) throw notALog(path);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async *pieces(): AsyncGenerator<Piece, void> {
    const lines = new LineBuffer(this.#maxPiece);
    let ready: Piece[] = [];
    const take = (bytes: Uint8Array, start: number, end: number): void => {
      ready.push({ bytes, start, end });
    };
    try {
      for await (const count of this.#reads(lines)) {
        lines.push(count, take);
        yield* ready;
        ready = [];
        lines.compact();
      }
      lines.finish(take);
      yield* ready;
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Fills the buffer again and again; yields how many bytes are new. */
  async *#reads(lines: LineBuffer): AsyncGenerator<number, void> {
    if (this.packing === "none") {
      for (;;) {
        const count = this.#read(lines.bytes, lines.end, lines.room);
        if (count === 0) return;
        yield count;
      }
    }
    const unpacked = unpack(this.packing, (into) => this.#read(into, 0, into.length));
    let seen = false;
    try {
      for await (const piece of unpacked) {
        if (!seen && piece.subarray(0, SNIFF).includes(0)) throw notALog(this.path);
        seen = true;
        for (let from = 0; from < piece.length; from += lines.room) {
          const part = piece.subarray(from, from + lines.room);
          lines.bytes.set(part, lines.end);
          yield part.length;
        }
      }
    } catch (error) {
      if (error instanceof Fault) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.warning = `${this.path} is damaged (${why}): only its beginning could be read`;
    }
  }

  #read(into: Uint8Array, at: number, room: number): number {
    if (this.#fd === undefined) return 0;
    let count: number;
    if (this.#first.length > 0) {
      count = Math.min(room, this.#first.length);
      into.set(this.#first.subarray(0, count), at);
      this.#first = this.#first.subarray(count);
    } else {
      try {
        count = readSync(this.#fd, into, at, room, null);
      } catch (error) {
        throw troubleOf(this.path, error, true).fault;
      }
    }
    this.taken += count;
    return count;
  }
}

function notALog(path: string): Fault {
  return new Fault("recording-invalid", `${path} is not a text log`, "Name mail log files, plain, .gz or .zst.");
}
