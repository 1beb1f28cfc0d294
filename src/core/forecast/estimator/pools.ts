// Mail for places that are played by themselves, in the fluid: each takes only so much, or is shut for a while.

import { bins, edges } from "./grid.ts";
import { limitedMost } from "./listing.ts";
import type { Scene, World } from "./world.ts";

const enough = 0.99 - 1e-9;

/** What waits for each limited place. */
export interface Pools {
  /** Fills them from the scene. */
  begin(scene: Scene, world: World): void;
  /** One bin: what falls due and what comes joins, what the place takes goes. Says how much delayed mail has gone, given what had. */
  turn(world: World, b: number, gone: number): number;
  /** Messages that could go now if the place took them, and those whose timer has not run out. */
  readonly waiting: number;
  readonly later: number;
  /** Messages at the beginning, and the delayed ones of them, without those at places that never open in this world. */
  readonly depth: number;
  readonly depthDelayed: number;
  /** Share of new mail that goes to places that open. */
  readonly openShare: number;
  /** When 99 % of the delayed mail of a limited place had gone; `Infinity`: it had not. */
  lastAt(j: number): number;
  /** Delayed messages in them, `b` bins having been played. */
  delayed(b: number): number;
}

/** Pools for one world at a time. */
export function createPools(): Pools {
  const old = new Float64Array(limitedMost);
  const oldDelayed = new Float64Array(limitedMost);
  const fresh = new Float64Array(limitedMost);
  const freshDelayed = new Float64Array(limitedMost);
  const never = new Uint8Array(limitedMost);
  const spread = new Float64Array(limitedMost);
  const total = new Float64Array(limitedMost);
  const gone = new Float64Array(limitedMost);
  const last = new Float64Array(limitedMost);
  // Of the scene, so that the loop touches no object.
  const shares = new Float64Array(limitedMost);
  const rates = new Float64Array(limitedMost);
  const quotas = new Uint8Array(limitedMost);
  let flushed = false;
  let scene: Scene;
  let count = 0;
  let waiting = 0;
  let later = 0;
  let depth = 0;
  let depthDelayed = 0;
  let openShare = 0;
  return {
    begin(next, world) {
      scene = next;
      const { start } = scene;
      count = start.limited.length;
      waiting = later = 0;
      depth = start.depth;
      depthDelayed = start.delayed;
      openShare = scene.ordinaryShare;
      for (const { share } of start.limited) openShare += share;
      flushed = world.flushed;
      let sent = 0;
      for (let b = 0; b < bins; b++) sent += world.releases[b];
      for (let j = 0; j < count; j++) {
        const limited = start.limited[j];
        shares[j] = limited.share;
        rates[j] = limited.rate * world.rates[j];
        quotas[j] = limited.quota ? 1 : 0;
        old[j] = limited.ready;
        oldDelayed[j] = limited.readyDelayed;
        fresh[j] = 0;
        freshDelayed[j] = 0;
        gone[j] = 0;
        total[j] = limited.allDelayed + sent * limited.share;
        last[j] = total[j] > 0 ? Number.POSITIVE_INFINITY : 0;
        // Mail that a shut place refused comes back by its timer, and not at the moment in which the place opens.
        const age = Math.min(scene.maximalBackoff, Math.max(scene.minimalBackoff, world.opens[j] + limited.shutFor));
        spread[j] = world.opens[j] > 0 ? age + scene.queueRun : 0;
        never[j] = world.opens[j] === Number.POSITIVE_INFINITY ? 1 : 0;
        if (never[j] === 1) {
          // In this world the place is dead, and its mail is not part of the range.
          depth -= limited.all;
          depthDelayed -= limited.allDelayed;
          openShare -= limited.share;
          continue;
        }
        if (flushed) {
          old[j] = limited.all;
          oldDelayed[j] = limited.allDelayed;
        } else later += limited.all - limited.ready;
      }
    },
    turn(world, b, before) {
      const { limitedDue, limitedDueDelayed } = scene.start;
      const { opens, unlimitedDestinations: unlimited } = world;
      const from = edges[b];
      const to = edges[b + 1];
      const length = to - from;
      const released = world.releases[b];
      const came = world.arrivals[b] + released;
      const takes = length * world.up[b];
      let out = before;
      waiting = 0;
      for (let j = 0; j < count; j++) {
        if (never[j] === 1) continue;
        let olds = old[j];
        let oldsDelayed = oldDelayed[j];
        if (!flushed) {
          const at = j * (bins + 1) + b;
          const due = limitedDue[at];
          later -= due;
          olds += due;
          oldsDelayed += limitedDueDelayed[at];
        }
        let news = fresh[j] + came * shares[j];
        let newsDelayed = freshDelayed[j] + released * shares[j];
        let room = 1e12;
        if (!unlimited) {
          const opened = opens[j];
          const open = opened <= from ? 1 : opened >= to ? 0 : (to - opened) / length;
          room = rates[j] * takes * open;
          if (spread[j] > 0) {
            const left = opened + spread[j] - Math.max(from, opened);
            if (left > length * open) room = Math.min(room, ((olds + news) * length * open) / left);
          }
        }
        if (room >= olds + news) {
          out += oldsDelayed + newsDelayed;
          gone[j] += oldsDelayed + newsDelayed;
          olds = oldsDelayed = news = newsDelayed = 0;
        } else if (room > 0) {
          // Under a quota new mail takes the places; at a slow server the queue is served in order.
          const oldGo = quotas[j] === 1 ? Math.min(olds, Math.max(0, room - news)) : Math.min(olds, room);
          const newGo = Math.min(news, room - oldGo);
          const oldPart = olds > 0 ? oldGo / olds : 0;
          const newPart = news > 0 ? newGo / news : 0;
          const delayed = oldsDelayed * oldPart + newsDelayed * newPart;
          out += delayed;
          gone[j] += delayed;
          olds -= oldGo;
          news -= newGo;
          oldsDelayed *= 1 - oldPart;
          newsDelayed *= 1 - newPart;
        }
        old[j] = olds;
        oldDelayed[j] = oldsDelayed;
        fresh[j] = news;
        freshDelayed[j] = newsDelayed;
        if (last[j] === Number.POSITIVE_INFINITY && gone[j] >= enough * total[j]) last[j] = to;
        waiting += olds + news;
      }
      return out;
    },
    get waiting() {
      return waiting;
    },
    get later() {
      return later;
    },
    get depth() {
      return depth;
    },
    get depthDelayed() {
      return depthDelayed;
    },
    get openShare() {
      return openShare;
    },
    lastAt: (j) => (never[j] === 1 ? Number.POSITIVE_INFINITY : last[j]),
    delayed(b) {
      const { start } = scene;
      let sum = 0;
      for (let j = 0; j < count; j++) {
        if (never[j] === 1) continue;
        sum += oldDelayed[j] + freshDelayed[j];
        for (let at = b; at <= bins && !flushed; at++) sum += start.limitedDueDelayed[j * (bins + 1) + at];
      }
      return sum;
    },
  };
}
