// The allow-list: only what is copied here can reach the public.

import type { Forecast } from "../../forecast/forecast.ts";
import type { TimelineView } from "../../report.ts";
import type { MailAtSenders } from "../../retries/senders/at-senders.ts";
import type { Instant } from "../../time.ts";
import type { Book } from "../incidents/book.ts";
import { nextPromise } from "../incidents/keep.ts";
import type { Language } from "../languages/language.ts";
import type { PublicSite } from "../site.ts";
import type { Status } from "../status.ts";
import { aheadOf } from "./ahead.ts";
import type { PublicDocument, Words } from "./document.ts";
import { publicIncident, publicWindow } from "./history.ts";
import type { Stretch } from "./unseen.ts";

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
  readonly forecast: Pick<Forecast, "messages" | "latest" | "outlook">;
  /** When nearly all of it should be here, as people are told; undefined as long as we cannot say. */
  readonly nearlyAll: Instant | undefined;
  readonly timeline: Pick<TimelineView, "from" | "width" | "backlog">;
  /** In which nobody could see. */
  readonly unseen: readonly Stretch[];
}

/** Past incidents and windows that are shown. */
const shown = 100;
/** Stretches of a picture at most. */
const mostStretches = 4096;

/** Two digits, and nothing below ten: 1,234 is 1,200, and 7 is 0. */
export function rounded(count: number): number {
  if (!(count >= 10) || !Number.isFinite(count)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}

/** The public document of a moment. */
export function publicDocument(source: PublicSource): PublicDocument {
  const { at, demonstration, site, zone, status, book, languages } = source;
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
    chart: chart(source),
  };
}

/** What there was, with what nobody saw, and what is expected. Without counts there is nothing to draw. */
function chart({ at, site, status, timeline, forecast, unseen, waiting: late }: PublicSource): PublicDocument["chart"] {
  const { from, width, backlog } = timeline;
  if (!site.counts) return { from, width, waiting: [] };
  const waiting = backlog.map(rounded);
  const last = waiting.at(-1);
  // Since the last that was logged nothing has changed, or nothing was seen; `unseen` tells the two apart.
  while (last !== undefined && from + waiting.length * width < at && waiting.length < mostStretches) waiting.push(last);
  // Now we know which of it is late, and say the same as everywhere else.
  if (last !== undefined && !status.blind) waiting[waiting.length - 1] = rounded(late);
  const ahead = status.blind ? undefined : aheadOf(forecast, status.expected, late, at);
  return {
    from,
    width,
    waiting,
    unseen: unseen.filter(({ to }) => to > from).map(({ from, to }) => ({ from, to })),
    ahead: ahead && { ...ahead, low: ahead.low.map(rounded), high: ahead.high.map(rounded) },
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
