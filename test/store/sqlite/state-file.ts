// A state file in a folder of its own, and how to wait for nothing: faults are caught as values.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { Fault } from "../../../src/core/fault.ts";
import type { Checkpoint } from "../../../src/store/store.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A path for a state file; its folder is gone after the test. */
export function newStatePath(): string {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-state-"));
  folders.push(folder);
  return join(folder, "state.db");
}

/** A checkpoint whose bytes all say which one it is. */
export function numberedCheckpoint(n: number, size: number): Checkpoint {
  const cursors = [{ source: "log", cursor: JSON.stringify({ offset: n }) }];
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 7 + (i >> 9) + n) & 0xff;
  return { at: n, version: 1, cursors, parts: new Map([["ledger", bytes]]) };
}

/** The fault that `work` throws; fails if it throws something else or nothing. */
export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("no fault");
}

/** Whether it is the checkpoint of this number and size, whole. */
export function isCheckpoint(loaded: Checkpoint | undefined, n: number, size: number): boolean {
  const wanted = numberedCheckpoint(n, size);
  const [part, bytes] = [loaded?.parts.get("ledger"), wanted.parts.get("ledger")];
  if (loaded === undefined || part === undefined || bytes === undefined) return false;
  return loaded.at === n && loaded.cursors[0]?.cursor === wanted.cursors[0].cursor && Buffer.compare(part, bytes) === 0;
}
