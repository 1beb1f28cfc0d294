// A mail server, those who write to it and those it writes to, played in steps of ten seconds.
//
// An outage holds up to a few hundred thousand messages and has to take a fraction of a second: columns and plain loops. What
// there is lies in `mail.ts`; what happens to it, in the rooms beside it.

import { createArriving } from "./arriving.ts";
import { chanceOfGrowth } from "./clairvoyant.ts";
import { createInside } from "./inside.ts";
import {
  AT_SENDER,
  CLOCK,
  COHORT,
  createMail,
  DEFERRED,
  DONE,
  EXPIRED,
  INCOMING,
  LOST,
  minute,
  QUANTUM,
  SCANNED,
} from "./mail.ts";
import { createOutside } from "./outside.ts";
import type { Scenario } from "./scenario.ts";
import { type Change, createTurnings } from "./turnings.ts";

/** A world that is being played; `minute()` goes on by one. Read the counts between two minutes. */
export type World = ReturnType<typeof createWorld>;

const hourly = Math.exp(-60 / 3600);
const hourlyRest = Math.sqrt(1 - hourly * hourly);

/** A fresh world for a scenario; with `change`, one circumstance becomes perfect on the way. */
export function createWorld(s: Scenario, change?: Change) {
  const w = createMail(s);
  const outside = createOutside(w);
  const inside = createInside(w);
  const arrive = createArriving(w, outside);
  const turnings = createTurnings(w);
  const step = () => {
    w.bits = w.broken[w.q];
    for (let p = 0; p < w.places.length; p++) {
      if (w.places[p].quota > 0 && w.q % 360 === (p * 37) % 360) w.quotaLeft[p] = w.places[p].quota;
    }
    if (!w.cohortMarked && w.now >= s.recovery) turnings.markCohort();
    if (w.now >= s.flushAt && w.now < s.flushAt + QUANTUM) turnings.flush();
    if (s.hold > 0 && w.now >= s.holdTo && w.now < s.holdTo + QUANTUM) turnings.release();
    if (change !== undefined && w.now >= change.at && !w.perfect[change.what]) {
      turnings.makePerfect(change.what);
      w.bits = w.broken[w.q];
    }
    let id = w.calendar[w.q];
    w.calendar[w.q] = -1;
    while (id !== -1) {
      const next = w.link[id];
      if (w.state[id] === CLOCK) outside.hostTries(id);
      else if (w.state[id] === AT_SENDER) outside.offer(id);
      else if (w.state[id] === DEFERRED) inside.becomeReady(id);
      id = next;
    }
    arrive();
    inside.work();
    w.q++;
    w.now = s.from + w.q * QUANTUM;
  };

  const playMinute = () => {
    w.delivered.fill(0);
    w.failed.fill(0);
    w.throttled.fill(0);
    w.greylisted.fill(0);
    w.scanned = 0;
    w.retried = 0;
    w.fresh = 0;
    w.late = 0;
    w.entered = 0;
    // Ten seconds make little difference to an hour's weather.
    w.arrivalLevel = w.arrivalLevel * hourly + 0.15 * hourlyRest * w.arrivalNoise.normal();
    w.serviceLevel = w.serviceLevel * hourly + s.capacityNoise * hourlyRest * w.serviceNoise.normal();
    for (let n = 0; n < minute; n++) step();
  };

  return {
    scenario: s,
    /** Plays one minute. */
    minute: playMinute,
    /** Probability that the queue is no smaller in an hour, by so many other futures. */
    chanceOfGrowth: (times: number): number => chanceOfGrowth(w, playMinute, times),
    /** From here on mail counts as late that was submitted before `at`. */
    ended(at: number) {
      w.endedAt = at;
    },
    get now() {
      return w.now;
    },
    get over() {
      return w.q + minute >= w.slots;
    },
    /** What did not work in the last step. */
    get broken() {
      return w.bits;
    },
    get depth() {
      return w.depth;
    },
    get held() {
      return w.held;
    },
    get active() {
      return w.active;
    },
    get cohort() {
      return w.cohort;
    },
    get cohortLeft() {
      return w.cohortLeft;
    },
    get scanned() {
      return w.scanned;
    },
    get retried() {
      return w.retried;
    },
    get fresh() {
      return w.fresh;
    },
    get late() {
      return w.late;
    },
    get entered() {
      return w.entered;
    },
    get messages() {
      return w.count - w.hosts;
    },
    depthAt: w.depthAt,
    activeAt: w.activeAt,
    delivered: w.delivered,
    failed: w.failed,
    throttled: w.throttled,
    greylisted: w.greylisted,
    unreachable: inside.unreachable,
    /** Where every message is now, how many in each state. */
    census(): number[] {
      const found = new Array<number>(10).fill(0);
      for (let id = w.hosts; id < w.count; id++) found[w.state[id]]++;
      return found;
    },
    /** When the mail of the cohort left, of one place if told, in order; mail that was given up does not count, what is still here is `Infinity`. */
    departures(only?: number): Float64Array {
      const times: number[] = [];
      for (let id = w.hosts; id < w.count; id++) {
        if (only !== undefined && w.place[id] !== only) continue;
        if ((w.marks[id] & COHORT) === 0 || w.state[id] === LOST || w.state[id] === EXPIRED) continue;
        times.push(w.state[id] === DONE ? w.done[id] : Number.POSITIVE_INFINITY);
      }
      return Float64Array.from(times).sort();
    },
    /** The listing: calls `row` for each message in the queue. */
    list(row: (place: number, arrived: number, due: number, scanned: boolean, attempts: number) => void) {
      for (let n = 0; n < w.depth; n++) {
        const id = w.live[n];
        const next = w.state[id] === INCOMING ? w.arrived[id] : w.due[id] === 0 ? w.arrived[id] : w.due[id];
        row(w.place[id], w.arrived[id], next, (w.marks[id] & SCANNED) !== 0, w.attempts[id]);
      }
    },
  };
}
