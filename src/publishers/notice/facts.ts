// What the public may see of a report, as an allow-list: only what is copied here can reach the page.
// No host, address, domain or reason is copied, and counts are rounded so that none names somebody.

import type { Report } from "../../core/report.ts";
import type { Level, Phase } from "../../core/status/status.ts";
import type { Duration, Instant } from "../../core/time.ts";

export interface PublicFacts {
  readonly at: Instant;
  readonly demonstration: boolean;
  readonly phase: Phase;
  readonly level: Level;
  readonly blind: boolean;
  readonly headline: string;
  readonly notice: string;
  /** When late mail is expected to have gone; undefined as long as we cannot say. */
  readonly clear: { readonly earliest: Instant; readonly latest: Instant } | undefined;
  /** Messages waiting, rounded to two digits; small ones are 0. */
  readonly chart: { readonly from: Instant; readonly width: Duration; readonly waiting: readonly number[] };
}

/** Two digits, and nothing below ten: 1,234 is 1,200, and 7 is 0. */
export function rounded(count: number): number {
  if (!(count >= 10) || !Number.isFinite(count)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}

/** The public facts of a report. */
export function publicFacts(report: Report): PublicFacts {
  const { status, timeline } = report;
  const blind = status.blind || report.observer.blind;
  return {
    at: report.at,
    demonstration: report.demonstration !== undefined,
    phase: status.phase,
    level: status.level,
    blind,
    headline: status.headline,
    notice: status.notice,
    clear: blind ? undefined : status.expected,
    chart: { from: timeline.from, width: timeline.width, waiting: timeline.backlog.map(rounded) },
  };
}
