// Finds the languages: folders in src/core/status/languages.

import type { Language } from "../core/status/languages/language.ts";

/** The language of a tag; its folder is found, not registered. */
export async function language(tag: string): Promise<Language> {
  const module: { default: Language } = await import(`../core/status/languages/${tag}/index.ts`);
  return module.default;
}
