// States that a notice may have to speak of, drawn from a seed: likely ones, rare ones, and those that nobody should hand in.

import fc from "fast-check";
import { clearLimits, clearStates } from "../../../../src/core/forecast/forecast.ts";
import type { NoticeFacts } from "../../../../src/core/status/languages/language.ts";
import { phases } from "../../../../src/core/status/status.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

/** Around the nights in which clocks are put forward and back, leap day, New Year, and the end of the century. */
const moments = [
  Date.UTC(2026, 10, 20, 18, 7, 12),
  Date.UTC(2026, 9, 25, 0, 30),
  Date.UTC(2027, 2, 28, 0, 30),
  Date.UTC(2028, 1, 28, 22),
  Date.UTC(2026, 11, 31, 21),
  Date.UTC(2099, 5, 1),
  Date.UTC(2001, 0, 1),
];

const zones = [
  "Europe/Vienna",
  "UTC",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Europe/London",
  "America/Sao_Paulo",
  "Pacific/Kiritimati",
  "Etc/GMT+5",
];

/** What an operator might write, and what somebody might write in the operator's place. */
export const operatorTexts = [
  "",
  "Websites and payment pages are not affected.",
  "Telefonie und Webseiten sind nicht betroffen",
  "{n, plural, =1 {one} other {#}} '{' <b>bold</b> <script>alert(1)</script>",
  "line one\nline two\r\nNext update: never\u2028\u0000\u001b[2J",
  "\u202emoc.elpmaxe\u202c \uE000 \uFEFF \u200b",
  "x".repeat(100_000),
  "word ".repeat(5000),
  "   ",
  "!!! ???",
  "€ 𝓂𝒶𝓉𝒽 👩‍👩‍👧‍👦 العربية",
] as const;

const rarely = <T>(nonsense: readonly T[], sense: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 24, arbitrary: sense }, { weight: 1, arbitrary: fc.constantFrom(...nonsense) });
const maybe = <T>(sense: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: sense }, { weight: 1, arbitrary: fc.constant(undefined) });
const noTime = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e17, -1e17];

/** So long ago, or so far ahead. Often at a mark. */
const ago = rarely(
  noTime,
  fc.oneof(
    fc.integer({ min: 0, max: 2 * HOUR }),
    fc.integer({ min: 0, max: 10 * DAY }),
    fc.constantFrom(0, 1, DAY - 1, DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 7 * DAY, 30 * DAY, 400 * DAY),
  ),
);
const ahead = rarely(
  noTime,
  fc.oneof(
    fc.integer({ min: MINUTE, max: 3 * HOUR }),
    fc.integer({ min: MINUTE, max: 8 * DAY }),
    fc.constantFrom(0, -HOUR, -DAY, 400 * DAY),
  ),
);
const count = rarely(
  [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e15],
  fc.constantFrom(0, 0, 1, 2, 9, 10, 12, 37, 99, 100, 1392, 9950, 99_500, 123_456, 4_294_967_296),
);
const words = fc.constantFrom(...operatorTexts);

export const states: fc.Arbitrary<NoticeFacts> = fc
  .record({
    start: fc.constantFrom(...moments),
    offset: fc.oneof(fc.integer({ min: 0, max: 36 * HOUR }), fc.integer({ min: 0, max: 400 * DAY })),
    zone: fc.constantFrom(...zones),
    phase: fc.constantFrom(...phases),
    blind: fc.constantFrom(false, false, false, false, false, true),
    began: maybe(ago),
    scope: fc.constantFrom(undefined, "host" as const, "destination" as const, "filter" as const),
    state: fc.constantFrom(...clearStates),
    limit: fc.constantFrom(...clearLimits),
    messages: count,
    expected: maybe(
      fc.record({ early: ahead, spread: rarely([-HOUR, Number.NaN], fc.integer({ min: 0, max: 5 * DAY })) }),
    ),
    unreachable: count,
    atRisk: count,
    givenUp: count,
    senders: maybe(
      fc.record({
        since: ago,
        down: fc.boolean(),
        stillOut: count,
        most: maybe(ahead),
        last: maybe(ahead),
        givenUp: fc.boolean(),
      }),
    ),
    back: maybe(ago),
    stoppedAgain: maybe(ago),
    nextBy: maybe(ahead),
    brokenPromise: maybe(ago),
    lines: maybe(
      fc.record({
        failing: fc.constantFrom(1, 1, 2, 3, 7, 0, -1, 1.5, Number.NaN, 200),
        of: fc.constantFrom(2, 4, 8, 8, 12, 13, 4000, 0, Number.NaN),
      }),
    ),
    failing: maybe(fc.record({ receiving: fc.boolean(), sending: fc.boolean() })),
    parts: maybe(fc.array(fc.oneof(fc.constantFrom("Webmail", "Calendar", "Mailing lists"), words), { maxLength: 5 })),
    window: maybe(
      fc.record({
        from: ahead,
        long: fc.constantFrom(HOUR, 90 * MINUTE, 3 * HOUR, DAY, 40 * DAY, 0, -HOUR, Number.NaN),
        started: fc.boolean(),
        overrun: fc.boolean(),
        text: words,
      }),
    ),
    holes: maybe(
      fc.array(fc.record({ to: ago, long: fc.constantFrom(2 * DAY, HOUR, 9 * DAY, 0, -HOUR, Number.NaN) }), {
        maxLength: 4,
      }),
    ),
    arrivedLate: maybe(count),
    notAffected: maybe(words),
    sparing: fc.boolean(),
    workedInPart: maybe(fc.boolean()),
    openByStaff: maybe(fc.boolean()),
    onlyParts: maybe(fc.boolean()),
    counts: fc.constantFrom(undefined, true, true, false),
  })
  .map((drawn) => {
    const { start, offset, began, state, limit, messages, expected, senders, back, stoppedAgain, nextBy } = drawn;
    const { brokenPromise, window, holes, ...rest } = drawn;
    const now = start + offset;
    const before = (length: number | undefined): number | undefined =>
      length === undefined ? undefined : now - length;
    const after = (length: number | undefined): number | undefined => (length === undefined ? undefined : now + length);
    return {
      now,
      zone: rest.zone,
      phase: rest.phase,
      blind: rest.blind,
      began: before(began),
      scope: rest.scope,
      forecast: { state, limit, messages },
      expected:
        expected === undefined
          ? undefined
          : { earliest: now + expected.early, latest: now + expected.early + expected.spread },
      unreachable: rest.unreachable,
      atRisk: rest.atRisk,
      givenUp: rest.givenUp,
      senders:
        senders === undefined
          ? undefined
          : {
              since: now - senders.since,
              away: senders.down ? senders.since : undefined,
              stillOut: senders.down ? 0 : senders.stillOut,
              mostExpected: senders.down ? undefined : after(senders.most),
              lastExpected: senders.down ? undefined : after(senders.last),
              givenUp: senders.givenUp || (senders.down && senders.since >= DAY),
            },
      back: before(back),
      stoppedAgain: before(stoppedAgain),
      nextBy: after(nextBy),
      brokenPromise: before(brokenPromise),
      lines: rest.lines,
      parts: rest.parts,
      failing: rest.failing,
      window:
        window === undefined
          ? undefined
          : {
              from: now + window.from,
              to: now + window.from + window.long,
              started: window.started,
              overrun: window.overrun,
              text: window.text,
            },
      holes: holes?.map(({ to, long }) => ({ from: now - to - long, to: now - to })),
      arrivedLate: rest.arrivedLate,
      notAffected: rest.notAffected,
      sparing: rest.sparing,
      workedInPart: rest.workedInPart,
      openByStaff: rest.openByStaff,
      onlyParts: rest.onlyParts,
      counts: rest.counts,
    };
  });

/** So many states of one seed. */
export function drawStates(many: number, seed: number): NoticeFacts[] {
  return fc.sample(states, { numRuns: many, seed });
}
