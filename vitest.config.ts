import { defineConfig } from "vitest/config";

const long = process.env.MAILTIDE_LONG === "1";

export default defineConfig({
  test: {
    include: long ? ["test/**/*.test.ts", "test/long/**/*.long.ts"] : ["test/**/*.test.ts"],
    testTimeout: long ? 30 * 60_000 : 60_000,
    hookTimeout: 120_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
});
