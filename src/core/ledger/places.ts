// Places that mail goes to: destinations (domains) and relays (the hosts that took or refused it).

import { textOf } from "../events/text.ts";
import { hashFolded } from "./hash.ts";
import { insist, type Saved, type Saving } from "./saved.ts";

/** Interns names given as bytes, ASCII letters folded. Bounded: past `most` names all share number 0, "other". */
export class Places {
  readonly names: string[] = ["other"];
  readonly #most: number;
  readonly #stored: Uint8Array[] = [new Uint8Array(0)];
  #hashes: Int32Array<ArrayBuffer> = new Int32Array(256);
  #heads: Int32Array<ArrayBuffer> = new Int32Array(512).fill(-1);
  #next: Int32Array<ArrayBuffer> = new Int32Array(256).fill(-1);
  /** Names that found no room. */
  overflow = 0;

  constructor(most = 20_000) {
    this.#most = most;
  }

  get count(): number {
    return this.names.length;
  }

  /** Number of the name in `bytes[start, end)`. */
  number(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashFolded(bytes, start, end, 0x811c9dc5);
    const length = end - start;
    for (let at = this.#heads[hash & (this.#heads.length - 1)]; at !== -1; at = this.#next[at]) {
      if (this.#hashes[at] !== hash) continue;
      const stored = this.#stored[at];
      if (stored.length !== length) continue;
      let same = true;
      for (let i = 0; i < length; i++) {
        let byte = bytes[start + i];
        if (byte >= 65 && byte <= 90) byte += 32;
        if (stored[i] !== byte) {
          same = false;
          break;
        }
      }
      if (same) return at;
    }
    if (this.names.length >= this.#most) {
      this.overflow++;
      return 0;
    }
    // Not `slice`: what a file gives is often a Buffer, whose `slice` shares its memory.
    const stored = new Uint8Array(length);
    for (let i = 0; i < length; i++) stored[i] = bytes[start + i];
    for (let i = 0; i < length; i++) if (stored[i] >= 65 && stored[i] <= 90) stored[i] += 32;
    return this.#add(stored, hash);
  }

  #add(stored: Uint8Array, hash: number): number {
    const number = this.names.length;
    this.names.push(textOf(stored, 0, stored.length));
    this.#stored.push(stored);
    if (number >= this.#hashes.length) {
      const hashes = new Int32Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
      this.#next = new Int32Array(hashes.length);
      this.#heads = new Int32Array(hashes.length * 2).fill(-1);
      this.#hashes[number] = hash;
      for (let at = 1; at <= number; at++) this.#hook(at);
      return number;
    }
    this.#hashes[number] = hash;
    this.#hook(number);
    return number;
  }

  #hook(number: number): void {
    const bucket = this.#hashes[number] & (this.#heads.length - 1);
    this.#next[number] = this.#heads[bucket];
    this.#heads[bucket] = number;
  }

  save(name: string, to: Saving): void {
    const lengths = Int32Array.from(this.#stored, (stored) => stored.length);
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const stored of this.#stored) {
      bytes.set(stored, at);
      at += stored.length;
    }
    to.column(`${name}.lengths`, lengths);
    to.column(`${name}.bytes`, bytes);
    to.value(name, { overflow: this.overflow });
  }

  /** Takes what was saved, in the order of its numbers, into an empty table. */
  restore(name: string, from: Saved): void {
    const lengths = from.column(`${name}.lengths`, Int32Array);
    const bytes = from.column(`${name}.bytes`, Uint8Array);
    let at = lengths[0];
    for (let number = 1; number < lengths.length; number++) {
      insist(lengths[number] >= 0 && at + lengths[number] <= bytes.length, `a name among its ${name} is cut`);
      const stored = new Uint8Array(bytes.subarray(at, at + lengths[number]));
      this.#add(stored, hashFolded(stored, 0, stored.length, 0x811c9dc5));
      at += lengths[number];
    }
    this.overflow = from.value<{ overflow: number }>(name).overflow;
  }
}

/** A column of numbers, one a place (times `width`), that grows with the places. */
export class Tally {
  #values: Float64Array<ArrayBuffer>;
  readonly width: number;

  constructor(width = 1, initial = 64) {
    this.width = width;
    this.#values = new Float64Array(initial * width);
  }

  get(place: number, column = 0): number {
    const at = place * this.width + column;
    return at < this.#values.length ? this.#values[at] : 0;
  }

  set(place: number, value: number, column = 0): void {
    const at = place * this.width + column;
    if (at >= this.#values.length) this.#grow(at);
    this.#values[at] = value;
  }

  add(place: number, value: number, column = 0): void {
    const at = place * this.width + column;
    if (at >= this.#values.length) this.#grow(at);
    this.#values[at] += value;
  }

  #grow(at: number): void {
    let length = this.#values.length * 2;
    while (length <= at) length *= 2;
    const wider = new Float64Array(length);
    wider.set(this.#values);
    this.#values = wider;
  }

  save(name: string, to: Saving): void {
    let length = this.#values.length;
    while (length > 0 && this.#values[length - 1] === 0) length--;
    to.column(name, this.#values, length);
  }

  restore(name: string, from: Saved): void {
    const values = from.column(name, Float64Array);
    if (values.length > this.#values.length) this.#grow(values.length);
    this.#values.set(values);
  }
}
