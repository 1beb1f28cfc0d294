// Tells programs: /api/v1/report, the last report as JSON, and its JSON Schema beside it.

import { createHash } from "node:crypto";
import type { Report } from "../../core/report.ts";
import type { Publisher } from "../publisher.ts";
import { toReportJson } from "./json.ts";
import { reportJsonSchema } from "./schema.ts";

export default {
  name: "report",
  addresses: [{ path: "/api/v1/report", what: "all that is known, as JSON (for administrators)" }],
  open({ web }) {
    let last: Report | undefined;
    // Made once a report, when it is first asked for.
    let made: { readonly body: string; readonly etag: string } | undefined;
    const config = { audience: "administrator" } as const;

    web.get("/api/v1/report", { config }, async (request, reply) => {
      if (last === undefined) {
        return reply.code(503).send({ error: "mailtide has no report yet: ask again in a few seconds." });
      }
      made ??= written(last);
      reply.header("etag", made.etag).header("cache-control", "no-cache").header("vary", "accept-encoding");
      if (matches(request.headers["if-none-match"], made.etag)) return reply.code(304).send();
      return reply.type("application/json; charset=utf-8").send(made.body);
    });

    web.get("/api/v1/report.schema.json", async (_request, reply) =>
      reply.type("application/schema+json; charset=utf-8").send(JSON.stringify(reportJsonSchema())),
    );

    return {
      publish(report) {
        last = report;
        made = undefined;
      },
      async close() {},
    };
  },
} satisfies Publisher;

function written(report: Report): { body: string; etag: string } {
  const body = JSON.stringify(toReportJson(report));
  return { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"` };
}

/** Weak comparison of RFC 9110 section 13.1.2. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
