// The door between what mailtide knows and the estimator: each unit of time it is told what passed, and says what it foresees.
//
// The order is that of this folder's files: what waits is read (`rows.ts`), the unit is counted (`count.ts`), it is seen whether
// there is a trouble (`sight.ts`, `trouble.ts`), and if so its course is followed (`course.ts`). In quiet times only habits are learned.

import type { EventBatch } from "../events/batch.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Saved, Saving } from "../ledger/saved.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import type { Duration, Instant } from "../time.ts";
import { Attempts } from "./attempts.ts";
import { count, type Stretch } from "./count.ts";
import { Course, type SavedCourse } from "./course.ts";
import { Habits } from "./habits.ts";
import { Numbering } from "./numbering.ts";
import type { Outlook } from "./outlook.ts";
import { asOfTrouble, coarsened, forgetQuiet, mostTicks, restoreTicks, saveTicks } from "./past.ts";
import { Rows } from "./rows.ts";
import type { Tick } from "./seen.ts";
import { nothingHeldBack, type Sight, sightOf } from "./sight.ts";
import { beginning, ordinaryDepth, type Suspicion, type Trouble } from "./trouble.ts";
import { unitOf } from "./unit.ts";
import type { Question, Supposed } from "./what-if.ts";

/** What is looked at. */
export interface Look {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly schedule: RetrySchedule;
  readonly blind: boolean;
  /** Messages that a lookout counted at their senders; `undefined`: nobody counts. */
  readonly atSenders: number | undefined;
  readonly now: Instant;
}

interface SavedForesight {
  readonly unit: Duration;
  readonly lastAt: Instant;
  readonly came: number;
  readonly untried: number;
  readonly places: readonly number[];
  readonly suspicion: Suspicion;
  readonly course: SavedCourse | undefined;
}

const unsuspected: Suspicion = { deep: 0 };

/** The estimator's place in the program. */
export class Foresight {
  readonly attempts: Attempts = new Attempts();
  readonly habits: Habits = new Habits();
  readonly #rows = new Rows();
  readonly #numbering = new Numbering();
  #unit: Duration = 0;
  #lastAt: Instant = Number.NaN;
  /** Messages that have come since the beginning, and those never tried, at the last tick. */
  #came = 0;
  #untried = 0;
  /** Those of the trouble and of two hours before it. */
  #ticks: Tick[] = [];
  #suspicion = unsuspected;
  #course: Course | undefined;

  /** Counts a batch that the ledger has recorded. */
  record(batch: EventBatch): void {
    this.attempts.record(batch);
  }

  /** What was estimated at the last tick; `undefined` while there is no trouble. */
  get outlook(): Outlook | undefined {
    return this.#course?.outlook;
  }

  get trouble(): Trouble | undefined {
    return this.#course?.trouble;
  }

  /** Looks at the moment: once a unit it is a tick. */
  look(look: Look): void {
    const { now, schedule, ledger } = look;
    const unit = unitOf(schedule);
    if (unit !== this.#unit) {
      // The ticks so far were of another length.
      this.#endCourse();
      this.#learn(ledger, this.#ticks);
      this.#ticks = [];
      this.#unit = unit;
      this.#lastAt = Number.NaN;
    }
    if (!look.blind && Math.floor(now / unit) <= Math.floor(this.#lastAt / unit) && now >= this.#lastAt) return;
    const came = ledger.counts.accepted + ledger.counts.notifications;
    this.#rows.read(ledger, schedule, now);
    // What happened while nobody looked, or the clock was put back, is not what a unit brings.
    if (!look.blind && now > this.#lastAt) this.#passes(look, Math.max(0, came - this.#came));
    this.attempts.clear();
    this.#lastAt = now;
    this.#came = came;
    this.#untried = this.#rows.waiting.untried;
  }

  /**
   * The present queue, if something were otherwise; `undefined` while there is no trouble. Changes nothing. Throws
   * `Fault("question-invalid")` where it is asked about a place that no mail waits for.
   */
  ask(look: Pick<Look, "ledger" | "schedule" | "atSenders" | "now">, question: Question): Supposed | undefined {
    const course = this.#course;
    if (course === undefined) return undefined;
    this.#rows.read(look.ledger, look.schedule, look.now);
    this.#rows.number(this.#numbering);
    return course.ask({ ...look, rows: this.#rows, numbering: this.#numbering, ticks: this.#ticks }, question);
  }

  /** A unit has passed, in which so many messages came. */
  #passes(look: Look, came: number): void {
    if (this.#course === undefined && this.#numbering.isCrowded) {
      // Numbers are few: in quiet times they are given anew.
      this.#learn(look.ledger, this.#ticks);
      this.#ticks = [];
      this.#numbering.clear();
    }
    this.#rows.number(this.#numbering);
    const course = this.#course;
    const stretch: Stretch = {
      ...{ since: this.#lastAt, unit: this.#unit, came, untried: this.#untried },
      awaited: course !== undefined && course.trouble.ends.length === 0,
    };
    const tick = count(look, stretch, this.#rows, this.attempts, this.#numbering);
    this.#ticks.push(tick);
    const held = course?.heldBack(this.#rows) ?? nothingHeldBack;
    const sight = sightOf(look, stretch, tick, this.#rows, this.#numbering, held);
    if (course === undefined) this.#quiet(look, sight, came);
    else this.#follow(course, tick, sight, look);
    if (this.#course?.isDue(look.now)) {
      this.#course.estimate({ ...look, rows: this.#rows, numbering: this.#numbering, ticks: this.#ticks });
    }
  }

  /** No trouble so far: one begins, or the unit was usual. */
  #quiet(look: Look, sight: Sight, came: number): void {
    const { trouble, suspicion } = beginning(sight, this.habits.band().band, this.#suspicion);
    this.#suspicion = suspicion;
    if (trouble !== undefined) {
      const unit = this.#unit;
      this.#ticks = asOfTrouble(this.#ticks, trouble, look.downtimes, unit);
      const usual = this.habits.usual(trouble.began, unit, this.#numbering.sharesIn(look.ledger));
      this.#course = new Course({ unit, usual, ends: this.habits.ends }, trouble);
      return;
    }
    if (suspicion.deep === 0) {
      const depth = ordinaryDepth(sight);
      const deferred = Math.max(0, depth - sight.active);
      this.habits.learn(look.now, look.now - sight.since, came, this.attempts.outside, depth, deferred);
    }
    this.#learn(look.ledger, forgetQuiet(this.#ticks));
  }

  /** Learns from ticks that are forgotten. */
  #learn(ledger: Ledger, forgotten: readonly Tick[]): void {
    if (forgotten.length > 1) this.habits.learnPace(forgotten, this.#unit, () => this.#numbering.sharesIn(ledger));
  }

  /** The trouble goes on, or is over. */
  #follow(course: Course, tick: Tick, sight: Sight, { ledger, schedule }: Look): void {
    if (!course.goesOn(tick, sight, schedule)) {
      const { lesson } = course;
      if (lesson !== undefined) this.habits.learnTrouble(lesson);
      this.#endCourse();
      this.#learn(ledger, forgetQuiet(this.#ticks));
    } else if (this.#ticks.length > mostTicks) {
      this.#ticks = coarsened(this.#ticks);
      course.retell();
    }
  }

  #endCourse(): void {
    this.#course = undefined;
    this.#suspicion = unsuspected;
  }

  save(to: Saving): void {
    this.attempts.save(to);
    this.habits.save(to);
    saveTicks(this.#ticks, to);
    to.value("foresight", {
      unit: this.#unit,
      lastAt: this.#lastAt,
      came: this.#came,
      untried: this.#untried,
      places: this.#numbering.places,
      suspicion: this.#suspicion,
      course: this.#course?.save(),
    } satisfies SavedForesight);
  }

  /** Takes what was saved, into a foresight that has seen nothing; a state of before there was one has none. */
  restore(from: Saved): void {
    if (!from.has("foresight")) return;
    this.attempts.restore(from);
    this.habits.restore(from);
    this.#ticks = restoreTicks(from);
    const rest = from.value<SavedForesight>("foresight");
    this.#unit = rest.unit;
    this.#lastAt = rest.lastAt;
    this.#came = rest.came;
    this.#untried = rest.untried;
    this.#numbering.restore(rest.places);
    this.#suspicion = rest.suspicion;
    if (rest.course !== undefined) this.#course = Course.restore(rest.unit, rest.course);
  }
}
