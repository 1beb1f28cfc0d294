// Finds and stops the processes that a test run started and did not stop.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // the process is gone, or belongs to someone else
  }
}

/**
 * Processes of the run whose temporary folder is `scratch`: those that carry it in their environment, their arguments
 * or their working directory. The last is needed because Postfix clears the environment of its daemons.
 */
export function leftovers(scratch: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return found; // no /proc here: nothing can be said
  }
  for (const name of names) {
    const pid = Number(name);
    if (pid === process.pid || pid === process.ppid) continue;
    const command = quietly(() => readFileSync(`/proc/${name}/cmdline`, "utf8"))
      .replaceAll("\0", " ")
      .trim();
    if (command === "") continue; // a kernel thread, or a process that has ended and waits for its parent
    const environment = quietly(() => readFileSync(`/proc/${name}/environ`, "utf8"));
    const folder = quietly(() => readlinkSync(`/proc/${name}/cwd`));
    if (`${command}\n${environment}\n${folder}`.includes(scratch)) found.push({ pid, command });
  }
  return found;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}

/** Whether nothing of the run is left within `patience` milliseconds. */
async function gone(scratch: string, patience: number): Promise<boolean> {
  const until = performance.now() + patience;
  while (leftovers(scratch).length > 0) {
    if (performance.now() > until) return false;
    await wait(20);
  }
  return true;
}

/**
 * Stops what is left, first kindly, and returns a line for each process that had to be stopped. A child of a child
 * that ended a moment ago may still be on its way out: for `patience` milliseconds that is not being left.
 */
export async function stopLeftovers(scratch: string, patience = 2000): Promise<string[]> {
  if (await gone(scratch, patience)) return [];
  const left = leftovers(scratch);
  for (const { pid } of left) send(pid, "SIGTERM");
  if (!(await gone(scratch, patience))) for (const { pid } of leftovers(scratch)) send(pid, "SIGKILL");
  return left.map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`);
}
