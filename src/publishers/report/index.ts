// Tells programs: /api/v1/report, the last report as JSON, and its JSON Schema beside it.

import { createHash } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { answerJson } from "../../core/forecast/outlook-json.ts";
import type { Supposed } from "../../core/forecast/what-if.ts";
import type { Report } from "../../core/report.ts";
import type { Publisher } from "../publisher.ts";
import { toReportJson } from "./json.ts";
import { reportJsonSchema } from "./schema.ts";

const json = "application/json; charset=utf-8";
/** Questions in one request, and answers that are kept until the next report. */
const mostQuestions = 8;
const mostAnswers = 32;

export default {
  name: "report",
  addresses: [{ path: "/api/v1/report", what: "all that is known, as JSON (for administrators); ?whatIf=flush now" }],
  open({ web, whatIf }) {
    let last: Report | undefined;
    // Made once a report, when it is first asked for.
    let made: { readonly body: string; readonly etag: string } | undefined;
    // One question is asked by many who look at the same page.
    const answers = new Map<string, Supposed>();
    const config = { audience: "administrator" } as const;

    web.get<{ Querystring: Record<string, unknown> }>("/api/v1/report", { config }, async (request, reply) => {
      if (last === undefined) {
        return reply.code(503).send({ error: "mailtide has no report yet: ask again in a few seconds." });
      }
      const { whatIf: asked } = request.query;
      if (asked !== undefined) {
        reply.header("cache-control", "no-store");
        try {
          const question = Array.isArray(asked) ? asked.slice(0, mostQuestions).join(" and ") : String(asked);
          const answer = answers.get(question) ?? whatIf?.(question, last.at);
          if (answer !== undefined && answers.size < mostAnswers) answers.set(question, answer);
          const told = answer === undefined ? null : answerJson(answer);
          const report = toReportJson(last);
          return reply.type(json).send(JSON.stringify({ ...report, forecast: { ...report.forecast, whatIf: told } }));
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          return reply.code(400).send({ error: `${error.message} ${error.advice}`, code: error.code });
        }
      }
      made ??= written(last);
      reply.header("etag", made.etag).header("cache-control", "no-cache").header("vary", "accept-encoding");
      if (matches(request.headers["if-none-match"], made.etag)) return reply.code(304).send();
      return reply.type(json).send(made.body);
    });

    web.get("/api/v1/report.schema.json", async (_request, reply) =>
      reply.type("application/schema+json; charset=utf-8").send(JSON.stringify(reportJsonSchema())),
    );

    return {
      publish(report) {
        last = report;
        made = undefined;
        answers.clear();
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
