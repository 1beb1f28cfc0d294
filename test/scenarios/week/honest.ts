// What must be true of every look at a story, whatever was said.

import { expect } from "vitest";
import { instantText, MINUTE } from "../../../src/core/time.ts";
import type { Chronicle } from "./chronicle.ts";

/** Looks that a fault may take to be certain. */
const toBeSure = 21 * MINUTE;

/** Never all-clear while something fails; never down for longer than it takes to be sure; no promise without a later time. */
export function expectHonest(story: Chronicle): void {
  let changed = Number.NEGATIVE_INFINITY;
  const found: string[] = [];
  story.reports.forEach(({ at, public: seen }, i) => {
    const truth = story.truths[i];
    if (i > 0 && story.truths[i - 1] !== truth) changed = at;
    const settled = at - changed >= toBeSure;
    const claim = (fine: boolean, what: string): void => {
      if (!fine) found.push(`${instantText(at)}: ${what} (${truth}: ${seen.phase}, ${seen.headline.en})`);
    };
    const clear = ["normal", "resolved", "maintenance_scheduled"].includes(seen.phase);
    const away = ["outage", "relapse", "maintenance"].includes(seen.phase);
    if (settled && (truth === "down" || truth === "some")) claim(!clear, "all-clear while something fails");
    if (settled && truth === "down") claim(away, "nothing works, and that is not said");
    if (settled && truth !== "down")
      claim(!away || seen.phase === "maintenance", "said to be down while some of it works");
    if (/normal\b|all the late mail/i.test(seen.headline.en ?? ""))
      claim(truth === "well" || truth === "late", "fine words");
    claim(seen.nextBy === undefined || seen.nextBy > at, "a promise of news for a time that has passed");
    const open = seen.open.length > 0;
    claim(
      !["outage", "relapse", "partial", "draining"].includes(seen.phase) || open,
      "trouble, and no incident is open",
    );
    claim(
      !clear || !open || seen.open.every(({ status }) => status === "monitoring"),
      "all-clear with an incident open",
    );
    if (seen.blind)
      claim(
        seen.components.every(({ state }) => state !== "operational"),
        "operational while blind",
      );
  });
  expect(found.slice(0, 20)).toEqual([]);
}

/** The most changes of the headline in any stretch of `span`. */
export function headlineChanges(story: Chronicle, span: number): number {
  const changes = story.reports
    .filter(({ public: seen }, i) => i > 0 && seen.headline.en !== story.reports[i - 1].public.headline.en)
    .map(({ at }) => at);
  return Math.max(0, ...changes.map((at) => changes.filter((other) => other >= at && other < at + span).length));
}
