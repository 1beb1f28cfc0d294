// What mailtide remembers across restarts. SQLite is the embedded default; another store passes the same suite.

import type { Instant } from "../core/time.ts";

/** How far one source has been read: opaque to the store, written by the collector that owns it. */
export interface CursorRecord {
  /** Stable name of the source. */
  readonly source: string;
  /** JSON text. */
  readonly cursor: string;
}

/**
 * Everything that must be true together: how far every source was read, and the state that came from exactly
 * those bytes. One commit replaces the whole of it, or nothing.
 */
export interface Checkpoint {
  readonly at: Instant;
  /** Version of the state's form; a store hands back what it was given. */
  readonly version: number;
  readonly cursors: readonly CursorRecord[];
  /** Parts of the state by name. Bytes are the caller's; the store copies them before `commit` returns. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** One minute of history for charts and for learning what is usual. */
export interface HistoryRow {
  /** Start of the minute. */
  readonly at: Instant;
  /** Name to number; names are few and fixed (`accepted`, `delivered`, `backlog`, …). */
  readonly values: Readonly<Record<string, number>>;
}

export interface Store {
  /** The last committed checkpoint, or undefined if there is none. Throws `Fault("state-corrupt")` if it cannot be trusted. */
  load(): Checkpoint | undefined;
  /** Atomic and durable: after it returns a crash finds this one; a crash in it finds the old one. Throws `Fault("state-unwritable")`. */
  commit(checkpoint: Checkpoint): void;
  /** Adds rows, replacing those of the same minute. */
  remember(rows: readonly HistoryRow[]): void;
  /** Rows of `[from, to)` in order. */
  history(from: Instant, to: Instant): HistoryRow[];
  /** Forgets rows before `before`. Answers how many. */
  forget(before: Instant): number;
  close(): void;
}

/** A kind of store: a folder whose index.ts default-exports one value that ends in `satisfies StoreKind`. */
export interface StoreKind {
  /** Folder name. */
  readonly name: string;
  /** Opens the store at a place (for SQLite: a file's path); with `readOnly` only to look, beside the one that keeps it. Throws a Fault. */
  open(place: string, options?: { readonly readOnly?: boolean }): Store;
}
