// What a webhook remembers over a restart: which updates were seen, and what is still to be delivered. One small file, written
// beside and renamed, before anything is sent: so an update is delivered at least once.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { z } from "zod";
import type { Instant } from "../../core/time.ts";

export interface Delivery {
  /** Of the target. */
  readonly target: string;
  /** Of the update: sent as `webhook-id` and `idempotency-key`. */
  readonly key: string;
  readonly body: string;
  /** When it became due first. */
  readonly since: Instant;
  readonly tries: number;
  readonly next: Instant;
}

export interface Remembered {
  /** Keys of updates, oldest first, that need not be looked at again. */
  readonly seen: readonly string[];
  readonly pending: readonly Delivery[];
}

const schema = z.object({
  version: z.literal(1),
  seen: z.array(z.string()),
  pending: z.array(
    z.object({
      target: z.string(),
      key: z.string(),
      body: z.string(),
      since: z.number(),
      tries: z.number(),
      next: z.number(),
    }),
  ),
});

/** What the file holds; undefined if there is none, or none that can be read. */
export function recall(file: string): Remembered | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Keeps all of it, durably. Throws if that fails; the old file is then as it was. */
export function keep(file: string, remembered: Remembered): void {
  const part = `${file}.part`;
  try {
    // Bodies are public; the file is no one else's business all the same.
    const opened = openSync(part, "w", 0o600);
    try {
      writeSync(opened, JSON.stringify({ version: 1, ...remembered }));
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
