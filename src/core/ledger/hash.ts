// Hashes of short stretches of bytes. For tables in memory only: not a protection against anybody.

/** FNV-1a over `bytes[start, end)`, as a signed 32-bit number. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return mix(hash);
}

/** The same with another start value and ASCII letters folded to lower case: for addresses and domains. */
export function hashFolded(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) {
    let byte = bytes[i];
    if (byte >= 65 && byte <= 90) byte += 32;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return mix(hash);
}

function mix(hash: number): number {
  let h = hash ^ (hash >>> 15);
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return h | 0;
}
