// A reply is classified once. What is remembered of it is what it was, also of those that differ in what they quote only.

import fc from "fast-check";
import { expect, test } from "vitest";
import { packStatus } from "../../../src/core/events/batch.ts";
import { bytesOf } from "../../../src/core/events/text.ts";
import { Places } from "../../../src/core/ledger/places.ts";
import { classify, reasonNumber } from "../../../src/core/ledger/reasons.ts";
import { Replies } from "../../../src/core/ledger/replies.ts";

const greylisted = (recipient: string): string =>
  `host mx.example.org[192.0.2.1] said: 450 4.2.1 <${recipient}>: Recipient address rejected: Greylisted (in reply to RCPT TO command)`;

test("a greylisted recipient is known by what was said of another", () => {
  const replies = new Replies(new Places());
  for (const recipient of ["a@example.org", "much.longer@example.org", ""]) {
    const bytes = bytesOf(greylisted(recipient));
    replies.read(bytes, 0, bytes.length, packStatus(4, 2, 1), 450);
    expect(replies.reason).toBe(reasonNumber.greylisted);
    expect(replies.relay).toBe(-1);
  }
  expect(replies.examples[reasonNumber.greylisted]).toBe(greylisted("a@example.org"));
});

test("whatever came before, a reply's reason and relay are its own", () => {
  const piece = fc.constantFrom(
    ..."<,>,<a@b.test>,<spamhaus>,<<x>,user unknown,greylisted,connect to mx.test[192.0.2.1]:25: ,connect to <mx[192.0.2.2]:25>,".split(
      ",",
    ),
    "delivery temporarily suspended: ",
    "host mx.test[192.0.2.1] said: ",
    "Connection refused",
    "over quota",
    "\u03a3<",
    " ",
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const places = new Places();
  const replies = new Replies(places);
  fc.assert(
    fc.property(text, fc.constantFrom(0, packStatus(4, 2, 2), packStatus(5, 1, 1)), (said, status) => {
      const bytes = bytesOf(`x${said}y`);
      replies.read(bytes, 1, bytes.length - 1, status, 450);
      const alone = new Replies(places);
      alone.read(bytes, 1, bytes.length - 1, status, 450);
      expect([replies.reason, replies.relay]).toEqual([alone.reason, alone.relay]);
      expect(replies.reason).toBe(classify(said, status, 450));
    }),
    { numRuns: 3000 },
  );
});
