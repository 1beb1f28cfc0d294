// docs/configuration.md and the schema say the same: every key, its variable and its default.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, variables } from "../../../src/app/config.ts";
import { differences } from "../../house/documented.ts";

const root = join(import.meta.dirname, "../../..");
const guide = readFileSync(join(root, "docs/configuration.md"), "utf8");

/** Cells of the table of settings, without their backticks and what stands behind them. */
function rows(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => /`([^`]+)`/.exec(cell)?.[1] ?? cell.trim()));
}

test("every setting is documented with its variable, and every documented one exists", () => {
  const settings = [...variables()].map(([name, keys]) => `${keys.join(".")} ${name}`);
  expect(settings.length).toBeGreaterThan(8);
  expect(
    differences(
      settings,
      rows(guide).map(([key, variable]) => `${key} ${variable}`),
    ),
  ).toEqual([]);
});

/** A value as it would be written into a variable. */
function written(value: unknown): string {
  if (value === "" || (Array.isArray(value) && value.length === 0)) return "nothing";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, one]) => `${key}=${one}`)
      .join(", ");
  }
  return String(value);
}

test("the defaults that it gives are those that hold", () => {
  const holds: Record<string, unknown> = loadConfig(undefined, {});
  const milliseconds = (text: string): number =>
    loadConfig(undefined, { MAILTIDE_LOOKOUT_PATIENCE: text }).lookout.patience;
  let compared = 0;
  for (const [key, , given] of rows(guide)) {
    const value = key.split(".").reduce<unknown>((at, part) => Reflect.get(Object(at), part), holds);
    if (value === undefined) continue;
    compared++;
    const time = /^[\d.]+[smh]$/.test(given);
    expect(typeof value === "number" && time ? milliseconds(given) : given, key).toBe(time ? value : written(value));
  }
  expect(compared).toBe(24);
});

test("the example in it is right", () => {
  const example = /```yaml\n([^`]*)```/.exec(guide)?.[1] ?? "";
  expect(example).toContain("queue:");
  const keys = [...example.matchAll(/^ *([a-z_]+):/gm)].map(([, key]) => key);
  expect(keys).toEqual(["logs", "timezone", "queue", "interval", "listen"]);
});
