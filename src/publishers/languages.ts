// A channel that speaks one language at an address: the first at the root, and each below its own tag.

import type { Language } from "../core/status/languages/language.ts";
import type { PublicDocument, Words } from "../core/status/public/document.ts";

export interface Spoken {
  /** BCP 47 tag. */
  readonly tag: string;
  /** Put before an address: empty for the first language, `/de` for German. */
  readonly prefix: string;
}

/** Where each language is spoken; the first one twice, so that its own address can be linked to. */
export function spoken(languages: readonly Language[]): readonly Spoken[] {
  const [first] = languages;
  return [
    ...(first === undefined ? [] : [{ tag: first.tag, prefix: "" }]),
    ...languages.map(({ tag }) => ({ tag, prefix: `/${tag}` })),
  ];
}

/** Words in a language, or in the first one of the document where that is missing. */
export function said(words: Words, tag: string, { languages }: Pick<PublicDocument, "languages">): string {
  return words[tag] ?? words[languages[0]] ?? "";
}

/** The row of a table of words that a publisher brings; a language that it lacks is told in English. */
export function wordsFor<T>(table: Readonly<Record<string, T>> & { readonly en: T }, tag: string): T {
  return Object.hasOwn(table, tag) ? table[tag] : table.en;
}

/** Moments in full, with weekday, date and zone: what is read later must not mean another day. */
export function momentsIn(tag: string, zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  return (at) => format.format(at);
}
