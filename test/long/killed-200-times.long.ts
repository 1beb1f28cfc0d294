import { describe, test } from "vitest";
import { surviveKilling } from "../collectors/tail/killings.ts";
import { liveThrough } from "../collectors/tail/many-rotations.ts";
import { schemes } from "../collectors/tail/rotator.ts";

test("killed 200 times over a million lines", { timeout: 30 * 60_000 }, async () => {
  await surviveKilling("numbers, packed one later", 1_000_000, 200, 3);
});

describe.each(schemes)("%s", (scheme) => {
  test.each([11, 12, 13, 14, 15])("50 rotations, some while stopped, life %d", async (seed) => {
    await liveThrough(scheme, 50, seed);
  });
});
