// What lookouts counted: spare servers that take no mail and remember who will come back. Where one is heard, the mail
// at its senders is counted and not guessed.

import type { Downtime } from "../../outages/downtime.ts";
import { DAY, type Duration, type Instant, MINUTE } from "../../time.ts";
import { hostDown, type MailAtSenders, type MailReturning } from "./at-senders.ts";

/** Waits before one attempt, over all messages of a class of senders. */
export interface LearnedWait {
  /** 2 for the first re-try. */
  readonly attempt: number;
  readonly count: number;
  readonly shortest: Duration;
  readonly mean: Duration;
  readonly longest: Duration;
}

/** Messages that were first offered to the lookout in the ten minutes from `from`, and what became of them. */
export interface SightedCohort {
  readonly from: Instant;
  /** Still with senders who have come again or may do so; up to `heldAtMost` where some cannot be told apart. */
  readonly held: number;
  readonly heldAtMost: number;
  /** Our own server has taken them since. */
  readonly returned: number;
  /** Offered once and so long ago that nobody who tries again would not have: will hardly come. */
  readonly silent: number;
}

/** All that a lookout tells: the whole of it each time, so that the newest is all that matters. Nothing names anybody. */
export interface LookoutSighting {
  /** Tells this lookout from others, and from itself once it has forgotten all. */
  readonly lookout: string;
  readonly at: Instant;
  /** Since when it has been there for senders without a break. */
  readonly watching: Instant;
  readonly cohorts: readonly SightedCohort[];
  readonly byClass: Readonly<Record<string, { readonly held: number; readonly waits: readonly LearnedWait[] }>>;
}

/** Mail of one outage as it was counted. */
export interface CountedMail {
  /** When it was counted. */
  readonly at: Instant;
  /** The lookout was there for all of the outage; else there may be more. */
  readonly whole: boolean;
  readonly held: number;
  readonly heldAtMost: number;
  readonly returned: number;
  readonly silent: number;
}

/** What is older than this is not what is. Lookouts tell every ten seconds. */
const fresh: Duration = 2 * MINUTE;
/** Senders that came first when the outage was not yet recognised belong to it. */
const cohort: Duration = 10 * MINUTE;
const mostLookouts = 16;
const aftermath: Duration = 7 * DAY;

/** The newest of each lookout. */
export class Lookouts {
  readonly #newest = new Map<string, LookoutSighting & { readonly heard: Instant }>();

  /** Takes what came at `heard` by our own clock; what is older than what is known already is passed over. */
  take(sighting: LookoutSighting, heard: Instant): void {
    const before = this.#newest.get(sighting.lookout);
    if (before !== undefined && before.at > sighting.at) return;
    this.#newest.delete(sighting.lookout);
    this.#newest.set(sighting.lookout, { ...sighting, heard });
    if (this.#newest.size <= mostLookouts) return;
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest);
      break;
    }
  }

  /** Those heard lately. */
  fresh(now: Instant): LookoutSighting[] {
    return [...this.#newest.values()].filter(({ heard }) => Math.abs(now - heard) <= fresh);
  }

  /**
   * The mail of an outage that began at `since`. Several lookouts see the same senders, so the one that saw most counts;
   * `undefined` where none was heard lately.
   */
  counted(since: Instant, now: Instant): CountedMail | undefined {
    let most: CountedMail | undefined;
    for (const { at, watching, cohorts } of this.fresh(now)) {
      const sum = { held: 0, heldAtMost: 0, returned: 0, silent: 0 };
      for (const one of cohorts) {
        if (one.from < since - cohort) continue;
        sum.held += one.held;
        sum.heldAtMost += one.heldAtMost;
        sum.returned += one.returned;
        sum.silent += one.silent;
      }
      const seen = sum.held + sum.returned;
      if (most !== undefined && most.held + most.returned >= seen) continue;
      most = { at, whole: watching <= since + MINUTE, ...sum };
    }
    return most;
  }
}

/** Messages that wait at their senders because of the last outage of our own server, where a lookout was there for all of it. */
export function countedAtSenders(lookouts: Lookouts, downtimes: readonly Downtime[], now: Instant): number | undefined {
  const since = present(downtimes, now);
  const counted = since === undefined ? undefined : lookouts.counted(since, now);
  return counted?.whole === true ? counted.held : undefined;
}

/** What is expected of mail at its senders, with what was counted in its place as far as it was. */
export function withCount(
  expected: MailAtSenders | undefined,
  lookouts: Lookouts,
  downtimes: readonly Downtime[],
  now: Instant,
): MailAtSenders | undefined {
  const since = expected?.since ?? present(downtimes, now);
  const counted = since === undefined ? undefined : lookouts.counted(since, now);
  if (since === undefined || counted === undefined) return expected;
  if (expected === undefined) {
    // Too little is known of usual days to expect anything; what was counted is there all the same.
    const down = hostDown(downtimes, now).at(-1);
    if (down === undefined || down.to !== undefined || counted.held === 0) return undefined;
    return { state: "waiting", since, held: counted.held, givenUp: 0, givingUp: undefined, windows: [], counted };
  }
  if (expected.state === "waiting") {
    return { ...expected, held: counted.whole ? counted.held : Math.max(expected.held, counted.held), counted };
  }
  if (!counted.whole) return { ...expected, counted };
  return { ...expected, ...shares(counted), counted };
}

function shares({
  held,
  returned,
}: CountedMail): Pick<MailReturning, "held" | "arrived" | "stillOut" | "shareArrived"> {
  const all = held + returned;
  return { held: all, arrived: returned, stillOut: held, shareArrived: all === 0 ? 1 : returned / all };
}

/** The beginning of the last outage of our own server, if it is not long over. */
function present(downtimes: readonly Downtime[], now: Instant): Instant | undefined {
  const last = hostDown(downtimes, now).at(-1);
  return last === undefined || (last.to !== undefined && now - last.to > aftermath) ? undefined : last.from;
}
