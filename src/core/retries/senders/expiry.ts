// The deadline clock of an outage: which senders begin to give up when, and how much is lost by then.

import { DAY, type Duration, type Instant, type Interval } from "../../time.ts";
import { placeAfter } from "./ascending.ts";
import { attemptAges, fateOf } from "./attempts.ts";
import { type Variant, variantsOf } from "./classes.ts";
import { diceFrom } from "./dice.ts";
import { entriesOf, expectedMessages, type Inflow, meanBetween } from "./inflow.ts";
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
  /** Of these, those that got through between two outages. */
  readonly through: number;
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

/**
 * The first moment at which a message of such a sender can be given up in the outages `down`: what waits since the first of them. A host's
 * clock began anew with the last one, since what it sent in between got through.
 */
export function firstGiveUp(schedule: SenderSchedule, down: readonly Interval[]): Instant {
  const outage = schedule.giveUp.rule === "host" ? down.at(-1) : down[0];
  return (outage?.from ?? Number.NaN) + earliestGiveUp(schedule);
}

/** The longest that a class of senders holds on to a message; for classes that say nothing, what is usual. */
export function patienceOf(senderClass: string): Duration {
  const variants = variantsOf(senderClass);
  if (variants === undefined) return usualPatience;
  return Math.max(...variants.map(({ schedule }) => earliestGiveUp(schedule)));
}

const drawsOfVariant = 200;
const agesOf = new WeakMap<SenderSchedule, Float64Array<ArrayBuffer>>();

/** Ages at which messages are given up while nothing gets through, one a draw. They hang on the schedule alone, so they are walked once. */
function giveUpAges(schedule: SenderSchedule): Float64Array<ArrayBuffer> {
  const known = agesOf.get(schedule);
  if (known !== undefined) return known;
  const down: readonly Interval[] = [{ from: 0, to: undefined }];
  const ages = Float64Array.from({ length: drawsOfVariant }, (_, draw) => {
    const fate = fateOf(schedule, 0, down, { between: Number.POSITIVE_INFINITY }, diceFrom(draw));
    return fate.at;
  });
  agesOf.set(schedule, ages);
  return ages;
}

/** When messages of the class are given up if the server stays down, in order of time, and how many by then. */
interface Ends {
  /** Messages that got through between two outages. */
  readonly through: number;
  readonly at: Float64Array<ArrayBuffer>;
  readonly messages: Float64Array<ArrayBuffer>;
}

function endsOf(inflow: Inflow, variants: readonly Variant[], down: readonly Interval[]): Ends {
  const last = down.at(-1)?.from ?? Number.NaN;
  const whole = variants.reduce((sum, { weight }) => sum + weight, 0);
  const ends: { at: Instant; messages: number }[] = [];
  let through = 0;
  // What came before the last of several outages may have got through between them, and is walked: apart, so that what it comes to
  // does not waver while the last one goes on.
  for (const early of [true, false]) {
    const slices = inflow.slices.filter(({ from }) => from < last === early);
    const entries = entriesOf(slices, drawsOfVariant);
    const part = expectedMessages(slices) / drawsOfVariant;
    const span = slices.reduce((sum, { from, to }) => sum + (to - from), 0);
    const between = meanBetween({ ...inflow, slices }, span);
    variants.forEach(({ schedule, weight }, place) => {
      const messages = (part * weight) / whole;
      const ages = early || schedule.clock !== "message" ? undefined : giveUpAges(schedule);
      entries.forEach((entered, draw) => {
        if (ages !== undefined) {
          ends.push({ at: entered + ages[draw], messages });
          return;
        }
        const fate = fateOf(schedule, entered, down, { between }, diceFrom(place * 65_536 + draw));
        if (fate.arrived) through += messages;
        else ends.push({ at: fate.at, messages });
      });
    });
  }
  ends.sort((a, b) => a.at - b.at);
  let sum = 0;
  return {
    through,
    at: Float64Array.from(ends, ({ at }) => at),
    messages: Float64Array.from(ends, ({ messages }) => {
      sum += messages;
      return sum;
    }),
  };
}

function deadlineOf(inflow: Inflow, variants: readonly Variant[], down: readonly Interval[], now: Instant): Deadline {
  const begins = Math.min(...variants.map(({ schedule }) => firstGiveUp(schedule, down)));
  const sent = expectedMessages(inflow.slices);
  let known: Ends | undefined;
  const ends = (): Ends => {
    known ??= endsOf(inflow, variants, down);
    return known;
  };
  const lostBy = (at: Instant): number => {
    // Most outages end long before anybody gives up.
    if (at < begins) return 0;
    const place = placeAfter(ends().at, at);
    return place === 0 ? 0 : Math.min(sent, ends().messages[place - 1]);
  };
  return {
    senderClass: inflow.senderClass,
    begins,
    sent,
    through: down.length > 1 ? ends().through : 0,
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
