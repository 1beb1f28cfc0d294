// When each waiting message is tried next, and when it is given up: Postfix's own rule, or its own word where we can read it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import postfix from "../../../collectors/dialects/postfix/index.ts";
import { backoff, giveUpAt, planRetries } from "../../../src/core/retries/plan.ts";
import type { AgeSchedule } from "../../../src/core/retries/schedule.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../src/core/time.ts";
import { arrives, clock, queued, refusal, Story, waits } from "../../support/story.ts";

const schedule: AgeSchedule = postfix.defaultSchedule;

describe("the rule of Postfix: as long as it has waited, but neither too short nor too long", () => {
  test.each([
    [0, 300],
    [10, 300],
    [300, 300],
    [301, 301],
    [1200, 1200],
    [4000, 4000],
    [4001, 4000],
    [400_000, 4000],
  ])("at an age of %i s it waits %i s", (age, wait) => {
    expect(backoff(schedule, age * SECOND)).toBe(wait * SECOND);
  });

  test("attempts of a message that always fails: ages 0, 300, 600, 1200, 2400, 4800, 8800, …", () => {
    const story = new Story();
    const ages: number[] = [];
    let at = clock("00:00:00");
    story.tell(...arrives("00:00:00", "A1B2C3"));
    for (let i = 0; i < 8; i++) {
      ages.push((at - clock("00:00:00")) / SECOND);
      const time = new Date(at).toISOString().slice(11, 19);
      story.tell(queued(time, "A1B2C3"), waits(time, "A1B2C3", { delay: ages[i] }));
      at = story.at(at).retries.nextAttempt ?? Number.NaN;
    }
    expect(ages).toEqual([0, 300, 600, 1200, 2400, 4800, 8800, 12_800]);
  });
});

describe("given up at the first attempt after its lifetime", () => {
  test("exact: the attempts up to there, one by one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 * DAY }),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 10 * HOUR }),
        (first, minimal, factor, lifetime) => {
          const own: AgeSchedule = {
            ...schedule,
            minimalBackoff: minimal * SECOND,
            maximalBackoff: minimal * factor * SECOND,
            lifetime,
          };
          let at = first;
          while (at < lifetime) at += backoff(own, at);
          expect(giveUpAt(own, 0, first, false)).toBe(at);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("reports of our own have a lifetime of their own", () => {
    const own = { ...schedule, lifetime: 5 * DAY, nullSenderLifetime: 1 * DAY };
    expect(giveUpAt(own, 0, 0, true)).toBeLessThan(giveUpAt(own, 0, 0, false));
    expect(giveUpAt(own, 0, 0, true)).toBeGreaterThanOrEqual(DAY);
  });
});

function plan(story: Story, at: string) {
  return planRetries(story.known.ledger, story.known.schedule, clock(at), [MINUTE, HOUR, Number.POSITIVE_INFINITY]);
}

describe("the plan", () => {
  test("times from the spool are preferred to the rule, until the next attempt", () => {
    const story = new Story().tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:10", "A1B2C3", { delay: 10 }));
    expect(plan(story, "10:01:00").nextAttempt).toBe(clock("10:05:10"));
    story.list("10:02:00", [
      { id: "A1B2C3", arrival: "10:00:00", recipients: [["one@remote.test", refusal]], next: "10:07:30" },
    ]);
    expect(plan(story, "10:03:00").nextAttempt).toBe(clock("10:07:30"));
    story.tell(queued("10:07:35", "A1B2C3"), waits("10:07:36", "A1B2C3", { delay: 456 }));
    expect(plan(story, "10:08:00").nextAttempt).toBe(clock("10:07:36") + 456 * SECOND);
  });

  test("due, parked, held and new are four things", () => {
    const story = new Story().tell(
      ...arrives("10:00:00", "A10000"),
      waits("10:00:01", "A10000"),
      ...arrives("10:04:00", "A10001"),
      waits("10:04:01", "A10001"),
      ...arrives("10:04:00", "A10002"),
      waits("10:04:01", "A10002"),
      "10:04:30 postsuper A10002: placed on hold",
      ...arrives("10:05:58", "A10003"),
    );
    expect(plan(story, "10:06:00")).toMatchObject({
      messages: 4,
      delayed: 2,
      due: 1,
      parked: 1,
      held: 1,
      heldAfterFailure: 1,
      oldestDueArrival: clock("10:00:00"),
      ages: [1, 3, 0],
    });
    // Ten seconds on, the new one has waited longer than usual although nobody tried it.
    expect(plan(story, "10:06:10")).toMatchObject({ delayed: 3, due: 2, parked: 1 });
  });

  test("what will be given up within 1, 6 and 24 hours", () => {
    const story = new Story({ lifetime: 10 * HOUR, nullSenderLifetime: 2 * HOUR }).tell(
      ...arrives("10:00:00", "A10000"),
      waits("10:00:01", "A10000"),
      ...arrives("10:00:00", "A10001", { sender: "" }),
      waits("10:00:01", "A10001"),
    );
    const early = plan(story, "10:00:10");
    expect(early.expiring).toEqual({ within1h: 0, within6h: 1, within24h: 2 });
    expect(early.firstGiveUp).toBeGreaterThanOrEqual(clock("12:00:00"));
    expect(early.firstGiveUp).toBeLessThan(clock("12:00:00") + schedule.maximalBackoff);
    // From the end of its lifetime on, the next attempt is the last.
    expect(plan(story, "11:30:00").expiring.within1h).toBe(0);
    expect(plan(story, "12:00:00").expiring.within1h).toBe(1);
  });

  test("each recipient is a row, what was never tried is one row together, and the first row stands for the message", () => {
    const story = new Story().tell(
      ...arrives("10:00:00", "A10000", { recipients: 5 }),
      waits("10:00:01", "A10000", { to: "one@remote.test" }),
      waits("10:00:01", "A10000", { to: "two@other.test" }),
    );
    const { work, recipients, destinations } = plan(story, "10:01:00");
    expect(recipients).toBe(5);
    expect(work.count).toBe(3);
    expect([...work.weight.subarray(0, 3)]).toEqual([1, 1, 3]);
    expect([...work.first.subarray(0, 3)]).toEqual([1, 0, 0]);
    expect([...work.destination.subarray(0, 3)].filter((destination) => destination === -1)).toHaveLength(1);
    expect(destinations.size).toBe(2);
  });

  test("a message that is being tried right now is due, however long its timer runs", () => {
    const story = new Story().tell(
      ...arrives("10:00:00", "A10000"),
      waits("10:00:01", "A10000"),
      queued("10:05:05", "A10000"),
    );
    expect(plan(story, "10:05:06")).toMatchObject({ delayed: 1, due: 1, parked: 0 });
  });

  test("an empty queue has nothing to plan", () => {
    expect(plan(new Story(), "10:00:00")).toMatchObject({
      messages: 0,
      nextAttempt: undefined,
      firstGiveUp: undefined,
      oldestArrival: undefined,
    });
  });
});
