// Answers to what never becomes a request: headers that are too long, bytes that are no HTTP, a client that takes for ever.
// They carry the same headers as every other answer, and say nothing of what was sent.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** The headers of every answer of both listeners. */
export const guards: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** How a listener writes a sentence. */
export interface Form {
  readonly type: string;
  write(code: number, sentence: string): string;
}

const sentences: Readonly<Record<number, string>> = {
  400: "mailtide cannot read this request.",
  408: "This request took too long to come in.",
  417: "mailtide meets no such expectation.",
  431: "The headers of this request are too long.",
};

/** What is wrong, as Node's server tells it. */
function codeOf(error: NodeJS.ErrnoException): number {
  if (error.code === "HPE_HEADER_OVERFLOW") return 431;
  return error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

/** For fastify's `clientErrorHandler`: says what is wrong, and hangs up. */
export function hangUp(form: Form): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    const code = codeOf(error);
    const body = form.write(code, sentences[code]);
    const headers = {
      ...guards,
      "content-type": form.type,
      "content-length": Buffer.byteLength(body),
      connection: "close",
    };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (socket.writable) socket.write(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n${head.join("")}\r\n${body}`);
    socket.destroySoon();
  };
}

/** Node answers these by itself, with nothing in its headers: a request without a host, and one that expects something of us. */
export function refuseOddRequests(listener: FastifyInstance, form: Form): void {
  const answer = (code: number): [number, string, Record<string, string>] => {
    const body = form.write(code, sentences[code]);
    const length = String(Buffer.byteLength(body));
    return [code, body, { ...guards, "content-type": form.type, "content-length": length, connection: "close" }];
  };
  listener.server.on("checkExpectation", (_request, response) => {
    const [code, body, headers] = answer(417);
    response.writeHead(code, headers).end(body);
  });
  listener.addHook("onRequest", (request, reply, done) => {
    if (request.headers.host !== undefined || request.raw.httpVersion === "1.0") return done();
    const [code, body, headers] = answer(400);
    reply.code(code).headers(headers).send(body);
  });
}
