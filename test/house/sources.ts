// Reads the repository as the architecture tests see it: each file with its imports.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The top folder of the clone. */
export const root = join(import.meta.dirname, "..", "..");

/** One import as written: what it names, and whether only types cross. */
export interface Import {
  /** A path from the top folder for our own files, else the package's name (`node:fs`, `zod`). */
  readonly target: string;
  readonly own: boolean;
  readonly typesOnly: boolean;
}

/** One source file. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const statement =
  /^\s*(?:import|export)\s+(?:(type\s+)?([\w$*\s{},]+?)\s*from\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)/gm;

function onlyTypes(keyword: string | undefined, names: string): boolean {
  if (keyword !== undefined) return true;
  const braced = /^\{([^}]*)\}$/.exec(names.trim());
  const parts = (braced?.[1] ?? "").split(",").filter((part) => part.trim() !== "");
  return parts.length > 0 && parts.every((part) => part.trim().startsWith("type "));
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}

/** A file out of its path and text; for the real tree, and for planted ones. */
export function source(path: string, text: string): Source {
  const imports: Import[] = [];
  for (const [, keyword, names = "", from, dynamic] of text.matchAll(statement)) {
    const specifier = from ?? dynamic ?? "";
    const own = specifier.startsWith(".");
    const target = own ? normalize(join(dirname(path), specifier)) : packageOf(specifier);
    imports.push({ target, own, typesOnly: dynamic === undefined && onlyTypes(keyword, names) });
  }
  return { path, text, imports };
}

/** Every file that is or is about to be in the repository: what git ignores is not ours. */
export function repositoryFiles(): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 }).split("\0");
  return names.filter((name) => name !== "" && existsSync(join(root, name))).sort();
}

/** The text of one file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every TypeScript and JavaScript file of the repository. */
export function sources(): Source[] {
  const names = repositoryFiles().filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith(".d.ts"));
  return names.map((name) => source(name, textOf(name)));
}
