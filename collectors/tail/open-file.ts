// One open file of a log, plain or packed: its identity, and its bytes in order.

import { beginsWith, HEAD, type Mark } from "./cursor.ts";
import type { FileLook, Files } from "./files.ts";
import { GUARD, type LineBuffer, type Take } from "./lines.ts";
import { type Packing, packingOf, unpack } from "./unpack.ts";

/** What came of reading on: `replaced` if the bytes before the place are not those that were there. */
export type Progress = "end" | "limit" | "replaced";

export class OpenFile {
  readonly path: string;
  readonly packing: Packing;
  /** Set if a packed file turned out to be damaged. */
  damage: unknown;
  readonly #files: Files;
  readonly #fd: number;
  #pieces: AsyncGenerator<Buffer, void> | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #sizeSeen = -1;
  #changeSeen = -1;

  constructor(files: Files, path: string) {
    this.path = path;
    this.#files = files;
    this.#fd = files.open(path);
    try {
      this.packing = packingOf(this.#beginning(4));
    } catch (error) {
      files.close(this.#fd);
      throw error;
    }
  }

  look(): FileLook {
    return this.#files.look(this.#fd);
  }

  /** The first bytes of the log in it, up to `length`. */
  async head(length = HEAD): Promise<Uint8Array> {
    if (this.packing === "none") return this.#beginning(length);
    const head = Buffer.alloc(length);
    let filled = 0;
    const pieces = this.#unpacked();
    try {
      for await (const piece of pieces) {
        filled += piece.copy(head, filled);
        if (filled === length) break;
      }
    } catch {
      // What could be read before the damage is the head.
    }
    return head.subarray(0, filled);
  }

  /**
   * Goes to `offset` and sets `lines` to it, if the bytes before it are those that `guard` marks. A packed file is unpacked from
   * its beginning for it.
   */
  async moveTo(
    lines: LineBuffer,
    offset: number,
    guard: Mark,
    skipping: boolean,
  ): Promise<"there" | "shorter" | "other"> {
    const before = Buffer.alloc(Math.min(GUARD, offset));
    if (this.packing === "none") {
      const count = this.#files.read(this.#fd, before, 0, before.length, offset - before.length);
      if (count < before.length) return "shorter";
    } else if (!(await this.#unpackTo(offset, before))) return "shorter";
    if (guard.length > before.length || !beginsWith(before.subarray(before.length - guard.length), guard))
      return "other";
    lines.moveTo(offset, skipping, before);
    return "there";
  }

  async #unpackTo(offset: number, before: Buffer): Promise<boolean> {
    const pieces = this.#unpacked();
    this.#pieces = pieces;
    let position = 0;
    let held: Uint8Array = Buffer.alloc(0);
    while (position < offset) {
      const piece = await this.#nextPiece(pieces);
      if (piece === undefined) return false;
      const used = Math.min(piece.length, offset - position);
      position += used;
      held = Buffer.concat([held, piece.subarray(0, used)]).subarray(-before.length);
      this.#rest = piece.subarray(used);
    }
    before.set(held);
    return true;
  }

  /** Whether its beginning is still the one that `head` marks. Only looks at files that changed since the last look. */
  stillBegins(head: Mark, look: FileLook): Uint8Array | "unchanged" | "replaced" {
    if (this.packing !== "none") return "unchanged";
    if (look.size === this.#sizeSeen && look.mtimeMs === this.#changeSeen) return "unchanged";
    const bytes = this.#beginning(HEAD);
    if (!beginsWith(bytes, head)) return "replaced";
    this.#sizeSeen = look.size;
    this.#changeSeen = look.mtimeMs;
    return bytes;
  }

  /** Reads on from where `lines` ends, until the end or until about `limit` bytes were read. */
  async read(lines: LineBuffer, take: Take, limit: number): Promise<Progress> {
    let left = limit;
    while (left > 0) {
      lines.compact();
      const count = this.packing === "none" ? this.#fill(lines) : await this.#refill(lines);
      if (count < 0) return "replaced";
      if (count === 0) return "end";
      lines.push(count, take);
      left -= count;
    }
    return "limit";
  }

  close(): void {
    this.#files.close(this.#fd);
    void this.#pieces?.return();
  }

  /** -1 if the bytes just before are not the ones we read there: fetched together, so that nothing can come between. */
  #fill(lines: LineBuffer): number {
    const { known, end, bytes } = lines;
    const before = Buffer.from(bytes.subarray(end - known, end));
    const position = lines.position - known;
    const count = this.#files.read(this.#fd, bytes, end - known, known + lines.room, position);
    if (count < known || !before.equals(bytes.subarray(end - known, end))) {
      bytes.set(before, end - known);
      return -1;
    }
    return count - known;
  }

  async #refill(lines: LineBuffer): Promise<number> {
    this.#pieces ??= this.#unpacked();
    if (this.#rest.length === 0) this.#rest = (await this.#nextPiece(this.#pieces)) ?? this.#rest;
    const count = Math.min(this.#rest.length, lines.room);
    lines.bytes.set(this.#rest.subarray(0, count), lines.end);
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async #nextPiece(pieces: AsyncGenerator<Buffer, void>): Promise<Buffer | undefined> {
    try {
      const next = await pieces.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      this.damage = error;
      return undefined;
    }
  }

  #unpacked(): AsyncGenerator<Buffer, void> {
    let at = 0;
    return unpack(this.packing, (into) => {
      const count = this.#files.read(this.#fd, into, 0, into.length, at);
      at += count;
      return count;
    });
  }

  #beginning(length: number): Uint8Array {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, this.#files.read(this.#fd, bytes, 0, length, 0));
  }
}
