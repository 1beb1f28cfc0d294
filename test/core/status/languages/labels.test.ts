import { expect, test } from "vitest";
import { languagesNamed, languageTags } from "../../../../src/app/languages.ts";
import english from "../../../../src/core/status/languages/en/index.ts";

/** Every sentence by its place, with the slots in it. */
function slots(value: unknown, place = ""): Map<string, string> {
  if (typeof value === "string") {
    return new Map([
      [
        place,
        [...value.matchAll(/\{(\w+)\}/g)]
          .map(([, name]) => name)
          .toSorted()
          .join(" "),
      ],
    ]);
  }
  return new Map(Object.entries(value ?? {}).flatMap(([key, inner]) => [...slots(inner, `${place}.${key}`)]));
}

const languages = await languagesNamed(await languageTags());

test.each(languages.map((language) => [language.tag, language] as const))(
  "%s has every label, with its slots",
  (_, { labels }) => {
    const here = slots(labels);
    const there = slots(english.labels);
    expect(there.size).toBeGreaterThan(60);
    expect(Object.fromEntries(here)).toEqual(Object.fromEntries(there));
    for (const [place, text] of [...texts(labels)]) expect(text.trim(), place).not.toBe("");
  },
);

function texts(value: unknown, place = ""): [string, string][] {
  if (typeof value === "string") return [[place, value]];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => texts(inner, `${place}.${key}`));
}

test.each(languages.map((language) => [language.tag, language.labels] as const))(
  "%s names a locale that dates and numbers can be written in, of its own language",
  (tag, { locale }) => {
    expect(Intl.DateTimeFormat.supportedLocalesOf([locale])).toEqual([locale]);
    expect(new Intl.Locale(locale).language).toBe(tag);
  },
);
