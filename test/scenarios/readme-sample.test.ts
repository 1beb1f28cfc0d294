// What the README shows is what the program says of the outage that comes with it.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { discoverDialects } from "../../src/app/discover.ts";
import { languagesNamed } from "../../src/app/languages.ts";
import { replay } from "../../src/app/replay.ts";
import { textOf } from "../house/sources.ts";

const folder = fileURLToPath(new URL("../../src/app/demonstration/recording/", import.meta.url));

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

test("the sentence and the notice of the README", async () => {
  const dialect = (await discoverDialects()).find(({ name }) => name === "postfix");
  if (dialect === undefined) throw new Error("no dialect for Postfix");
  const readme = flat(textOf("README.md"));
  const said: string[] = [];
  for await (const { status } of replay(folder, dialect, {
    every: 30_000,
    zone: "UTC",
    languages: await languagesNamed(["en"]),
  })) {
    if (readme.includes(status.sentence)) said.push("sentence");
    if (status.phase === "draining" && readme.includes(`${status.headline} ${flat(status.notice)}`))
      said.push("notice");
  }
  expect(said).toContain("sentence");
  expect(said).toContain("notice");
});
