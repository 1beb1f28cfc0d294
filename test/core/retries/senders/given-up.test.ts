import fc from "fast-check";
import { expect, test } from "vitest";
import { fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { type ScheduleName, schedules } from "../../../../src/core/retries/senders/classes.ts";
import { diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { deadlines, earliestGiveUp, patienceOf } from "../../../../src/core/retries/senders/expiry.ts";
import { releaseOf } from "../../../../src/core/retries/senders/release.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

const names = Object.keys(schedules) as ScheduleName[];
const host = { between: HOUR };
const flow = (senderClass: string, hours: number) => ({
  senderClass,
  hosts: 5,
  slices: [{ from: 0, to: hours * HOUR, messages: 10 * hours }],
});

test("Postfix gives up only after a failed attempt: a server that is back by then still gets the old message", () => {
  for (let seed = 0; seed < 50; seed++) {
    const fate = fateOf(schedules.postfix, 0, [{ from: 0, to: 5 * DAY - MINUTE }], host, diceFrom(seed));
    expect(fate.arrived).toBe(true);
    const late = fateOf(schedules.postfix, 0, [{ from: 0, to: 5 * DAY + 80 * MINUTE }], host, diceFrom(seed));
    expect(late.arrived).toBe(false);
    expect(late.at).toBeGreaterThanOrEqual(5 * DAY);
    expect(late.at).toBeLessThanOrEqual(5 * DAY + 75 * MINUTE);
  }
});

test("OpenSMTPD's timer ends a message after recovery, before the attempt that would have worked", () => {
  // Attempts at 400 s · k²: k = 29 lies before four days, k = 30 after them.
  const down = [{ from: 0, to: 4 * DAY - MINUTE }];
  expect(fateOf(schedules.opensmtpd, 0, down, host, diceFrom(1))).toEqual({ at: 4 * DAY, arrived: false });
});

test("Exim gives up what is minutes old when the host has failed for four days", () => {
  const down = [{ from: 0, to: 5 * DAY }];
  const busy = { between: 10 * MINUTE };
  let lost = 0;
  for (let seed = 0; seed < 100; seed++) {
    const fate = fateOf(schedules.exim, 4 * DAY + 2 * HOUR, down, busy, diceFrom(seed));
    if (!fate.arrived && fate.at - (4 * DAY + 2 * HOUR) < HOUR) lost++;
  }
  expect(lost).toBeGreaterThan(90);
});

test("KumoMTA looks ahead and ends at 85 hours although its limit is seven days", () => {
  expect(earliestGiveUp(schedules.kumomta) / HOUR).toBe(85);
});

test.each<[ScheduleName, number]>([
  ["mailgun", 475 / 60],
  ["haraka", 72.8],
  ["hmailserver", 4],
  ["zonemta", 48],
  ["microsoft365", 24],
  ["google", 72],
  ["exim", 96],
])("%s can begin to give up after %f hours", (name, hours) => {
  expect(earliestGiveUp(schedules[name]) / HOUR).toBeCloseTo(hours, 2);
});

test("nothing that a Postfix holds is lost in four days, and at Exchange all but the last two", () => {
  const variants = [{ schedule: schedules.exchange, weight: 1 }];
  expect(
    releaseOf(flow("postfix", 96), [{ schedule: schedules.postfix, weight: 1 }], [{ from: 0, to: 4 * DAY }]).givenUp,
  ).toBe(0);
  expect(releaseOf(flow("exchange", 96), variants, [{ from: 0, to: 4 * DAY }]).givenUp).toBeCloseTo(0.5, 1);
});

test("the share that is given up never falls when the outage is longer", () => {
  const ofMessages = names.filter((name) => schedules[name].clock === "message");
  fc.assert(
    fc.property(
      fc.constantFrom(...ofMessages),
      fc.integer({ min: 1, max: 250 }),
      fc.integer({ min: 0, max: 60 }),
      (name, hours, more) => {
        const lost = (length: number): number =>
          releaseOf(flow(name, length), [{ schedule: schedules[name], weight: 1 }], [{ from: 0, to: length * HOUR }])
            .givenUp;
        expect(lost(hours + more)).toBeGreaterThanOrEqual(lost(hours) - 1e-9);
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});

test("the deadline clock names the soonest first, and counts what is lost by now", () => {
  const now = 30 * HOUR;
  const flows = ["postfix", "google", "microsoft365", "mailgun", "exim", "unknown"].map((name) => flow(name, 30));
  const found = deadlines(flows, [{ from: 0, to: undefined }], now);
  expect(found.map(({ senderClass }) => senderClass).slice(0, 3)).toEqual(["mailgun", "microsoft365", "google"]);
  const [mailgun, microsoft, google] = found;
  expect(mailgun.begins / HOUR).toBeCloseTo(475 / 60, 1);
  expect(mailgun.lost / mailgun.sent).toBeCloseTo((30 - 475 / 60) / 30, 1);
  expect(microsoft.lost / microsoft.sent).toBeCloseTo(6 / 30, 1);
  expect(google.lost).toBe(0);
  expect(google.lostBy(73 * HOUR)).toBeGreaterThan(0);
  expect(google.lostBy(73 * HOUR)).toBeLessThan(google.lostBy(90 * HOUR));
});

test("patience is that of the most patient set-up of a class, and five days where nothing is known", () => {
  expect(patienceOf("google")).toBe(3 * DAY);
  expect(patienceOf("unknown")).toBe(5 * DAY);
  expect(patienceOf("other")).toBe(5 * DAY);
});
