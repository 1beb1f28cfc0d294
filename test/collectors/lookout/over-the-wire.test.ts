import { expect, test } from "vitest";
import { decode, encode } from "../../../collectors/lookout/despatch.ts";
import { Lookout } from "../../../collectors/lookout/lookout.ts";
import memory from "../../../src/wire/memory/index.ts";
import { sighted } from "./sightings.ts";

const options = { messages: 100, patience: 1e9 };
const sightings = [0, 1, 2, 3, 4].map((at) => sighted(at * 60_000, { size: at % 2, to: [`u${at % 2}@held.test`] }));

test("what is sent is what arrives, and nonsense is none", () => {
  const despatch = { lookout: "spare", serial: 3, sightings };
  expect(decode(encode(despatch))).toEqual(despatch);
  const bytes = encode(despatch);
  for (const cut of [0, 1, bytes.length - 1]) expect(decode(bytes.subarray(0, cut))).toBeUndefined();
  expect(decode(new TextEncoder().encode('[1,"spare",1,[[1,"x"]]]'))).toBeUndefined();
});

test("a batch that was not acknowledged comes again, and counts once", async () => {
  const { outlet, inlet } = await memory.open();
  const here = new Lookout(options);
  for (const [at, one] of sightings.entries()) {
    here.offered(one);
    await outlet.send(encode({ lookout: "spare", serial: at + 1, sightings: [one] }));
  }
  const there = new Lookout(options);
  let taken = 0;
  let repeated = 0;
  // The first reader stops before it says that it has the third.
  for (const last of [3, 5]) {
    for await (const { batch, acknowledge } of inlet.batches()) {
      const despatch = decode(batch);
      if (despatch === undefined) throw new Error("nonsense");
      if (despatch.serial <= taken) repeated++;
      else for (const one of despatch.sightings) there.offered(one);
      taken = Math.max(taken, despatch.serial);
      if (taken === 3 && last === 3) break;
      await acknowledge();
      if (taken === last) break;
    }
  }
  expect([taken, repeated]).toEqual([5, 1]);
  expect(there.report(400_000)).toEqual(here.report(400_000));
  await inlet.close();
  await expect(outlet.send(new Uint8Array(1))).rejects.toThrow();
});
