// Programs that tests need beside Node, and what to say if one is missing.

import { spawnSync } from "node:child_process";

/** Why a test that needs this program is skipped; undefined if the program is there. */
export function missing(program: string, debianPackage: string): string | undefined {
  const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
  return error === undefined ? undefined : `${program} is not installed: apt-get install ${debianPackage}`;
}
