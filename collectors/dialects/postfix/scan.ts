// Finding things in bytes, four at a time: the log reader's inner loops.
//
// A loop over single bytes costs about a nanosecond a byte and a native call about fifty; a log line is
// 130 bytes and may cost two hundred nanoseconds in all. Hence words of four bytes by way of a DataView.

/** A text to compare bytes with; ASCII only. */
export class Text {
  readonly length: number;
  readonly bytes: Uint8Array;
  // The first four bytes, the next four, and the last four: all there is to compare up to a length of twelve.
  readonly first: number;
  readonly second: number;
  readonly last: number;
  /** All of it by fours, as far as there are whole ones. */
  readonly words: Int32Array;

  constructor(text: string) {
    this.bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    this.length = text.length;
    this.first = word(text);
    this.second = word(text.slice(4));
    this.last = word(text.slice(-4));
    this.words = Int32Array.from({ length: text.length >>> 2 }, (_, i) => word(text.slice(i * 4)));
  }
}

/** A text as what bytes are compared with. */
export function ascii(text: string): Text {
  return new Text(text);
}

/** Four letters as the number that a little-endian read of them gives. */
export function word(text: string): number {
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
}

/** The offset of the first `byte` in `[from, to)`, or `to`. */
export function find(bytes: Uint8Array, words: DataView, from: number, to: number, byte: number): number {
  const pattern = Math.imul(byte, 0x01010101);
  let at = from;
  // The classic test for a zero byte; the lowest bit that it sets marks the first one exactly.
  for (const last = to - 7; at < last; at += 8) {
    const x = words.getInt32(at, true) ^ pattern;
    const y = words.getInt32(at + 4, true) ^ pattern;
    const inX = (x - 0x01010101) & ~x & 0x80808080;
    if (inX !== 0) return at + ((31 - Math.clz32(inX & -inX)) >>> 3);
    const inY = (y - 0x01010101) & ~y & 0x80808080;
    if (inY !== 0) return at + 4 + ((31 - Math.clz32(inY & -inY)) >>> 3);
  }
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/**
 * The offset of the first line feed in `[from, to)`, or `to`. Sixteen bytes a step: below 0x20 there is hardly anything else in a
 * log, so that one test is enough for nearly all of them.
 */
export function findLineFeed(bytes: Uint8Array, words: DataView, from: number, to: number): number {
  let at = from;
  for (const last = to - 15; at < last; at += 16) {
    // The sum of an ASCII letter and 0x60 has the highest bit, that of a line feed has not. Nor has that of some bytes that are not
    // ASCII: they cost a closer look, and the one that they carry does not hide a line feed.
    const all =
      (words.getInt32(at, true) + 0x60606060) &
      (words.getInt32(at + 4, true) + 0x60606060) &
      (words.getInt32(at + 8, true) + 0x60606060) &
      (words.getInt32(at + 12, true) + 0x60606060);
    if ((all & 0x80808080) === highest) continue;
    for (let closer = at; closer < at + 16; closer += 4) {
      const x = words.getInt32(closer, true) ^ 0x0a0a0a0a;
      const found = (x - 0x01010101) & ~x & 0x80808080;
      if (found !== 0) return closer + ((31 - Math.clz32(found & -found)) >>> 3);
    }
  }
  while (at < to && bytes[at] !== 0x0a) at++;
  return at;
}

const highest = 0x80808080 | 0;

/** Whether `text` stands at `at`, ending before `to`. */
export function standsAt(bytes: Uint8Array, words: DataView, at: number, to: number, text: Text): boolean {
  const length = text.length;
  if (to - at < length) return false;
  if (length < 4) {
    for (let i = 0; i < length; i++) if (bytes[at + i] !== text.bytes[i]) return false;
    return true;
  }
  if (words.getInt32(at, true) !== text.first || words.getInt32(at + length - 4, true) !== text.last) return false;
  if (length <= 8) return true;
  if (words.getInt32(at + 4, true) !== text.second) return false;
  // What is left in the end was compared with the last four.
  for (let i = 8; i < length - 4; i += 4) if (words.getInt32(at + i, true) !== text.words[i >>> 2]) return false;
  return true;
}

/** The offset of the first `text` in `[from, to)`, or -1. */
export function findText(bytes: Uint8Array, words: DataView, from: number, to: number, text: Text): number {
  const last = to - text.length + 1;
  for (let at = from; at < last; at++) {
    at = find(bytes, words, at, last, text.bytes[0]);
    if (at >= last) return -1;
    if (standsAt(bytes, words, at, to, text)) return at;
  }
  return -1;
}

/** The offset of the last `text` in `[from, to)`, or -1. */
export function findTextBackwards(bytes: Uint8Array, words: DataView, from: number, to: number, text: Text): number {
  const first = text.bytes[0];
  for (let at = to - text.length; at >= from; at--) {
    if (bytes[at] === first && standsAt(bytes, words, at, to, text)) return at;
  }
  return -1;
}

/** A place for the first four letters of a text. */
function placeOf(first: number): number {
  return Math.imul(first, 0x9e3779b1) >>> 25;
}

/** Texts of four letters or more that a line may begin with, found by the first four. */
export class Beginnings {
  readonly #byFirst: readonly Text[][] = Array.from({ length: 128 }, () => []);

  constructor(texts: readonly string[]) {
    for (const text of texts) this.#byFirst[placeOf(word(text))].push(ascii(text));
  }

  /** Whether one of the texts stands at `at`. */
  match(bytes: Uint8Array, words: DataView, at: number, to: number): boolean {
    if (to - at < 4) return false;
    const list = this.#byFirst[placeOf(words.getInt32(at, true))];
    for (const text of list) if (standsAt(bytes, words, at, to, text)) return true;
    return false;
  }
}
