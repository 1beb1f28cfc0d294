import { expect, test } from "vitest";
import { type HashKey, keyedHash } from "../../../../src/core/retries/senders/keyed-hash.ts";
import { domainOf, networkOf, Pairing } from "../../../../src/core/retries/senders/pairing.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

const key: HashKey = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];
const approach = {
  at: 0,
  sender: "a@sender.test",
  recipient: "b@example.org",
  address: "192.0.2.10",
  host: "out1.sender.test",
  senderClass: "postfix",
};

test("the hash is SipHash-2-4: the vectors of its paper", () => {
  const text = (length: number): string => {
    const [high, low] = keyedHash(
      key,
      Uint8Array.from({ length }, (_, i) => i),
    );
    return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
  };
  expect([text(0), text(8), text(15)]).toEqual(["726fdb47dd0e0e31", "93f5f5799a932462", "a129ca6149be45e5"]);
});

test("the same sender and recipient from the same network come back, and their wait is told", () => {
  const pairing = new Pairing(key);
  pairing.refused(approach);
  pairing.refused({ ...approach, at: 5 * MINUTE, address: "192.0.2.11" });
  const back = pairing.accepted({ ...approach, at: 20 * MINUTE, address: "192.0.2.200", sender: "A@Sender.test" });
  expect(back).toEqual({ senderClass: "postfix", waited: 20 * MINUTE, refusals: 2 });
  expect(pairing.waiting).toBe(0);
  expect(pairing.accepted({ ...approach, at: HOUR })).toBeUndefined();
});

test("a pool that returns from another network is known by its domain", () => {
  const pairing = new Pairing(key);
  pairing.refused(approach);
  const back = pairing.accepted({ ...approach, at: HOUR, address: "203.0.113.5", host: "out9.sender.test" });
  expect(back?.waited).toBe(HOUR);
});

test.each([
  ["another sender at the same address", { sender: "c@sender.test" }],
  ["another recipient", { recipient: "c@example.org" }],
  ["another network and domain", { address: "203.0.113.5", host: "out1.other.test" }],
  ["another network without a name", { address: "203.0.113.5", host: undefined }],
])("not the same: %s", (_what, change) => {
  const pairing = new Pairing(key);
  pairing.refused(approach);
  const { host, ...rest } = { ...approach, at: HOUR, ...change };
  expect(pairing.accepted(host === undefined ? rest : { ...rest, host })).toBeUndefined();
  expect(pairing.waiting).toBe(1);
});

test("those who never come back are told once, by what their class holds on to", () => {
  const pairing = new Pairing(key);
  pairing.refused({ ...approach, senderClass: "mailgun" });
  pairing.refused({ ...approach, sender: "c@sender.test" });
  expect(pairing.neverReturned(8 * HOUR)).toEqual([]);
  expect(pairing.neverReturned(DAY).map(({ senderClass }) => senderClass)).toEqual(["mailgun"]);
  expect(pairing.neverReturned(DAY)).toEqual([]);
  expect(pairing.neverReturned(6 * DAY).map(({ senderClass }) => senderClass)).toEqual(["postfix"]);
  expect(pairing.waiting).toBe(0);
});

test("memory is bounded: the first is forgotten first, and that is counted", () => {
  const pairing = new Pairing(key, 100);
  for (let i = 0; i < 1000; i++) pairing.refused({ ...approach, at: i, sender: `a${i}@sender.test` });
  expect(pairing.waiting).toBe(100);
  expect(pairing.forgotten).toBe(900);
  expect(pairing.accepted({ ...approach, at: 2000, sender: "a1@sender.test" })).toBeUndefined();
  expect(pairing.accepted({ ...approach, at: 2000, sender: "a999@sender.test" })).toBeDefined();
});

test("what is kept holds no address, means nothing under another key, and goes on after a restart", () => {
  const pairing = new Pairing(key);
  pairing.refused(approach);
  const saved = JSON.parse(JSON.stringify(pairing.save()));
  expect(JSON.stringify(saved)).not.toMatch(/sender\.test|example|192/);
  const again = new Pairing(key);
  again.restore(saved);
  expect(again.accepted({ ...approach, at: HOUR })?.waited).toBe(HOUR);
  const other = new Pairing([1, 2, 3, 4]);
  other.restore(saved);
  expect(other.accepted({ ...approach, at: HOUR })).toBeUndefined();
});

test.each([
  ["192.0.2.77", "192.0.2"],
  ["[192.0.2.77]", "192.0.2"],
  ["::ffff:192.0.2.77", "192.0.2"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0db8::5", "2001:db8:0:0"],
  ["IPv6:2001:db8:1:2::9", "2001:db8:1:2"],
])("network of %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["mail-a1.google.com", "google.com"],
  ["mx.example.co.uk", "example.co.uk"],
  ["mx1.example.org.", "example.org"],
  ["host.example.de", "example.de"],
  ["localhost", undefined],
  ["[192.0.2.1]", undefined],
])("domain of %s", (host, domain) => {
  expect(domainOf(host)).toBe(domain);
});
