// Whether a file of a copy is whole: what a reader would stumble over if it were not.

import { readdirSync, readFileSync } from "node:fs";
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

/** Files that a reader of the folder can see, by name; not our own corner. */
export function visibleFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith("."))
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
