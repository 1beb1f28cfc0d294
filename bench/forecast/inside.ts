// Our own queue: what is taken up, what it costs, what places say, and when it is tried again.

import { chanceOf } from "./dice.ts";
import { DEFERRED, DONE, EXPIRED, greylistFor, IN_LINE, type Mail, QUANTUM, READY, SCANNED } from "./mail.ts";
import { FILTER, HANG, HOST, SLOW, SOME, STORE, UPLINK } from "./scenario.ts";

const days = 86_400;
/** Costs in work units: a first scan is 1. */
const retryCost = 0.15;
const suspendedCost = 0.05;
/** A place that could not be reached is left alone for this long. */
const suspendFor = 300;
const transientShare = 0.012;

/** What our server does. */
export interface Inside {
  /** Ten seconds of work. */
  work(): void;
  /** The timer of a message has run out. */
  becomeReady(message: number): void;
  /** Whether a place cannot be reached now. */
  unreachable(place: number): boolean;
}

/** The queue of a world. */
export function createInside(w: Mail): Inside {
  const { s } = w;
  const defer = (id: number) => {
    w.activeAt[w.place[id]]--;
    w.active--;
    const age = w.now - w.arrived[id];
    if (age >= 5 * days) return w.finish(id, EXPIRED);
    w.state[id] = DEFERRED;
    if (w.attempts[id] < 60_000) w.attempts[id]++;
    if (w.perfect.timers) {
      w.due[id] = w.now + 60;
      return w.put(id, w.due[id]);
    }
    w.due[id] = w.now + Math.min(w.timers.maximal, Math.max(w.timers.minimal, age));
    w.put(id, Math.ceil((w.due[id] - w.timers.phase) / w.timers.run) * w.timers.run + w.timers.phase);
  };
  const unreachable = (p: number): boolean =>
    w.now >= w.places[p].deadFrom ||
    (p === 0 ? (w.bits & STORE) !== 0 : (w.bits & UPLINK) !== 0 || ((w.bits & SOME) !== 0 && s.some.has(p)));
  /** The place answers; what it says. Returns false where it is not taken. */
  const hand = (id: number, p: number): boolean => {
    const there = w.places[p];
    if (!w.perfect.destination) {
      if (there.quota > 0 && w.quotaLeft[p] <= 0) {
        w.throttled[p]++;
        defer(id);
        return false;
      }
      if (there.greylist > 0 && chanceOf(w.seed, id, 31) < there.greylist) {
        if (w.firstGrey[id] === 0) w.firstGrey[id] = w.now;
        if (w.now - w.firstGrey[id] < greylistFor) {
          w.greylisted[p]++;
          defer(id);
          return false;
        }
      }
      if (there.refuses > 0 && chanceOf(w.seed, id, 3000 + w.attempts[id]) < there.refuses) {
        w.failed[p]++;
        defer(id);
        return false;
      }
    }
    const u = chanceOf(w.seed, id, 2000 + w.attempts[id]);
    if (u < transientShare) {
      w.failed[p]++;
      defer(id);
      return false;
    }
    if (there.quota > 0) w.quotaLeft[p]--;
    // The last 0.8 % of these are final refusals of one recipient: an answer too, and it ends the matter.
    w.delivered[p]++;
    w.activeAt[p]--;
    w.active--;
    w.finish(id, DONE);
    return true;
  };
  /** One message is taken up; what that costs. */
  const serve = (id: number): number => {
    const p = w.place[id];
    const first = (w.marks[id] & SCANNED) === 0;
    if (first && (w.bits & FILTER) !== 0) {
      defer(id);
      return suspendedCost;
    }
    if (first) {
      w.marks[id] |= SCANNED;
      w.scanned++;
    }
    if (w.suspendedUntil[p] > w.now) {
      defer(id);
      return first ? 1 : suspendedCost;
    }
    if (!first) w.retried++;
    const cost = first ? 1 : retryCost;
    if (unreachable(p)) {
      w.failed[p]++;
      w.suspendedUntil[p] = w.now + suspendFor;
      defer(id);
      return cost;
    }
    if (w.places[p].cap > 0 && !w.perfect.destination) {
      w.state[id] = IN_LINE;
      w.link[id] = -1;
      if (w.lineTail[p] === -1) w.lineHead[p] = id;
      else w.link[w.lineTail[p]] = id;
      w.lineTail[p] = id;
      return cost;
    }
    const full = w.places[p].quota > 0 && w.quotaLeft[p] <= 0 && !w.perfect.destination;
    hand(id, p);
    return full && !first ? suspendedCost : cost;
  };
  const work = () => {
    if ((w.bits & (HOST | HANG)) !== 0) {
      w.credit = 0;
      return;
    }
    let rate = (s.capacity / 3600) * Math.exp(w.serviceLevel);
    if ((w.bits & SLOW) !== 0) rate *= s.slowTo;
    const hour = (w.now % days) / 3600;
    if (s.halvesAtDay && w.now > s.recovery && hour >= 9 && hour < 17) rate *= 0.5;
    if (s.thrashes && w.active > 3000) rate *= Math.max(0.4, 3000 / w.active);
    if (w.perfect.service) rate = 1e6;
    w.credit = Math.min(w.credit, rate * QUANTUM) + rate * QUANTUM;
    if (w.credit > 2 * rate * QUANTUM) w.credit = 2 * rate * QUANTUM;
    // What is deferred in this step comes back in a later one, so both lines get shorter.
    while (w.credit > 0 && (w.incomingHead !== -1 || w.readyHead !== -1)) {
      w.turn = w.incomingHead === -1 ? false : w.readyHead === -1 ? true : !w.turn;
      let id: number;
      if (w.turn) {
        id = w.incomingHead;
        w.incomingHead = w.link[id];
        if (w.incomingHead === -1) w.incomingTail = -1;
      } else {
        id = w.readyHead;
        w.readyHead = w.link[id];
        if (w.readyHead === -1) w.readyTail = -1;
      }
      w.credit -= serve(id);
    }
    if (w.incomingHead === -1 && w.readyHead === -1) w.credit = Math.min(w.credit, 0);
    for (let p = 0; p < w.places.length; p++) {
      const { cap } = w.places[p];
      if (cap === 0) continue;
      w.lineCredit[p] += (cap / 3600) * QUANTUM;
      const down = unreachable(p);
      while (w.lineHead[p] !== -1 && (down || w.perfect.destination || w.lineCredit[p] >= 1)) {
        const id = w.lineHead[p];
        w.lineHead[p] = w.link[id];
        if (w.lineHead[p] === -1) w.lineTail[p] = -1;
        if (down) defer(id);
        else {
          w.lineCredit[p]--;
          hand(id, p);
        }
      }
      if (w.lineHead[p] === -1) w.lineCredit[p] = Math.min(w.lineCredit[p], 1);
    }
  };
  const becomeReady = (id: number) => {
    w.state[id] = READY;
    w.activeAt[w.place[id]]++;
    w.active++;
    w.link[id] = -1;
    if (w.readyTail === -1) w.readyHead = id;
    else w.link[w.readyTail] = id;
    w.readyTail = id;
  };
  return { work, becomeReady, unreachable };
}
