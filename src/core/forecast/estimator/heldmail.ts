// What senders hold for us: from the door that was shut to the late mail that comes in.

import { type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";
import type { SeenUsual, Tick } from "../seen.ts";
import { createDice, mixSeeds } from "./dice.ts";
import { usualRate } from "./level.ts";
import { type DownSpans, releaseCurves } from "./release.ts";
import { createSenders, type Senders } from "./senders.ts";

/** Beginning and end of the trouble, `NaN` while there is none. */
export interface Trouble {
  began: Instant;
  end: Instant;
}

const weighEvery = 5 * MINUTE;
/** Minutes after the end for which the share of late mail is kept. */
const longest = 20_000;
/** A share of dated mail below this is none. */
const hardlyDated = 0.05;

/** The mail that was, is and will be late because our door was shut. */
export interface HeldMail {
  /** Guesses at what is held; `undefined` while the door was never shut. */
  readonly senders: Senders | undefined;
  /** Late mail that has come in since the end. */
  readonly arrived: number;
  /** Share of the arrivals of each minute after the end that senders had held. */
  readonly lateShare: Float32Array;
  /** The trouble begins, with arrivals at this level over the usual. */
  began(level: number): void;
  /** The trouble is over: guesses are made anew. */
  ended(): void;
  /** How long the door has been shut, at a moment; 0: it is open. */
  shutFor(now: Instant): Duration;
  /** Guesses as they will be if the door opens at `until`, having been shut since then at the latest. */
  ifOpened(until: Instant, since: Instant): Senders;
  /** Messages that senders hold, the door being shut still. */
  readonly heldSoFar: number;
  /** Whether the door was open in a minute. */
  door(tick: Tick): void;
  /** New mail of a minute: late mail that nothing dates is taken off. */
  fresh(tick: Tick): number;
  /** Share of the usual arrivals that could come as fresh mail. */
  reach(tick: Tick): number;
  /** The late mail of a minute. */
  seen(tick: Tick): void;
}

/** Nothing held yet. `trouble` is read at each call. */
export function createHeldMail(usual: SeenUsual, trouble: Trouble, seed: number): HeldMail {
  let down: DownSpans = { from: [], to: [] };
  let heldUsual = 0; // usual outside mail that met a shut door before the end
  let levelAtStart = 1;
  let dated = 0.9;
  let senders: Senders | undefined;
  let lateCounted = 0;
  let arrivedLate = 0;
  let weighedTo = 0;
  let lateShare = new Float32Array(0);
  let lateMinutes = 0;
  let quietScanned = 0;
  let quietFresh = 0;
  let wasOpen = true;
  const expectedRate = (at: Instant): number => usualRate(usual.arrivalsByHour, at);
  const outsideRate = (at: Instant): number => expectedRate(at) * usual.outsideShare;

  /** In quiet times, the share of mail from outside that was scanned and not fresh: we turned it away at first ourselves. */
  const ownGreylisting = (): number => {
    const missing = quietScanned > 200 ? (quietScanned - quietFresh) / quietScanned : 0;
    const share = missing / Math.max(0.05, usual.outsideShare * dated);
    return share < 0.03 ? 0 : Math.min(0.6, share);
  };

  const buildCurves = (): void => {
    const { end } = trouble;
    if (down.from.length === 0 || Number.isNaN(end)) return;
    const curves = releaseCurves(down, end, outsideRate, end, ownGreylisting(), createDice(mixSeeds(seed, 31)));
    if (senders === undefined) senders = createSenders(heldUsual * levelAtStart, 0.15, curves, mixSeeds(seed, 32));
    else senders.retimed(curves);
  };

  /** Late mail of a minute, made up for what is not dated. */
  const lateOf = (tick: Tick): number => {
    if (tick.dated < hardlyDated) {
      // Nothing tells submission times: what comes beyond the usual is taken for delayed.
      const expected = (expectedRate(tick.at) * levelAtStart * tick.span) / 1000;
      const late = senders === undefined ? 0 : Math.max(0, tick.fresh - expected);
      lateCounted += late;
      return late;
    }
    lateCounted += tick.late;
    return tick.late / Math.max(0.3, dated);
  };

  const noteShare = (tick: Tick, late: number): void => {
    const { end } = trouble;
    const arrived = tick.fresh + tick.late;
    const minute = Math.floor((tick.at - 1 - end) / MINUTE);
    if (minute < 0 || minute >= longest) return;
    if (minute >= lateShare.length) {
      const more = new Float32Array(Math.max(1024, minute * 2));
      more.set(lateShare);
      lateShare = more;
    }
    const share = arrived > 0 ? Math.min(1, late / arrived) : 0;
    const first = Math.max(0, Math.floor((tick.at - tick.span - end) / MINUTE));
    for (let m = first; m <= minute; m++) lateShare[m] = share;
    lateMinutes = minute + 1;
  };

  return {
    get senders() {
      return senders;
    },
    get arrived() {
      return arrivedLate;
    },
    get lateShare() {
      return lateShare.subarray(0, lateMinutes);
    },
    shutFor(now) {
      return wasOpen || down.from.length === 0 ? 0 : Math.max(0, now - down.from[down.from.length - 1]);
    },
    get heldSoFar() {
      return heldUsual * levelAtStart;
    },
    ifOpened(until, since) {
      const spans: DownSpans = { from: [...down.from], to: [...down.to] };
      if (wasOpen) {
        spans.from.push(since);
        spans.to.push(since);
      }
      const last = spans.to.length - 1;
      const known = spans.to[last];
      spans.to[last] = Math.max(known, until);
      let more = 0;
      for (let at = known; at < until; at += 15 * MINUTE) {
        const to = Math.min(until, at + 15 * MINUTE);
        more += (outsideRate((at + to) / 2) * (to - at)) / 1000;
      }
      const opens = spans.to[last];
      const curves = releaseCurves(spans, opens, outsideRate, opens, ownGreylisting(), createDice(mixSeeds(seed, 31)));
      return createSenders((heldUsual + more) * levelAtStart, 0.15, curves, mixSeeds(seed, 32));
    },
    began(level) {
      levelAtStart = level;
    },
    ended() {
      arrivedLate = 0;
      lateCounted = 0;
      weighedTo = 0;
      lateMinutes = 0;
      senders = undefined;
      buildCurves();
    },
    door(tick) {
      const { began, end } = trouble;
      if (!tick.inboundUp) {
        const from = tick.at - tick.span;
        const spans = down.to.length;
        if (spans > 0 && down.to[spans - 1] >= from - 1) down.to[spans - 1] = tick.at;
        else {
          if (Number.isNaN(began) && spans > 0 && from - down.to[spans - 1] > 6 * HOUR) down = { from: [], to: [] };
          down.from.push(from);
          down.to.push(tick.at);
        }
        const seconds = tick.span / 1000;
        if (Number.isNaN(end) || from < end) heldUsual += expectedRate(tick.at) * usual.outsideShare * seconds;
      } else if (!wasOpen && !Number.isNaN(end)) buildCurves();
      wasOpen = tick.inboundUp;
      if (tick.dated > hardlyDated) dated += 0.02 * (tick.dated - dated);
    },
    fresh(tick) {
      if (tick.dated > hardlyDated) return tick.fresh - (tick.late * (1 - dated)) / Math.max(0.3, dated);
      if (senders === undefined) return tick.fresh;
      return Math.min(tick.fresh, (expectedRate(tick.at) * levelAtStart * tick.span) / 1000);
    },
    reach(tick) {
      return tick.inboundUp ? 1 - ownGreylisting() * usual.outsideShare * dated : 1 - usual.outsideShare;
    },
    seen(tick) {
      const { began, end } = trouble;
      if (!Number.isNaN(end) && tick.at > end) {
        const late = lateOf(tick);
        arrivedLate += late;
        noteShare(tick, late);
        const to = tick.at - end;
        if (senders !== undefined && to - weighedTo >= weighEvery) {
          if (tick.inboundUp || lateCounted > 0) {
            senders.seen(lateCounted, weighedTo / 1000, to / 1000, tick.dated < hardlyDated ? 1 : dated);
          }
          weighedTo = to;
          lateCounted = 0;
        }
      }
      if (Number.isNaN(began) && tick.hostUp && tick.filterUp && tick.inboundUp) {
        quietScanned += tick.scanned;
        quietFresh += tick.fresh + tick.late;
      }
    },
  };
}
