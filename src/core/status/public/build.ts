// The allow-list: only what is copied here can reach the public.

import type { TimelineView } from "../../report.ts";
import type { Instant } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import type { Status } from "../status.ts";
import type { PublicDocument, Words } from "./document.ts";

/** What the public document is made from. */
export interface PublicSource {
  readonly at: Instant;
  readonly demonstration: string | undefined;
  readonly site: PublicSite;
  readonly zone: string;
  readonly status: Status;
  readonly timeline: Pick<TimelineView, "from" | "width" | "backlog">;
}

/** Two digits, and nothing below ten: 1,234 is 1,200, and 7 is 0. */
export function rounded(count: number): number {
  if (!(count >= 10) || !Number.isFinite(count)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}

/** The public document of a moment. */
export function publicDocument({ at, demonstration, site, zone, status, timeline }: PublicSource): PublicDocument {
  const { blind, said } = status;
  const words = (of: (one: { headline: string; notice: string }) => string): Words =>
    Object.fromEntries(said.map((one) => [one.language, of(one)]));
  return {
    at,
    demonstration: demonstration !== undefined,
    name: site.name,
    url: site.url,
    zone,
    languages: said.map(({ language }) => language),
    phase: status.phase,
    level: blind ? "unknown" : status.level,
    blind,
    since: status.since,
    headline: words(({ headline }) => headline),
    notice: words(({ notice }) => notice),
    nextBy: undefined,
    components: site.components.map(({ id, name }) => ({ id, name, state: "unknown", since: undefined })),
    expected: blind ? undefined : status.expected,
    waiting: undefined,
    atSenders: undefined,
    holes: [],
    open: [],
    past: [],
    windows: [],
    chart: {
      from: timeline.from,
      width: timeline.width,
      waiting: site.counts ? timeline.backlog.map(rounded) : [],
    },
  };
}
