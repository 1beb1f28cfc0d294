// Words of a notice or an update as paragraphs.

import type { Instant } from "../../core/time.ts";
import { html, type Markup } from "./markup.ts";
import { isMoment } from "./times.ts";
import type { View } from "./view.ts";

/** A paragraph a line, beginnings such as "What you can do:" in bold. `nextBy`: what the line about the next update means to a program. */
export function paragraphs({ labels: { leadIns } }: View, text: string, nextBy?: Instant): Markup[] {
  return linesOf(text).map((line) => {
    const lead = Object.values(leadIns).find((one) => line.startsWith(one));
    if (lead === undefined) return html`<p>${line}</p>`;
    const rest = line.slice(lead.length).trim();
    if (lead !== leadIns.next) return html`<p><strong>${lead}</strong> ${rest}</p>`;
    if (nextBy === undefined || !isMoment(nextBy)) return html`<p class="next"><strong>${lead}</strong> ${rest}</p>`;
    const time = html`<time datetime="${new Date(nextBy).toISOString()}">${rest}</time>`;
    return html`<p class="next"><strong>${lead}</strong> ${time}</p>`;
  });
}

/** The operator's words: of no claimed language, and in the direction that they have. */
export function ownParagraphs(text: string): Markup[] {
  return linesOf(text).map((line) => html`<p lang="" dir="auto">${line}</p>`);
}

/** Lines with something in them. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** As many from the beginning as fit into so many bytes; and whether that is all. The first is always there. */
export function fitting(items: readonly Markup[], bytes: number): { shown: readonly Markup[]; all: boolean } {
  let left = bytes;
  const end = items.findIndex((item, i) => {
    left -= Buffer.byteLength(item.text);
    return left < 0 && i > 0;
  });
  return end < 0 ? { shown: items, all: true } : { shown: items.slice(0, end), all: false };
}
