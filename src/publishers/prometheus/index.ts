// Tells Prometheus: /metrics, from the last report, made when it is asked for.

import type { Report } from "../../core/report.ts";
import type { Counter, Publisher } from "../publisher.ts";
import { type Budgeted, DestinationBudget } from "./budget.ts";
import { gather } from "./gather.ts";
import { exposition, formatFor, type MetricsFormat } from "./render.ts";

/** Labels that every series carries. */
export function everywhere(mta: string, report: Report): Record<string, string> {
  return { mta, ...(report.demonstration === undefined ? {} : { demonstration: "true" }) };
}

/** The metrics of one report on their own, as a scrape would see them if no report had gone before. */
export async function metricsText(
  report: Report,
  site: { readonly version: string; readonly mta: string; readonly counters?: readonly Counter[] },
  format: MetricsFormat = "text",
): Promise<string> {
  const budgeted = new DestinationBudget().sort(report.destinations);
  const samples = gather(report, budgeted, site.version, site.counters);
  return (await exposition(samples, everywhere(site.mta, report), format)).body;
}

export default {
  name: "prometheus",
  addresses: [{ path: "/metrics", what: "metrics for Prometheus" }],
  open({ web, version, mta, counters }) {
    const budget = new DestinationBudget();
    let last: { readonly report: Report; readonly budgeted: Budgeted } | undefined;
    web.get("/metrics", { config: { audience: "administrator" } }, async (request, reply) => {
      if (last === undefined) {
        return reply
          .code(503)
          .type("text/plain; charset=utf-8")
          .send("mailtide has no report yet: ask again in a few seconds.\n");
      }
      const samples = gather(last.report, last.budgeted, version, counters?.());
      const { contentType, body } = await exposition(
        samples,
        everywhere(mta, last.report),
        formatFor(request.headers.accept),
      );
      return reply.header("content-type", contentType).header("cache-control", "no-store").send(body);
    });
    return {
      publish(report) {
        last = { report, budgeted: budget.sort(report.destinations) };
      },
      async close() {},
    };
  },
} satisfies Publisher;
