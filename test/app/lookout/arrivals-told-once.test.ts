// What our mail server took is told to every lookout once, whatever is killed in between.

import { expect, test } from "vitest";
import postfix from "../../../collectors/dialects/postfix/index.ts";
import { Lookout } from "../../../collectors/lookout/lookout.ts";
import { decodeAnswer, decodeDespatch, encodeAnswer, encodeDespatch } from "../../../src/app/lookout-despatch.ts";
import { sightingOf } from "../../../src/app/lookout-door.ts";
import { LookoutEar } from "../../../src/app/lookout-ear.ts";
import { EventBatch } from "../../../src/core/events/batch.ts";
import { Instances } from "../../../src/core/events/instances.ts";
import { Lookouts } from "../../../src/core/retries/senders/lookouts.ts";
import { markOf, sighted } from "../../collectors/lookout/sightings.ts";

const begin = Date.UTC(2026, 10, 22, 6);
const at = (second: number): string => `Nov 22 06:00:${String(second).padStart(2, "0")} mta postfix`;

/** A message to `u<number>@held.test` that comes in, a recipient a second. */
const arrival = (number: number): string => {
  const id = `4A1B2C3D${String(number).padStart(2, "0")}`;
  return `${at(number)}/smtpd[9]: ${id}: client=mx1.one.test[192.0.2.7]
${at(number)}/qmgr[9]: ${id}: from=<a@one.test>, size=1000, nrcpt=1 (queue active)
${at(number)}/local[9]: ${id}: to=<u${number}@held.test>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered)
${at(number)}/qmgr[9]: ${id}: removed
`;
};

function read(ear: LookoutEar, text: string): void {
  const bytes = Buffer.from(text);
  const reader = postfix.openLog({ instances: new Instances(), reference: () => begin + 3_600_000, zone: "UTC" });
  const batch = new EventBatch(1000);
  expect(reader.read(bytes, 0, bytes.length, batch)).toBe(bytes.length);
  ear.record(batch);
}

/** A lookout that holds six messages, and one exchange of it with an ear. */
function spare() {
  const lookout = new Lookout({ messages: 100, patience: 1e9 });
  lookout.watching = begin - 60_000;
  for (let number = 1; number <= 6; number++) {
    lookout.offered(sighted(begin - 5000, { to: [`u${number}@held.test`], senderClass: "postfix" }));
  }
  const exchange = (ear: LookoutEar, lookouts = new Lookouts()): number => {
    const { stream, number } = lookout.heard;
    const said = encodeDespatch({ sighting: sightingOf(lookout, begin + 60_000), heard: { stream, number } });
    const answer = decodeAnswer(ear.answer(said, lookouts, begin + 60_000) ?? new Uint8Array());
    if (answer === undefined) throw new Error("no answer");
    lookout.hearReturns(answer.stream, answer.first, answer.returns);
    return answer.returns.length;
  };
  const counts = () => {
    const { returns, messages } = lookout.report(begin + 60_000);
    return { ticked: returns.ticked, unmatched: returns.unmatched, held: messages.held };
  };
  return { lookout, exchange, counts };
}

test("what no checkpoint holds is not told, and after it once", () => {
  const ear = new LookoutEar(markOf);
  const { exchange, counts } = spare();
  read(ear, arrival(1) + arrival(2));
  expect(exchange(ear)).toBe(0);
  ear.committed();
  expect([exchange(ear), exchange(ear)]).toEqual([2, 0]);
  read(ear, arrival(3));
  ear.committed();
  expect([exchange(ear), exchange(ear)]).toEqual([1, 0]);
  expect(counts()).toEqual({ ticked: 3, unmatched: 0, held: 3 });
});

test("a mailtide that is killed reads its log again, and nobody hears of an arrival twice", () => {
  const first = new LookoutEar(markOf);
  const { exchange, counts } = spare();
  read(first, arrival(1));
  const kept = first.save();
  first.committed();
  // Half of a message is read, and more is, and told to nobody: then it is killed.
  read(first, arrival(2) + arrival(3));
  expect(exchange(first)).toBe(1);
  const second = new LookoutEar(markOf, kept);
  read(second, arrival(2) + arrival(3).slice(0, 200));
  const keptAgain = second.save();
  second.committed();
  expect(exchange(second)).toBe(1);
  const third = new LookoutEar(markOf, keptAgain);
  expect(exchange(third)).toBe(0);
  expect(counts()).toEqual({ ticked: 2, unmatched: 0, held: 4 });
});

test("a lookout that did not get the answer gets it again, and each of two lookouts gets all", () => {
  const ear = new LookoutEar(markOf);
  const [one, two] = [spare(), spare()];
  read(ear, arrival(1) + arrival(2));
  ear.committed();
  const before = { ...one.lookout.heard };
  const said = encodeDespatch({
    sighting: sightingOf(one.lookout, begin),
    heard: { stream: before.stream, number: before.number },
  });
  ear.answer(said, new Lookouts(), begin);
  expect([one.exchange(ear), two.exchange(ear), one.exchange(ear), two.exchange(ear)]).toEqual([2, 2, 0, 0]);
  expect(one.counts()).toEqual(two.counts());
  // A mailtide that lost its state counts anew: nothing of the new count is taken for the old.
  const anew = new LookoutEar(markOf);
  read(anew, arrival(3));
  anew.committed();
  expect(one.exchange(anew)).toBe(1);
  expect(one.counts()).toEqual({ ticked: 3, unmatched: 0, held: 3 });
});

test("more arrivals than are kept: the oldest are not told, and the rest in pieces", () => {
  const ear = new LookoutEar(markOf, undefined, 5000);
  const { exchange, counts } = spare();
  const text = Array.from({ length: 60 }, (_, second) => arrival(second)).join("");
  for (let round = 0; round < 90; round++) read(ear, text);
  ear.committed();
  let told = 0;
  for (let count = exchange(ear); count > 0; count = exchange(ear)) told += count;
  expect(told).toBe(5000);
  expect(counts()).toMatchObject({ ticked: 6, held: 0 });
});

test("what is no despatch or no answer is none, and is counted", () => {
  const ear = new LookoutEar(markOf);
  const nonsense = ["", "{}", "[1,2]", '{"version":2}', "x".repeat(1000)].map((text) => new TextEncoder().encode(text));
  for (const bytes of nonsense) {
    expect(ear.answer(bytes, new Lookouts(), begin)).toBeUndefined();
    expect(decodeAnswer(bytes)).toBeUndefined();
  }
  expect(ear.unread).toBe(nonsense.length);
  const { lookout } = spare();
  const despatch = { sighting: sightingOf(lookout, begin), heard: { stream: "", number: 0 } };
  expect(decodeDespatch(encodeDespatch(despatch))).toEqual(despatch);
  const bad = { ...despatch, sighting: { ...despatch.sighting, cohorts: [{ from: -1 }] } };
  expect(decodeDespatch(encodeDespatch(bad as never))).toBeUndefined();
  const one = { at: 1, sender: "x", recipient: "y", origins: [] };
  expect(decodeAnswer(encodeAnswer({ stream: "s", first: 1, returns: [one] }))).toBeUndefined();
});

test("nothing that goes over the wire names anybody", () => {
  const { lookout } = spare();
  const said = Buffer.from(encodeDespatch({ sighting: sightingOf(lookout, begin), heard: { stream: "", number: 0 } }));
  for (const name of ["one.test", "held.test", "192.0.2", "@"]) expect(said.toString()).not.toContain(name);
  expect(said.toString()).toContain("postfix");
});
