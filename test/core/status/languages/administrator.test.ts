// What the administrator hears, in every language: exact numbers, names, and what is about to go wrong.

import { describe, expect, test } from "vitest";
import { languagesNamed, languageTags } from "../../../../src/app/languages.ts";
import english from "../../../../src/core/status/languages/en/index.ts";
import { MINUTE } from "../../../../src/core/time.ts";
import { administrators } from "./stories.ts";

function facts(name: string): (typeof administrators)[number]["facts"] {
  const found = administrators.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no story ${name}`);
  return found.facts;
}

describe.each(await languageTags())("in %s", (tag) => {
  test.each(administrators)("$name: one line, whole, with its names", async ({ facts: given }) => {
    const [language] = await languagesNamed([tag]);
    const said = language.sentence(given);
    expect(said).toMatch(/^\S.*\.$/u);
    expect(said).not.toMatch(/undefined|NaN|[{}\n\uE000]|\s{2}/);
    for (const { destination } of given.forecast.stuck.slice(0, 3)) expect(said).toContain(destination);
    for (const line of given.failingLines ?? []) expect(said).toContain(line);
  });
});

test("numbers are exact, and a range has its share", () => {
  const said = english.sentence(facts("late mail"));
  expect(said).toMatch(/3,987 of 4,210 messages delayed/);
  expect(said).toMatch(/8 times out of 10 between 15:01:00 and 17:50 on Tuesday/);
  expect(said).toMatch(/2 more places are stuck/);
});

test("at 18 hours the administrator is warned, before the first senders give up, and not after", () => {
  const warning = /Our server has been away for 18 hours: the first senders give up at 20:32 on Tuesday/;
  expect(english.sentence(facts("down for 18 hours"))).toMatch(warning);
  const down = facts("down for 18 hours");
  expect(english.sentence({ ...down, now: down.now - MINUTE })).not.toMatch(/has been away/);
  expect(english.sentence(facts("down for 30 hours"))).not.toMatch(/has been away/);
});

test("a promise to the public alarms five minutes before it passes, and when it has", () => {
  const calm = facts("calm");
  const promised = (ahead: number): string => english.sentence({ ...calm, nextBy: calm.now + ahead });
  expect(promised(6 * MINUTE)).not.toMatch(/promised/);
  expect(promised(5 * MINUTE)).toMatch(/^The public was promised news by 14:37:00.*: say something now\./);
  expect(promised(-MINUTE)).toMatch(/^The public was promised news by 14:31:00.*, and has had none\./);
});

test("a name from outside cannot act on a screen", () => {
  const late = facts("late mail");
  const stuck = {
    ...late.forecast.stuck[0],
    destination: `a\u001b[2J\u202e\n{n}${"x".repeat(9999)}`,
    reason: "b\u0007",
  };
  const said = english.sentence({ ...late, forecast: { ...late.forecast, stuck: [stuck] } });
  expect(said).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(said.length).toBeLessThan(1000);
  expect(english.sentence({ ...late, blind: true, why: "a\nb\u001b" })).not.toMatch(/[\u0000-\u001f]/);
});
