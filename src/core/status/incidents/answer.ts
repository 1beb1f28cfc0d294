// What came of something that the operator did.

import type { Instant } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import type { Book } from "./book.ts";
import type { Update } from "./incident.ts";
import { cleanTitle } from "./text.ts";

/** What came of an act. */
export type Answer =
  | {
      readonly done: true;
      /** Id of the incident, window or rule; empty where there is none. */
      readonly id: string;
      /** For the operator, one or two sentences. */
      readonly says: string;
    }
  | {
      readonly done: false;
      /** `missing`: there is no such thing. `conflict`: not as things stand. `wrong`: it never would be. */
      readonly why: "wrong" | "missing" | "conflict";
      /** For the operator, with the next step. */
      readonly says: string;
    };

export interface Applied {
  readonly book: Book;
  readonly answer: Answer;
}

/** Nothing was done. */
export function refuse(book: Book, why: "wrong" | "missing" | "conflict", says: string): Applied {
  return { book, answer: { done: false, why, says } };
}

/** It was done. */
export function done(book: Book, id: string, says: string): Applied {
  return { book, answer: { done: true, id, says } };
}

/** The first thing that is wrong with names of components; empty if nothing is. */
export function unknownComponent(ids: Iterable<string>, site: PublicSite): string {
  const known = site.components.map(({ id }) => id);
  for (const id of ids) {
    if (!known.includes(id)) return `There is no component "${cleanTitle(id)}"; there are ${known.join(", ")}.`;
  }
  return "";
}

/** An update in the operator's words. */
export function words(number: number, at: Instant, status: Update["status"], text: string): Update {
  return { number, at, phase: "suspected", status, by: "operator", facts: undefined, text, nextBy: undefined };
}
