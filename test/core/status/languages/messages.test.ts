// Messages and sentences fit: every slot that a sentence has is used, and none is used that it does not have.

import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, test } from "vitest";
import { languagesNamed, languageTags } from "../../../../src/app/languages.ts";
import type { Labels } from "../../../../src/core/status/languages/labels.ts";
import { formNames, type Messages, sentences } from "../../../../src/core/status/languages/sentences.ts";

/** Slots that a message uses, nested ones too. */
function slotsOf(message: string): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    // 1: argument, 2: number, 5: select, 6: plural; 0 is text and 7 the number sign of a plural.
    if ("type" in value && "value" in value && [1, 2, 5, 6].includes(Number(value.type)))
      found.add(String(value.value));
    if ("options" in value)
      walk(Object.values(value.options as object).map((option: { value: unknown }) => option.value));
  };
  walk(new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst());
  return found;
}

const forms: Readonly<Record<(typeof formNames)[number], { must: string[]; may: string[] }>> = {
  moment: { must: ["time", "day"], may: ["hour"] },
  "between.day": { must: ["day", "from", "to"], may: ["fromHour", "toHour"] },
  "between.days": { must: ["from", "to"], may: [] },
  "stretch.day": { must: ["day", "from", "to"], may: ["fromHour", "toHour"] },
  "stretch.days": { must: ["from", "to"], may: [] },
  zone: { must: ["zone"], may: [] },
  word: { must: ["n"], may: [] },
};

/** What is wrong with a message that has these slots. */
function faultOf(message: string, must: readonly string[], may: readonly string[]): string | undefined {
  const used = slotsOf(message);
  const missing = must.filter((slot) => !used.has(slot));
  const strange = [...used].filter((slot) => !must.includes(slot) && !may.includes(slot));
  return missing.length + strange.length === 0 ? undefined : `lacks ${missing}, has ${strange}: ${message}`;
}

function slotsIn(labels: Labels): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string")
      found[path] = [...value.matchAll(/\{(\w+)\}/g)]
        .map(([, slot]) => slot)
        .sort()
        .join();
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    }
  };
  walk(labels, "");
  return found;
}

describe.each(await languageTags())("in %s", (tag) => {
  test("every sentence and every form uses its slots and no other", async () => {
    const { messages }: { messages: Messages } = await import(
      `../../../../src/core/status/languages/${tag}/messages.ts`
    );
    const faults = Object.entries(sentences).flatMap(([name, slots]) => {
      const must = Object.keys(slots);
      // A word may bring the number behind it.
      return (
        faultOf(
          messages[name as keyof typeof sentences],
          must,
          must.map((slot) => `${slot}N`),
        ) ?? []
      );
    });
    expect([
      ...faults,
      ...formNames.flatMap((name) => faultOf(messages[name], forms[name].must, forms[name].may) ?? []),
    ]).toEqual([]);
    expect(Object.keys(messages).length).toBe(Object.keys(sentences).length + formNames.length);
  });

  test("quotes are typographic: the straight one would quote a slot", async () => {
    const { messages }: { messages: Messages } = await import(
      `../../../../src/core/status/languages/${tag}/messages.ts`
    );
    expect(Object.values(messages).filter((message) => message.includes("'"))).toEqual([]);
  });

  test("the labels of the page have the slots of English", async () => {
    const [language, english] = await languagesNamed([tag, "en"].slice(0, tag === "en" ? 1 : 2));
    expect(slotsIn(language.labels)).toEqual(slotsIn((english ?? language).labels));
  });
});

test("a slot that is forgotten or invented is seen", () => {
  expect(faultOf("Email is down.", ["at"], [])).toMatch(/lacks at/);
  expect(faultOf("Since {at} in {n, plural, one {{place}} other {#}}.", ["at"], [])).toMatch(/has n,place/);
});
