// The entries of a history: each says what changed since the one before, and nothing twice.

import { describe, expect, test } from "vitest";
import english from "../../../../src/core/status/languages/en/index.ts";
import type { NoticeFacts } from "../../../../src/core/status/languages/language.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";
import { stories } from "./stories.ts";

function story(name: string): NoticeFacts {
  const found = stories.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no story ${name}`);
  return found.facts;
}

const down = story("outage");
const drain = story("draining");

test("the first entry says what, since when, and when more is said", () => {
  expect(english.update(down, undefined)).toBe(
    "Email is not working. Email stopped working at 14:20 on Tuesday (Central European Time). We cannot say yet when this will be fixed. Next update: by 15:00 on Tuesday, even if we have no news.",
  );
});

test("an entry without news says so", () => {
  expect(english.update({ ...down, now: down.now + 20 * MINUTE }, down)).toMatch(/We have no news yet/);
  expect(english.update(down, undefined)).not.toMatch(/no news yet/);
});

describe("an estimate", () => {
  const later = { ...drain, now: drain.now + HOUR };
  const expected = drain.expected ?? { earliest: 0, latest: 0 };

  test("that is new is called new, with its range and its share", () => {
    const moved = { ...later, expected: { earliest: expected.earliest + HOUR, latest: expected.latest + HOUR } };
    expect(english.update(moved, drain)).toMatch(
      /new estimate\. .* between 21:00 and 23:30 on Friday .* 8 times out of 10/,
    );
  });

  test("that fails is withdrawn in words", () => {
    expect(english.update({ ...later, expected: undefined }, drain)).toMatch(
      /Our last estimate no longer holds.*We cannot say yet/,
    );
  });

  test("that holds is not said again", () => {
    expect(english.update(later, drain)).not.toMatch(/estimate|between/);
  });
});

test("a relapse says that we spoke too early, and withdraws the estimate", () => {
  const said = english.update(story("relapse"), drain);
  expect(said).toMatch(/^Email has stopped working again\. Email worked from 18:30 to 19:57 on Friday/);
  expect(said).toMatch(/We told you too early that it was fixed\. We are sorry\. Our last estimate no longer holds/);
});

test("a mark is one entry: what senders do now, and since when", () => {
  const at = (away: number): NoticeFacts => {
    const since = down.began ?? 0;
    const senders = { since, away, stillOut: 0, lastExpected: undefined, givenUp: away >= DAY };
    return { ...down, now: since + away, nextBy: since + away + HOUR, senders };
  };
  for (const [days, words] of [
    [1, /Some give up after 1 day\. So some/],
    [2, /Some give up after 2 days\. So some/],
    [3, /Some give up after 3 days\. So some/],
    [4, /Most senders stop trying after 4 or 5 days\. So much/],
    [5, /Most senders stop trying after 4 or 5 days\. So much/],
    [7, /nearly all senders have stopped trying\. So much/],
  ] as const) {
    expect(english.update(at(days * DAY - MINUTE), at(days * DAY - 2 * MINUTE))).not.toMatch(words);
    expect(english.update(at(days * DAY), at(days * DAY - MINUTE))).toMatch(words);
    expect(english.update(at(days * DAY + MINUTE), at(days * DAY))).toMatch(/We have no news yet/);
    expect(english.headline(at(days * DAY))).toMatch(
      days === 1 ? /more than a day/ : new RegExp(`more than ${days} days`),
    );
  }
  // 6 days are no mark: nobody gives up then who did not before.
  expect(english.headline(at(6 * DAY))).toMatch(/more than 5 days/);
});

test("a promise that was broken is owned once", () => {
  const broken = { ...down, now: down.now + HOUR, nextBy: down.now + 2 * HOUR, brokenPromise: down.now + 28 * MINUTE };
  expect(english.update(broken, down)).toMatch(
    /We said that we would tell you more by 15:00 on Tuesday .* We are sorry\./,
  );
  expect(english.update({ ...broken, now: broken.now + MINUTE }, broken)).not.toMatch(/We said that/);
});

test("a hole is told when it becomes known", () => {
  const hole = { from: down.now - 2 * DAY, to: down.now - HOUR };
  const known = { ...down, holes: [hole] };
  expect(english.update(known, down)).toMatch(/Mail that came in from 14:32 on Sunday to 13:32 on Tuesday .*is gone\./);
  expect(english.update({ ...known, now: known.now + MINUTE }, known)).not.toMatch(/is gone/);
});

test("names for lists stay true when it is over", () => {
  expect(english.incidentTitle(down)).toBe("Email down");
  expect(english.incidentTitle(story("partial, one of our lines"))).toBe("Trouble with one of our eight mail lines");
  expect(english.incidentTitle(story("outage, only sending fails"))).toBe("No email going out");
  for (const { facts } of stories) expect(english.incidentTitle(facts)).not.toMatch(/\d\d:\d\d|\bis\b|[.!]$/);
});

test("planned work has a name and a text of its own", () => {
  const facts = story("maintenance_scheduled");
  const { window } = facts;
  if (window === undefined) throw new Error("no window");
  expect(english.windowTitle({ ...facts, window })).toBe("Planned work on email");
  expect(english.windowText({ ...facts, window })).toBe(
    "We will work on our mail server from 22:00 to 23:30 on Saturday (Central European Time). We move our mail server to a new building. While we work, you may not be able to send, receive or read email. Websites and payment pages are not affected.",
  );
});
