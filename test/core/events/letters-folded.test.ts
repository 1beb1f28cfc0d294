// Addresses and domains are compared without regard to case, four bytes at a time: the same answer as byte by byte.

import fc from "fast-check";
import { expect, test } from "vitest";
import { foldedWord, wordsOf } from "../../../src/core/events/text.ts";
import { hashFolded } from "../../../src/core/ledger/hash.ts";
import { Places } from "../../../src/core/ledger/places.ts";

const folded = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

test("a word of any four bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
      expect(foldedWord(wordsOf(bytes).getInt32(0, true))).toBe(wordsOf(folded(bytes)).getInt32(0, true));
    }),
    { numRuns: 5000 },
  );
});

test("names are the same whatever their case and wherever they lie, and no other name is", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 30 }), fc.nat(5), (names, offset) => {
      const places = new Places();
      const known = new Map<string, number>();
      for (const name of names) {
        const bytes = new Uint8Array(offset + name.length + 3);
        bytes.set(name, offset);
        const number = places.number(bytes, offset, offset + name.length);
        const key = folded(name).join();
        expect(known.get(key) ?? number).toBe(number);
        expect([...known.values()].filter((other) => other === number)).toHaveLength(known.has(key) ? 1 : 0);
        known.set(key, number);
        expect(hashFolded(name, 0, name.length, 7)).toBe(hashFolded(folded(name), 0, name.length, 7));
      }
    }),
    { numRuns: 500 },
  );
});
