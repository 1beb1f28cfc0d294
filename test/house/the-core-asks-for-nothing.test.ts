import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, sources } from "./sources.ts";

const planted: Readonly<Record<string, string>> = {
  "src/core/a.ts": "export const asked = Date.now();",
  "src/core/b.ts": "export const asked = Date();",
  "src/core/c.ts": "export const asked = new Date();",
  "src/core/d.ts": "export const asked = [1].map(Math.random);",
  "src/core/events/e.ts": "export const asked = performance.now();",
  "src/core/events/f.ts": "export const asked = crypto.randomUUID();",
  "src/core/events/g.ts": "export const asked = Temporal.Now.instant();",
  "src/core/events/h.ts": "export const asked = process.env;",
  "src/core/events/i.ts": "export const asked = globalThis.Date;",
};

const allowed: Readonly<Record<string, string>> = {
  "src/app/j.ts": "export const now = Date.now();",
  "src/core/k.ts": "export const day = (at: number) => new Date(at).toISOString();",
};

const folder = mkdtempSync(join(tmpdir(), "lint-"));
let said = "";

// The linter runs over a copy of its settings beside planted files, so that nothing is planted in the real tree.
beforeAll(() => {
  for (const name of ["biome.json", "lint"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries({ ...planted, ...allowed })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${text}\n`);
  }
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "lint", "--vcs-enabled=false", "--colors=off", "--max-diagnostics=none", "src"];
  const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  said = `${ran.stdout}${ran.stderr}`;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function objects(name: string): boolean {
  return said.split("\n").some((line) => line.startsWith(`${name}:`) && line.includes(" plugin "));
}

test.each(Object.entries(planted))("the linter objects in %s to %s", (name) => {
  expect(objects(name)).toBe(true);
});

test.each(Object.entries(allowed))("the linter has nothing against %s with %s", (name) => {
  expect(said).toContain(`Checked ${Object.keys({ ...planted, ...allowed }).length} files`);
  expect(objects(name)).toBe(false);
});

test("no file of the core tells the linter or the compiler to look away", () => {
  const core = sources().filter((file) => file.path.startsWith("src/core/"));
  expect(core.length).toBeGreaterThan(10);
  const blind = core.filter((file) => /biome-ignore.*plugin|@ts-(ignore|nocheck|expect-error)/.test(file.text));
  expect(blind.map((file) => file.path)).toEqual([]);
});
