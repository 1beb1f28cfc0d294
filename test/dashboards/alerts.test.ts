import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { missing } from "../support/programs.ts";

const lacks = missing("promtool", "prometheus");
const note = lacks ?? "promtool is installed";
const folder = fileURLToPath(new URL("../../dashboards/prometheus/", import.meta.url));
const rules = readFileSync(join(folder, "rules/mailtide-alerts.yml"), "utf8");
const cases = readFileSync(join(folder, "tests/mailtide-alerts.test.yml"), "utf8");

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

test.skipIf(lacks !== undefined)(`promtool accepts the rules (${note})`, () => {
  const { status, said } = promtool("check", "rules", join(folder, "rules/mailtide-alerts.yml"));
  expect(said).toContain("10 rules found");
  expect(status, said).toBe(0);
});

test.skipIf(lacks !== undefined)(`alerts fire, keep quiet, and are inhibited, case by case (${note})`, () => {
  const { status, said } = promtool("test", "rules", join(folder, "tests/mailtide-alerts.test.yml"));
  expect(status, said).toBe(0);
});

// Each clause of the rules is there for a case: without it, some case has to fail.
const inMaintenance = "unless on (job, instance)\n          mailtide_maintenance_active ==";
test.skipIf(lacks !== undefined).each([
  ["blind, with its numbers still there", "mailtide_blind == 1", "mailtide_blind == 7"],
  ["the numbers of other alerts absent", "mailtide_blind unless on", "mailtide_blind > 7 unless on"],
  ["a report that is old", '{demonstration=""} > 180', '{demonstration=""} > 1e9'],
  ["a demonstration is no failure", '{demonstration=""}', ""],
  ["not scraped", 'up{job="mailtide"} == 0', 'up{job="mailtide"} == 7'],
  ["nothing there at all", "absent(mailtide_report_timestamp_seconds)", "absent(unrelated)"],
  ["growing", "stalled|growing", "stalled"],
  ["a few dead addresses", ">= 20", ">= 1"],
  ["unknown, and no smaller", 'state="unknown"} == 1', 'state="unknown"} == 7'],
  ["unknown, but smaller", "offset 30m", "offset 0s"],
  ["usual expiry", "5 + 3 *", "5 + 0 *"],
  ["quiet in maintenance: the backlog", `>= 20\n          ${inMaintenance} 1`, `>= 20\n          ${inMaintenance} 7`],
  ["quiet in maintenance: expiry", `)\n          ${inMaintenance} 1`, `)\n          ${inMaintenance} 7`],
  ["six hours", 'within="6h"', 'within="24h"'],
  ["an address that does not serve", "mailtide_probe_up{demonstration", "mailtide_probe_uq{demonstration"],
  ["a demonstration of addresses", 'mailtide_probe_up{demonstration=""}', "mailtide_probe_up"],
  ["quiet in maintenance: addresses", `== 0\n          ${inMaintenance} 1`, `== 0\n          ${inMaintenance} 7`],
  ["a certificate's last week", "7 * 86400", "6 * 86400"],
  ["one hour", 'within="1h"', 'within="24h"'],
  ["senders: six hours", 'giving_up_messages{within="6h"}', 'giving_up_messages{within="24h"}'],
  ["senders: one hour", 'giving_up_messages{within="1h"}', 'giving_up_messages{within="6h"}'],
  ["senders: a handful is within the error", "> 5\n          unless", "> 1\n          unless"],
  ["quiet in maintenance: senders", `> 5\n          ${inMaintenance} 1`, `> 5\n          ${inMaintenance} 7`],
] as const)(`the cases notice the loss of: %s (${note})`, (_what, from, to) => {
  expect(rules).toContain(from);
  const copy = mkdtempSync(join(tmpdir(), "alerts-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const name of ["rules", "tests"]) mkdirSync(join(copy, name));
  writeFileSync(join(copy, "rules/mailtide-alerts.yml"), rules.replaceAll(from, to));
  writeFileSync(join(copy, "tests/mailtide-alerts.test.yml"), cases);
  const { status, said } = promtool("test", "rules", join(copy, "tests/mailtide-alerts.test.yml"));
  expect(status, said).not.toBe(0);
});
