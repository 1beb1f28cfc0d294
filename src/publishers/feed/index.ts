// Tells feed readers: Atom and RSS, in every language, an entry an update.

import { serveAnswers } from "../answer.ts";
import { spoken } from "../languages.ts";
import type { Publisher } from "../publisher.ts";
import { type FeedForm, feedOf } from "./write.ts";

const forms: readonly FeedForm[] = ["atom", "rss"];

export default {
  name: "feed",
  addresses: [
    { path: "/feed.atom", what: "news as an Atom feed" },
    { path: "/feed.rss", what: "news as an RSS feed" },
  ],
  open({ web, languages }) {
    const publish = serveAnswers(
      web,
      spoken(languages).flatMap(({ tag, prefix }) =>
        forms.map((form) => {
          const path = `${prefix}/feed.${form}`;
          return {
            path,
            type: `application/${form}+xml; charset=utf-8`,
            write: (document) => feedOf(document, form, tag, path),
          };
        }),
      ),
    );
    return {
      publish(report) {
        publish(report.public);
      },
      async close() {},
    };
  },
} satisfies Publisher;
