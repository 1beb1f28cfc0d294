// An act that is asked for twice is done once: whoever heard no answer, since the line broke or mailtide was killed, asks again.

import { DAY, type Duration, type Instant } from "../../time.ts";
import type { Answer } from "./answer.ts";
import type { AnsweredAct, Book } from "./book.ts";

/** So many, and for so long. */
const most = 200;
const kept: Duration = DAY;

/** What was answered when an act with this key was carried out; undefined if none was, or if it has no key. */
export function answeredBefore(book: Book, key: string, now: Instant): Answer | undefined {
  const found = key === "" ? undefined : book.answered.find((one) => one.key === key && isKept(one, now));
  return found === undefined ? undefined : { done: true, id: found.id, says: found.says };
}

/** The same book with an answer kept. */
export function withAnswer(book: Book, key: string, answer: Answer, now: Instant): Book {
  if (key === "" || !answer.done) return book;
  const { id, says } = answer;
  const before = book.answered.filter((one) => isKept(one, now));
  return { ...book, answered: [...before, { key, at: now, id, says }].slice(-most) };
}

function isKept({ at }: AnsweredAct, now: Instant): boolean {
  return Math.abs(now - at) < kept;
}
