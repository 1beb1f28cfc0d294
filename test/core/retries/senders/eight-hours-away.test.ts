// Two usual weeks, then our server is down for eight hours, and what waited at its senders comes back.

import { expect, test } from "vitest";
import { Observation } from "../../../../src/core/observation.ts";
import type { Report } from "../../../../src/core/report.ts";
import type { MailReturning, MailWaiting } from "../../../../src/core/retries/senders/at-senders.ts";
import { fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { usualMix, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { type Dice, diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { DAY, HOUR, type Instant, type Interval, MINUTE } from "../../../../src/core/time.ts";
import { clock, clockText, goes, leaves, Story } from "../../../support/story.ts";

const begin = clock("1d 00:00:00");
const down = { from: clock("15d 08:00:00"), to: clock("15d 16:00:00") };

/** Messages an hour: few at night, fewer on the first two days of seven. */
const rate = (at: Instant): number => {
  const day = Math.floor((at - begin) / DAY) % 7;
  const hour = Math.floor((at - begin) / HOUR) % 24;
  return (hour < 7 ? 4 : 30) * (day === 5 ? 0.3 : 1);
};

/** Moments at which mail is sent to us. */
function sent(from: Instant, to: Instant, dice: Dice): Instant[] {
  const all: Instant[] = [];
  for (let at = from; ; ) {
    at += (-Math.log(1 - dice()) / rate(at)) * HOUR;
    if (at >= to) return all;
    all.push(at);
  }
}

let next = 0xa00000;

/** A message of a stranger, or of one of our own users or programs, as it is logged when it is taken and delivered. */
function taken(at: Instant, client = "client.test[192.0.2.9]"): string[] {
  next++;
  const id = next.toString(16).toUpperCase();
  const time = clockText(at);
  return [
    client.startsWith("uid=") ? `${time} pickup ${id}: ${client} from=<root>` : `${time} smtpd ${id}: client=${client}`,
    `${time} cleanup ${id}: message-id=<${id}@lab.test>`,
    `${time} qmgr ${id}: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)`,
    goes(time, id),
    leaves(time, id),
  ];
}

const usual = (seed: number, from = begin, to = down.from): string[] =>
  sent(from, to, diceFrom(seed)).flatMap((at) => taken(at));
const stops = (at: Instant): string => `${clockText(at)} postfix-script stopping the Postfix mail system`;
const starts = (at: Instant): string =>
  `${clockText(at)} master daemon started -- version 3.7.11, configuration /etc/postfix`;

function drawn<T>(from: readonly T[], weightOf: (one: T) => number, dice: Dice): T {
  let rest = dice() * from.reduce((sum, one) => sum + weightOf(one), 0);
  for (const one of from) {
    rest -= weightOf(one);
    if (rest <= 0) return one;
  }
  return from[from.length - 1];
}

/** When the mail that was sent to us during the outages arrives, by the schedules of its senders; others never do. */
function held(outages: readonly Interval[], seed: number): Instant[] {
  const dice = diceFrom(seed);
  const classes = [...usualMix];
  return outages.flatMap(({ from, to = from }) =>
    sent(from, to, dice).flatMap((entered) => {
      const [senderClass] = drawn(classes, ([, weight]) => weight, dice);
      const { schedule } = drawn(variantsOf(senderClass) ?? [], ({ weight }) => weight, dice);
      const fate = fateOf(schedule, entered, outages, { between: 10 * HOUR }, dice);
      return fate.arrived ? [fate.at] : [];
    }),
  );
}

const mailOf = (report: Report) => report.senders?.mail;
const returning = (report: Report): MailReturning => {
  const mail = mailOf(report);
  if (mail?.state !== "returning") throw new Error(`it says ${JSON.stringify(mail)}`);
  return mail;
};
const waiting = (report: Report): MailWaiting => {
  const mail = mailOf(report);
  if (mail?.state !== "waiting") throw new Error(`it says ${JSON.stringify(mail)}`);
  return mail;
};

/** The lines of the day after recovery: late mail and fresh mail in order. */
function afterwards(until: Instant, seed: number): { lines: string[]; late: Instant[] } {
  const late = held([down], seed).filter((at) => at >= down.to && at < until);
  const fresh = sent(down.to, until, diceFrom(seed + 1));
  const lines = [...late, ...fresh].sort((a, b) => a - b).flatMap((at) => taken(at + 2000));
  return { lines: [starts(down.to), ...lines], late };
}

test("while it is down: what waits grows by the usual mail of these hours, and who gives up when", () => {
  const story = new Story().tell(...usual(1), stops(down.from));
  const first = story.at(down.from + HOUR);
  expect(waiting(first).held).toBeGreaterThan(20);
  expect(waiting(first).held).toBeLessThan(40);
  const report = story.at(down.from + 8 * HOUR - MINUTE);
  const mail = waiting(report);
  expect(mail.since).toBe(down.from);
  // 8 hours at 30 a hour; the log is one draw of it.
  expect(mail.held).toBeGreaterThan(240 * 0.8);
  expect(mail.held).toBeLessThan(240 * 1.2);
  const names = mail.windows.map(({ patience }) => patience);
  expect(names).toContain("24h");
  expect(names).toContain("5d");
  const begins = mail.windows.map((window) => window.begins);
  expect(begins).toEqual([...begins].sort((a, b) => a - b));
  expect(mail.windows.find(({ patience }) => patience === "24h")?.begins).toBe(down.from + DAY);
  const whole = mail.windows.reduce((sum, { messages }) => sum + messages, 0);
  expect(Math.abs(whole - mail.held - mail.givenUp)).toBeLessThan(10);
  expect(report.status.notice).toMatch(/Other mail servers keep it and try again, most of them for several days\./);
  expect(report.status.sentence).toMatch(
    /about \d+ messages wait at their senders\..*from .* on, the next senders give up/i,
  );
});

test("at the marks the words change, and none of them promises any more that nothing is lost", () => {
  const story = new Story().tell(...usual(1), stops(down.from));
  const day = story.at(down.from + 25 * HOUR);
  expect(day.status.headline).toBe("Email has been down for more than a day. Some mail may be returned to its sender.");
  expect(day.status.notice).toMatch(/Some give up after 1 day\. So some of the mail sent to you since 08:00 on/);
  expect(day.status.notice).not.toMatch(/lost/);
  const before = waiting(day).held;
  const late = story.at(down.from + 6 * DAY);
  expect(late.status.headline).toMatch(/more than 5 days/);
  expect(late.status.notice).toMatch(/Most senders stop trying after 4 or 5 days/);
  expect(waiting(late).givenUp).toBeGreaterThan(500);
  expect(waiting(late).held).toBeGreaterThan(before);
});

test("after it: about as many as really come, told before they come, and no all-clear until they have", () => {
  for (const seed of [11, 22, 33, 44]) {
    const { lines, late } = afterwards(down.to + DAY, seed);
    const story = new Story().tell(...usual(seed), stops(down.from));
    story.at(down.to - MINUTE);
    const until = (at: Instant): string[] => lines.filter((line) => clock(line.slice(0, 12)) <= at);
    let told = 0;
    const tellUntil = (at: Instant): Report => {
      const all = until(at);
      story.tell(...all.slice(told));
      told = all.length;
      return story.at(at);
    };
    const came = (at: Instant): number => late.filter((moment) => moment <= at).length;
    const early = tellUntil(down.to + 15 * MINUTE);
    const mail = returning(early);
    // After a quarter of an hour a guess, after an hour nearly knowledge.
    expect(mail.held / late.length).toBeGreaterThan(0.6);
    expect(mail.held / late.length).toBeLessThan(1.65);
    expect(mail.held).toBe(mail.arrived + mail.stillOut);
    expect(mail.shareArrived).toBeLessThan(1);
    expect(mail.mostExpected).toBeLessThan(mail.lastExpected);
    expect(early.forecast.state).toBe("clear");
    expect(early.status.phase).toBe("draining");
    expect(early.status.headline).toBe("Email is working again. Late mail is still on its way.");
    expect(early.status.notice).toMatch(
      /About \d+ late messages that were sent to you are still with other mail servers/,
    );
    expect(early.status.sentence).toMatch(/still at their senders/);
    const hour = returning(tellUntil(down.to + HOUR));
    expect(Math.abs(hour.arrived - came(down.to + HOUR))).toBeLessThan(25);
    expect(hour.stillOut).toBeLessThan(mail.stillOut);
    expect(hour.held / late.length).toBeGreaterThan(0.85);
    expect(hour.held / late.length).toBeLessThan(1.2);
    const end = tellUntil(down.to + DAY);
    expect(returning(end).stillOut).toBeLessThan(5);
    expect(["resolved", "normal"]).toContain(end.status.phase);
    expect(end.status.headline).not.toMatch(/on its way/);
  }
});

test("saved and restored at any moment of it: the same words and numbers", () => {
  const { lines } = afterwards(down.to + 3 * HOUR, 5);
  const reports = (cut: boolean): Report[] => {
    const story = new Story();
    const rest = (): void => {
      if (cut) story.known = Observation.restore(story.known.save(), [1, 2, 3, 4]);
    };
    next = 0xb00000;
    story.tell(...usual(5));
    rest();
    story.tell(stops(down.from));
    const all = [story.at(down.from + 3 * HOUR)];
    rest();
    all.push(story.at(down.from + 7 * HOUR));
    story.tell(...lines.slice(0, 300));
    rest();
    all.push(story.at(down.to + 20 * MINUTE));
    story.tell(...lines.slice(300));
    rest();
    all.push(story.at(down.to + 3 * HOUR));
    return all;
  };
  expect(reports(true)).toEqual(reports(false));
});

test("unknown, and not 0: before a day has been seen, without an outage, and while mailtide is blind", () => {
  const young = new Story().tell(...usual(1, down.from - 20 * HOUR), stops(down.from));
  expect(mailOf(young.at(down.from + HOUR))).toBeUndefined();
  const old = new Story().tell(...usual(1, down.from - 30 * HOUR), stops(down.from));
  expect(waiting(old.at(down.from + HOUR)).held).toBeGreaterThan(10);
  expect(mailOf(new Story().tell(...usual(1)).at(down.from))).toBeUndefined();
  const blind = { blind: true, why: "it cannot be read", lastSeen: undefined, sources: [] };
  expect(mailOf(old.at(down.from + HOUR, { observer: blind }))).toBeUndefined();
});

test("a quiet night is no outage, and does not end the story of one", () => {
  const { lines } = afterwards(down.to + 14 * HOUR, 7);
  const story = new Story().tell(...usual(7), stops(down.from), ...lines);
  const report = story.at(down.to + 14 * HOUR);
  // The watch takes a few of a fortnight's nights for a downtime, since this mail stops from one hour to the next: too many
  // would be told to the administrator, and without any there would be nothing here for the senders' side to see through.
  const silences = report.downtime.filter(({ cause }) => /no line was logged/.test(cause)).length;
  expect(silences).toBeGreaterThan(0);
  expect(silences).toBeLessThanOrEqual(3);
  expect(returning(report).since).toBe(down.from);
});

test("down again within the hour: one outage to the senders, and numbers stay in bounds at every moment", () => {
  const again = down.to + 40 * MINUTE;
  const story = new Story().tell(...usual(1), stops(down.from), starts(down.to), stops(again));
  let before = 0;
  for (let at = again; at < again + 3 * HOUR; at += 50_000) {
    const mail = waiting(story.at(at));
    expect(mail.since).toBe(down.from);
    expect(mail.held).toBeGreaterThanOrEqual(before);
    before = mail.held;
  }
  expect(before).toBeGreaterThan(30);
});

test("after it, at every moment: held is arrived and still out, and none of them below nought", () => {
  const { lines } = afterwards(down.to + 5 * HOUR, 6);
  const story = new Story().tell(...usual(6), stops(down.from));
  let told = 0;
  for (let at = down.to + MINUTE; at < down.to + 5 * HOUR; at += 7 * MINUTE) {
    const end = lines.findIndex((line) => clock(line.slice(0, 12)) > at);
    story.tell(...lines.slice(told, end === -1 ? undefined : end));
    told = end === -1 ? lines.length : end;
    const { held: all, arrived, stillOut, givenUp, shareArrived, mostExpected, lastExpected } = returning(story.at(at));
    expect(all).toBe(arrived + stillOut);
    for (const number of [all, arrived, stillOut, givenUp, shareArrived]) expect(number).toBeGreaterThanOrEqual(0);
    expect(shareArrived).toBeLessThanOrEqual(1);
    expect(mostExpected).toBeLessThanOrEqual(lastExpected);
    expect(mostExpected).toBeGreaterThanOrEqual(down.to);
  }
});

test("a restart is no outage to the senders", () => {
  const story = new Story().tell(...usual(1), stops(down.from), starts(down.from + 2 * MINUTE));
  expect(mailOf(story.at(down.from + 3 * MINUTE))).toBeUndefined();
});

test("mail of our own users and programs is not what strangers would have sent", () => {
  const own = (at: Instant): string[] => [
    ...taken(at, "desk.lab.test[192.0.2.77], sasl_method=PLAIN, sasl_username=ada"),
    ...taken(at, "localhost[127.0.0.1]"),
    ...taken(at, "localhost[::1]"),
    ...taken(at, "uid=0"),
  ];
  const strangers = sent(down.from - 3 * DAY, down.from, diceFrom(3));
  const mixed = strangers.flatMap((at) => [...taken(at), ...own(at)]);
  const story = new Story().tell(...mixed, stops(down.from));
  expect(story.at(down.from).totals.messages.accepted).toBe(strangers.length * 5);
  expect(waiting(story.at(down.from + 8 * HOUR)).held).toBeLessThan(240 * 1.2);
});

test("an outage of last week is no quiet week, and the rush after it no busy one", () => {
  const earlier = { from: down.from - 7 * DAY, to: down.to - 7 * DAY };
  const at = (from: Instant, to: Instant): string[] => usual(8, from, to);
  const rush = Array.from({ length: 600 }, (_, i) => taken(earlier.to + 1000 + i * 5000)).flat();
  const plain = new Story().tell(...usual(8), stops(down.from)).at(down.to - MINUTE);
  const twice = new Story().tell(
    ...at(begin, earlier.from),
    stops(earlier.from),
    starts(earlier.to),
    ...rush,
    ...at(earlier.to + HOUR, down.from),
    stops(down.from),
  );
  const report = twice.at(down.to - MINUTE);
  expect(waiting(report).held / waiting(plain).held).toBeGreaterThan(0.85);
  expect(waiting(report).held / waiting(plain).held).toBeLessThan(1.15);
});
