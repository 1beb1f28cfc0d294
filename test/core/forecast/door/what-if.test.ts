// "What if" as people ask it: understood or refused with the ways to ask; and an answer changes nothing.

import { beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../../../src/core/fault.ts";
import { readQuestion } from "../../../../src/core/forecast/what-if.ts";
import { HOUR, MINUTE } from "../../../../src/core/time.ts";
import { outlooks, type Watched, watch } from "./made.ts";

const now = Date.UTC(2026, 2, 2, 12);

describe("a question", () => {
  test("each kind, and several together", () => {
    expect(readQuestion("faster by 2", now)).toEqual({ text: "faster by 2", faster: 2 });
    expect(readQuestion("  Flush  now ", now)).toEqual({ text: "Flush now", flushNow: true });
    expect(readQuestion("outage lasts until +2h", now).outageUntil).toBe(now + 2 * HOUR);
    expect(readQuestion("destination Example.NET stays down until 2026-03-02T14:30Z", now)).toEqual({
      text: "destination Example.NET stays down until 2026-03-02T14:30Z",
      destinationDownUntil: { destination: "example.net", until: now + 2.5 * HOUR },
    });
    expect(readQuestion("flush now and faster by 1.5", now)).toEqual({
      ...{ text: "flush now and faster by 1.5", flushNow: true, faster: 1.5 },
    });
  });

  test.each([
    "",
    "make it good",
    "faster by",
    "faster by 0",
    "faster by 0.01",
    "faster by 1000",
    "faster by -2",
    "faster by 2 and faster by 3",
    "outage lasts until yesterday",
    "outage lasts until 2026-03-02T11:00Z",
    "outage lasts until 2026-04-02T11:00Z",
    "outage lasts until +9999h",
    `destination ${"a".repeat(300)}.test stays down until +1h`,
    "x".repeat(501),
    "flush now\u0000",
    "flush now and",
  ])("refused with the ways to ask: %s", (text) => {
    try {
      readQuestion(text, now);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Fault);
      expect(error).toMatchObject({ code: "question-invalid" });
      // Nothing is said back that a terminal would obey.
      expect((error as Fault).message).toMatch(/^[ -~]*$/);
      expect((error as Fault).advice).toContain("flush now");
    }
  });
});

describe("an answer", () => {
  let plain: Watched;
  let flushed: Watched;
  let longer: Watched;
  beforeAll(async () => {
    plain = await watch(13);
    flushed = await watch(13, 5 * MINUTE, "flush now and faster by 4");
    longer = await watch(13, 15 * MINUTE, "outage lasts until +3h");
  }, 300_000);

  test("flushing now is sooner where the timers are what limits it", () => {
    const { truth, steps } = flushed;
    const during = steps.filter(({ at, whatIf }) => at > truth.end + 5 * MINUTE && at < truth.ninety && whatIf != null);
    expect(during.length).toBeGreaterThan(3);
    for (const { whatIf } of during.slice(0, 3)) expect(whatIf?.sooner.ninety).toBeGreaterThan(5 * MINUTE);
    // What fails in a flush waits its whole backoff from then on: of the last percent nothing is promised at each step, of 90 % it is.
    for (const { whatIf } of during) expect(whatIf?.sooner.ninety).toBeGreaterThanOrEqual(0);
    const last = during.map(({ whatIf }) => whatIf?.sooner.ninetyNine ?? Number.NaN).sort((a, b) => a - b);
    expect(last[Math.floor(last.length / 2)]).toBeGreaterThan(5 * MINUTE);
  });

  test("asking changes nothing", () => {
    expect(flushed.steps.map(({ whatIf: _, ...report }) => report)).toEqual(plain.steps);
  });

  test("a longer outage is never sooner", () => {
    const after = longer.steps.filter(({ at, whatIf }) => at > longer.truth.end && whatIf != null);
    expect(after.length).toBeGreaterThan(1);
    for (const { whatIf } of after) expect(whatIf?.sooner.ninetyNine).toBeLessThanOrEqual(0);
  });

  test("while nothing is wrong there is none", () => {
    expect(outlooks(plain).length).toBeGreaterThan(5);
    const { truth, steps } = flushed;
    for (const { at, whatIf } of steps) if (at < truth.begin) expect(whatIf).toBeNull();
  });
});
