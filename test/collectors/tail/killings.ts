// A log is written and rotated while its follower is killed again and again, at no particular moment.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { parseCursor } from "../../../collectors/tail/cursor.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { newFolder } from "./follow.ts";
import { dice, Rotator, type Scheme } from "./rotator.ts";

/** Every one of `lines` lines must have been counted once when the follower was killed `kills` times. */
export async function surviveKilling(scheme: Scheme, lines: number, kills: number, seed: number): Promise<void> {
  const roll = dice(seed);
  const folder = newFolder();
  const path = join(folder, "mail.log");
  const state = join(folder, "state.db");
  const done = join(folder, "done");
  // A follower that is killed all the time may fall far behind.
  const log = new Rotator(path, scheme, 200);
  const start = (): ChildProcess =>
    spawn(process.execPath, [join(import.meta.dirname, "killed-child.ts"), path, state, String(lines), done], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  const share = Math.ceil(lines / kills);
  let caughtWorking = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = start();
    const exit = once(child, "exit");
    // Some are killed while they start, the others while they read.
    if (roll(8) > 0 && child.stdout !== null) {
      await Promise.race([once(child.stdout, "data"), exit]);
      caughtWorking++;
    }
    const until = Math.min(lines, (kill + 1) * share);
    let left = 1 + roll(12);
    while (log.written < until) {
      const most = Math.max(1, Math.ceil(share / 12));
      log.append(Math.min(until - log.written, 1 + roll(most)));
      if (roll(10) === 0 && log.written < until) log.appendHalf();
      if (roll(40) === 0) log.rotate(roll(2) === 0 || log.written + 3 > until ? 0 : 3);
      if (left-- > 0) await pause(roll(8));
    }
    expect(child.exitCode).toBe(null);
    child.kill("SIGKILL");
    await exit;
  }
  log.finishLine();
  expect(log.written).toBe(lines);
  expect(caughtWorking).toBeGreaterThan(kills / 2);
  writeFileSync(done, "");
  const [code] = await once(start(), "exit");
  expect(code).toBe(0);
  const store = openSqliteStore(state);
  const checkpoint = store.load();
  store.close();
  log.close();
  const counts = checkpoint?.parts.get("counts") ?? new Uint8Array();
  const wrong: string[] = [];
  counts.forEach((count, n) => {
    if (count !== 1) wrong.push(`line ${n}: ${count} times`);
  });
  expect([counts.length, wrong.slice(0, 20), wrong.length, checkpoint?.version]).toEqual([lines, [], 0, 0]);
  const cursor = parseCursor(checkpoint?.cursors[0]?.cursor ?? "");
  expect([cursor?.gapBytes, cursor?.rotations]).toEqual([0, log.rotations]);
}
