// The pages that show what is said are what is said. After a change of words: npm test -- test/core/status/languages -u

import { join } from "node:path";
import { expect, test } from "vitest";
import { languagesNamed } from "../../../../src/app/languages.ts";
import { root } from "../../../house/sources.ts";
import { noticesPage } from "./notices-page.ts";

test.each(["en", "de", "fr", "es"])("the page of %s says what the program says", async (tag) => {
  const [language] = await languagesNamed([tag]);
  const path = tag === "en" ? "docs/notices.md" : `docs/notices/${tag}.md`;
  await expect(noticesPage(language)).toMatchFileSnapshot(join(root, path));
});
