// Questions of the kind "what if", as people write them: `faster by 2 and flush now`.

import { Fault } from "../fault.ts";
import { type Duration, HOUR, type Instant, instantText, MINUTE } from "../time.ts";
import type { Outlook } from "./outlook.ts";

/** What might be otherwise. Any of it together. */
export interface Question {
  /** As it is said back. */
  readonly text: string;
  readonly faster?: number;
  readonly flushNow?: true;
  readonly destinationDownUntil?: { readonly destination: string; readonly until: Instant };
  readonly outageUntil?: Instant;
}

/** The answer: the forecast if it were so, and how much sooner than without it (medians; below 0: later). */
export interface Supposed {
  readonly question: string;
  readonly at: Instant;
  readonly outlook: Outlook;
  readonly sooner: Readonly<Record<"queue" | "half" | "ninety" | "ninetyNine", Duration>>;
}

/** Longer questions than this are none. */
const longest = 500;
const fastest = 100;
const slowest = 0.1;
/** So far ahead the forecast looks. */
const horizon: Duration = 130 * HOUR;

const forms =
  'Write "faster by 2", "flush now", "destination example.net stays down until 2026-11-22T16:00Z" or "outage lasts until +2h"; join several with "and".';

function wrong(what: string): Fault {
  return new Fault("question-invalid", what, forms);
}

/** A moment as RFC 3339, or from now on as `+90m`, `+2h`. */
function moment(text: string, now: Instant): Instant {
  const ahead = /^\+(\d{1,4}(?:\.\d{1,3})?)(m|h)$/.exec(text);
  const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at =
    ahead !== null
      ? now + Number(ahead[1]) * (ahead[2] === "h" ? HOUR : MINUTE)
      : stamp
        ? Date.parse(text)
        : Number.NaN;
  if (Number.isNaN(at)) throw wrong(`"${text}" is not a moment.`);
  if (at <= now) throw wrong(`"${text}" has passed: it is ${instantText(now)} for this report.`);
  if (at - now > horizon) throw wrong(`"${text}" is more than 130 hours ahead, further than the forecast looks.`);
  return at;
}

/** Reads a question that is asked at a moment. Throws `Fault("question-invalid")` with the ways to ask. */
export function readQuestion(text: string, now: Instant): Question {
  if (text.length > longest) throw wrong(`A question has no more than ${longest} letters.`);
  let question: Question = { text: "" };
  const said: string[] = [];
  for (const part of text.split(/\s+and\s+|[,;]/)) {
    const words = part.trim().replace(/\s+/g, " ");
    const shown = words.replace(/[^ -~]/g, "?");
    const faster = /^faster by (\d{1,3}(?:\.\d{1,3})?)$/i.exec(words);
    const stays = /^(?:destination )?(\S{1,253}) stays down until (\S+)$/i.exec(words);
    const lasts = /^outage lasts until (\S+)$/i.exec(words);
    const before = question;
    if (faster !== null) {
      const factor = Number(faster[1]);
      if (!(factor >= slowest && factor <= fastest)) {
        throw wrong(`"faster by" takes a factor between ${slowest} and ${fastest}.`);
      }
      if (question.faster === undefined) question = { ...question, faster: factor };
    } else if (/^flush(ed)? now$/i.test(words)) {
      if (question.flushNow === undefined) question = { ...question, flushNow: true };
    } else if (stays !== null) {
      const destination = stays[1].toLowerCase();
      if (question.destinationDownUntil === undefined) {
        question = { ...question, destinationDownUntil: { destination, until: moment(stays[2], now) } };
      }
    } else if (lasts !== null) {
      if (question.outageUntil === undefined) question = { ...question, outageUntil: moment(lasts[1], now) };
    } else throw wrong(`"${shown}" is no question that mailtide can answer.`);
    if (question === before) throw wrong(`"${shown}": the same thing is asked twice.`);
    said.push(shown);
  }
  return { ...question, text: said.join(" and ") };
}
