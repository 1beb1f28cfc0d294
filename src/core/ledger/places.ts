// Places that mail goes to: destinations (domains) and relays (the hosts that took or refused it).

import { textOf } from "../events/text.ts";
import { hashFolded } from "./hash.ts";

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
    const stored = bytes.slice(start, end);
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

  /** Takes names back from a checkpoint, in the order of their numbers. */
  restore(names: readonly string[], bytesOf: (text: string) => Uint8Array): void {
    for (const name of names.slice(1)) {
      const stored = bytesOf(name);
      this.#add(stored, hashFolded(stored, 0, stored.length, 0x811c9dc5));
    }
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

  /** The numbers of the first `places` places: for the checkpoint. */
  saved(places: number): Float64Array {
    const all = new Float64Array(places * this.width);
    all.set(this.#values.subarray(0, Math.min(all.length, this.#values.length)));
    return all;
  }

  restore(values: Float64Array): void {
    this.#values = new Float64Array(Math.max(64 * this.width, values.length));
    this.#values.set(values);
  }
}
