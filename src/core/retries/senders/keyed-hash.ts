// SipHash-2-4 (Aumasson and Bernstein, 2012): a short hash with a key, so that who sees the hashes and not the key
// cannot try addresses until one fits.

/** A key of 128 bits, as four whole numbers of 32 bits. It comes from outside: the core has no chance in it. */
export type HashKey = readonly [number, number, number, number];

// A word of 64 bits is two numbers, the low half first: v0 = state[0], state[1], and so on.
function add(state: Int32Array, to: number, from: number): void {
  const low = (state[to] >>> 0) + (state[from] >>> 0);
  state[to + 1] = state[to + 1] + state[from + 1] + (low > 0xffffffff ? 1 : 0);
  state[to] = low;
}

function rotate(state: Int32Array, at: number, by: number): void {
  const low = state[at];
  const high = state[at + 1];
  if (by === 32) {
    state[at] = high;
    state[at + 1] = low;
    return;
  }
  state[at] = (low << by) | (high >>> (32 - by));
  state[at + 1] = (high << by) | (low >>> (32 - by));
}

function mixInto(state: Int32Array, to: number, from: number): void {
  state[to] ^= state[from];
  state[to + 1] ^= state[from + 1];
}

function round(state: Int32Array): void {
  add(state, 0, 2);
  rotate(state, 2, 13);
  mixInto(state, 2, 0);
  rotate(state, 0, 32);
  add(state, 4, 6);
  rotate(state, 6, 16);
  mixInto(state, 6, 4);
  add(state, 0, 6);
  rotate(state, 6, 21);
  mixInto(state, 6, 0);
  add(state, 4, 2);
  rotate(state, 2, 17);
  mixInto(state, 2, 4);
  rotate(state, 4, 32);
}

function block(state: Int32Array, low: number, high: number): void {
  state[6] ^= low;
  state[7] ^= high;
  round(state);
  round(state);
  state[0] ^= low;
  state[1] ^= high;
}

// Filled and read within one call.
const state = new Int32Array(8);

/** The hash of bytes under a key: its 64 bits as two whole numbers from 0 to 2³²-1, the high half first. */
export function keyedHash(key: HashKey, bytes: Uint8Array): readonly [high: number, low: number] {
  state[0] = key[0] ^ 0x70736575;
  state[1] = key[1] ^ 0x736f6d65;
  state[2] = key[2] ^ 0x6e646f6d;
  state[3] = key[3] ^ 0x646f7261;
  state[4] = key[0] ^ 0x6e657261;
  state[5] = key[1] ^ 0x6c796765;
  state[6] = key[2] ^ 0x79746573;
  state[7] = key[3] ^ 0x74656462;
  const word = (at: number): number =>
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  const whole = bytes.length & ~7;
  for (let at = 0; at < whole; at += 8) block(state, word(at), word(at + 4));
  block(state, word(whole), word(whole + 4) | ((bytes.length & 0xff) << 24));
  state[4] ^= 0xff;
  for (let last = 0; last < 4; last++) round(state);
  return [(state[1] ^ state[3] ^ state[5] ^ state[7]) >>> 0, (state[0] ^ state[2] ^ state[4] ^ state[6]) >>> 0];
}

// Grows with the longest text so far; filled and read within one call.
let room = new Uint8Array(512);

/** The code units of a text, two bytes each: as many texts, as many different bytes. */
function unitsOf(text: string): Uint8Array {
  const length = text.length * 2;
  if (length > room.length) room = new Uint8Array(length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    room[2 * i] = unit;
    room[2 * i + 1] = unit >>> 8;
  }
  return room.subarray(0, length);
}

/** A key for a table: 53 bits of the hash of the parts, told apart by their lengths, as one number. */
export function keyOf(key: HashKey, ...parts: readonly string[]): number {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  const [high, low] = keyedHash(key, unitsOf(text));
  return (high & 0x1fffff) * 2 ** 32 + low;
}
