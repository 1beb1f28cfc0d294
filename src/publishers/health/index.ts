// Tells supervisors: /-/healthy while the process runs, /-/ready while what it says can be relied on.

import type { Report } from "../../core/report.ts";
import type { Publisher } from "../publisher.ts";

export default {
  name: "health",
  addresses: [
    { path: "/-/healthy", what: "200 while mailtide runs" },
    { path: "/-/ready", what: "200 while mailtide sees the mail server, else 503 and why" },
  ],
  open({ web }) {
    let last: Report | undefined;

    // A copy of these on another host would say for ever how things were.
    const config = { copied: false } as const;

    web.get("/-/healthy", { config }, async (_request, reply) => text(reply).send("mailtide is running.\n"));

    web.get("/-/ready", { config }, async (_request, reply) => {
      const [code, words] = readiness(last);
      return text(reply).code(code).send(`${words}\n`);
    });

    return {
      publish(report) {
        last = report;
      },
      async close() {},
    };
  },
} satisfies Publisher;

function text<R extends { header(name: string, value: string): R }>(reply: R): R {
  return reply.header("content-type", "text/plain; charset=utf-8").header("cache-control", "no-store");
}

// The reason names no file or host: supervisors and load balancers ask from anywhere.
function readiness(report: Report | undefined): readonly [200 | 503, string] {
  if (report === undefined) return [503, "Not ready: mailtide has no report yet."];
  if (!report.observer.blind) return [200, "mailtide is ready."];
  const down = report.observer.sources.filter((source) => !source.up);
  const kinds = [...new Set(down.map((source) => (source.kind === "log" ? "a log" : "the queue listing")))];
  const what = kinds.length === 0 ? "" : ` It cannot read ${kinds.join(" and ")}.`;
  return [503, `Not ready: mailtide cannot see the mail server.${what} Its own log and /api/v1/report say why.`];
}
