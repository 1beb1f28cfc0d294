// The allow-list: only what is copied here can reach the public.

import type { TimelineView } from "../../report.ts";
import type { MailAtSenders } from "../../retries/senders/at-senders.ts";
import type { Instant } from "../../time.ts";
import type { Book } from "../incidents/book.ts";
import { nextPromise } from "../incidents/keep.ts";
import type { Language } from "../languages/language.ts";
import type { PublicSite } from "../site.ts";
import type { Status } from "../status.ts";
import type { PublicDocument, Words } from "./document.ts";
import { publicIncident, publicWindow } from "./history.ts";

/** What the public document is made from. */
export interface PublicSource {
  readonly at: Instant;
  readonly demonstration: string | undefined;
  readonly site: PublicSite;
  readonly zone: string;
  readonly languages: readonly Language[];
  readonly status: Status;
  readonly book: Book;
  /** Late messages here. */
  readonly waiting: number;
  readonly mail: MailAtSenders | undefined;
  /** When nearly all of it should be here, as people are told; undefined as long as we cannot say. */
  readonly nearlyAll: Instant | undefined;
  readonly timeline: Pick<TimelineView, "from" | "width" | "backlog">;
}

/** Past incidents and windows that are shown. */
const shown = 100;

/** Two digits, and nothing below ten: 1,234 is 1,200, and 7 is 0. */
export function rounded(count: number): number {
  if (!(count >= 10) || !Number.isFinite(count)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}

/** The public document of a moment. */
export function publicDocument(source: PublicSource): PublicDocument {
  const { at, demonstration, site, zone, status, timeline, book, languages } = source;
  const { blind, said } = status;
  const words = (of: (one: { headline: string; notice: string }) => string): Words =>
    Object.fromEntries(said.map((one) => [one.language, of(one)]));
  const newestFirst = book.incidents.toReversed();
  const known = site.components.map(({ id }) => id);
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
    nextBy: nextPromise(book, at),
    components: site.components.map(({ id, name }) => ({
      id,
      name,
      state: book.components[id]?.state ?? "unknown",
      since: book.components[id]?.state === "unknown" ? undefined : book.components[id]?.since,
    })),
    expected: blind ? undefined : status.expected,
    waiting: blind || !site.counts ? undefined : rounded(source.waiting),
    atSenders: atSenders(source),
    holes: book.holes.map(({ from, to }) => ({ from, to })),
    open: newestFirst
      .filter(({ resolved }) => resolved === undefined)
      .map((incident) => publicIncident(incident, languages, known)),
    past: newestFirst
      .filter(({ resolved }) => resolved !== undefined)
      .slice(0, shown)
      .map((incident) => publicIncident(incident, languages, known)),
    windows: book.windows.slice(-shown).map((window) => publicWindow(window, languages, zone, known)),
    chart: {
      from: timeline.from,
      width: timeline.width,
      waiting: site.counts ? timeline.backlog.map(rounded) : [],
    },
  };
}

function atSenders({ status, mail, nearlyAll, site }: PublicSource): PublicDocument["atSenders"] {
  if (status.blind || mail === undefined) return undefined;
  const { messages, lastExpected } =
    mail.state === "waiting"
      ? { messages: mail.held, lastExpected: undefined }
      : { messages: mail.stillOut, lastExpected: mail.stillOut > 0 ? nearlyAll : undefined };
  return { messages: site.counts ? rounded(messages) : undefined, lastExpected };
}
