// The words for everybody, as lint over generated states: plain, short, with times as ranges, and nothing that only we understand.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clearLimits, clearStates } from "../../../../src/core/forecast/forecast.ts";
import { expectedRange } from "../../../../src/core/status/expected.ts";
import english from "../../../../src/core/status/languages/en/index.ts";
import type { NoticeFacts } from "../../../../src/core/status/languages/language.ts";
import { phases } from "../../../../src/core/status/status.ts";
import { DAY, HOUR } from "../../../../src/core/time.ts";
import { gradeOf, sentencesOf, syllablesOf, wordsOf } from "./reading-ease.ts";

/** What a mail administrator says and nobody else; what promises nothing; what hurts. */
const jargon =
  /\b(MTA|SMTP|queues?|queued|deferred|deferrals?|bounced?|bounces|DNS|backlogs?|MX|latency|nodes?|spool|retry|retries|destinations?|recipients?|relay|IP|TLS|servers? error|hosts?)\b|inconvenience|should be fine|\bshortly\b|\bsoon\b|\bsome users\b|\btoday\b|\btomorrow\b|\byesterday\b|%/i;

const now = Date.UTC(2026, 10, 20, 18, 7, 12);

const facts: fc.Arbitrary<NoticeFacts> = fc
  .record({
    now: fc.integer({ min: 0, max: 400 * DAY }).map((offset) => now + offset),
    zone: fc.constantFrom("UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
    phase: fc.constantFrom(...phases),
    blind: fc.constantFrom(false, false, false, true),
    began: fc.option(fc.integer({ min: 0, max: 10 * DAY }), { nil: undefined }),
    scope: fc.constantFrom(undefined, "host" as const, "destination" as const, "filter" as const),
    state: fc.constantFrom(...clearStates),
    limit: fc.constantFrom(...clearLimits),
    messages: fc.constantFrom(0, 1, 2, 37, 1392, 123_456),
    early: fc.option(fc.integer({ min: 0, max: 6 * HOUR }), { nil: undefined }),
    spread: fc.integer({ min: 0, max: 5 * DAY }),
    unreachable: fc.constantFrom(0, 1, 2, 12, 4711),
    atRisk: fc.constantFrom(0, 1, 250),
    givenUp: fc.constantFrom(0, 1, 38),
    senders: fc.option(
      fc.record({
        ago: fc.integer({ min: 0, max: 10 * DAY }),
        down: fc.boolean(),
        stillOut: fc.constantFrom(0, 5, 1234),
        last: fc.option(fc.integer({ min: -HOUR, max: 5 * DAY }), { nil: undefined }),
        givenUp: fc.boolean(),
      }),
      { nil: undefined },
    ),
  })
  .map(({ began, early, spread, state: drawn, limit, messages, senders, ...rest }) => {
    // Suspicion comes from late mail: without any there is none.
    const late = rest.phase === "suspected" && (drawn === "clear" || drawn === "unknown");
    const state = late ? "waiting" : drawn;
    const forecast = {
      state,
      limit,
      messages: state === "clear" ? 0 : rest.phase === "suspected" ? Math.max(5, messages) : messages,
      earliest: early === undefined ? undefined : rest.now + early,
      latest: early === undefined ? undefined : rest.now + early + spread,
    };
    return {
      ...rest,
      began: began === undefined ? undefined : rest.now - began,
      forecast,
      expected: expectedRange(forecast),
      senders:
        senders === undefined
          ? undefined
          : {
              since: rest.now - senders.ago,
              away: senders.down ? senders.ago : undefined,
              stillOut: senders.down ? 0 : senders.stillOut,
              lastExpected: senders.down || senders.last === undefined ? undefined : rest.now + senders.last,
              givenUp: senders.givenUp || (senders.down && senders.ago >= DAY),
            },
    };
  });

const runs = { numRuns: process.env.MAILTIDE_LONG === "1" ? 20_000 : 300 };
const lint = (check: (text: string, facts: NoticeFacts) => void, part: (facts: NoticeFacts) => string): void => {
  fc.assert(
    fc.property(facts, (one) => {
      check(part(one), one);
    }),
    runs,
  );
};
const whole = (one: NoticeFacts): string => `${english.headline(one)} ${english.notice(one)}`;

describe("every notice", () => {
  test("has no jargon, no empty word, no adverb of time", () => {
    lint((text) => expect(text).not.toMatch(jargon), whole);
  });

  test("has whole sentences of at most 25 words", () => {
    lint((text) => {
      expect(text).toMatch(/^[A-Z].*[.!]$/s);
      for (const sentence of sentencesOf(text)) expect(wordsOf(sentence).length, sentence).toBeLessThanOrEqual(25);
    }, whole);
  });

  test("has at most 180 words, under a headline of at most 90 characters", () => {
    lint((text) => expect(wordsOf(text).length).toBeLessThanOrEqual(180), whole);
    lint((text) => expect(text.length).toBeLessThanOrEqual(90), english.headline);
  });

  test("can be read by a pupil of the eighth grade", () => {
    lint((text) => expect(gradeOf(text), text).toBeLessThanOrEqual(8), whole);
  });

  test("has nothing that was never filled in", () => {
    lint((text) => expect(text).not.toMatch(/undefined|NaN|null|Invalid|Infinity|\$\{|\s{2,}|\s[.,]/), whole);
  });

  test("says how much in two digits, and never that one message is many", () => {
    lint((text) => {
      for (const [number] of text.replace(/\d\d:\d\d/g, "").matchAll(/\d[\d,]*(?= (?:late )?messages)/g)) {
        expect(number.replaceAll(",", "").replace(/0+$/, "").length, number).toBeLessThanOrEqual(2);
      }
      expect(text).not.toMatch(/\b1 (late )?messages|\b0 (late )?messages/);
    }, whole);
  });
});

describe("time", () => {
  test("an expectation is a range with its share, its weekday and its zone", () => {
    lint((text) => {
      for (const sentence of sentencesOf(text).filter((one) => /^We expect/.test(one))) {
        expect(sentence).toMatch(/between \d\d:\d\d.* and \d\d:\d\d on \w+day/);
        expect(text).toMatch(/8 times out of 10|8 out of 10/);
      }
    }, english.notice);
  });

  test("without a forecast it says so, and names no time for the end", () => {
    lint((text, one) => {
      if (one.expected === undefined) expect(text).not.toMatch(/We expect/);
    }, english.notice);
  });

  test("while anything is wrong, it says when more is said", () => {
    lint((text, one) => {
      const quiet = ["normal", "resolved", "maintenance_scheduled", "maintenance"].includes(one.phase);
      if (one.blind || !quiet) expect(text).toMatch(/Next update: by \d\d:\d\d on \w+day/);
    }, english.notice);
  });
});

describe("honesty", () => {
  test("never that all is well while the server is down or cannot be seen", () => {
    lint((text, one) => {
      if (one.blind || ["outage", "relapse", "partial", "suspected"].includes(one.phase)) {
        expect(text).not.toMatch(/works? normally|back to normal|working normally|as usual/);
      }
    }, whole);
  });

  test("never that nothing is lost once some of it may go back", () => {
    lint((text, one) => {
      if (one.atRisk > 0) expect(text).not.toMatch(/is lost/);
    }, whole);
  });

  test("never that nothing is lost once senders have begun to give up", () => {
    lint((text, one) => {
      if (one.senders?.givenUp === true) expect(text).not.toMatch(/none of it is lost|not lost/i);
    }, whole);
  });

  test("never that the late mail has arrived while much of it is still at its senders", () => {
    lint((text, one) => {
      if (!one.blind && one.phase === "draining" && (one.senders?.stillOut ?? 0) > 0) {
        expect(text).toMatch(/still with other mail servers/);
        expect(text).not.toMatch(/late mail has arrived|all the late mail that we know/i);
      }
    }, whole);
  });

  test("what works is said where only a part is broken", () => {
    lint((text, one) => {
      if (!one.blind && one.phase === "partial") expect(text).toMatch(/not affected/);
    }, english.notice);
  });
});

describe("the yardstick itself", () => {
  test("counts words, sentences and syllables", () => {
    expect(wordsOf("We expect it between 20:00 and 22:30 on Friday.")).toHaveLength(9);
    expect(sentencesOf("One. Two!\nNext update: by 15:00, even if we have no news.")).toHaveLength(3);
    for (const [word, syllables] of [
      ["mail", 1],
      ["waiting", 2],
      ["working", 2],
      ["estimate", 3],
      ["times", 1],
      ["delivered", 3],
      ["message", 2],
      ["messages", 3],
      ["people", 2],
      ["sent", 1],
      ["possible", 3],
    ] as const) {
      expect(syllablesOf(word), word).toBe(syllables);
    }
  });

  test("finds what it looks for", () => {
    expect("Your mail is in the queue.").toMatch(jargon);
    expect("It will be back soon.").toMatch(jargon);
    expect(
      gradeOf(
        "Notwithstanding considerable infrastructural deterioration, administrators anticipate comprehensive rehabilitation of electronic communication capabilities.",
      ),
    ).toBeGreaterThan(15);
  });
});
