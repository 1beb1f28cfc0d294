// Tells people: the notice as a page at `/`, what happened at /history, each incident and planned work at its own address, and
// /notice.txt; every one in each language. Made from `report.public` and nothing else of a report.

import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Publisher } from "../publisher.ts";
import { type Answer, has, Kept } from "./kept.ts";
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
    open({ web, languages, copy }) {
      const serves = (url: string) => web.hasRoute({ method: "GET", url });
      const site = new PublicSitePages(languages, monotonic, { copied: copy !== undefined, serves });
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

/** What is sent as it stands: names and values in turn, those that every answer of this server has among them. */
interface Ready {
  readonly full: string[];
  /** Of an answer without content. */
  readonly known: string[];
}

const ready = new WeakMap<Answer, Ready>();

function readied(answer: Answer, reply: FastifyReply): Ready {
  const flat = (headers: OutgoingHttpHeaders) =>
    Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  const headers = { ...(reply.getHeaders() as OutgoingHttpHeaders), ...answer.headers };
  const { "content-length": _, ...rest } = headers;
  const made = { full: flat(headers), known: flat(rest) };
  ready.set(answer, made);
  return made;
}

/** Past fastify's own way of sending, which is half of the work of an answer that is there already. */
function send(request: FastifyRequest, reply: FastifyReply, { code, kept }: Page): FastifyReply {
  const { "accept-encoding": accepted, "if-none-match": tags } = request.headers;
  const answer = kept.answer(Array.isArray(accepted) ? accepted.join() : accepted);
  const { full, known } = ready.get(answer) ?? readied(answer, reply);
  reply.hijack();
  if (code === 200 && has(tags, answer.etag)) reply.raw.writeHead(304, known).end();
  else if (request.method === "HEAD") reply.raw.writeHead(code, full).end();
  else reply.raw.writeHead(code, full).end(answer.bytes, "latin1");
  return reply;
}

export default pagePublisher(() => performance.now()) satisfies Publisher;
