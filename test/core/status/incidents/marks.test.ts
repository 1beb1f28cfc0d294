// Marks of an outage fire at the exact second, wherever the clocks are put forward or back; a relapse counts anew.

import { describe, expect, test } from "vitest";
import { markPassed, marks } from "../../../../src/core/status/marks.ts";
import { HOUR, MINUTE, SECOND } from "../../../../src/core/time.ts";
import { Service } from "../../../support/service.ts";

const starts = {
  "an ordinary day": Date.parse("2026-11-05T14:07:13Z"),
  "the night on which the clocks go back": Date.parse("2026-10-24T20:37:41Z"),
  "the night on which they go forward": Date.parse("2027-03-27T23:22:02Z"),
  "the end of February in a leap year": Date.parse("2028-02-28T12:52:59Z"),
};

/** An outage that began at `from`, and a relapse after it if that is wanted; answers when it counts from. */
function down(service: Service, from: number, relapse: boolean): number {
  service.zone = "Europe/Vienna";
  service.stops(from);
  expect(service.at(from + 2 * MINUTE).status.phase).toBe("outage");
  if (!relapse) return from;
  service.at(from + 5 * HOUR - MINUTE);
  service.starts(from + 5 * HOUR);
  expect(service.at(from + 5 * HOUR + 11 * MINUTE).status.phase).toBe("draining");
  const again = from + 6 * HOUR + 13 * SECOND;
  service.stops(again);
  expect(service.at(again + 2 * MINUTE).status.phase).toBe("relapse");
  return again;
}

const cases = Object.entries(starts).flatMap(([name, from]) =>
  [false, true].flatMap((relapse) =>
    marks.map(({ name: mark }) => [name, relapse ? "after a relapse" : "in one outage", mark, from, relapse] as const),
  ),
);

test.each(cases)("%s, %s: %s", (_name, _kind, name, from, relapse) => {
  const service = new Service(from);
  const since = down(service, from, relapse);
  const mark = marks.find((one) => one.name === name);
  if (mark === undefined) throw new Error("no such mark");
  const updates = (at: number): number => service.at(at).public.open[0].updates.length;
  // A second before it all routine promises are kept, so that only the mark can be a reason to write.
  const before = updates(since + mark.after - SECOND);
  const at = updates(since + mark.after);
  expect(at - before).toBe(mark.tells === "everybody" ? 1 : 0);
  expect(updates(since + mark.after + SECOND)).toBe(at);
  expect(service.at(since + mark.after + 2 * SECOND).incidents?.downSince).toBe(since);
  expect(service.incidents).toHaveLength(1);
  expect(markPassed(since, since + mark.after)?.name).toBe(name);
  expect(markPassed(since, since + mark.after - 1)?.name).not.toBe(name);
});

describe("no mark", () => {
  const from = starts["an ordinary day"];
  test.each<[string, (service: Service) => void]>([
    ["passes while some of it serves", (service) => service.probes({ a: false, b: true })],
    ["passes in a drain", (service) => service.probes({ a: true, b: true })],
    ["passes after all is well", () => {}],
    [
      "passes in planned work",
      (service) => {
        service.does({ act: "maintenance-add", title: "", text: "", from: from - HOUR, to: from + 40 * HOUR });
        service.stops(from);
      },
    ],
  ])("%s", (_name, happens) => {
    const service = new Service(from);
    happens(service);
    const report = service.until(from + 26 * HOUR, HOUR);
    expect(report.incidents?.downSince).toBeUndefined();
    expect(markPassed(Number.NaN, from + 26 * HOUR)).toBeUndefined();
  });
});
