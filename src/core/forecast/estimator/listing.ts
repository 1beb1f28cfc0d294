// One pass over the queue as listed: what waits for a first scan, what waits for its next attempt, what a destination holds back.

import type { Instant } from "../../time.ts";
import type { SeenQueue, SeenTimers } from "../seen.ts";
import { binAt, bins } from "./grid.ts";
import { retryWork } from "./work.ts";

/** Age segments of the mail that was not scanned yet. */
export const segments = 48;
/** Destinations that are played one by one; the rest goes with the crowd. */
export const limitedMost = 8;

/** Destinations of the crowd whose mail is told apart. */
export const trackedMost = 8;

/** A destination that is played by itself. */
export interface Limited {
  destination: number;
  /** Messages a second. */
  rate: number;
  quota: boolean;
  /** Shut for this long already, in seconds (0: open). */
  shutFor: number;
  /** Probability that it takes nothing at all. */
  suspected: number;
  /** Share of the arrivals. */
  share: number;
  /** Messages that could go now, and of these, those that the trouble delayed. */
  ready: number;
  readyDelayed: number;
  /** All of it, and of these, those that the trouble delayed. */
  all: number;
  allDelayed: number;
}

/** The queue as the play begins with it. Messages; `delayed` counts those that the trouble delayed; `fails` and `failsAgain`
 * are the sums over messages of the probability that the next attempt fails, and that it and the one after it do. */
export interface Start {
  /** Not scanned, oldest first. */
  readonly fresh: Float64Array;
  readonly freshDelayed: Float64Array;
  readonly freshFails: Float64Array;
  readonly freshFailsAgain: Float64Array;
  readonly freshAge: Float64Array;
  /** Waiting for an attempt in each bin; one more for what lies beyond. */
  readonly due: Float64Array;
  readonly dueDelayed: Float64Array;
  readonly dueFails: Float64Array;
  readonly dueFailsAgain: Float64Array;
  readonly dueAge: Float64Array;
  /** Work that it takes: a first scan is 1. */
  readonly dueWork: Float64Array;
  /** Being worked on again. */
  ready: number;
  readyDelayed: number;
  readyFails: number;
  readyFailsAgain: number;
  readyAge: number;
  readyWork: number;
  limited: Limited[];
  /** Due at a limited destination, `limitedMost` rows of `bins + 1`. */
  readonly limitedDue: Float64Array;
  readonly limitedDueDelayed: Float64Array;
  /** Delayed mail of the tracked destinations: in line for a first scan by segment, being tried again, due by bin. */
  readonly trackedFresh: Float64Array;
  readonly trackedReady: Float64Array;
  readonly trackedDue: Float64Array;
  /** All delayed mail of each, the number of all its messages, and the sum of their ages in seconds. */
  readonly trackedDelayed: Float64Array;
  readonly trackedAll: Float64Array;
  readonly trackedAge: Float64Array;
  dead: number;
  /** All but the dead. */
  depth: number;
  delayed: number;
}

/** What is known of each destination number, as columns. */
export interface DestinationColumns {
  /** -2 dead, -1 ordinary, 0 and more: the row of `Start.limited`. */
  kind: Int8Array;
  failing: Float64Array;
  greylisting: Float64Array;
  /** The row of a tracked destination, -1 for the others. */
  tracked: Int8Array;
}

/** An empty queue. */
export function createStart(): Start {
  const column = (length: number): Float64Array => new Float64Array(length);
  return {
    fresh: column(segments),
    freshDelayed: column(segments),
    freshFails: column(segments),
    freshFailsAgain: column(segments),
    freshAge: column(segments),
    due: column(bins + 1),
    dueDelayed: column(bins + 1),
    dueFails: column(bins + 1),
    dueFailsAgain: column(bins + 1),
    dueAge: column(bins + 1),
    dueWork: column(bins + 1),
    ready: 0,
    readyDelayed: 0,
    readyFails: 0,
    readyFailsAgain: 0,
    readyAge: 0,
    readyWork: 0,
    limited: [],
    limitedDue: column(limitedMost * (bins + 1)),
    limitedDueDelayed: column(limitedMost * (bins + 1)),
    trackedFresh: column(trackedMost * segments),
    trackedReady: column(trackedMost),
    trackedDue: column(trackedMost * (bins + 1)),
    trackedDelayed: column(trackedMost),
    trackedAll: column(trackedMost),
    trackedAge: column(trackedMost),
    dead: 0,
    depth: 0,
    delayed: 0,
  };
}

/** How the listing is read. */
export interface Reading {
  readonly now: Instant;
  /** When the trouble ended; mail that came before was delayed by it. */
  readonly end: Instant;
  /** Share of the arrivals of each minute after `end` that senders had held. */
  readonly lateShare: Float32Array;
  readonly timers: SeenTimers;
  /** Messages that the queue manager works on, from the last tick. */
  readonly active: number;
  /** Next queue run, seconds from now, and how sure that is: `NaN` where the phase is unknown. */
  readonly nextRun: number;
}

/** Reads the listing into `start`. */
export function readListing(queue: SeenQueue, columns: DestinationColumns, reading: Reading, start: Start): void {
  for (const column of [
    start.fresh,
    start.freshDelayed,
    start.freshFails,
    start.freshFailsAgain,
    start.freshAge,
    start.due,
    start.dueDelayed,
    start.dueFails,
    start.dueFailsAgain,
    start.dueAge,
    start.dueWork,
    start.limitedDue,
    start.limitedDueDelayed,
    start.trackedFresh,
    start.trackedReady,
    start.trackedDue,
    start.trackedDelayed,
    start.trackedAll,
    start.trackedAge,
  ]) {
    column.fill(0);
  }
  start.ready = start.readyDelayed = start.readyFails = start.readyFailsAgain = start.readyAge = start.readyWork = 0;
  start.dead = start.depth = start.delayed = 0;
  const { now, end, lateShare, timers } = reading;
  const { destination, arrival, due, scanned, attempts } = queue;
  const run = timers.queueRun / 1000;
  const minimal = timers.minimalBackoff;
  const maximal = timers.maximalBackoff;
  const known = columns.kind.length;
  const nextRun = reading.nextRun;

  const count = queue.count;
  const { kind: kinds, failing, greylisting, tracked } = columns;
  const { trackedFresh, trackedReady, trackedDue, trackedDelayed, trackedAll, trackedAge } = start;
  let oldest = now;
  let unscanned = 0;
  let past = 0;
  for (let row = 0; row < count; row++) {
    if (scanned[row] === 0 && attempts[row] === 0) {
      unscanned += 1;
      if (arrival[row] < oldest) oldest = arrival[row];
    } else if (due[row] <= now) {
      const number = destination[row];
      if (number >= known || kinds[number] === -1) past += 1;
    }
  }
  const width = Math.max(1, (now - oldest) / segments);
  // Of the mail whose timer has run out, the share that the queue manager has taken up already.
  const pastDue = past === 0 ? 1 : Math.min(1, Math.max(0, reading.active - unscanned) / past);
  const { fresh, freshDelayed, freshFails, freshFailsAgain, freshAge } = start;
  const { due: dueCount, dueDelayed, dueFails, dueFailsAgain, dueAge, dueWork } = start;
  let depth = 0;
  let allDelayed = 0;
  let ready = 0;
  let readyDelayed = 0;
  let readyFails = 0;
  let readyFailsAgain = 0;
  let readyAge = 0;
  let readyWork = 0;

  for (let row = 0; row < count; row++) {
    const number = destination[row];
    const kind = number < known ? kinds[number] : -1;
    if (kind === -2) {
      start.dead += 1;
      continue;
    }
    depth += 1;
    const came = arrival[row];
    let delayed = 1;
    if (came >= end) {
      const minute = Math.floor((came - end) / 60_000);
      delayed = minute < lateShare.length ? lateShare[minute] : 0;
    }
    allDelayed += delayed;
    const dueAt = due[row];
    if (kind >= 0) {
      const limited = start.limited[kind];
      limited.all += 1;
      limited.allDelayed += delayed;
      if ((scanned[row] === 0 && attempts[row] === 0) || dueAt <= now) {
        limited.ready += 1;
        limited.readyDelayed += delayed;
      } else {
        const at = kind * (bins + 1) + binAt((dueAt - now) / 1000 + run / 2);
        start.limitedDue[at] += 1;
        start.limitedDueDelayed[at] += delayed;
      }
      continue;
    }
    const follow = number < known ? tracked[number] : -1;
    if (follow >= 0) {
      trackedDelayed[follow] += delayed;
      trackedAll[follow] += 1;
      trackedAge[follow] += (now - came) / 1000;
    }
    const p = number < known ? failing[number] : 0.02;
    const grey = number < known ? greylisting[number] : 0;
    if (scanned[row] === 0 && attempts[row] === 0) {
      let segment = Math.floor((came - oldest) / width);
      if (segment >= segments) segment = segments - 1;
      const first = grey + (1 - grey) * p;
      fresh[segment] += 1;
      freshDelayed[segment] += delayed;
      freshFails[segment] += first;
      freshFailsAgain[segment] += first * p;
      freshAge[segment] += (now - came) / 1000;
      if (follow >= 0) trackedFresh[follow * segments + segment] += delayed;
      continue;
    }
    let first = p;
    if (grey > 0) {
      // When it was tried last follows from the timer: what has not been tried since the end meets greylisting still.
      const waited = dueAt - came;
      const lastTry =
        waited >= 2 * maximal ? dueAt - maximal : waited <= 2 * minimal ? dueAt - minimal : came + waited / 2;
      if (lastTry < end) first = grey + (1 - grey) * p;
    }
    const seconds = (dueAt - now) / 1000;
    const age = (now - came) / 1000;
    // What the content filter turned away has its scan before it.
    const effort = scanned[row] === 0 ? 1 : retryWork;
    if (seconds <= 0) {
      ready += pastDue;
      readyDelayed += pastDue * delayed;
      readyFails += pastDue * first;
      readyFailsAgain += pastDue * first * p;
      readyAge += pastDue * age;
      readyWork += pastDue * effort;
      if (follow >= 0) trackedReady[follow] += delayed;
      if (pastDue < 1) {
        const rest = 1 - pastDue;
        const at = binAt(nextRun >= 0 ? nextRun : run / 2);
        dueCount[at] += rest;
        dueDelayed[at] += rest * delayed;
        dueFails[at] += rest * first;
        dueFailsAgain[at] += rest * first * p;
        dueAge[at] += rest * age;
        dueWork[at] += rest * effort;
      }
      continue;
    }
    const wait = nextRun >= 0 ? nextRun + Math.max(0, Math.ceil((seconds - nextRun) / run)) * run : seconds + run / 2;
    const at = binAt(wait);
    dueCount[at] += 1;
    dueDelayed[at] += delayed;
    dueFails[at] += first;
    dueFailsAgain[at] += first * p;
    dueAge[at] += age;
    dueWork[at] += effort;
    if (follow >= 0) trackedDue[follow * (bins + 1) + at] += delayed;
  }
  start.depth = depth;
  start.delayed = allDelayed;
  start.ready = ready;
  start.readyDelayed = readyDelayed;
  start.readyFails = readyFails;
  start.readyFailsAgain = readyFailsAgain;
  start.readyAge = readyAge;
  start.readyWork = readyWork;
}
