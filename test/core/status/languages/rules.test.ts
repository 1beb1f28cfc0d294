// The rules of wording over drawn states, in every language that there is; over 40,000 each in the long run.

import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { languagesNamed } from "../../../../src/app/languages.ts";
import english from "../../../../src/core/status/languages/en/index.ts";
import type { NoticeFacts } from "../../../../src/core/status/languages/language.ts";
import { DAY, HOUR } from "../../../../src/core/time.ts";
import { root } from "../../../house/sources.ts";
import { gradeOf } from "./reading-ease.ts";
import { always, type Rule, rules, type Said, say, sentencesIn } from "./rules.ts";
import { drawStates } from "./states.ts";
import { stories } from "./stories.ts";
import { vocabularies } from "./vocabulary.ts";

const long = process.env.MAILTIDE_LONG === "1";
const many = long ? 40_000 : 4000;
/** States at a time: more would fill the memory. */
const batch = 2000;
const seed = 20_261_120;

const tags = readdirSync(`${root}/src/core/status/languages`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What a rule found, a few of each. */
const found = new Map<string, string[]>();
/** Grades of English texts, in tenths. */
const grades: number[] = [];
let judged = 0;

function note(rule: Rule, tag: string, fault: string, { facts, headline, notice }: Said): void {
  const key = `${tag} ${rule.number}`;
  const list = found.get(key) ?? [];
  if (list.length < 3) list.push(`${fault}\n${headline}\n${notice}\n${JSON.stringify(facts).slice(0, 1500)}`);
  found.set(key, list);
}

beforeAll(async () => {
  const languages = await languagesNamed(tags);
  for (let from = 0; from < many; from += batch) {
    const states = drawStates(batch, seed + from);
    for (const language of languages) {
      for (const [i, facts] of states.entries()) {
        const said = say(language, vocabularies[language.tag], facts, i % 3 === 0 ? undefined : states[i - 1]);
        for (const rule of [always, ...rules]) {
          const fault = rule.judge(said);
          if (fault !== undefined) note(rule, language.tag, fault, said);
        }
        if (language.tag === "en" && i % 4 === 0) grades.push(gradeOf(said.sentences.join("\n")));
        judged++;
      }
    }
  }
}, 60 * 60_000);

test("every language was heard, and has a vocabulary to judge it by", () => {
  expect(tags).toEqual(expect.arrayContaining(["de", "en", "es", "fr"]));
  expect(Object.keys(vocabularies).sort()).toEqual([...tags].sort());
  expect(judged).toBe(many * tags.length);
});

describe.each(tags)("in %s", (tag) => {
  test.each([always, ...rules].map((rule) => [rule.number, rule.name] as const))("rule %i: %s", (number) => {
    expect(found.get(`${tag} ${number}`) ?? []).toEqual([]);
  });

  test.each(stories.map((story) => [story.name, story] as const))("every rule holds in: %s", async (_name, story) => {
    const [language] = await languagesNamed([tag]);
    const said = say(language, vocabularies[tag], story.facts, story.before);
    expect([always, ...rules].flatMap((rule) => rule.judge(said) ?? [])).toEqual([]);
  });
});

test("English can be read by a pupil of the eighth grade, and most of it by one of the sixth", () => {
  grades.sort((a, b) => a - b);
  const [median, most] = [grades[grades.length >> 1], grades.at(-1) ?? Number.NaN];
  console.log(`grade of ${grades.length} notices: median ${median.toFixed(1)}, most ${most.toFixed(1)}`);
  expect(most).toBeLessThanOrEqual(8);
  expect(median).toBeLessThanOrEqual(6);
});

// A judge that never objects would pass everything: each is shown a text that breaks its rule.
describe("each rule can fail", () => {
  const now = Date.UTC(2026, 10, 20, 18, 7);
  const calm: NoticeFacts = {
    now,
    zone: "Europe/Vienna",
    phase: "outage",
    blind: false,
    began: now - HOUR,
    scope: "host",
    forecast: { state: "stalled", limit: "stalls", messages: 20 },
    expected: undefined,
    unreachable: 0,
    atRisk: 0,
    givenUp: 0,
    nextBy: now + HOUR,
  };
  const lines = {
    head: "Email is not working.",
    text: "Email stopped working at 18:07 on Friday (Central European Time).",
    means: "What this means for you: You cannot send or receive email. We cannot say yet when this will be fixed.",
    doing: "What you can do: Nothing for now.",
    next: "Next update: by 20:07 on Friday, even if we have no news.",
  };
  type Planted = Partial<typeof lines> & { readonly facts?: Partial<NoticeFacts>; readonly update?: string };

  function planted({ facts = {}, update = lines.head, ...changes }: Planted): Said {
    const { head, text, means, doing, next } = { ...lines, ...changes };
    const notice = [text, means, doing, next].filter((line) => line !== "").join("\n");
    const ours = `${head}\n${notice}`;
    const sentences = sentencesIn({ language: english, ours });
    const all = { ...calm, ...facts };
    const vocabulary = vocabularies.en;
    return { language: english, vocabulary, facts: all, headline: head, notice, update, ours, sentences };
  }

  test("and none of them objects to what is right", () => {
    const others = rules.filter(({ number }) => number !== 6);
    expect([always, ...others].flatMap((rule) => rule.judge(planted({})) ?? [])).toEqual([]);
  });

  const filler = "We know that this is hard for you and we do what we can. ".repeat(16);
  const hole = { holes: [{ from: now - 2 * DAY, to: now - DAY }] };
  test.each<[number, string, Planted]>([
    [0, "a slot that was not filled", { text: "Email stopped working at {at}." }],
    [0, "a number that is none", { text: "About NaN messages wait." }],
    [0, "a character that turns the text", { text: "Email \u202estopped." }],
    [1, "what to do before what it means", { means: lines.doing, doing: lines.means }],
    [1, "no next update", { next: "" }],
    [1, "nothing to do", { doing: "" }],
    [2, "a headline too long", { head: `${"Email ".repeat(20)}.` }],
    [2, "a sentence too long", { text: `${"Email stopped and ".repeat(9)}stopped.` }],
    [2, "a notice too long", { text: filler }],
    [2, "half a sentence", { text: "email stopped" }],
    [
      2,
      "English for scholars",
      {
        text: "Notwithstanding infrastructural deterioration, comprehensive rehabilitation necessitates consideration.",
      },
    ],
    [3, "our own words", { text: "Your mail is in the queue." }],
    [3, "an empty promise", { text: "Email will be back soon." }],
    [3, "an empty promise in a history", { update: "Email will be back shortly." }],
    [4, "a point", { facts: { phase: "draining" }, text: "We expect it at 20:00 on Friday (CET)." }],
    [4, "a range without its share", { text: "We expect it between 20:00 and 21:00 on Friday (CET)." }],
    [4, "false exactness", { text: "About 1,392 messages wait." }],
    [4, "so few that it names somebody", { text: "3 messages wait." }],
    [5, "a time from nowhere", { text: "We expect 9 out of 10 by 20:00 on Friday (CET)." }],
    [5, "silence about the end", { means: "What this means for you: You cannot send or receive email." }],
    [6, "another text a minute later", { facts: { began: now - 90 * 60_000 } }],
    [7, "a day by its distance", { text: "Email stopped working today." }],
    [7, "a time without a day", { text: "Email stopped at 18:07." }],
    [7, "no zone", { text: "Email stopped working at 18:07 on Friday." }],
    [8, "somebody else to blame", { text: "Our provider has a fault." }],
    [
      8,
      "nobody who owns it",
      { means: "What this means for you: Email is down.", next: "Next update: by 20:07 on Friday." },
    ],
    [9, "restraint without need", { doing: "What you can do: Please do not keep signing in to check." }],
    [9, "no restraint at our limit", { facts: { phase: "draining", sparing: true } }],
    [9, "no reason", { facts: { sparing: true }, doing: "What you can do: Please do not keep signing in to check." }],
    [
      10,
      "nothing lost after a mark",
      {
        text: "Mail is not lost.",
        facts: { senders: { since: now - DAY, away: DAY, stillOut: 0, lastExpected: undefined, givenUp: true } },
      },
    ],
    [10, "nothing lost after a restore", { text: "Mail is not lost.", facts: hole }],
    [10, "all-clear while it fails", { text: "Email is back to normal." }],
    [10, "sure while blind", { text: "None of it is lost.", facts: { blind: true } }],
    [
      10,
      "through while mail is out",
      {
        text: "All the late mail is through.",
        facts: { phase: "draining", forecast: { state: "unknown", limit: "none", messages: 0 } },
      },
    ],
    [11, "the operator's words left out", { facts: { notAffected: "Websites work." } }],
    [11, "no word of what works", { facts: { phase: "partial", scope: "destination" } }],
    [12, "a hole that is not named", { facts: hole }],
    [12, "a hole without its times", { text: "Some mail is gone. Please ask to send it again.", facts: hole }],
  ])("rule %i on %s", (number, _what, what) => {
    const rule = [always, ...rules].find((one) => one.number === number);
    expect(rule?.judge(planted(what))).toEqual(expect.any(String));
  });

  test("so that no rule is left without one", () => {
    expect(rules.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
