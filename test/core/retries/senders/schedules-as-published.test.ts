import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { attemptAges, fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { type ScheduleName, schedules, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import type { SenderSchedule } from "../../../../src/core/retries/senders/laws.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../../src/core/time.ts";

const every = Object.entries(schedules) as [ScheduleName, SenderSchedule][];

/** Ages of the first attempts after the one at age 0, in seconds. */
function ages(name: ScheduleName, count: number, phase: number): number[] {
  const next = attemptAges(schedules[name].attempts, () => phase);
  const found: number[] = [];
  for (let age = 0; found.length < count; ) {
    const following = next(age);
    if (following === undefined) break;
    age = following;
    found.push(Math.round(age / SECOND));
  }
  return found;
}

test.each<[ScheduleName, number, number[]]>([
  ["postfix", 1 / 3, [400, 1000, 2200, 4600, 8800, 13000]],
  ["sendmail-30m", 0.5, [900, 2700, 4500]],
  ["qmail", 0, [400, 1600, 3600, 6400, 10000, 14400]],
  ["opensmtpd", 0, [400, 1600, 3600, 6400]],
  ["courier", 0, [300, 600, 2400, 2700, 3000, 6600, 6900, 7200, 14400, 14700, 15000, 22200]],
  ["exchange", 0, [60, 120, 180, 240, 540, 840, 1140, 1440, 1740, 2040, 2640, 3240]],
  ["kumomta", 0, [1200, 3600, 8400, 18000, 37200, 75600, 152400, 306000]],
  ["haraka", 0, [64, 192, 448, 960, 1984, 4032, 8128, 16320, 32704, 65472, 131008, 262080]],
  ["zonemta", 0, [300, 720, 1200, 2700, 7200, 14400, 28800, 43200]],
  ["stalwart", 0, [120, 420, 1020, 1920, 3720, 7320, 14520, 100920]],
  ["mailgun", 0, [600, 1500, 3300, 6900, 14100, 28500]],
  ["mimecast", 0, [60, 360, 900, 1800, 3600, 7200]],
  ["smg", 0, [900, 2700, 6300, 13500, 27900, 53100, 78300]],
  ["messagelabs", 0, [400, 1200, 2800, 6000, 12400, 25200, 50800, 94000]],
])("%s tries at the ages that are documented", (name, phase, wanted) => {
  expect(ages(name, wanted.length, phase)).toEqual(wanted);
});

test("Gmail's first steps are those that were measured, with jitter around them", () => {
  expect(ages("google", 8, 0.5)).toEqual([362, 1742, 3396, 5924, 9723, 13784, 18545, 26086]);
  expect(ages("google", 1, 0.25)).not.toEqual([362]);
});

test("Exim on Debian: one clock for the host, used at queue runs, and the end at four days", () => {
  const alone = { between: Number.POSITIVE_INFINITY };
  const tenMinutes = () => 1 / 3;
  const attempts: string[] = [];
  let after = 0;
  for (;;) {
    const { at, arrived } = fateOf(schedules.exim, 0, [{ from: 0, to: after + SECOND }], alone, tenMinutes);
    if (!arrived) {
      attempts.push(`end ${at / MINUTE}`);
      break;
    }
    attempts.push(`${Math.floor(at / HOUR)}:${String((at / MINUTE) % 60).padStart(2, "0")}`);
    after = at;
  }
  expect(attempts.slice(0, 12)).toEqual("0:40 1:10 1:40 2:10 3:10 4:40 7:10 10:40 16:10 22:10 28:10 34:10".split(" "));
  expect(attempts.slice(-3)).toEqual(["94:10", "96:10", `end ${96 * 60 + 10}`]);
});

test("a new message of the same host is a reason to try as soon as that is permitted", () => {
  const down = [{ from: 0, to: 3 * HOUR }];
  const mean = (between: number): number => {
    let sum = 0;
    for (let seed = 0; seed < 200; seed++) sum += fateOf(schedules.exim, 0, down, { between }, diceFrom(seed)).at;
    return sum / 200;
  };
  expect(mean(MINUTE)).toBeLessThan(mean(Number.POSITIVE_INFINITY) - 5 * MINUTE);
});

test.each(every)("%s has a name, a source, and comes to an end", (_name, schedule) => {
  expect(schedule.name.length).toBeGreaterThan(2);
  expect(schedule.source.length).toBeGreaterThan(10);
  const end = fateOf(schedule, 0, [{ from: 0, to: undefined }], { between: HOUR }, diceFrom(1));
  expect(end.arrived).toBe(false);
  expect(end.at).toBeLessThan(40 * DAY);
});

test("every class of recorded mail has schedules, and one that says nothing has none", () => {
  const classes = "amazonses cisco exchange exim google mailgun microsoft365 mimecast other postfix proofpoint qmail";
  for (const name of [...classes.split(" "), "sendmail", "yahoo"]) expect(variantsOf(name)?.length).toBeGreaterThan(0);
  expect(variantsOf("unknown")).toBeUndefined();
  expect(variantsOf("toString")).toBeUndefined();
});

test("the guide has a line for each schedule, and says how well it is known", () => {
  const guide = readFileSync(new URL("../../../../docs/sender-schedules.md", import.meta.url), "utf8");
  const lines = new Map(guide.split("\n").map((line) => [line.split(" | ")[0].replace("| ", ""), line]));
  for (const [name, schedule] of every) expect(lines.get(name)).toContain(`| ${schedule.confidence} |`);
});
