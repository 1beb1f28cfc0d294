import fc from "fast-check";
import { expect, test } from "vitest";
import { Held } from "../../../collectors/lookout/held.ts";
import { markOf, sighted } from "./sightings.ts";

const sum = ({ held, returned, givenUp, forgotten }: ReturnType<Held["total"]>): number =>
  held + returned + givenUp + forgotten;

test("a message that is tried again is the same message, and its wait is told", () => {
  const held = new Held(10);
  expect(held.offered(sighted(1000)).attempt).toBe(1);
  expect(held.offered(sighted(61_000))).toEqual({ attempt: 2, interval: 60_000 });
  expect(held.offered(sighted(361_000))).toEqual({ attempt: 3, interval: 300_000 });
  expect(held.total()).toMatchObject({ seen: 1, held: 1 });
});

test.each([
  ["another size", { size: 1001 }],
  ["another sender", { from: "b@one.test" }],
  ["another recipient", { to: ["y@held.test"] }],
  ["one recipient more", { to: ["x@held.test", "y@held.test"] }],
  ["a stranger's network without a name", { network: "198.51.100" }],
  ["a second one on the same connection", { ordinal: 1 }],
])("another message: %s", (_what, wish) => {
  const held = new Held(10);
  held.offered(sighted(0));
  expect(held.offered(sighted(60_000, wish)).attempt).toBe(1);
  expect(held.total().held).toBe(2);
});

test("a sender with many networks is known by its name, and one without a name by its network", () => {
  const held = new Held(10);
  held.offered(sighted(0, { network: "192.0.2", domain: "one.test" }));
  expect(held.offered(sighted(1, { network: "198.51.100", domain: "one.test" })).attempt).toBe(2);
  expect(held.offered(sighted(2, { network: "198.51.100" })).attempt).toBe(3);
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
  expect(back("x@held.test", -1)).toBeUndefined();
  expect(back("x@held.test", 10_000)).toBe(10_000);
  expect(held.total()).toMatchObject({ held: 2, returned: 0 });
  expect(back("x@held.test", 11_000)).toBe(6000);
  expect(held.total()).toMatchObject({ held: 1, returned: 1 });
  expect(back("y@held.test", 12_000)).toBe(12_000);
  expect(back("x@held.test", 13_000)).toBeUndefined();
  expect(held.total()).toEqual({ seen: 2, held: 0, returned: 2, givenUp: 0, forgotten: 0 });
});

test("memory is bounded: the message seen once and longest ago is forgotten, and counted", () => {
  const held = new Held(3, 4);
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
  const held = new Held(10);
  for (const at of [0, 60]) for (const size of [1, 2, 3]) held.offered(sighted(at + size, { size }));
  for (let at = 0; at < 1000; at++) held.offered(sighted(100 + at, { from: `invented${at}@two.test`, size: at }));
  expect(held.total()).toEqual({ seen: 1003, held: 10, returned: 0, givenUp: 0, forgotten: 993 });
  for (const size of [1, 2, 3]) expect(held.offered(sighted(5000, { size })).attempt).toBe(3);
});

test("patience goes by the first offer, also of a message that is still tried", () => {
  const held = new Held(10);
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
      let held = new Held(200);
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
          const again = new Held(200);
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
