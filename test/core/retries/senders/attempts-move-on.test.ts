// A walk through a schedule that answered the same attempt twice would stand still, and its message count as given up.

import { expect, test } from "vitest";
import { attemptAges, fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { type ScheduleName, schedules } from "../../../../src/core/retries/senders/classes.ts";
import { diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { deadlines } from "../../../../src/core/retries/senders/expiry.ts";
import { DAY, HOUR } from "../../../../src/core/time.ts";

const names = (Object.keys(schedules) as ScheduleName[]).filter((name) => schedules[name].attempts.law !== "stages");

test.each(names)("%s: within eight days each attempt lies after the one before, whatever the phase", (name) => {
  const { attempts } = schedules[name];
  if (attempts.law === "stages") throw new TypeError("an Exim rule is walked by host");
  for (let draw = 0; draw < 500; draw++) {
    const next = attemptAges(attempts, diceFrom(draw));
    // The first wait of one gateway is 0.
    let age = -1;
    for (let following = next(0); following !== undefined && following < 8 * DAY; following = next(age)) {
      if (!(following > age)) throw new Error(`draw ${draw}: ${following} after ${age}`);
      age = following;
    }
    expect(age).toBeGreaterThan(0);
  }
});

test("a message at a sendmail that tries every half hour for five days is not lost in four", () => {
  for (let draw = 0; draw < 2000; draw++) {
    const fate = fateOf(
      schedules["sendmail-30m"],
      0,
      [{ from: 0, to: 4 * DAY }],
      { between: HOUR },
      diceFrom(131_072 + draw),
    );
    expect(fate.arrived).toBe(true);
  }
});

test("what is lost by a moment is the same, whether messages are walked one by one or by the ages at which they end", () => {
  const inflow = { senderClass: "mailgun", hosts: 5, slices: [{ from: 0, to: 3 * DAY, messages: 720 }] };
  const [once] = deadlines([inflow], [{ from: 0, to: undefined }], 3 * DAY);
  // An outage of a moment long before makes no difference, but all has to be walked then.
  const [walked] = deadlines(
    [inflow],
    [
      { from: -2, to: -1 },
      { from: 0, to: undefined },
    ],
    3 * DAY,
  );
  for (let at = 0; at < 4 * DAY; at += HOUR) expect(Math.abs(once.lostBy(at) - walked.lostBy(at))).toBeLessThan(4);
  expect(once.lost).toBeGreaterThan(600);
});
