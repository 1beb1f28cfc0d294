// Which senders are ours: learned from the names of clients, and what is then predicted in a world whose mix is odd.

import { expect, test } from "vitest";
import { Observation } from "../../../../src/core/observation.ts";
import { mailAtSenders } from "../../../../src/core/retries/senders/at-senders.ts";
import { fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { usualMix, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { type Dice, diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { type Baseline, expectedHeld, inflowsOf } from "../../../../src/core/retries/senders/held.ts";
import { keyOf } from "../../../../src/core/retries/senders/keyed-hash.ts";
import { classNumber, SenderMix, usualSenders } from "../../../../src/core/retries/senders/mix.ts";
import { releaseAfter } from "../../../../src/core/retries/senders/outlook.ts";
import { shareArrived } from "../../../../src/core/retries/senders/release.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../../../../src/core/time.ts";
import { clock, clockText, goes, leaves, Story } from "../../../support/story.ts";

const begin = clock("1d 00:00:00");
const down = { from: clock("15d 08:00:00"), to: clock("15d 16:00:00") };

/** A world of few big senders that give up soon or double their waits, and hardly any of the usual ones. */
const odd: readonly (readonly [senderClass: string, share: number, host: (n: number) => string])[] = [
  ["mailgun", 0.35, (n) => `m${40 + (n % 30)}-${n % 20}.mailgun.net`],
  ["sparkpost", 0.3, (n) => `mta-${n % 40}.sparkpostmail.com`],
  ["messagelabs", 0.2, (n) => `mail${n % 25}.bemta24.messagelabs.com`],
  ["google", 0.15, (n) => `mail-ed1-f${n % 50}.google.com`],
];

function pick<T>(from: readonly T[], weightOf: (one: T) => number, dice: Dice): T {
  let rest = dice() * from.reduce((sum, one) => sum + weightOf(one), 0);
  for (const one of from) {
    rest -= weightOf(one);
    if (rest <= 0) return one;
  }
  return from[from.length - 1];
}

let next = 0xc00000;

function taken(at: Instant, client: string): string[] {
  const id = (next++).toString(16).toUpperCase();
  const time = clockText(at);
  return [
    `${time} smtpd ${id}: client=${client}`,
    `${time} qmgr ${id}: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)`,
    goes(time, id),
    leaves(time, id),
  ];
}

const every = 4 * MINUTE;

/** Two weeks of the odd world, as a log. */
function world(dice: Dice, nameOf: (name: string, address: string) => string): string[] {
  const lines: string[] = [];
  for (let at = begin; at < down.from; at += every) {
    const [, , host] = pick(odd, ([, share]) => share, dice);
    const n = Math.floor(dice() * 1000);
    lines.push(...taken(at, nameOf(host(n), `198.51.100.${n % 200}`)));
  }
  return lines;
}

/** Shares of what was held that came by the horizons, in the odd world. */
const horizons = [15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
function truth(dice: Dice): { shares: number[]; held: number } {
  const waits: number[] = [];
  for (let at = down.from; at < down.to; at += every / 20) {
    const [senderClass] = pick(odd, ([, share]) => share, dice);
    const { schedule } = pick(variantsOf(senderClass) ?? [], ({ weight }) => weight, dice);
    const fate = fateOf(schedule, at, [down], { between: HOUR }, dice);
    if (fate.arrived && fate.at - at > 5 * MINUTE) waits.push(fate.at - down.to);
  }
  return {
    shares: horizons.map((wait) => waits.filter((one) => one <= wait).length / waits.length),
    held: waits.length / 20,
  };
}

function errorOf(baseline: Baseline, shares: readonly number[]): number {
  const curves = releaseAfter(baseline, [down]);
  return horizons.reduce((sum, wait, i) => sum + Math.abs(shareArrived(curves, wait) - shares[i]), 0) / horizons.length;
}

function baselineOf(story: Story, learned: boolean): Baseline {
  const { usual, mix } = story.known.senders;
  const baseline = usual.baseline([], down.from, learned ? mix.before(down.from) : usualSenders);
  if (baseline === undefined) throw new Error("no usual week");
  return baseline;
}

test("in a world with an odd mix, what was learned of our own senders predicts better than senders at large", () => {
  for (const seed of [1, 2, 3]) {
    const story = new Story().tell(...world(diceFrom(seed), (name, address) => `${name}[${address}]`));
    const { shares, held } = truth(diceFrom(seed + 100));
    const learned = errorOf(baselineOf(story, true), shares);
    const usual = errorOf(baselineOf(story, false), shares);
    expect(learned).toBeLessThan(0.04);
    expect(learned).toBeLessThan(usual / 3);
    expect(expectedHeld(releaseAfter(baselineOf(story, true), [down])) / held).toBeGreaterThan(0.85);
    expect(expectedHeld(releaseAfter(baselineOf(story, true), [down])) / held).toBeLessThan(1.15);
  }
});

test("the program asks for it: while we are down, the first to give up are those that write to us", () => {
  const windowOf = (story: Story, patience: string): number => {
    story.tell(`${clockText(down.from)} postfix-script stopping the Postfix mail system`);
    const mail = story.at(down.from + 7 * HOUR).senders?.mail;
    if (mail?.state !== "waiting") throw new Error(`it says ${JSON.stringify(mail)}`);
    return mail.windows.find((window) => window.patience === patience)?.messages ?? 0;
  };
  const named = new Story().tell(...world(diceFrom(1), (name, address) => `${name}[${address}]`));
  const nameless = new Story().tell(...world(diceFrom(1), (_, address) => `unknown[${address}]`));
  const all = (7 * HOUR) / every;
  // Mailgun lets go after 7 h 55.
  expect(windowOf(named, "6h") / all).toBeGreaterThan(0.25);
  expect(windowOf(nameless, "6h") / all).toBeLessThan(0.1);
});

test("where nobody looks names up, and behind one gateway, senders are taken to be like those at large", () => {
  for (const client of [(_: string, address: string) => `unknown[${address}]`, () => "mx0.example.org[192.0.2.1]"]) {
    const mix = new Story().tell(...world(diceFrom(1), client)).known.senders.mix.before(down.from);
    for (const [senderClass, usual] of usualMix) {
      expect(Math.abs((mix.get(senderClass)?.share ?? 0) - usual)).toBeLessThan(0.07);
    }
  }
});

test("hosts with names of their own are what hosts without a provider are: mail servers that somebody runs", () => {
  const mix = new SenderMix();
  for (let n = 0; n < 4000; n++) mix.add(begin + n * MINUTE, classNumber("unknown", true), (n % 400) * 7_919_191_919);
  const learned = mix.before(begin + 5 * DAY);
  for (const name of ["postfix", "exim", "sendmail", "exchange"]) {
    expect(learned.get(name)?.share ?? 0).toBeGreaterThan(1.9 * (usualMix.get(name) ?? 1));
  }
  expect(learned.get("google")?.share ?? 1).toBeLessThan(0.1);
  // A Received header tells more of them than their names do.
  for (let n = 0; n < 4000; n++) mix.add(begin + n * MINUTE, classNumber("qmail", true), (n % 400) * 7_919_191_918);
  expect(mix.before(begin + 5 * DAY).get("qmail")?.share ?? 0).toBeGreaterThan(0.6);
});

test("shares are of the whole; little seen says little; what is old counts less and then not at all", () => {
  const whole = (mix: SenderMix, at: Instant): number =>
    [...mix.before(at).values()].reduce((sum, { share }) => sum + share, 0);
  const mix = new SenderMix();
  expect(mix.before(begin)).toBe(usualSenders);
  for (let n = 0; n < 10; n++) mix.add(begin, classNumber("mailgun", true), n * 7_919_191_919);
  const little = mix.before(begin + DAY).get("mailgun")?.share ?? 0;
  expect(little).toBeGreaterThan(0.05);
  expect(little).toBeLessThan(0.3);
  expect(whole(mix, begin + DAY)).toBeCloseTo(1, 6);
  for (let n = 0; n < 2000; n++) mix.add(begin + 20 * DAY, classNumber("google", true), n * 7_919_191_919);
  expect(mix.before(begin + 21 * DAY).get("mailgun")?.share ?? 1).toBeLessThan(little / 5);
  expect(whole(mix, begin + 21 * DAY)).toBeCloseTo(1, 6);
  // Months later nothing of it is left.
  mix.add(begin + 90 * DAY, classNumber("google", true), 1);
  expect(mix.before(begin + 91 * DAY).get("google")?.share ?? 1).toBeLessThan(0.4);
});

test("distinct hosts are counted, however often one writes", () => {
  for (const hosts of [5, 40, 400]) {
    const mix = new SenderMix();
    const marks = Array.from({ length: hosts }, (_, n) => keyOf([1, 2, 3, 4], `host ${n}`));
    for (let n = 0; n < 20 * hosts; n++) mix.add(begin + (n % 3) * DAY, classNumber("google", true), marks[n % hosts]);
    const counted = mix.before(begin + 4 * DAY).get("google")?.hosts ?? 0;
    expect(counted / hosts).toBeGreaterThan(0.6);
    expect(counted / hosts).toBeLessThan(1.6);
  }
});

test("what is said of an outage rests on the days before it, whatever comes after it", () => {
  const story = new Story().tell(...world(diceFrom(1), (name, address) => `${name}[${address}]`));
  const before = JSON.stringify([...story.known.senders.mix.before(down.from)]);
  for (let n = 0; n < 500; n++)
    story.tell(...taken(down.to + n * 1000, `mail-x${n % 9}.google.com[203.0.113.${n % 9}]`));
  expect(JSON.stringify([...story.known.senders.mix.before(down.from)])).toBe(before);
});

test("saved and restored: the same mix, and messages on their way keep their class", () => {
  const story = new Story().tell(...world(diceFrom(2), (name, address) => `${name}[${address}]`));
  const at = down.from - MINUTE;
  const [first, ...rest] = taken(at, "m40-1.mailgun.net[198.51.100.1]");
  story.tell(first);
  const other = new Story();
  other.known = Observation.restore(story.known.save(), [1, 2, 3, 4]);
  for (const one of [story, other]) one.tell(...rest);
  const mixes = [story, other].map(({ known }) => JSON.stringify([...known.senders.mix.before(down.from + DAY)]));
  expect(mixes[0]).toBe(mixes[1]);
  const open = [{ scope: "host", from: down.from, to: undefined }] as never;
  expect(mailAtSenders(other.known.senders, open, down.to)).toEqual(mailAtSenders(story.known.senders, open, down.to));
  expect(inflowsOf(baselineOf(other, true), [down])).toEqual(inflowsOf(baselineOf(story, true), [down]));
});

test("no name and no address is kept, however many there were, and a checkpoint stays small", () => {
  const story = new Story();
  const dice = diceFrom(9);
  for (let n = 0; n < 6000; n++) {
    const name = `host${Math.floor(dice() * 1e9)}.example.org`;
    story.tell(
      `${clockText(begin + n * 1000)} smtpd ${(0xd00000 + n).toString(16).toUpperCase()}: client=${name}[203.0.113.7]`,
    );
  }
  const parts = story.known.save();
  let bytes = 0;
  for (const [name, part] of parts) {
    if (!name.startsWith("senders")) continue;
    bytes += part.length;
    expect(new TextDecoder("latin1").decode(part)).not.toMatch(/example\.org|203\.0\.113/);
  }
  expect(bytes).toBeLessThan(300_000);
});
