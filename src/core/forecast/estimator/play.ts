// The fluid played forward: from the real queue, bin by bin, until the delayed mail is out and the depth is back to normal.
//
// Hot: 64 draws of 358 bins for one answer, so plain loops over columns that are filled once and copied, and nothing allocated.

import { retryWork } from "./capacity.ts";
import { binAt, bins, edges, horizon } from "./grid.ts";
import { limitedMost, type Start, segments } from "./listing.ts";

/** One possible world. Seconds and messages. */
export interface World {
  /** Logarithm of work units a second, in each bin. */
  readonly capacity: Float64Array;
  /** Share of each bin in which the server works. */
  readonly up: Float64Array;
  /** New mail by bin, messages that the trouble did not delay. */
  readonly arrivals: Float64Array;
  /** Mail that senders held, by bin. */
  readonly releases: Float64Array;
  /** Times the failures expected. */
  failures: number;
  /** Times the rate of each limited destination. */
  readonly rates: Float64Array;
  /** Depth that counts as normal. */
  band: number;
  /** Times the usual deferred mail. */
  churn: number;
  /** Seconds until a shut destination opens; `Infinity`: it never does, and its mail is left out. */
  readonly opens: Float64Array;
  /** Remedies that are tried on. */
  unlimitedService: boolean;
  timersNow: boolean;
  unlimitedDestinations: boolean;
}

/** What does not differ between worlds. */
export interface Scene {
  start: Start;
  /** Delayed mail that is delivered already. */
  done: number;
  medianDepth: number;
  medianDeferred: number;
  minimalBackoff: number;
  maximalBackoff: number;
  queueRun: number;
  /** Share of arrivals at destinations that are neither dead nor played by themselves. */
  ordinaryShare: number;
  /** Probability that mail which senders held fails at first, and that it fails twice. */
  lateFails: number;
  lateFailsAgain: number;
}

/** Where one world ends, in seconds from now; `Infinity` where it does not within the horizon. */
export interface Ending {
  queue: number;
  half: number;
  ninety: number;
  ninetyNine: number;
  depthInAnHour: number;
  /** Whether to play all bins and keep the books: delayed mail that went, that waits here, and that senders hold. */
  audit: boolean;
  delayedOut: number;
  delayedLeft: number;
  delayedAtSenders: number;
}

/** A stage on which worlds are played one after the other. */
export interface Stage {
  play(scene: Scene, world: World, ending: Ending): void;
}

/** An ending to write into. */
export function createEnding(): Ending {
  return {
    queue: 0,
    half: 0,
    ninety: 0,
    ninetyNine: 0,
    depthInAnHour: 0,
    audit: false,
    delayedOut: 0,
    delayedLeft: 0,
    delayedAtSenders: 0,
  };
}

/** A world to write into. */
export function createWorld(): World {
  return {
    capacity: new Float64Array(bins),
    up: new Float64Array(bins).fill(1),
    arrivals: new Float64Array(bins),
    releases: new Float64Array(bins),
    failures: 1,
    band: 0,
    churn: 1,
    rates: new Float64Array(limitedMost).fill(1),
    opens: new Float64Array(limitedMost),
    unlimitedService: false,
    timersNow: false,
    unlimitedDestinations: false,
  };
}

const quiet = 25 * 60;

/** Columns for one play at a time. */
export function createStage(): Stage {
  const line = segments + bins;
  const fresh = new Float64Array(line);
  const freshDelayed = new Float64Array(line);
  const freshFails = new Float64Array(line);
  const freshFailsAgain = new Float64Array(line);
  const freshBorn = new Float64Array(line);
  // Slot 0 holds what is being worked on again, slot 1 + b what falls due in bin b.
  const due = new Float64Array(bins + 2);
  const dueDelayed = new Float64Array(bins + 2);
  const dueFails = new Float64Array(bins + 2);
  const dueFailsAgain = new Float64Array(bins + 2);
  const dueBorn = new Float64Array(bins + 2);
  const dueWork = new Float64Array(bins + 2);
  const poolOld = new Float64Array(limitedMost);
  const poolOldDelayed = new Float64Array(limitedMost);
  const poolNew = new Float64Array(limitedMost);
  const poolNewDelayed = new Float64Array(limitedMost);

  const audit = (
    ending: Ending,
    world: World,
    limitedCount: number,
    start: Start,
    share: number,
    played: number,
  ): void => {
    let left = 0;
    for (let slot = 0; slot < line; slot++) left += freshDelayed[slot];
    for (let slot = 0; slot < bins + 2; slot++) left += dueDelayed[slot];
    for (let j = 0; j < limitedCount; j++) {
      if (world.opens[j] === Number.POSITIVE_INFINITY) continue;
      left += poolOldDelayed[j] + poolNewDelayed[j];
      for (let at = played; at <= bins; at++) left += start.limitedDueDelayed[j * (bins + 1) + at];
    }
    let held = 0;
    for (let at = played; at < bins; at++) held += world.releases[at];
    ending.delayedLeft = left;
    ending.delayedAtSenders = held * share;
  };

  const play = (scene: Scene, world: World, ending: Ending): void => {
    const { start } = scene;
    const { minimalBackoff, maximalBackoff } = scene;
    const halfRun = scene.queueRun / 2;
    const limitedCount = start.limited.length;

    fresh.fill(0);
    freshDelayed.fill(0);
    freshFails.fill(0);
    freshFailsAgain.fill(0);
    for (let s = 0; s < segments; s++) {
      const count = start.fresh[s];
      fresh[s] = count;
      freshDelayed[s] = start.freshDelayed[s];
      freshFails[s] = Math.min(count, start.freshFails[s] * world.failures);
      freshFailsAgain[s] = Math.min(freshFails[s], start.freshFailsAgain[s] * world.failures);
      freshBorn[s] = count > 0 ? -start.freshAge[s] / count : 0;
    }
    let waiting = 0; // all in the line of first scans
    for (let s = 0; s < segments; s++) waiting += fresh[s];
    let ready = 0; // all whose timer has run out
    let readyWork = 0;
    let later = 0; // all whose timer has not
    for (let b = 0; b <= bins + 1; b++) {
      const count = b === 0 ? start.ready : start.due[b - 1];
      due[b] = count;
      dueDelayed[b] = b === 0 ? start.readyDelayed : start.dueDelayed[b - 1];
      const fails = b === 0 ? start.readyFails : start.dueFails[b - 1];
      const again = b === 0 ? start.readyFailsAgain : start.dueFailsAgain[b - 1];
      dueFails[b] = Math.min(count, fails * world.failures);
      dueFailsAgain[b] = Math.min(dueFails[b], again * world.failures);
      const age = b === 0 ? start.readyAge : start.dueAge[b - 1];
      dueBorn[b] = -age;
      dueWork[b] = b === 0 ? start.readyWork : start.dueWork[b - 1];
      if (b === 0) ready += count;
      else later += count;
    }
    if (world.timersNow) {
      for (let slot = 1; slot <= bins + 1; slot++) {
        due[0] += due[slot];
        dueDelayed[0] += dueDelayed[slot];
        dueFails[0] += dueFails[slot];
        dueFailsAgain[0] += dueFailsAgain[slot];
        dueBorn[0] += dueBorn[slot];
        dueWork[0] += dueWork[slot];
        due[slot] = dueDelayed[slot] = dueFails[slot] = dueFailsAgain[slot] = dueBorn[slot] = dueWork[slot] = 0;
      }
      ready += later;
      later = 0;
    }
    readyWork = dueWork[0];
    let limitedLater = 0;
    for (let j = 0; j < limitedCount; j++) {
      poolOld[j] = start.limited[j].ready;
      poolOldDelayed[j] = start.limited[j].readyDelayed;
      poolNew[j] = 0;
      poolNewDelayed[j] = 0;
      for (let b = 0; b <= bins; b++) limitedLater += start.limitedDue[j * (bins + 1) + b];
    }
    let sent = 0;
    for (let b = 0; b < bins; b++) sent += world.releases[b];
    const ordinary = scene.ordinaryShare;
    let openShare = ordinary;
    for (let j = 0; j < limitedCount; j++) openShare += start.limited[j].share;
    let depthNow = start.depth;
    let delayedHere = start.delayed;
    for (let j = 0; j < limitedCount; j++) {
      if (world.opens[j] !== Number.POSITIVE_INFINITY) continue;
      // In this world the place is dead, and its mail is not part of the range.
      const limited = start.limited[j];
      depthNow -= limited.all;
      delayedHere -= limited.allDelayed;
      openShare -= limited.share;
      for (let at = j * (bins + 1); at < (j + 1) * (bins + 1); at++) limitedLater -= start.limitedDue[at];
    }
    const total = scene.done + delayedHere + sent * openShare;
    const needHalf = total * 0.5;
    const needNinety = total * 0.9;
    const needLast = total * 0.99;
    let done = scene.done;
    let half = done >= needHalf ? 0 : Number.POSITIVE_INFINITY;
    let ninety = done >= needNinety ? 0 : Number.POSITIVE_INFINITY;
    let last = done >= needLast - 1e-9 ? 0 : Number.POSITIVE_INFINITY;
    let queue = Number.POSITIVE_INFINITY;
    let inBandFrom = depthNow <= world.band ? 0 : -1;
    let depthBefore = depthNow;
    let hourDepth = depthNow;
    let head = 0;
    let readyHead = 0;
    // Fresh mail that waits churns through the deferred queue; this is what replaces today's listing.
    const medianBusy = Math.max(0, scene.medianDepth - scene.medianDeferred);
    let out = 0;
    let b = 0;

    // Puts messages that failed back behind their timer.
    const again = (count: number, delayedShare: number, fails: number, born: number, at: number): void => {
      const age = at - born;
      const wait = world.timersNow
        ? 60
        : (age < minimalBackoff ? minimalBackoff : age > maximalBackoff ? maximalBackoff : age) + halfRun;
      let slot = 1 + binAt(at + wait);
      if (slot <= b + 1) slot = Math.min(bins + 1, b + 2);
      const before = due[slot];
      due[slot] = before + count;
      dueDelayed[slot] += count * delayedShare;
      const next = fails < count ? fails : count;
      dueFails[slot] += next;
      dueFailsAgain[slot] += count > 0 ? (next * next) / count : 0;
      dueBorn[slot] += born * count;
      dueWork[slot] += retryWork * count;
      later += count;
    };

    for (; b < bins; b++) {
      const from = edges[b];
      const length = edges[b + 1] - from;
      const middle = from + length / 2;
      const up = world.up[b];
      const came = world.arrivals[b] * ordinary;
      const late = world.releases[b] * ordinary;
      const slot = segments + b;
      fresh[slot] = came + late;
      freshDelayed[slot] = late;
      freshFails[slot] = Math.min(late, late * scene.lateFails * world.failures);
      freshFailsAgain[slot] = Math.min(freshFails[slot], late * scene.lateFailsAgain * world.failures);
      freshBorn[slot] = middle;
      waiting += came + late;
      const fallsDue = due[b + 1];
      ready += fallsDue;
      readyWork += dueWork[b + 1];
      later -= fallsDue;

      let work = world.unlimitedService ? (up > 0 ? 1e12 : 0) : Math.exp(world.capacity[b]) * length * up;
      work = Math.max(0, work - (start.dead * length * 0.05) / maximalBackoff);
      // One message of each line in turn; what one line does not need, the other takes.
      const effort = ready > 1e-9 ? Math.max(retryWork, Math.min(1, readyWork / ready)) : retryWork;
      const turn = work / (1 + effort);
      let scans: number;
      let retries: number;
      if (waiting <= turn) {
        scans = waiting;
        retries = Math.min(ready, (work - waiting) / effort);
      } else if (ready <= turn) {
        retries = ready;
        scans = Math.min(waiting, work - ready * effort);
      } else {
        scans = turn;
        retries = turn;
      }
      const doneBefore = done;

      waiting -= scans;
      while (scans > 1e-9 && head <= slot) {
        const here = fresh[head];
        if (here <= 1e-12) {
          if (head === slot) break;
          head++;
          continue;
        }
        const share = scans >= here ? 1 : scans / here;
        const taken = here * share;
        const failed = freshFails[head] * share;
        const delayedShare = freshDelayed[head] / here;
        done += (taken - failed) * delayedShare;
        if (failed > 1e-9) {
          again(failed, delayedShare, freshFailsAgain[head] * share, freshBorn[head], middle);
        }
        scans -= taken;
        fresh[head] = here - taken;
        freshDelayed[head] *= 1 - share;
        freshFails[head] *= 1 - share;
        freshFailsAgain[head] *= 1 - share;
        if (share === 1 && head < slot) head++;
      }
      if (scans > 0) waiting += scans;
      if (waiting < 0) waiting = 0;

      ready -= retries;
      const lastReady = b + 1;
      while (retries > 1e-9 && readyHead <= lastReady) {
        const here = due[readyHead];
        if (here <= 1e-12) {
          if (readyHead === lastReady) break;
          readyHead++;
          continue;
        }
        const share = retries >= here ? 1 : retries / here;
        const taken = here * share;
        const failed = dueFails[readyHead] * share;
        const delayedShare = dueDelayed[readyHead] / here;
        const born = dueBorn[readyHead] / here;
        readyWork -= dueWork[readyHead] * share;
        dueWork[readyHead] *= 1 - share;
        const failsNext = dueFailsAgain[readyHead] * share;
        done += (taken - failed) * delayedShare;
        retries -= taken;
        due[readyHead] = here - taken;
        dueDelayed[readyHead] *= 1 - share;
        dueFails[readyHead] *= 1 - share;
        dueFailsAgain[readyHead] *= 1 - share;
        dueBorn[readyHead] *= 1 - share;
        if (failed > 1e-9) again(failed, delayedShare, failsNext, born, middle);
        if (share === 1 && readyHead < lastReady) readyHead++;
      }
      if (retries > 0) ready += retries;
      if (ready < 0) ready = 0;
      if (readyWork < 0) readyWork = 0;

      let pools = 0;
      for (let j = 0; j < limitedCount; j++) {
        if (world.opens[j] === Number.POSITIVE_INFINITY) continue;
        const limited = start.limited[j];
        const at = j * (bins + 1) + b;
        const fallsDueHere = start.limitedDue[at];
        limitedLater -= fallsDueHere;
        poolOld[j] += fallsDueHere;
        poolOldDelayed[j] += start.limitedDueDelayed[at];
        poolNew[j] += (world.arrivals[b] + world.releases[b]) * limited.share;
        poolNewDelayed[j] += world.releases[b] * limited.share;
        const open = Math.min(1, Math.max(0, (edges[b + 1] - world.opens[j]) / length));
        let room = world.unlimitedDestinations ? 1e12 : limited.rate * world.rates[j] * length * up * open;
        // Under a quota new mail takes the places; at a slow server the queue is served in order.
        for (let turnOf = 0; turnOf < 2; turnOf++) {
          const old = limited.quota ? turnOf === 1 : turnOf === 0;
          const pool = old ? poolOld : poolNew;
          const poolDelayed = old ? poolOldDelayed : poolNewDelayed;
          const go = Math.min(pool[j], room);
          if (go <= 0) continue;
          const share = go / pool[j];
          done += poolDelayed[j] * share;
          pool[j] -= go;
          poolDelayed[j] *= 1 - share;
          room -= go;
        }
        pools += poolOld[j] + poolNew[j];
      }

      const gone = done - doneBefore;
      out += gone;
      if (gone > 0) {
        if (half === Number.POSITIVE_INFINITY && done >= needHalf)
          half = from + (length * (needHalf - doneBefore)) / gone;
        if (ninety === Number.POSITIVE_INFINITY && done >= needNinety) {
          ninety = from + (length * (needNinety - doneBefore)) / gone;
        }
        if (last === Number.POSITIVE_INFINITY && done >= needLast)
          last = from + (length * (needLast - doneBefore)) / gone;
      }

      const fluid = waiting + ready + later + pools + limitedLater;
      const turned = 1 - Math.exp(-edges[b + 1] / 1800);
      const churn =
        world.churn * scene.medianDeferred * turned +
        (medianBusy > 0 ? medianBusy * turned * Math.exp(-fluid / medianBusy) : 0);
      const depth = fluid + churn;
      if (edges[b + 1] === 3600) hourDepth = depth;
      if (queue === Number.POSITIVE_INFINITY) {
        if (depth <= world.band) {
          if (inBandFrom < 0) {
            const fall = depthBefore - depth;
            inBandFrom = fall > 0 ? from + length * Math.min(1, Math.max(0, (depthBefore - world.band) / fall)) : from;
          }
          if (edges[b + 1] - inBandFrom >= quiet) queue = inBandFrom;
        } else inBandFrom = -1;
      }
      depthBefore = depth;
      if (
        queue !== Number.POSITIVE_INFINITY &&
        last !== Number.POSITIVE_INFINITY &&
        edges[b + 1] >= 3600 &&
        !ending.audit
      )
        break;
    }
    ending.queue = queue;
    ending.half = half;
    ending.ninety = Math.max(half, ninety);
    ending.ninetyNine = Math.max(ending.ninety, last);
    ending.depthInAnHour = hourDepth;
    ending.delayedOut = out;
    if (ending.audit) audit(ending, world, limitedCount, start, openShare, Math.min(bins, b));
    if (ending.ninetyNine > horizon) ending.ninetyNine = Number.POSITIVE_INFINITY;
  };
  return { play };
}
