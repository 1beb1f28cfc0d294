// One of our eight addresses refuses: real listeners on addresses of this machine, real looks at them, and what people read.

import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Prober } from "../../collectors/probe/probe.ts";
import type { Target } from "../../collectors/probe/targets.ts";
import type { Report } from "../../src/core/report.ts";
import { type Instant, MINUTE, SECOND } from "../../src/core/time.ts";
import { arrives, clock, goes, leaves, Story } from "../support/story.ts";

const hosts = Array.from({ length: 8 }, (_, n) => `127.0.0.${n + 11}`);

/** A mail server on one address that says what it must and no more. */
class Address {
  readonly host: string;
  port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(host: string) {
    this.host = host;
  }

  async up(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      socket.write("220 mx.test ESMTP\r\n");
      socket.on("data", (bytes) => {
        socket.write(bytes.toString().startsWith("QUIT") ? "221 bye\r\n" : "250 mx.test\r\n");
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, this.host, resolve);
    });
    const bound = server.address();
    this.port = typeof bound === "object" && bound !== null ? bound.port : 0;
    this.#server = server;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}

let addresses: Address[] = [];
afterEach(async () => {
  await Promise.all(addresses.map((one) => one.down()));
  addresses = [];
});

/** Our addresses, looked at by a set clock every minute, while mail goes in and out as always. */
async function watched(): Promise<{
  pass(duration: number, before?: (at: Instant) => Promise<void>): Promise<Report[]>;
  now(): Instant;
}> {
  addresses = hosts.map((host) => new Address(host));
  await Promise.all(addresses.map((one) => one.up()));
  let now = clock("10:00:00");
  let turn = 0;
  const prober = new Prober({
    targets: addresses.map(({ host, port }): Target => ({ host, port })),
    interval: MINUTE,
    timeout: 5 * SECOND,
    name: "watch.test",
    clock: () => now,
    dice: () => {
      turn = (turn + 0.37) % 1;
      return turn;
    },
  });
  const story = new Story().tell(...arrives("09:59:00", "A1"), goes("09:59:01", "A1"), leaves("09:59:01", "A1"));
  return {
    now: () => now,
    async pass(duration, before) {
      const reports: Report[] = [];
      for (const end = now + duration; now < end; now += 10 * SECOND) {
        await before?.(now);
        story.known.endpoints.expect(prober.endpoints(), MINUTE);
        prober.advance(now);
        await prober.settled();
        for (const result of prober.take()) story.known.endpoints.record(result);
        reports.push(story.at(now));
      }
      return reports;
    },
  };
}

/** How often what people read changes. */
function changes(reports: readonly Report[]): number {
  let count = 0;
  for (let i = 1; i < reports.length; i++) {
    if (reports[i].status.headline !== reports[i - 1].status.headline) count++;
  }
  return count;
}

test("found within two intervals, told to everybody by how many, and to the administrator by name", async () => {
  const world = await watched();
  const calm = await world.pass(5 * MINUTE);
  expect(calm.at(-1)?.endpoints).toMatchObject({ of: 8, failing: 0, unknown: 0 });
  expect(calm.at(-1)?.status.phase).toBe("normal");
  const broken = addresses[3];
  await broken.down();
  const began = world.now();
  const after = await world.pass(15 * MINUTE);
  const found = after.find(({ endpoints }) => endpoints?.failing === 1);
  // Twice the interval and the tenth by which each look may be late.
  expect((found?.at ?? Number.NaN) - began).toBeLessThanOrEqual(2.2 * MINUTE + 10 * SECOND);
  const { status, public: told } = after.at(-1) ?? calm[0];
  expect(status.phase).toBe("partial");
  expect(`${status.headline} ${status.notice}`.toLowerCase()).toContain("one of our eight mail lines");
  expect(status.sentence).toContain(`${broken.host}:${broken.port}`);
  expect(JSON.stringify(told)).not.toContain(broken.host);
  await broken.up();
  const healed = await world.pass(20 * MINUTE);
  expect(healed.at(-1)?.endpoints?.failing).toBe(0);
  expect(healed.at(-1)?.status.phase).not.toBe("partial");
});

test("an address that flaps for three hours does not make the notice flap", async () => {
  const world = await watched();
  await world.pass(5 * MINUTE);
  const began = world.now();
  const reports = await world.pass(3 * 60 * MINUTE, async (at) => {
    // Down for three minutes, up for three.
    if (Math.floor((at - began) / (3 * MINUTE)) % 2 === 0) await addresses[5].down();
    else await addresses[5].up();
  });
  const partial = reports.filter(({ status }) => status.phase === "partial").length;
  expect(partial / reports.length).toBeGreaterThan(0.9);
  expect(changes(reports)).toBeLessThanOrEqual(4);
});
