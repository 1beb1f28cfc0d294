// What is said of the backlog: each state by a small story.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/core/report.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../../../src/core/time.ts";
import { orders, SimulatedPostfix, show } from "../../support/simulated-postfix.ts";
import { arrives, clock, clockText, goes, leaves, queued, Story, seeing, waits } from "../../support/story.ts";

/** Timers as in the recordings: half a minute and more, a queue run every half minute. */
const timers = {
  minimalBackoff: 30 * SECOND,
  maximalBackoff: 400 * SECOND,
  queueRun: 30 * SECOND,
  lifetime: 5 * 24 * HOUR,
};
const id = (i: number): string => (0xa10000 + i).toString(16).toUpperCase();

/** Mail for `domain`, one message each `step` seconds, every one of which fails. */
function failing(from: string, count: number, step: number, domain = "remote.test", first = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const time = clockText(clock(from) + i * step * SECOND);
    return [...arrives(time, id(first + i)), waits(time, id(first + i), { to: `one@${domain}`, delay: 0 })];
  }).flat();
}

function working(from: string, count: number, step: number, domain: string, first: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const time = clockText(clock(from) + i * step * SECOND);
    const relay = `mx.${domain}[203.0.113.5]:25`;
    return [
      ...arrives(time, id(first + i)),
      goes(time, id(first + i), { to: `one@${domain}`, relay }),
      leaves(time, id(first + i)),
    ];
  }).flat();
}

/** Looks every ten seconds, as a running mailtide does; answers the last look. */
function watched(story: Story, from: string, to: string): Report {
  let report = story.at(from);
  for (let at: Instant = clock(from); at <= clock(to); at += 10 * SECOND) report = story.at(at);
  return report;
}

describe("states", () => {
  test("clear: nothing is delayed, and a queue that works is not empty", () => {
    const story = new Story(timers).tell(
      ...working("10:00:00", 20, 1, "works.test", 0),
      ...arrives("10:00:21", "B00001"),
    );
    const { forecast } = story.at("10:00:22");
    expect(forecast).toMatchObject({ state: "clear", earliest: undefined, latest: undefined, messages: 0, stuck: [] });
  });

  test("stalled: while our own server is stopped, that is the cause, whatever else fails", () => {
    const story = new Story(timers).tell(
      ...failing("10:00:00", 30, 2, "gone.test"),
      "10:01:30 postfix-script stopping the Postfix mail system",
    );
    const { forecast } = watched(story, "10:01:00", "10:02:00");
    expect(forecast).toMatchObject({ state: "stalled", limit: "stalls" });
    expect(forecast.because).toContain("The mail server is down");
  });

  test("unknown: who cannot see does not guess", () => {
    const story = new Story(timers).tell(...failing("10:00:00", 30, 1));
    const blind = { ...seeing, blind: true, why: "the log is gone" };
    const { forecast, status } = story.at("10:01:00", { observer: blind });
    expect(forecast).toMatchObject({ state: "unknown", earliest: undefined, likely: undefined, latest: undefined });
    expect(status).toMatchObject({ blind: true, level: "unknown" });
  });

  test("growing: more comes than goes", () => {
    const story = new Story(timers);
    let report = story.at("10:00:00");
    for (let minute = 0; minute < 4; minute++) {
      story.tell(...failing(`10:0${minute}:00`, 60, 1, "remote.test", minute * 60));
      report = story.at(`10:0${minute + 1}:00`);
    }
    expect(report.forecast.state).toBe("growing");
  });

  test("stalled: all that waits goes to a place that does not answer", () => {
    const story = new Story(timers).tell(...failing("10:00:00", 30, 1));
    const { forecast, destinations } = watched(story, "10:00:30", "10:06:00");
    expect(forecast).toMatchObject({ state: "stalled", limit: "destination", messages: 30 });
    expect(forecast.latest).toBeGreaterThan(clock("10:06:00"));
    expect(forecast.because).toContain("remote.test");
    expect(destinations[0].state).toBe("failing");
  });

  test("stalled: the mail server itself is down", () => {
    const story = new Story(timers).tell(
      ...arrives("10:00:55", "B00001"),
      "10:01:00 postfix-script stopping the Postfix mail system",
    );
    expect(watched(story, "10:01:10", "10:10:00").forecast).toMatchObject({ state: "stalled", limit: "stalls" });
  });

  test("waiting, then draining: after the recovery nothing moves until a timer is due", () => {
    const story = new Story(timers).tell(...failing("10:00:00", 40, 1));
    watched(story, "10:00:45", "10:00:55");
    // The first is tried again and goes; the place works from here on.
    story.tell(queued("10:01:00", id(0)), goes("10:01:00", id(0), { delay: 60 }), leaves("10:01:00", id(0)));
    const waiting = story.at("10:01:01").forecast;
    expect(["waiting", "draining"]).toContain(waiting.state);
    expect(waiting.limit).toBe("retry_timers");
    for (let i = 1; i < 20; i++) {
      story.tell(queued("10:01:30", id(i)), goes("10:01:31", id(i), { delay: 80 }), leaves("10:01:31", id(i)));
    }
    const draining = story.at("10:01:32").forecast;
    expect(draining).toMatchObject({ state: "draining", messages: 20 });
    expect(draining.latest).toBeLessThan(clock("10:04:00"));
    for (let i = 20; i < 40; i++) {
      story.tell(queued("10:02:00", id(i)), goes("10:02:01", id(i), { delay: 80 }), leaves("10:02:01", id(i)));
    }
    expect(story.at("10:02:02").forecast.state).toBe("clear");
  });

  test("held mail that had failed before is not clear: somebody has to release it", () => {
    const story = new Story(timers).tell(...failing("10:00:00", 1, 1), `10:01:00 postsuper ${id(0)}: placed on hold`);
    expect(story.at("10:02:00").forecast).toMatchObject({ state: "stalled", latest: undefined });
  });
});

describe("stuck mail", () => {
  /** Two places fail together; one comes back, the other was tried after that and failed again. */
  function half(): Story {
    const story = new Story(timers).tell(
      ...failing("10:00:00", 20, 1, "back.test", 0),
      ...failing("10:00:20", 20, 1, "dead.test", 100),
    );
    watched(story, "10:00:45", "10:01:30");
    for (let i = 0; i < 10; i++) {
      story.tell(
        queued("10:01:40", id(i)),
        goes("10:01:41", id(i), { to: "one@back.test", delay: 100, relay: "mx.back.test[203.0.113.5]:25" }),
        leaves("10:01:41", id(i)),
      );
    }
    for (let i = 100; i < 120; i++) {
      story.tell(queued("10:02:10", id(i)), waits("10:02:11", id(i), { to: "one@dead.test", delay: 110 }));
    }
    return story;
  }

  test("is named apart, with when it is tried and given up, and is never in the range", () => {
    const { forecast, destinations } = half().at("10:02:15");
    expect(forecast.stuck).toEqual([
      expect.objectContaining({ destination: "dead.test", reason: "connection-refused", recipients: 20 }),
    ]);
    const [stuck] = forecast.stuck;
    expect(stuck.nextAttempt).toBeGreaterThan(clock("10:02:15"));
    expect(stuck.firstGiveUp).toBeGreaterThanOrEqual(clock("10:00:20") + timers.lifetime);
    expect(forecast.messages).toBe(10);
    expect(forecast.latest).toBeLessThan(clock("10:30:00"));
    expect(destinations.find(({ name }) => name === "dead.test")?.state).toBe("stuck");
  });

  test("alone it is stalled: there is nothing to say about its end", () => {
    const story = half();
    for (let i = 10; i < 20; i++) {
      story.tell(
        queued("10:02:20", id(i)),
        goes("10:02:21", id(i), { to: "one@back.test", delay: 100, relay: "mx.back.test[203.0.113.5]:25" }),
        leaves("10:02:21", id(i)),
      );
    }
    expect(story.at("10:03:00").forecast).toMatchObject({
      state: "stalled",
      limit: "destination",
      earliest: undefined,
      latest: undefined,
      messages: 0,
    });
  });

  test("a mailbox that is full for the third time is stuck, its server is not", () => {
    const why = "host mx.remote.test[198.51.100.7] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)";
    const story = new Story(timers).tell(...arrives("10:00:00", id(0)));
    for (const time of ["10:00:00", "10:00:30", "10:01:00", "10:02:00", "10:04:00"]) {
      story.tell(queued(time, id(0)), waits(time, id(0), { why, status: "4.2.2", to: "full@remote.test" }));
    }
    story.tell(...working("10:04:10", 5, 1, "remote.test", 50));
    const { forecast } = story.at("10:05:00");
    expect(forecast.stuck).toEqual([
      expect.objectContaining({ destination: "remote.test", reason: "mailbox-full", recipients: 1 }),
    ]);
    expect(forecast.latest).toBeUndefined();
  });
});

test("earliest, likely and latest are in this order and never in the past, whatever happens", () => {
  fc.assert(
    fc.property(orders, fc.integer({ min: 0, max: 4000 }), (all, later) => {
      const postfix = new SimulatedPostfix().follow(all);
      const story = new Story(timers);
      const look = (at: Instant): void => {
        const { forecast, backlog, status } = story.at(at);
        const { earliest, likely, latest } = forecast;
        if (earliest !== undefined || likely !== undefined || latest !== undefined) {
          expect(earliest).toBeGreaterThanOrEqual(at);
          expect(likely).toBeGreaterThanOrEqual(earliest ?? Number.NaN);
          expect(latest).toBeGreaterThanOrEqual(likely ?? Number.NaN);
          expect(latest).toBeLessThan(at + 3650 * 24 * HOUR);
        }
        if (forecast.state === "clear") expect(backlog.delayed).toBe(0);
        expect(status.sentence).not.toMatch(/NaN|undefined|Infinity|Invalid/);
      };
      for (const step of postfix.steps) {
        show(story, step);
        look(story.known.ledger.now);
      }
      look(postfix.now + later * SECOND);
      look(postfix.now + later * MINUTE);
    }),
    { numRuns: process.env.MAILTIDE_LONG === "1" ? 5000 : 100 },
  );
});
