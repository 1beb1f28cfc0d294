// The door between what mailtide knows and the estimator: it tells it each minute, asks it, and says the answer in our terms.
//
// The estimator lives as long as a trouble. It is made when one begins, from what was usual and the last two hours; all that
// it was told is kept, so that after a restart it is made again and says the same. In quiet times only habits are learned.

import type { EventBatch } from "../events/batch.ts";
import { Fault } from "../fault.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Saved, Saving } from "../ledger/saved.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { OutageWatch } from "../outages/watch.ts";
import type { RetrySchedule } from "../retries/schedule.ts";
import type { Duration, Instant } from "../time.ts";
import { Attempts, Became } from "./attempts.ts";
import type { Calibration, Target } from "./estimator/calibrate.ts";
import calibrationTable from "./estimator/calibration.json" with { type: "json" };
import { createEstimator } from "./estimator/estimator.ts";
import { type Published, publish } from "./estimator/publish.ts";
import { Habits } from "./habits.ts";
import { type Outlook, outlookOf } from "./outlook.ts";
import { coarsened, forgetQuiet, mostTicks, restoreTicks, saveTicks } from "./past.ts";
import type { DestinationTick, Estimate, Estimator, Quantiles, SeenQueue, SeenUsual, Tick, WhatIf } from "./seen.ts";
import { beginning, goesOn, ordinaryDepth, type Sight, type Suspicion, type Trouble } from "./trouble.ts";
import { stretched, timersFor, unitOf, unstretched } from "./unit.ts";
import { createWaiting, readWaiting, type Waiting } from "./waiting.ts";
import type { Question, Supposed } from "./what-if.ts";

const calibration = calibrationTable as unknown as Calibration;

/** Places with a number of their own; the rest goes with the crowd, which is number 0. */
const mostPlaces = 512;
/** Places in a tick. */
const mostInTick = 64;
/** The forecast of the first moment after a recovery is still of what is being tried; by this one it will be judged. */
const judgedAfter = 5;
const judgedFrom = 40;
/** Each tick is worth an estimate for so many units after something has changed; later on each fifth, then each fifteenth. */
const often = 30;
const seldom = 12 * 60;
/** Targets that are shares of the delayed mail. */
const shares = [
  ["half", 0.5],
  ["ninety", 0.9],
  ["ninetyNine", 0.99],
] as const;
const clearFor = 15;
const clearWithin = 2;

/** What is looked at. */
export interface Look {
  readonly ledger: Ledger;
  readonly watch: OutageWatch;
  readonly downtimes: readonly Downtime[];
  readonly schedule: RetrySchedule;
  readonly blind: boolean;
  readonly now: Instant;
}

/** What was said, to be judged when the trouble is over. */
interface Saying {
  readonly at: Instant;
  readonly queue: readonly [Instant, Instant];
  readonly ninetyNine: readonly [Instant, Instant];
}

/** How a trouble is going to be judged when it is over. */
interface Judging {
  /** Rows that had come before the end, when it was seen. */
  readonly delayed: number;
  readonly said: readonly Saying[];
  /** When but one in a hundred of them was gone; `NaN` before. */
  readonly ninetyNine: Instant;
}

interface SavedForesight {
  readonly unit: Duration;
  readonly lastAt: Instant;
  readonly came: number;
  readonly untried: number;
  readonly places: readonly number[];
  readonly suspicion: Suspicion;
  readonly trouble: Trouble | undefined;
  readonly usual: SeenUsual | undefined;
  readonly ends: Habits["ends"];
  readonly judging: Judging | undefined;
  readonly outlook: Outlook | undefined;
  readonly published: Published | undefined;
  readonly dead: readonly number[];
  readonly estimatedFor: number;
  readonly reached: Partial<Record<Target, Instant>>;
  readonly clearSince: Instant;
}

/** The estimator's place in the program. */
export class Foresight {
  readonly attempts: Attempts = new Attempts();
  readonly habits: Habits = new Habits();
  readonly #waiting: Waiting = createWaiting();
  #unit: Duration = 0;
  #timers = "";
  #lastAt: Instant = Number.NaN;
  /** Messages that have come since the beginning, and those never tried, at the last tick. */
  #came = 0;
  #untried = 0;
  /** Destinations of the ledger by their number, less one. */
  #places: number[] = [];
  readonly #numbers = new Map<number, number>();
  #ticks: Tick[] = [];
  #suspicion: Suspicion = { deep: 0 };
  #trouble: Trouble | undefined;
  #usual: SeenUsual | undefined;
  #ends: Habits["ends"] = {};
  #judging: Judging | undefined;
  #estimator: Estimator | undefined;
  #outlook: Outlook | undefined;
  #published: Published | undefined;
  /** Ends that the last estimate knew of. */
  #estimatedFor = -1;
  #reached: Partial<Record<Target, Instant>> = {};
  /** Numbers of the destinations that refuse everything. */
  #deadNow: ReadonlySet<number> = new Set();
  #clearSince: Instant = Number.NaN;

  /** Counts a batch that the ledger has recorded. */
  record(batch: EventBatch): void {
    this.attempts.record(batch);
  }

  /** What was estimated at the last tick; `undefined` while there is no trouble. */
  get outlook(): Outlook | undefined {
    return this.#outlook;
  }

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Looks at the moment: once a unit it is a tick. */
  look(look: Look): void {
    const { now, schedule, ledger } = look;
    const unit = unitOf(schedule);
    if (unit !== this.#unit) {
      // The ticks so far were of another length.
      this.#forget();
      this.#ticks = [];
      this.#unit = unit;
      this.#lastAt = Number.NaN;
    }
    if (!look.blind && Math.floor(now / unit) <= Math.floor(this.#lastAt / unit) && now >= this.#lastAt) return;
    const came = ledger.counts.accepted + ledger.counts.notifications;
    readWaiting(ledger, schedule, now, this.#waiting);
    if (look.blind || !(now > this.#lastAt)) {
      // What happened while nobody looked, or the clock was put back, is not what a unit brings.
      this.attempts.clear();
    } else this.#tick(look, came - this.#came);
    this.#lastAt = now;
    this.#came = came;
    this.#untried = this.#waiting.untried;
  }

  /**
   * The present queue, if something were otherwise; `undefined` while there is no trouble. Changes nothing. Throws
   * `Fault("question-invalid")` where it is asked about a place that no mail waits for.
   */
  ask({ ledger, schedule, now }: Pick<Look, "ledger" | "schedule" | "now">, question: Question): Supposed | undefined {
    const trouble = this.#trouble;
    if (trouble === undefined || this.#usual === undefined) return undefined;
    const estimator = this.#made(schedule, trouble, this.#usual);
    readWaiting(ledger, schedule, now, this.#waiting);
    const queue = this.#queue();
    const at = stretched(now, this.#unit);
    const answer = (what: WhatIf): Outlook => {
      const estimate = estimator.estimate(queue, at, what);
      return outlookOf(estimate, publish(estimate), this.#unit, this.#nameIn(ledger), {
        recovered: trouble.ends.length > 0,
        allClear: false,
      });
    };
    const outlook = answer(this.#whatIf(ledger, question));
    // As things are, asked in the same words.
    const plain = answer({ faster: 1 });
    const sooner = (target: Target): Duration => plain[target][3] - outlook[target][3];
    return {
      question: question.text,
      at: now,
      outlook,
      sooner: {
        queue: sooner("queue"),
        half: sooner("half"),
        ninety: sooner("ninety"),
        ninetyNine: sooner("ninetyNine"),
      },
    };
  }

  #whatIf(ledger: Ledger, question: Question): WhatIf {
    const { faster, flushNow, destinationDownUntil: down, outageUntil } = question;
    let place: WhatIf = {};
    if (down !== undefined) {
      const destination = this.#numbers.get(ledger.destinations.names.indexOf(down.destination));
      if (destination === undefined) {
        const all = this.#places.slice(0, 5).map((known) => ledger.destinations.names[known]);
        throw new Fault(
          "question-invalid",
          "No mail waits for that destination.",
          all.length === 0 ? "Ask about another one." : `Ask about one that mail waits for, such as ${all.join(", ")}.`,
        );
      }
      place = { destinationDownUntil: { destination, until: stretched(down.until, this.#unit) } };
    }
    return {
      ...place,
      ...(faster === undefined ? {} : { faster }),
      ...(flushNow === undefined ? {} : { flushNow }),
      ...(outageUntil === undefined ? {} : { outageUntil: stretched(outageUntil, this.#unit) }),
    };
  }

  #nameIn(ledger: Ledger): (number: number) => string | undefined {
    return (number) => (number === 0 ? undefined : ledger.destinations.names[this.#places[number - 1]]);
  }

  /** A destination's number for the estimator, 0 for the crowd. */
  #number(destination: number): number {
    if (destination === -1) return 0;
    let number = this.#numbers.get(destination);
    if (number === undefined) {
      if (this.#places.length >= mostPlaces) return 0;
      this.#places.push(destination);
      number = this.#places.length;
      this.#numbers.set(destination, number);
    }
    return number;
  }

  #tick(look: Look, came: number): void {
    const { now, ledger } = look;
    const unit = this.#unit;
    const waiting = this.#waiting;
    if (this.#trouble === undefined && this.#places.length > mostPlaces / 2) {
      // Numbers are few: in quiet times they are given anew.
      this.#places = [];
      this.#numbers.clear();
      this.#ticks = [];
    }
    const tick = this.#count(look, Math.max(0, came));
    this.#ticks.push(tick);
    const { names } = ledger.destinations;
    const rows = new Map<string, number>();
    for (const { destination, depth } of tick.destinations) {
      if (destination !== 0) rows.set(names[this.#places[destination - 1]], depth);
    }
    const sight: Sight = {
      now,
      since: this.#lastAt,
      unit,
      downtimes: look.downtimes,
      depth: waiting.count,
      active: waiting.active,
      dead: this.#outlook?.stuck.reduce((sum, { messages }) => sum + messages, 0) ?? 0,
      delayed: this.#delayedBefore(this.#trouble?.ends.at(-1)?.at, this.#deadNow),
      atSenders: this.#outlook?.atSenders ?? 0,
      waitingFor: (destination) => rows.get(destination) ?? 0,
      lastDelivery: look.watch.lastDelivery(-1),
    };
    if (this.#trouble === undefined) {
      const { trouble, suspicion } = beginning(sight, this.habits.band().band, this.#suspicion);
      this.#suspicion = suspicion;
      if (trouble === undefined) {
        const span = now - this.#lastAt;
        if (suspicion.deep === 0) {
          this.habits.learn(
            now,
            span,
            Math.max(0, came),
            this.attempts.outside,
            ordinaryDepth(sight),
            Math.max(0, ordinaryDepth(sight) - waiting.active),
          );
        }
        forgetQuiet(this.#ticks);
      } else this.#begin(look, trouble);
    } else {
      const before = this.#trouble;
      const trouble = goesOn(before, sight, this.#usual?.band ?? 0);
      if (trouble === undefined) this.#close(before);
      else {
        this.#trouble = trouble;
        if (this.#ticks.length > mostTicks) {
          this.#ticks = coarsened(this.#ticks);
          this.#estimator = undefined;
        } else if (JSON.stringify(timersFor(look.schedule, unit)) !== this.#timers) this.#estimator = undefined;
        else {
          this.#estimator?.tick(tick);
          if (trouble.ends.length > before.ends.length) {
            this.#estimator?.ended(stretched(trouble.ends[trouble.ends.length - 1].at, unit));
            this.#judging = undefined;
          }
        }
      }
    }
    this.attempts.clear();
    if (this.#trouble !== undefined && this.#isDue(now, this.#trouble)) this.#estimate(look, this.#trouble);
  }

  /** Whether it is time for an estimate: what has lasted for long changes slowly. */
  #isDue(now: Instant, trouble: Trouble): boolean {
    const last = this.#outlook?.at;
    if (last === undefined || this.#estimatedFor !== trouble.ends.length) return true;
    const units = (now - (trouble.ends.at(-1)?.seen ?? trouble.began)) / this.#unit;
    const every = units < often ? 1 : units < seldom ? 5 : 15;
    return now - last >= (every - 0.5) * this.#unit;
  }

  /** The counts of the unit that has passed, in the estimator's time. */
  #count(look: Look, came: number): Tick {
    const { now, downtimes } = look;
    const unit = this.#unit;
    const { attempts } = this;
    const waiting = this.#waiting;
    const places = new Map<number, { -readonly [K in keyof DestinationTick]: DestinationTick[K] }>();
    const at = (number: number): { -readonly [K in keyof DestinationTick]: DestinationTick[K] } => {
      let place = places.get(number);
      if (place === undefined) {
        place = { destination: number, depth: 0, active: 0, delivered: 0, failed: 0, throttled: 0, greylisted: 0 };
        places.set(number, place);
      }
      return place;
    };
    for (let row = 0; row < waiting.count; row++) {
      const place = at(this.#number(waiting.destination[row]));
      place.depth++;
      place.active += waiting.working[row];
    }
    const { lastRelay } = look.ledger;
    const triedAt = new Map<number, number>();
    for (const destination of attempts.destinations) {
      const relay = lastRelay.get(destination);
      triedAt.set(relay, (triedAt.get(relay) ?? 0) + attempts.get(destination, Became.failed));
    }
    for (const destination of attempts.destinations) {
      // What another place's failure told of their common relay was told of this one, too.
      const suspended = Math.min(
        attempts.get(destination, Became.suspended),
        triedAt.get(lastRelay.get(destination)) ?? 0,
      );
      const failed = Math.max(attempts.get(destination, Became.failed), suspended);
      const throttled = attempts.get(destination, Became.throttled);
      const greylisted = attempts.get(destination, Became.greylisted);
      // Who always takes mail needs no number.
      const number =
        failed + throttled + greylisted > 0 ? this.#number(destination) : (this.#numbers.get(destination) ?? 0);
      const place = at(number);
      place.delivered += attempts.get(destination, Became.delivered);
      place.failed += failed;
      place.throttled += throttled;
      place.greylisted += greylisted;
    }
    let destinations: DestinationTick[] = [...places.values()];
    if (destinations.length > mostInTick) {
      const crowd = at(0);
      const weight = (one: DestinationTick): number => one.depth + one.delivered + one.failed;
      const most = destinations
        .filter((one) => one !== crowd)
        .sort((a, b) => weight(b) - weight(a) || a.destination - b.destination);
      for (const one of most.slice(mostInTick)) {
        crowd.depth += one.depth;
        crowd.active += one.active;
        crowd.delivered += one.delivered;
      }
      destinations = [crowd, ...most.slice(0, mostInTick)];
    }
    const isOpen = (scope: Downtime["scope"]): boolean =>
      downtimes.some((downtime) => downtime.scope === scope && downtime.to === undefined);
    const hostUp = !isOpen("host");
    return {
      at: stretched(now, unit),
      span: stretched(now - this.#lastAt, unit),
      depth: waiting.count,
      active: waiting.active,
      scanned: Math.max(0, this.#untried + came - waiting.untried),
      retried: attempts.retried,
      fresh: came,
      late: 0,
      dated: 0,
      destinations,
      hostUp,
      // As long as no place is back that went down, what fails says nothing of the places, only of the way out.
      filterUp: !isOpen("filter") && (this.#trouble === undefined || this.#trouble.ends.length > 0),
      inboundUp: hostUp,
    };
  }

  #begin(look: Look, trouble: Trouble): void {
    this.#trouble = trouble;
    // It had begun before it was called a trouble.
    this.#ticks = this.#ticks.map((tick) => {
      const at = unstretched(tick.at, this.#unit);
      const within = ({ from, to }: Downtime): boolean => from < at && at <= (to ?? at);
      const away = look.downtimes.some((downtime) => downtime.scope === "host" && within(downtime));
      const hostUp = tick.hostUp && !away;
      const filterUp = tick.filterUp && !(at > trouble.began && !(at > (trouble.ends[0]?.at ?? at)));
      return { ...tick, hostUp, inboundUp: hostUp, filterUp };
    });
    this.#usual = this.habits.usual(trouble.began, this.#unit, this.#sharesIn(look.ledger));
    this.#ends = this.habits.ends;
    this.#judging = undefined;
    this.#estimator = undefined;
    this.#published = undefined;
    this.#clearSince = Number.NaN;
  }

  /** Usual shares by the estimator's number; the crowd has what is left, and enough never to look like one slow place. */
  #sharesIn(ledger: Ledger): readonly number[] {
    const tally = ledger.byDestination;
    let all = 0;
    for (let n = 0; n < ledger.destinations.count; n++) all += tally.get(n, 0) + tally.get(n, 2);
    const shares = this.#places.map((place) => (all === 0 ? 0 : (tally.get(place, 0) + tally.get(place, 2)) / all));
    return [Math.max(0.34, 1 - shares.reduce((sum, share) => sum + share, 0)), ...shares];
  }

  /** The estimator, made of what it was told so far if there is none. */
  #made(schedule: RetrySchedule, trouble: Trouble, usual: SeenUsual): Estimator {
    if (this.#estimator !== undefined) return this.#estimator;
    const unit = this.#unit;
    const timers = timersFor(schedule, unit);
    this.#timers = JSON.stringify(timers);
    const seed = Math.floor(stretched(trouble.began, unit) / 1000) >>> 0;
    const estimator = createEstimator({ timers, usual, calibration, ends: this.#ends, seed });
    const began = stretched(trouble.began, unit);
    let begun = false;
    let ended = 0;
    for (const tick of this.#ticks) {
      if (!begun && tick.at > began) {
        estimator.began(began);
        begun = true;
      }
      estimator.tick(tick);
      while (ended < trouble.ends.length && tick.at >= stretched(trouble.ends[ended].seen, unit)) {
        estimator.ended(stretched(trouble.ends[ended].at, unit));
        ended++;
      }
    }
    this.#estimator = estimator;
    return estimator;
  }

  #queue(): SeenQueue {
    const { count, destination, arrival, due, scanned, attempts } = this.#waiting;
    const unit = this.#unit;
    const numbers = new Int32Array(count);
    for (let row = 0; row < count; row++) numbers[row] = this.#number(destination[row]);
    const stretch = (column: Float64Array): Float64Array => {
      const found = new Float64Array(count);
      for (let row = 0; row < count; row++) found[row] = stretched(column[row], unit);
      return found;
    };
    return { count, destination: numbers, arrival: stretch(arrival), due: stretch(due), scanned, attempts };
  }

  #estimate(look: Look, trouble: Trouble): void {
    const usual = this.#usual;
    if (usual === undefined) return;
    const unit = this.#unit;
    this.#estimatedFor = trouble.ends.length;
    const estimator = this.#made(look.schedule, trouble, usual);
    const estimate = estimator.estimate(this.#queue(), stretched(look.now, unit));
    this.#published = publish(estimate, this.#published);
    this.#deadNow = new Set(estimate.stuck.map(({ destination }) => destination));
    const found = outlookOf(estimate, this.#published, unit, this.#nameIn(look.ledger), {
      recovered: trouble.ends.length > 0,
      allClear: this.#isAllClear(look, trouble, estimate, usual),
    });
    this.#outlook = { ...found, ...this.#reachedIn(found) };
    this.#judge(look.now, trouble, estimate);
  }

  /** Shares that have been delivered already, at the moment at which they were. */
  #reachedIn({ progress, at, recovered }: Outlook): Partial<Record<Target, Quantiles>> {
    if (!recovered) this.#reached = {};
    const reached: Partial<Record<Target, Instant>> = {};
    for (const [target, share] of shares) if (progress >= share) reached[target] = this.#reached[target] ?? at;
    this.#reached = reached;
    const found: Partial<Record<Target, Quantiles>> = {};
    for (const [target] of shares) {
      const when = reached[target];
      if (when !== undefined) found[target] = [when, when, when, when, when, when, when];
    }
    return found;
  }

  /** All that was delayed is through with 90 % certainty, the queue is normal, and both have been so for a while. */
  #isAllClear(look: Look, trouble: Trouble, estimate: Estimate, usual: SeenUsual): boolean {
    const { now } = look;
    const dead = estimate.stuck.reduce((sum, { messages }) => sum + messages, 0);
    const broken = look.downtimes.some(({ scope, to }) => to === undefined && scope !== "destination");
    const through = unstretched(estimate.ninetyNine[5], this.#unit) - now <= clearWithin * this.#unit;
    const clear = trouble.ends.length > 0 && !broken && through && this.#waiting.count - dead <= usual.band;
    if (!clear) this.#clearSince = Number.NaN;
    else if (Number.isNaN(this.#clearSince)) this.#clearSince = now;
    return clear && now - this.#clearSince >= clearFor * this.#unit;
  }

  /** Rows that came before a moment and wait for a place that is not dead. */
  #delayedBefore(end: Instant | undefined, dead: ReadonlySet<number>): number {
    if (end === undefined) return 0;
    const { count, destination, arrival } = this.#waiting;
    let rows = 0;
    for (let row = 0; row < count; row++) {
      if (arrival[row] <= end && !dead.has(this.#number(destination[row]))) rows++;
    }
    return rows;
  }

  /** Notes what is said, more and more seldom, and when what the trouble delayed was through. */
  #judge(now: Instant, trouble: Trouble, estimate: Estimate): void {
    const end = trouble.ends.at(-1);
    if (end === undefined || now - end.at < judgedAfter * this.#unit) return;
    const left = this.#delayedBefore(end.at, this.#deadNow);
    const before = this.#judging ?? { delayed: left, said: [], ninetyNine: Number.NaN };
    const last = before.said.at(-1);
    const range = (of: "queue" | "ninetyNine"): [Instant, Instant] => [
      unstretched(estimate[of][1], this.#unit),
      unstretched(estimate[of][5], this.#unit),
    ];
    const due = last === undefined || now - end.at >= 2 * (last.at - end.at);
    const through = left <= before.delayed / 100 && estimate.atSenders < 1;
    this.#judging = {
      ...before,
      said: due ? [...before.said, { at: now, queue: range("queue"), ninetyNine: range("ninetyNine") }] : before.said,
      ninetyNine: Number.isNaN(before.ninetyNine) && through ? now : before.ninetyNine,
    };
  }

  /** The trouble is over: what was said of it is held against what came. */
  #close(trouble: Trouble): void {
    const end = trouble.ends.at(-1);
    // Of a handful of messages nobody learns how sure a range is.
    if (this.#judging !== undefined && end !== undefined && this.#judging.delayed >= judgedFrom) {
      const came = { queue: trouble.calmSince, ninetyNine: this.#judging.ninetyNine };
      const told = this.#judging.said.flatMap(({ at, ...said }) =>
        (["queue", "ninetyNine"] as const)
          .filter((target) => came[target] > at)
          .map((target) => ({
            target,
            earliest: said[target][0] - at,
            latest: said[target][1] - at,
            came: came[target] - at,
          })),
      );
      this.habits.learnTrouble({ began: trouble.began, ended: end.at, told });
    }
    this.#forget();
    forgetQuiet(this.#ticks);
  }

  #forget(): void {
    this.#trouble = undefined;
    this.#usual = undefined;
    this.#estimator = undefined;
    this.#judging = undefined;
    this.#outlook = undefined;
    this.#published = undefined;
    this.#deadNow = new Set();
    this.#reached = {};
    this.#clearSince = Number.NaN;
    this.#suspicion = { deep: 0 };
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
      places: this.#places,
      suspicion: this.#suspicion,
      trouble: this.#trouble,
      usual: this.#usual,
      ends: this.#ends,
      judging: this.#judging,
      outlook: this.#outlook,
      published: this.#published,
      dead: [...this.#deadNow],
      estimatedFor: this.#estimatedFor,
      reached: this.#reached,
      clearSince: this.#clearSince,
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
    this.#places = [...rest.places];
    this.#places.forEach((place, n) => {
      this.#numbers.set(place, n + 1);
    });
    this.#suspicion = rest.suspicion;
    this.#trouble = rest.trouble;
    this.#usual = rest.usual;
    this.#ends = rest.ends;
    this.#judging = rest.judging;
    this.#outlook = rest.outlook;
    this.#published = rest.published;
    this.#deadNow = new Set(rest.dead);
    this.#estimatedFor = rest.estimatedFor;
    this.#reached = rest.reached;
    this.#clearSince = rest.clearSince;
  }
}
