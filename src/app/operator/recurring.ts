// Planned work that comes again: a cron expression and a zone, worked out into windows ahead.

import { Cron } from "croner";
import type { Observation } from "../../core/observation.ts";
import type { PublicSite } from "../../core/status/site.ts";
import { DAY, type Duration, type Instant } from "../../core/time.ts";

/** Windows that are planned ahead, of each rule, and how far. */
const ahead = 6;
const horizon: Duration = 60 * DAY;

/** The next starts of a rule after a moment. */
export function startsOf({ cron, zone }: { readonly cron: string; readonly zone: string }, after: Instant): Instant[] {
  const calendar = new Cron(cron, { timezone: zone, mode: "5-part" });
  return calendar
    .nextRuns(ahead, new Date(after))
    .map((start) => start.getTime())
    .filter((start) => start - after <= horizon);
}

/** Why a rule cannot be kept; empty if it can. */
export function wrongRule(
  { cron, zone, lasts }: { readonly cron: string; readonly zone: string; readonly lasts: Duration },
  now: Instant,
): string {
  let starts: Instant[];
  try {
    const calendar = new Cron(cron, { timezone: zone, mode: "5-part" });
    starts = calendar.nextRuns(30, new Date(now)).map((start) => start.getTime());
  } catch {
    return `"${cron.slice(0, 60)}" in ${zone.slice(0, 40)} is not a time that comes again: write minute, hour, day, month and weekday, such as "0 22 * * 6" for Saturdays at 22:00, and a zone such as Europe/Vienna.`;
  }
  if (starts.length === 0) return `"${cron}" never comes: check its day and month.`;
  if (starts.some((start, i) => i > 0 && start - starts[i - 1] < lasts)) {
    return "One window would begin before the one before it ends: make them shorter, or further apart.";
  }
  return "";
}

/** Plans the next windows of every rule. Answers whether any was new. */
export function planAhead(known: Observation, site: PublicSite, now: Instant): boolean {
  const before = known.said.book;
  for (const rule of before.rules) {
    known.act({ act: "maintenance-plan", rule: rule.id, starts: startsOf(rule, now) }, site, now);
  }
  return known.said.book.windows !== before.windows;
}
