// docs/running.md is followed by people to the letter: its service file is one, and does what the text around it says.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { variables } from "../../src/app/config.ts";

const root = join(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "docs/running.md"), "utf8");
const unit = /```ini\n([^`]*)```/.exec(guide)?.[1] ?? "";
const settings = new Map([...unit.matchAll(/^([A-Za-z]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

test("the service has the rights that it needs, and none of the options that stop it", () => {
  expect(settings.size).toBeGreaterThan(15);
  expect(settings.get("SupplementaryGroups")?.split(" ")).toEqual(["adm", "postdrop"]);
  expect(settings.get("NoNewPrivileges")).toBe("yes");
  expect(settings.has("User")).toBe(true);
  for (const fatal of ["MemoryDenyWriteExecute", "PrivateNetwork"]) {
    expect(settings.has(fatal)).toBe(false);
    expect(guide).toContain(`**\`${fatal}=yes\``);
  }
  // Where the state is kept unless told otherwise.
  expect(settings.get("StateDirectory")).toBe("mailtide");
  // A fault at the start is not mended by starting again.
  expect(settings.get("RestartPreventExitStatus")).toBe("2");
});

test("the settings that it gives exist", () => {
  const named = [...guide.matchAll(/\bMAILTIDE_[A-Z_]+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect([...variables().keys()]).toContain(name);
});

test("systemd has nothing to say against it", ({ skip }) => {
  if (spawnSync("systemd-analyze", ["--version"]).error !== undefined) skip("systemd-analyze is not installed");
  const folder = mkdtempSync(join(tmpdir(), "unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "mailtide.service");
  const verify = (text: string) => {
    writeFileSync(file, text.replace("/usr/bin/node", process.execPath));
    const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    return `${stdout}${stderr}`.split("\n").filter((line) => line.includes("mailtide.service"));
  };
  expect(verify(unit)).toEqual([]);
  expect(verify(unit.replace("NoNewPrivileges=yes", "NoNewPriviledges=yes"))).toHaveLength(1);
});
