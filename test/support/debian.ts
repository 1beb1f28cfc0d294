// Installs the programs that tests run against: only what is missing, only as root on a Debian-like machine, and
// without letting any of them start a daemon. Elsewhere it says the exact command, and the tests that need one skip.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program, the Debian package that brings it, and what is not tested without it. */
export interface Program {
  readonly command: string;
  readonly debian: string;
  readonly needed: string;
}

/** Every program from outside that a test runs. */
export const programs: readonly Program[] = [
  { command: "postfix", debian: "postfix", needed: "a real Postfix taken through an outage" },
  { command: "promtool", debian: "prometheus", needed: "metrics and alert rules held to Prometheus' own checker" },
  { command: "prometheus", debian: "prometheus", needed: "dashboard queries answered by a real Prometheus" },
  { command: "chromium", debian: "chromium", needed: "the public page as people see it, in a real browser" },
  { command: "w3m", debian: "w3m", needed: "the public page as read in a text browser" },
];

/** Where a program lies on PATH, or `undefined`. */
export function locate(command: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

const guard = "/usr/sbin/policy-rc.d";

/** Runs `work` while the package tools are told to start no service, and leaves a policy that was there as it was. */
async function withoutStartingServices<T>(work: () => Promise<T>): Promise<T> {
  const ours = !existsSync(guard);
  if (ours) writeFileSync(guard, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await work();
  } finally {
    if (ours) rmSync(guard, { force: true });
  }
}

function apt(args: readonly string[]): Promise<[number, string]> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  return new Promise((resolve) => {
    const child = spawn("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    const keep = (chunk: Buffer) => {
      printed += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve([1, error.message]));
    child.on("close", (code) => resolve([code ?? 1, printed]));
  });
}

/** A fresh Postfix is to listen on loopback only, and nothing is to start at the next boot of a machine with systemd. */
function keepQuiet(packages: readonly string[], before: boolean): void {
  if (before && packages.includes("postfix")) {
    const input = "postfix postfix/main_mailer_type select Local only\n";
    spawnSync("debconf-set-selections", { input });
  }
  if (!before && existsSync("/run/systemd/system")) spawnSync("systemctl", ["disable", "--quiet", ...packages]);
}

function say(line: string): void {
  process.stderr.write(`mailtide: ${line}\n`);
}

async function install(packages: readonly string[]): Promise<void> {
  const list = packages.join(" ");
  say(`installing what the tests run against (${list}) ...`);
  keepQuiet(packages, true);
  const began = performance.now();
  const [code, printed] = await withoutStartingServices(async () => {
    const updated = await apt(["update"]);
    const installed = await apt(["install", "-y", "--no-install-recommends", ...packages]);
    return installed[0] === 0 ? installed : ([installed[0], `${updated[1]}\n${installed[1]}`] as [number, string]);
  });
  const took = ((performance.now() - began) / 1000).toFixed(0);
  if (code === 0) {
    keepQuiet(packages, false);
    say(`installed ${list} (${took} s)`);
    return;
  }
  const why = printed.split("\n").findLast((line) => line.startsWith("E:")) ?? `apt-get ended with ${code}`;
  say(`could not install ${list} (${why.trim()}): run \`apt-get update && apt-get install ${list}\`, then test again.`);
}

/** Installs the missing programs where it may; else says how, and lets the run go on without them. */
export async function installMissingPrograms(): Promise<void> {
  const missing = programs.filter((program) => locate(program.command) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => program.debian))];
  if (locate("apt-get") !== undefined && process.getuid?.() === 0) return install(packages);
  const needs = missing.map((program) => program.needed).join("; ");
  say(
    `not tested without them: ${needs}. To install: sudo apt-get install --no-install-recommends ${packages.join(" ")}`,
  );
}
