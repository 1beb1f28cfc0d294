// What a page is made from: the public document, and one language to say it in.

import type { Labels } from "../../core/status/languages/labels.ts";
import type { Language } from "../../core/status/languages/language.ts";
import type { PublicDocument, Words } from "../../core/status/public/document.ts";
import type { Level } from "../../core/status/status.ts";
import type { Instant } from "../../core/time.ts";
import { html, type Markup } from "./markup.ts";
import { type Channel, type Paths, pathsOf } from "./paths.ts";
import { shortened } from "./shortened.ts";
import { type Times, timesOf } from "./times.ts";

export interface View {
  readonly document: PublicDocument;
  readonly tag: string;
  readonly labels: Labels;
  /** Every language of the site, this one included. */
  readonly tags: readonly string[];
  readonly times: Times;
  readonly paths: Paths;
  /** The document is older than it should be. */
  readonly stale: boolean;
  /** After this the page is to be called old even by who has only a copy; undefined: its time is not ours. */
  readonly validUntil: Instant | undefined;
  /** Which other ways to follow there are on this server. */
  readonly channels: readonly Channel[];
}

/** A document seen in one of its languages. */
export function viewOf(
  document: PublicDocument,
  { tag, labels }: Language,
  tags: readonly string[],
  around: Pick<View, "stale" | "validUntil" | "channels">,
): View {
  const times = timesOf(labels.locale, document.zone, document.at);
  return { document, tag, labels, tags, times, paths: pathsOf(document.url, tags), ...around };
}

/** The words in the view's language; in the first one where they are missing. */
export function said({ tag, document }: View, words: Words): string {
  return words[tag] ?? words[document.languages[0] ?? ""] ?? "";
}

/** Words that are the same in several languages are the operator's, and we do not know which language that is. */
export function isOperators(words: Words): boolean {
  const all = Object.values(words);
  return all.length > 1 && all.every((one) => one === all[0]);
}

/** Words of the operator in a line: of no claimed language, and kept from turning the line around. */
export function own(text: string): Markup {
  return html`<bdi lang="">${text}</bdi>`;
}

/** A name in a line, marked as the operator's where it is. */
export function named(view: View, words: Words): Markup {
  const text = shortened(said(view, words), 600);
  return isOperators(words) ? own(text) : html`${text}`;
}

/** The colour that a level has. */
export function toneOf(level: Level): string {
  switch (level) {
    case "operational":
      return "well";
    case "delayed":
      return "late";
    case "maintenance":
      return "work";
    case "unknown":
      return "unknown";
    default:
      return "down";
  }
}
