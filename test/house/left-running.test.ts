import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { leftovers, stopLeftovers } from "../support/leftovers.ts";

// A fresh folder stands for the run, so that this test's own children are the only processes that belong to it.
const scratch = mkdtempSync(join(tmpdir(), "left-"));
const elsewhere = tmpdir();
let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill("SIGKILL");
});

const loop = "process.stdout.write('up'); setInterval(() => {}, 1000);";
const stubborn = `process.on('SIGTERM', () => {}); ${loop}`;

async function started(script: string, cwd: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<number> {
  const born = spawn(process.execPath, ["-e", script, ...args], { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  child = born;
  await new Promise((resolve) => born.stdout.once("data", resolve));
  return born.pid ?? 0;
}

test.skipIf(process.platform !== "linux").each<[string, string, NodeJS.ProcessEnv, string]>([
  ["its environment", elsewhere, { MAILTIDE_TEST_RUN: scratch }, ""],
  ["its working directory", scratch, {}, ""],
  ["its arguments", elsewhere, {}, join(scratch, "main.cf")],
])("a process that a test leaves running is known by %s, stopped and reported", async (_by, cwd, env, argument) => {
  const pid = await started(loop, cwd, env, argument);
  expect((await stopLeftovers(scratch, 100)).map((line) => Number.parseInt(line, 10))).toEqual([pid]);
  await expect.poll(() => leftovers(scratch)).toEqual([]);
});

test.skipIf(process.platform !== "linux")("a process that will not end is ended", async () => {
  await started(stubborn, scratch, {});
  expect(await stopLeftovers(scratch, 100)).toHaveLength(1);
  await expect.poll(() => leftovers(scratch)).toEqual([]);
});

test("processes of others are left alone", async () => {
  const pid = await started(loop, elsewhere, {});
  expect(await stopLeftovers(scratch, 100)).toEqual([]);
  expect(process.kill(pid, 0)).toBe(true);
  rmSync(scratch, { recursive: true });
});
