// Which of our own addresses serve: what looks at them add up to.

import { expect, test } from "vitest";
import { Saved, Saving } from "../../../src/core/ledger/saved.ts";
import { EndpointWatch, type ProbeResult } from "../../../src/core/outages/endpoints.ts";
import { HOUR, MINUTE } from "../../../src/core/time.ts";

const t0 = Date.UTC(2026, 10, 23, 8, 0, 0);
const names = Array.from({ length: 8 }, (_, n) => `192.0.2.${n + 1}:25`);

function seen(endpoint: string, at: number, more: Partial<ProbeResult> = {}): ProbeResult {
  return {
    endpoint,
    at,
    took: 20,
    stage: "served",
    ours: false,
    code: 0,
    words: "",
    certificateEnds: undefined,
    ...more,
  };
}

const refused = { stage: "connect", words: "connect ECONNREFUSED" } as const;

function watching(): EndpointWatch {
  const watch = new EndpointWatch();
  watch.expect(names, MINUTE);
  return watch;
}

test("nothing is looked at: no view, not eight that are well", () => {
  expect(new EndpointWatch().view(t0)).toBeUndefined();
});

test("before the first look every endpoint is unknown, and none fails", () => {
  expect(watching().view(t0)).toMatchObject({ of: 8, failing: 0, unknown: 8, allFail: false, suspected: false });
});

test("one of eight refuses: suspected at the first look, found at the second", () => {
  const watch = watching();
  for (let minute = 0; minute < 5; minute++) for (const name of names) watch.record(seen(name, t0 + minute * MINUTE));
  const down = t0 + 5 * MINUTE;
  for (const name of names) watch.record(seen(name, down, name === names[3] ? refused : {}));
  expect(watch.view(down)).toMatchObject({ failing: 0, suspected: true });
  for (const name of names) watch.record(seen(name, down + MINUTE, name === names[3] ? refused : {}));
  const view = watch.view(down + MINUTE);
  expect(view).toMatchObject({ failing: 1, of: 8, unknown: 0, allFail: false, suspected: false });
  expect(view?.endpoints.find(({ state }) => state === "fails")).toMatchObject({ endpoint: names[3], since: down });
});

test("one bad look between good ones is a hiccup", () => {
  const watch = watching();
  watch.record(seen(names[0], t0));
  watch.record(seen(names[0], t0 + MINUTE, refused));
  watch.record(seen(names[0], t0 + 2 * MINUTE));
  expect(watch.view(t0 + 2 * MINUTE)?.endpoints[0]).toMatchObject({ state: "serves", since: t0 });
});

test("all that can be judged fail: all fail, though some cannot be judged", () => {
  const watch = watching();
  for (const name of names.slice(0, 6)) {
    watch.record(seen(name, t0, refused));
    watch.record(seen(name, t0 + MINUTE, refused));
  }
  expect(watch.view(t0 + MINUTE)).toMatchObject({ failing: 6, unknown: 2, allFail: true });
});

test("no network of ours says nothing of the lines, and in time they are unknown", () => {
  const watch = watching();
  for (const name of names) watch.record(seen(name, t0));
  for (let minute = 1; minute <= 10; minute++)
    for (const name of names) watch.record(seen(name, t0 + minute * MINUTE, { ...refused, ours: true }));
  expect(watch.view(t0 + 3 * MINUTE)).toMatchObject({ failing: 0, unknown: 0 });
  expect(watch.view(t0 + 10 * MINUTE)).toMatchObject({ failing: 0, unknown: 8, allFail: false });
});

test("a flapping endpoint changes its state a few times and then has to hold", () => {
  const watch = watching();
  let changes = 0;
  let before = "";
  for (let minute = 0; minute < 6 * 60; minute++) {
    const at = t0 + minute * MINUTE;
    const bad = minute % 6 >= 3;
    watch.record(seen(names[0], at, bad ? refused : {}));
    const state = watch.view(at)?.endpoints[0].state ?? "";
    if (state !== before) changes++;
    before = state;
  }
  expect(before).toBe("fails");
  expect(changes).toBeLessThan(6);
  for (let minute = 0; minute <= 11; minute++) watch.record(seen(names[0], t0 + 6 * HOUR + minute * MINUTE));
  expect(watch.view(t0 + 6 * HOUR + 11 * MINUTE)?.endpoints[0].state).toBe("serves");
});

test("what is known is known after a restart, and an endpoint that is taken out of the list is forgotten", () => {
  const watch = watching();
  for (const name of names) {
    watch.record(seen(name, t0, refused));
    watch.record(seen(name, t0 + MINUTE, refused));
  }
  const saving = new Saving();
  watch.save(saving);
  const again = new EndpointWatch();
  again.restore(new Saved(saving.finish()));
  expect(again.view(t0 + MINUTE)).toEqual(watch.view(t0 + MINUTE));
  again.expect(names.slice(1), MINUTE);
  expect(again.view(t0 + MINUTE)).toMatchObject({ of: 7, failing: 7 });
});
