// When whom is looked at: each address on its own clock, one connection at a time, more seldom where we burden.

import { expect, test } from "vitest";
import type { Look } from "../../../collectors/probe/connect.ts";
import { type ProbeOptions, Prober } from "../../../collectors/probe/probe.ts";
import { parseTarget, type Target } from "../../../collectors/probe/targets.ts";
import type { ProbeResult } from "../../../src/core/outages/endpoints.ts";
import { HOUR, MINUTE, SECOND } from "../../../src/core/time.ts";

function target(text: string): Target {
  const found = parseTarget(text);
  if (found === undefined) throw new Error(`${text} is no target`);
  return found;
}

/** A world whose clock is set, where a look takes no time of the machine. */
class World {
  now = Date.UTC(2026, 10, 23, 8, 0, 0);
  readonly looks: { endpoint: string; at: number }[] = [];
  readonly results: ProbeResult[] = [];
  readonly open = new Map<string, number>();
  mostOpen = 0;
  answer: (endpoint: string, at: number) => Partial<ProbeResult> = () => ({});
  /** Steps of the clock that a look takes. */
  pending: (() => void)[] = [];
  slow = false;
  readonly prober: Prober;
  #turn = 0;

  constructor(targets: readonly string[], more: Partial<ProbeOptions> = {}) {
    this.prober = new Prober({
      targets: targets.map(target),
      interval: MINUTE,
      timeout: 20 * SECOND,
      name: "probe.test",
      clock: () => this.now,
      // Not dice: a walk through all of 0 to 1.
      dice: () => {
        this.#turn = (this.#turn + 0.37) % 1;
        return this.#turn;
      },
      look: (one) => this.#look(one),
      ...more,
    });
  }

  async #look({ endpoint }: Look): Promise<ProbeResult> {
    const at = this.now;
    this.looks.push({ endpoint, at });
    const open = (this.open.get(endpoint) ?? 0) + 1;
    this.open.set(endpoint, open);
    this.mostOpen = Math.max(this.mostOpen, open);
    if (this.slow) await new Promise<void>((resolve) => this.pending.push(resolve));
    this.open.set(endpoint, open - 1);
    const base = {
      endpoint,
      at,
      took: 1,
      stage: "served",
      ours: false,
      code: 0,
      words: "",
      certificateEnds: undefined,
    };
    return { ...base, ...this.answer(endpoint, at) } as ProbeResult;
  }

  async run(duration: number, step = 5 * SECOND): Promise<void> {
    for (const end = this.now + duration; this.now < end; this.now += step) {
      this.prober.advance(this.now);
      if (!this.slow) await this.prober.settled();
      this.results.push(...this.prober.take());
    }
  }

  gaps(endpoint: string): number[] {
    const times = this.looks.filter((one) => one.endpoint === endpoint).map(({ at }) => at);
    return times.slice(1).map((at, i) => at - times[i]);
  }
}

test("each address is looked at once an interval, a tenth earlier or later, and not all at once", async () => {
  const lines = Array.from({ length: 8 }, (_, n) => `192.0.2.${n + 1}:25`);
  const world = new World(lines);
  await world.run(HOUR, SECOND);
  for (const endpoint of lines) {
    const gaps = world.gaps(endpoint);
    expect(gaps.length).toBeGreaterThan(50);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(54 * SECOND);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(67 * SECOND);
    expect(new Set(gaps).size).toBeGreaterThan(3);
  }
  expect(world.results.length).toBe(world.looks.length);
});

test("a look that hangs is waited for: never two connections to one address", async () => {
  const world = new World(["192.0.2.1:25"]);
  world.slow = true;
  await world.run(10 * MINUTE);
  expect(world.looks.length).toBe(1);
  expect(world.mostOpen).toBe(1);
  for (const resolve of world.pending) resolve();
  await world.prober.settled();
  await world.run(2 * MINUTE);
  expect(world.looks.length).toBe(2);
});

test("whom we burden is looked at more seldom, up to four intervals, and as before once it serves", async () => {
  const world = new World(["192.0.2.1:25"]);
  const until = world.now + 2 * HOUR;
  world.answer = (_line, at) => (at < until ? { stage: "banner", code: 421, words: "421 busy" } : {});
  await world.run(2 * HOUR);
  expect(
    world
      .gaps("192.0.2.1:25")
      .slice(3)
      .every((gap) => gap >= 3.6 * MINUTE && gap <= 4.5 * MINUTE),
  ).toBe(true);
  await world.run(HOUR);
  expect(world.gaps("192.0.2.1:25").at(-1)).toBeLessThanOrEqual(67 * SECOND);
});

test("a name stands for all its addresses, and follows them when they change", async () => {
  let addresses: readonly string[] = ["192.0.2.1", "2001:db8::1"];
  const world = new World(["mx.example.org"], { resolve: async () => addresses });
  await world.run(5 * MINUTE);
  expect([...world.prober.endpoints()].sort()).toEqual(["192.0.2.1:25", "[2001:db8::1]:25"]);
  addresses = ["198.51.100.9"];
  await world.run(3 * MINUTE);
  expect(world.prober.endpoints()).toEqual(["198.51.100.9:25"]);
  const before = world.looks.filter(({ endpoint }) => endpoint === "192.0.2.1:25").length;
  await world.run(5 * MINUTE);
  expect(world.looks.filter(({ endpoint }) => endpoint === "192.0.2.1:25").length).toBe(before);
});

test("a name without an address is an endpoint that fails; a resolver that is silent says nothing", async () => {
  let trouble = "ENOTFOUND";
  const world = new World(["mx.example.org"], {
    resolve: async () => {
      throw Object.assign(new Error(`getaddrinfo ${trouble} mx.example.org`), { code: trouble });
    },
  });
  await world.run(2 * MINUTE);
  expect(world.prober.endpoints()).toEqual(["mx.example.org:25"]);
  expect(world.results.at(-1)).toMatchObject({ endpoint: "mx.example.org:25", stage: "resolve", ours: false });
  trouble = "EAI_AGAIN";
  await world.run(2 * MINUTE);
  expect(world.results.at(-1)).toMatchObject({ stage: "resolve", ours: true });
});

test("addresses that are known are looked at while the resolver is silent", async () => {
  let silent = false;
  const world = new World(["mx.example.org"], {
    resolve: async () => {
      if (silent) throw Object.assign(new Error("no answer"), { code: "EAI_AGAIN" });
      return ["192.0.2.1"];
    },
  });
  await world.run(2 * MINUTE);
  silent = true;
  const before = world.looks.length;
  await world.run(10 * MINUTE);
  expect(world.prober.endpoints()).toEqual(["192.0.2.1:25"]);
  expect(world.looks.length).toBeGreaterThan(before + 7);
});

test("the clock put back by a day stops nothing", async () => {
  const world = new World(["192.0.2.1:25"]);
  await world.run(5 * MINUTE);
  world.now -= 24 * HOUR;
  const before = world.looks.length;
  await world.run(5 * MINUTE);
  expect(world.looks.length).toBeGreaterThanOrEqual(before + 4);
});

test.each([
  ["192.0.2.1", { host: "192.0.2.1", port: 25 }],
  ["192.0.2.1:2525", { host: "192.0.2.1", port: 2525 }],
  ["[2001:db8::1]:25", { host: "2001:db8::1", port: 25 }],
  ["2001:db8::1", { host: "2001:db8::1", port: 25 }],
  ["mx.example.org:587", { host: "mx.example.org", port: 587 }],
  ["192.0.2.300", undefined],
  ["192.0.2.1:0", undefined],
  ["192.0.2.1:70000", undefined],
  ["[192.0.2.1]:25", undefined],
  ["mx example.org", undefined],
  ["", undefined],
])("%j in the list of addresses", (text, expected) => {
  expect(parseTarget(text)).toEqual(expected);
});
