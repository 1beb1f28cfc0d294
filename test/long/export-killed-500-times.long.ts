import { expect, test } from "vitest";
import { surviveKilling } from "../app/export/killings.ts";

test("killed 500 times while copying the site, and nobody saw half a page", async () => {
  const survived = await surviveKilling(500, 20261123);
  console.log(`export: ${JSON.stringify(survived)}`);
  expect(survived.copies).toBeGreaterThan(500);
  // Otherwise the kills all fell between two writes, and showed nothing.
  expect(survived.caughtWriting).toBeGreaterThan(10);
});
