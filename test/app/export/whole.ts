// Whether a file of a copy is whole: what a reader would stumble over if it were not.

import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is wrong with a file's text; undefined if it is whole. */
export function broken(name: string, text: string): string | undefined {
  if (text === "") return "empty";
  if (name.endsWith(".html")) return /^<!doctype html>[\s\S]*<\/html>\s*$/i.test(text) ? undefined : "half a page";
  if (name.endsWith(".json")) {
    try {
      JSON.parse(text);
      return undefined;
    } catch {
      return "half of JSON";
    }
  }
  if (/\.(xml|atom|rss|svg)$/.test(name)) return /<\/(feed|rss|svg)>\s*$/.test(text) ? undefined : "half of XML";
  if (name.endsWith(".ics")) return /END:VCALENDAR\s*$/.test(text) ? undefined : "half a calendar";
  return text.endsWith("\n") ? undefined : "half a text";
}

/** Files that a reader of the folder can see, by name; not our own corner. A folder that goes while we look is not there. */
export function visibleFiles(folder: string, below = ""): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(folder, below), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter(({ name }) => !name.startsWith("."))
    .flatMap((entry) => {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? visibleFiles(folder, name) : [name];
    })
    .sort();
}

/** Every file that is not whole. A file that goes while we look is not there, and that is all right. */
export function brokenFiles(folder: string): string[] {
  return visibleFiles(folder).flatMap((name) => {
    let text: string;
    try {
      text = readFileSync(join(folder, name), "utf8");
    } catch {
      return [];
    }
    const why = broken(name, text);
    return why === undefined ? [] : [`${name}: ${why}`];
  });
}
