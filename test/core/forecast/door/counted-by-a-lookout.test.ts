// A server that was away for two hours, and a lookout that counted who waits for it: the outlook goes by the count.

import { expect, test } from "vitest";
import type { Outlook } from "../../../../src/core/forecast/outlook.ts";
import { HOUR, type Instant, MINUTE } from "../../../../src/core/time.ts";
import { clock, clockText, goes, leaves, Story } from "../../../support/story.ts";

const begin = clock("1d 00:00:00");
const down = { from: clock("3d 08:00:00"), to: clock("3d 10:00:00") };

let next = 0xa00000;

/** A message a minute, taken and delivered at once. */
function taken(at: Instant): string[] {
  next++;
  const id = next.toString(16).toUpperCase();
  const time = clockText(at);
  return [
    `${time} smtpd ${id}: client=client.test[192.0.2.9]`,
    `${time} cleanup ${id}: message-id=<${id}@lab.test>`,
    `${time} qmgr ${id}: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)`,
    goes(time, id),
    leaves(time, id),
  ];
}

/** What is foreseen some minutes after the server is back, if a lookout counted so many that wait. */
function foreseen(counted: number | undefined, whole = true): Outlook {
  const story = new Story();
  const pass = (now: Instant) => {
    const { known } = story;
    if (counted !== undefined && now > down.from) {
      const cohorts = [{ from: down.from + HOUR, held: counted, heldAtMost: counted, returned: 0, silent: 0 }];
      const watching = whole ? begin : down.from + HOUR;
      known.lookouts.take({ lookout: "spare", at: now, watching, cohorts, byClass: {} }, now);
    }
    known.passes(now, false);
  };
  for (let at = begin; at < down.from; at += MINUTE) {
    story.tell(...taken(at));
    pass(at + 30_000);
  }
  story.tell(`${clockText(down.from)} postfix-script stopping the Postfix mail system`);
  for (let at = down.from; at < down.to; at += MINUTE) pass(at + 30_000);
  story.tell(`${clockText(down.to)} master daemon started -- version 3.7.11, configuration /etc/postfix`);
  for (let at = down.to; at < down.to + 4 * MINUTE; at += MINUTE) {
    story.tell(...taken(at));
    pass(at + 30_000);
  }
  const { outlook } = story.known.foresight;
  if (outlook === undefined) throw new Error("nothing is foreseen");
  expect(outlook.recovered).toBe(true);
  return outlook;
}

test("what a lookout counted of all of it takes the place of what is guessed", () => {
  const guessed = foreseen(undefined);
  expect(guessed.atSenders).toBeGreaterThan(10);
  const many = foreseen(5000);
  expect(many.atSenders).toBe(5000);
  expect(foreseen(3).atSenders).toBe(3);
  // Many more come later than few: they have to be worked off.
  expect(many.queue[3]).toBeGreaterThanOrEqual(guessed.queue[3]);
});

test("what was counted of a part of it only says nothing of the rest", () => {
  expect(foreseen(3, false).atSenders).toBe(foreseen(undefined).atSenders);
});
