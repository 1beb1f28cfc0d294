import { expect, test } from "vitest";
import { differences, documentedNames } from "./documented.ts";
import { sources, textOf } from "./sources.ts";

/** The codes of the union type, read from its text: a type leaves nothing behind to ask at run time. */
function faultCodes(text: string): string[] {
  const union = /export type FaultCode =([^;]*);/.exec(text)?.[1] ?? "";
  return [...union.matchAll(/"([a-z-]+)"/g)].map(([, code = ""]) => code);
}

const codes = faultCodes(textOf("src/core/fault.ts"));

test("every fault code is in docs/faults.md, and every code there exists", () => {
  expect(codes.length).toBeGreaterThan(10);
  expect(differences(codes, documentedNames(textOf("docs/faults.md")))).toEqual([]);
});

test("every fault code is raised somewhere", () => {
  const files = sources().filter(
    (file) => /^(src|collectors|bin)\//.test(file.path) && file.path !== "src/core/fault.ts",
  );
  const raised = files.map((file) => file.text).join("\n");
  expect(files.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !raised.includes(`"${code}"`))).toEqual([]);
});

test("a missing row, a row too many and a row twice are seen", () => {
  const table = "| code | meaning |\n|---|---|\n| `a-fault` | |\n| `gone` | `not-a-name` |\n| `gone` | |\n";
  expect(differences(["a-fault", "new-fault"], documentedNames(table))).toEqual([
    "new-fault exists and is not documented",
    "gone is documented and does not exist",
    "gone is documented and does not exist",
    "gone is documented twice",
  ]);
});
