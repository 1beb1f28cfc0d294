// All the mail of a world and where it is: columns of numbers, lists linked through one column, and how a message moves.
//
// A message is a number; its columns are typed arrays. It is always in at most one list (the calendar slot of its next attempt,
// the incoming line, the line of due retries, the line of a place that takes little at a time, or the wait at its sending host),
// so one column links all lists. Chance belongs to the message and not to the order of things: when one circumstance is
// changed and the same seed played again, everything else happens as before.

import { throwDice } from "./dice.ts";
import type { Scenario, Trouble } from "./scenario.ts";

export const AT_SENDER = 0;
export const INCOMING = 1;
export const DEFERRED = 2;
export const READY = 3;
export const IN_LINE = 4;
export const DONE = 5;
export const EXPIRED = 6;
export const LOST = 7;
export const HELD = 8;
export const CLOCK = 9;

/** Marks of a message; bits. */
export const SCANNED = 1;
export const OWN_GREY = 2;
export const COHORT = 4;
export const OUTSIDE = 8;

/** Seconds of a step, and steps of a minute. */
export const QUANTUM = 10;
export const minute = 6;
/** A message that is turned away for a while is taken after so long. */
export const greylistFor = 280;

/** The state of a world: rooms read and write it, one step at a time. */
export type Mail = ReturnType<typeof createMail>;

function widen<T extends Int32Array | Uint8Array | Uint16Array | Float64Array>(column: T, size: number): T {
  const wider = new (column.constructor as new (length: number) => T)(size);
  wider.set(column);
  return wider;
}

/** The first entry of a cumulative table that lies above `u`. */
export function find(table: ArrayLike<number>, u: number): number {
  let n = 0;
  const last = table.length - 1;
  while (n < last && u >= table[n]) n++;
  return n;
}

function cumulative(shares: readonly number[]): Float64Array {
  const table = new Float64Array(shares.length);
  let sum = 0;
  shares.forEach((share, n) => {
    sum += share;
    table[n] = sum;
  });
  return table;
}

/** Marks in a row of steps what does not work in them, from step `first` on. */
export function breakSteps(broken: Uint8Array, s: Scenario, troubles: readonly Trouble[], first = 0): void {
  for (const trouble of troubles) {
    const last = Math.min(broken.length, Math.round((trouble.to - s.from) / QUANTUM));
    for (let q = Math.max(first, Math.round((trouble.from - s.from) / QUANTUM)); q < last; q++)
      broken[q] |= trouble.bits;
  }
}

/** Remembers all of a world as it is. What is given puts everything back, and each column into the array that it was in: others hold it too. */
export function keep(w: Mail): () => void {
  const kept = Object.entries(w).map(([name, value]) => {
    const column = ArrayBuffer.isView(value) ? (value as Uint8Array) : undefined;
    return { name, value, column, contents: column?.slice() ?? new Uint8Array(0) };
  });
  return () => {
    for (const { name, value, column, contents } of kept) {
      column?.set(contents);
      Object.assign(w, { [name]: value });
    }
  };
}

/** No mail yet, and everything works. */
export function createMail(s: Scenario) {
  const { seed, places, timers, senders } = s;
  const hosts = senders.hosts.length;
  const slots = Math.ceil((s.horizon - s.from) / QUANTUM) + 2 * minute;
  const broken = new Uint8Array(slots);
  breakSteps(broken, s, s.troubles);
  // The first rows are the clocks of sending hosts.
  const size = Math.ceil(hosts + 1000 + s.load * 1.5 * ((s.recovery - s.from) / 3600 + 12));
  const hostTable = new Map<number, { ids: number[]; upTo: number[] }>();
  senders.hosts.forEach(({ senderClass, volume }, n) => {
    const entry = hostTable.get(senderClass) ?? { ids: [], upTo: [] };
    entry.ids.push(n);
    entry.upTo.push((entry.upTo.at(-1) ?? 0) + volume);
    hostTable.set(senderClass, entry);
  });
  const w = {
    s,
    seed,
    places,
    timers,
    senders,
    hosts,
    slots,
    broken,
    junk: s.junk,
    calendar: new Int32Array(slots).fill(-1),

    // Columns.
    size,
    place: new Uint8Array(size),
    state: new Uint8Array(size).fill(CLOCK, 0, hosts),
    senderClass: new Uint8Array(size),
    marks: new Uint8Array(size),
    attempts: new Uint16Array(size),
    host: new Int32Array(size),
    born: new Float64Array(size),
    arrived: new Float64Array(size),
    due: new Float64Array(size),
    done: new Float64Array(size),
    firstGrey: new Float64Array(size),
    link: new Int32Array(size),
    slot: new Int32Array(size),
    seat: new Int32Array(size),
    count: hosts,

    // Who is in the queue, in no order.
    live: new Int32Array(4096),
    depth: 0,
    depthAt: new Int32Array(places.length),
    activeAt: new Int32Array(places.length),
    active: 0,
    /** Set aside, and not in the queue. */
    held: 0,

    // Sending hosts.
    failingSince: new Float64Array(hosts).fill(-1),
    hostGap: new Float64Array(hosts),
    hostFailures: new Int32Array(hosts),
    waiting: new Int32Array(hosts).fill(-1),
    hostTable,

    // Lines.
    incomingHead: -1,
    incomingTail: -1,
    readyHead: -1,
    readyTail: -1,
    lineHead: new Int32Array(places.length).fill(-1),
    lineTail: new Int32Array(places.length).fill(-1),
    lineCredit: new Float64Array(places.length),
    suspendedUntil: new Float64Array(places.length).fill(-1),
    quotaLeft: Float64Array.from(places, ({ quota }) => quota),

    // Chance by purpose.
    arrivals: throwDice(seed, 10),
    arrivalNoise: throwDice(seed, 11),
    serviceNoise: throwDice(seed, 12),
    junkDice: throwDice(seed, 13),
    insideTable: cumulative(s.insideShares),
    outsideTable: cumulative(s.outsideShares),
    mixTable: cumulative(senders.mix),

    // Counts since the last minute.
    delivered: new Int32Array(places.length),
    failed: new Int32Array(places.length),
    throttled: new Int32Array(places.length),
    greylisted: new Int32Array(places.length),
    scanned: 0,
    retried: 0,
    fresh: 0,
    late: 0,
    entered: 0,

    q: 0,
    now: s.from,
    bits: 0,
    arrivalLevel: 0,
    serviceLevel: 0,
    credit: 0,
    turn: false,
    cohort: 0,
    cohortLeft: 0,
    cohortMarked: false,
    endedAt: Number.POSITIVE_INFINITY,
    perfect: { service: false, timers: false, senders: false, destination: false, down: false },
  };

  /** Makes room for more messages. */
  const grow = () => {
    w.size = Math.ceil(w.size * 1.6);
    w.place = widen(w.place, w.size);
    w.state = widen(w.state, w.size);
    w.senderClass = widen(w.senderClass, w.size);
    w.marks = widen(w.marks, w.size);
    w.attempts = widen(w.attempts, w.size);
    w.host = widen(w.host, w.size);
    w.born = widen(w.born, w.size);
    w.arrived = widen(w.arrived, w.size);
    w.due = widen(w.due, w.size);
    w.done = widen(w.done, w.size);
    w.firstGrey = widen(w.firstGrey, w.size);
    w.link = widen(w.link, w.size);
    w.slot = widen(w.slot, w.size);
    w.seat = widen(w.seat, w.size);
  };
  /** Puts a message into the calendar slot of a moment. */
  const put = (id: number, at: number) => {
    const target = Math.max(w.q + 1, Math.ceil((at - s.from) / QUANTUM));
    w.slot[id] = target;
    if (target >= w.slots) return;
    w.link[id] = w.calendar[target];
    w.calendar[target] = id;
  };
  /** A message comes into our queue. */
  const enter = (id: number) => {
    w.state[id] = INCOMING;
    w.arrived[id] = w.now;
    w.attempts[id] = 0;
    if (w.depth === w.live.length) w.live = widen(w.live, w.depth * 2);
    w.seat[id] = w.depth;
    w.live[w.depth++] = id;
    w.depthAt[w.place[id]]++;
    w.activeAt[w.place[id]]++;
    w.active++;
    w.entered++;
    w.link[id] = -1;
    if (w.incomingTail === -1) w.incomingHead = id;
    else w.link[w.incomingTail] = id;
    w.incomingTail = id;
  };
  /** A message leaves the queue. */
  const leave = (id: number) => {
    const last = w.live[--w.depth];
    w.live[w.seat[id]] = last;
    w.seat[last] = w.seat[id];
    w.depthAt[w.place[id]]--;
  };
  /** A message leaves the queue for good. */
  const finish = (id: number, how: number) => {
    w.state[id] = how;
    w.done[id] = w.now;
    leave(id);
    if ((w.marks[id] & COHORT) !== 0) w.cohortLeft--;
  };
  /** A sender gives a message up. */
  const lose = (id: number) => {
    w.state[id] = LOST;
    w.done[id] = w.now;
    if ((w.marks[id] & COHORT) !== 0) w.cohortLeft--;
  };
  return Object.assign(w, { grow, put, enter, leave, finish, lose });
}
