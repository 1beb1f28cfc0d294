import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTextListing } from "../../../../collectors/dialects/postfix/queue-text.ts";
import { postfixSample, readListing } from "../../../support/listing.ts";

const now = Date.UTC(2026, 10, 22, 4, 0, 0);
const utc = { now, zone: "UTC" };
const title = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n";

function arrivals(options: { now: number; zone: string }, ...stamps: string[]): string[] {
  const entries = stamps.map(
    (stamp, i) => `A${i}00000000     905 ${stamp}  a@example.org\n${" ".repeat(41)}b@example.org\n\n`,
  );
  const { rows } = readListing(openTextListing(options), `${title}${entries.join("")}-- 1 Kbytes in 1 Request.\n`);
  return rows.map(({ arrival }) => new Date(arrival).toISOString());
}

describe("a recorded text listing", () => {
  const recorded = readFileSync(postfixSample("queue-administrator.txt"));

  test.each([65_536, 100, 1])("has every message, held ones among them, in pieces of %i bytes", (size) => {
    const { rows, malformed } = readListing(openTextListing(utc), recorded, size);
    expect(malformed).toBe(0);
    expect(rows).toHaveLength(16);
    expect(rows[0]).toEqual({
      queue: "deferred",
      id: "E3710222231",
      arrival: Date.UTC(2026, 10, 22, 3, 50, 51),
      size: 905,
      sender: "u1@lab.test",
      forced: false,
      recipients: [{ address: "r666@dead.test", reason: "connect to 127.0.1.11[127.0.1.11]:2602: Connection refused" }],
    });
    expect(rows.filter(({ queue }) => queue === "hold")).toHaveLength(4);
    expect(rows.every(({ recipients }) => recipients.length === 1 && recipients[0].reason !== "")).toBe(true);
  });

  test("has a long reason, which begins at the margin", () => {
    const { rows } = readListing(openTextListing(utc), recorded);
    expect(rows.find(({ id }) => id === "E22A02230BF")?.recipients[0].reason).toMatch(
      /^delivery temporarily suspended: /,
    );
  });
});

describe("marks and shapes", () => {
  test("active, held, to be expired, several recipients and reasons, null sender, long id", () => {
    const listing = `${title}C7E38218724#     560 Sun Nov 22 03:53:16  sender2@lab.test
                   (connect to 127.0.0.1[127.0.0.1]:42239: Connection refused)
                                         user2@remote.test
                                         user3@remote.test
          (host 127.0.0.1[127.0.0.1] said: 450 4.2.1 (busy) (in reply to RCPT TO command))
                                         "strange, (to=<x@y>)"@remote.test

EC67D2187ED*     560 Sun Nov 22 03:59:08  MAILER-DAEMON
                                         user2@remote.test

4jXFnZ15JRzN9tt!#     1068 Sun Nov 22 03:59:08 "a b"@lab.test
                                         hc@ok.test

-- 2 Kbytes in 3 Requests.
`;
    const { rows, malformed } = readListing(openTextListing(utc), listing);
    expect(malformed).toBe(0);
    const refused = "connect to 127.0.0.1[127.0.0.1]:42239: Connection refused";
    expect(rows).toMatchObject([
      {
        queue: "deferred",
        id: "C7E38218724",
        forced: true,
        recipients: [
          { address: "user2@remote.test", reason: refused },
          { address: "user3@remote.test", reason: refused },
          {
            address: '"strange, (to=<x@y>)"@remote.test',
            reason: "host 127.0.0.1[127.0.0.1] said: 450 4.2.1 (busy) (in reply to RCPT TO command)",
          },
        ],
      },
      { queue: "active", id: "EC67D2187ED", sender: "", forced: false, recipients: [{ reason: "" }] },
      { queue: "hold", id: "4jXFnZ15JRzN9tt", sender: '"a b"@lab.test', forced: true, size: 1068 },
    ]);
  });

  test("what was never deferred may be incoming or in maildrop: its queue is unknown", () => {
    const listing = `${title}A000000000      560 Sun Nov 22 03:59:08  a@lab.test\n${" ".repeat(41)}b@ok.test\n\n-- 1 Kbytes in 1 Request.\n`;
    expect(readListing(openTextListing(utc), listing).rows).toMatchObject([{ queue: "unknown" }]);
  });

  test("an empty queue is not a broken listing", () => {
    expect(readListing(openTextListing(utc), "Mail queue is empty\n")).toEqual({ rows: [], malformed: 0, batches: 0 });
  });

  test("a message with very many recipients comes in several rows", () => {
    const recipients = Array.from({ length: 9000 }, (_, i) => `${" ".repeat(41)}r${i}@ok.test\n`).join("");
    const listing = `${title}A000000000*     560 Sun Nov 22 03:59:08  a@lab.test\n${recipients}\n-- 1 Kbytes in 1 Request.\n`;
    const { rows, malformed } = readListing(openTextListing(utc), listing, 1000);
    expect(malformed).toBe(0);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map(({ id, sender, queue }) => `${id} ${sender} ${queue}`))).toEqual(
      new Set(["A000000000 a@lab.test active"]),
    );
    expect(rows.flatMap((row) => row.recipients.map(({ address }) => address))).toEqual(
      Array.from({ length: 9000 }, (_, i) => `r${i}@ok.test`),
    );
  });
});

describe("stamps without a year", () => {
  test("get the newest year that is not in the future", () => {
    const january = { now: Date.UTC(2027, 0, 1, 0, 30), zone: "UTC" };
    expect(arrivals(january, "Thu Dec 31 23:59:59", "Fri Jan  1 00:10:00")).toEqual([
      "2026-12-31T23:59:59.000Z",
      "2027-01-01T00:10:00.000Z",
    ]);
  });

  test("the weekday tells for how many years a message has been on hold", () => {
    expect(arrivals(utc, "Fri Nov 20 10:00:00", "Thu Nov 20 10:00:00", "Wed Nov 20 10:00:00")).toEqual([
      "2026-11-20T10:00:00.000Z",
      "2025-11-20T10:00:00.000Z",
      "2024-11-20T10:00:00.000Z",
    ]);
  });

  test("29 February is in a leap year", () => {
    expect(arrivals({ now: Date.UTC(2029, 0, 1), zone: "UTC" }, "Tue Feb 29 12:00:00")).toEqual([
      "2028-02-29T12:00:00.000Z",
    ]);
  });

  test("are in the zone of whoever wrote them, in summer and in winter", () => {
    expect(
      arrivals({ now, zone: "Europe/Vienna" }, "Sat Nov 21 12:00:00", "Wed Jul  1 12:00:00", "Sun Mar 29 03:00:00"),
    ).toEqual(["2026-11-21T11:00:00.000Z", "2026-07-01T10:00:00.000Z", "2026-03-29T01:00:00.000Z"]);
  });
});

describe("what is not a listing", () => {
  test("a listing without its last line was cut: one malformed entry", () => {
    const recorded = readFileSync(postfixSample("queue-administrator.txt"));
    const { rows, malformed } = readListing(openTextListing(utc), recorded.subarray(0, recorded.indexOf("-- 15")));
    expect(rows).toHaveLength(16);
    expect(malformed).toBe(1);
  });

  test("any bytes are read without an exception", () => {
    const recorded = readFileSync(postfixSample("queue-administrator.txt"));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(recorded.length - 1), fc.nat(255)), { maxLength: 30 }), (changes) => {
        const bytes = Uint8Array.from(recorded);
        for (const [at, byte] of changes) bytes[at] = byte;
        readListing(openTextListing(utc), bytes, 50);
      }),
    );
  });
});
