// Places that mail goes to: destinations (domains) and relays (the hosts that took or refused it).

import { foldedWord, textOf, wordsOf } from "../events/text.ts";
import { widened } from "./columns.ts";
import { hashBytes, hashFolded, seed } from "./hash.ts";
import { insist, type Saved, type Saving } from "./saved.ts";

/** Interns names given as bytes, ASCII letters folded. Bounded: past `most` names all share number 0, "other". */
export class Places {
  readonly names: string[] = ["other"];
  readonly #most: number;
  /** The folded bytes of all names, one behind the other; a name ends where the next begins. */
  #stored: Uint8Array<ArrayBuffer> = new Uint8Array(4096);
  #storedWords = new DataView(this.#stored.buffer);
  #starts: Int32Array<ArrayBuffer> = new Int32Array(257);
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

  /** Number of the name in `bytes[start, end)`; `guess` is the likely one, where there is one. */
  number(bytes: Uint8Array, start: number, end: number, guess = -1): number {
    if (guess > 0 && this.#isStored(guess, bytes, start, end)) return guess;
    // Hot: every attempt names two places, nearly always in lower case. Then the hash is that of the bytes as they are.
    const plain = hashBytes(bytes, start, end);
    for (let at = this.#heads[plain & (this.#heads.length - 1)]; at !== -1; at = this.#next[at]) {
      if (this.#hashes[at] === plain && this.#isStored(at, bytes, start, end)) return at;
    }
    return this.#numberFolded(bytes, start, end);
  }

  /** Whether the name with this number is `bytes[start, end)`, letter by letter. */
  #isStored(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.#starts[number];
    if (this.#starts[number + 1] - at !== end - start) return false;
    const words = wordsOf(bytes);
    const stored = this.#storedWords;
    let from = start;
    for (const last = end - 3; from < last; from += 4, at += 4) {
      if (words.getInt32(from, true) !== stored.getInt32(at, true)) return false;
    }
    for (; from < end; from++, at++) if (bytes[from] !== this.#stored[at]) return false;
    return true;
  }

  #numberFolded(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashFolded(bytes, start, end, seed);
    for (let at = this.#heads[hash & (this.#heads.length - 1)]; at !== -1; at = this.#next[at]) {
      if (this.#hashes[at] === hash && this.#isAt(at, bytes, start, end)) return at;
    }
    if (this.names.length >= this.#most) {
      this.overflow++;
      return 0;
    }
    return this.#add(bytes, start, end, hash);
  }

  /** Whether `bytes[start, end)` is the name with this number. */
  #isAt(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    let at = this.#starts[number];
    if (this.#starts[number + 1] - at !== length) return false;
    const words = wordsOf(bytes);
    const stored = this.#storedWords;
    let from = start;
    for (const last = end - 3; from < last; from += 4, at += 4) {
      if (foldedWord(words.getInt32(from, true)) !== stored.getInt32(at, true)) return false;
    }
    for (; from < end; from++, at++) if (folded(bytes[from]) !== this.#stored[at]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const number = this.names.length;
    if (number >= this.#hashes.length) this.#grow();
    let at = this.#starts[number];
    while (at + end - start > this.#stored.length) {
      this.#stored = widened(this.#stored, this.#stored.length * 2);
      this.#storedWords = new DataView(this.#stored.buffer);
    }
    for (let from = start; from < end; from++) this.#stored[at++] = folded(bytes[from]);
    this.#starts[number + 1] = at;
    this.names.push(textOf(this.#stored, this.#starts[number], at));
    this.#hashes[number] = hash;
    this.#hook(number);
    return number;
  }

  #grow(): void {
    const room = this.#hashes.length * 2;
    this.#hashes = widened(this.#hashes, room);
    this.#starts = widened(this.#starts, room + 1);
    this.#next = new Int32Array(room);
    this.#heads = new Int32Array(room * 2).fill(-1);
    for (let at = 1; at < this.names.length; at++) this.#hook(at);
  }

  #hook(number: number): void {
    const bucket = this.#hashes[number] & (this.#heads.length - 1);
    this.#next[number] = this.#heads[bucket];
    this.#heads[bucket] = number;
  }

  save(name: string, to: Saving): void {
    const { length } = this.names;
    to.column(`${name}.starts`, this.#starts, length + 1);
    to.column(`${name}.bytes`, this.#stored, this.#starts[length]);
    to.value(name, { overflow: this.overflow });
  }

  /** Takes what was saved, in the order of its numbers, into an empty table. */
  restore(name: string, from: Saved): void {
    const starts = from.column(`${name}.starts`, Int32Array);
    const bytes = from.column(`${name}.bytes`, Uint8Array);
    for (let number = 1; number < starts.length - 1; number++) {
      const [start, end] = starts.subarray(number, number + 2);
      insist(start >= 0 && end >= start && end <= bytes.length, `a name among its ${name} is cut`);
      this.#add(bytes, start, end, hashFolded(bytes, start, end, seed));
    }
    this.overflow = from.value<{ overflow: number }>(name).overflow;
  }
}

function folded(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
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
