// The operator's words, cleaned at the edge: they go to pages, feeds, calendars and terminals.

/** At most this many characters of text, and of a title. */
export const longestText = 2000;
export const longestTitle = 120;

// Controls but the line feed, and what turns or hides text: bidirectional marks, overrides and isolates, zero-width spaces, tags. Joiners stay: some scripts need them.
const unseen =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** A text of whole lines: what cannot be seen is taken out, lone halves of characters too, and what is too long is cut. */
export function cleanText(text: string): string {
  const plain = text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, " ")
    .toWellFormed()
    .replace(unseen, "")
    .replaceAll("\ufffd", "");
  const lines = plain.split("\n").map((line) => line.replace(/ {2,}/g, " ").trim());
  return cut(
    lines
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
    longestText,
  );
}

/** The same on one line. */
export function cleanTitle(text: string): string {
  return cut(cleanText(text).replace(/\s+/g, " "), longestTitle);
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text
    .slice(0, longest - 1)
    .toWellFormed()
    .replaceAll("\ufffd", "")
    .trimEnd()}…`;
}
