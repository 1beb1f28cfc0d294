// A log grows while its watcher is killed again and again, at no particular moment.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import type { Report } from "../../src/core/report.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { liveHeart } from "../support/live-heart.ts";
import { dice, type MadeLog, makeLog } from "../support/made-log.ts";

export interface Survived {
  readonly lines: number;
  readonly kills: number;
  /** Checkpoints that were kept, and lives that kept at least one. */
  readonly kept: number;
  readonly livesThatKept: number;
}

/** What the log says about the world, without how it was looked at. */
function told(report: Report): object {
  const { totals, destinations, reasons, attemptsByReason, deliveryDelay, stageDelay, timeline, instances } = report;
  const downtime = report.downtime.filter(({ to }) => to !== undefined);
  return { totals, destinations, reasons, attemptsByReason, deliveryDelay, stageDelay, timeline, instances, downtime };
}

async function readAll(log: string, now: number, state?: string): Promise<Report> {
  const store = state === undefined ? undefined : openSqliteStore(state);
  const heart = await liveHeart({ logs: [log] }, store, { ...postfix, listings: () => [] });
  let report = await heart.beat(now);
  while (heart.feed.behind) report = await heart.beat(now);
  await heart.feed.close();
  store?.close();
  expect(heart.complaints).toEqual([]);
  return report;
}

function expectTruth(report: Report, made: MadeLog): void {
  const { messages, recipients, attempts, refused, lines } = report.totals;
  const { truth } = made;
  expect(lines.read + lines.foreign + lines.unsupported + lines.malformed).toBe(made.lines);
  expect({
    accepted: messages.accepted,
    removed: messages.removed,
    delivered: recipients.delivered,
    bounced: recipients.bounced,
    expired: recipients.expired,
    deferredAttempts: attempts.deferred,
    refused,
    foreign: lines.foreign,
    malformed: lines.malformed,
  }).toEqual(truth);
  expect([lines.unsupported, report.backlog.messages]).toEqual([0, truth.accepted - truth.removed]);
}

/** After so many kills the watcher must know exactly what one who was never killed knows, and that must be the truth. */
export async function surviveKilling(lines: number, kills: number, seed: number): Promise<Survived> {
  const roll = dice(seed);
  const made = makeLog(lines, seed);
  const folder = mkdtempSync(join(tmpdir(), "killed-"));
  const log = join(folder, "mail.log");
  const state = join(folder, "state.sqlite");
  const done = join(folder, "done");
  const now = made.end + 60_000;
  let kept = 0;
  let livesThatKept = 0;
  writeFileSync(log, "");
  const start = (): ChildProcess => {
    const args = [join(import.meta.dirname, "killed-child.ts"), log, state, done, String(now)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let first = true;
    child.stdout?.on("data", (piece: Buffer) => {
      const count = piece.toString().split("kept").length - 1;
      if (count === 0) return;
      kept += count;
      if (first) livesThatKept++;
      first = false;
    });
    return child;
  };
  try {
    let written = 0;
    const append = (until: number): void => {
      // Wherever that cuts a line.
      appendFileSync(log, made.bytes.subarray(written, until));
      written = until;
    };
    const share = Math.ceil(made.bytes.length / kills);
    for (let kill = 0; kill < kills; kill++) {
      const child = start();
      const exit = once(child, "exit");
      const until = Math.min(made.bytes.length, (kill + 1) * share);
      // Some are killed while they start, some while they read for the first time, most while they read, keep, or wait.
      const life = roll(8);
      const before = kept;
      const pieces = 1 + roll(8);
      for (let piece = 1; piece <= pieces; piece++) {
        append(written + Math.floor((until - written) / (pieces - piece + 1)));
        if (piece === 1 && life > 0 && child.stdout !== null) await Promise.race([once(child.stdout, "data"), exit]);
        if (piece === 1 && life > 2) while (kept === before && child.exitCode === null) await pause(1);
        await pause(roll(25));
      }
      expect(child.exitCode).toBe(null);
      child.kill("SIGKILL");
      await exit;
    }
    expect(written).toBe(made.bytes.length);
    writeFileSync(done, "");
    const [code] = await once(start(), "exit");
    expect(code).toBe(0);
    const survivor = await readAll(log, now, state);
    const neverKilled = await readAll(log, now);
    expectTruth(neverKilled, made);
    expectTruth(survivor, made);
    expect(told(survivor)).toEqual(told(neverKilled));
    const sources = (report: Report) => report.observer.sources.map(({ name, lines: counts }) => [name, counts]);
    expect(sources(survivor)).toEqual(sources(neverKilled));
    return { lines: made.lines, kills, kept, livesThatKept };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
