// Tells programs that know Statuspage: the eight addresses of its public API, version 2, and one key more.

import type { PublicDocument } from "../../core/status/public/document.ts";
import { type Answer, serveAnswers } from "../answer.ts";
import { safeJson } from "../plain-text.ts";
import type { Publisher } from "../publisher.ts";
import { extraOf } from "./extra.ts";
import { type Translated, translated } from "./translate.ts";

/** Address below /api/v2/ to what is there beside the page. */
const addresses: Readonly<Record<string, (all: Translated) => object>> = {
  "summary.json": ({ components, unresolved, maintenances, status }) => ({
    components,
    incidents: unresolved,
    scheduled_maintenances: maintenances.filter(({ status }) => status !== "completed"),
    status,
  }),
  "status.json": ({ status }) => ({ status }),
  "components.json": ({ components }) => ({ components }),
  "incidents.json": ({ incidents }) => ({ incidents }),
  "incidents/unresolved.json": ({ unresolved }) => ({ incidents: unresolved }),
  "scheduled-maintenances.json": ({ maintenances }) => ({ scheduled_maintenances: maintenances }),
  "scheduled-maintenances/active.json": ({ maintenances }) => ({
    scheduled_maintenances: maintenances.filter(({ status }) => status === "in_progress"),
  }),
  "scheduled-maintenances/upcoming.json": ({ maintenances }) => ({
    scheduled_maintenances: maintenances.filter(({ status }) => status === "scheduled"),
  }),
};

export default {
  name: "statuspage",
  addresses: [{ path: "/api/v2/summary.json", what: "for programs that know Statuspage (and /api/v2/status.json, …)" }],
  open({ web, copy }) {
    const answers = Object.entries(addresses).map(
      ([path, choose]): Answer => ({
        path: `/api/v2/${path}`,
        type: "application/json; charset=utf-8",
        write(document: PublicDocument) {
          const all = translated(document);
          return safeJson({ page: all.page, ...choose(all), mailtide: extraOf(document, copy?.validFor) });
        },
      }),
    );
    const publish = serveAnswers(web, answers);
    return {
      publish(report) {
        publish(report.public);
      },
      async close() {},
    };
  },
} satisfies Publisher;
