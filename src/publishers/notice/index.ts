// Tells people: the notice as text at /notice.txt and as a page at `/`.

import type { Publisher } from "../publisher.ts";
import { type PublicFacts, publicFacts } from "./facts.ts";
import { contentSecurityPolicy, page, waitingPage } from "./page.ts";
import { noticeText } from "./text.ts";

const links = [
  { path: "/notice.txt", what: "this notice as plain text" },
  { path: "/metrics", what: "for Prometheus" },
  { path: "/api/v1/report", what: "for administrators" },
];

export default {
  name: "notice",
  addresses: [
    { path: "/", what: "the notice for everybody, as a page" },
    { path: "/notice.txt", what: "the notice as plain text" },
  ],
  open({ web, zone }) {
    let facts: PublicFacts | undefined;

    web.get("/notice.txt", async (_request, reply) => {
      reply.header("content-type", "text/plain; charset=utf-8").header("cache-control", "no-cache");
      if (facts === undefined)
        return reply.code(503).send("We are just starting. Please ask again in a few seconds.\n");
      return reply.send(noticeText(facts));
    });

    web.get("/", async (_request, reply) => {
      reply
        .header("content-type", "text/html; charset=utf-8")
        .header("cache-control", "no-cache")
        .header("content-security-policy", contentSecurityPolicy);
      if (facts === undefined) return reply.code(503).send(waitingPage());
      return reply.send(page(facts, links, zone));
    });

    return {
      publish(report) {
        facts = publicFacts(report);
      },
      async close() {},
    };
  },
} satisfies Publisher;
