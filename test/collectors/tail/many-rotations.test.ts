import { describe, test } from "vitest";
import { liveThrough } from "./many-rotations.ts";
import { schemes } from "./rotator.ts";

describe.each(schemes)("%s", (scheme) => {
  test.each([1, 2, 3])("25 rotations, some while stopped, life %d", async (seed) => {
    await liveThrough(scheme, 25, seed);
  });
});
