import { test } from "vitest";
import { surviveKilling } from "./killings.ts";

test("killed 15 times while the log is rotated by renaming", async () => {
  await surviveKilling("numbers, packed one later", 20_000, 15, 1);
});

test("killed 15 times while the log is copied and truncated", async () => {
  await surviveKilling("copytruncate", 20_000, 15, 2);
});
