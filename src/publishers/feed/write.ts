// Atom and RSS by the package `feed`, which passes control characters and markup on: nothing comes to it that is not cleaned.

import { Feed } from "feed";
import type { PublicDocument } from "../../core/status/public/document.ts";
import { DAY, type Instant } from "../../core/time.ts";
import { said } from "../languages.ts";
import { asMarkup, plainLine } from "../plain-text.ts";
import { type Entry, entriesOf } from "./entries.ts";

export type FeedForm = "atom" | "rss";

/** The package wants addresses; those that begin so are taken out again. */
const nowhere = "https://mailtide.invalid/";

/** The feed of a document in a language, at its address on the site. */
export function feedOf(document: PublicDocument, form: FeedForm, tag: string, path: string): string {
  const { url, name, demonstration } = document;
  const entries = entriesOf(document, tag);
  const home = url === undefined ? nowhere : `${url}/`;
  const feed = new Feed({
    id: home,
    title: plainLine(demonstration ? `Demonstration: ${name}` : name),
    description: plainLine(said(document.headline, tag, document)),
    language: tag,
    link: home,
    feed: url === undefined ? nowhere : `${url}${path}`,
    updated: new Date(lastNews(document, entries)),
    generator: "mailtide",
    author: { name: plainLine(name) },
  });
  for (const { id, at, title, lines, link = nowhere } of entries) {
    const markup = lines.map((line) => `<p>${asMarkup(line)}</p>`).join("");
    const date = new Date(at);
    feed.addItem({
      id,
      link,
      date,
      published: date,
      title: asMarkup(title),
      ...(form === "atom" ? { content: markup } : { description: markup }),
    });
  }
  const text = form === "atom" ? feed.atom1() : feed.rss2();
  return `${withoutNowhere(text).replace("<feed ", `<feed xml:lang="${tag}" `)}\n`;
}

/** Links to nowhere go; the ids of feeds, which must be something, stay. */
function withoutNowhere(text: string): string {
  return text
    .replace(/\s*<(?:atom:)?link [^>]*href="https:\/\/mailtide\.invalid\/"[^>]*\/>/g, "")
    .replace(/(<item>\s*<title>[^\n]*<\/title>)\s*<link>https:\/\/mailtide\.invalid\/<\/link>/g, "$1");
}

/** The newest entry's moment; of a feed without any, a day that does not change with each report. */
function lastNews({ since, at }: PublicDocument, [newest]: readonly Entry[]): Instant {
  return newest?.at ?? since ?? Math.floor(at / DAY) * DAY;
}
