import { expect, test } from "vitest";
import { habitFaults } from "./names.ts";
import { source, sources } from "./sources.ts";

test("files are named after what they hold, hold something, and inherit from nothing but Error", () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(30);
  expect(habitFaults(files)).toEqual([]);
});

test.each<[string, string]>([
  ["src/app/utils.ts", ""],
  ["src/app/string-helpers.ts", ""],
  ["collectors/common/read.ts", ""],
  ["test/support/helper.test.ts", ""],
  ["src/core/ledger/index.ts", ""],
  ["src/app/webServer.ts", ""],
  ["src/app/parts.ts", 'export * from "./a.ts";\nexport { b } from "./b.ts";\n'],
  ["src/app/web.ts", "export default 1;"],
  ["src/publishers/page/index.ts", "export default {};"],
  ["src/app/web.ts", "export class Web extends Server {}"],
])("caught: %s %s", (path, text) => {
  expect(habitFaults([source(path, text)])).toHaveLength(1);
});

test.each<[string, string]>([
  ["src/publishers/page/index.ts", "export default {} satisfies Publisher;"],
  ["src/core/fault.ts", "export class Fault extends Error {}"],
  ["src/core/ledger/based-on.ts", "export const a = 1;"],
  ["collectors/tail/follow.ts", 'import { a } from "./a.ts";\nexport { a };\n'],
])("allowed: %s %s", (path, text) => {
  expect(habitFaults([source(path, text)])).toEqual([]);
});
