// Numbers by place and column where nearly all are zero: few destinations ever fail, and those for few reasons.

import { insist, type Saved, type Saving } from "./saved.ts";

/** Like `Tally`, but only numbers that were ever set take memory. Open addressing, nothing is taken out but by growing. */
export class SparseTally {
  readonly width: number;
  /** Place times width plus column, plus one; 0 where nothing is. */
  #keys: Int32Array<ArrayBuffer>;
  #values: Float64Array<ArrayBuffer>;
  #used = 0;

  constructor(width: number) {
    this.width = width;
    this.#keys = new Int32Array(256);
    this.#values = new Float64Array(256);
  }

  get(place: number, column: number): number {
    const key = place * this.width + column + 1;
    const at = this.#at(key);
    return this.#keys[at] === key ? this.#values[at] : 0;
  }

  set(place: number, value: number, column: number): void {
    this.#values[this.#made(place * this.width + column + 1)] = value;
  }

  add(place: number, value: number, column: number): void {
    this.#values[this.#made(place * this.width + column + 1)] += value;
  }

  /** Where the key is, or where it would be put. */
  #at(key: number): number {
    const mask = this.#keys.length - 1;
    let at = (Math.imul(key, 0x9e3779b1) >>> 8) & mask;
    while (this.#keys[at] !== 0 && this.#keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #made(key: number): number {
    let at = this.#at(key);
    if (this.#keys[at] === key) return at;
    if (this.#used * 2 >= this.#keys.length) {
      this.#grow();
      at = this.#at(key);
    }
    this.#keys[at] = key;
    this.#used++;
    return at;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    let live = 0;
    for (let i = 0; i < keys.length; i++) if (values[i] !== 0) live++;
    const room = live * 4 > keys.length ? keys.length * 2 : keys.length;
    this.#keys = new Int32Array(room);
    this.#values = new Float64Array(room);
    this.#used = live;
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === 0) continue;
      const at = this.#at(keys[i]);
      this.#keys[at] = keys[i];
      this.#values[at] = values[i];
    }
  }

  save(name: string, to: Saving): void {
    const keys: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < this.#keys.length; i++) {
      if (this.#values[i] === 0) continue;
      keys.push(this.#keys[i]);
      values.push(this.#values[i]);
    }
    to.column(`${name}.keys`, Int32Array.from(keys));
    to.column(`${name}.values`, Float64Array.from(values));
  }

  /** Takes what was saved, into an empty table. */
  restore(name: string, from: Saved): void {
    const keys = from.column(`${name}.keys`, Int32Array);
    const values = from.column(`${name}.values`, Float64Array, keys.length);
    for (let i = 0; i < keys.length; i++) {
      insist(keys[i] > 0, `a row of ${name} is no row`);
      this.#values[this.#made(keys[i])] = values[i];
    }
  }
}
