// The part of a listing that has not been read yet.

const USUAL = 256 * 1024;
/** Room behind the last byte, so that a reader may look ahead by some bytes and may set a closing byte. */
const SLACK = 64;

/** An entry longer than this is not kept in memory: it counts as malformed and is passed over. */
export const LONGEST_ENTRY = 32 * 1024 * 1024;

/** Pieces of a stream put together in a buffer of its own: spans point into it, escapes are resolved in it. */
export class Window {
  bytes: Uint8Array = new Uint8Array(USUAL + SLACK);
  view: DataView = new DataView(this.bytes.buffer);
  /** Bytes in use, from 0. */
  end = 0;

  /** Takes as much of `piece` from `from` as is wise at once, and answers how much that was. */
  take(piece: Uint8Array, from: number): number {
    const room = this.bytes.length - SLACK - this.end;
    if (room === 0) this.#resize(this.bytes.length * 2 - SLACK);
    const length = Math.min(piece.length - from, this.bytes.length - SLACK - this.end);
    this.bytes.set(from === 0 && length === piece.length ? piece : piece.subarray(from, from + length), this.end);
    this.end += length;
    return length;
  }

  /** Forgets the first `count` bytes. Spans that point here mean nothing afterwards. */
  drop(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.end);
    this.end -= count;
    if (this.bytes.length > USUAL + SLACK && this.end < USUAL / 2) this.#resize(USUAL + SLACK);
  }

  #resize(length: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(this.bytes.subarray(0, this.end));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
