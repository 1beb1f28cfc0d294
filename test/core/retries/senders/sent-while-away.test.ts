// Late mail is told by when it says it was sent, where the log has that; without it, by how much more than usual comes.

import { expect, test } from "vitest";
import { Observation } from "../../../../src/core/observation.ts";
import type { MailReturning } from "../../../../src/core/retries/senders/at-senders.ts";
import { fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { usualMix, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { type Dice, diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { Submissions } from "../../../../src/core/retries/senders/submissions.ts";
import { DAY, HOUR, type Instant, type Interval, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { clock, clockText, goes, leaves, Story } from "../../../support/story.ts";

const begin = clock("1d 00:00:00");
const down = { from: clock("15d 08:00:00"), to: clock("15d 16:00:00") };
const rate = 30 / HOUR;

interface Message {
  readonly at: Instant;
  readonly sent: Instant;
}

let next = 0xe00000;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** As RFC 5322 writes it, two hours east. */
function written(at: Instant): string {
  const there = new Date(Math.floor(at / SECOND) * SECOND + 2 * HOUR);
  return `Mon, ${there.getUTCDate()} ${months[there.getUTCMonth()]} ${there.getUTCFullYear()} ${there.toISOString().slice(11, 19)} +0200`;
}

function taken({ at, sent }: Message, headers: "Date" | "none" = "Date"): string[] {
  const id = (next++).toString(16).toUpperCase();
  const time = clockText(at);
  const fields =
    "from mx.example.org[192.0.2.9]; from=<s@lab.test> to=<one@remote.test> proto=ESMTP helo=<mx.example.org>";
  return [
    `${time} smtpd ${id}: client=mx.example.org[192.0.2.9]`,
    ...(headers === "none" ? [] : [`${time} cleanup ${id}: info: header Date: ${written(sent)} ${fields}`]),
    `${time} qmgr ${id}: from=<s@lab.test>, size=1000, nrcpt=1 (queue active)`,
    goes(time, id),
    leaves(time, id),
  ];
}

function sentIn(from: Instant, to: Instant, dice: Dice): Instant[] {
  const all: Instant[] = [];
  for (let at = from; ; all.push(at)) {
    at += -Math.log(1 - dice()) / rate;
    if (at >= to) return all;
  }
}

/** One in twelve comes hours after it was sent, whether we are down or not: mass mail, and clocks that go wrong. */
function fresh(from: Instant, to: Instant, dice: Dice): Message[] {
  return sentIn(from, to, dice).map((at) => ({
    at,
    sent: dice() < 1 / 12 ? at - 4 * HOUR * dice() : at - 20 * SECOND,
  }));
}

/** What was sent during the outages and comes after them, by the schedules of its senders. */
function held(outages: readonly Interval[], dice: Dice): Message[] {
  const classes = [...usualMix];
  return outages.flatMap(({ from, to = from }) =>
    sentIn(from, to, dice).flatMap((sent) => {
      let rest = dice();
      const [senderClass] = classes.find(([, share]) => {
        rest -= share;
        return rest <= 0;
      }) ?? ["postfix"];
      const [{ schedule }] = variantsOf(senderClass) ?? [];
      const fate = fateOf(schedule, sent, outages, { between: 10 * HOUR }, dice);
      return fate.arrived ? [{ at: fate.at, sent }] : [];
    }),
  );
}

const stops = (at: Instant): string => `${clockText(at)} postfix-script stopping the Postfix mail system`;
const starts = (at: Instant): string =>
  `${clockText(at)} master daemon started -- version 3.7.11, configuration /etc/postfix`;

const returning = (story: Story, at: Instant): MailReturning => {
  const mail = story.at(at).senders?.mail;
  if (mail?.state !== "returning") throw new Error(`it says ${JSON.stringify(mail)}`);
  return mail;
};

/** The story until some hours after recovery, and how much held mail has come by then. */
function told(seed: number, hours: number, headers: "Date" | "none"): { story: Story; came: number; all: number } {
  const late = held([down], diceFrom(seed));
  const end = down.to + hours * HOUR;
  const before = fresh(begin, down.from, diceFrom(seed + 1));
  const after = [...late, ...fresh(down.to, end, diceFrom(seed + 2))].filter(({ at }) => at < end);
  after.sort((a, b) => a.at - b.at);
  const story = new Story().tell(
    ...before.flatMap((message) => taken(message, headers)),
    stops(down.from),
    starts(down.to),
    ...after.flatMap((message) => taken(message, headers)),
  );
  return { story, came: late.filter(({ at }) => at < end).length, all: late.length };
}

test("counted by when it was sent, what has come is known within a few, for hours and not only for the first two", () => {
  let worst = 0;
  for (const seed of [1, 2]) {
    for (const hours of [0.5, 1, 4]) {
      const { story, came, all } = told(seed * 10, hours, "Date");
      const mail = returning(story, down.to + hours * HOUR);
      worst = Math.max(worst, Math.abs(mail.arrived - came) / all);
      expect(mail.held).toBe(mail.arrived + mail.stillOut);
      if (hours === 4) expect(Math.abs(mail.held - all) / all).toBeLessThan(0.06);
    }
  }
  expect(worst).toBeLessThan(0.06);
});

test("closer than by what comes beyond the usual, over many outages", () => {
  const errors = (headers: "Date" | "none"): number => {
    let sum = 0;
    for (const seed of [1, 3, 4]) {
      const { story, came, all } = told(seed * 10, 1, headers);
      sum += Math.abs(returning(story, down.to + HOUR).arrived - came) / all;
    }
    return sum;
  };
  expect(errors("Date")).toBeLessThan(0.6 * errors("none"));
});

test("without headers in the log, the excess over the usual day is told as before", () => {
  const { story, came } = told(10, 1, "none");
  expect(Math.abs(returning(story, down.to + HOUR).arrived - came)).toBeLessThan(25);
});

test("half of the mail says when it was sent: the other half is taken to be like it; a tenth is too little to go by", () => {
  const answers = [0.5, 0.9].map((without) => {
    const dice = diceFrom(77);
    const late = held([down], diceFrom(20));
    const end = down.to + HOUR;
    const after = [...late, ...fresh(down.to, end, diceFrom(22))].filter(({ at }) => at < end);
    after.sort((a, b) => a.at - b.at);
    const lines = (messages: readonly Message[]): string[] =>
      messages.flatMap((message) => taken(message, dice() < without - 0.05 ? "none" : "Date"));
    const before = lines(fresh(begin, down.from, diceFrom(21)));
    const story = new Story().tell(...before, stops(down.from), starts(down.to), ...lines(after));
    return Math.abs(returning(story, end).arrived - late.filter(({ at }) => at < end).length);
  });
  expect(answers[0]).toBeLessThan(35);
  expect(answers[1]).toBeLessThan(35);
});

test("what says it was sent in years to come, or years ago, is not counted as held by the outage", () => {
  const story = new Story().tell(...fresh(begin, down.from, diceFrom(1)).flatMap((message) => taken(message)));
  story.tell(stops(down.from), starts(down.to));
  for (let n = 0; n < 60; n++) {
    const at = down.to + n * 20 * SECOND;
    story.tell(...taken({ at, sent: at + [DAY, 400 * DAY, -9 * DAY, -4000 * DAY][n % 4] }));
    story.tell(...taken({ at, sent: at - SECOND }), ...taken({ at, sent: at - SECOND }));
  }
  expect(returning(story, down.to + 20 * MINUTE).arrived).toBeLessThan(3);
});

test("down twice: what came between the outages is not what comes after the second", () => {
  const outages = [
    { from: down.from, to: down.from + 4 * HOUR },
    { from: down.from + 5 * HOUR, to: down.to },
  ];
  const late = held(outages, diceFrom(30));
  const end = down.to + 2 * HOUR;
  const quiet = fresh(begin, down.from, diceFrom(31));
  const between = fresh(down.from + 4 * HOUR, down.from + 5 * HOUR, diceFrom(32));
  const later = fresh(down.to, end, diceFrom(33));
  const of = (messages: readonly Message[], from: Instant, to: Instant): string[] =>
    messages
      .filter(({ at }) => at >= from && at < to)
      .sort((a, b) => a.at - b.at)
      .flatMap((message) => taken(message));
  const story = new Story().tell(
    ...of(quiet, begin, down.from),
    stops(outages[0].from),
    starts(outages[0].to),
    ...of([...between, ...late], outages[0].to, outages[1].from),
    stops(outages[1].from),
    starts(outages[1].to),
    ...of([...later, ...late], down.to, end),
  );
  const second = late.filter(({ at }) => at >= down.to && at < end).length;
  const first = late.filter(({ at }) => at < outages[1].from).length;
  expect(first).toBeGreaterThan(40);
  expect(Math.abs(returning(story, end).arrived - second)).toBeLessThan(15);
});

test("the latest stamp that is old enough counts: a hop that stamps anew at each attempt hides nothing", () => {
  const story = new Story().tell(...fresh(begin, down.from, diceFrom(1)).flatMap((message) => taken(message)));
  story.tell(stops(down.from), starts(down.to));
  const sent = down.from + HOUR;
  for (let n = 0; n < 40; n++) {
    const at = down.to + MINUTE + n * SECOND;
    const time = clockText(at);
    const id = (next++).toString(16).toUpperCase();
    const fields =
      "from mx.example.org[192.0.2.9]; from=<s@lab.test> to=<one@remote.test> proto=ESMTP helo=<mx.example.org>";
    const received = (by: string, moment: Instant): string =>
      `${time} cleanup ${id}: info: header Received: by ${by} with SMTP id x1; ${written(moment)} ${fields}`;
    story.tell(
      `${time} smtpd ${id}: client=mx.example.org[192.0.2.9]`,
      received("mail-ed1.google.com", at - 2 * SECOND),
      received("mail-ed1.google.com", sent),
      `${time} cleanup ${id}: info: header Date: ${written(down.from - 3 * DAY)} ${fields}`,
      `${time} qmgr ${id}: from=<s@lab.test>, size=1000, nrcpt=1 (queue active)`,
      goes(time, id),
      leaves(time, id),
    );
  }
  expect(Math.abs(returning(story, down.to + 5 * MINUTE).arrived - 40)).toBeLessThan(4);
});

test("saved and restored in the midst of a message: counted once, and by its date", () => {
  const { story } = told(10, 1, "Date");
  const [client, header, ...rest] = taken({ at: down.to + HOUR, sent: down.from + HOUR });
  story.tell(client, header);
  const other = new Story();
  other.known = Observation.restore(story.known.save(), [1, 2, 3, 4]);
  for (const one of [story, other]) one.tell(...rest);
  expect(returning(other, down.to + HOUR + MINUTE)).toEqual(returning(story, down.to + HOUR + MINUTE));
});

test("late mail of usual days is taken off: it would have been late anyway", () => {
  const submissions = new Submissions();
  for (let n = 0; n < 7000; n++) {
    const at = begin + n * MINUTE;
    // One in ten is three hours old.
    submissions.accepted(at, n % 10 === 0 ? at - 3 * HOUR : Number.NaN);
  }
  const from = begin + 7000 * MINUTE;
  const to = from + 8 * HOUR;
  for (let n = 0; n < 120; n++)
    submissions.accepted(to + n * MINUTE, n % 10 === 0 ? to + n * MINUTE - 3 * HOUR : Number.NaN);
  const late = submissions.since([{ from, to }], to, to + 2 * HOUR, 120);
  expect(late.came).toBe(12);
  expect(late.dated).toBe(1);
  expect(late.anyway).toBeGreaterThan(10);
  expect(late.anyway).toBeLessThan(14);
});
