// Tells other people's pages: a small picture, and the same as JSON for Shields (its "endpoint" badge).

import { makeBadge } from "badge-maker";
import { type Answer, serveAnswers } from "../answer.ts";
import { spoken } from "../languages.ts";
import { safeJson } from "../plain-text.ts";
import type { Publisher } from "../publisher.ts";
import { badgeWords } from "./words.ts";

export default {
  name: "badge",
  addresses: [
    { path: "/badge.svg", what: "a badge for other pages" },
    { path: "/badge.json", what: "the same for Shields' endpoint badge" },
  ],
  open({ web, languages, copy }) {
    const publish = serveAnswers(
      web,
      spoken(languages).flatMap(({ tag, prefix }): Answer[] => [
        {
          path: `${prefix}/badge.svg`,
          type: "image/svg+xml; charset=utf-8",
          write: (document) => `${makeBadge({ ...badgeWords(document, tag, copy?.validFor) })}\n`,
        },
        {
          path: `${prefix}/badge.json`,
          type: "application/json; charset=utf-8",
          write: (document) =>
            safeJson({ schemaVersion: 1, ...badgeWords(document, tag, copy?.validFor), cacheSeconds: 60 }),
        },
      ]),
    );
    return {
      publish(report) {
        publish(report.public);
      },
      async close() {},
    };
  },
} satisfies Publisher;
