// Hashes of short stretches of bytes. For tables in memory only: not a protection against anybody.
//
// Four bytes a step: a log line costs some hundred nanoseconds in all, and a queue id is looked up in most of them.

import { foldedWord, wordsOf } from "../events/text.ts";

/** What `hashBytes` begins with: `hashFolded` with it gives the same for bytes that have no upper case. */
export const seed = 0x811c9dc5;

/** Hash of `bytes[start, end)`, as a signed 32-bit number. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  const words = wordsOf(bytes);
  let hash = seed ^ (end - start);
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    hash = Math.imul(hash ^ words.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return mix(hash);
}

/** The same with another start value and ASCII letters folded to lower case: for addresses and domains. */
export function hashFolded(bytes: Uint8Array, start: number, end: number, seed: number): number {
  const words = wordsOf(bytes);
  let hash = seed ^ (end - start);
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    hash = Math.imul(hash ^ foldedWord(words.getInt32(at, true)), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) {
    const byte = bytes[at];
    hash = Math.imul(hash ^ (byte >= 65 && byte <= 90 ? byte + 32 : byte), 0x01000193);
  }
  return mix(hash);
}

function mix(hash: number): number {
  let h = hash ^ (hash >>> 15);
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return h | 0;
}
