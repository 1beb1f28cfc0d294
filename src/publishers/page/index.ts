// Tells people: the notice as a page at `/`, what happened at /history, each incident and planned work at its own address, and
// /notice.txt; every one in each language. Made from `report.public` and nothing else of a report.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Publisher } from "../publisher.ts";
import { has, Kept } from "./kept.ts";
import { type Place, path, pathsOf } from "./paths.ts";
import { script } from "./policy.ts";
import { type Asked, type Page, PublicSitePages } from "./site.ts";

/** Asked by one address in a minute: a whole organisation may be behind one, and what is kept costs little. */
const rateLimit = { max: 30_000, timeWindow: 60_000 };

interface WithId {
  Params: { readonly id: string };
}

/** The publisher, with a clock in milliseconds that is never set. */
export function pagePublisher(monotonic: () => number): Publisher {
  return {
    name: "page",
    addresses: [
      { path: "/", what: "the notice for everybody, as a page" },
      { path: "/notice.txt", what: "the notice as plain text" },
      { path: "/history", what: "what happened before" },
    ],
    open({ web, languages }) {
      const site = new PublicSitePages(languages, monotonic);
      const live = { code: 200, kept: new Kept(script, scriptHeaders) } as const;
      web.get("/page.js", { config: { rateLimit } }, (request, reply) => send(request, reply, live));
      for (const tag of site.tags) corner(web, site, tag);
      let folder = "";
      for (const tag of site.tags) {
        // `/de` for `/de/`, and the first language by its name for who guesses it.
        const addresses = tag === site.tags[0] ? [`/${tag}`, `/${tag}/`] : [`/${tag}`];
        for (const address of addresses) {
          web.get(address, { config: { rateLimit } }, (_request, reply) =>
            reply.redirect(`${folder}${path(site.tags, tag, "")}`, 302),
          );
        }
      }
      return {
        publish(report) {
          site.publish(report.public);
          folder = pathsOf(report.public.url, []).script.replace(/\/page\.js$/, "");
        },
        async close() {},
      };
    },
  };
}

const scriptHeaders = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": "public, max-age=300, stale-if-error=86400",
};

/** The pages of a language. */
function corner(web: FastifyInstance, site: PublicSitePages, tag: string): void {
  const options = { config: { rateLimit } };
  const at = (place: string) => path(site.tags, tag, place as Place);
  const answers = (asked: Asked) => (request: FastifyRequest, reply: FastifyReply) =>
    send(request, reply, site.page(tag, asked));
  web.get(at(""), options, answers({ page: "notice" }));
  web.get(at("history"), options, answers({ page: "history" }));
  web.get(at("notice.txt"), options, answers({ page: "text" }));
  web.get<WithId>(at("i/:id"), options, (request, reply) =>
    send(request, reply, site.page(tag, { page: "incident", id: request.params.id })),
  );
  web.get<WithId>(at("m/:id"), options, (request, reply) =>
    send(request, reply, site.page(tag, { page: "window", id: request.params.id })),
  );
}

function send(request: Pick<FastifyRequest, "headers">, reply: FastifyReply, { code, kept }: Page): FastifyReply {
  const answer = kept.answer(request.headers["accept-encoding"] as string | undefined);
  reply.headers(answer.headers);
  if (code === 200 && has(request.headers["if-none-match"], answer.etag)) return reply.code(304).send();
  return reply.code(code).send(answer.bytes);
}

export default pagePublisher(() => performance.now()) satisfies Publisher;
