// A client is looked at as bytes, since every message of a log has one. What is told of it is what its text tells.

import fc from "fast-check";
import { expect, test } from "vitest";
import { EventBatch } from "../../../../src/core/events/batch.ts";
import { bytesOf } from "../../../../src/core/events/text.ts";
import { byName, classOf, maybeNamed } from "../../../../src/core/retries/senders/classify.ts";
import { Clients, clientOf } from "../../../../src/core/retries/senders/clients.ts";
import { type HashKey, keyedHash, keyOf, keyOfBytes } from "../../../../src/core/retries/senders/keyed-hash.ts";
import { classNumber, signOf } from "../../../../src/core/retries/senders/mix.ts";

const key: HashKey = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

const ascii = fc.string({ unit: "binary-ascii", maxLength: 300 });
/** Bytes with others around them: whoever looks past the ends sees something. */
function within(text: string): { bytes: Uint8Array; start: number; end: number } {
  const own = bytesOf(text);
  const bytes = new Uint8Array(own.length + 40).fill(0x5b);
  bytes.set(own, 20);
  return { bytes, start: 20, end: 20 + own.length };
}

const providerName = fc
  .constantFrom(...byName)
  .chain(([pattern]) => fc.stringMatching(pattern))
  .filter((name) => name.length <= 200);
const cased = fc
  .tuple(providerName, fc.boolean(), fc.constantFrom("", "."))
  .map(([name, loud, dot]) => `${loud ? name.toUpperCase() : name}${dot}`);

function looked(clients: Clients, text: string): { senderClass: number; host: number } {
  const { bytes, start, end } = within(text);
  const batch = new EventBatch(1);
  batch.bytes = bytes;
  batch.detail.start[0] = start;
  batch.detail.end[0] = end;
  clients.look(batch, 0);
  return { senderClass: clients.senderClass, host: clients.host };
}

/** The same by the text. */
function told(text: string): { senderClass: number; host: number } {
  const { bytes, start, end } = within(text);
  const batch = new EventBatch(1);
  batch.bytes = bytes;
  batch.detail.start[0] = start;
  batch.detail.end[0] = end;
  const { address, host } = clientOf(batch, 0);
  const { senderClass } = classOf(host === undefined ? {} : { confirmedName: host });
  return {
    senderClass: classNumber(senderClass, host !== undefined),
    host: signOf(keyOf(key, `host ${address}`)),
  };
}

test("the hash of bytes is the hash of the text that they are", () => {
  fc.assert(
    fc.property(ascii, ascii, (before, text) => {
      const { bytes, start, end } = within(text);
      expect(keyOfBytes(key, before, bytes, start, end)).toBe(keyOf(key, before + text));
    }),
  );
});

test("what was hashed before leaves no trace, also where it was longer than the room", () => {
  const first = keyOf(key, "192.0.2.1");
  keyOf(key, "x".repeat(5000));
  expect(keyOf(key, "192.0.2.1")).toBe(first);
  expect(keyOf([...key.slice(1), 0] as unknown as HashKey, "192.0.2.1")).not.toBe(first);
  const long = Uint8Array.from({ length: 3001 }, (_, i) => i);
  expect(keyedHash(key, long)).toEqual(keyedHash(key, long.slice()));
});

test("every name that tells a provider is looked at", () => {
  fc.assert(
    fc.property(cased, (name) => {
      const { bytes, start, end } = within(name);
      expect(maybeNamed(bytes, start, end)).toBe(true);
    }),
    { numRuns: 400 },
  );
  // Those at the edge: no letter before, and a letter that becomes ASCII in lower case.
  for (const name of ["a.qq.com", "mout.web.de", "x.outbound.protection.outloo\u212a.com"]) {
    const { bytes, start, end } = within(name);
    expect(classOf({ confirmedName: name }).senderClass).not.toBe("unknown");
    expect(maybeNamed(bytes, start, end)).toBe(true);
  }
  for (const name of ["client7.example.org", "mx.example.test.", "unknown", "a", ""]) {
    const { bytes, start, end } = within(name);
    expect(maybeNamed(bytes, start, end)).toBe(false);
  }
});

test("a client's class and sign are those of its text, whatever it looks like", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("", "unknown", "::ffff:192.0.2.1"), ascii);
  const name = fc.oneof(cased, fc.domain(), fc.constantFrom("", "unknown", "unknown.", "Unknown", "[x]"), ascii);
  const odd = fc.string({ unit: "grapheme", maxLength: 40 });
  const client = fc.oneof(
    fc.tuple(name, address).map(([of, at]) => `${of}[${at}]`),
    fc.tuple(name, address).map(([of, at]) => `${of}[${at}`),
    fc.tuple(odd, odd).map(([of, at]) => `${of}[${at}]`),
    ascii,
  );
  // One memory for all, asked twice: what it remembers of one is not said of another.
  const clients = new Clients(key);
  fc.assert(
    fc.property(client, (text) => {
      expect(looked(clients, text)).toEqual(told(text));
      expect(looked(clients, text)).toEqual(told(text));
    }),
    { numRuns: 1000 },
  );
});
