// Where each page is, in each language: the first language at the root, the others below their tags.

/** A page without its language. `""` is the notice itself. */
export type Place = "" | "history" | `i/${string}` | `m/${string}` | "notice.txt" | Channel;

/** What others on this server tell, in each language, to feed readers and calendars. */
export type Channel = "feed.atom" | "feed.rss" | "calendar.ics";

export interface Paths {
  /** As it stands in a link: with the folder that the site has behind a proxy, if it has one. */
  link(tag: string, place: Place): string;
  /** With scheme and host where they are known: search engines want it whole. */
  whole(tag: string, place: Place): string;
  readonly script: string;
}

/** `/history` or `/de/history`, as this server knows it. */
export function path(tags: readonly string[], tag: string, place: Place): string {
  return `${tag === tags[0] ? "" : `/${tag}`}/${place}`;
}

/** An incident's or a window's page. */
export function placeOf(kind: "i" | "m", id: string): Place {
  return `${kind}/${encodeURIComponent(id.toWellFormed())}`;
}

/** Links of a site that is reached at `url`, if that is known. */
export function pathsOf(url: string | undefined, tags: readonly string[]): Paths {
  const at = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const folder = at === undefined ? "" : at.pathname.replace(/\/+$/, "");
  const link = (tag: string, place: Place) => `${folder}${path(tags, tag, place)}`;
  return { link, whole: (tag, place) => `${at?.origin ?? ""}${link(tag, place)}`, script: `${folder}/page.js` };
}
