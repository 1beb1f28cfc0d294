// The numbers by which the estimator knows destinations: few, from 1 on; the rest goes with the crowd, which is number 0.

import type { Ledger } from "../ledger/ledger.ts";

/** Destinations with a number of their own. */
const most = 512;
/** The crowd has at least so much of the mail, enough never to look like one slow place. */
const crowdAtLeast = 0.34;

/** The number of all that has none of its own. */
export const crowd = 0;

/** Destinations of the ledger and their numbers. */
export class Numbering {
  /** The destination that has number `n + 1`. */
  #places: number[] = [];
  /** Numbers by destination, 0 where it has none. Asked for every row that waits. */
  #numbers = new Int32Array(64);

  /** A destination's number. It is given one if it has none and there is one left; -1 is mail whose destination nobody has told. */
  give(destination: number): number {
    if (destination === -1) return crowd;
    const number = this.#numbers[destination] ?? 0;
    return number === 0 ? this.#next(destination) : number;
  }

  #next(destination: number): number {
    if (this.#places.length >= most) return crowd;
    if (destination >= this.#numbers.length) {
      const wider = new Int32Array(2 * (destination + 1));
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#places.push(destination);
    this.#numbers[destination] = this.#places.length;
    return this.#places.length;
  }

  /** The number that a destination has been given. */
  of(destination: number): number | undefined {
    const number = this.#numbers[destination] ?? 0;
    return number === 0 ? undefined : number;
  }

  /** Names by number; the crowd has none. */
  namesIn(ledger: Ledger): (number: number) => string | undefined {
    return (number) => (number === crowd ? undefined : ledger.destinations.names[this.#places[number - 1]]);
  }

  /** Shares of the usual mail by number; the crowd has what is left. */
  sharesIn(ledger: Ledger): readonly number[] {
    const tally = ledger.byDestination;
    let all = 0;
    for (let n = 0; n < ledger.destinations.count; n++) all += tally.get(n, 0) + tally.get(n, 2);
    const shares = this.#places.map((place) => (all === 0 ? 0 : (tally.get(place, 0) + tally.get(place, 2)) / all));
    return [Math.max(crowdAtLeast, 1 - shares.reduce((sum, share) => sum + share, 0)), ...shares];
  }

  /** Whether it is time to number anew, as soon as nobody needs the old numbers. */
  get isCrowded(): boolean {
    return this.#places.length > most / 2;
  }

  /** Numbers that have been given; the highest of them. */
  get highest(): number {
    return this.#places.length;
  }

  /** All numbers are free again. */
  clear(): void {
    this.#places = [];
    this.#numbers.fill(0);
  }

  /** Destinations in the order of their numbers. */
  get places(): readonly number[] {
    return this.#places;
  }

  /** Takes the places of another numbering, into an empty one. */
  restore(places: readonly number[]): void {
    for (const place of places) this.give(place);
  }
}
