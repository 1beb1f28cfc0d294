// What is usual here: how much mail comes at which hour of the week, how deep the queue is, how fast it is worked off, and how
// past troubles ended.
//
// Learned while nothing is wrong, the pace whenever there is too much to do. Some thousand numbers, part of the checkpoint: it is true together with the cursors.

import type { Saved, Saving } from "../ledger/saved.ts";
import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND } from "../time.ts";
import type { Target } from "./estimator/calibrate.ts";
import { guessedPace, hourOfWeek } from "./estimator/capacity.ts";
import { type Ends, endsAfter, type Told } from "./estimator/ends.ts";
import { BusyPace } from "./pace.ts";
import type { SeenUsual, Tick } from "./seen.ts";
import { unstretched } from "./unit.ts";

const hoursOfWeek = 168;
/** Depths that are remembered: 20 hours of minutes. */
const depths = 1200;
/** After so much time an hour of the week counts half of what it did. */
const fades: Duration = 3 * HOUR;
/** The same for what is usual lately. */
const latelyFades: Duration = 2 * HOUR;
/** So much of other days is lent to an hour of the week that was hardly seen. */
const lent: Duration = HOUR / 2;
const troublesKept = 50;

/** One trouble that is over: what was said in it, as remaining times, and what came. */
export interface PastTrouble {
  readonly began: Instant;
  readonly ended: Instant;
  readonly told: readonly Told[];
}

interface SavedHabits {
  readonly next: number;
  readonly lately: readonly [number, number];
  readonly outside: readonly [number, number];
  readonly past: readonly PastTrouble[];
}

/** What was learned of one server. */
export class Habits {
  readonly #came = new Float64Array(hoursOfWeek);
  readonly #time = new Float64Array(hoursOfWeek);
  readonly #depth = new Float64Array(depths);
  readonly #deferred = new Float64Array(depths);
  /** Samples ever; the next one's place in the ring. */
  #next = 0;
  #lately: [number, number] = [0, 0];
  #outside: [number, number] = [0, 0];
  readonly #past: PastTrouble[] = [];
  readonly #pace = new BusyPace();

  /** A quiet stretch: what came in it, of that from outside, and what waited at its end. */
  learn(at: Instant, span: Duration, came: number, outside: number, depth: number, deferred: number): void {
    const hour = hourOfWeek(at - span / 2);
    if (this.#time[hour] + span > fades) {
      this.#came[hour] /= 2;
      this.#time[hour] /= 2;
    }
    this.#came[hour] += came;
    this.#time[hour] += span;
    const kept = 2 ** (-span / latelyFades);
    this.#lately = [this.#lately[0] * kept + came, this.#lately[1] * kept + span];
    const long = 2 ** (-span / (7 * DAY));
    this.#outside = [this.#outside[0] * long + outside, this.#outside[1] * long + came];
    this.#depth[this.#next % depths] = depth;
    this.#deferred[this.#next % depths] = deferred;
    this.#next++;
  }

  /** Messages a second: at this hour of the week as far as it is known, else lately. */
  rate(at: Instant): number {
    const hour = hourOfWeek(at);
    const [came, time] = this.#lately;
    const lately = time > 0 ? came / time : 0;
    let otherCame = lent * lately;
    let otherTime = lent;
    for (let other = hour % 24; other < hoursOfWeek; other += 24) {
      otherCame += this.#came[other];
      otherTime += this.#time[other];
    }
    const other = otherCame / otherTime;
    return ((this.#came[hour] + lent * other) / (this.#time[hour] + lent)) * SECOND;
  }

  /** Ticks that an estimator will not be told any more, in a row, and usual shares by their destination numbers. */
  learnPace(ticks: readonly Tick[], unit: Duration, sharesOf: () => readonly number[]): void {
    const guess = (): number => {
      const day = unstretched(ticks[0].at, unit);
      const rates = Array.from({ length: 24 }, (_, hour) => this.rate(day + hour * HOUR));
      return guessedPace(Math.max(SECOND / unit, ...rates));
    };
    this.#pace.forgotten(ticks, unit, guess, sharesOf);
  }

  /** Depth that counts as normal, and the medians of depth and of what is deferred. */
  band(): { band: number; medianDepth: number; medianDeferred: number } {
    const count = Math.min(this.#next, depths);
    const sorted = this.#depth.slice(0, count).sort();
    const deferred = this.#deferred.slice(0, count).sort();
    const medianDepth = count === 0 ? 0 : sorted[count >> 1];
    const top = count === 0 ? 0 : sorted[Math.min(count - 1, Math.floor(0.99 * count))];
    return {
      band: Math.max(top, medianDepth + 10, 1.25 * medianDepth),
      medianDepth,
      medianDeferred: count === 0 ? 0 : deferred[count >> 1],
    };
  }

  /** What was usual before the trouble that begins at `at`. `unit` is the estimator's minute. */
  usual(at: Instant, unit: Duration, destinationShares: readonly number[]): SeenUsual {
    const perUnit = (rate: number): number => (rate * unit) / SECOND;
    const [came, time] = this.#lately;
    const lately = time > 0 ? (came / time) * SECOND : 0;
    const day = Math.floor(at / DAY) * DAY;
    const arrivalsByHour = Array.from({ length: 24 }, (_, hour) => {
      if (unit !== MINUTE) return perUnit(lately);
      // The next time that it is this hour.
      const next = day + hour * HOUR;
      return perUnit(this.rate(next + HOUR <= at ? next + DAY : next));
    });
    const [outside, all] = this.#outside;
    const pace = this.#pace.usual(unit);
    return {
      ...{ arrivalsByHour, outsideShare: (outside + 1) / (all + 2), ...this.band(), destinationShares },
      ...(pace === undefined ? {} : { pace }),
    };
  }

  /** What real troubles taught about the two ends of each range. */
  get ends(): Partial<Record<Target, Ends>> {
    return endsAfter(this.#past.map(({ told }) => told));
  }

  get past(): readonly PastTrouble[] {
    return this.#past;
  }

  /** A trouble is over: later ranges learn from what was said in it. */
  learnTrouble(trouble: PastTrouble): void {
    this.#past.push(trouble);
    if (this.#past.length > troublesKept) this.#past.shift();
  }

  save(to: Saving): void {
    to.column("habits.came", this.#came);
    to.column("habits.time", this.#time);
    to.column("habits.depth", this.#depth, Math.min(this.#next, depths));
    to.column("habits.deferred", this.#deferred, Math.min(this.#next, depths));
    to.value("habits", {
      next: this.#next,
      lately: this.#lately,
      outside: this.#outside,
      past: this.#past,
    } satisfies SavedHabits);
    this.#pace.save(to);
  }

  restore(from: Saved): void {
    this.#came.set(from.column("habits.came", Float64Array, hoursOfWeek));
    this.#time.set(from.column("habits.time", Float64Array, hoursOfWeek));
    const rest = from.value<SavedHabits>("habits");
    const length = Math.min(rest.next, depths);
    this.#depth.set(from.column("habits.depth", Float64Array, length));
    this.#deferred.set(from.column("habits.deferred", Float64Array, length));
    this.#next = rest.next;
    this.#lately = [...rest.lately];
    this.#outside = [...rest.outside];
    this.#past.push(...rest.past);
    this.#pace.restore(from);
  }
}
