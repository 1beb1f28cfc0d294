// One trouble while it lasts: what was usual before it, the estimator that follows it, and what is said of it.

import type { Ledger } from "../ledger/ledger.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import type { Instant } from "../time.ts";
import { clearSince, isAllClear, looksClear } from "./all-clear.ts";
import { isDue } from "./due.ts";
import { type Published, publish } from "./estimator/publish.ts";
import type { PastTrouble } from "./habits.ts";
import { type Judging, lessonOf, noted } from "./judging.ts";
import type { Numbering } from "./numbering.ts";
import { type Outlook, outlookOf } from "./outlook.ts";
import { type Reached, reachedIn, withReached } from "./reached.ts";
import { type Before, retold } from "./retold.ts";
import type { Rows } from "./rows.ts";
import type { Estimator, Tick } from "./seen.ts";
import type { HeldBack, Sight } from "./sight.ts";
import { suppose, whatIfOf } from "./suppose.ts";
import { goesOn, type Trouble } from "./trouble.ts";
import { stretched, timersFor } from "./unit.ts";
import type { Question, Supposed } from "./what-if.ts";

/** All of it but the estimator, which is made again of the ticks. */
export interface SavedCourse {
  readonly trouble: Trouble;
  readonly usual: Before["usual"];
  readonly ends: Before["ends"];
  readonly judging: Judging | undefined;
  readonly outlook: Outlook | undefined;
  readonly published: Published | undefined;
  readonly dead: readonly number[];
  readonly estimatedFor: number;
  readonly reached: Reached;
  readonly clearSince: Instant;
}

/** What an estimate is made of. */
export interface At {
  readonly ledger: Ledger;
  readonly downtimes: readonly Downtime[];
  readonly schedule: RetrySchedule;
  /** Messages that were counted at their senders. */
  readonly atSenders: number | undefined;
  readonly now: Instant;
  /** What waits, read and numbered. */
  readonly rows: Rows;
  readonly numbering: Numbering;
  /** All that the estimator is to know, the last one included. */
  readonly ticks: readonly Tick[];
}

/** The course of a trouble. */
export class Course {
  readonly #before: Before;
  #trouble: Trouble;
  #estimator: Estimator | undefined;
  /** Retry rule that the estimator was made with. */
  #timers = "";
  #outlook: Outlook | undefined;
  #published: Published | undefined;
  /** Ends that the last estimate knew of. */
  #estimatedFor = -1;
  /** Numbers of the destinations that refuse everything. */
  #dead: ReadonlySet<number> = new Set();
  #reached: Reached = {};
  #judging: Judging | undefined;
  #clearSince: Instant = Number.NaN;

  constructor(before: Before, trouble: Trouble) {
    this.#before = before;
    this.#trouble = trouble;
  }

  get trouble(): Trouble {
    return this.#trouble;
  }

  /** What was estimated last. */
  get outlook(): Outlook | undefined {
    return this.#outlook;
  }

  /** What the trouble still holds back: here, of that for places that refuse everything, and at senders. */
  heldBack(rows: Rows): HeldBack {
    const outlook = this.#outlook;
    return {
      delayed: this.#delayedIn(rows),
      dead: outlook?.stuck.reduce((sum, { messages }) => sum + messages, 0) ?? 0,
      atSenders: outlook?.atSenders ?? 0,
    };
  }

  #delayedIn(rows: Rows): number {
    const end = this.#trouble.ends.at(-1);
    return end === undefined ? 0 : rows.delayedBefore(end.at, this.#dead);
  }

  /** One more tick. `false`: the trouble is over. */
  goesOn(tick: Tick, sight: Sight, schedule: RetrySchedule): boolean {
    const { unit, usual } = this.#before;
    const before = this.#trouble;
    const trouble = goesOn(before, sight, usual.band);
    if (trouble === undefined) return false;
    this.#trouble = trouble;
    if (JSON.stringify(timersFor(schedule, unit)) !== this.#timers) this.#estimator = undefined;
    this.#estimator?.tick(tick);
    if (trouble.ends.length > before.ends.length) {
      this.#estimator?.ended(stretched(trouble.ends[trouble.ends.length - 1].at, unit));
      this.#judging = undefined;
    }
    return true;
  }

  /** The ticks are no longer those that the estimator was told: it is made of them again. */
  retell(): void {
    this.#estimator = undefined;
  }

  #made(schedule: RetrySchedule, ticks: readonly Tick[]): Estimator {
    if (this.#estimator === undefined) {
      const timers = timersFor(schedule, this.#before.unit);
      this.#timers = JSON.stringify(timers);
      this.#estimator = retold(ticks, this.#trouble, this.#before, timers);
    }
    return this.#estimator;
  }

  /** Whether it is time for an estimate. */
  isDue(now: Instant): boolean {
    const last = this.#outlook?.at;
    if (last === undefined || this.#estimatedFor !== this.#trouble.ends.length) return true;
    return isDue(now, this.#trouble, last, this.#before.unit);
  }

  /** Makes the outlook of this moment. */
  estimate({ ledger, downtimes, schedule, atSenders, now, rows, numbering, ticks }: At): void {
    const trouble = this.#trouble;
    const { unit, usual } = this.#before;
    this.#estimatedFor = trouble.ends.length;
    const estimate = this.#made(schedule, ticks).estimate({ ...rows.queue(unit), atSenders }, stretched(now, unit));
    this.#published = publish(estimate, this.#published);
    this.#dead = new Set(estimate.stuck.map(({ destination }) => destination));
    const { count } = rows.waiting;
    // What was counted at senders is not through either, whether its coming is foreseen or not.
    const held = rows.waiting.held + (atSenders === undefined ? 0 : Math.min(atSenders, estimate.atSenders));
    const looks = { depth: count, held, band: usual.band, unit, now };
    this.#clearSince = clearSince(this.#clearSince, looksClear(trouble, downtimes, estimate, looks), now);
    const found = outlookOf(estimate, this.#published, unit, numbering.namesIn(ledger), {
      recovered: trouble.ends.length > 0,
      allClear: isAllClear(this.#clearSince, now, unit),
    });
    this.#reached = reachedIn(found, this.#reached);
    this.#outlook = withReached(found, this.#reached);
    this.#judging = noted(this.#judging, trouble, estimate, { left: this.#delayedIn(rows), now, unit });
  }

  /** The outlook of this moment if something were otherwise. Throws `Fault("question-invalid")`. */
  ask(
    { ledger, schedule, atSenders, now, rows, numbering, ticks }: Omit<At, "downtimes">,
    question: Question,
  ): Supposed {
    const { unit } = this.#before;
    const estimator = this.#made(schedule, ticks);
    return suppose(estimator, { ...rows.queue(unit), atSenders }, whatIfOf(question, ledger, numbering, unit), {
      question: question.text,
      now,
      unit,
      recovered: this.#trouble.ends.length > 0,
      nameOf: numbering.namesIn(ledger),
    });
  }

  /** What there is to learn now that it is over. */
  get lesson(): PastTrouble | undefined {
    return lessonOf(this.#judging, this.#trouble);
  }

  save(): SavedCourse {
    return {
      trouble: this.#trouble,
      usual: this.#before.usual,
      ends: this.#before.ends,
      judging: this.#judging,
      outlook: this.#outlook,
      published: this.#published,
      dead: [...this.#dead],
      estimatedFor: this.#estimatedFor,
      reached: this.#reached,
      clearSince: this.#clearSince,
    };
  }

  static restore(unit: Before["unit"], saved: SavedCourse): Course {
    const { trouble, usual, ends } = saved;
    const course = new Course({ unit, usual, ends }, trouble);
    course.#judging = saved.judging;
    course.#outlook = saved.outlook;
    course.#published = saved.published;
    course.#dead = new Set(saved.dead);
    course.#estimatedFor = saved.estimatedFor;
    course.#reached = saved.reached;
    course.#clearSince = saved.clearSince;
    return course;
  }
}
