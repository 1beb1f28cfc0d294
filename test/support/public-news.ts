// Public documents to publish in tests, made by hand so that a test can name what is in them.

import type { Report } from "../../src/core/report.ts";
import type { PublicDocument, PublicIncident, PublicWindow } from "../../src/core/status/public/document.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../../src/core/time.ts";
import { outageReport, outageStart } from "./report.ts";

/** The moment of these documents: an hour into the outage, which is a Thursday. */
export const documentAt: Instant = outageStart + HOUR;

/** An incident with three updates, the newest first. */
export function incident(over: Partial<PublicIncident> = {}): PublicIncident {
  const id = over.id ?? "k3m9x2p7q1za";
  return {
    id,
    name: { en: "Email is not working", de: "E-Mail geht nicht" },
    status: "monitoring",
    impact: "major",
    began: outageStart,
    opened: outageStart + 2 * MINUTE,
    changed: outageStart + 35 * MINUTE,
    resolved: undefined,
    components: { receiving: "degraded_performance" },
    window: undefined,
    updates: [
      {
        id: `${id}-3`,
        at: outageStart + 35 * MINUTE,
        status: "monitoring",
        by: "mailtide",
        words: {
          en: "Email is working again.\nLate mail is still on its way.",
          de: "E-Mail geht wieder.\nVerspätete Post ist noch unterwegs.",
        },
      },
      {
        id: `${id}-2`,
        at: outageStart + 20 * MINUTE,
        status: "identified",
        by: "operator",
        words: { en: "A disk is full. We are making room.", de: "A disk is full. We are making room." },
      },
      {
        id: `${id}-1`,
        at: outageStart + 2 * MINUTE,
        status: "investigating",
        by: "mailtide",
        words: {
          en: "Email stopped working at 14:00 on Thursday.",
          de: "Seit Donnerstag, 14:00 Uhr, geht E-Mail nicht.",
        },
      },
    ],
    ...over,
  };
}

/** Planned work, two days ahead. */
export function plannedWork(over: Partial<PublicWindow> = {}): PublicWindow {
  const id = over.id ?? "w5t8r1c4n6bd";
  return {
    id,
    name: { en: "Planned work on email", de: "Geplante Arbeiten an der E-Mail" },
    words: { en: "We will move our mail server.", de: "We will move our mail server." },
    status: "scheduled",
    from: outageStart + 2 * DAY,
    to: outageStart + 2 * DAY + 90 * MINUTE,
    announced: outageStart - DAY,
    changed: outageStart - DAY,
    components: ["receiving", "sending"],
    sequence: 0,
    incident: undefined,
    updates: [
      {
        id: `${id}-1`,
        at: outageStart - DAY,
        status: "scheduled",
        by: "operator",
        words: { en: "We will move our mail server.", de: "We will move our mail server." },
      },
    ],
    ...over,
  };
}

/** A document in which everything is there: an open and a past incident, planned work in every state, a hole, counts. */
export function publicDocument(over: Partial<PublicDocument> = {}): PublicDocument {
  return {
    at: documentAt,
    demonstration: false,
    name: "Email",
    url: "https://status.example.org",
    zone: "Europe/Vienna",
    languages: ["en", "de"],
    phase: "draining",
    level: "delayed",
    blind: false,
    since: outageStart + 35 * MINUTE,
    headline: {
      en: "Email is working again. Late mail is still on its way.",
      de: "E-Mail geht wieder. Verspätete Post ist noch unterwegs.",
    },
    notice: {
      en: "Email came back at 14:35 on Thursday.\nWhat you can do: nothing, unless it is urgent.",
      de: "E-Mail geht seit Donnerstag, 14:35 Uhr, wieder.\nSie müssen nichts tun.",
    },
    nextBy: documentAt + HOUR,
    components: [
      { id: "receiving", name: "Receiving mail", state: "degraded_performance", since: outageStart + 35 * MINUTE },
      { id: "sending", name: "Sending mail", state: "operational", since: outageStart - 9 * DAY },
      { id: "webmail", name: "Webmail", state: "unknown", since: undefined },
    ],
    expected: { earliest: documentAt + HOUR, latest: documentAt + 3 * HOUR },
    waiting: 1200,
    atSenders: { messages: 340, lastExpected: documentAt + 5 * HOUR },
    holes: [{ from: outageStart - 2 * DAY, to: outageStart - HOUR }],
    open: [incident()],
    past: [
      incident({
        id: "b2d4f6h8j0lm",
        name: { en: "Email was slow", de: "E-Mail war langsam" },
        status: "resolved",
        impact: "minor",
        began: outageStart - 20 * DAY,
        opened: outageStart - 20 * DAY,
        changed: outageStart - 20 * DAY + 3 * HOUR,
        resolved: outageStart - 20 * DAY + 3 * HOUR,
        components: {},
        updates: [
          {
            id: "b2d4f6h8j0lm-2",
            at: outageStart - 20 * DAY + 3 * HOUR,
            status: "resolved",
            by: "mailtide",
            words: { en: "Email is back to normal.", de: "E-Mail läuft wieder wie gewohnt." },
          },
          {
            id: "b2d4f6h8j0lm-1",
            at: outageStart - 20 * DAY,
            status: "investigating",
            by: "mailtide",
            words: { en: "Email may be slow.", de: "E-Mail ist vielleicht langsam." },
          },
        ],
      }),
    ],
    windows: [
      plannedWork({
        id: "w1a1a1a1a1a1",
        status: "completed",
        from: outageStart - 10 * DAY,
        to: outageStart - 10 * DAY + HOUR,
        announced: outageStart - 14 * DAY,
        changed: outageStart - 10 * DAY + HOUR,
        sequence: 1,
        updates: [],
      }),
      plannedWork({
        id: "w2b2b2b2b2b2",
        status: "in_progress",
        from: documentAt - 10 * MINUTE,
        to: documentAt + 50 * MINUTE,
        changed: documentAt - 10 * MINUTE,
        sequence: 2,
      }),
      plannedWork(),
      plannedWork({
        id: "w3c3c3c3c3c3",
        status: "cancelled",
        from: outageStart + 3 * DAY,
        to: outageStart + 3 * DAY + HOUR,
        changed: outageStart - HOUR,
        sequence: 3,
      }),
    ],
    chart: { from: outageStart, width: MINUTE, waiting: [0, 120, 400, 1200, 900] },
    ...over,
  };
}

/** A document of a quiet day, with nothing ever gone wrong. */
export function quietDocument(over: Partial<PublicDocument> = {}): PublicDocument {
  return publicDocument({
    phase: "normal",
    level: "operational",
    since: undefined,
    headline: { en: "Email is working normally.", de: "E-Mail läuft wie gewohnt." },
    notice: { en: "No mail is late.", de: "Keine Post ist verspätet." },
    nextBy: undefined,
    components: [
      { id: "receiving", name: "Receiving mail", state: "operational", since: outageStart - 9 * DAY },
      { id: "sending", name: "Sending mail", state: "operational", since: outageStart - 9 * DAY },
    ],
    expected: undefined,
    waiting: 0,
    atSenders: undefined,
    holes: [],
    open: [],
    past: [],
    windows: [],
    chart: { from: outageStart, width: MINUTE, waiting: [] },
    ...over,
  });
}

/** A report that carries a document. */
export function reportWith(document: PublicDocument = publicDocument()): Report {
  return { ...outageReport(document.at), public: document };
}
