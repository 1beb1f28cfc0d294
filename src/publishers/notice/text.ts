// The notice as plain text: the headline, then what it means.

import type { PublicFacts } from "./facts.ts";

/** Put before the headline when what is shown is a recording. */
export const demonstrationMark = "DEMONSTRATION (a recorded outage, not this server): ";

/** What /notice.txt answers. The first line is the headline. */
export function noticeText({ demonstration, headline, notice, blind }: PublicFacts): string {
  const first = `${demonstration ? demonstrationMark : ""}${headline}`;
  const stale = blind ? ["We cannot see our mail server just now. What you read here may be out of date."] : [];
  return `${[first, ...stale, notice].filter((part) => part !== "").join("\n\n")}\n`;
}
