// A recorded outage, watched by a mailtide that is restarted at every step: it says the same as one that never was.

import { join } from "node:path";
import { expect, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { RecordingFeed, recordedSchedule } from "../../src/app/recording.ts";
import { Observation } from "../../src/core/observation.ts";
import { observe } from "../../src/core/observe.ts";
import type { Report } from "../../src/core/report.ts";
import { SECOND } from "../../src/core/time.ts";
import { around } from "../support/story.ts";

const recording = join(import.meta.dirname, "../../src/app/demonstration/recording");

async function watched(restarts: boolean): Promise<Report[]> {
  let known = new Observation(recordedSchedule(recording, postfix));
  const feed = new RecordingFeed(recording, postfix, known.instances);
  const reports: Report[] = [];
  for (let now = feed.from + 15 * SECOND; now < feed.to + 15 * SECOND; now += 15 * SECOND) {
    await feed.advance(known, now);
    reports.push(observe(known, { ...around, observer: feed.observer(now) }, now));
    // The feed goes on giving out the numbers of instances that it was made with: they are the same after a restart.
    if (restarts) known = Observation.restore(known.save());
  }
  return reports;
}

test("snapshot and rest make the whole, through an outage and a drain", async () => {
  const once = await watched(false);
  const restarted = await watched(true);
  expect(once.length).toBeGreaterThan(40);
  expect(new Set(once.map(({ forecast }) => forecast.state)).size).toBeGreaterThan(2);
  expect(once.some(({ downtime }) => downtime.length > 1)).toBe(true);
  for (const [i, report] of restarted.entries()) expect(report, `step ${i}`).toEqual(once[i]);
});
