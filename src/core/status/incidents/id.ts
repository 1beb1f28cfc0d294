// Names for incidents and windows: short, stable, and the same in every replay.

const letters = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Twelve lower-case letters and digits for a text. Not a protection against anybody: it says nothing and hides nothing. */
export function idOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + i), 0x85ebca6b);
    b ^= b >>> 13;
  }
  let id = "";
  for (let i = 0; i < 12; i++) {
    a = Math.imul(a ^ (a >>> 15) ^ b, 0x2c1b3c6d) + i;
    b = Math.imul(b ^ (b >>> 12) ^ a, 0x297a2d39);
    id += letters[((a ^ (b >>> 7)) >>> 0) % letters.length];
  }
  return id;
}
