// The deadline clock: who begins to give up when, how much that is by now and soon, and what coming back for a moment does to it.

import { expect, test } from "vitest";
import type { GivingUp, MailReturning, MailWaiting } from "../../../../src/core/retries/senders/at-senders.ts";
import { attemptAges, fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { type ScheduleName, schedules, usualMix, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { type Dice, diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { DAY, HOUR, type Instant, type Interval, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { metricsText } from "../../../../src/publishers/prometheus/index.ts";
import { toReportJson } from "../../../../src/publishers/report/json.ts";
import { reportSchema } from "../../../../src/publishers/report/schema.ts";
import { clock, clockText, goes, leaves, Story } from "../../../support/story.ts";

const begin = clock("1d 00:00:00");
const away = clock("9d 08:00:00");
const every = 90 * SECOND;

let next = 0xf00000;
function taken(at: Instant): string[] {
  const id = (next++).toString(16).toUpperCase();
  const time = clockText(at);
  return [
    `${time} smtpd ${id}: client=client.test[192.0.2.9]`,
    `${time} qmgr ${id}: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)`,
    goes(time, id),
    leaves(time, id),
  ];
}
const stops = (at: Instant): string => `${clockText(at)} postfix-script stopping the Postfix mail system`;
const starts = (at: Instant): string =>
  `${clockText(at)} master daemon started -- version 3.7.11, configuration /etc/postfix`;

/** Eight usual days, then the server is stopped. */
function stopped(): Story {
  const lines: string[] = [];
  for (let at = begin; at < away; at += every) lines.push(...taken(at));
  return new Story().tell(...lines, stops(away));
}

/** What becomes of the mail of a made world: one message every `every`, senders as at large. */
function fates(down: readonly Interval[], until: Instant): { at: Instant; arrived: boolean; sent: Instant }[] {
  const dice: Dice = diceFrom(5);
  const found: { at: Instant; arrived: boolean; sent: Instant }[] = [];
  for (let sent = away; sent < until; sent += every) {
    let rest = dice();
    const [senderClass] = [...usualMix].find(([, share]) => {
      rest -= share;
      return rest <= 0;
    }) ?? ["postfix"];
    const set = variantsOf(senderClass) ?? [];
    let part = dice() * set.reduce((sum, { weight }) => sum + weight, 0);
    const { schedule } =
      set.find(({ weight }) => {
        part -= weight;
        return part <= 0;
      }) ?? set[0];
    found.push({ ...fateOf(schedule, sent, down, { between: 42 * HOUR }, dice), sent });
  }
  return found;
}

const waiting = (story: Story, at: Instant): MailWaiting & { readonly givingUp: GivingUp } => {
  const mail = story.at(at).senders?.mail;
  if (mail?.state !== "waiting" || mail.givingUp === undefined) throw new Error(`it says ${JSON.stringify(mail)}`);
  return { ...mail, givingUp: mail.givingUp };
};

test.each([10, 20, 30, 60, 80, 110, 130])(
  "after %i hours away: what has been given up, and what will be within 1, 6 and 24 hours, as in a made world",
  (hours) => {
    const now = away + hours * HOUR;
    const mail = waiting(stopped(), now);
    const world = fates([{ from: away, to: undefined }], now);
    const lost = (until: Instant): number => world.filter(({ at, arrived }) => !arrived && at <= until).length;
    const near = world.length * 0.04;
    expect(Math.abs(mail.held + mail.givenUp - world.length)).toBeLessThan(near);
    expect(Math.abs(mail.givenUp - lost(now))).toBeLessThan(near);
    expect(Math.abs(mail.givingUp.within1h - (lost(now + HOUR) - lost(now)))).toBeLessThan(near);
    expect(Math.abs(mail.givingUp.within6h - (lost(now + 6 * HOUR) - lost(now)))).toBeLessThan(near);
    expect(Math.abs(mail.givingUp.within24h - (lost(now + DAY) - lost(now)))).toBeLessThan(near);
    const { within1h, within6h, within24h } = mail.givingUp;
    expect([within1h, within6h, within24h, mail.held]).toEqual(
      [within1h, within6h, within24h, mail.held].sort((a, b) => a - b),
    );
  },
);

test("nobody gives up before the first deadline, and each window begins when its senders do", () => {
  const story = stopped();
  const early = waiting(story, away + 7 * HOUR);
  expect(early.givenUp).toBe(0);
  expect(early.givingUp.within6h).toBe(0);
  const [first] = early.windows;
  expect(first.patience).toBe("12h");
  expect(first.begins).toBe(away + 14 * HOUR);
  expect(waiting(story, first.begins - MINUTE).givenUp).toBe(0);
  expect(waiting(story, first.begins + 2 * HOUR).givenUp).toBeGreaterThan(0);
  expect(waiting(story, first.begins - 5 * HOUR).givingUp.within6h).toBeGreaterThan(0);
});

test("report, metrics and sentence say the same of it", async () => {
  const story = stopped();
  const now = away + 23 * HOUR + 30 * MINUTE;
  const report = story.at(now);
  const mail = waiting(story, now);
  expect(mail.givingUp.within1h).toBeGreaterThan(0);
  const json = reportSchema.parse(JSON.parse(JSON.stringify(toReportJson(report))));
  expect(json.senders?.mail).toMatchObject({ givenUp: mail.givenUp, givingUp: mail.givingUp, held: mail.held });
  const text = await metricsText(report, { version: "0.1.0", mta: "postfix" });
  const figure = (series: string): number =>
    Number(
      text
        .split("\n")
        .find((line) => line.includes(series))
        ?.split(" ")
        .at(-1),
    );
  expect(figure('mailtide_sender_giving_up_messages{within="1h",mta="postfix"}')).toBe(mail.givingUp.within1h);
  expect(figure('mailtide_sender_messages{state="given_up",mta="postfix"}')).toBe(mail.givenUp);
  expect(figure('mailtide_sender_messages{state="waiting",mta="postfix"}')).toBe(mail.held);
  const deadline = 'mailtide_sender_window_deadline_timestamp_seconds{window="24h",mta="postfix"}';
  expect(figure(deadline)).toBe((away + DAY) / 1000);
  const said = report.status.sentence;
  expect(said).toMatch(new RegExp(`about ${mail.givenUp} .*given up`, "i"));
  expect(said).toMatch(/the first senders give up at 08:00/);
  expect(report.status.notice).not.toMatch(/not lost|none of it is lost/i);
});

const names = (Object.keys(schedules) as ScheduleName[]).filter((name) => schedules[name].clock === "message");

test.each(names)("%s: an attempt that fails in a second outage moves the message on to the one after it", (name) => {
  const { attempts } = schedules[name];
  if (attempts.law === "stages") throw new TypeError("an Exim rule is walked by host");
  const first = { from: 0, to: 3 * HOUR };
  const second = { from: 3 * HOUR + 2 * MINUTE, to: 3 * HOUR + 12 * MINUTE };
  let moved = 0;
  for (let seed = 0; seed < 2000; seed++) {
    const sent = (seed % 170) * MINUTE;
    const once = fateOf(schedules[name], sent, [first], { between: HOUR }, diceFrom(seed));
    const twice = fateOf(schedules[name], sent, [first, second], { between: HOUR }, diceFrom(seed));
    if (!once.arrived || once.at < second.from || once.at >= second.to) {
      expect(twice).toEqual(once);
      continue;
    }
    moved++;
    // Walked by hand: the first attempt that does not fall into either.
    const step = attemptAges(attempts, diceFrom(seed));
    let age: number | undefined = 0;
    const fails = (at: Instant): boolean => at < first.to || (at >= second.from && at < second.to);
    while (age !== undefined && fails(sent + age)) age = step(age);
    if (twice.arrived) expect(twice.at).toBe(sent + (age ?? Number.NaN));
    expect(twice.at).toBeGreaterThanOrEqual(twice.arrived ? second.to : once.at);
  }
  // James lets go after ten minutes, so what waits for three hours is none of its mail.
  if (name !== "james") expect(moved).toBeGreaterThan(0);
});

test("away again for ten minutes: what got through between is not waiting, and the rest comes later", () => {
  const back = away + 6 * HOUR;
  const again = { from: back + 8 * MINUTE, to: back + 18 * MINUTE };
  const down = [{ from: away, to: back }, again];
  const world = fates(down, back);
  const story = stopped().tell(starts(back));
  const between = world.filter(({ at, arrived }) => arrived && at >= back && at < again.from);
  story.tell(...between.flatMap(({ at }) => taken(at)), stops(again.from));
  const mail = waiting(story, again.to - MINUTE);
  const still = world.filter(({ at, arrived }) => arrived && at >= again.from).length;
  expect(between.length).toBeGreaterThan(20);
  expect(Math.abs(mail.held - still - 9 * (MINUTE / every))).toBeLessThan(0.06 * world.length);
  expect(mail.since).toBe(away);
  const after = story.tell(starts(again.to)).at(again.to + MINUTE).senders?.mail as MailReturning;
  const once = stopped()
    .tell(starts(back))
    .at(back + MINUTE).senders?.mail as MailReturning;
  expect(after.mostExpected - again.to).toBeGreaterThan(0);
  expect(after.mostExpected).toBeGreaterThan(once.mostExpected);
  expect(after.lastExpected).toBeGreaterThanOrEqual(once.lastExpected);
});
