// What speaks for trouble at a moment, for each direction of mail: from facts alone, without what was said before.

import type { Forecast } from "../forecast/forecast.ts";
import type { Downtime } from "../outages/downtime.ts";
import type { ProbeFacts } from "../outages/probe.ts";
import { isSilence } from "../outages/watch.ts";
import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../time.ts";

/** Recipients that wait at places that fail before the public hears of it: some far server is always broken. */
const worthSaying = 10;
/** Late messages that are worth a second look, and those that are worth telling people. */
const fewLate = 5;
const manyLate = 20;
/** A stop that is younger may be a restart. */
const restart: Duration = MINUTE;
/** A downtime seen only afterwards is told if it was this long. */
const worthTelling: Duration = 5 * MINUTE;

/** From best to worst. `doubt`: signs that may be chance. `some`: a part fails. `down`: nothing works. */
export type Grade = "well" | "late" | "doubt" | "some" | "down";

export interface Side {
  readonly grade: Grade;
  /** Since when, as far as it shows; `NaN` for `well`. */
  readonly since: Instant;
}

export interface Evidence {
  readonly receiving: Side;
  readonly sending: Side;
  /** Since when a part of the service that mailtide cannot judge fails, by the operator's word; `NaN` for not. */
  readonly parts: Instant;
  /** An incident of the operator's is open, whatever it concerns. */
  readonly stated: boolean;
  /** What we see ourselves speaks for trouble, whatever the operator says. */
  readonly own: boolean;
  /** Nothing but silence speaks for the doubt: it is a doubt for as long as it lasts. */
  readonly silent: boolean;
  /** Late messages are more than usual, by enough to tell people. */
  readonly manyLate: boolean;
  /** The end of our last downtime that has one; `NaN` for none. */
  readonly ended: { readonly from: Instant; readonly to: Instant } | undefined;
  /** The same for a place that we deliver to. */
  readonly placesEnded: Instant;
  /** False: what the logs and listings say is old. */
  readonly seen: boolean;
}

/** What the operator says of what mailtide judges too, in open incidents. */
export interface Statement {
  readonly receiving: "some" | "down" | undefined;
  readonly sending: "some" | "down" | undefined;
  /** Other parts of the service fail. */
  readonly parts: boolean;
  /** Since when an incident of the operator's is open. */
  readonly since: Instant;
}

export interface PhaseFacts {
  readonly forecast: Pick<Forecast, "state" | "messages">;
  readonly downtimes: readonly Downtime[];
  /** Recipients that wait at places that fail. */
  readonly unreachable: number;
  /** Since when nothing gets out, wherever to; undefined if something does or nobody can tell. */
  readonly nothingOut?: Instant | undefined;
  /** More than a few messages are still expected from senders that we made wait. */
  readonly atSenders?: boolean;
  /** Silence at an hour at which mail always came. */
  readonly flowIsZero?: boolean;
  readonly blind?: boolean;
  readonly probe?: ProbeFacts | undefined;
  readonly statement?: Statement | undefined;
  /** Planned work that is announced, under way or just over, not cancelled. */
  readonly windows?: readonly PlannedWork[];
}

/** Planned work, as far as a phase depends on it. */
export interface PlannedWork {
  readonly id: string;
  readonly from: Instant;
  readonly to: Instant;
  /** Said for every week or so: no news until it is near. */
  readonly recurring: boolean;
  readonly receiving: boolean;
  readonly sending: boolean;
}

/** What is usual here when nothing is wrong: on most servers some mail is always late, and some place is always dead. */
export interface Usual {
  readonly late: number;
  readonly unreachable: number;
  /** How long it was watched. */
  readonly seen: Duration;
}

export const nothingUsual: Usual = { late: 0, unreachable: 0, seen: 0 };

/** Late messages at a moment; those that no range speaks of are counted with their places. */
export function lateMessages({ forecast }: PhaseFacts): number {
  return forecast.state === "clear" || forecast.state === "unknown" ? 0 : forecast.messages;
}

/** Learns from a stretch without trouble. It begins with a day of nothing late, and remembers about a week. */
export function learned(usual: Usual, facts: PhaseFacts, over: Duration): Usual {
  const span = Math.max(0, Math.min(over, HOUR));
  const weight = span / (DAY + Math.min(usual.seen, 6 * DAY) + span);
  return {
    late: usual.late + (lateMessages(facts) - usual.late) * weight,
    unreachable: usual.unreachable + (facts.unreachable - usual.unreachable) * weight,
    seen: usual.seen + span,
  };
}

const grades: readonly Grade[] = ["well", "late", "doubt", "some", "down"];
const well: Side = { grade: "well", since: Number.NaN };

/** The worse of two; of two alike, the older. */
function worse(a: Side, b: Side): Side {
  const difference = grades.indexOf(a.grade) - grades.indexOf(b.grade);
  if (difference !== 0) return difference > 0 ? a : b;
  return b.since < a.since ? b : a;
}

/**
 * Weighs facts. `told`: people have heard of places that fail, and fewer of them are enough to go on saying so.
 * Pure: the same facts give the same evidence.
 */
export function weigh(facts: PhaseFacts, usual: Usual, told: boolean, now: Instant): Evidence {
  const { probe, statement, forecast, unreachable } = facts;
  const seen = facts.blind !== true && forecast.state !== "unknown";
  let receiving = well;
  let sending = well;
  const at = (side: Side, grade: Grade, since: Instant): Side => worse(side, { grade, since: Math.min(since, now) });
  let silent = false;
  let ended: { from: Instant; to: Instant } | undefined;
  let placesEnded = Number.NaN;
  let placesSince = now;
  for (const downtime of facts.downtimes) {
    const { scope, from, to, source } = downtime;
    if (from > now) continue;
    if (to !== undefined && to <= now) {
      if (scope === "destination") {
        if (!(to <= placesEnded)) placesEnded = to;
      } else if (!isSilence(downtime) && to - from >= worthTelling && !(ended !== undefined && to <= ended.to)) {
        ended = { from, to };
      }
      continue;
    }
    if (scope === "destination") placesSince = Math.min(placesSince, from);
    else if (isSilence(downtime)) {
      // Nothing is heard while we cannot hear, and who answers at the door is not silent.
      if (!seen || (probe !== undefined && probe.failing === 0)) continue;
      const sure = facts.flowIsZero === true;
      receiving = at(receiving, sure ? "down" : "doubt", from);
      silent = !sure;
    } else {
      const grade = source === "declared" || now - from >= restart ? "down" : "doubt";
      receiving = at(receiving, grade, from);
      sending = at(sending, grade, from);
    }
  }
  if (probe !== undefined && probe.failing > 0) {
    const { confirmedSince, allFail } = probe;
    if (confirmedSince === undefined) receiving = at(receiving, "doubt", now);
    else receiving = at(receiving, allFail ? "down" : "some", confirmedSince);
  }
  const places = (worthSaying + 2 * usual.unreachable) / (told ? 2 : 1);
  if (seen && unreachable >= places) sending = at(sending, "some", placesSince);
  if (seen && facts.nothingOut !== undefined) sending = at(sending, "down", facts.nothingOut);
  const late = lateMessages(facts);
  if (seen && late >= fewLate + 2 * usual.late) sending = at(sending, "late", now);
  if (seen && facts.atSenders === true) receiving = at(receiving, "late", now);
  const shows = ({ grade }: Side): boolean => grade !== "well" && grade !== "doubt";
  const own = shows(receiving) || shows(sending);
  if (statement?.receiving !== undefined) receiving = at(receiving, statement.receiving, statement.since);
  if (statement?.sending !== undefined) sending = at(sending, statement.sending, statement.since);
  return {
    receiving,
    sending,
    parts: statement?.parts === true ? statement.since : Number.NaN,
    stated: statement !== undefined,
    own,
    silent: silent && receiving.grade === "doubt" && sending.grade !== "doubt",
    manyLate: seen && late >= manyLate + 2 * usual.late,
    ended,
    placesEnded,
    seen,
  };
}
