import { expect, test } from "vitest";
import type { DestinationView } from "../../../src/core/report.ts";
import { DestinationBudget } from "../../../src/publishers/prometheus/budget.ts";
import { metricsText } from "../../../src/publishers/prometheus/index.ts";
import { outageReport } from "../../support/report.ts";
import { seriesOf } from "./samples.ts";

function view(name: string, waiting: number): DestinationView {
  return {
    name,
    waiting,
    delivered: 0,
    deferred: 0,
    bounced: 0,
    expired: 0,
    state: "works",
    lastDelivered: undefined,
    oldestArrival: undefined,
    nextAttempt: undefined,
    firstGiveUp: undefined,
    reasons: [],
  };
}

const names = (budget: DestinationBudget, views: DestinationView[]) =>
  budget.sort(views).named.map((destination) => destination.name);

test("a destination keeps its name while it is near, and loses it after some reports far away", () => {
  const budget = new DestinationBudget(2, 1, 3);
  expect(names(budget, [view("a", 9), view("b", 8), view("c", 7)])).toEqual(["a", "b"]);
  // c overtakes b: both have names, b is still near.
  expect(names(budget, [view("a", 9), view("b", 6), view("c", 7)])).toEqual(["a", "c", "b"]);
  const far = [view("a", 9), view("c", 7), view("d", 6), view("b", 1)];
  expect(names(budget, far)).toContain("b");
  expect(names(budget, far)).toContain("b");
  expect(names(budget, far)).not.toContain("b");
});

test("a destination that returns in time keeps its name", () => {
  const budget = new DestinationBudget(2, 1, 3);
  const near = [view("a", 9), view("b", 8), view("c", 7)];
  const far = [view("a", 9), view("c", 7), view("d", 6), view("b", 1)];
  names(budget, near);
  for (let i = 0; i < 10; i++) {
    expect(names(budget, far)).toContain("b");
    expect(names(budget, far)).toContain("b");
    expect(names(budget, near)).toContain("b");
  }
});

test("there are never more names than the limit and its slack, and the first ones always have one", () => {
  const budget = new DestinationBudget(3, 2, 4);
  for (let round = 0; round < 60; round++) {
    const views = Array.from({ length: 40 }, (_, i) => view(`d${i}`, (i * 7 + round * 13) % 41));
    const { named, rest } = budget.sort(views);
    expect(named.length).toBeLessThanOrEqual(5);
    expect(named.length + rest.length).toBe(40);
    const first = [...views].sort((a, b) => b.waiting - a.waiting).slice(0, 3);
    for (const { name } of first) expect(named.map((destination) => destination.name)).toContain(name);
  }
});

test("nothing is lost: other holds what has no name, also a destination that is called other", async () => {
  const many = Array.from({ length: 30 }, (_, i) => view(i === 0 ? "other" : `d${i}.test`, 100 - i));
  const report = outageReport(undefined, { destinations: many, destinationsTruncated: 4 });
  const text = await metricsText(report, { version: "0.1.0", mta: "postfix" });
  const waiting = seriesOf(text, "mailtide_destination_waiting_recipients");
  const sum = Object.values(waiting).reduce((all, one) => all + one, 0);
  expect(sum).toBe(many.reduce((all, one) => all + one.waiting, 0));
  expect(Object.keys(waiting).length).toBeLessThanOrEqual(21);
  expect(seriesOf(text, "mailtide_destinations_truncated")).toEqual({ "{}": 14 });
});
