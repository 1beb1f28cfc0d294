// The range as it is said: rounded outwards, so that every channel says the same and the later end is the promise; and it
// stands until it has to move.

import type { Forecast } from "../forecast/forecast.ts";
import { type Duration, HOUR, type Instant, MINUTE } from "../time.ts";
import type { Phase } from "./status.ts";

export interface ExpectedRange {
  readonly earliest: Instant;
  readonly latest: Instant;
}

/** When the late mail is expected to be through; undefined as long as we cannot say. */
export function expectedRange(
  forecast: Pick<Forecast, "state" | "earliest" | "latest" | "limit">,
): ExpectedRange | undefined {
  const { earliest, latest, limit, state } = forecast;
  if (earliest === undefined || latest === undefined || state === "unknown") return undefined;
  // While the cause lasts a range of its end is a guess about others, and no promise of ours.
  if (limit === "destination" || limit === "stalls") return undefined;
  return outwards(earliest, latest);
}

/** When most and nearly all of the mail at its senders should be here; undefined unless both are known. */
export function sendersRange(
  mail: { readonly mostExpected: Instant; readonly lastExpected: Instant } | undefined,
): ExpectedRange | undefined {
  if (mail === undefined || !Number.isFinite(mail.mostExpected) || !Number.isFinite(mail.lastExpected))
    return undefined;
  return outwards(Math.min(mail.mostExpected, mail.lastExpected), mail.lastExpected);
}

function outwards(earliest: Instant, latest: Instant): ExpectedRange {
  const step = stepFor(latest - earliest);
  return { earliest: Math.floor(earliest / step) * step, latest: Math.ceil(latest / step) * step };
}

/** What the ends of a range are rounded to: the longer it is, the coarser. */
function stepFor(spread: Duration): Duration {
  return spread < 30 * MINUTE ? MINUTE : spread < 4 * HOUR ? 5 * MINUTE : 30 * MINUTE;
}

/** What has been said of an end and stands. */
export interface StandingRange {
  /** Undefined: nothing is said. */
  readonly range: ExpectedRange | undefined;
  /** When a range was taken back; `NaN` if none was. */
  readonly withdrawn: Instant;
}

/** The ranges that stand, for the phase in which they were said: a new phase says its own at once. */
export interface StandingRanges {
  readonly phase: Phase;
  /** Of late mail here. */
  readonly here: StandingRange;
  /** Of late mail at its senders: when most of it and when nearly all of it should be here. */
  readonly senders: StandingRange;
}

const silent: StandingRange = { range: undefined, withdrawn: Number.NaN };

/** Nothing has been said in a phase. */
export function nothingStands(phase: Phase): StandingRanges {
  return { phase, here: silent, senders: silent };
}

/** An end that comes closer by less than this is no news. */
const worthTelling: Duration = 15 * MINUTE;
/** Who was told that we cannot say hears no new time sooner than this. */
const apart: Duration = 10 * MINUTE;

/**
 * What stands after a moment at which `found` was found. It is widened at once, and narrowed only by as much as is worth
 * telling; that no end can be said is said at once. Every channel says what this answers, so none of them twitches.
 */
export function standing(before: StandingRange, found: ExpectedRange | undefined, now: Instant): StandingRange {
  const { range, withdrawn } = before;
  if (found === undefined) return range === undefined ? before : { range: undefined, withdrawn: now };
  if (range === undefined) {
    return now >= withdrawn && now - withdrawn < apart ? before : { range: found, withdrawn: Number.NaN };
  }
  const least = Math.max(worthTelling, stepFor(found.latest - found.earliest));
  const wider = found.earliest < range.earliest || found.latest > range.latest;
  const begins = found.earliest - range.earliest >= least;
  const ends = range.latest - found.latest >= least;
  if (!wider && !begins && !ends) return before;
  const latest = found.latest > range.latest ? later(found.latest, now) : ends ? found.latest : range.latest;
  // Said anew, it begins as it does now; who heard a promise is not promised a little less.
  return { range: { earliest: found.earliest, latest }, withdrawn };
}

/** A later end, with some room: who has to be told that it is later is not to be told again in a minute. */
function later(at: Instant, now: Instant): Instant {
  const step = at - now >= 2 * HOUR ? 15 * MINUTE : at - now >= HOUR / 2 ? 5 * MINUTE : MINUTE;
  return Math.ceil(at / step) * step;
}
