// Tells calendars: planned work, to subscribe to, in every language.

import { serveAnswers } from "../answer.ts";
import { spoken } from "../languages.ts";
import type { Publisher } from "../publisher.ts";
import { calendarOf } from "./write.ts";

export default {
  name: "calendar",
  addresses: [{ path: "/calendar.ics", what: "planned work as a calendar to subscribe to" }],
  open({ web, languages }) {
    const publish = serveAnswers(
      web,
      spoken(languages).map(({ tag, prefix }) => {
        const path = `${prefix}/calendar.ics`;
        return { path, type: "text/calendar; charset=utf-8", write: (document) => calendarOf(document, tag, path) };
      }),
    );
    return {
      publish(report) {
        publish(report.public);
      },
      async close() {},
    };
  },
} satisfies Publisher;
