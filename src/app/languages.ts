// Finds the languages: folders in src/core/status/languages.

import { readdir } from "node:fs/promises";
import { Fault } from "../core/fault.ts";
import type { Language } from "../core/status/languages/language.ts";

const folder = new URL("../core/status/languages/", import.meta.url);

/** Every language there is, by tag. */
export async function languageTags(): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The languages of tags; their folders are found, not registered. Throws `Fault("language-unknown")`. */
export async function languagesNamed(tags: readonly string[]): Promise<readonly Language[]> {
  const known = await languageTags();
  const unknown = tags.find((tag) => !known.includes(tag));
  if (unknown !== undefined) {
    throw new Fault(
      "language-unknown",
      `mailtide does not speak "${unknown}"`,
      `Name some of these under public.languages: ${known.join(", ")}.`,
    );
  }
  return Promise.all(
    [...new Set(tags)].map(async (tag) => {
      const module: { default: Language } = await import(new URL(`${tag}/index.ts`, folder).href);
      return module.default;
    }),
  );
}
