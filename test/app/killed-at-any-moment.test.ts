import { expect, test } from "vitest";
import { surviveKilling } from "./killings.ts";

test("killed 12 times over 100,000 lines, the whole way from log to report: nothing lost, nothing twice", async () => {
  const { lines, livesThatKept, kept } = await surviveKilling(100_000, 12, 7);
  expect(lines).toBeGreaterThanOrEqual(100_000);
  expect(livesThatKept).toBeGreaterThan(6);
  expect(kept).toBeGreaterThan(livesThatKept);
});
