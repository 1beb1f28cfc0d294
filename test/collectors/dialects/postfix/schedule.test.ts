import { describe, expect, test } from "vitest";
import { defaultSchedule, readSchedule } from "../../../../collectors/dialects/postfix/schedule.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

describe("a configuration", () => {
  test("of a site with shorter timers and a content filter", () => {
    const printed = `bounce_queue_lifetime = 1d
content_filter = amavis:[127.0.0.1]:10024
maximal_backoff_time = 80s
maximal_queue_lifetime = 2d
minimal_backoff_time = 10s
qmgr_message_active_limit = 300
queue_run_delay = 10s
relayhost =
`;
    expect(readSchedule(printed)).toEqual({
      law: "age",
      minimalBackoff: 10_000,
      maximalBackoff: 80_000,
      queueRun: 10_000,
      lifetime: 2 * DAY,
      nullSenderLifetime: DAY,
      activeLimit: 300,
      contentFilter: "amavis:[127.0.0.1]:10024",
      source: "configured",
    });
  });

  test("that says nothing of it has Postfix's defaults, and says so", () => {
    const nothing = { ...defaultSchedule, source: "assumed" };
    expect(readSchedule("")).toEqual(nothing);
    expect(readSchedule("myhostname = mail.example.org\n")).toEqual(nothing);
    expect(nothing).toMatchObject({
      minimalBackoff: 5 * MINUTE,
      maximalBackoff: 4_000_000,
      lifetime: 5 * DAY,
      activeLimit: 20_000,
    });
  });

  test("bare numbers have each setting's own unit", () => {
    const read = readSchedule("minimal_backoff_time = 90\nmaximal_queue_lifetime = 2\nbounce_queue_lifetime = 1\n");
    expect(read).toMatchObject({ minimalBackoff: 90_000, lifetime: 2 * DAY, nullSenderLifetime: DAY });
  });

  test.each([
    ["5s", 5000],
    ["30m", 30 * MINUTE],
    ["2h", 120 * MINUTE],
    ["1d", DAY],
    ["1w", 7 * DAY],
    ["15M", 15 * MINUTE],
    ["0", 0],
  ])("%s is %i ms", (text, expected) => {
    expect(readSchedule(`maximal_backoff_time = ${text}`).maximalBackoff).toBe(expected);
  });

  test.each(["", "soon", "-5s", "5 apples", "$nothing", "1.5h"])("%j is no time: the default holds", (text) => {
    expect(readSchedule(`maximal_backoff_time = ${text}`).maximalBackoff).toBe(defaultSchedule.maximalBackoff);
  });

  test("mail without a sender is not kept longer than other mail", () => {
    expect(readSchedule("maximal_queue_lifetime = 150s\n")).toMatchObject({
      lifetime: 150_000,
      nullSenderLifetime: 150_000,
    });
  });
});

describe("the form of a configuration", () => {
  test("values refer to others, in every notation", () => {
    const printed = `short = 10s
minimal_backoff_time = $short
maximal_backoff_time = \${long}
queue_run_delay = $(short)
long = 8\${unit}
unit = m
content_filter = \${filter?amavis:[127.0.0.1]:10024}
maximal_queue_lifetime = \${days:3d}
filter = yes
`;
    expect(readSchedule(printed)).toMatchObject({
      minimalBackoff: 10_000,
      maximalBackoff: 8 * MINUTE,
      queueRun: 10_000,
      lifetime: 3 * DAY,
      contentFilter: "amavis:[127.0.0.1]:10024",
    });
  });

  test("values that refer to each other in a circle", () => {
    expect(readSchedule("minimal_backoff_time = $a\na = $b\nb = $a\n").minimalBackoff).toBe(
      defaultSchedule.minimalBackoff,
    );
  });

  test("values over several lines, comments, and the last of two", () => {
    const file = `# main.cf
minimal_backoff_time = 7s
content_filter =
# in between
    smtp:[127.0.0.1]:10025
minimal_backoff_time = 9s
`;
    expect(readSchedule(file)).toMatchObject({ contentFilter: "smtp:[127.0.0.1]:10025", minimalBackoff: 9000 });
  });

  test("any text is read", () => {
    expect(readSchedule("\0\n = \n==\n  lost\n$ = $\nqmgr_message_active_limit = many\n").activeLimit).toBe(20_000);
  });
});
