// A channel that speaks one language at an address: the first at the root, and each below its own tag.

import type { Language } from "../core/status/languages/language.ts";
import type { PublicDocument, Words } from "../core/status/public/document.ts";

export interface Spoken {
  readonly language: Language;
  /** Put before an address: empty for the first language, `/de` for German. */
  readonly prefix: string;
}

/** Where each language is spoken; the first one twice, so that its own address can be linked to. */
export function spoken(languages: readonly Language[]): readonly Spoken[] {
  return [
    ...languages.slice(0, 1).map((language) => ({ language, prefix: "" })),
    ...languages.map((language) => ({ language, prefix: `/${language.tag}` })),
  ];
}

/** Words in a language, or in the first one of the document where that is missing. */
export function said(words: Words, tag: string, { languages }: Pick<PublicDocument, "languages">): string {
  return words[tag] ?? words[languages[0]] ?? "";
}

/** Moments in full, with weekday, date and zone: what is read later must not mean another day. */
export function momentsIn(locale: string, zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(locale, {
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
