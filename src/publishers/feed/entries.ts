// The news of the public document as entries of a feed: one an update, so that each comes to readers as news.

import type { IncidentStatus, WindowStatus } from "../../core/status/incidents/incident.ts";
import type { PublicDocument, PublicIncident, PublicUpdate, PublicWindow } from "../../core/status/public/document.ts";
import type { Instant } from "../../core/time.ts";
import { momentsIn, said, wordsFor } from "../languages.ts";
import { plainLine, plainText } from "../plain-text.ts";

export interface Entry {
  /** Stable for ever: a tag URI (RFC 4151). */
  readonly id: string;
  readonly at: Instant;
  readonly title: string;
  /** Plain lines. */
  readonly lines: readonly string[];
  /** Undefined if it is not known where the page is. */
  readonly link: string | undefined;
}

type StatusWords = Readonly<Record<IncidentStatus | WindowStatus, string>>;

const statusWords: Readonly<Record<string, StatusWords>> & { readonly en: StatusWords } = {
  en: {
    investigating: "Looking into it",
    identified: "Cause found",
    monitoring: "Watching",
    resolved: "Over",
    scheduled: "Planned",
    in_progress: "Under way",
    completed: "Done",
    cancelled: "Cancelled",
  },
  de: {
    investigating: "Wir sehen nach",
    identified: "Ursache gefunden",
    monitoring: "Wir beobachten",
    resolved: "Vorbei",
    scheduled: "Geplant",
    in_progress: "Im Gange",
    completed: "Fertig",
    cancelled: "Abgesagt",
  },
  fr: {
    investigating: "Nous cherchons",
    identified: "Cause trouvée",
    monitoring: "Sous surveillance",
    resolved: "Terminé",
    scheduled: "Prévu",
    in_progress: "En cours",
    completed: "Achevé",
    cancelled: "Annulé",
  },
  es: {
    investigating: "Lo estamos mirando",
    identified: "Causa encontrada",
    monitoring: "En observación",
    resolved: "Terminado",
    scheduled: "Previsto",
    in_progress: "En curso",
    completed: "Hecho",
    cancelled: "Cancelado",
  },
};

/** Entries at a time. */
const listed = 50;

/** The newest entries in a language, newest first. */
export function entriesOf(document: PublicDocument, tag: string): readonly Entry[] {
  const { url, zone } = document;
  const moment = momentsIn(tag, zone);
  const status = wordsFor(statusWords, tag);
  const authority = url === undefined ? "mailtide.invalid" : new URL(url).hostname;

  const entry = (kind: "i" | "m", { id, name }: PublicIncident | PublicWindow, update: PublicUpdate): Entry => ({
    id: `tag:${authority},2026:${kind}/${encodeURIComponent(id)}/${encodeURIComponent(update.id)}`,
    at: update.at,
    title: `[${status[update.status]}] ${plainLine(said(name, tag, document))}`,
    lines: [moment(update.at), ...plainText(said(update.words, tag, document)).split("\n")].filter(
      (line) => line.trim() !== "",
    ),
    link: url === undefined ? undefined : `${url}/${kind}/${encodeURIComponent(id)}`,
  });

  const all = [
    ...[...document.open, ...document.past].flatMap((one) => one.updates.map((update) => entry("i", one, update))),
    ...document.windows.flatMap((one) => updatesOf(one).map((update) => entry("m", one, update))),
  ];
  return all.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).slice(0, listed);
}

/** Planned work that nobody wrote about is announced all the same. */
function updatesOf(window: PublicWindow): readonly PublicUpdate[] {
  if (window.updates.length > 0) return window.updates;
  const { announced, words } = window;
  return [{ id: "announced", at: announced, status: "scheduled", by: "operator", words }];
}
