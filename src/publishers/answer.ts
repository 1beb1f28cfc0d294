// A public answer: made once a report when it is first asked for, with a strong ETag, for every reader the same.

import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { PublicDocument } from "../core/status/public/document.ts";

/** One address and what is read there. */
export interface Answer {
  readonly path: string;
  /** Media type with its charset. */
  readonly type: string;
  write(document: PublicDocument): string;
}

interface Made {
  readonly body: string;
  readonly etag: string;
}

/**
 * Serves answers that are made from the public document alone, readable by any page (CORS). The function that comes
 * back takes each new document.
 */
export function serveAnswers(web: FastifyInstance, answers: readonly Answer[]): (document: PublicDocument) => void {
  let document: PublicDocument | undefined;
  const made = new Map<string, Made>();
  for (const { path, type, write } of answers) {
    web.get(path, async (request, reply) => {
      shared(reply);
      if (document === undefined) {
        return reply
          .code(503)
          .header("retry-after", "5")
          .header("cache-control", "no-store")
          .type("text/plain; charset=utf-8")
          .send("We are just starting. Please ask again in a few seconds.\n");
      }
      let answer = made.get(path);
      if (answer === undefined) {
        answer = withTag(write(document));
        made.set(path, answer);
      }
      // Whoever has nothing newer may show an answer for an hour; what is in it says of when it is.
      reply
        .header("etag", answer.etag)
        .header("cache-control", "public, max-age=10, stale-while-revalidate=20, stale-if-error=3600");
      if (matches(request.headers["if-none-match"], answer.etag)) return reply.code(304).send();
      return reply.type(type).send(answer.body);
    });
  }
  return (next) => {
    document = next;
    made.clear();
  };
}

function shared(reply: FastifyReply): void {
  reply
    .header("access-control-allow-origin", "*")
    .header("access-control-expose-headers", "etag")
    .header("cross-origin-resource-policy", "cross-origin");
}

function withTag(body: string): Made {
  return { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"` };
}

/** Weak comparison of RFC 9110 section 13.1.2. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
