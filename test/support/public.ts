// Public documents made by hand, one for each phase, with incidents, planned work, holes, and stretches that nobody saw;
// and a second language to say them in, so that tests need none that is still being written.

import type { Report } from "../../src/core/report.ts";
import english from "../../src/core/status/languages/en/index.ts";
import type { Labels } from "../../src/core/status/languages/labels.ts";
import type { Language } from "../../src/core/status/languages/language.ts";
import type {
  PublicChart,
  PublicDocument,
  PublicIncident,
  PublicUpdate,
  PublicWindow,
  Words,
} from "../../src/core/status/public/document.ts";
import type { Level, Phase } from "../../src/core/status/status.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../../src/core/time.ts";
import { outageReport } from "./report.ts";

/** Friday 6 November 2026, 19:00 in Vienna. */
export const publicNow: Instant = Date.UTC(2026, 10, 6, 18, 0);
/** When email stopped in these documents. */
export const downSince: Instant = publicNow - 5 * HOUR;
/** When it came back. */
export const backSince: Instant = publicNow - 90 * MINUTE;

/** German as far as these tests go: the words of the page are those of English with a mark. */
export function marked(tag: string, labels: Labels = english.labels): Language {
  return { ...english, tag, labels: { ...labels, locale: tag } };
}

function words(en: string, de: string): Words {
  return { en, de };
}

interface Said {
  readonly level: Level;
  readonly headline: Words;
  readonly notice: Words;
}

const scripts: Readonly<Record<Phase, Said>> = {
  normal: {
    level: "operational",
    headline: words("Email is working normally.", "E-Mail funktioniert normal."),
    notice: words("Mail is sent and received as usual.", "E-Mails werden wie gewohnt gesendet und empfangen."),
  },
  maintenance_scheduled: {
    level: "operational",
    headline: words(
      "Planned work on email: Saturday, 22:00 to 23:30.",
      "Geplante Arbeiten an E-Mail: Samstag, 22:00 bis 23:30 Uhr.",
    ),
    notice: words(
      "We will move our mail server to a new building on Saturday night.\nWhat this means for you: you cannot send, receive or read email while we work. Mail sent to you is not lost.\nWhat you can do: nothing, unless you expect something urgent.\nNext update: by 22:00 on Saturday, when the work starts.",
      "Wir bringen unseren Mailserver am Samstagabend in ein neues Gebäude.\nWas das für Sie heißt: Während der Arbeiten können Sie keine E-Mails senden, empfangen oder lesen. E-Mails an Sie gehen nicht verloren.\nWas Sie tun können: nichts, wenn Sie nichts Dringendes erwarten.\nNächste Nachricht: am Samstag um 22:00 Uhr, wenn die Arbeiten beginnen.",
    ),
  },
  maintenance: {
    level: "maintenance",
    headline: words("Planned work on email has started.", "Die geplanten Arbeiten an E-Mail haben begonnen."),
    notice: words(
      "We started at 18:04. We still expect to finish between 20:00 and 20:45 on Friday (Central European Standard Time).\nWhat you can do: please leave your mail program alone until we are done.\nNext update: by 20:00 on Friday, even if we have no news.",
      "Wir haben um 18:04 Uhr begonnen. Wir rechnen weiter mit einem Ende zwischen 20:00 und 20:45 Uhr am Freitag (Mitteleuropäische Normalzeit).\nWas Sie tun können: Bitte lassen Sie Ihr Mailprogramm in Ruhe, bis wir fertig sind.\nNächste Nachricht: spätestens am Freitag um 20:00 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  suspected: {
    level: "delayed",
    headline: words("Email may be slow. We are looking into it.", "E-Mail kann langsam sein. Wir gehen dem nach."),
    notice: words(
      "More mail than usual is waiting.\nWhat you can do: nothing for now.\nNext update: by 19:15 on Friday, even if we have no news.",
      "Es warten mehr E-Mails als sonst.\nWas Sie tun können: vorerst nichts.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  outage: {
    level: "major-outage",
    headline: words("Email is not working.", "E-Mail funktioniert nicht."),
    notice: words(
      "Email stopped working at 14:00 on Friday. We do not know the cause yet.\nWhat this means for you: you cannot send or receive email. Mail sent to you is not lost so far. Other mail servers keep it and try again, most of them for several days.\nWe cannot say yet when email will be back.\nWhat you can do: you can follow this page instead of calling us.\nNext update: by 19:15 on Friday, even if we have no news.",
      "E-Mail funktioniert seit Freitag um 14:00 Uhr nicht. Wir kennen die Ursache noch nicht.\nWas das für Sie heißt: Sie können keine E-Mails senden oder empfangen. E-Mails an Sie sind bisher nicht verloren. Andere Mailserver behalten sie und versuchen es wieder, die meisten mehrere Tage lang.\nWir können noch nicht sagen, wann E-Mail wieder funktioniert.\nWas Sie tun können: Sie können diese Seite lesen, statt uns anzurufen.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  partial: {
    level: "partial-outage",
    headline: words(
      "Email works for most people. Some mail is still held up.",
      "E-Mail funktioniert für die meisten. Einige E-Mails stecken noch fest.",
    ),
    notice: words(
      "One of our four mail lines is not working since 14:00 on Friday.\nWhat this means for you: about 1 in 4 messages sent to you may be late.\nWhat you can do: if it is urgent, please use another way.\nNext update: by 19:15 on Friday, even if we have no news.",
      "Eine unserer vier Leitungen für E-Mail funktioniert seit Freitag um 14:00 Uhr nicht.\nWas das für Sie heißt: Etwa 1 von 4 E-Mails an Sie kann sich verspäten.\nWas Sie tun können: Wenn es dringend ist, nehmen Sie bitte einen anderen Weg.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  draining: {
    level: "delayed",
    headline: words(
      "Email is working again. Late mail is still coming in.",
      "E-Mail funktioniert wieder. Verspätete E-Mails treffen noch ein.",
    ),
    notice: words(
      "Email came back at 17:30 on Friday. New mail now takes about 5 minutes.\nWhat this means for you: about 6,600 late messages are still on their way. We expect the last of them between 20:00 and 22:30 on Friday (Central European Standard Time). Late mail keeps its old date, so it may show up further down in your inbox.\nWhat you can do: please wait until then before you ask people to send things again.\nNext update: by 19:15 on Friday, even if we have no news.",
      "E-Mail funktioniert seit Freitag um 17:30 Uhr wieder. Neue E-Mails brauchen jetzt etwa 5 Minuten.\nWas das für Sie heißt: Etwa 6.600 verspätete E-Mails sind noch unterwegs. Wir erwarten die letzten zwischen 20:00 und 22:30 Uhr am Freitag (Mitteleuropäische Normalzeit). Verspätete E-Mails behalten ihr altes Datum und können weiter unten im Posteingang stehen.\nWas Sie tun können: Bitte warten Sie bis dahin, bevor Sie um erneutes Senden bitten.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  relapse: {
    level: "major-outage",
    headline: words("Email has stopped working again.", "E-Mail funktioniert wieder nicht."),
    notice: words(
      "Email came back at 17:30 and stopped again at 18:57 on Friday. We told you too early that it was fixed. We are sorry.\nOur last estimate no longer holds, so please ignore it.\nWhat you can do: nothing, unless it is urgent.\nNext update: by 19:15 on Friday, even if we have no news.",
      "E-Mail funktionierte ab 17:30 Uhr wieder und fiel am Freitag um 18:57 Uhr erneut aus. Wir haben zu früh gesagt, dass alles in Ordnung ist. Das tut uns leid.\nUnsere letzte Schätzung gilt nicht mehr.\nWas Sie tun können: nichts, wenn es nicht dringend ist.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
  },
  resolved: {
    level: "operational",
    headline: words("Email is back to normal.", "E-Mail funktioniert wieder normal."),
    notice: words(
      "Email has worked without a break since Friday at 17:30. All the late mail that we know about has now arrived.\nAbout 14,000 late messages came in after that. 37 messages could not be delivered and went back to their senders.",
      "E-Mail funktioniert seit Freitag um 17:30 Uhr ohne Unterbrechung. Alle verspäteten E-Mails, von denen wir wissen, sind da.\nEtwa 14.000 verspätete E-Mails kamen danach an. 37 E-Mails konnten nicht zugestellt werden und gingen an ihre Absender zurück.",
    ),
  },
};

/** Late mail that piles up from the beginning of the trouble and drains since email is back. */
function waitingAt(at: Instant, phase: Phase): number {
  if (at <= downSince) return 0;
  const piled = (14_000 * (Math.min(at, backSince) - downSince)) / (backSince - downSince);
  if (phase === "outage" || at < backSince || phase === "partial") return Math.round(piled);
  const end = phase === "resolved" ? publicNow - 20 * MINUTE : publicNow + 3 * HOUR;
  const left = Math.max(0, 1 - (at - backSince) / (end - backSince));
  return Math.round(piled * left ** 1.7);
}

/** A chart of a day: ten hours of calm, then the trouble of a phase; with an hour in which nobody looked if `hole`. */
export function publicChart(phase: Phase, hole = false): PublicChart {
  const from = publicNow - 12 * HOUR;
  const calm = phase === "normal" || phase === "maintenance_scheduled" || phase === "maintenance";
  const waiting = Array.from({ length: 12 * 60 }, (_, i) => {
    const count = calm ? 0 : waitingAt(from + (i + 1) * MINUTE, phase);
    return count < 10 ? 0 : Number(count.toPrecision(2));
  });
  const unseen = hole ? [{ from: publicNow - 4 * HOUR, to: publicNow - 3 * HOUR }] : undefined;
  return { from, width: MINUTE, waiting, unseen };
}

function update(id: string, over: Partial<PublicUpdate>): PublicUpdate {
  return { id, at: downSince, status: "investigating", by: "mailtide", words: words("", ""), ...over };
}

/** The incident of the documents. */
export function publicIncident(over: Partial<PublicIncident> = {}): PublicIncident {
  const { outage, draining } = scripts;
  return {
    id: "k3v9x2m7q1ab",
    name: words("Email is not working", "E-Mail funktioniert nicht"),
    status: "monitoring",
    impact: "critical",
    began: downSince,
    opened: downSince + 4 * MINUTE,
    changed: backSince,
    resolved: undefined,
    components: { receiving: "major_outage", sending: "degraded_performance" },
    window: undefined,
    updates: [
      update("k3v9x2m7q1ab-4", { at: publicNow - 10 * MINUTE, status: "monitoring", words: draining.notice }),
      update("k3v9x2m7q1ab-3", {
        at: backSince + 5 * MINUTE,
        status: "monitoring",
        by: "operator",
        words: words(
          "The broken disk has been replaced. – Die defekte Platte ist getauscht.",
          "The broken disk has been replaced. – Die defekte Platte ist getauscht.",
        ),
      }),
      update("k3v9x2m7q1ab-2", {
        at: downSince + HOUR,
        status: "identified",
        words: words(
          "We have found the cause: a disk is broken.\nNext update: by 17:00 on Friday, even if we have no news.",
          "Wir kennen die Ursache: Eine Platte ist defekt.\nNächste Nachricht: spätestens am Freitag um 17:00 Uhr, auch wenn es nichts Neues gibt.",
        ),
      }),
      update("k3v9x2m7q1ab-1", { at: downSince + 4 * MINUTE, words: outage.notice }),
    ],
    ...over,
  };
}

/** Planned work of the documents: a Saturday night. */
export function publicWindow(over: Partial<PublicWindow> = {}): PublicWindow {
  const from = Date.UTC(2026, 10, 7, 21, 0);
  return {
    id: "w8p2c4d6f0zz",
    name: words("Move to a new building", "Umzug in ein neues Gebäude"),
    words: words(
      "Email does not work while we move the server. Websites are not affected.",
      "Email does not work while we move the server. Websites are not affected.",
    ),
    status: "scheduled",
    from,
    to: from + 90 * MINUTE,
    announced: publicNow - 7 * DAY,
    changed: publicNow - DAY,
    components: ["receiving", "sending"],
    sequence: 1,
    incident: undefined,
    updates: [],
    ...over,
  };
}

const lastWinter = Date.UTC(2025, 11, 29, 3, 12);

/** An older incident, of another year. */
export const oldIncident: PublicIncident = publicIncident({
  id: "a0b1c2d3e4f5",
  name: words("Late mail", "Verspätete E-Mails"),
  status: "resolved",
  impact: "minor",
  began: lastWinter,
  opened: lastWinter + 5 * MINUTE,
  changed: lastWinter + 3 * HOUR,
  resolved: lastWinter + 3 * HOUR,
  components: { receiving: "degraded_performance" },
  updates: [update("a0b1c2d3e4f5-1", { at: lastWinter + 5 * MINUTE, words: scripts.suspected.notice })],
});

/** What the public sees in a phase. */
export function publicDocumentOf(phase: Phase, over: Partial<PublicDocument> = {}): PublicDocument {
  const { level, headline, notice } = scripts[phase];
  const calm = phase === "normal" || phase === "maintenance_scheduled" || phase === "maintenance";
  const receiving = {
    normal: "operational",
    maintenance_scheduled: "operational",
    maintenance: "under_maintenance",
    suspected: "degraded_performance",
    outage: "major_outage",
    partial: "partial_outage",
    draining: "degraded_performance",
    relapse: "major_outage",
    resolved: "operational",
  } as const;
  const resolved = publicIncident({ status: "resolved", resolved: publicNow - 15 * MINUTE });
  const incident = phase === "outage" ? { status: "investigating" as const } : {};
  const window =
    phase === "maintenance" ? publicWindow({ status: "in_progress", from: publicNow - HOUR }) : publicWindow();
  return {
    at: publicNow,
    demonstration: false,
    name: "Email",
    url: undefined,
    zone: "Europe/Vienna",
    languages: ["en", "de"],
    phase,
    level,
    blind: false,
    since: calm ? undefined : downSince,
    headline,
    notice,
    nextBy: phase === "normal" || phase === "resolved" ? undefined : publicNow + 15 * MINUTE,
    components: [
      { id: "receiving", name: "Receiving mail", state: receiving[phase], since: downSince },
      {
        id: "sending",
        name: "Sending mail",
        state: phase === "maintenance" ? "under_maintenance" : "operational",
        since: undefined,
      },
      { id: "webmail", name: "Webmail", state: "unknown", since: undefined },
    ],
    expected: phase === "draining" ? { earliest: publicNow + HOUR, latest: publicNow + 3.5 * HOUR } : undefined,
    waiting: calm ? 0 : 6600,
    atSenders: phase === "draining" ? { messages: 1200, lastExpected: publicNow + 14 * HOUR } : undefined,
    holes: phase === "resolved" ? [{ from: downSince - 2 * DAY, to: downSince }] : [],
    open: calm || phase === "suspected" || phase === "resolved" ? [] : [publicIncident(incident)],
    past: phase === "resolved" ? [resolved, oldIncident] : [oldIncident],
    windows: [window],
    chart: publicChart(phase, phase === "draining"),
    ...over,
  };
}

/** A document that knows nothing. */
export function blindDocument(phase: Phase = "draining"): PublicDocument {
  const seen = publicDocumentOf(phase);
  return {
    ...seen,
    level: "unknown",
    blind: true,
    headline: words("We cannot see the mail server at the moment.", "Wir sehen den Mailserver gerade nicht."),
    notice: words(
      "We do not know how email is doing right now. What we said before may be out of date.\nWhat you can do: if your own mail works, you need not do anything.\nNext update: by 19:15 on Friday, even if we have no news.",
      "Wir wissen gerade nicht, wie es um E-Mail steht. Was wir zuvor gesagt haben, kann überholt sein.\nWas Sie tun können: Wenn Ihre E-Mail funktioniert, müssen Sie nichts tun.\nNächste Nachricht: spätestens am Freitag um 19:15 Uhr, auch wenn es nichts Neues gibt.",
    ),
    components: seen.components.map((one) => ({ ...one, state: "unknown" as const })),
    expected: undefined,
    waiting: undefined,
    chart: { ...seen.chart, unseen: [{ from: publicNow - 20 * MINUTE, to: publicNow }] },
  };
}

/** A report that carries a document. */
export function reportWith(document: PublicDocument): Report {
  return { ...outageReport(document.at), public: document };
}
