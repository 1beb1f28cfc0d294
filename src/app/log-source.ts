// One log of a running mail server: followed, read, recorded, and how that goes.

import { z } from "zod";
import type { LogReader } from "../../collectors/dialect.ts";
import { type Cursor, parseCursor } from "../../collectors/tail/cursor.ts";
import { type ReadOutcome, Tail } from "../../collectors/tail/tail.ts";
import { EventBatch, type LineCounts } from "../core/events/batch.ts";
import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import type { SourceView } from "../core/report.ts";
import type { Duration, Instant } from "../core/time.ts";
import type { CursorRecord } from "../store/store.ts";
import { inWords } from "./complaint.ts";

/** Bytes that are read before others get their turn. */
const atOnce = 16 * 1024 * 1024;

const answers = ["read", "foreign", "unsupported", "malformed"] as const;

/** Kept beside the cursor: counters survive a restart. */
const keptLines = z.object({
  lines: z.object({ read: z.number(), foreign: z.number(), unsupported: z.number(), malformed: z.number() }),
});

export class LogSource {
  readonly path: string;
  readonly #tail: Tail;
  readonly #reader: LogReader;
  readonly #lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  readonly #batch = new EventBatch();
  #outcome: ReadOutcome | undefined;
  /** A packed file that could not be read to its end. */
  #damaged: string | undefined;
  /** When the log could last be read; `NaN` if never. */
  lastGood: Instant = Number.NaN;
  /** Stamp of the newest line; `NaN` if none. */
  lastLine: Instant = Number.NaN;

  readonly #also: ((batch: EventBatch) => void) | undefined;

  /**
   * Goes on where `kept` says; `also` is given each batch after the observation. Throws `Fault("state-corrupt")` if
   * `kept` says nothing.
   */
  constructor(path: string, reader: LogReader, kept: string | undefined, also?: (batch: EventBatch) => void) {
    this.path = path;
    this.#also = also;
    this.#reader = reader;
    let cursor: Cursor | undefined;
    if (kept !== undefined) {
      cursor = parseCursor(kept);
      if (cursor === undefined) {
        throw new Fault(
          "state-corrupt",
          `The saved state does not say how far ${path} was read`,
          "Restore the state file from a backup, or move it away: the log is then read from its beginning.",
        );
      }
      Object.assign(this.#lines, keptLines.safeParse(JSON.parse(kept)).data?.lines);
    }
    this.#tail = new Tail(path, { cursor });
  }

  /** Reads what is new into `known`, at most so many reads of it. `steady` never goes back. */
  async follow(known: Observation, now: Instant, steady: Duration, reads: number): Promise<void> {
    for (let left = reads; left > 0; left--) {
      const outcome = await this.#tail.read((bytes, start, end) => this.#take(known, bytes, start, end), {
        now: steady,
        limit: atOnce,
      });
      this.#outcome = outcome;
      if (outcome.damaged !== undefined) this.#damaged = outcome.damaged;
      if (outcome.state === "following") this.lastGood = now;
      if (!outcome.more) return;
    }
  }

  #take(known: Observation, bytes: Uint8Array, start: number, end: number): void {
    const batch = this.#batch;
    let at = start;
    while (at < end) {
      batch.clear();
      at = this.#reader.read(bytes, at, end, batch);
      for (const answer of answers) this.#lines[answer] += batch.lines[answer];
      if (!Number.isNaN(batch.lastTime)) this.lastLine = batch.lastTime;
      known.record(batch);
      this.#also?.(batch);
    }
  }

  /** There is more to read at once. */
  get more(): boolean {
    return this.#outcome?.more === true;
  }

  get up(): boolean {
    return this.#outcome?.state === "following";
  }

  /** Why it cannot be read, with the next step; empty if it can. */
  get fault(): string {
    return this.#outcome?.fault === undefined ? "" : inWords(this.#outcome.fault);
  }

  /** A packed file that was damaged since the last call. */
  takeDamaged(): string | undefined {
    const damaged = this.#damaged;
    this.#damaged = undefined;
    return damaged;
  }

  view(now: Instant): SourceView {
    const { rotations, gapBytes } = this.#tail.counters();
    return {
      name: this.path,
      kind: "log",
      up: this.up,
      fault: this.fault,
      lastRead: Number.isNaN(this.lastGood) ? undefined : this.lastGood,
      lag: Number.isNaN(this.lastLine) ? undefined : Math.max(0, now - this.lastLine),
      lines: { ...this.#lines },
      rotations,
      gapBytes,
    };
  }

  /** How far it was read, with what was counted in it. */
  record(): CursorRecord {
    return { source: this.path, cursor: JSON.stringify({ ...this.#tail.cursor(), lines: this.#lines }) };
  }

  close(): void {
    this.#tail.close();
  }
}
