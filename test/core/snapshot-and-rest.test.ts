// What is saved and read again goes on exactly as if nothing had happened.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../../src/core/fault.ts";
import { Observation } from "../../src/core/observation.ts";
import type { Report } from "../../src/core/report.ts";
import { orders, SimulatedPostfix, show } from "../support/simulated-postfix.ts";
import { arrives, clock, clockText, Story, tell, waits } from "../support/story.ts";

/** Reports after every fifth step; saved and restored before the steps in `cuts`. */
function reports(postfix: SimulatedPostfix, cuts: ReadonlySet<number>): Report[] {
  const story = new Story();
  const all: Report[] = [];
  postfix.steps.forEach((step, i) => {
    if (cuts.has(i)) story.known = Observation.restore(story.known.save());
    show(story, step);
    if (i % 5 === 4) all.push(story.at(story.known.ledger.now));
  });
  all.push(story.at(postfix.now));
  return all;
}

test("snapshot and rest make the whole, wherever the log is cut", () => {
  fc.assert(
    fc.property(orders, fc.array(fc.nat(200), { minLength: 1, maxLength: 4 }), (all, cuts) => {
      const postfix = new SimulatedPostfix().follow(all);
      expect(reports(postfix, new Set(cuts))).toEqual(reports(postfix, new Set()));
    }),
    { numRuns: process.env.MAILTIDE_LONG === "1" ? 10_000 : 150 },
  );
});

test("many messages, free rows among them: a saved ledger is as long as what it holds", () => {
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const id = (0xa00000 + i).toString(16).toUpperCase();
    return [...arrives("10:00:00", id), waits("10:00:01", id, { to: `u${i}@d${i % 40}.test` })];
  }).flat();
  const gone = Array.from(
    { length: 2990 },
    (_, i) => `10:10:00 postsuper ${(0xa00000 + i).toString(16).toUpperCase()}: removed`,
  );
  const more = ["10:20:00", "10:20:01"].flatMap((time, n) => arrives(time, `B0000${n}`));
  const story = tell(...lines, ...gone, ...arrives("10:15:00", "C00001"));
  const parts = story.known.save();
  expect(parts.get("messages.arrival")?.length).toBe(11 * 8);
  const restored = new Story();
  restored.known = Observation.restore(parts);
  expect(restored.tell(...more).at("10:21:00")).toEqual(story.tell(...more).at("10:21:00"));
  expect(restored.known.save()).toEqual(story.known.save());
});

test("restarted while nothing is logged: the silence is as long as it was", () => {
  const mail = Array.from({ length: 400 }, (_, i) =>
    arrives(clockText(clock("09:00:00") + i * 5000), `A1${1000 + i}`),
  ).flat();
  const story = tell(...mail);
  const restored = new Story();
  restored.known = Observation.restore(story.known.save());
  for (const at of ["09:40:00", "10:30:00"]) expect(restored.at(at).downtime).toEqual(story.at(at).downtime);
  expect(story.at("10:30:00").downtime).toHaveLength(1);
});

describe("a state that cannot be trusted", () => {
  const saved = (): Map<string, Uint8Array> => {
    const story = tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:01", "A1B2C3"));
    story.list("10:01:00", [{ id: "A1B2C3", arrival: "10:00:00" }]).at("10:02:00");
    return story.known.save();
  };
  const refusal = (parts: ReadonlyMap<string, Uint8Array>): Fault => {
    try {
      Observation.restore(parts);
    } catch (fault) {
      if (fault instanceof Fault) return fault;
      throw fault;
    }
    throw new Error("it was taken for good");
  };

  test("one wrong bit anywhere, a part cut short, or a part missing", () => {
    const whole = saved();
    expect(Observation.restore(whole)).toBeInstanceOf(Observation);
    for (const [name, bytes] of whole) {
      expect(refusal(new Map([...whole].filter(([other]) => other !== name))).code, `without ${name}`).toBe(
        "state-corrupt",
      );
      if (bytes.length === 0) continue;
      expect(refusal(new Map([...whole, [name, bytes.slice(0, -1)]])).code, `${name} cut`).toBe("state-corrupt");
      for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 40))) {
        const damaged = bytes.slice();
        damaged[at] ^= 1 << (at % 8);
        expect(refusal(new Map([...whole, [name, damaged]])).code, `byte ${at} of ${name}`).toBe("state-corrupt");
      }
    }
  });

  test("the form of a later mailtide says which one is needed", async () => {
    const { Saving } = await import("../../src/core/ledger/saved.ts");
    const parts = new Saving().finish();
    const index = new TextDecoder().decode(parts.get("index")).replace('"version":1', '"version":2');
    expect(refusal(new Map([["index", new TextEncoder().encode(index)]])).message).toMatch(
      /index is not what was written/,
    );
  });

  test("parts that do not begin where numbers of eight bytes may", () => {
    const shifted = new Map(
      [...saved()].map(([name, bytes]) => {
        const room = new Uint8Array(bytes.length + 3);
        room.set(bytes, 3);
        return [name, room.subarray(3)];
      }),
    );
    expect(Observation.restore(shifted).ledger.live).toBe(1);
  });
});
