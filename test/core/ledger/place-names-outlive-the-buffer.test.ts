import { expect, test } from "vitest";
import { Places } from "../../../src/core/ledger/places.ts";

// A Buffer's `slice` shares memory, a Uint8Array's copies: a name must be kept either way.
test("a name read from a buffer that is filled again stays the same place", () => {
  const places = new Places();
  const buffer = Buffer.from("Alpha.test");
  const alpha = places.number(buffer, 0, buffer.length);
  buffer.fill("x");
  const again = Buffer.from("alpha.test");
  expect(places.number(again, 0, again.length)).toBe(alpha);
  expect(places.count).toBe(2);
});
