import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openJsonListing } from "../../../../collectors/dialects/postfix/queue-json.ts";
import { type Listed, postfixSample, readListing } from "../../../support/listing.ts";

interface Said {
  readonly queue_name: string;
  readonly queue_id: string;
  readonly arrival_time: number;
  readonly message_size: number;
  readonly forced_expire?: boolean;
  readonly sender: string;
  readonly recipients: readonly { readonly address: string; readonly delay_reason?: string }[];
}

/** The same by JSON.parse: slow, and beyond doubt. */
function oracle(listing: string): Listed[] {
  return listing
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const said = JSON.parse(line) as Said;
      return {
        queue: said.queue_name,
        id: said.queue_id,
        arrival: said.arrival_time * 1000,
        size: said.message_size,
        sender: said.sender === "MAILER-DAEMON" ? "" : said.sender,
        forced: said.forced_expire === true,
        recipients: said.recipients.map(({ address, delay_reason }) => ({ address, reason: delay_reason ?? "" })),
      };
    });
}

/** As `postqueue -j` spaces it. */
function line(said: unknown): string {
  if (Array.isArray(said)) return `[${said.map(line).join(", ")}]`;
  if (typeof said !== "object" || said === null) return JSON.stringify(said);
  return `{${Object.entries(said)
    .map(([key, value]) => `${JSON.stringify(key)}: ${line(value)}`)
    .join(", ")}}`;
}

const usual: Said = {
  queue_name: "deferred",
  queue_id: "D5034222DBF",
  arrival_time: 1795320259,
  message_size: 1176,
  forced_expire: false,
  sender: "sender@example.org",
  recipients: [{ address: "a@example.org", delay_reason: "connect to mx.example.org: Connection refused" }],
};

const samples = ["administrator", "content-filter", "rejections", "odd-bytes"];

describe.each(samples)("a recorded listing, %s", (story) => {
  const recorded = readFileSync(postfixSample(`queue-${story}.ndjson`));

  test.each([65_536, 1000, 7, 1])("reads the same as JSON.parse in pieces of %i bytes", (size) => {
    const expected = oracle(recorded.toString("utf8"));
    expect(expected.length).toBeGreaterThan(3);
    const { rows, malformed } = readListing(openJsonListing(), recorded, size);
    expect(rows).toEqual(expected);
    expect(malformed).toBe(0);
  });

  test("leaves the pieces as they were", () => {
    const copy = Buffer.from(recorded);
    readListing(openJsonListing(), copy);
    expect(copy.equals(recorded)).toBe(true);
  });
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.stringMatching(/^["\\/\u0000-\u001f\u007f é漢😀a-z]{0,20}$/u),
);
const recipient = fc.oneof(fc.record({ address: text }), fc.record({ address: text, delay_reason: text }));
const message = fc.record({
  queue_name: fc.constantFrom("deferred", "active", "incoming", "hold", "maildrop"),
  queue_id: fc.stringMatching(/^[0-9A-Za-z]{6,16}$/),
  arrival_time: fc.nat(4_000_000_000),
  message_size: fc.nat(),
  forced_expire: fc.boolean(),
  sender: text,
  recipients: fc.array(recipient, { maxLength: 5 }),
});
/** Every character outside ASCII and every slash escaped, as JSON allows. */
function escapedThroughout(json: string): string {
  return json
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/");
}

describe("any valid line", () => {
  test("reads the same as JSON.parse, whatever the texts, also escaped throughout", () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (all, size, esc) => {
          const listing = all.map((said) => `${esc ? escapedThroughout(line(said)) : line(said)}\n`).join("");
          const { rows, malformed } = readListing(openJsonListing(), listing, size);
          expect(rows).toEqual(oracle(listing));
          expect(malformed).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("reads the same in any order of keys, spaced in any way, with keys of the future", () => {
    const shuffled = fc
      .tuple(message, fc.dictionary(fc.stringMatching(/^new_[a-z]{1,8}$/), fc.jsonValue()))
      .chain(([said, more]) => {
        const keys = Object.entries({ ...more, ...said });
        return fc.shuffledSubarray(keys, { minLength: keys.length }).map((entries) => Object.fromEntries(entries));
      });
    fc.assert(
      fc.property(fc.array(shuffled, { maxLength: 4 }), fc.boolean(), (all, tight) => {
        const listing = all.map((said) => (tight ? JSON.stringify(said) : line(said))).join("\n");
        const { rows, malformed } = readListing(openJsonListing(), listing);
        expect(rows).toEqual(oracle(listing));
        expect(malformed).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("of Postfix before 3.5, which does not know forced expiry", () => {
    const { forced_expire: _, ...old } = usual;
    expect(readListing(openJsonListing(), `${line(old)}\n`).rows).toEqual(oracle(line(old)));
  });

  test("of a queue that nobody has heard of is listed as unknown", () => {
    const { rows } = readListing(openJsonListing(), `${line({ ...usual, queue_name: "limbo" })}\n`);
    expect(rows).toMatchObject([{ queue: "unknown", id: usual.queue_id }]);
  });
});

describe("the null sender", () => {
  test("is empty, in the usual shape and in others", () => {
    const listing = `${line({ ...usual, sender: "MAILER-DAEMON" })}\n${JSON.stringify({ ...usual, sender: "MAILER-DAEMON" })}\n`;
    expect(readListing(openJsonListing(), listing).rows.map(({ sender }) => sender)).toEqual(["", ""]);
  });
});

describe("a message with very many recipients", () => {
  const many = {
    ...usual,
    sender: '"quoted \\" sender"@example.org',
    recipients: Array.from({ length: 20_001 }, (_, i) => ({
      address: `"u\\${i}"@example.org`,
      delay_reason: `why ${i}`,
    })),
  };

  test.each(["usual", "another"])("comes in several rows, none missing, in the %s shape", (shape) => {
    const told = shape === "usual" ? line(many) : JSON.stringify(many);
    const { rows, malformed } = readListing(openJsonListing(), `${line(usual)}\n${told}\n${line(usual)}\n`);
    const [expected] = oracle(told);
    const parts = rows.slice(1, -1);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect({ ...part, recipients: [] }).toEqual({ ...expected, recipients: [] });
    expect(parts.flatMap(({ recipients }) => recipients)).toEqual(expected.recipients);
    expect([rows.at(0), rows.at(-1)]).toEqual([...oracle(line(usual)), ...oracle(line(usual))]);
    expect(malformed).toBe(0);
  });

  test("that breaks off half way counts as malformed once", () => {
    const cut = line(many).slice(0, -40);
    const { rows, malformed } = readListing(openJsonListing(), `${cut}\n${line(usual)}\n`);
    expect(malformed).toBe(1);
    expect(rows.at(-1)).toEqual(oracle(line(usual))[0]);
  });
});

describe("what is not a line of a listing", () => {
  test.each([
    ["cut in half", line(usual).slice(0, 200)],
    ["cut before its last brace", line(usual).slice(0, -1)],
    ["with more behind it", `${line(usual)}x`],
    ["an escape that JSON does not know", line(usual).replace("Connection", "\\xonnection")],
    ["a broken \\u", line(usual).replace("Connection", "\\u12g4")],
    ["an escape at its end", `${line(usual).slice(0, 150)}\\`],
    ["a control character in a text", line(usual).replace("Connection", "Conn\tection")],
    ["a recipient that is none", line({ ...usual, recipients: [7] })],
    ["no id", line({ ...usual, queue_id: "" })],
    ["no recipients", line({ ...usual, recipients: undefined as never }).replace(/, "recipients".*$/, "}")],
    ["a number as text", line({ ...usual, arrival_time: "soon" })],
    ["other JSON", "[1, 2]"],
    ["plain text", "Mail queue is empty"],
  ])("%s: counted, and the next line is read", (_what, broken) => {
    const { rows, malformed } = readListing(openJsonListing(), `${broken}\n${line(usual)}\n`);
    expect(malformed).toBe(1);
    expect(rows).toEqual(oracle(line(usual)));
  });

  test("a last line without a line feed is read if it is whole and malformed if not", () => {
    expect(readListing(openJsonListing(), `${line(usual)}\n${line(usual)}`)).toMatchObject({
      malformed: 0,
      batches: 2,
    });
    const cut = readListing(openJsonListing(), `${line(usual)}\n${line(usual).slice(0, 100)}`);
    expect(cut.malformed).toBe(1);
    expect(cut.rows).toHaveLength(1);
  });

  test("nothing at all is an empty queue", () => {
    expect(readListing(openJsonListing(), "")).toEqual({ rows: [], malformed: 0, batches: 0 });
  });

  test("any bytes: each line is a row or malformed, nothing is thrown", () => {
    const recorded = readFileSync(postfixSample("queue-odd-bytes.ndjson"));
    const change = fc.tuple(fc.nat(recorded.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        (changes, size) => {
          const bytes = Uint8Array.from(recorded);
          for (const [at, byte] of changes) bytes[at] = byte;
          const { rows, malformed } = readListing(openJsonListing(), bytes, size);
          const lines = Buffer.from(bytes)
            .toString("latin1")
            .split("\n")
            .filter((one) => !/^[\u0000- ]*$/.test(one));
          expect(rows.length + malformed).toBe(lines.length);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        readListing(openJsonListing(), bytes, 100);
      }),
    );
  });

  test("a line without end is given up, kept out of memory, and the next one is read", () => {
    const reader = openJsonListing();
    const seen = { malformed: 0, ids: [] as string[] };
    const hand = (batch: { malformed: number; count: number }): void => {
      seen.malformed += batch.malformed;
      if (batch.count > 0) seen.ids.push(`${batch.count} message`);
    };
    const piece = Buffer.alloc(1 << 20, "x");
    for (let i = 0; i < 70; i++) reader.push(piece, hand);
    reader.push(Buffer.from(`x\n${line(usual)}\n`), hand);
    reader.end(hand);
    expect(seen).toEqual({ malformed: 1, ids: ["1 message"] });
  });
});

describe("a queue of many messages", () => {
  test("comes in many batches, in order", () => {
    const listing = Array.from({ length: 5000 }, (_, i) => `${line({ ...usual, queue_id: `A${i}` })}\n`).join("");
    const { rows, batches } = readListing(openJsonListing(), listing, 1 << 20);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 5000 }, (_, i) => `A${i}`));
    expect(batches).toBeGreaterThan(2);
  });

  test("an entry that is listed twice comes out twice: whoever keeps the queue tells them by their id", () => {
    const { rows } = readListing(openJsonListing(), `${line({ ...usual, queue_name: "active" })}\n${line(usual)}\n`);
    expect(rows.map(({ queue, id }) => `${queue} ${id}`)).toEqual(["active D5034222DBF", "deferred D5034222DBF"]);
  });
});
