// The whole public site of a moment: every page in every language, made when it is asked for and kept until something changes.

import type { Language } from "../../core/status/languages/language.ts";
import type { PublicDocument } from "../../core/status/public/document.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../../core/time.ts";
import { barePage } from "./bare-page.ts";
import { Kept } from "./kept.ts";
import { noticePage } from "./notice-page.ts";
import { type Channel, path, pathsOf } from "./paths.ts";
import { policy } from "./policy.ts";
import { historyPage, incidentPage, windowPage } from "./record-pages.ts";
import { noticeText } from "./text.ts";
import { type View, viewOf } from "./view.ts";

/** What is asked for. */
export type Asked =
  | { readonly page: "notice" | "history" | "text" }
  | { readonly page: "incident" | "window"; readonly id: string };

/** A page, and the status that it is answered with. */
export interface Page {
  readonly code: 200 | 404 | 503;
  readonly kept: Kept;
}

/** A page that is older than this by more than three times the usual is stale; so is any that is older than this. */
const patience: Duration = 60 * SECOND;
/** How long a copy may be shown before it calls itself old. */
const validity: Duration = 15 * MINUTE;

/** Pages kept at a time. */
const most = 1000;

const htmlType = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
const textType = { "content-type": "text/plain; charset=utf-8" };

export class PublicSitePages {
  readonly #languages: readonly Language[];
  readonly #monotonic: () => number;
  readonly #copied: boolean;
  readonly #serves: (address: string) => boolean;
  readonly #pages = new Map<string, { readonly page: Page; readonly version: number; readonly content: string }>();
  #document: PublicDocument | undefined;
  #published = 0;
  #gap: Duration = 0;
  #stale = false;
  /** Goes up with every document, and when the last becomes stale. */
  #version = 0;

  /**
   * `monotonic`: milliseconds of a clock that is never set. `copied`: for files, which say by themselves how long they hold.
   * `serves`: whether there is something at an address that is not ours.
   */
  constructor(
    languages: readonly Language[],
    monotonic: () => number,
    { copied = false, serves = () => false }: { copied?: boolean; serves?: (address: string) => boolean } = {},
  ) {
    this.#languages = languages;
    this.#monotonic = monotonic;
    this.#copied = copied;
    this.#serves = serves;
  }

  get tags(): readonly string[] {
    return this.#languages.map(({ tag }) => tag);
  }

  /** Takes the next document. Costs nothing until somebody asks. */
  publish(document: PublicDocument): void {
    const now = this.#monotonic();
    if (this.#document !== undefined) this.#gap = Math.max(now - this.#published, this.#gap / 2);
    this.#document = document;
    this.#published = now;
    this.#version++;
    // Incidents come and go; what nobody asked for lately need not be kept.
    if (this.#pages.size > most) this.#pages.clear();
  }

  /** What is at an address of a language. */
  page(tag: string, asked: Asked): Page {
    const stale = this.#document !== undefined && this.#monotonic() - this.#published > this.#patience();
    if (stale !== this.#stale) this.#version++;
    this.#stale = stale;
    const key = `${tag} ${asked.page} ${"id" in asked ? asked.id : ""}`;
    const known = this.#pages.get(key);
    if (known?.version === this.#version) return known.page;
    const made = this.#make(tag, asked);
    // Addresses that there are not are without number, and are not kept.
    if (made.code === 404) {
      this.#pages.delete(key);
      return pageOf(made);
    }
    // A report that changes nothing on a page leaves its bytes, their tag, and what was packed of them.
    const same = known !== undefined && known.content === contentOf(made);
    const page = same ? known.page : pageOf(made);
    this.#pages.set(key, { page, version: this.#version, content: contentOf(made) });
    return page;
  }

  #channels(tag: string): readonly Channel[] {
    return (["feed.atom", "feed.rss", "calendar.ics"] as const).filter((one) =>
      this.#serves(path(this.tags, tag, one)),
    );
  }

  #patience(): Duration {
    return Math.max(patience, 3 * this.#gap);
  }

  #make(tag: string, asked: Asked): Made {
    const language = this.#languages.find((one) => one.tag === tag) ?? this.#languages[0];
    const { labels } = language;
    const document = this.#document;
    if (document === undefined) {
      const soon = { "cache-control": "no-store", "retry-after": "5" };
      const text = asked.page === "text";
      const { title, sentence } = labels.starting;
      const body = text ? `${title} ${sentence}\n` : barePage(tag, labels, labels.starting, undefined);
      return { code: 503, body, headers: { ...(text ? textType : htmlType), ...soon } };
    }
    // That a moment has passed is no change; that a minute has, is.
    const at = toMinute(document.at);
    const ours = !document.demonstration && !this.#copied;
    const validUntil = ours ? at + Math.max(validity, this.#patience()) : undefined;
    const stale = this.#stale && !this.#copied;
    const view = viewOf({ ...document, at }, language, this.tags, { stale, validUntil, channels: this.#channels(tag) });
    const body = render(view, asked);
    if (body === undefined) {
      const home = pathsOf(document.url, this.tags).link(tag, "");
      const page = barePage(tag, labels, labels.missing, home);
      return { code: 404, body: page, headers: { ...htmlType, "cache-control": "no-cache" } };
    }
    const type = asked.page === "text" ? textType : htmlType;
    return { code: 200, body, headers: { ...type, "cache-control": cacheControl(view) } };
  }
}

interface Made {
  readonly code: Page["code"];
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function pageOf({ code, body, headers }: Made): Page {
  return { code, kept: new Kept(body, headers) };
}

/** Two pages of the same content are the same to everybody. */
function contentOf({ code, body, headers }: Made): string {
  return `${code} ${headers["cache-control"]}\n${body}`;
}

function render(view: View, asked: Asked): string | undefined {
  const { open, past, windows } = view.document;
  switch (asked.page) {
    case "notice":
      return noticePage(view);
    case "history":
      return historyPage(view);
    case "text":
      return noticeText(view);
    case "incident": {
      const incident = [...open, ...past].find(({ id }) => id === asked.id);
      return incident && incidentPage(view, incident);
    }
    case "window": {
      const window = windows.find(({ id }) => id === asked.id);
      return window && windowPage(view, window);
    }
  }
}

/** A cache may go on telling of trouble for a day when we are dead; that all is well, only for minutes. */
function cacheControl({ document, stale }: View): string {
  const well = document.level === "operational" && !document.blind && !stale;
  return `public, max-age=10, stale-while-revalidate=20, stale-if-error=${well ? 300 : 86_400}`;
}

function toMinute(at: Instant): Instant {
  return Math.floor(at / MINUTE) * MINUTE;
}
