// The marks of an outage: senders give up at them, so what people are told changes there.

import { DAY, type Duration, HOUR, type Instant } from "../time.ts";

export interface Mark {
  readonly name: string;
  readonly after: Duration;
  /** Who hears of it. The administrator hears before senders begin to give up. */
  readonly tells: "administrator" | "everybody";
}

export const marks: readonly Mark[] = [
  { name: "18h", after: 18 * HOUR, tells: "administrator" },
  { name: "24h", after: DAY, tells: "everybody" },
  { name: "48h", after: 2 * DAY, tells: "everybody" },
  { name: "72h", after: 3 * DAY, tells: "everybody" },
  { name: "4d", after: 4 * DAY, tells: "everybody" },
  { name: "5d", after: 5 * DAY, tells: "everybody" },
  { name: "7d", after: 7 * DAY, tells: "everybody" },
];

/** The last mark that a stretch without service has passed; undefined before the first, and while there is service (`NaN`). */
export function markPassed(downSince: Instant, now: Instant): Mark | undefined {
  return marks.findLast(({ after }) => now - downSince >= after);
}
