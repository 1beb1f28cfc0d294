// Where a client is, is told from its bytes while somebody is expected back. It is what its text tells.

import fc from "fast-check";
import { expect, test } from "vitest";
import { EventBatch } from "../../../../src/core/events/batch.ts";
import { bytesOf } from "../../../../src/core/events/text.ts";
import { clientOf } from "../../../../src/core/retries/senders/clients.ts";
import { Pairing } from "../../../../src/core/retries/senders/pairing.ts";
import { WhereaboutsFinder } from "../../../../src/core/retries/senders/whereabouts.ts";

function batchOf(client: string): EventBatch {
  const own = bytesOf(client);
  const batch = new EventBatch(1);
  batch.bytes = new Uint8Array(own.length + 40).fill(0x2e);
  batch.bytes.set(own, 20);
  batch.detail.start[0] = 20;
  batch.detail.end[0] = 20 + own.length;
  return batch;
}

// Few labels and numbers, so that many are alike in a part.
const label = fc.constantFrom(
  "a",
  "mx",
  "co",
  "uk",
  "com",
  "net",
  "example",
  "EXAMPLE",
  "1",
  "192",
  "",
  "\u0130x",
  "m\u00fc",
);
const name = fc.array(label, { maxLength: 5 }).map((labels) => labels.join("."));
const number = fc.constantFrom("1", "192", "0", "", "a");
const address = fc.oneof(
  fc.array(number, { minLength: 1, maxLength: 6 }).map((numbers) => numbers.join(".")),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom("2001:db8::1", "2001:db8:0:0:1::", "::ffff:192.0.2.1", "[192.0.2.1", "unknown"),
);
const client = fc.oneof(
  fc.tuple(fc.oneof(name, fc.constant("unknown")), address).map(([of, at]) => `${of}[${at}]`),
  fc.tuple(name, address).map(([of, at]) => `${of}[${at}`),
  name,
);

test("the whereabouts of a client's bytes are those of its text, whatever was looked at before", () => {
  const pairing = new Pairing([1, 2, 3, 4]);
  const finder = new WhereaboutsFinder(pairing);
  fc.assert(
    fc.property(client, (text) => {
      const batch = batchOf(text);
      const { address: at, host } = clientOf(batch, 0);
      const { network, domain } = pairing.whereabouts(at, host);
      finder.look(batch, 0);
      expect([finder.network, finder.domain]).toEqual([network, domain ?? Number.NaN]);
      expect(pairing.expects(network, domain ?? Number.NaN)).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test("whoever was turned away is expected from its network and from its domain, until it has come", () => {
  const pairing = new Pairing([1, 2, 3, 4]);
  const approach = {
    at: 0,
    sender: "a@sender.test",
    recipient: "b@example.org",
    address: "192.0.2.10",
    host: "out.sender.test",
  };
  pairing.refused(approach);
  const there = pairing.whereabouts("192.0.2.99", "other.sender.test");
  const elsewhere = pairing.whereabouts("198.51.100.1", "mx.elsewhere.test");
  expect(pairing.expects(there.network, Number.NaN)).toBe(true);
  expect(pairing.expects(elsewhere.network, there.domain ?? Number.NaN)).toBe(true);
  expect(pairing.expects(elsewhere.network, elsewhere.domain ?? Number.NaN)).toBe(false);
  pairing.accepted({ ...approach, at: 1000 });
  expect(pairing.expects(there.network, there.domain ?? Number.NaN)).toBe(false);
});
