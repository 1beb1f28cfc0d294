// Writes the dashboards: `node dashboards/generate.ts`. With `--check` it only says whether they are up to date.

import { readFileSync, writeFileSync } from "node:fs";
import { drainDashboard } from "./drain.ts";

/** File to what belongs into it. */
export function generated(): ReadonlyMap<URL, string> {
  return new Map([
    [new URL("./grafana/drain.json", import.meta.url), `${JSON.stringify(drainDashboard(), null, 2)}\n`],
  ]);
}

/** Committed files that differ from what would be written now. */
export function drifted(): string[] {
  const stale: string[] = [];
  for (const [file, text] of generated()) {
    let committed = "";
    try {
      committed = readFileSync(file, "utf8");
    } catch {
      // Missing counts as different.
    }
    if (committed !== text) stale.push(file.pathname);
  }
  return stale;
}

if (import.meta.main) {
  if (process.argv.includes("--check")) {
    const stale = drifted();
    for (const file of stale) console.error(`${file} is out of date: run node dashboards/generate.ts`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const [file, text] of generated()) writeFileSync(file, text);
  }
}
