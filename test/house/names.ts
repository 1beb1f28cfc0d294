// What a file may be called, and what it may hold, whatever its room.

import type { Source } from "./sources.ts";

/** Names that say nothing about what is inside. */
const empty = /(^|[-_.])(utils?|helpers?|common|shared|misc|manager|base|stuff)([-_.]|$)/i;

/** The front doors of variants: the only files called index, and the only ones of ours with a default export. */
const frontDoor =
  /^(collectors\/dialects|src\/(store|wire|publishers)|src\/core\/status\/languages)\/[^/]+\/index\.ts$/;

/** Files whose default export a tool asks for. */
const askedByTool = /^(vitest\.config|test\/support\/reporter)\.ts$/;

function nameFault(path: string): string | undefined {
  const parts = path.split("/");
  const hollow = parts.find((part) => empty.test(part.replace(/\.(test|long)?\.?(ts|mjs)$/, "")));
  if (hollow !== undefined) return `"${hollow}" says nothing about what is inside`;
  if (parts.at(-1) === "index.ts" && !frontDoor.test(path)) return "only a variant's front door is called index.ts";
  return parts.some((part) => part !== part.toLowerCase())
    ? "names are lower case, words joined by hyphens"
    : undefined;
}

function barrel(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").trim();
  const rest = code.replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s*from\s*["'][^"']+["'];?/g, "").trim();
  return code !== "" && rest === "";
}

/** Every file that is called or built against the habits of the house, one sentence each. */
export function habitFaults(files: readonly Source[]): string[] {
  const faults: string[] = [];
  for (const { path, text } of files) {
    const named = nameFault(path);
    if (named !== undefined) faults.push(`${path}: ${named}`);
    if (barrel(text)) faults.push(`${path}: hands on what others hold; import it from where it is`);
    const defaults = /^export default\b/m.test(text);
    if (defaults && !frontDoor.test(path) && !askedByTool.test(path)) {
      faults.push(`${path}: only a variant's front door has a default export`);
    }
    if (frontDoor.test(path) && !(defaults && /\bsatisfies\b/.test(text))) {
      faults.push(`${path}: a front door default-exports one value that ends in "satisfies" its contract`);
    }
    for (const [, name, parent] of text.matchAll(/^(?:export )?(?:abstract )?class (\w+) extends ([\w.]+)/gm)) {
      if (parent !== "Error") faults.push(`${path}: ${name} inherits from ${parent}; only Error is inherited from`);
    }
  }
  return faults;
}
