// A copy is made again and again, its maker is killed at no particular moment, and somebody reads all the time.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { indexName } from "../../../src/app/export/site-copy.ts";
import { dice } from "../../support/made-log.ts";
import { brokenFiles, visibleFiles } from "./whole.ts";

export interface Survived {
  readonly kills: number;
  /** Copies that were finished over all lives. */
  readonly copies: number;
  /** Times that the whole folder was read. */
  readonly readings: number;
  /** Kills that left a file behind that was not finished. */
  readonly caughtWriting: number;
}

/** After so many kills nobody has seen half a file, and the next copy is right. */
export async function surviveKilling(kills: number, seed: number): Promise<Survived> {
  const roll = dice(seed);
  const folder = mkdtempSync(join(tmpdir(), "export-"));
  let copies = 0;
  let readings = 0;
  let caughtWriting = 0;
  let number = 0;
  const seen: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const args = [join(import.meta.dirname, "killed-child.ts"), folder, String(number)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (piece: Buffer) => {
      const numbers = piece.toString().trim().split("\n").map(Number);
      copies += numbers.length;
      number = Math.max(number, ...numbers.map((n) => n + 1));
    });
    const ended = once(child, "close");
    // It has begun to write; from here on any moment will do.
    await Promise.race([once(child.stdout, "data"), ended]);
    const until = performance.now() + roll(120);
    do {
      seen.push(...brokenFiles(folder));
      readings++;
      await pause(1);
    } while (performance.now() < until);
    child.kill("SIGKILL");
    const [, signal] = await ended;
    expect(signal).toBe("SIGKILL");
    seen.push(...brokenFiles(folder));
    readings++;
    const corner = join(folder, ".mailtide");
    if (readdirSync(corner).some((name) => name.endsWith(".part"))) caughtWriting++;
    expect(seen).toEqual([]);
  }
  // The last life cleared up what those before it left, and its list is right.
  const names = visibleFiles(folder);
  const index = JSON.parse(readFileSync(join(folder, indexName), "utf8")) as { files: { name: string }[] };
  expect(names).toEqual(expect.arrayContaining(index.files.map(({ name }) => name)));
  expect(readdirSync(join(folder, ".mailtide")).filter((name) => name.endsWith(".part")).length).toBeLessThanOrEqual(1);
  rmSync(folder, { recursive: true });
  return { kills, copies, readings, caughtWriting };
}
