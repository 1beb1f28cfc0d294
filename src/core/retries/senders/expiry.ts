// The deadline clock of an outage: which senders begin to give up when, and how much is lost by then.

import { DAY, type Duration, type Instant, type Interval } from "../../time.ts";
import { attemptAges, fateOf } from "./attempts.ts";
import { type Variant, variantsOf } from "./classes.ts";
import { diceFrom } from "./dice.ts";
import { entryAt, expectedMessages, type Inflow, meanBetween } from "./inflow.ts";
import type { SenderSchedule } from "./laws.ts";

/** How long senders that nothing is known of hold on: RFC 5321 4.5.4.1 asks for four to five days. */
export const usualPatience: Duration = 5 * DAY;

/** The deadline of one class of senders while the server is down. */
export interface Deadline {
  readonly senderClass: string;
  /** The first moment at which a message of the class can be given up, if the server stays down. */
  readonly begins: Instant;
  /** Messages that the class has sent to us since the outage began, as expected. */
  readonly sent: number;
  /** Of these, given up by now. */
  readonly lost: number;
  /** Of these, given up by a later moment if the server stays down until then; never falling. */
  lostBy(at: Instant): number;
}

/** The age from which on a message can be given up; from the host's first failure where its clock is the host's. */
export function earliestGiveUp(schedule: SenderSchedule): Duration {
  const { giveUp, attempts } = schedule;
  if (giveUp.rule !== "count" && giveUp.rule !== "ahead") return giveUp.after;
  const next = attemptAges(attempts, () => 0.5);
  for (let age = 0; ; ) {
    const following = next(age);
    if (following === undefined || (giveUp.rule === "ahead" && following > giveUp.after)) return age;
    age = following;
  }
}

/** The longest that a class of senders holds on to a message; for classes that say nothing, what is usual. */
export function patienceOf(senderClass: string): Duration {
  const variants = variantsOf(senderClass);
  if (variants === undefined) return usualPatience;
  return Math.max(...variants.map(({ schedule }) => earliestGiveUp(schedule)));
}

const drawsOfVariant = 200;

function deadlineOf(inflow: Inflow, variants: readonly Variant[], down: readonly Interval[], now: Instant): Deadline {
  const start = down.at(-1)?.from ?? Number.NaN;
  const sent = expectedMessages(inflow.slices);
  const between = meanBetween(inflow, now - start);
  const whole = variants.reduce((sum, { weight }) => sum + weight, 0);
  const ends: { at: Instant; messages: number }[] = [];
  variants.forEach(({ schedule, weight }, place) => {
    for (let draw = 0; draw < drawsOfVariant; draw++) {
      const entered = entryAt(inflow.slices, (draw + 0.5) / drawsOfVariant);
      const fate = fateOf(schedule, entered, down, { between }, diceFrom(place * 65_536 + draw));
      if (!fate.arrived) ends.push({ at: fate.at, messages: (sent * weight) / whole / drawsOfVariant });
    }
  });
  const lostBy = (at: Instant): number =>
    Math.min(
      sent,
      ends.reduce((sum, end) => (end.at <= at ? sum + end.messages : sum), 0),
    );
  return {
    senderClass: inflow.senderClass,
    begins: start + Math.min(...variants.map(({ schedule }) => earliestGiveUp(schedule))),
    sent,
    lost: lostBy(now),
    lostBy,
  };
}

/**
 * Deadlines of all classes, the soonest first. The last interval of `down` is the outage that goes on; `inflows` is
 * what the classes would have sent until `now`. Classes of which nothing is known are given `usualPatience` as Postfix
 * has it.
 */
export function deadlines(inflows: readonly Inflow[], down: readonly Interval[], now: Instant): Deadline[] {
  const open = down.map((interval, place) =>
    place === down.length - 1 ? { from: interval.from, to: undefined } : interval,
  );
  return inflows
    .filter((inflow) => expectedMessages(inflow.slices) > 0)
    .map((inflow) => {
      const variants = variantsOf(inflow.senderClass) ?? variantsOf("postfix") ?? [];
      return deadlineOf(inflow, variants, open, now);
    })
    .sort((a, b) => a.begins - b.begins);
}
