// What every wire promises: nothing is lost, nothing is answered before it is kept, and no stranger is heard.

import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openWire } from "../../src/app/discover.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Inlet, Outlet } from "../../src/wire/wire.ts";

const secret = Buffer.alloc(32, 7);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (of: Uint8Array | undefined): string | undefined =>
  of === undefined ? undefined : Buffer.from(of).toString();

const open: (Inlet | Outlet)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end.close();
});

/** Both ends, to be closed after the test. */
async function ends(place: string): Promise<{ outlet: Outlet; inlet: Inlet }> {
  const both = await openWire(place, secret);
  open.push(both.outlet, both.inlet);
  return both;
}

async function freePlace(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** What is sent until it is answered, as a collector does. */
async function sendAgain(outlet: Outlet, batch: Uint8Array): Promise<Uint8Array | undefined> {
  for (;;) {
    try {
      return await outlet.send(batch);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

describe.each(["memory", "http"])("the wire %s", (name) => {
  const placed = async (): Promise<string> => (name === "memory" ? name : await freePlace());

  test("batches come in order, and each sender hears the answer to its own, when it is kept", async () => {
    const { outlet, inlet } = await ends(await placed());
    const sent = ["one", "", "x".repeat(100_000)];
    const done: string[] = [];
    const sending = (async () => {
      for (const one of sent) {
        const answer = await sendAgain(outlet, bytes(one));
        done.push(one);
        expect(text(answer)).toBe(`heard ${one.length}`);
      }
    })();
    let at = 0;
    for await (const { batch, acknowledge } of inlet.batches()) {
      expect(text(batch)).toBe(sent[at]);
      expect(done).toHaveLength(at);
      await acknowledge(bytes(`heard ${batch.length}`));
      if (++at === sent.length) break;
    }
    await sending;
  });

  test("what was not acknowledged comes again", async () => {
    const { outlet, inlet } = await ends(await placed());
    const sending = sendAgain(outlet, bytes("one"));
    for await (const { batch } of inlet.batches()) {
      expect(text(batch)).toBe("one");
      break;
    }
    for await (const { batch, acknowledge } of inlet.batches()) {
      expect(text(batch)).toBe("one");
      await acknowledge();
      break;
    }
    expect(text(await sending) ?? "").toBe("");
  });

  test("a wire that is closed sends nothing more", async () => {
    const { outlet, inlet } = await ends(await placed());
    await inlet.close();
    await outlet.close();
    await expect(outlet.send(bytes("one"))).rejects.toThrow(Fault);
  });
});

describe("over http", () => {
  test("another key is told so, and nothing of it comes in; nor does what no key signed", async () => {
    const place = await freePlace();
    const { outlet, inlet } = await ends(place);
    const stranger = (await openWire(place, Buffer.alloc(32, 8))).outlet;
    open.push(stranger);
    const came: (string | undefined)[] = [];
    const hearing = (async () => {
      for await (const { batch, acknowledge } of inlet.batches()) {
        came.push(text(batch));
        await acknowledge();
        if (came.length === 1) return;
      }
    })();
    await expect(
      (async () => {
        for (;;) {
          try {
            await stranger.send(bytes("forged"));
            return "taken";
          } catch (error) {
            if (/ECONNREFUSED/.test(String(error))) continue;
            throw error;
          }
        }
      })(),
    ).rejects.toThrow(/does not know the key/);
    expect((await fetch(place, { method: "POST", body: "forged" })).status).toBe(401);
    expect((await fetch(place)).status).toBe(405);
    const { status } = await fetch(place, { method: "POST", body: new Uint8Array(5 << 20) }).catch(() => ({
      status: 413,
    }));
    expect(status).toBe(413);
    await sendAgain(outlet, bytes("true"));
    await hearing;
    expect(came).toEqual(["true"]);
  });

  test("an answer that somebody else gives is none", async () => {
    const place = await freePlace();
    const { createServer: serve } = await import("node:http");
    const impostor = serve((_request, response) => response.end("returns that never were"));
    await new Promise<void>((resolve) => impostor.listen(Number(new URL(place).port), "127.0.0.1", resolve));
    const { outlet } = await ends(place);
    await expect(outlet.send(bytes("one"))).rejects.toThrow(/signature is wrong/);
    impostor.closeAllConnections();
    await new Promise((resolve) => impostor.close(resolve));
  });

  test("a place that is taken, and one where nobody is, are faults with a next step", async () => {
    const place = await freePlace();
    const { outlet } = await ends(place);
    await expect(outlet.send(bytes("one"))).rejects.toMatchObject({ code: "wire-failed" });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(new URL(place).port), "127.0.0.1", resolve));
    const { inlet } = await ends(place);
    await expect(inlet.batches()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "listen-failed" });
    await new Promise((resolve) => other.close(resolve));
  });

  test("a wire that does not exist is a fault that names those that do", async () => {
    await expect(openWire("pigeon://loft", secret)).rejects.toThrow(/there is no wire "pigeon"/);
  });
});
