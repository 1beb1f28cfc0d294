// The notice as plain text: the headline, then what it means.

import { filled } from "./markup.ts";
import { said, type View } from "./view.ts";

/** What /notice.txt answers. The first line is the headline; before it, if what is shown is a recording, that it is. */
export function noticeText(view: View): string {
  const { document, labels, stale, times } = view;
  const time = times.words(document.at);
  const mark = document.demonstration ? `${labels.demonstration.title.toLocaleUpperCase(view.tag)}: ` : "";
  const parts = [
    `${mark}${said(view, document.headline)}`,
    stale ? filled(labels.sentences.stale, { time }) : "",
    document.demonstration ? labels.demonstration.sentence : "",
    said(view, document.notice),
    filled(labels.sentences.asOf, { time }),
  ];
  return `${parts
    .filter((part) => part !== "")
    .map(plain)
    .join("\n\n")}\n`;
}

/** Without what a terminal would take for a command or a change of direction. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu, (c) => (c === "\n" ? c : ""));
}
