import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compare, horizons, type Knowledge, summarize } from "../../../bench/senders/evaluate.ts";
import { outageOf, readOutages } from "../../../bench/senders/outage-file.ts";

const hour = 3600;
const start = 1_700_000_000 - (1_700_000_000 % hour);

/** An outage of `hours` among senders whose wait is drawn by `wait` from the age of the message, in seconds. */
function world(hours: number, senderClass: string, wait: (age: number, i: number) => number) {
  const end = start + hours * hour;
  const perHour = 40;
  const usual: number[][] = [];
  for (let at = start - 28 * 24 * hour; at < start; at += hour) usual.push([at, perHour]);
  const arrivals: unknown[][] = [];
  for (let i = 0; i < perHour * hours; i++) {
    const entered = start + (i * hour) / perHour;
    if (entered > end - 120) continue;
    arrivals.push([end + wait(end - entered, i), entered, senderClass, i, true, false]);
  }
  arrivals.push([end, end, senderClass, 0, false, false]);
  return {
    id: `made-${senderClass}-${hours}`,
    outage: { start, end, hours },
    senders: { [senderClass]: 30 },
    baseline: { all: usual, by_class: { [senderClass]: usual } },
    arrivals,
  };
}

function read(file: unknown) {
  const outage = outageOf(file, "made");
  if (typeof outage === "string") throw new Error(outage);
  return outage;
}

// A number that runs evenly through 0 to 1 without a pattern that matters here.
const even = (i: number): number => (i * 0.618033988749895) % 1;

test("a world of Postfix is foretold: waits even over the time in the queue, up to 70 minutes", () => {
  const file = world(12, "postfix", (age, i) => even(i) * Math.min(Math.max(age, 300), 4200));
  const { prior, after, truth, expected, held } = compare(read(file));
  for (const [place, share] of truth.entries()) expect(Math.abs(prior[place] - share)).toBeLessThan(0.05);
  for (const [place, share] of truth.slice(1).entries()) expect(Math.abs(after[place] - share)).toBeLessThan(0.05);
  expect(expected / held).toBeGreaterThan(0.9);
  expect(expected / held).toBeLessThan(1.1);
});

test("a world that does not keep to its class is seen to be off, so the figure can be bad", () => {
  const file = world(12, "postfix", () => 3 * hour);
  const summary = summarize([compare(read(file))]);
  expect(summary.maePrior).toBeGreaterThan(0.4);
});

test("greylisted mail and mail that was not held do not count", () => {
  const file = world(2, "postfix", () => 60);
  expect(read(file).held.length).toBe(file.arrivals.length - 1);
});

test("in a world of one odd kind, each thing that is known of it brings the prediction nearer; what cannot be told by name needs headers", () => {
  const error = (file: ReturnType<typeof world>, known: Knowledge): number =>
    summarize([compare(read(file), known)]).maePrior ?? 1;
  // Attempts at 400 s · (2^k - 1), up to hours apart.
  const doubling = (age: number): number => 400 * (2 ** Math.ceil(Math.log2(age / 400 + 1)) - 1) - age;
  const gateway = world(12, "messagelabs", (age) => doubling(age));
  expect(error(gateway, "classes")).toBeLessThan(0.05);
  for (const known of ["names", "headers"] as const) {
    expect(error(gateway, known)).toBeLessThan(0.6 * error(gateway, "nothing"));
  }
  const courier = world(12, "qmail", (age) => 400 * Math.ceil(Math.sqrt(age / 400)) ** 2 - age);
  expect(error(courier, "headers")).toBeLessThan(0.6 * error(courier, "nothing"));
  expect(error(courier, "names")).toBeGreaterThan(error(courier, "headers"));
});

const folder = mkdtempSync(join(tmpdir(), "mailtide-senders-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a folder is read in order, and what is no outage is left out with a reason", () => {
  writeFileSync(join(folder, "b.json"), JSON.stringify(world(3, "google", (_age, i) => even(i) * 3000)));
  writeFileSync(join(folder, "a.json"), JSON.stringify(world(1, "exchange", (_age, i) => even(i) * 600)));
  writeFileSync(join(folder, "broken.json"), "{");
  writeFileSync(join(folder, "empty.json"), "[]");
  writeFileSync(join(folder, "README.md"), "not a file of JSON");
  const { outages, left } = readOutages(folder);
  expect(outages.map(({ id }) => id)).toEqual(["made-exchange-1", "made-google-3"]);
  expect(left.length).toBe(2);
  const summary = summarize(outages.map((outage) => compare(outage)));
  expect(summary.events).toBe(2);
  expect(Object.keys(summary.heldRatio)).toEqual(["made-exchange-1", "made-google-3"]);
  expect(horizons.length).toBe(5);
});

test("no folder and no outages are told, not thrown", () => {
  expect(readOutages(join(folder, "nowhere")).left[0]).toMatch(/is not a folder/);
  expect(summarize([])).toEqual({ events: 0, maePrior: null, maeAfter15: null, heldRatio: {} });
});
