// Words cut to the room that there is.

import { escaped } from "./markup.ts";

/** Words that a page has room for, in bytes as they stand in it; what is cut off ends in an ellipsis. */
export function shortened(text: string, bytes: number): string {
  const size = (part: string) => Buffer.byteLength(escaped(part));
  // Long before it is measured: nothing is larger escaped than as it is.
  let cut = text.slice(0, bytes);
  if (cut === text && size(text) <= bytes) return text;
  while (size(cut) > bytes) cut = cut.slice(0, Math.min(cut.length - 1, Math.floor((cut.length * bytes) / size(cut))));
  return `${cut.toWellFormed().replace(/\s+\S*$/, "")} …`;
}
