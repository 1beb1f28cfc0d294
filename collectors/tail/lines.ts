// Cuts a stream of bytes into pieces of complete lines, in one fixed buffer.
//
// Layout: [up to 64 bytes already handed on][half line][room for the next read]. The bytes kept in front are how a
// tail notices, in the same read that fetches new bytes, that a file was replaced under it.

/** Receives complete lines `bytes[start, end)`; `end` is behind a line feed. Valid only during the call. */
export type Take = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Longest line that is passed on whole, in bytes without its line feed. Of a longer one the first `MAX_LINE + 1` bytes and a
 * line feed are passed on and the rest is dropped, so that a dialect sees one line that is over the limit and counts it
 * once. A longer line that lies in the buffer whole is passed on as it is.
 */
export const MAX_LINE = 16 * 1024;

/** Bytes before the offset that are kept to recognise the place. */
export const GUARD = 64;

const LF = 0x0a;

export class LineBuffer {
  /** Call `compact`, write new bytes at `end`, at most `room` of them, and call `push`. */
  readonly bytes: Buffer;
  /** Where in the file the first byte that was not dealt with lies. */
  offset = 0;
  /** In the rest of a line that was too long: drop up to the next line feed. */
  skipping = false;
  #start = GUARD;
  #end = GUARD;
  #before = 0;
  #leading = true;
  readonly #piece: number;

  constructor(piece: number) {
    this.#piece = piece;
    this.bytes = Buffer.alloc(GUARD + MAX_LINE + 2 + piece);
  }

  get end(): number {
    return this.#end;
  }

  get room(): number {
    return this.#piece;
  }

  /** Where in the file the next byte to be read lies. */
  get position(): number {
    return this.offset + this.#end - this.#start;
  }

  /** How many bytes before `end` are still known. */
  get known(): number {
    return Math.min(GUARD, this.#before + this.#end - this.#start);
  }

  /** The last bytes before `offset`. */
  guard(): Uint8Array {
    return this.bytes.subarray(this.#start - this.#before, this.#start);
  }

  /** Begins at another place, with the bytes just before it. */
  moveTo(offset: number, skipping: boolean, before: Uint8Array): void {
    this.offset = offset;
    this.skipping = skipping;
    this.#leading = offset === 0;
    this.#start = GUARD;
    this.#end = GUARD;
    this.#before = Math.min(GUARD, before.length);
    this.bytes.set(before.subarray(before.length - this.#before), GUARD - this.#before);
  }

  /** Takes `count` bytes that were written at `end`, and hands on the lines that are complete now. */
  push(count: number, take: Take): void {
    this.#end += count;
    const { bytes } = this;
    // A writer that does not append leaves a hole at the front of a file that was truncated under it.
    if (this.#leading) {
      let first = this.#start;
      while (first < this.#end && bytes[first] === 0) first++;
      this.#pass(first);
      this.#leading = first === this.#end;
    }
    if (this.skipping) {
      const feed = bytes.subarray(this.#start, this.#end).indexOf(LF);
      this.skipping = feed < 0;
      this.#pass(feed < 0 ? this.#end : this.#start + feed + 1);
    }
    const last = bytes.subarray(this.#start, this.#end).lastIndexOf(LF);
    if (last >= 0) {
      const behind = this.#start + last + 1;
      take(bytes, this.#start, behind);
      this.#pass(behind);
    }
    if (this.#end - this.#start > MAX_LINE) {
      // In a copy: the bytes of the file stay as they are, they are compared later.
      const cut = Buffer.alloc(MAX_LINE + 2, LF);
      bytes.copy(cut, 0, this.#start, this.#start + MAX_LINE + 1);
      take(cut, 0, cut.length);
      this.skipping = true;
      this.#pass(this.#end);
    }
  }

  /** The file is over: hands on a last line without a line feed, with one. */
  finish(take: Take): void {
    if (this.#end > this.#start) {
      this.bytes[this.#end] = LF;
      take(this.bytes, this.#start, this.#end + 1);
      this.#pass(this.#end);
    }
    this.skipping = false;
  }

  #pass(to: number): void {
    const count = to - this.#start;
    this.offset += count;
    this.#before = Math.min(GUARD, this.#before + count);
    this.#start = to;
  }

  /** Makes room; to be called before new bytes are written. Pieces that were handed on before are not valid any more. */
  compact(): void {
    const from = this.#start - this.#before;
    const to = GUARD - this.#before;
    if (from === to) return;
    this.bytes.copyWithin(to, from, this.#end);
    this.#end -= this.#start - GUARD;
    this.#start = GUARD;
  }
}
