// Recorded outages of a real Postfix, replayed: what was said while they lasted, against what came of them.
//
// The truth (when the last delayed message was delivered) is read here and only here: the replay sees the log, the
// listings and the configuration. Recordings are large and lie beside the clone or where MAILTIDE_RECORDINGS says; the
// one that is shown as a demonstration is always there.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { judge, saidIn } from "../../bench/recordings/judge.ts";
import { type Truth, truthOf } from "../../bench/recordings/truth.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { replay } from "../../src/app/replay.ts";
import type { Report } from "../../src/core/report.ts";
import english from "../../src/core/status/languages/en/index.ts";
import { instantText, SECOND } from "../../src/core/time.ts";

const root = new URL("../..", import.meta.url).pathname;
const recordings = process.env.MAILTIDE_RECORDINGS ?? join(root, "..", "shared", "recordings");
const demonstration = join(root, "src", "app", "demonstration", "recording");

/** What was noted when the demonstration was recorded; it has no truth beside it. */
const demonstrated: Truth = {
  begin: Date.parse("2026-11-22T03:54:21.632Z"),
  end: Date.parse("2026-11-22T03:59:51.633Z"),
  clear: Date.parse("2026-11-22T04:03:51.470Z"),
  half: Date.parse("2026-11-22T04:01:21.000Z"),
  ninety: Number.NaN,
  ninetyNine: Number.NaN,
};

function truthFor(folder: string): Truth | undefined {
  return folder === demonstration ? demonstrated : truthOf(folder);
}

async function played(folder: string, every: number): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const report of replay(folder, postfix, { every: every * SECOND, zone: "UTC", languages: [english] })) {
    reports.push(report);
  }
  return reports;
}

const names = ["a-outage-fast", "a-outage-tenth", "b-partial-expiry", "c-slow-drain", "e-inbound-filter"];
const folders = [
  ...names.map((name) => ({ name, folder: join(recordings, name) })),
  { name: "the demonstration", folder: demonstration },
];

describe.each(folders)("$name", ({ folder }) => {
  const truth = truthFor(folder);
  const played10 = truth === undefined ? Promise.resolve([]) : played(folder, 10);

  test.skipIf(truth === undefined).for([10, 15, 30])("a step every %i s", async (every) => {
    if (truth === undefined) return;
    const reports = every === 10 ? await played10 : await played(folder, every);
    const { begin, clear } = truth;

    const ranges = reports.filter(({ at, forecast }) => at <= clear && forecast.latest !== undefined).slice(-3);
    expect(ranges).toHaveLength(3);
    for (const { at, forecast } of ranges) {
      const said = `at ${instantText(at)}: ${instantText(forecast.earliest)} to ${instantText(forecast.latest)}, clear at ${instantText(clear)}`;
      expect((forecast.earliest ?? Number.NaN) <= clear && clear <= (forecast.latest ?? Number.NaN), said).toBe(true);
    }

    // A message is delayed once it has waited longer than usual, 10 s.
    const during = reports.filter(({ at }) => at > begin + 10 * SECOND && at < clear);
    expect(during.length).toBeGreaterThan(2);
    expect(during.filter(({ forecast }) => forecast.state === "clear").map(({ at }) => instantText(at))).toEqual([]);

    for (const { forecast } of reports) {
      const { earliest, likely, latest } = forecast;
      if (earliest === undefined || likely === undefined || latest === undefined) continue;
      expect(earliest).toBeLessThanOrEqual(likely);
      expect(likely).toBeLessThanOrEqual(latest);
    }
  });
});

describe("by the figures of bench:recordings", () => {
  const known = folders
    .map(({ folder }) => ({ folder, truth: truthFor(folder) }))
    .filter(({ truth }) => truth !== undefined);

  test("of all steps pooled, seven in ten ranges held the truth; at half of the drain no error is above a quarter", async () => {
    let steps = 0;
    let covered = 0;
    for (const { folder, truth } of known) {
      if (truth === undefined) continue;
      const found = judge((await played(folder, 10)).map(saidIn), truth);
      expect(found.steps, folder).toBeGreaterThan(5);
      expect(found.errorAtHalf, folder).toBeLessThanOrEqual(0.25);
      expect(found.falseClear, folder).toBe(false);
      expect(found.coverage, folder).toBeGreaterThanOrEqual(0.7);
      steps += found.steps;
      covered += found.steps * found.coverage;
    }
    expect(covered / steps).toBeGreaterThanOrEqual(0.8);
  }, 600_000);
});

const partial = join(recordings, "b-partial-expiry");

test.skipIf(!existsSync(partial)).for([10, 15, 30])(
  "b-partial-expiry names the places that stay dead, and when their mail is given up (every %i s)",
  async (every) => {
    const truth = truthFor(partial);
    if (truth === undefined) throw new Error("the recording has lost its truth");
    const reports = await played(partial, every);
    // By the time that all else has gone, at the latest.
    const then = reports.find(({ at }) => at >= truth.clear);
    const stuck = then?.forecast.stuck ?? [];
    expect(stuck.map(({ destination }) => destination)).toEqual(expect.arrayContaining(["gamma.test", "delta.test"]));
    for (const { destination, firstGiveUp, lastGiveUp } of stuck) {
      if (destination !== "gamma.test" && destination !== "delta.test") continue;
      // The lifetime is 150 s; what waits arrived after the outage began.
      expect(firstGiveUp).toBeGreaterThanOrEqual(truth.begin + 150 * SECOND);
      expect(lastGiveUp).toBeLessThanOrEqual(truth.clear + 150 * SECOND + 60 * SECOND);
    }
  },
);
