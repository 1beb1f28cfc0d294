// The few words of a badge.

import type { PublicDocument } from "../../core/status/public/document.ts";
import type { Phase } from "../../core/status/status.ts";
import { type Duration, MINUTE } from "../../core/time.ts";
import { wordsFor } from "../languages.ts";
import { plainLine } from "../plain-text.ts";

type Row = Readonly<Record<Phase | "blind", string>>;

const words: Readonly<Record<string, Row>> & { readonly en: Row } = {
  en: {
    normal: "working",
    maintenance_scheduled: "working",
    maintenance: "planned work",
    suspected: "may be slow",
    outage: "not working",
    partial: "partly working",
    draining: "working, mail is late",
    relapse: "not working again",
    resolved: "working",
    blind: "not known",
  },
  de: {
    normal: "läuft",
    maintenance_scheduled: "läuft",
    maintenance: "geplante Arbeiten",
    suspected: "vielleicht langsam",
    outage: "geht nicht",
    partial: "geht teilweise",
    draining: "läuft, Post kommt später",
    relapse: "geht wieder nicht",
    resolved: "läuft",
    blind: "nicht bekannt",
  },
  fr: {
    normal: "fonctionne",
    maintenance_scheduled: "fonctionne",
    maintenance: "travaux prévus",
    suspected: "peut-être lent",
    outage: "ne fonctionne pas",
    partial: "fonctionne en partie",
    draining: "fonctionne, courrier en retard",
    relapse: "de nouveau en panne",
    resolved: "fonctionne",
    blind: "inconnu",
  },
  es: {
    normal: "funciona",
    maintenance_scheduled: "funciona",
    maintenance: "trabajos previstos",
    suspected: "quizá lento",
    outage: "no funciona",
    partial: "funciona en parte",
    draining: "funciona, correo con retraso",
    relapse: "no funciona de nuevo",
    resolved: "funciona",
    blind: "no se sabe",
  },
};

export interface BadgeWords {
  readonly label: string;
  readonly message: string;
  /** As Shields names or writes it. */
  readonly color: string;
}

const calm = "#2e7d4f";
const amber = "#9a6700";
const red = "#b3261e";
const grey = "#6b7280";

const colors: Readonly<Record<Phase, string>> = {
  normal: calm,
  maintenance_scheduled: calm,
  maintenance: amber,
  suspected: amber,
  outage: red,
  partial: red,
  draining: amber,
  relapse: red,
  resolved: calm,
};

/**
 * What a badge says of a document. An image in a copy can tell nobody that it has become old, so there it says of when it is.
 */
export function badgeWords(document: PublicDocument, tag: string, validFor: Duration | undefined): BadgeWords {
  const { name, phase, blind, level, demonstration, at, zone } = document;
  const unseen = blind || level === "unknown";
  const message = wordsFor(words, tag)[unseen ? "blind" : phase];
  const moment = new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  return {
    label: plainLine(demonstration ? `Demonstration: ${name}` : name)
      .slice(0, 80)
      .toWellFormed(),
    message: validFor === undefined ? message : `${message} · ${moment.format(Math.floor(at / MINUTE) * MINUTE)}`,
    color: unseen ? grey : colors[phase],
  };
}
