// The operator's API: a listener of its own, for whoever has a token. It shows nothing and does nothing without one.

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { Act } from "../../core/status/incidents/acts.ts";
import type { Answer } from "../../core/status/incidents/answer.ts";
import type { Book } from "../../core/status/incidents/book.ts";
import type { Instant } from "../../core/time.ts";
import { inWords } from "../complaint.ts";
import { type Form, guards, hangUp, refuseOddRequests } from "../refusals.ts";
import { clientOf, isNamedByAddress } from "../web.ts";
import { Attempts } from "./attempts.ts";
import { listOf } from "./lists.ts";
import { bodies } from "./requests.ts";
import { hashOf, isKnown } from "./tokens.ts";

export interface ApiOptions {
  /** SHA-256 of every token that is let in, in hexadecimal. */
  readonly hashes: readonly string[];
  /** The listener can only be reached from this machine. */
  readonly loopback: boolean;
  clock(): Instant;
  /** Milliseconds in which a request has to have come in whole; ten seconds if it is not given. */
  readonly patience?: number;
  /** Carries an act out; resolves when it is kept. Rejects with a `Fault`. `key`: what has it already been done is not done again. */
  submit(act: Act, key: string): Promise<Answer>;
  book(): Book;
  /** Told of every act, for mailtide's own log. */
  note(text: string): void;
}

/** Where all of it is. */
export const prefix = "/operator/v1";

/** The API, ready to listen. */
export function operatorApi(options: ApiOptions): FastifyInstance {
  const attempts = new Attempts();
  const { patience = 10_000 } = options;
  const api = fastify({
    logger: false,
    bodyLimit: 16_384,
    connectionTimeout: 10_000,
    requestTimeout: patience,
    keepAliveTimeout: 10_000,
    forceCloseConnections: true,
    // Who sends slowly is looked for often, and cut.
    http: {
      maxHeaderSize: 8192,
      requireHostHeader: false,
      headersTimeout: patience,
      connectionsCheckingInterval: Math.min(2000, patience),
    },
    clientErrorHandler: hangUp(json),
    routerOptions: { maxParamLength: 64 },
    frameworkErrors: (error, _request, reply) => void say(guarded(reply), codeOf(error), "mailtide cannot read this."),
  });
  // Only JSON comes in; a form of a stranger's page has another type.
  api.removeContentTypeParser("text/plain");
  refuseOddRequests(api, json);
  api.addHook("onRequest", async (request, reply) => {
    guarded(reply);
    return admit(request, reply, options, attempts);
  });
  api.setNotFoundHandler((_request, reply) => void say(reply, 404, "There is nothing here: see docs/operator.md."));
  api.setErrorHandler((error, _request, reply) => {
    const code = codeOf(error);
    void say(
      reply,
      code,
      sentences[code] ??
        (code < 500 ? "mailtide cannot read this." : "Something went wrong in mailtide. Its own log says what."),
    );
  });
  routes(api, options);
  return api;
}

/** Lets in who has a token. Browsers are not meant to come here: what looks like one is sent away before that. */
function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { hashes, loopback, clock, note }: ApiOptions,
  attempts: Attempts,
): FastifyReply | undefined {
  const { headers, socket } = request;
  if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) {
    return say(reply, 403, "The operator's API is not for web pages.");
  }
  if (loopback && !isNamedByAddress(headers.host ?? "")) {
    return say(reply, 403, "Ask this machine by its address, not by a name.");
  }
  const from = clientOf({ headers, socket });
  const now = clock();
  const wait = attempts.wait(from, now);
  if (wait > 0) {
    reply.header("retry-after", String(Math.ceil(wait / 1000)));
    return say(reply, 429, "Too many wrong tokens. Try again in a minute.");
  }
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(headers.authorization ?? "")?.[1];
  if (token !== undefined && isKnown(token, hashes)) return undefined;
  attempts.failed(from, now);
  if (token !== undefined) note(`a wrong token came from ${from}`);
  reply.header("www-authenticate", 'Bearer realm="mailtide"');
  return say(reply, 401, "This needs a token: authorization: Bearer TOKEN. mailtide operator token makes one.");
}

type Parameters = { readonly id: string };

function routes(api: FastifyInstance, options: ApiOptions): void {
  const { book, clock } = options;
  const act = async <S extends z.ZodType>(
    request: FastifyRequest,
    reply: FastifyReply,
    schema: S,
    meaning: (body: z.output<S>) => Act,
  ): Promise<FastifyReply> => {
    const key = request.headers["idempotency-key"] ?? "";
    if (typeof key !== "string" || !/^[!-~]{0,200}$/.test(key)) {
      return say(reply, 400, '"idempotency-key" is a text of at most 200 letters, digits and signs without spaces.');
    }
    const read = schema.safeParse(request.body ?? undefined);
    if (!read.success) return say(reply, 400, wrongIn(read.error));
    const meant = meaning(read.data);
    try {
      const answer = await options.submit(meant, key);
      const who = hashOf((request.headers.authorization ?? "").replace(/^Bearer /i, "")).slice(0, 8);
      options.note(`${meant.act} by token ${who}: ${answer.done ? `done ${answer.id}` : answer.says}`);
      if (!answer.done) return say(reply, { wrong: 400, missing: 404, conflict: 409 }[answer.why], answer.says);
      return reply.code(200).send({ id: answer.id, says: answer.says });
    } catch (error) {
      // It did not happen, and whoever asked must know.
      if (!(error instanceof Fault)) throw error;
      return say(reply, 503, `Nothing was changed. ${inWords(error)}`);
    }
  };
  const of = (request: FastifyRequest): string => (request.params as Parameters).id;
  api.get(`${prefix}/incidents`, async () => listOf(book(), clock()).incidents);
  api.get(`${prefix}/maintenance`, async () => listOf(book(), clock()).maintenance);
  api.post(`${prefix}/incidents`, (request, reply) =>
    act(request, reply, bodies.open, (body) => ({ act: "incident-open", ...body })),
  );
  api.post(`${prefix}/incidents/:id/updates`, (request, reply) =>
    act(request, reply, bodies.update, (body) => ({ act: "incident-update", incident: of(request), ...body })),
  );
  api.post(`${prefix}/incidents/:id/resolve`, (request, reply) =>
    act(request, reply, bodies.words, ({ text }) => ({ act: "incident-resolve", incident: of(request), text })),
  );
  api.post(`${prefix}/maintenance`, (request, reply) =>
    act(request, reply, bodies.window, (body) => ({ act: "maintenance-add", ...body })),
  );
  api.post(`${prefix}/maintenance/rules`, (request, reply) =>
    act(request, reply, bodies.rule, ({ minutes, ...body }) => ({
      act: "maintenance-repeat",
      ...body,
      lasts: Math.round(minutes * 60_000),
    })),
  );
  api.post(`${prefix}/maintenance/:id/cancel`, (request, reply) =>
    act(request, reply, bodies.words, ({ text }) => ({ act: "maintenance-cancel", id: of(request), text })),
  );
  api.post(`${prefix}/restore-holes`, (request, reply) =>
    act(request, reply, bodies.hole, (body) => ({ act: "restore-hole", ...body })),
  );
  api.put(`${prefix}/components/:id`, (request, reply) =>
    act(request, reply, bodies.component, ({ state }) => ({ act: "component", component: of(request), state })),
  );
}

/** The first thing that is wrong with a body, by its key; nothing that was sent is said again. */
function wrongIn(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue.code === "unrecognized_keys") return "There is a key in this that is not known: see docs/operator.md.";
  const key = issue.path.filter((part) => typeof part === "number" || /^\w{1,31}$/.test(String(part))).join(".");
  return `"${key === "" ? "body" : key}" is missing or not right: see docs/operator.md.`;
}

const sentences: Readonly<Record<number, string>> = {
  413: "Such a long request is not read: a text has at most 2000 characters.",
  415: "Send JSON: content-type: application/json.",
};

function say(reply: FastifyReply, code: number, says: string): FastifyReply {
  return reply.code(code).type(json.type).send(json.write(code, says));
}

function guarded(reply: FastifyReply): FastifyReply {
  return reply.headers(guards).header("cache-control", "no-store");
}

const json: Form = {
  type: "application/json; charset=utf-8",
  write: (_code, says) => JSON.stringify({ says }),
};

function codeOf(error: unknown): number {
  const code = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  return typeof code === "number" && code >= 400 && code < 600 ? code : 500;
}
