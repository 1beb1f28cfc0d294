import fc from "fast-check";
import { expect, test } from "vitest";
import { Held } from "../../../collectors/lookout/held.ts";
import { Lookout } from "../../../collectors/lookout/lookout.ts";
import { markOf, sighted } from "./sightings.ts";

const sum = ({ held, returned, givenUp, forgotten }: ReturnType<Held["total"]>): number =>
  held + returned + givenUp + forgotten;

test("a message that is tried again is the same message, and its wait is told", () => {
  const held = new Held(10);
  expect(held.offered(sighted(1000)).attempt).toBe(1);
  expect(held.offered(sighted(61_000))).toEqual({ attempt: 2, interval: 60_000, alone: true });
  expect(held.offered(sighted(361_000))).toEqual({ attempt: 3, interval: 300_000, alone: true });
  expect(held.total()).toMatchObject({ seen: 1, held: 1 });
});

test.each([
  ["another size", { size: 1001 }],
  ["another sender", { from: "b@one.test" }],
  ["another recipient", { to: ["y@held.test"] }],
  ["one recipient more", { to: ["x@held.test", "y@held.test"] }],
  ["a stranger's network without a name", { network: "198.51.100" }],
  ["another Message-ID", { messageId: "<m2@one.test>" }],
])("another message: %s", (_what, wish) => {
  const held = new Held(10);
  held.offered(sighted(0));
  expect(held.offered(sighted(60_000, wish)).attempt).toBe(1);
  expect(held.total()).toMatchObject({ held: 2, heldAtMost: 2 });
});

test("two that look alike are two, when the second comes sooner than any server tries again", () => {
  const held = new Held(10);
  for (const at of [0, 300_000, 900_000]) {
    expect(held.offered(sighted(at)).attempt).toBe(held.offered(sighted(at + 2000)).attempt);
  }
  expect(held.total()).toMatchObject({ seen: 2, held: 2, heldAtMost: 2 });
});

test("one message at the second address of a lookout, or with one Message-ID, is one attempt of one message", () => {
  const held = new Held(10);
  const attempts = [
    sighted(0),
    sighted(400, { door: "2001:db8::1", network: "192.0.2" }),
    sighted(300_000, { door: "203.0.113.1" }),
    sighted(300_300, { door: "2001:db8::1" }),
  ].map((one) => held.offered(one).attempt);
  expect(attempts).toEqual([1, 1, 2, 2]);
  held.offered(sighted(0, { messageId: "<m1@one.test>" }));
  expect(held.offered(sighted(100, { messageId: "<m1@one.test>" }))).toMatchObject({
    attempt: 1,
    interval: Number.NaN,
  });
  expect(held.total()).toMatchObject({ seen: 2, heldAtMost: 2 });
});

test("a second one that looks alike and comes later cannot be told apart, and the count says from and to", () => {
  const held = new Held(10);
  // One that is told late once, since its server looks at its queue every five minutes.
  for (const at of [0, 300, 900, 1200]) held.offered(sighted(at * 1000));
  expect(held.total()).toMatchObject({ held: 1, heldAtMost: 1 });
  // And three of them, each a third of the term after the other.
  for (const at of [0, 300, 400, 500, 600, 700, 800]) held.offered(sighted(at * 1000, { from: "c@one.test" }));
  expect(held.total()).toMatchObject({ held: 2, heldAtMost: 4 });
  // The other one began at 440, and keeps its own clock.
  const other = new Held(10);
  for (const at of [0, 300, 440, 600, 740, 900]) other.offered(sighted(at * 1000));
  expect(other.total()).toMatchObject({ held: 1, heldAtMost: 2 });
  other.returned(markOf("sender", "a@one.test"), markOf("recipient", "x@held.test"), markOf("network", "192.0.2"), 1e6);
  expect(other.total()).toMatchObject({ held: 0, heldAtMost: 0, returned: 1 });
});

test("waits that grow, and recipients that are tried apart, leave no doubt", () => {
  const held = new Held(10);
  for (const at of [0, 60, 180, 420, 900, 1860]) held.offered(sighted(at * 1000));
  const to = (...names: string[]) => ({ from: "b@one.test", to: names.map((name) => `${name}@held.test`) });
  held.offered(sighted(0, to("x", "y")));
  for (const at of [60, 120, 180]) {
    expect(held.offered(sighted(at * 1000, to("x"))).interval).toBe(60_000);
    expect(held.offered(sighted(at * 1000 + 2000, to("y"))).interval).toBe(at === 60 ? 62_000 : 60_000);
  }
  expect(held.total()).toMatchObject({ seen: 2, held: 2, heldAtMost: 2 });
});

test("the waits of messages that take turns by one clock teach nothing of it", () => {
  const lookout = new Lookout({ messages: 10, patience: 1e9 });
  const one = (at: number, size: number, from = "a@one.test") =>
    lookout.offered(sighted(at * 1000, { from, size, domain: "one.test", senderClass: "exim" }));
  one(0, 1, "b@one.test");
  // The same two over another server of the author's: its clock is its own.
  lookout.offered(sighted(0, { from: "b@one.test", size: 3, network: "198.51.100" }));
  for (const at of [60, 120]) one(at, 1, "b@one.test");
  one(0, 1);
  one(0, 2);
  one(60, 1);
  one(120, 1);
  one(180, 2);
  const { intervals } = lookout.report(200_000);
  expect(intervals.aside).toBe(3);
  const wait = { count: 1, shortest: 60_000, mean: 60_000, longest: 60_000 };
  expect(intervals.byClass).toEqual({
    exim: [
      { ...wait, attempt: 2 },
      { ...wait, attempt: 3 },
    ],
  });
});

test("many that look alike are counted without taking their square of time", () => {
  const held = new Held(20_000);
  // Some seconds; by the square it would be longer than any test may take.
  for (let at = 0; at < 20_000; at++) held.offered(sighted(at / 10));
  expect(held.total()).toMatchObject({ seen: 20_000, held: 20_000 });
});

test("a sender with many networks is known by its name, and one without a name by its network", () => {
  const held = new Held(10);
  held.offered(sighted(0, { network: "192.0.2", domain: "one.test" }));
  expect(held.offered(sighted(60_000, { network: "198.51.100", domain: "one.test" })).attempt).toBe(2);
  expect(held.offered(sighted(120_000, { network: "198.51.100" })).attempt).toBe(3);
});

test("a re-try for a part of the recipients is no new message", () => {
  const held = new Held(10);
  held.offered(sighted(0, { to: ["x@held.test", "y@held.test", "z@held.test"] }));
  expect(held.offered(sighted(60_000, { to: ["z@held.test"] })).attempt).toBe(2);
  expect(held.total().seen).toBe(1);
});

test("a message is back when all its recipients are, and each return ticks off one message", () => {
  const held = new Held(10);
  const [from, network] = [markOf("sender", "a@one.test"), markOf("network", "192.0.2")];
  const back = (to: string, at: number, origin = network) => held.returned(from, markOf("recipient", to), origin, at);
  held.offered(sighted(0, { to: ["x@held.test", "y@held.test"] }));
  held.offered(sighted(5000, { to: ["x@held.test"], size: 7 }));
  expect(back("x@held.test", 10_000, markOf("network", "203.0.113"))).toBeUndefined();
  expect(back("nobody@held.test", 10_000)).toBeUndefined();
  expect(back("x@held.test", -1000)).toBeUndefined();
  expect(back("x@held.test", 10_000)).toBe(10_000);
  expect(held.total()).toMatchObject({ held: 2, returned: 0 });
  expect(back("x@held.test", 11_000)).toBe(6000);
  expect(held.total()).toMatchObject({ held: 1, returned: 1 });
  expect(back("y@held.test", 12_000)).toBe(12_000);
  expect(back("x@held.test", 13_000)).toBeUndefined();
  expect(held.total()).toEqual({ seen: 2, held: 0, returned: 2, givenUp: 0, forgotten: 0, heldAtMost: 0 });
});

test("memory is bounded: the message seen once and longest ago is forgotten, and counted", () => {
  const held = new Held(3, 4, 1);
  const before = held.bytes;
  for (const size of [1, 2, 3]) held.offered(sighted(size, { size }));
  held.offered(sighted(4, { size: 1 }));
  held.offered(sighted(5, { size: 4 }));
  expect(held.total()).toMatchObject({ seen: 4, held: 3, forgotten: 1 });
  expect(held.offered(sighted(6, { size: 1 })).attempt).toBe(3);
  // Recipients are bounded, too: one message with four takes the place of all others.
  held.offered(sighted(7, { size: 9, to: ["p@held.test", "q@held.test", "r@held.test", "s@held.test"] }));
  expect(held.total()).toMatchObject({ seen: 5, held: 1, forgotten: 4 });
  expect(held.bytes).toBe(before);
});

test("a flood of messages that come once does not wash out those that come back", () => {
  const held = new Held(10, 20, 1);
  for (const at of [0, 60]) for (const size of [1, 2, 3]) held.offered(sighted(at + size, { size }));
  for (let at = 0; at < 1000; at++) held.offered(sighted(100 + at, { from: `invented${at}@two.test`, size: at }));
  expect(held.total()).toEqual({
    seen: 1003,
    held: 10,
    returned: 0,
    givenUp: 0,
    forgotten: 993,
    heldAtMost: 10,
  });
  for (const size of [1, 2, 3]) expect(held.offered(sighted(5000, { size })).attempt).toBe(3);
});

test("patience goes by the first offer, also of a message that is still tried", () => {
  const held = new Held(10, 20, 1);
  held.offered(sighted(0, { size: 1 }));
  held.offered(sighted(50, { size: 2 }));
  held.offered(sighted(90, { size: 1 }));
  expect(held.giveUp(101, 100)).toBe(1);
  expect(held.total()).toMatchObject({ held: 1, givenUp: 1 });
  expect([...held.messages()].map(({ first }) => first)).toEqual([50]);
});

const step = fc.record({
  act: fc.constantFrom("offer", "offer", "offer", "return", "restart"),
  from: fc.integer({ min: 0, max: 2 }),
  to: fc.integer({ min: 0, max: 3 }),
  size: fc.integer({ min: 0, max: 2 }),
});

test("whatever happens: nothing counts twice or is lost, against a plain list; a restart changes nothing", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let held = new Held(200, 400, 1);
      const list: { key: string; pair: string; first: number }[] = [];
      let returned = 0;
      for (const [at, { act, from, to, size }] of steps.entries()) {
        const [sender, recipient] = [`${from}@one.test`, `${to}@held.test`];
        const pair = `${sender} ${recipient}`;
        if (act === "offer") {
          const known = list.some(({ key }) => key === `${pair} ${size}`);
          const { attempt } = held.offered(sighted(at, { from: sender, to: [recipient], size }));
          expect(attempt > 1).toBe(known);
          if (!known) list.push({ key: `${pair} ${size}`, pair, first: at });
        } else if (act === "return") {
          const found = list.find((one) => one.pair === pair);
          const waited = held.returned(
            markOf("sender", sender),
            markOf("recipient", recipient),
            markOf("network", "192.0.2"),
            at,
          );
          expect(waited).toBe(found === undefined ? undefined : at - found.first);
          if (found === undefined) continue;
          list.splice(list.indexOf(found), 1);
          returned++;
        } else {
          const again = new Held(200, 400, 1);
          again.restore([...held.save()]);
          expect([...again.save()]).toEqual([...held.save()]);
          held = again;
        }
        expect(held.total()).toMatchObject({ held: list.length, returned });
        expect(held.total().seen).toBe(sum(held.total()));
      }
    }),
    { numRuns: 200 },
  );
});
