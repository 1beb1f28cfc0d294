// SipHash-2-4 (Aumasson and Bernstein, 2012): a short hash with a key, so that who sees the hashes and not the key
// cannot try addresses until one fits.
//
// Hot: every host that writes to us passes here. So what is hashed is laid out in one room, and the state is eight local
// numbers and no array.

/** A key of 128 bits, as four whole numbers of 32 bits. It comes from outside: the core has no chance in it. */
export type HashKey = readonly [number, number, number, number];

// What is to be hashed, from its beginning: filled and read within one call, and as long as the longest text so far. The same
// memory by one, two and four bytes; as on every machine that runs Node today, the lowest byte comes first.
let room = new Uint8Array(1024);
let units = new Uint16Array(room.buffer);
let words = new Int32Array(room.buffer);

function reserve(length: number): void {
  // The last block, too, has room.
  if (length + 8 <= room.length) return;
  const wider = new Uint8Array((length + 8) * 2 + (8 - (((length + 8) * 2) % 8)));
  wider.set(room);
  room = wider;
  units = new Uint16Array(room.buffer);
  words = new Int32Array(room.buffer);
}

// The halves of the last hash, from 0 to 2³²-1.
let high = 0;
let low = 0;

/** Hashes the first `length` bytes of the room into `high` and `low`. */
function hashRoom(key: HashKey, length: number): void {
  const whole = length & ~7;
  room.fill(0, length, whole + 8);
  room[whole + 7] = length & 0xff;
  // A word of 64 bits is two numbers: v0 is `h0` and `l0`, its high and its low half, and so on.
  let l0 = key[0] ^ 0x70736575;
  let h0 = key[1] ^ 0x736f6d65;
  let l1 = key[2] ^ 0x6e646f6d;
  let h1 = key[3] ^ 0x646f7261;
  let l2 = key[0] ^ 0x6e657261;
  let h2 = key[1] ^ 0x6c796765;
  let l3 = key[2] ^ 0x79746573;
  let h3 = key[3] ^ 0x74656462;
  const blocks = (whole >>> 3) + 1;
  // One turn a block, with two rounds, and one more with the four that finish.
  for (let block = 0; block <= blocks; block++) {
    const last = block === blocks;
    const below = last ? 0 : words[block * 2];
    const above = last ? 0 : words[block * 2 + 1];
    if (last) l2 ^= 0xff;
    l3 ^= below;
    h3 ^= above;
    for (let round = last ? 4 : 2; round > 0; round--) {
      let t = 0;
      // v0 += v1; v1 turned by 13; v1 ^= v0; v0 turned by 32
      l0 = (l0 + l1) | 0;
      h0 = (h0 + h1 + (l0 >>> 0 < l1 >>> 0 ? 1 : 0)) | 0;
      t = (l1 << 13) | (h1 >>> 19);
      h1 = ((h1 << 13) | (l1 >>> 19)) ^ h0;
      l1 = t ^ l0;
      t = l0;
      l0 = h0;
      h0 = t;
      // v2 += v3; v3 turned by 16; v3 ^= v2
      l2 = (l2 + l3) | 0;
      h2 = (h2 + h3 + (l2 >>> 0 < l3 >>> 0 ? 1 : 0)) | 0;
      t = (l3 << 16) | (h3 >>> 16);
      h3 = ((h3 << 16) | (l3 >>> 16)) ^ h2;
      l3 = t ^ l2;
      // v0 += v3; v3 turned by 21; v3 ^= v0
      l0 = (l0 + l3) | 0;
      h0 = (h0 + h3 + (l0 >>> 0 < l3 >>> 0 ? 1 : 0)) | 0;
      t = (l3 << 21) | (h3 >>> 11);
      h3 = ((h3 << 21) | (l3 >>> 11)) ^ h0;
      l3 = t ^ l0;
      // v2 += v1; v1 turned by 17; v1 ^= v2; v2 turned by 32
      l2 = (l2 + l1) | 0;
      h2 = (h2 + h1 + (l2 >>> 0 < l1 >>> 0 ? 1 : 0)) | 0;
      t = (l1 << 17) | (h1 >>> 15);
      h1 = ((h1 << 17) | (l1 >>> 15)) ^ h2;
      l1 = t ^ l2;
      t = l2;
      l2 = h2;
      h2 = t;
    }
    l0 ^= below;
    h0 ^= above;
  }
  high = (h0 ^ h1 ^ h2 ^ h3) >>> 0;
  low = (l0 ^ l1 ^ l2 ^ l3) >>> 0;
}

/** The hash of bytes under a key: its 64 bits as two whole numbers from 0 to 2³²-1, the high half first. */
export function keyedHash(key: HashKey, bytes: Uint8Array): readonly [high: number, low: number] {
  reserve(bytes.length);
  room.set(bytes);
  hashRoom(key, bytes.length);
  return [high, low];
}

/** Lays a text into the room, behind `at` code units, two bytes each: as many texts, as many different bytes. Answers its end. */
function lay(at: number, text: string): number {
  const end = at + text.length;
  reserve(end * 2);
  for (let i = 0; i < text.length; i++) units[at + i] = text.charCodeAt(i);
  return end;
}

/** 53 bits of the hash of so many code units, as one number. */
function keyOfUnits(key: HashKey, count: number): number {
  hashRoom(key, count * 2);
  return (high & 0x1fffff) * 2 ** 32 + low;
}

/** A key for a table: 53 bits of the hash of the parts, told apart by their lengths, as one number. */
export function keyOf(key: HashKey, ...parts: readonly string[]): number {
  let end = 0;
  for (const part of parts) end = lay(lay(end, `${part.length}:`), part);
  return keyOfUnits(key, end);
}

/** The same of one part that is `before` and the ASCII text in `bytes[start, end)`, without making a text of it. */
export function keyOfBytes(key: HashKey, before: string, bytes: Uint8Array, start: number, end: number): number {
  const length = before.length + end - start;
  const from = lay(lay(0, `${length}:`), before);
  reserve((from + end - start) * 2);
  for (let i = start; i < end; i++) units[from + i - start] = bytes[i];
  return keyOfUnits(key, from + end - start);
}
