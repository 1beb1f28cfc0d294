// A mail server, those who write to it and those it writes to, played in steps of ten seconds.
//
// One room, and plain loops: an outage holds up to a few hundred thousand messages and has to take a fraction of a second.
// A message is a number; its columns are typed arrays. It is always in at most one list (the calendar slot of its next attempt,
// the incoming line, the line of due retries, the line of a place that takes little at a time, or the wait at its sending host),
// so one column links all lists. Chance belongs to the message and not to the order of things: when one circumstance is
// changed and the same seed played again, everything else happens as before.

import { chanceOf, throwDice } from "./dice.ts";
import {
  FILTER,
  HANG,
  HOST,
  INBOUND,
  manyShare,
  mostMore,
  rateAt,
  type Scenario,
  SLOW,
  SOME,
  STORE,
  UPLINK,
} from "./scenario.ts";
import { lifetimeOf, neverRetries, nextAttempt, nextHostAttempt } from "./senders.ts";

/** What is made perfect from a moment on, to see what it was that took so long. */
export interface Change {
  readonly at: number;
  readonly what: "service" | "timers" | "senders" | "destination" | "down";
}

export const AT_SENDER = 0;
export const INCOMING = 1;
export const DEFERRED = 2;
export const READY = 3;
export const IN_LINE = 4;
export const DONE = 5;
export const EXPIRED = 6;
export const LOST = 7;
export const HELD = 8;
const CLOCK = 9;

const QUANTUM = 10;
const minute = 6;
const days = 86_400;
/** Costs in work units: a first scan is 1. */
const retryCost = 0.15;
const suspendedCost = 0.05;
/** A place that could not be reached is left alone for this long. */
const suspendFor = 300;
const greylistFor = 280;
const transientShare = 0.012;

/** A world that is being played; `minute()` goes on by one. Read the counts between two minutes. */
export type World = ReturnType<typeof createWorld>;

function widen<T extends Int32Array | Uint8Array | Uint16Array | Float64Array>(column: T, size: number): T {
  const wider = new (column.constructor as new (length: number) => T)(size);
  wider.set(column);
  return wider;
}

/** A fresh world for a scenario; with `change`, one circumstance becomes perfect on the way. */
export function createWorld(s: Scenario, change?: Change) {
  const { seed, places, timers, senders } = s;
  const hosts = senders.hosts.length;
  const slots = Math.ceil((s.horizon - s.from) / QUANTUM) + 2 * minute;
  const calendar = new Int32Array(slots).fill(-1);
  const broken = new Uint8Array(slots);
  for (const trouble of s.troubles) {
    const last = Math.min(slots, Math.round((trouble.to - s.from) / QUANTUM));
    for (let q = Math.max(0, Math.round((trouble.from - s.from) / QUANTUM)); q < last; q++) broken[q] |= trouble.bits;
  }

  // Columns. The first rows are the clocks of sending hosts.
  let size = Math.ceil(hosts + 1000 + s.load * 1.5 * ((s.recovery - s.from) / 3600 + 12));
  let place = new Uint8Array(size);
  let state = new Uint8Array(size).fill(CLOCK, 0, hosts);
  let senderClass = new Uint8Array(size);
  let marks = new Uint8Array(size);
  let attempts = new Uint16Array(size);
  let host = new Int32Array(size);
  let born = new Float64Array(size);
  let arrived = new Float64Array(size);
  let due = new Float64Array(size);
  let done = new Float64Array(size);
  let firstGrey = new Float64Array(size);
  let link = new Int32Array(size);
  let slot = new Int32Array(size);
  let seat = new Int32Array(size);
  let count = hosts;
  const SCANNED = 1;
  const OWN_GREY = 2;
  const COHORT = 4;
  const OUTSIDE = 8;
  const grow = () => {
    size = Math.ceil(size * 1.6);
    place = widen(place, size);
    state = widen(state, size);
    senderClass = widen(senderClass, size);
    marks = widen(marks, size);
    attempts = widen(attempts, size);
    host = widen(host, size);
    born = widen(born, size);
    arrived = widen(arrived, size);
    due = widen(due, size);
    done = widen(done, size);
    firstGrey = widen(firstGrey, size);
    link = widen(link, size);
    slot = widen(slot, size);
    seat = widen(seat, size);
  };

  // Who is in the queue, in no order.
  let live = new Int32Array(4096);
  let depth = 0;
  const depthAt = new Int32Array(places.length);
  const activeAt = new Int32Array(places.length);
  let active = 0;

  // Sending hosts.
  const failingSince = new Float64Array(hosts).fill(-1);
  const hostGap = new Float64Array(hosts);
  const hostFailures = new Int32Array(hosts);
  const waiting = new Int32Array(hosts).fill(-1);
  const hostTable = senders.hosts.reduce<Map<number, { ids: number[]; upTo: number[] }>>(
    (map, { senderClass: of, volume }, n) => {
      const entry = map.get(of) ?? { ids: [], upTo: [] };
      entry.ids.push(n);
      entry.upTo.push((entry.upTo.at(-1) ?? 0) + volume);
      return map.set(of, entry);
    },
    new Map(),
  );

  // Lines.
  let incomingHead = -1;
  let incomingTail = -1;
  let readyHead = -1;
  let readyTail = -1;
  const lineHead = new Int32Array(places.length).fill(-1);
  const lineTail = new Int32Array(places.length).fill(-1);
  const lineCredit = new Float64Array(places.length);
  const suspendedUntil = new Float64Array(places.length).fill(-1);
  const quotaLeft = Float64Array.from(places, ({ quota }) => quota);

  // Chance by purpose.
  const arrivals = throwDice(seed, 10);
  const arrivalNoise = throwDice(seed, 11);
  const serviceNoise = throwDice(seed, 12);
  const junkDice = throwDice(seed, 13);
  const cumulative = (shares: readonly number[]) => {
    const table = new Float64Array(shares.length);
    let sum = 0;
    shares.forEach((share, n) => {
      sum += share;
      table[n] = sum;
    });
    return table;
  };
  const insideTable = cumulative(s.insideShares);
  const outsideTable = cumulative(s.outsideShares);
  const mixTable = cumulative(senders.mix);
  const find = (table: ArrayLike<number>, u: number): number => {
    let n = 0;
    const last = table.length - 1;
    while (n < last && u >= table[n]) n++;
    return n;
  };

  // Counts since the last minute.
  const delivered = new Int32Array(places.length);
  const failed = new Int32Array(places.length);
  const throttled = new Int32Array(places.length);
  const greylisted = new Int32Array(places.length);
  let scanned = 0;
  let retried = 0;
  let fresh = 0;
  let late = 0;
  let entered = 0;

  let q = 0;
  let now = s.from;
  let bits = 0;
  let arrivalLevel = 0;
  let serviceLevel = 0;
  let credit = 0;
  let turn = false;
  let cohort = 0;
  let cohortLeft = 0;
  let cohortMarked = false;
  let endedAt = Number.POSITIVE_INFINITY;
  const perfect = { service: false, timers: false, senders: false, destination: false, down: false };

  const put = (id: number, at: number) => {
    const target = Math.max(q + 1, Math.ceil((at - s.from) / QUANTUM));
    slot[id] = target;
    if (target >= slots) return;
    link[id] = calendar[target];
    calendar[target] = id;
  };
  const enter = (id: number) => {
    state[id] = INCOMING;
    arrived[id] = now;
    attempts[id] = 0;
    if (depth === live.length) live = widen(live, depth * 2);
    seat[id] = depth;
    live[depth++] = id;
    depthAt[place[id]]++;
    activeAt[place[id]]++;
    active++;
    entered++;
    link[id] = -1;
    if (incomingTail === -1) incomingHead = id;
    else link[incomingTail] = id;
    incomingTail = id;
  };
  const leave = (id: number) => {
    const last = live[--depth];
    live[seat[id]] = last;
    seat[last] = seat[id];
    depthAt[place[id]]--;
  };
  const finish = (id: number, how: number) => {
    state[id] = how;
    done[id] = now;
    leave(id);
    if ((marks[id] & COHORT) !== 0) cohortLeft--;
  };
  const lose = (id: number) => {
    state[id] = LOST;
    done[id] = now;
    if ((marks[id] & COHORT) !== 0) cohortLeft--;
  };

  // ---- at the senders ----

  const hostFails = (h: number) => {
    if (failingSince[h] < 0) {
      failingSince[h] = now;
      hostGap[h] = 0;
      hostFailures[h] = 0;
    }
    hostFailures[h]++;
    const sender = senders.hosts[h];
    let id = waiting[h];
    let kept = -1;
    while (id !== -1) {
      const next = link[id];
      const clock = sender.senderClass === 1 ? failingSince[h] : born[id];
      if (now - clock >= sender.lifetime) lose(id);
      else {
        link[id] = kept;
        kept = id;
      }
      id = next;
    }
    waiting[h] = kept;
    const [at, gap] = nextHostAttempt(sender, failingSince[h], now, hostGap[h], hostFailures[h]);
    hostGap[h] = gap;
    put(h, perfect.senders ? now + 60 : at);
  };
  const hostTries = (h: number) => {
    if ((bits & INBOUND) !== 0) return hostFails(h);
    failingSince[h] = -1;
    let id = waiting[h];
    waiting[h] = -1;
    while (id !== -1) {
      const next = link[id];
      put(id, now + (perfect.senders ? 60 : senders.hosts[h].flush) * chanceOf(seed, id, 21));
      id = next;
    }
  };
  const offer = (id: number) => {
    const h = host[id];
    if (h >= 0 && failingSince[h] >= 0) {
      link[id] = waiting[h];
      waiting[h] = id;
      return;
    }
    if ((bits & INBOUND) === 0) {
      const grey = s.greylist > 0 && (marks[id] & OWN_GREY) === 0 && chanceOf(seed, id, 22) < s.greylist;
      if (!grey || perfect.senders) {
        const dated = chanceOf(seed, id, 23) < s.dated;
        const waited = now - born[id];
        if (!dated || waited <= 180) fresh++;
        else if (born[id] < endedAt && now >= s.start) late++;
        return enter(id);
      }
      marks[id] |= OWN_GREY;
      if (h >= 0) return put(id, now + Math.max(greylistFor, senders.hosts[h].run));
    } else if (h >= 0) {
      link[id] = waiting[h];
      waiting[h] = id;
      return hostFails(h);
    }
    if (attempts[id] < 60_000) attempts[id]++;
    const of = senderClass[id];
    if (of === neverRetries) return lose(id);
    if (s.secondMx > 0 && (bits & UPLINK) === 0 && attempts[id] === 1 && chanceOf(seed, id, 24) < s.secondMx) {
      // Our second MX takes it, and tries us like any Postfix.
      senderClass[id] = 0;
    }
    const own = chanceOf(seed, id, 25);
    const grey = (marks[id] & OWN_GREY) !== 0 ? Math.max(greylistFor, 0) : 0;
    if (now - born[id] >= lifetimeOf(senders, senderClass[id], own)) return lose(id);
    if (perfect.senders) return put(id, now + 60);
    put(
      id,
      Math.max(
        now + grey,
        nextAttempt(senders, senderClass[id], born[id], now, attempts[id], own, chanceOf(seed, id, 100 + attempts[id])),
      ),
    );
  };

  // ---- in our queue ----

  const defer = (id: number) => {
    activeAt[place[id]]--;
    active--;
    const age = now - arrived[id];
    if (age >= 5 * days) return finish(id, EXPIRED);
    state[id] = DEFERRED;
    if (attempts[id] < 60_000) attempts[id]++;
    if (perfect.timers) {
      due[id] = now + 60;
      return put(id, due[id]);
    }
    due[id] = now + Math.min(timers.maximal, Math.max(timers.minimal, age));
    put(id, Math.ceil((due[id] - timers.phase) / timers.run) * timers.run + timers.phase);
  };
  const unreachable = (p: number): boolean =>
    now >= places[p].deadFrom ||
    (p === 0 ? (bits & STORE) !== 0 : (bits & UPLINK) !== 0 || ((bits & SOME) !== 0 && s.some.has(p)));
  /** The place answers; what it says. Returns false where it is not taken. */
  const hand = (id: number, p: number): boolean => {
    const there = places[p];
    if (!perfect.destination) {
      if (there.quota > 0 && quotaLeft[p] <= 0) {
        throttled[p]++;
        defer(id);
        return false;
      }
      if (there.greylist > 0 && chanceOf(seed, id, 31) < there.greylist) {
        if (firstGrey[id] === 0) firstGrey[id] = now;
        if (now - firstGrey[id] < greylistFor) {
          greylisted[p]++;
          defer(id);
          return false;
        }
      }
      if (there.refuses > 0 && chanceOf(seed, id, 3000 + attempts[id]) < there.refuses) {
        failed[p]++;
        defer(id);
        return false;
      }
    }
    const u = chanceOf(seed, id, 2000 + attempts[id]);
    if (u < transientShare) {
      failed[p]++;
      defer(id);
      return false;
    }
    if (there.quota > 0) quotaLeft[p]--;
    // The last 0.8 % of these are final refusals of one recipient: an answer too, and it ends the matter.
    delivered[p]++;
    activeAt[p]--;
    active--;
    finish(id, DONE);
    return true;
  };
  /** One message is taken up; what that costs. */
  const serve = (id: number): number => {
    const p = place[id];
    const first = (marks[id] & SCANNED) === 0;
    if (first && (bits & FILTER) !== 0) {
      defer(id);
      return suspendedCost;
    }
    if (first) {
      marks[id] |= SCANNED;
      scanned++;
    }
    if (suspendedUntil[p] > now) {
      defer(id);
      return first ? 1 : suspendedCost;
    }
    if (!first) retried++;
    const cost = first ? 1 : retryCost;
    if (unreachable(p)) {
      failed[p]++;
      suspendedUntil[p] = now + suspendFor;
      defer(id);
      return cost;
    }
    if (places[p].cap > 0 && !perfect.destination) {
      state[id] = IN_LINE;
      link[id] = -1;
      if (lineTail[p] === -1) lineHead[p] = id;
      else link[lineTail[p]] = id;
      lineTail[p] = id;
      return cost;
    }
    const full = places[p].quota > 0 && quotaLeft[p] <= 0 && !perfect.destination;
    hand(id, p);
    return full && !first ? suspendedCost : cost;
  };
  const work = () => {
    if ((bits & (HOST | HANG)) !== 0) {
      credit = 0;
      return;
    }
    let rate = (s.capacity / 3600) * Math.exp(serviceLevel);
    if ((bits & SLOW) !== 0) rate *= s.slowTo;
    const hour = (now % days) / 3600;
    if (s.halvesAtDay && now > s.recovery && hour >= 9 && hour < 17) rate *= 0.5;
    if (s.thrashes && active > 3000) rate *= Math.max(0.4, 3000 / active);
    if (perfect.service) rate = 1e6;
    credit = Math.min(credit, rate * QUANTUM) + rate * QUANTUM;
    if (credit > 2 * rate * QUANTUM) credit = 2 * rate * QUANTUM;
    // What is deferred in this step comes back in a later one, so both lines get shorter.
    while (credit > 0 && (incomingHead !== -1 || readyHead !== -1)) {
      turn = incomingHead === -1 ? false : readyHead === -1 ? true : !turn;
      let id: number;
      if (turn) {
        id = incomingHead;
        incomingHead = link[id];
        if (incomingHead === -1) incomingTail = -1;
      } else {
        id = readyHead;
        readyHead = link[id];
        if (readyHead === -1) readyTail = -1;
      }
      credit -= serve(id);
    }
    if (incomingHead === -1 && readyHead === -1) credit = Math.min(credit, 0);
    for (let p = 0; p < places.length; p++) {
      const { cap } = places[p];
      if (cap === 0) continue;
      lineCredit[p] += (cap / 3600) * QUANTUM;
      const down = unreachable(p);
      while (lineHead[p] !== -1 && (down || perfect.destination || lineCredit[p] >= 1)) {
        const id = lineHead[p];
        lineHead[p] = link[id];
        if (lineHead[p] === -1) lineTail[p] = -1;
        if (down) defer(id);
        else {
          lineCredit[p]--;
          hand(id, p);
        }
      }
      if (lineHead[p] === -1) lineCredit[p] = Math.min(lineCredit[p], 1);
    }
  };
  const becomeReady = (id: number) => {
    state[id] = READY;
    activeAt[place[id]]++;
    active++;
    link[id] = -1;
    if (readyTail === -1) readyHead = id;
    else link[readyTail] = id;
    readyTail = id;
  };

  // ---- what arrives ----

  const create = (outside: boolean, u: number, v: number, w: number): number => {
    if (count === size) grow();
    const id = count++;
    born[id] = now;
    if (outside) {
      marks[id] = OUTSIDE;
      place[id] = find(outsideTable, u);
      const of = find(mixTable, v);
      senderClass[id] = of;
      const table = hostTable.get(of);
      host[id] = table === undefined ? -1 : table.ids[find(table.upTo, w * (table.upTo.at(-1) ?? 0))];
    } else {
      place[id] = find(insideTable, u);
      host[id] = -1;
    }
    return id;
  };
  const arrive = () => {
    const rate = rateAt(s.load, s.amplitude, s.peakAt, now) * Math.exp(arrivalLevel);
    for (let n = arrivals.poisson((rate * QUANTUM) / 3600); n > 0; n--) {
      const outside = arrivals.uniform() >= s.localShare;
      const id = create(outside, arrivals.uniform(), arrivals.uniform(), arrivals.uniform());
      if (outside) offer(id);
      else if ((bits & HOST) !== 0) state[id] = LOST;
      else {
        fresh++;
        enter(id);
        if (s.manyRecipients && chanceOf(seed, id, 41) < manyShare) {
          for (let more = 1 + Math.floor(mostMore * chanceOf(seed, id, 42)); more > 0; more--) {
            fresh++;
            enter(create(false, chanceOf(seed, id, 42 + more), 0, 0));
          }
        }
      }
    }
    if (now >= s.junk.from && now < s.junk.to) {
      for (let n = junkDice.poisson((s.junk.rate * QUANTUM) / 3600); n > 0; n--) {
        const id = create(true, junkDice.uniform(), 0, 0);
        host[id] = -1;
        senderClass[id] = neverRetries;
        marks[id] |= OWN_GREY;
        offer(id);
      }
    }
  };

  // ---- turning points ----

  /** Puts everything that waits for its time into the calendar anew. */
  const replan = (timeOf: (id: number) => number | undefined) => {
    calendar.fill(-1);
    for (let h = 0; h < hosts; h++) if (failingSince[h] >= 0) put(h, timeOf(h) ?? s.from + slot[h] * QUANTUM);
    const queued = new Set<number>();
    for (let h = 0; h < hosts; h++) for (let id = waiting[h]; id !== -1; id = link[id]) queued.add(id);
    for (let id = hosts; id < count; id++) {
      if ((state[id] === AT_SENDER && !queued.has(id)) || state[id] === DEFERRED) {
        put(id, timeOf(id) ?? s.from + slot[id] * QUANTUM);
      }
    }
  };
  const flush = () =>
    replan((id) => {
      if (state[id] !== DEFERRED) return undefined;
      due[id] = Math.min(due[id], now);
      return now;
    });
  const makePerfect = (what: Change["what"]) => {
    perfect[what] = true;
    if (what === "timers") flush();
    if (what === "senders") {
      replan((id) => (state[id] === CLOCK || state[id] === AT_SENDER ? now + 120 * chanceOf(seed, id, 51) : undefined));
    }
    if (what === "down") {
      // Capacity comes back too: what breaks is gone, whatever it is.
      broken.fill(0, q);
    }
  };
  const markCohort = () => {
    cohortMarked = true;
    for (let id = hosts; id < count; id++) {
      if (state[id] > IN_LINE || places[place[id]].deadFrom <= now) continue;
      marks[id] |= COHORT;
      cohort++;
    }
    cohortLeft = cohort;
    if (s.hold === 0) return;
    for (let n = depth - 1; n >= 0; n--) {
      const id = live[n];
      if (state[id] !== DEFERRED || chanceOf(seed, id, 61) >= s.hold) continue;
      state[id] = HELD;
      leave(id);
    }
    replan(() => undefined);
  };
  const release = () => {
    for (let id = hosts; id < count; id++) {
      if (state[id] !== HELD) continue;
      const first = arrived[id];
      enter(id);
      arrived[id] = first;
      entered--;
    }
  };

  const step = () => {
    bits = broken[q];
    for (let p = 0; p < places.length; p++) {
      if (places[p].quota > 0 && q % 360 === (p * 37) % 360) quotaLeft[p] = places[p].quota;
    }
    if (!cohortMarked && now >= s.recovery) markCohort();
    if (now >= s.flushAt && now < s.flushAt + QUANTUM) flush();
    if (s.hold > 0 && now >= s.holdTo && now < s.holdTo + QUANTUM) release();
    if (change !== undefined && now >= change.at && !perfect[change.what]) {
      makePerfect(change.what);
      bits = broken[q];
    }
    let id = calendar[q];
    calendar[q] = -1;
    while (id !== -1) {
      const next = link[id];
      if (state[id] === CLOCK) hostTries(id);
      else if (state[id] === AT_SENDER) offer(id);
      else if (state[id] === DEFERRED) becomeReady(id);
      id = next;
    }
    arrive();
    work();
    q++;
    now = s.from + q * QUANTUM;
  };

  return {
    scenario: s,
    /** Plays one minute. */
    minute() {
      delivered.fill(0);
      failed.fill(0);
      throttled.fill(0);
      greylisted.fill(0);
      scanned = 0;
      retried = 0;
      fresh = 0;
      late = 0;
      entered = 0;
      // Ten seconds make little difference to an hour's weather.
      arrivalLevel = arrivalLevel * hourly + 0.15 * hourlyRest * arrivalNoise.normal();
      serviceLevel = serviceLevel * hourly + s.capacityNoise * hourlyRest * serviceNoise.normal();
      for (let n = 0; n < minute; n++) step();
    },
    /** From here on mail counts as late that was submitted before `at`. */
    ended(at: number) {
      endedAt = at;
    },
    get now() {
      return now;
    },
    get over() {
      return q + minute >= slots;
    },
    /** What did not work in the last step. */
    get broken() {
      return bits;
    },
    get depth() {
      return depth;
    },
    get active() {
      return active;
    },
    get cohort() {
      return cohort;
    },
    get cohortLeft() {
      return cohortLeft;
    },
    get scanned() {
      return scanned;
    },
    get retried() {
      return retried;
    },
    get fresh() {
      return fresh;
    },
    get late() {
      return late;
    },
    get entered() {
      return entered;
    },
    get messages() {
      return count - hosts;
    },
    depthAt,
    activeAt,
    delivered,
    failed,
    throttled,
    greylisted,
    unreachable,
    /** Where every message is now, how many in each state. */
    census(): number[] {
      const found = new Array<number>(10).fill(0);
      for (let id = hosts; id < count; id++) found[state[id]]++;
      return found;
    },
    /** When the mail of the cohort left, of one place if told, in order; mail that was given up does not count, what is still here is `Infinity`. */
    departures(only?: number): Float64Array {
      const times: number[] = [];
      for (let id = hosts; id < count; id++) {
        if (only !== undefined && place[id] !== only) continue;
        if ((marks[id] & COHORT) === 0 || state[id] === LOST || state[id] === EXPIRED) continue;
        times.push(state[id] === DONE ? done[id] : Number.POSITIVE_INFINITY);
      }
      return Float64Array.from(times).sort();
    },
    /** The listing: calls `row` for each message in the queue. */
    list(row: (place: number, arrived: number, due: number, scanned: boolean, attempts: number) => void) {
      for (let n = 0; n < depth; n++) {
        const id = live[n];
        const next = state[id] === INCOMING ? arrived[id] : due[id] === 0 ? arrived[id] : due[id];
        row(place[id], arrived[id], next, (marks[id] & SCANNED) !== 0, attempts[id]);
      }
    },
  };
}

const hourly = Math.exp(-60 / 3600);
const hourlyRest = Math.sqrt(1 - hourly * hourly);
