// The twelve rules of wording, each as a judge over what was said: nothing if it is kept, else what is wrong.

import type { Language, NoticeFacts } from "../../../../src/core/status/languages/language.ts";
import { operatorWords } from "../../../../src/core/status/languages/operator-words.ts";
import { partsOf } from "../../../../src/core/status/languages/reading.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";
import { gradeOf } from "./reading-ease.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What one language says of one state. */
export interface Said {
  readonly language: Language;
  readonly vocabulary: Vocabulary;
  readonly facts: NoticeFacts;
  readonly headline: string;
  readonly notice: string;
  readonly update: string;
  /** Headline and notice without the operator's words: what we answer for. */
  readonly ours: string;
  /** Of `ours`. */
  readonly sentences: readonly string[];
}

export function say(language: Language, vocabulary: Vocabulary, facts: NoticeFacts, before?: NoticeFacts): Said {
  const headline = language.headline(facts);
  const notice = language.notice(facts);
  const update = language.update(facts, before);
  const ours = `${headline}\n${without(notice, facts)}`;
  const sentences = sentencesIn({ language, ours });
  return { language, vocabulary, facts, headline, notice, update, ours, sentences };
}

const cleanedOnce = new Map<string, string>();

function cleaned(text: string, words: number, letters: number): string {
  const key = `${words} ${text}`;
  const known = cleanedOnce.get(key) ?? operatorWords(text, words, letters);
  cleanedOnce.set(key, known);
  return known;
}

const lists = ["en-GB", "de", "fr", "es"].map((locale) => new Intl.ListFormat(locale));

function without(told: string, facts: NoticeFacts): string {
  const { notAffected = "", window } = facts;
  const names = partsOf(facts);
  // First, since the operator may say the same words as a sentence.
  const text = lists.reduce((left, list) => left.split(`: ${list.format(names)}.`).join(": Name."), told);
  const rest = [cleaned(window?.text ?? "", 40, 280), cleaned(notAffected, 20, 160)]
    .filter((words) => words !== "")
    .reduce((left, words) => left.split(` ${words}`).join(""), text);
  return names.reduce((left, name) => left.split(name).join("Name"), rest);
}

export interface Rule {
  readonly number: number;
  readonly name: string;
  judge(said: Said): string | undefined;
}

const clock = /\d\d:\d\d/;
const calmPhases = ["normal", "resolved", "maintenance_scheduled", "maintenance"];
const broken = ["outage", "relapse", "partial", "suspected"];

/** Sentences, with the words that lead in a paragraph apart. */
export function sentencesIn({ language, ours }: Pick<Said, "language" | "ours">): string[] {
  const { meaning, doing } = language.labels.leadIns;
  // In German a number with a point may be a date.
  const ends = language.tag === "de" ? /\n|(?<=[.!?])(?<!\s\d{1,2}\.)\s+/ : /\n|(?<=[.!?])\s+/;
  return ours
    .split(ends)
    .map((part) => part.replace(meaning, "").replace(doing, "").trim())
    .filter((part) => part !== "");
}

export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function valid(at: number | undefined): at is number {
  return at !== undefined && Math.abs(at) < 8.6e15;
}

/** Holes that there are: over, and with a length. */
function holes({ holes: given = [], now }: NoticeFacts): { from: number; to: number }[] {
  return given.filter(({ from, to }) => valid(from) && valid(to) && from < to && to <= now);
}

/** A sender may have given up, or mail is gone: told from the facts alone, by the words of rule 10. */
export function mayBeGone(facts: NoticeFacts): boolean {
  const { senders, atRisk, givenUp } = facts;
  return (
    atRisk > 0 || givenUp > 0 || senders?.givenUp === true || (senders?.away ?? 0) >= DAY || holes(facts).length > 0
  );
}

/** A minute later nothing of these facts is past a mark that it was not past before. */
function nothingHappens({ facts }: Said): boolean {
  const times = [
    facts.began,
    facts.expected?.earliest,
    facts.expected?.latest,
    facts.senders?.since,
    facts.senders?.mostExpected,
    facts.senders?.lastExpected,
    facts.back,
    facts.stoppedAgain,
    facts.nextBy,
    facts.brokenPromise,
    facts.window?.from,
    facts.window?.to,
    ...(facts.holes ?? []).flatMap(({ from, to }) => [from, to]),
  ].filter(valid);
  const marks = [0, 12 * HOUR, 300 * DAY, ...[1, 2, 3, 4, 5, 6, 7].map((days) => days * DAY)];
  const near = (length: number): boolean => marks.some((mark) => Math.abs(Math.abs(length) - mark) <= 31 * MINUTE);
  return (
    facts.nextBy !== undefined &&
    valid(facts.nextBy) &&
    facts.nextBy > facts.now &&
    !times.some((at) => near(at - facts.now))
  );
}

export const rules: readonly Rule[] = [
  {
    number: 1,
    name: "first what works, then what it means, then what to do, then when more is said",
    judge({ language, headline, notice, facts }) {
      const { meaning, doing, next } = language.labels.leadIns;
      if (headline === "" || headline.includes("\n")) return "no headline of one line";
      const kinds = notice
        .split("\n")
        .map((line) => 1 + [meaning, doing, next].findIndex((one) => line.startsWith(one)));
      if (kinds.some((kind, i) => i > 0 && kind <= kinds[i - 1])) return `paragraphs in the order ${kinds}`;
      const promised = facts.blind || !calmPhases.includes(facts.phase);
      if (promised && kinds.at(-1) !== 3) return "does not say when more is said";
      if (!facts.blind && !["normal", "resolved"].includes(facts.phase) && !kinds.includes(2)) return "nothing to do";
      return undefined;
    },
  },
  {
    number: 2,
    name: "short and plain: sentences of 25 words, 180 words, a headline of 90 letters, English for the eighth grade",
    judge(said) {
      const { headline, ours, language, notice, facts } = said;
      if (headline.length > 90) return `headline of ${headline.length} characters`;
      const extra = wordsIn(`${headline} ${notice}`) - wordsIn(ours);
      if (extra > 70) return `${extra} words of an operator`;
      if (wordsIn(ours) + extra > 180) return `${wordsIn(ours) + extra} words`;
      const long = said.sentences.find((sentence) => wordsIn(sentence.replace(/\([^)]*\)/g, "")) > 25);
      if (long !== undefined) return `a sentence of ${wordsIn(long)} words: ${long}`;
      const odd = said.sentences.find((sentence) => !/^[\p{Lu}\d"(].*[.!?]$/u.test(sentence));
      if (odd !== undefined) return `not a whole sentence: ${odd}`;
      const grade = language.tag === "en" ? gradeOf(said.sentences.join("\n")) : 0;
      if (grade > 8) return `grade ${grade.toFixed(1)} in ${facts.phase}`;
      return undefined;
    },
  },
  {
    number: 3,
    name: "no word that only we understand, and none that promises nothing",
    judge({ ours, update, vocabulary, facts }) {
      const found = vocabulary.forbidden.exec(ours) ?? vocabulary.forbidden.exec(without(update, facts));
      return found === null ? undefined : `says "${found[0].trim()}"`;
    },
  },
  {
    number: 4,
    name: "a time for late mail is a range with its share, and a number has two digits",
    judge(said) {
      const { vocabulary, ours, update } = said;
      for (const text of [ours, update]) {
        const sentences = text === ours ? said.sentences : sentencesIn({ language: said.language, ours: text });
        const point = sentences.find((one) => vocabulary.expects.test(one) && !vocabulary.range.test(one));
        if (point !== undefined) return `a time without its range or share: ${point}`;
        if (sentences.some((one) => vocabulary.expects.test(one)) && !vocabulary.share.test(text)) return "no share";
        for (const [, number] of text.matchAll(vocabulary.messages)) {
          const digits = number.replace(/\D/g, "");
          if (digits !== "" && digits.replace(/0+$/, "").length > 2) return `${number} has more than two digits`;
          if (digits !== "" && Number(digits) < 10) return `${number} is so few that it names somebody`;
        }
      }
      return undefined;
    },
  },
  {
    number: 5,
    name: "no time until there is one, and none that is past",
    judge({ language, vocabulary, ours, facts }) {
      const { expected, senders, now, zone } = facts;
      const known = valid(expected?.latest) && valid(expected?.earliest) && (expected?.latest ?? 0) > now;
      const theirs = valid(senders?.lastExpected) && (senders?.lastExpected ?? 0) > now;
      if (!known && !theirs && vocabulary.expects.test(ours)) return "a time from nowhere";
      if (expected !== undefined && valid(expected.latest) && valid(expected.earliest) && expected.latest <= now) {
        if (ours.includes(language.range(expected, zone, now))) return "an end that is past";
      }
      const down = ["outage", "relapse"].includes(facts.phase) && !facts.blind;
      if (down && !vocabulary.cannotSay.test(ours)) return "does not say that we cannot say";
      if (down && vocabulary.expects.test(ours)) return "a time while nothing works";
      return undefined;
    },
  },
  {
    number: 6,
    name: "a minute later the same words, if nothing happened",
    judge(said) {
      if (!nothingHappens(said)) return undefined;
      const { facts, language } = said;
      const away = facts.senders?.away;
      const later = {
        ...facts,
        now: facts.now + MINUTE,
        senders: facts.senders && { ...facts.senders, away: away === undefined ? undefined : away + MINUTE },
      };
      if (language.zone(facts.zone, facts.now) !== language.zone(facts.zone, later.now)) return undefined;
      return language.notice(later) === said.notice && language.headline(later) === said.headline
        ? undefined
        : `becomes ${language.notice(later)}`;
    },
  },
  {
    number: 7,
    name: "times with weekday and zone, and no day by its distance",
    judge(said) {
      const { language, facts, notice, update, vocabulary } = said;
      const relative = vocabulary.relative.exec(said.ours) ?? vocabulary.relative.exec(without(update, facts));
      if (relative !== null) return `says "${relative[0].trim()}"`;
      for (const text of [without(notice, facts), without(update.slice(said.headline.length), facts)]) {
        if (!clock.test(text)) continue;
        if (!text.includes("(")) return `no zone: ${text}`;
        const sentences = sentencesIn({ language, ours: text }).filter((one) => clock.test(one));
        const bare = sentences.find((one) => !weekdays(language).some((name) => one.includes(name)));
        if (bare !== undefined) return `a time without its weekday: ${bare}`;
      }
      return undefined;
    },
  },
  {
    number: 8,
    name: "we, and nobody else",
    judge({ vocabulary, ours, facts }) {
      const found = vocabulary.others.exec(ours);
      if (found !== null) return `names "${found[0].trim()}"`;
      const quiet = facts.phase === "normal" || facts.phase === "resolved" || facts.phase.startsWith("maintenance");
      return (facts.blind || !quiet) && !vocabulary.we.test(ours) ? "does not own it" : undefined;
    },
  },
  {
    number: 9,
    name: "restraint is asked for once, with its reason, and only at our limit",
    judge({ vocabulary, ours, facts }) {
      const times = ours.split(vocabulary.restraint).length - 1;
      if (times > 1) return "asked twice";
      if (times === 1 && facts.sparing !== true) return "asked without need";
      if (times === 1 && !vocabulary.reason.test(ours)) return "asked without its reason";
      const due =
        facts.sparing === true &&
        !facts.blind &&
        ["draining", "partial"].includes(facts.phase) &&
        holes(facts).length === 0;
      // Where nothing is late any more there is nothing to slow.
      const through = facts.forecast.state === "clear" && !((facts.senders?.stillOut ?? 0) > 0);
      return due && times === 0 && !(facts.phase === "draining" && through) ? "not asked" : undefined;
    },
  },
  {
    number: 10,
    name: "never that nothing is lost once a sender may have given up, and never all-clear while something fails",
    judge({ vocabulary, ours, update, facts }) {
      const all = `${ours}\n${update}`;
      if (mayBeGone(facts) && vocabulary.notLost.test(all)) return "says that nothing is lost";
      if (facts.blind && (vocabulary.notLost.test(all) || vocabulary.allThrough.test(all))) return "sure while blind";
      if ((facts.blind || broken.includes(facts.phase)) && vocabulary.allWell.test(all)) return "all-clear";
      const out = (facts.senders?.stillOut ?? 0) > 0 || facts.forecast.state === "unknown";
      return facts.phase === "draining" && out && vocabulary.allThrough.test(all)
        ? "says that all is through"
        : undefined;
    },
  },
  {
    number: 11,
    name: "what is not affected is said",
    judge({ vocabulary, notice, ours, facts }) {
      if (facts.blind || facts.phase === "normal" || facts.phase === "resolved") return undefined;
      const words = cleaned(facts.notAffected ?? "", 20, 160);
      if (words !== "" && !notice.includes(words)) return `leaves out "${words}"`;
      const whole = facts.scope === "filter" || (facts.failing?.receiving === true && facts.failing.sending);
      if (facts.phase === "partial" && !whole && !vocabulary.spared.test(ours)) return "does not say what works";
      return undefined;
    },
  },
  {
    number: 12,
    name: "a restore names its hole and asks for that mail again",
    judge({ vocabulary, language, ours, facts }) {
      const all = holes(facts);
      if (all.length === 0) return undefined;
      if (!vocabulary.gone.test(ours)) return "does not say that mail is gone";
      if (!vocabulary.again.test(ours)) return "does not ask for it again";
      const last = all.reduce((one, other) => (other.to > one.to ? other : one));
      const time = language.moment(last.to, facts.zone, facts.now);
      const [shown] = clock.exec(time) ?? [""];
      return ours.includes(shown) ? undefined : `does not name ${time}`;
    },
  },
];

/** What holds whatever is said: nothing left open, nothing from the outside that acts. */
export const always: Rule = {
  number: 0,
  name: "whole: every slot is filled, and nothing acts on a screen",
  judge({ headline, notice, update, facts, language }) {
    const all = [headline, notice, update, language.incidentTitle(facts)];
    const open = all.find((text) => /undefined|NaN|null|Invalid|Infinity|\s[.,]|[^\S\n]{2}|^\s|\s$/.test(text));
    if (open !== undefined) return `left open: ${open}`;
    if (/[{}]/.test(all.map((text) => without(text, facts)).join())) return "a slot is left";
    if (
      all.some((text) =>
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000]/.test(text),
      )
    )
      return "a character that acts";
    if (notice.split("\n").length > 4) return "more than four paragraphs";
    if ([headline, update].some((text) => text.includes("\n"))) return "a line of its own";
    return undefined;
  },
};

const names = new Map<string, string[]>();

function weekdays({ tag }: Language): string[] {
  const known = names.get(tag);
  if (known !== undefined) return known;
  const form = new Intl.DateTimeFormat(tag, { weekday: "long", timeZone: "UTC" });
  const made = [0, 1, 2, 3, 4, 5, 6].map((day) => form.format(Date.UTC(2026, 10, 22 + day)));
  names.set(tag, made);
  return made;
}
