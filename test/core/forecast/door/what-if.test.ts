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
  beforeAll(async () => {
    plain = await watch(5);
  });

  test("flushing now is sooner where the timers are what limits it", async () => {
    const asked = await watch(5, 5 * MINUTE, "flush now");
    const during = asked.steps.filter(
      ({ at, whatIf }) => at > asked.truth.end + 5 * MINUTE && at < asked.truth.ninety - 20 * MINUTE && whatIf != null,
    );
    expect(during.length).toBeGreaterThan(3);
    for (const { whatIf } of during) expect(whatIf?.sooner.ninety).toBeGreaterThan(5 * MINUTE);
  });

  test("asking changes nothing", async () => {
    const asked = await watch(5, 5 * MINUTE, "faster by 4 and flush now and outage lasts until +3h");
    expect(asked.steps.some(({ whatIf }) => whatIf != null)).toBe(true);
    expect(asked.steps.map(({ whatIf: _, ...report }) => report)).toEqual(plain.steps);
  });

  test("a faster server is never later, a longer outage never sooner", async () => {
    const faster = await watch(5, 15 * MINUTE, "faster by 4");
    const longer = await watch(5, 15 * MINUTE, "outage lasts until +3h");
    expect(faster.steps.some(({ whatIf }) => whatIf != null)).toBe(true);
    for (const { whatIf } of faster.steps)
      if (whatIf != null) expect(whatIf.sooner.ninetyNine).toBeGreaterThanOrEqual(0);
    for (const { at, whatIf } of longer.steps) {
      if (whatIf == null || at < longer.truth.end) continue;
      expect(whatIf.sooner.ninetyNine).toBeLessThanOrEqual(0);
    }
  });

  test("while nothing is wrong there is none", () => {
    expect(outlooks(plain).length).toBeGreaterThan(5);
    expect(plain.steps.every((step) => !("whatIf" in step))).toBe(true);
  });
});
