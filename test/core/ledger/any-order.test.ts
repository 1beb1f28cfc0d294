// Lines in any order, of messages that never were, by a clock that jumps: nothing throws, and the books balance.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Flag } from "../../../src/core/ledger/messages.ts";
import { reasonNames } from "../../../src/core/ledger/reasons.ts";
import { Observation } from "../../../src/core/observation.ts";
import { bounces, clock, clockText, goes, queued, record, Story, waits } from "../../support/story.ts";

const id = fc.constantFrom("A10000", "A10001", "A10002", "A10003", "4jXFnb6XhgzNB2s");
const to = fc.constantFrom(
  "one@remote.test",
  "ONE@Remote.Test",
  "two@other.test",
  "local",
  '"odd, (to=<x@y>)"@third.test',
  "@",
);

const line: fc.Arbitrary<(time: string) => string> = fc.oneof(
  fc.tuple(id, to).map(
    ([a, b]) =>
      (t: string) =>
        waits(t, a, { to: b }),
  ),
  fc.tuple(id, to).map(
    ([a, b]) =>
      (t: string) =>
        goes(t, a, { to: b }),
  ),
  fc.tuple(id, to).map(
    ([a, b]) =>
      (t: string) =>
        bounces(t, a, { to: b }),
  ),
  fc.tuple(id, id).map(
    ([a, b]) =>
      (t: string) =>
        goes(t, a, { says: `250 2.0.0 Ok: queued as ${b}` }),
  ),
  fc.tuple(id, fc.nat(4)).map(
    ([a, n]) =>
      (t: string) =>
        queued(t, a, { recipients: n }),
  ),
  fc.tuple(id, fc.nat(4)).map(
    ([a, n]) =>
      (t: string) =>
        queued(t, a, { recipients: n, sender: "" }),
  ),
  fc.tuple(id, id).map(
    ([a, b]) =>
      (t: string) =>
        `${t} pickup ${a}: uid=0 from=<x@lab.test> orig_id=${b}`,
  ),
  fc.tuple(id, id).map(
    ([a, b]) =>
      (t: string) =>
        `${t} bounce ${a}: sender non-delivery notification: ${b}`,
  ),
  fc
    .tuple(
      id,
      fc.constantFrom(
        "smtpd client=client.test[192.0.2.9]",
        "cleanup message-id=<1@lab.test>",
        "qmgr removed",
        "qmgr from=<a@lab.test>, status=expired, returned to sender",
        "postsuper removed",
        "postsuper requeued",
        "postsuper placed on hold",
        "postsuper released from hold",
        "postsuper expired",
        "smtp to=<x@remote.test>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=deliverable (ok)",
        "cleanup milter-reject: END-OF-MESSAGE from client.test[192.0.2.9]: 5.7.1 no; from=<a@lab.test> to=<b@lab.test> proto=ESMTP helo=<c>",
      ),
    )
    .map(
      ([a, text]) =>
        (t: string) =>
          text.replace(/^(\S+) /, `${t} $1 ${a}: `),
    ),
  fc
    .constantFrom(
      "postsuper Deleted: 2 messages",
      "postsuper Released from hold: 3 messages",
      "postsuper Placed on hold: 3 messages",
      "postfix-script stopping the Postfix mail system",
      "master daemon started -- version 3.7.11, configuration /etc/postfix",
      "smtpd NOQUEUE: reject: RCPT from client.test[192.0.2.9]: 451 4.3.0 <b@lab.test>: Temporary lookup failure; from=<a@other.test> to=<b@lab.test> proto=ESMTP helo=<c>",
    )
    .map((text) => (t: string) => `${t} ${text}`),
);

type Move = { readonly after: number; readonly line: (time: string) => string } | { readonly list: readonly string[] };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ after: fc.constantFrom(0, 0, 1, 1, 5, 40, 400, 4000, -3, -600), line }) },
    { weight: 1, arbitrary: fc.record({ list: fc.uniqueArray(id, { maxLength: 5 }) }) },
  ),
  { maxLength: 80 },
);

function balance(known: Observation): void {
  const { ledger } = known;
  const { messages, entries, counts } = ledger;
  for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThanOrEqual(0);
  let live = 0;
  let counted = 0;
  let waiting = 0;
  for (let slot = 0; slot < messages.used; slot++) {
    if (messages.idLength[slot] === 0) continue;
    let chain = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = entries.next[entry]) chain++;
    waiting += chain;
    if ((messages.flags[slot] & Flag.gone) !== 0) {
      expect(chain, "nobody waits for a message that is gone").toBe(0);
      continue;
    }
    if ((messages.flags[slot] & Flag.queued) === 0) continue;
    live++;
    if ((messages.flags[slot] & Flag.counted) !== 0) counted++;
    expect(ledger.remaining(slot)).toBeGreaterThanOrEqual(0);
  }
  expect(ledger.live, "messages in the queue").toBe(live);
  expect(counts.accepted - counts.removed, "accepted and not removed").toBe(counted);
  expect(entries.live, "recipients that wait").toBe(waiting);
  let tallied = 0;
  for (let place = 0; place < ledger.destinations.count; place++) {
    for (let reason = 0; reason < reasonNames.length; reason++) {
      const recipients = ledger.waiting.get(place, reason);
      expect(recipients).toBeGreaterThanOrEqual(0);
      tallied += recipients;
    }
  }
  expect(tallied, "by destination and reason").toBe(waiting);
}

test("the books balance after every line", () => {
  fc.assert(
    fc.property(moves, (all) => {
      const story = new Story();
      let now = clock("2d 10:00:00");
      for (const move of all) {
        if ("list" in move) {
          story.list(
            clockText(now),
            move.list.map((one) => ({
              id: one,
              arrival: "2d 09:00:00",
              recipients: [["one@remote.test", "Connection refused"]],
            })),
          );
        } else {
          now += move.after * 1000;
          story.tell(move.line(clockText(now)));
        }
        balance(story.known);
      }
      expect(() => story.at(now)).not.toThrow();
      expect(() => story.at(now + 86_400_000)).not.toThrow();
    }),
    { numRuns: process.env.MAILTIDE_LONG === "1" ? 20_000 : 200 },
  );
});

test("a requeued message that turns out to be a report, and then an address check, is counted and taken off once", () => {
  const story = new Story();
  const known = (): number => story.known.ledger.counts.notifications;
  story.tell("10:00:00 pickup A10000: uid=0 from=<x@lab.test> orig_id=A10001");
  story.tell("10:00:00 bounce A10001: sender non-delivery notification: A10000");
  story.tell(queued("10:00:00", "A10000"));
  expect(known()).toBe(1);
  balance(story.known);
  story.tell(
    "10:00:00 smtp A10000: to=<x@remote.test>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=deliverable (ok)",
  );
  expect(known()).toBe(0);
  balance(story.known);
});

test("any bytes, and real lines with bytes changed: nothing throws, every line is answered once", () => {
  fc.assert(
    fc.property(
      moves,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 40 }),
      fc.uint8Array({ maxLength: 300 }),
      (all, changes, noise) => {
        let now = clock("2d 10:00:00");
        const lines = all.flatMap((move) => {
          if ("list" in move) return [];
          now += Math.max(0, move.after) * 1000;
          return [move.line(clockText(now))];
        });
        const log = new TextEncoder().encode(
          lines.map((text) => `Nov 22 10:00:00 mta postfix/${text.slice(text.indexOf(":") + 7)}\n`).join(""),
        );
        const bytes = new Uint8Array([...log, ...noise, 10]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const story = new Story();
        story.known = new Observation(story.known.schedule);
        record(story.known, bytes, 5);
        const { read, foreign, unsupported, malformed } = story.at(now).totals.lines;
        const feeds = bytes.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
        expect(read + foreign + unsupported + malformed).toBe(feeds + (bytes.at(-1) === 10 ? 0 : 1));
        balance(story.known);
      },
    ),
    { numRuns: process.env.MAILTIDE_LONG === "1" ? 20_000 : 200 },
  );
});
