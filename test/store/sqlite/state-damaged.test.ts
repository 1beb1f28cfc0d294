import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { faultOf, newStatePath, numberedCheckpoint } from "./state-file.ts";

function committed(): string {
  const path = newStatePath();
  const store = openSqliteStore(path);
  store.commit(numberedCheckpoint(1, 700_000));
  store.commit(numberedCheckpoint(2, 700_000));
  store.close();
  return path;
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, "r+");
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const damages: Readonly<Record<string, (path: string) => void>> = {
  "it is not a database": (path) => writeFileSync(path, "this is no database, whatever it is called\n".repeat(100)),
  "its header is overwritten": (path) => overwrite(path, 0, new Uint8Array(100).fill(0x55)),
  "its first page is overwritten": (path) => overwrite(path, 100, new Uint8Array(4000).fill(0x55)),
  "it was cut in half": (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  "one byte of a part is another": (path) => {
    const bytes = readFileSync(path);
    const { parts } = numberedCheckpoint(2, 700_000);
    const place = bytes.indexOf(Buffer.from(parts.get("ledger") ?? []).subarray(300_000, 300_200));
    expect(place).toBeGreaterThan(0);
    overwrite(path, place, new Uint8Array([bytes[place] ^ 1]));
  },
  "its cursor was changed by hand": (path) => {
    const database = new DatabaseSync(path);
    database.exec(`UPDATE cursor SET cursor = '{"offset":0}'`);
    database.close();
  },
  "a chunk is missing": (path) => {
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM chunk WHERE id = (SELECT max(id) FROM chunk)");
    database.close();
  },
};

describe.each(Object.entries(damages))("%s", (_name, damage) => {
  test("says so with what to do, and leaves it as it is", () => {
    const path = committed();
    damage(path);
    const before = readFileSync(path);
    const fault = faultOf(() => {
      const store = openSqliteStore(path);
      try {
        store.load();
      } finally {
        store.close();
      }
    });
    expect(fault.code).toBe("state-corrupt");
    expect(fault.message).toContain(path);
    expect(fault.advice).toContain("mv ");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("is not overwritten either", () => {
    const path = committed();
    damage(path);
    const before = readFileSync(path);
    const fault = faultOf(() => {
      const store = openSqliteStore(path);
      try {
        try {
          store.load();
        } catch {
          // Seen above; a program that goes on regardless must not make it worse.
        }
        store.commit(numberedCheckpoint(3, 100));
      } finally {
        store.close();
      }
    });
    expect(fault.code).toBe("state-corrupt");
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test("another program's database is refused", () => {
  const path = newStatePath();
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE theirs (x)");
  database.close();
  expect(faultOf(() => openSqliteStore(path)).code).toBe("state-corrupt");
});

test("a state of a newer version is refused", () => {
  const path = committed();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(faultOf(() => openSqliteStore(path)).message).toContain("newer mailtide");
});

test("an empty file is a new state", () => {
  const path = newStatePath();
  writeFileSync(path, "");
  const store = openSqliteStore(path);
  expect(store.load()).toBeUndefined();
  store.close();
});
