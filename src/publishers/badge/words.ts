// The few words of a badge.

import type { Language } from "../../core/status/languages/language.ts";
import type { PublicDocument } from "../../core/status/public/document.ts";
import type { Phase } from "../../core/status/status.ts";
import { type Duration, MINUTE } from "../../core/time.ts";
import { plainLine } from "../plain-text.ts";

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
export function badgeWords(document: PublicDocument, { labels }: Language, validFor: Duration | undefined): BadgeWords {
  const { name, phase, blind, level, demonstration, at, zone } = document;
  const unseen = blind || level === "unknown";
  const message = unseen ? labels.notKnown : labels.phases[phase];
  const moment = new Intl.DateTimeFormat(labels.locale, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  return {
    label: plainLine(demonstration ? `${labels.demonstration.title}: ${name}` : name)
      .slice(0, 80)
      .toWellFormed(),
    message: validFor === undefined ? message : `${message} · ${moment.format(Math.floor(at / MINUTE) * MINUTE)}`,
    color: unseen ? grey : colors[phase],
  };
}
