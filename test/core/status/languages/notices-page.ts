// docs/notices.md and its sisters, as they must be: what is said at each moment, by the languages themselves.

import type { Language } from "../../../../src/core/status/languages/language.ts";
import { rules } from "./rules.ts";
import { administrators, stories } from "./stories.ts";

const intro = `# What people are told

The reader is no mail administrator. They want to know three things: is my mail lost, when will it come, what should I do. The notice answers in that
order, in whole sentences, from what is known and no more. This page shows what is said at each moment. It is held to the program by a test
(\`test/core/status/languages/notices-page.test.ts\`), so it cannot go stale.

The same in [German](notices/de.md), and as drafts that no native reader has checked in [French](notices/fr.md) and [Spanish](notices/es.md).

## How it is made

Which sentences are said in which order is decided once, in \`src/core/status/languages/notice.ts\` and what it calls; no language is in there. Each language
gives words for every sentence as ICU messages (\`src/core/status/languages/en/messages.ts\`). A sentence without words does not compile. A new
language is a new folder: \`messages.ts\`, \`labels.ts\` and an \`index.ts\` like those of its siblings, named in no other file; its words for the rules stand in
\`test/core/status/languages/vocabulary.ts\`.

If there is too much to say for one notice, what matters least is left out: each sentence says in the code how much it weighs.

## The rules

Each is a test over thousands of drawn states in every language, with text and times from people who mean harm among them, and each is shown to
be able to fail (\`test/core/status/languages/rules.test.ts\`).
`;

const titles: Readonly<Record<string, string>> = {
  de: "# Was gesagt wird: Deutsch",
  fr: "# What is said in French: a draft that no native reader has checked",
  es: "# What is said in Spanish: a draft that no native reader has checked",
};

/** The page of a language; that of English has the rules, too. */
export function noticesPage(language: Language): string {
  const { tag } = language;
  const english = tag === "en";
  const list = rules.map(({ number, name }) => `${number}. ${name[0].toUpperCase()}${name.slice(1)}.`).join("\n");
  const said = stories.flatMap(({ name, facts, before }) => [
    `### ${name[0].toUpperCase()}${name.slice(1)}`,
    `**${language.headline(facts)}**`,
    ...language.notice(facts).split("\n"),
    ...(before === undefined ? [] : [`*In the history:* ${language.update(facts, before)}`]),
  ]);
  const sentences = administrators.flatMap(({ name, facts }) => [`*${name}:* ${language.sentence(facts)}`]);
  const head = english ? [`${intro}\n${list}`] : [titles[tag] ?? `# What is said: ${tag}`];
  return `${[...head, "## At each moment", ...said, "## For the administrator", ...sentences].join("\n\n")}\n`;
}
