// What every page has around it: head, mark of a demonstration, languages, the one region that is read aloud, and the foot.

import { fill, filled, html, type Markup, none } from "./markup.ts";
import type { Channel, Place } from "./paths.ts";
import { scriptIntegrity } from "./policy.ts";
import { stylesheet } from "./style.ts";
import { isMoment } from "./times.ts";
import { own, type View } from "./view.ts";

export interface Framed {
  readonly place: Place;
  readonly title: string;
  /** Class of the colour. */
  readonly tone: string;
  /** Read aloud when it changes: how it is, and the heading. */
  readonly now: Markup;
  /** Sections, each with an id and `data-part`. */
  readonly parts: readonly Markup[];
}

/** A whole page. */
export function frame(view: View, { place, title, tone, now, parts }: Framed): string {
  const { document, labels, tag, tags, times, paths, stale, validUntil } = view;
  const { sentences, demonstration } = labels;
  const until = validUntil !== undefined && isMoment(validUntil) ? new Date(validUntil).toISOString() : "";
  const at = times.moment(document.at);
  return html`<!doctype html>
<html lang="${tag}" dir="${labels.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="valid-until" content="${until}">
<title>${document.demonstration ? `${demonstration.title}: ` : ""}${title} – ${document.name}</title>
${tags.length > 1 ? tags.map((other) => html`<link rel="alternate" hreflang="${other}" href="${paths.whole(other, place)}">`) : none}
${feeds(view)}
${stylesheet}
<script src="${paths.script}" integrity="${scriptIntegrity}" defer></script>
</head>
<body class="${stale ? "unknown" : tone}">
${document.demonstration ? html`<aside class="mark" aria-label="${demonstration.title}"><p>${demonstration.sentence}</p></aside>` : none}
<header>
<p>${own(document.name)}</p>
${languages(view, place)}
</header>
<main>
<div id="now" role="status">
<div id="said">
${stale ? html`<p class="old">${fill(sentences.stale, { time: at })}</p>` : none}
${now}
</div>
<p class="old" id="lost" hidden data-says="${filled(sentences.unreachable, { time: times.words(document.at) })}"></p>
</div>
${parts}
</main>
<footer>
<p id="as-of" data-part>${fill(sentences.asOf, { time: at })}</p>
<ul class="links">${links(view, place)}</ul>
${follow(view)}
</footer>
</body>
</html>
`.text.replace(/\n{2,}/g, "\n");
}

function languages({ tag, tags, labels, paths }: View, place: Place): Markup {
  if (tags.length < 2) return none;
  const others = tags.filter((other) => other !== tag);
  const one = (other: string) =>
    html`<li><a lang="${other}" hreflang="${other}" href="${paths.link(other, place)}">${nameOf(other)}</a></li>`;
  return html`<nav aria-label="${labels.headings.languages}"><ul>${others.map(one)}</ul></nav>`;
}

/** What a language calls itself. */
function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

function links({ tag, labels, paths }: View, place: Place): Markup {
  const all: readonly (readonly [Place, string])[] = [
    ["", labels.links.notice],
    ["history", labels.links.history],
  ];
  const shown = all.filter(([to]) => to !== place);
  return html`${shown.map(([to, words]) => html`<li><a href="${paths.link(tag, to)}">${words}</a></li>`)}`;
}

const feedTypes: Readonly<Partial<Record<Channel, string>>> = {
  "feed.atom": "application/atom+xml",
  "feed.rss": "application/rss+xml",
};

/** What a feed reader looks for that is given the address of a page. */
function feeds({ tag, labels, paths, channels, document }: View): Markup {
  const one = (channel: Channel) => {
    const type = feedTypes[channel];
    if (type === undefined) return none;
    const title = `${document.name} – ${labels.links.feed}`;
    return html`<link rel="alternate" type="${type}" title="${title}" href="${paths.link(tag, channel)}">`;
  };
  return html`${channels.map(one)}`;
}

/** Ways to hear of news without coming back, as far as this server has them. */
function follow({ tag, labels, paths, channels }: View): Markup {
  const all: readonly (readonly [Place, string])[] = [
    ["feed.atom", labels.links.feed],
    ["calendar.ics", labels.links.calendar],
    ["notice.txt", labels.links.text],
  ];
  const shown = all.filter(([to]) => to === "notice.txt" || channels.some((one) => one === to));
  return html`<p class="follow">${labels.headings.follow}</p>
<ul class="links" aria-label="${labels.headings.follow}">${shown.map(([to, words]) => html`<li><a href="${paths.link(tag, to)}">${words}</a></li>`)}</ul>`;
}
