// The outage of ten minutes: the same as the short one, with timers that are large beside the clocks' own grain.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchExim, noExim } from "../support/exim-sandbox.ts";
import { liveThroughOutage } from "../support/held-back.ts";
import { noSandbox } from "../support/postfix-sandbox.ts";

test.skipIf(noSandbox !== undefined)("ten minutes, tried each minute", { timeout: 20 * 60_000 }, async () => {
  const exim = mkdtempSync(join(tmpdir(), "mailtide-exim-unpacked-"));
  try {
    const hindered = noExim ?? (await fetchExim(exim));
    expect(hindered).toBeUndefined();
    const story = await liveThroughOutage({
      reads: "envelope",
      retry: 60,
      attempts: 9,
      seconds: 600,
      messages: 100,
      exim,
    });
    console.log(JSON.stringify({ held: story.held, after: story.after.messages, outageSeconds: story.outageSeconds }));
    expect(story.held.messages).toMatchObject({ seen: 200, held: 200, triedAgain: 200, forgotten: 0 });
    expect(story.after.messages).toMatchObject({ seen: 200, held: 0, returned: 200, givenUp: 0, forgotten: 0 });
    expect(story.tookBehindLookout).toEqual(story.put);
    expect(story.tookBehindClosedPort).toEqual(story.put);
    expect(story.bounces).toEqual([]);
    for (const intervals of story.intervals.values()) {
      for (const { shortest, mean } of intervals) {
        expect(shortest).toBeGreaterThan(58_000);
        expect(mean).toBeLessThan(66_000);
      }
    }
  } finally {
    rmSync(exim, { recursive: true, force: true });
  }
});
