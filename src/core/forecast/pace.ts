// How fast the server works mail off when it has more to do than it does, by hour of the week, over all troubles.
//
// A minute is learned when its tick is forgotten: whatever is still among the ticks an estimator is told itself, so nothing
// counts twice. What was never seen busy stays unknown.

import type { Saved, Saving } from "../ledger/saved.ts";
import { DAY, type Duration, type Instant, MINUTE } from "../time.ts";
import { guessDoubt, guessMinutes, hourFrom, hourOfWeek, trust } from "./estimator/capacity.ts";
import { standsStill } from "./estimator/standstill.ts";
import { hadMuch, isBusy, servedIn } from "./estimator/work.ts";
import type { SeenPace, Tick } from "./seen.ts";
import { unstretched } from "./unit.ts";

const hoursOfWeek = 168;
/** Busy minutes of which nothing is told yet. */
const tooFew = 15;
/** After so long what was seen counts half: machines change. */
const fades: Duration = 60 * DAY;
/** One trouble is not like another, however alike the minutes of each are. */
const leastDoubt = 0.2;

interface SavedPace {
  readonly lastAt: Instant;
  /** Hour, busy minutes, and the two sums. */
  readonly rows: readonly (readonly number[])[];
}

/** Sums over busy minutes of the logarithm of work units a second, by hour of the week. */
export class BusyPace {
  readonly #minutes = new Float64Array(hoursOfWeek);
  readonly #sum = new Float64Array(hoursOfWeek);
  readonly #squares = new Float64Array(hoursOfWeek);
  /** The latest of them. */
  #lastAt: Instant = Number.NaN;

  /**
   * Ticks that are forgotten, in a row; the first one only says what was in hand before the second. `guess`: work units a
   * second that are taken for usual while nothing is known. `sharesOf`: usual shares by the ticks' destination numbers.
   */
  forgotten(ticks: readonly Tick[], unit: Duration, guess: () => number, sharesOf: () => readonly number[]): void {
    let shares: readonly number[] | undefined;
    for (let n = 1; n < ticks.length; n++) {
      const [before, tick] = [ticks[n - 1], ticks[n]];
      // Nobody looked in between, or nothing could be worked on.
      if (tick.at - tick.span - before.at > tick.span || !(tick.hostUp && tick.filterUp)) continue;
      const served = servedIn(tick);
      if (served <= 0 || tick.span <= 0 || !hadMuch(tick, before)) continue;
      shares ??= sharesOf();
      if (!isBusy(tick, before, shares)) continue;
      const seconds = unstretched(tick.span, unit) / 1000;
      if (standsStill(served / seconds, this.#known ?? guess())) continue;
      this.#learn(unstretched(tick.at, unit), Math.log(served / seconds), tick.span / MINUTE);
    }
  }

  #learn(at: Instant, pace: number, minutes: number): void {
    if (at > this.#lastAt) {
      const kept = 2 ** ((this.#lastAt - at) / fades);
      for (const column of [this.#minutes, this.#sum, this.#squares]) {
        for (let hour = 0; hour < hoursOfWeek; hour++) column[hour] *= kept;
      }
    }
    if (!(at <= this.#lastAt)) this.#lastAt = at;
    const hour = hourOfWeek(at);
    this.#minutes[hour] += minutes;
    this.#sum[hour] += minutes * pace;
    this.#squares[hour] += minutes * pace * pace;
  }

  /** Work units a second, `undefined` where too little was seen. */
  get #known(): number | undefined {
    const minutes = total(this.#minutes);
    return minutes < tooFew ? undefined : Math.exp(total(this.#sum) / minutes);
  }

  /** What is known, in the estimator's time; `undefined` where too little was seen. */
  usual(unit: Duration): SeenPace | undefined {
    const minutes = total(this.#minutes);
    if (minutes < tooFew) return undefined;
    const mean = total(this.#sum) / minutes;
    const hours: [number, number][] = [];
    let spread = 0;
    for (let hour = 0; hour < hoursOfWeek; hour++) {
      const seen = this.#minutes[hour];
      // Where time is stretched, hours mean nothing.
      const told = unit === MINUTE && seen >= hourFrom;
      const beyond = told ? (this.#sum[hour] / seen - mean) * trust(seen) : 0;
      if (told) hours.push([hour, beyond]);
      const level = mean + beyond;
      spread += this.#squares[hour] - 2 * level * this.#sum[hour] + seen * level * level;
    }
    const variance = minutes * Math.max(leastDoubt ** 2, spread / minutes) + guessMinutes * guessDoubt ** 2;
    return {
      rate: Math.exp(mean) * (unit / MINUTE),
      doubt: Math.sqrt(variance / (minutes + guessMinutes)),
      minutes,
      hours,
    };
  }

  save(to: Saving): void {
    const rows: number[][] = [];
    for (let hour = 0; hour < hoursOfWeek; hour++) {
      if (this.#minutes[hour] > 0) rows.push([hour, this.#minutes[hour], this.#sum[hour], this.#squares[hour]]);
    }
    to.value("habits.pace", { lastAt: this.#lastAt, rows } satisfies SavedPace);
  }

  /** A state of before this was learned has none. */
  restore(from: Saved): void {
    if (!from.has("habits.pace")) return;
    const { lastAt, rows } = from.value<SavedPace>("habits.pace");
    this.#lastAt = lastAt;
    for (const [hour, minutes, sum, squares] of rows) {
      this.#minutes[hour] = minutes;
      this.#sum[hour] = sum;
      this.#squares[hour] = squares;
    }
  }
}

function total(column: Float64Array): number {
  return column.reduce((sum, one) => sum + one, 0);
}
