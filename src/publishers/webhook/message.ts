// What is sent of an update: a JSON object for programs, or the form that Slack and its likes take.

import type { PublicDocument, PublicIncident, PublicUpdate, PublicWindow } from "../../core/status/public/document.ts";
import { instantText } from "../../core/time.ts";
import { momentsIn, said } from "../languages.ts";
import { plainLine, plainText, safeJson } from "../plain-text.ts";
import type { WebhookTarget } from "../publisher.ts";

/** An update, and what it belongs to. */
export interface News {
  /** Stable: the same update has it for ever, whoever it is sent to and however often. */
  readonly key: string;
  readonly kind: "incident" | "maintenance";
  readonly entry: PublicIncident | PublicWindow;
  readonly update: PublicUpdate;
}

/** Every update of the document, oldest first. */
export function newsIn(document: PublicDocument): readonly News[] {
  const of =
    (kind: News["kind"]) =>
    (entry: PublicIncident | PublicWindow): News[] =>
      entry.updates.map((update) => ({ key: `${kind}.${entry.id}.${update.id}`, kind, entry, update }));
  const all = [
    ...[...document.open, ...document.past].flatMap(of("incident")),
    ...document.windows.flatMap(of("maintenance")),
  ];
  return all.sort((a, b) => a.update.at - b.update.at);
}

/** The body to send. */
export function messageOf(news: News, document: PublicDocument, form: WebhookTarget["form"]): string {
  return form === "slack" ? slack(news, document) : standard(news, document);
}

function linkOf({ kind, entry }: News, { url }: PublicDocument): string | undefined {
  return url === undefined ? undefined : `${url}/${kind === "incident" ? "i" : "m"}/${encodeURIComponent(entry.id)}`;
}

function standard(news: News, document: PublicDocument): string {
  const { kind, entry, update, key } = news;
  const shared = {
    id: entry.id,
    name: entry.name,
    status: entry.status,
    url: linkOf(news, document) ?? null,
  };
  const more =
    "impact" in entry
      ? {
          impact: entry.impact,
          began: instantText(entry.began),
          resolved: instantText(entry.resolved),
          components: entry.components,
        }
      : { from: instantText(entry.from), to: instantText(entry.to), components: entry.components };
  return safeJson({
    type: `${kind}.${update.status}`,
    id: key,
    timestamp: instantText(update.at),
    data: {
      demonstration: document.demonstration,
      service: document.name,
      [kind]: { ...shared, ...more },
      update: { id: update.id, at: instantText(update.at), status: update.status, by: update.by, text: update.words },
      next_update_by: instantText(document.nextBy),
    },
  });
}

/** Slack's own marks are three characters; escaped, no text can call a channel or hide a link. */
function asSlack(text: string): string {
  return plainText(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function slack(news: News, document: PublicDocument): string {
  const { entry, update } = news;
  const tag = document.languages[0];
  const title = plainLine(said(entry.name, tag, document)).replace(/[*_~`]/g, " ");
  const mark = document.demonstration ? "Demonstration: " : "";
  const link = linkOf(news, document);
  const lines = [
    `*${mark}${asSlack(title)}*`,
    asSlack(said(update.words, tag, document)),
    `${asSlack(plainLine(document.name))}, ${momentsIn(tag, document.zone)(update.at)}`,
    ...(link === undefined ? [] : [asSlack(link)]),
  ];
  return JSON.stringify({ text: lines.filter((line) => line !== "").join("\n") });
}
