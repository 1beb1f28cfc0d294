// Reads the time of the next attempt of each queued message from the file system, for MTAs that keep it there.

import { readdirSync, statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import type { Instant } from "../../src/core/time.ts";

/** Hashed folders are two or three deep; a link that leads back up is not followed for ever. */
const DEEPEST = 8;

/** Files looked at in one go, before others get their turn. */
const IN_ONE_GO = 1000;

/**
 * Queue id to next attempt, for a whole queue: 16 bytes a place, so that a million waiting messages take some 32 MiB. Ids
 * are kept as two independent hashes: that two ids of one queue share both is less likely than a misread bit.
 */
export class NextAttempts {
  size = 0;
  #mask = 1023;
  #hashes = new Int32Array(2048);
  #times = new Float64Array(1024).fill(Number.NaN);

  set(id: Uint8Array, at: Instant): void {
    if (this.size * 2 > this.#mask) this.#grow();
    this.#put(firstHash(id, 0, id.length), secondHash(id, 0, id.length), at);
  }

  /** When the message with the id in `bytes[start, end)` is tried next; `NaN` if that is not known. */
  get(bytes: Uint8Array, start: number, end: number): Instant {
    const first = firstHash(bytes, start, end);
    const second = secondHash(bytes, start, end);
    for (let place = first & this.#mask; ; place = (place + 1) & this.#mask) {
      const time = this.#times[place];
      if (Number.isNaN(time)) return time;
      if (this.#hashes[place * 2] === first && this.#hashes[place * 2 + 1] === second) return time;
    }
  }

  #put(first: number, second: number, at: Instant): void {
    let place = first & this.#mask;
    for (; !Number.isNaN(this.#times[place]); place = (place + 1) & this.#mask) {
      if (this.#hashes[place * 2] === first && this.#hashes[place * 2 + 1] === second) {
        this.#times[place] = at;
        return;
      }
    }
    this.#hashes[place * 2] = first;
    this.#hashes[place * 2 + 1] = second;
    this.#times[place] = at;
    this.size++;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const times = this.#times;
    const places = (this.#mask + 1) * 2;
    this.#mask = places - 1;
    this.#hashes = new Int32Array(places * 2);
    this.#times = new Float64Array(places).fill(Number.NaN);
    this.size = 0;
    for (let i = 0; i < times.length; i++) {
      if (!Number.isNaN(times[i])) this.#put(hashes[i * 2], hashes[i * 2 + 1], times[i]);
    }
  }
}

/** FNV-1a. */
function firstHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash ^ (hash >>> 15);
}

/** The same frame with another multiplier and mixing. */
function secondHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x9e3779b9 | 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i], 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}

/**
 * Walks the folder and its hashed folders. Undefined if it may not be read or is not there; files that leave
 * meanwhile are passed over.
 */
export async function readSpoolTimes(folder: string): Promise<NextAttempts | undefined> {
  const times = new NextAttempts();
  const folders = [{ path: folder, depth: 0 }];
  const encoder = new TextEncoder();
  let looked = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const { path, depth } = next;
    let names: string[];
    try {
      names = readdirSync(path);
    } catch (error) {
      if (depth === 0 || isForbidden(error)) return undefined;
      continue;
    }
    for (const name of names) {
      if (++looked % IN_ONE_GO === 0) await breathe();
      const stat = quietly(`${path}/${name}`);
      if (stat === undefined) continue;
      if (stat.isDirectory()) {
        if (depth < DEEPEST) folders.push({ path: `${path}/${name}`, depth: depth + 1 });
      } else if (stat.isFile()) times.set(encoder.encode(name), Math.round(stat.mtimeMs));
    }
  }
  return times;
}

function quietly(path: string): { isDirectory(): boolean; isFile(): boolean; readonly mtimeMs: number } | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isForbidden(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EACCES" || code === "EPERM";
}
