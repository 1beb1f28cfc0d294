// Bytes to text and back. Log bytes may be anything; text made from them is always valid.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

const decoder = new TextDecoder("utf-8");
const encoder = new TextEncoder();

/** UTF-8 text of a stretch of bytes; what is not UTF-8 becomes U+FFFD. Copies: keeps nothing of `bytes` alive. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end <= start) return "";
  if (end - start <= 64) {
    let ascii = "";
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
      ascii += String.fromCharCode(byte);
    }
    return ascii;
  }
  return decoder.decode(bytes.subarray(start, end));
}

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/**
 * The same bytes to be read four at a time. Remembers the bytes asked for last: a chunk is asked for many thousand
 * times before the next one comes.
 */
export function wordsOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
}

/** Four ASCII bytes in one word with their letters in lower case; other bytes stay as they are. */
export function foldedWord(word: number): number {
  const low = word & 0x7f7f7f7f;
  // The high bit of each byte says: from `A` on, and behind `Z`.
  const upper = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~word & 0x80808080;
  return word | (upper >>> 2);
}

/** Where a byte first stands in `bytes[start, end)`, or `end`. Four bytes a step. */
export function byteWithin(bytes: Uint8Array, start: number, end: number, byte: number): number {
  const words = wordsOf(bytes);
  const pattern = Math.imul(byte, 0x01010101);
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    // The classic test for a zero byte; the lowest bit that it sets marks the first one exactly.
    const x = words.getInt32(at, true) ^ pattern;
    const found = (x - 0x01010101) & ~x & 0x80808080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >>> 3);
  }
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Where an ASCII word begins in `bytes[start, end)`, -1 if it does not. For short stretches. */
export function withinBytes(bytes: Uint8Array, start: number, end: number, word: string): number {
  const first = word.charCodeAt(0);
  const last = end - word.length;
  for (let i = start; i <= last; i++) {
    if (bytes[i] !== first) continue;
    let j = 1;
    while (j < word.length && bytes[i + j] === word.charCodeAt(j)) j++;
    if (j === word.length) return i;
  }
  return -1;
}
