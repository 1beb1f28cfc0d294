// What every store promises. A store passes by `describeStore` with its own way of being opened.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "../../src/core/time.ts";
import type { Checkpoint, Store } from "../../src/store/store.ts";

/** How a suite comes by a store; `folder` is new and empty for each test, and stands for one state. */
export interface StoreSite {
  open(folder: string): Store;
  /** A second one onto the same state, only to look at it while the first is open. */
  look(folder: string): Store;
}

const at = Date.UTC(2026, 10, 22, 10, 0);

function checkpoint(parts: Readonly<Record<string, Uint8Array>>, more: Partial<Checkpoint> = {}): Checkpoint {
  const cursors = [{ source: "log /var/log/mail.log", cursor: '{"offset":17}' }];
  return { at, version: 3, cursors, parts: new Map(Object.entries(parts)), ...more };
}

function bytesOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) + seed) & 0xff;
  return bytes;
}

/** Compared by digest-like equality first: a mismatch of a large part must not be printed byte by byte. */
function expectSame(loaded: Checkpoint | undefined, wanted: Checkpoint): void {
  expect(loaded).toBeDefined();
  if (loaded === undefined) return;
  expect({ at: loaded.at, version: loaded.version }).toEqual({ at: wanted.at, version: wanted.version });
  const bySource = (a: { source: string }, b: { source: string }): number => (a.source < b.source ? -1 : 1);
  expect([...loaded.cursors].sort(bySource)).toEqual([...wanted.cursors].sort(bySource));
  expect([...loaded.parts.keys()].sort()).toEqual([...wanted.parts.keys()].sort());
  for (const [name, bytes] of wanted.parts) {
    const found = loaded.parts.get(name) ?? new Uint8Array();
    expect([name, found.length, Buffer.compare(found, bytes)]).toEqual([name, bytes.length, 0]);
  }
}

export function describeStore(name: string, site: StoreSite): void {
  describe(`${name} keeps the promises of a store`, () => {
    let folder = "";
    let store: Store;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mailtide-store-"));
      store = site.open(folder);
    });

    afterEach(() => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const reopen = (): void => {
      store.close();
      store = site.open(folder);
    };

    test("a new store has no checkpoint and no history", () => {
      expect(store.load()).toBeUndefined();
      expect(store.history(0, at * 2)).toEqual([]);
      expect(store.forget(at)).toBe(0);
    });

    test("what was committed is loaded, also after it was opened anew", () => {
      const wanted = checkpoint({ ledger: bytesOf(1000, 1), outages: bytesOf(3, 2) });
      store.commit(wanted);
      expectSame(store.load(), wanted);
      reopen();
      expectSame(store.load(), wanted);
    });

    test("nothing to remember is something to remember", () => {
      const wanted = checkpoint({}, { cursors: [], version: 0, at: 0 });
      store.commit(wanted);
      reopen();
      expectSame(store.load(), wanted);
      const emptyPart = checkpoint({ ledger: new Uint8Array() });
      store.commit(emptyPart);
      reopen();
      expectSame(store.load(), emptyPart);
    });

    test("a commit replaces all: sources, parts and lengths that are not in it are gone", () => {
      const cursors = [
        { source: "one", cursor: "1" },
        { source: "two", cursor: "2" },
      ];
      store.commit(checkpoint({ ledger: bytesOf(900_000, 1), history: bytesOf(10, 1) }, { cursors }));
      const smaller = checkpoint({ ledger: bytesOf(300_000, 1), outages: bytesOf(5, 9) });
      store.commit(smaller);
      expectSame(store.load(), smaller);
      const larger = checkpoint({ ledger: bytesOf(1_200_000, 1) }, { at: at + 1 });
      store.commit(larger);
      expectSame(store.load(), larger);
      reopen();
      expectSame(store.load(), larger);
    });

    test("only some of a part changed", () => {
      const bytes = bytesOf(2_000_000, 1);
      store.commit(checkpoint({ ledger: bytes }));
      for (const place of [0, 262_143, 262_144, 1_000_000, 1_999_999]) {
        bytes[place] ^= 0xff;
        const wanted = checkpoint({ ledger: bytes });
        store.commit(wanted);
        expectSame(store.load(), wanted);
      }
      reopen();
      expectSame(store.load(), checkpoint({ ledger: bytes }));
    });

    test("bytes are copied: what the caller does with them afterwards is the caller's", () => {
      const bytes = bytesOf(300_000, 1);
      store.commit(checkpoint({ ledger: bytes }));
      bytes.fill(0);
      expectSame(store.load(), checkpoint({ ledger: bytesOf(300_000, 1) }));
      const loaded = store.load()?.parts.get("ledger");
      loaded?.fill(7);
      expectSame(store.load(), checkpoint({ ledger: bytesOf(300_000, 1) }));
    });

    test("parts that are windows of larger buffers", () => {
      const window = bytesOf(1000, 1).subarray(100, 300);
      store.commit(checkpoint({ ledger: window }));
      expectSame(store.load(), checkpoint({ ledger: bytesOf(1000, 1).slice(100, 300) }));
    });

    test("a large part", () => {
      const wanted = checkpoint({ ledger: bytesOf(40_000_001, 5) });
      store.commit(wanted);
      reopen();
      expectSame(store.load(), wanted);
    });

    test("names and cursors are any text", () => {
      const texts = ["", "журнал/почта ✉ 𝕩", "a'b\"c;--", "line\nfeed\ttab", "日本語"];
      const cursors = texts.map((text) => ({ source: text, cursor: JSON.stringify({ text }) }));
      const parts = Object.fromEntries(texts.map((text, i) => [text, bytesOf(10 + i, i)]));
      const wanted = checkpoint(parts, { cursors });
      store.commit(wanted);
      reopen();
      expectSame(store.load(), wanted);
    });

    test("who looks while a commit is under way sees the old state, and the new one after it", () => {
      const old = checkpoint({ ledger: bytesOf(600_000, 1), outages: bytesOf(10, 1) });
      store.commit(old);
      const reader = site.look(folder);
      try {
        const parts = new Map([
          ["ledger", bytesOf(600_000, 2)],
          ["outages", bytesOf(10, 2)],
        ]);
        let looks = 0;
        const watched = new Proxy(parts, {
          get(target, key) {
            if (key !== Symbol.iterator && key !== "entries") return Reflect.get(target, key, target);
            return function* () {
              for (const entry of target) {
                expectSame(reader.load(), old);
                looks++;
                yield entry;
              }
              expectSame(reader.load(), old);
            };
          },
        });
        const next = checkpoint({}, { at: at + 60_000, cursors: [{ source: "b", cursor: "2" }], parts: watched });
        store.commit(next);
        expect(looks).toBeGreaterThan(0);
        expectSame(reader.load(), { ...next, parts });
      } finally {
        reader.close();
      }
    });

    test("a commit that breaks off leaves the old state whole, and the next one works", () => {
      const old = checkpoint({ ledger: bytesOf(600_000, 1), outages: bytesOf(10, 1) });
      store.commit(old);
      const parts = new Map([["ledger", bytesOf(600_000, 2)]]);
      const breaking = new Proxy(parts, {
        get(target, key) {
          if (key !== Symbol.iterator && key !== "entries") return Reflect.get(target, key, target);
          return function* () {
            yield* target;
            throw new Error("broke off");
          };
        },
      });
      expect(() => store.commit(checkpoint({}, { at: at + 1, parts: breaking }))).toThrow("broke off");
      expectSame(store.load(), old);
      const next = checkpoint({ ledger: bytesOf(600_000, 2) }, { at: at + 2 });
      store.commit(next);
      reopen();
      expectSame(store.load(), next);
    });

    test("history is in order, half open, and a minute is replaced", () => {
      const row = (minute: number, accepted: number) => ({
        at: at + minute * MINUTE,
        values: { accepted, backlog: 1.5 },
      });
      store.remember([row(2, 12), row(0, 10)]);
      store.remember([row(1, 11), row(2, 22)]);
      expect(store.history(at, at + 3 * MINUTE)).toEqual([row(0, 10), row(1, 11), row(2, 22)]);
      expect(store.history(at + MINUTE, at + 2 * MINUTE)).toEqual([row(1, 11)]);
      store.remember([{ at: at + MINUTE + 30_000, values: { delivered: 4 } }]);
      expect(store.history(at + MINUTE, at + 2 * MINUTE)).toEqual([{ at: at + MINUTE, values: { delivered: 4 } }]);
      reopen();
      expect(store.history(at, at + 3 * MINUTE)).toHaveLength(3);
    });

    test("history is forgotten up to a moment, and apart from the checkpoint", () => {
      const wanted = checkpoint({ ledger: bytesOf(5, 5) });
      store.commit(wanted);
      store.remember([0, 1, 2, 3].map((minute) => ({ at: at + minute * MINUTE, values: { backlog: minute } })));
      expect(store.forget(at + 2 * MINUTE)).toBe(2);
      expect(store.history(0, at * 2).map((row) => row.values.backlog)).toEqual([2, 3]);
      expectSame(store.load(), wanted);
      store.commit(checkpoint({}));
      expect(store.history(0, at * 2)).toHaveLength(2);
    });
  });
}
