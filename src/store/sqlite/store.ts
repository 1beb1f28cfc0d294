// The state in one SQLite file: a checkpoint is one transaction, synced to the disk before `commit` returns.
//
// Parts of the state may be large (hundreds of megabytes) and change little, so they are kept in chunks with a digest each:
// a commit writes those chunks whose digest changed, a load believes only chunks whose digest fits.

import { hash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { MINUTE } from "../../core/time.ts";
import type { Checkpoint, CursorRecord, HistoryRow, Store } from "../store.ts";
import { APPLICATION, CHUNK, chunkKey, migrations } from "./schema.ts";
import { corrupt, inUse, isBusy, isFull, stateFault } from "./trouble.ts";

export interface SqliteOptions {
  /** Only look: takes no lock, so that a running mailtide's state can be read. Writing fails. */
  readonly readOnly?: boolean;
  /** The state file may not grow beyond this many bytes. */
  readonly maxBytes?: number;
}

/** Opens the state file at `path`, or makes it. Throws `Fault` if it is damaged, in use, or cannot be written. */
export function openSqliteStore(path: string, options: SqliteOptions = {}): Store {
  let lock: DatabaseSync | undefined;
  let database: DatabaseSync | undefined;
  try {
    if (options.readOnly !== true) {
      mkdirSync(dirname(path), { recursive: true });
      lock = takeLock(path);
    }
    database = new DatabaseSync(path, { readOnly: options.readOnly === true, timeout: 5000 });
    prepareDatabase(database, path, options);
    return new SqliteStore(path, database, lock);
  } catch (error) {
    database?.close();
    lock?.close();
    throw stateFault(path, error);
  }
}

/** A lock that the kernel lets go of when the process dies, however it dies. Readers of the state need none. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}-lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(path, error) : error;
  }
}

function prepareDatabase(database: DatabaseSync, path: string, { readOnly, maxBytes }: SqliteOptions): void {
  const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const version = pragma("user_version");
  const tables = Number(database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n);
  if (pragma("application_id") !== APPLICATION && (tables > 0 || readOnly === true)) {
    throw corrupt(path, "it is not a state file of mailtide");
  }
  if (version > migrations.length) throw corrupt(path, "it was written by a newer mailtide; run that one");
  if (readOnly === true) return;
  if (tables === 0) database.exec("PRAGMA page_size = 16384");
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216");
  // In pages: a small disk must not fill with a log of commits that are in the file already.
  database.exec("PRAGMA wal_autocheckpoint = 64");
  if (maxBytes !== undefined) {
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pragma("page_size")))}`);
  }
  for (let step = version; step < migrations.length; step++) {
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[step]}; PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${step + 1}; COMMIT`,
    );
  }
}

/** A part as it stands in the file. */
interface PartRecord {
  readonly id: number;
  readonly size: number;
  readonly digests: readonly string[];
}

/** All of the checkpoint but the bytes of its parts. */
interface Index {
  readonly at: number;
  readonly version: number;
  readonly cursors: readonly CursorRecord[];
  readonly parts: ReadonlyMap<string, PartRecord>;
}

class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #lock: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  /** What the file holds, as far as known: only its one writer may remember it. */
  #index: Index | "none" | undefined;

  constructor(path: string, database: DatabaseSync, lock: DatabaseSync | undefined) {
    this.#path = path;
    this.#database = database;
    this.#lock = lock;
  }

  load(): Checkpoint | undefined {
    return this.#guard(() =>
      this.#transaction("BEGIN", () => {
        // Forgotten until all of it has been believed: a commit must not build on what cannot be trusted.
        this.#index = undefined;
        const index = this.#readIndex();
        const parts = new Map<string, Uint8Array>();
        for (const [name, part] of index?.parts ?? []) parts.set(name, this.#readPart(name, part));
        if (this.#lock !== undefined) this.#index = index ?? "none";
        if (index === undefined) return undefined;
        return { at: index.at, version: index.version, cursors: index.cursors, parts };
      }),
    );
  }

  commit(checkpoint: Checkpoint): void {
    this.#guard(() => {
      try {
        this.#replace(checkpoint);
      } catch (error) {
        if (!isFull(error)) throw error;
        // What the write-ahead log holds of earlier commits may be room enough.
        this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        this.#replace(checkpoint);
      }
    });
  }

  #replace(checkpoint: Checkpoint): void {
    this.#index = this.#transaction("BEGIN IMMEDIATE", () => {
      const old = this.#index === "none" ? undefined : (this.#index ?? this.#verified());
      return this.#write(checkpoint, old);
    });
  }

  remember(rows: readonly HistoryRow[]): void {
    this.#guard(() =>
      this.#transaction("BEGIN IMMEDIATE", () => {
        for (const { at, values } of rows) {
          const minute = Math.floor(at / MINUTE) * MINUTE;
          const numbers = Object.entries(values).filter(([, value]) => Number.isFinite(value));
          this.#run(
            "INSERT OR REPLACE INTO history VALUES (?, ?)",
            minute,
            JSON.stringify(Object.fromEntries(numbers)),
          );
        }
      }),
    );
  }

  history(from: number, to: number): HistoryRow[] {
    const sql = "SELECT at, numbers FROM history WHERE at >= ? AND at < ? ORDER BY at";
    return this.#guard(() =>
      this.#all(sql, from, to).map(({ at, numbers }) => ({ at: Number(at), values: this.#numbers(String(numbers)) })),
    );
  }

  forget(before: number): number {
    return this.#guard(() => this.#run("DELETE FROM history WHERE at < ?", before));
  }

  close(): void {
    this.#database.close();
    this.#lock?.close();
  }

  /** A state that cannot be trusted is never overwritten: this throws. */
  #verified(): Index | undefined {
    const index = this.#readIndex();
    for (const [name, part] of index?.parts ?? []) this.#readPart(name, part);
    return index;
  }

  #readIndex(): Index | undefined {
    const [head] = this.#all("SELECT at, version, digest FROM checkpoint");
    if (head === undefined) return undefined;
    const cursors = this.#all("SELECT source, cursor FROM cursor ORDER BY source").map((row) => ({
      source: String(row.source),
      cursor: String(row.cursor),
    }));
    const parts = new Map<string, PartRecord>();
    for (const row of this.#all("SELECT id, name, size FROM part ORDER BY name")) {
      const id = Number(row.id);
      const sql = "SELECT digest FROM chunk WHERE id >= ? AND id < ? ORDER BY id";
      const digests = this.#all(sql, chunkKey(id, 0), chunkKey(id + 1, 0)).map((chunk) => String(chunk.digest));
      parts.set(String(row.name), { id, size: Number(row.size), digests });
    }
    const index = { at: Number(head.at), version: Number(head.version), cursors, parts };
    if (digestOf(index) !== head.digest) throw corrupt(this.#path, "its checkpoint is not what was written");
    return index;
  }

  #readPart(name: string, { id, size, digests }: PartRecord): Uint8Array {
    const bytes = new Uint8Array(size);
    for (let nth = 0; nth < digests.length; nth++) {
      const chunk = this.#all("SELECT bytes FROM chunk WHERE id = ?", chunkKey(id, nth))[0]?.bytes;
      const room = Math.min(CHUNK, size - nth * CHUNK);
      if (!(chunk instanceof Uint8Array) || chunk.length !== room || digestOfBytes(chunk) !== digests[nth]) {
        throw corrupt(this.#path, `part "${name}" is not what was written`);
      }
      bytes.set(chunk, nth * CHUNK);
    }
    return bytes;
  }

  #write(checkpoint: Checkpoint, old: Index | undefined): Index {
    const parts = new Map<string, PartRecord>();
    const taken = new Set([...(old?.parts.values() ?? [])].map((part) => part.id));
    for (const [name, bytes] of checkpoint.parts) {
      const before = old?.parts.get(name);
      let id = before?.id ?? 1;
      while (before === undefined && taken.has(id)) id++;
      taken.add(id);
      const digests: string[] = [];
      for (let from = 0; from < bytes.length; from += CHUNK) {
        const chunk = bytes.subarray(from, from + CHUNK);
        const digest = digestOfBytes(chunk);
        const nth = digests.push(digest) - 1;
        if (before?.digests[nth] === digest) continue;
        this.#run("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)", chunkKey(id, nth), digest, chunk);
      }
      if (before !== undefined && before.digests.length > digests.length) {
        this.#run("DELETE FROM chunk WHERE id >= ? AND id < ?", chunkKey(id, digests.length), chunkKey(id + 1, 0));
      }
      if (before?.size !== bytes.length)
        this.#run("INSERT OR REPLACE INTO part VALUES (?, ?, ?)", id, name, bytes.length);
      parts.set(name, { id, size: bytes.length, digests });
    }
    for (const [name, { id }] of old?.parts ?? []) {
      if (parts.has(name)) continue;
      this.#run("DELETE FROM chunk WHERE id >= ? AND id < ?", chunkKey(id, 0), chunkKey(id + 1, 0));
      this.#run("DELETE FROM part WHERE id = ?", id);
    }
    const cursors = checkpoint.cursors.map(({ source, cursor }) => ({ source, cursor }));
    this.#run("DELETE FROM cursor");
    for (const { source, cursor } of cursors) this.#run("INSERT OR REPLACE INTO cursor VALUES (?, ?)", source, cursor);
    const index = { at: checkpoint.at, version: checkpoint.version, cursors, parts };
    this.#run("INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?, ?)", index.at, index.version, digestOf(index));
    return index;
  }

  #numbers(text: string): Record<string, number> {
    const values: Record<string, number> = {};
    try {
      for (const [name, value] of Object.entries(JSON.parse(text))) values[name] = Number(value);
    } catch (error) {
      throw corrupt(this.#path, "its history is not what was written", error);
    }
    return values;
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#database.exec(begin);
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw stateFault(this.#path, error);
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): Record<string, SQLOutputValue>[] {
    return this.#statement(sql).all(...values);
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }
}

function digestOfBytes(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64url");
}

/** Over everything that must be true together, in an order that does not depend on the caller's. */
function digestOf({ at, version, cursors, parts }: Index): string {
  const byText = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  const places = cursors.map(({ source, cursor }) => [source, cursor]).sort(byText);
  const pieces = [...parts].map(([name, { size, digests }]) => [name, size, digests]).sort(byText);
  return hash("sha256", JSON.stringify([at, version, places, pieces]), "base64url");
}
