import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openShowqListing } from "../../../../collectors/dialects/postfix/showq.ts";
import { postfixSample, readListing } from "../../../support/listing.ts";

const recorded = readFileSync(postfixSample("queue-outage.showq"));

/** A group of names and values as the service sends it. */
function group(...words: readonly string[]): string {
  return `${words.map((word) => `${word}\0`).join("")}\0`;
}
const greeting = group("protocol", "mail_queue_list_protocol");
const message = ["queue_name", "active", "queue_id", "A5034222DBF", "time", "1795326796", "size", "560"] as const;
const forced = ["forced_expire", "0", "sender", "a@example.org"] as const;
const whole = group(...message, ...forced, "recipient", "b@example.org");
const row = {
  queue: "active",
  id: "A5034222DBF",
  arrival: 1_795_326_796_000,
  size: 560,
  sender: "a@example.org",
  forced: false,
  recipients: [{ address: "b@example.org", reason: "" }],
};

describe("what Postfix 3.7 sends", () => {
  test.each([65_536, 100, 1])("is read in pieces of %i bytes", (size) => {
    const { rows, malformed } = readListing(openShowqListing(), recorded, size);
    const reason = "connect to 127.0.0.1[127.0.0.1]:42239: Connection refused";
    expect(malformed).toBe(0);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toEqual({
      queue: "deferred",
      id: "C7E38218724",
      arrival: 1_795_326_796_000,
      size: 560,
      sender: "sender2@lab.test",
      forced: true,
      recipients: [{ address: "user2@remote.test", reason }],
    });
    expect(rows[1]).toMatchObject({
      sender: "",
      forced: false,
      recipients: ["a@remote.test", "b@remote.test", '"strange, (to=<x@y>)"@remote.test'].map((address) => ({
        address,
        reason,
      })),
    });
    expect(rows.map(({ queue }) => queue)).toEqual(["deferred", "deferred", "deferred", "hold"]);
  });
});

describe("other versions", () => {
  test("an empty queue", () => {
    expect(readListing(openShowqListing(), `${greeting}\0`)).toEqual({ rows: [], malformed: 0, batches: 0 });
  });

  test("older ones do not greet and do not know forced expiry", () => {
    const old = group(...message, "sender", "a@example.org", "recipient", "b@example.org");
    expect(readListing(openShowqListing(), `${old}\0`)).toMatchObject({ rows: [row], malformed: 0 });
  });

  test("newer ones may say more", () => {
    const more = group("flavour", "new", ...message, ...forced, "recipient", "b@example.org", "notify", "", "age", "1");
    expect(readListing(openShowqListing(), `${greeting}${more}\0`)).toMatchObject({ rows: [row], malformed: 0 });
  });

  test("an empty value does not end a message", () => {
    const odd = group(...message, ...forced, "recipient", "b@example.org", "reason", "", "recipient", "c@example.org");
    const { rows } = readListing(openShowqListing(), `${odd}\0`, 3);
    expect(rows[0].recipients.map(({ address }) => address)).toEqual(["b@example.org", "c@example.org"]);
  });
});

test("a message with very many recipients comes in several rows, between its neighbours", () => {
  const recipients = Array.from({ length: 20_001 }, (_, i) => ["recipient", `r${i}@example.org`, "reason", `why ${i}`]);
  const listing = `${greeting}${whole}${group(...message, ...forced, ...recipients.flat())}${whole}\0`;
  for (const size of [1 << 21, 50_000]) {
    const { rows, malformed } = readListing(openShowqListing(), listing, size);
    expect(malformed).toBe(0);
    expect(rows.length).toBeGreaterThan(3);
    expect([rows.at(0), rows.at(-1)]).toEqual([row, row]);
    expect(rows.slice(1, -1).flatMap((part) => part.recipients)).toEqual(
      recipients.map(([, address, , reason]) => ({ address, reason })),
    );
  }
});

describe("what is not this protocol", () => {
  test("a listing that is not closed was cut: one malformed entry", () => {
    for (const cut of [`${greeting}${whole}`, `${greeting}${whole}${whole.slice(0, 40)}`, greeting, ""]) {
      const { rows, malformed } = readListing(openShowqListing(), cut);
      expect(malformed).toBe(1);
      expect(rows).toHaveLength(cut.includes("queue_id") ? 1 : 0);
    }
  });

  test.each([
    ["the text listing of old versions", "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n\0\0"],
    ["noise", "\x01\x02\0\x03\0\0\0"],
    ["more after the end", `${greeting}\0${whole}`],
    ["a message without an id", `${greeting}${group("queue_name", "active", "time", "5")}\0`],
    ["a time that is none", `${greeting}${whole.replace("1795326796", "yesterday")}\0`],
  ])("%s: counted once, nothing is made up", (_what, bytes) => {
    expect(readListing(openShowqListing(), bytes)).toMatchObject({ rows: [], malformed: 1 });
  });

  test("any bytes are read without an exception, in pieces as in one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(recorded.length - 1), fc.nat(255)), { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        (changes, size) => {
          const bytes = Uint8Array.from(recorded);
          for (const [at, byte] of changes) bytes[at] = byte;
          const { rows, malformed } = readListing(openShowqListing(), bytes, size);
          const once = readListing(openShowqListing(), bytes);
          expect(rows).toEqual(once.rows);
          expect(malformed).toBe(once.malformed);
        },
      ),
      { numRuns: 300 },
    );
  });
});
