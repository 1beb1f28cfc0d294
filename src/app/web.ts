// The web server that publishers get their corners of: limits, headers, error pages, and who may see what.

import { isIP } from "node:net";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Fault } from "../core/fault.ts";
import { type Form, guards, hangUp, refuseOddRequests } from "./refusals.ts";

export interface WebOptions {
  /**
   * Who may see what names hosts and domains: programs on this machine (the default), or everybody who can
   * reach the port. The second is for demonstrations and for networks that are closed already.
   */
  readonly administrators: "this-machine" | "everyone";
  /** Nobody can reach it: no limit of requests a minute. */
  readonly unlimited?: boolean;
  /** Milliseconds in which a request has to have come in whole; ten seconds if it is not given. */
  readonly patience?: number;
}

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Where mailtide listens unless told otherwise. */
export const defaultListen: ListenAddress = { host: "127.0.0.1", port: 9786 };

/** Reads `127.0.0.1:9786`, `[::1]:9786`, `localhost:9786`, `:9786` (this machine only) or `9786`. */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain ?? "";
  if (digits === undefined || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
    throw new Fault(
      "config-invalid",
      `"${text}" is not an address to listen on.`,
      "Give a host and a port, such as 127.0.0.1:9786 or [::1]:9786.",
    );
  }
  return { host: host === "" ? defaultListen.host : host, port };
}

/** A web server without routes, ready for publishers. */
export async function openWeb(options: WebOptions): Promise<FastifyInstance> {
  const { patience = 10_000 } = options;
  const web = fastify({
    logger: false,
    // Nothing here takes a body, and no answer waits for anything slow.
    bodyLimit: 1024,
    connectionTimeout: 30_000,
    requestTimeout: patience,
    keepAliveTimeout: 75_000,
    maxRequestsPerSocket: 10_000,
    forceCloseConnections: true,
    // Who sends slowly is looked for often, and cut; nobody needs long headers here.
    http: {
      maxHeaderSize: 8192,
      requireHostHeader: false,
      headersTimeout: patience,
      connectionsCheckingInterval: Math.min(2000, patience),
    },
    clientErrorHandler: hangUp(plain),
    routerOptions: { maxParamLength: 100 },
    // A URL that cannot be read never comes to a hook.
    frameworkErrors: (error, _request, reply) => {
      void say(guarded(reply), statusOf(error), unanswerable);
    },
  });
  refuseOddRequests(web, plain);
  // Without a promise: it is asked of every request.
  web.addHook("onRequest", (request, reply, done) => {
    guarded(reply);
    const restricted =
      options.administrators !== "everyone" && request.routeOptions.config.audience === "administrator";
    if (!restricted || fromThisMachine(request)) return done();
    say(reply, 403, "This is for administrators, and mailtide shows it to programs on its own machine only.");
  });
  await web.register(rateLimit, {
    global: true,
    max: options.unlimited === true ? Number.MAX_SAFE_INTEGER : 1200,
    timeWindow: 60_000,
    keyGenerator: clientOf,
    // Programs on this machine: what a proxy here passes on has its own sender.
    allowList: (_request, client) => client === here,
    addHeaders: unsaid,
    addHeadersOnExceeding: unsaid,
  });
  web.setNotFoundHandler({ preHandler: web.rateLimit() }, (_request, reply) => {
    void say(reply, 404, "There is nothing here. The notice is at / and /notice.txt.");
  });
  web.setErrorHandler((error, _request, reply) => {
    const code = statusOf(error);
    // Words of an error may hold what was sent or where our files are: none of them go out.
    void say(reply, code, sentences[code] ?? (code < 500 ? unanswerable : broken));
  });
  return web;
}

/** How much one may still ask is nobody's business: caches would keep it. `Retry-After` is sent. */
const unsaid = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };

const here = "this machine";

/** Whose limit a request counts against: its address, by its proxy on this machine if it came by one; of IPv6 the network. */
export function clientOf({ headers, socket }: Pick<FastifyRequest, "headers" | "socket">): string {
  let address = (socket.remoteAddress ?? "").toLowerCase();
  if (isLoopback(address)) {
    const forwarded = headers["x-forwarded-for"];
    // The last is what our own proxy saw; those before it are what its client says.
    const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(",").at(-1)?.trim().toLowerCase();
    if (last === undefined || isIP(last) === 0) return here;
    address = last;
  }
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  if (isIP(plain) !== 6) return plain;
  const [head, tail] = plain.split("%")[0].split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return `${[...first, ...Array<string>(gap).fill("0"), ...last].slice(0, 4).join(":")}::/64`;
}

/** Starts to listen; answers the URL. A port of 0 takes any free one. Throws `Fault("listen-failed")`. */
export async function listen(web: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  try {
    await web.listen({ host, port });
  } catch (error) {
    throw listenFault(error, { host, port });
  }
  const bound = web.server.address();
  return `http://${urlHost(host)}:${bound === null || typeof bound === "string" ? port : bound.port}`;
}

/** The headers of every answer; a page may loosen the policy for its own style. */
function guarded(reply: FastifyReply): FastifyReply {
  return reply.headers(guards);
}

const plain: Form = {
  type: "text/plain; charset=utf-8",
  write: (code, sentence) => `${code} ${sentence}\n`,
};

const unanswerable = "mailtide cannot answer this request.";
const broken = "Something went wrong in mailtide. Its own log says what.";
const sentences: Readonly<Record<number, string>> = {
  413: "mailtide takes no such large request.",
  429: "Too many requests. Please ask again in a minute.",
  500: broken,
};

function say(reply: FastifyReply, code: number, sentence: string): FastifyReply {
  return reply.code(code).header("content-type", plain.type).send(plain.write(code, sentence));
}

function statusOf(error: unknown): number {
  const code = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  return typeof code === "number" && code >= 400 && code < 600 ? code : 500;
}

// A proxy on this machine speaks for others, and a page of a stranger may make a browser on this machine ask by
// a name of the stranger's own that points here: neither counts as this machine.
function fromThisMachine({ headers, socket }: FastifyRequest): boolean {
  if (headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined || headers.via !== undefined)
    return false;
  return isNamedByAddress(headers.host ?? "") && isLoopback(socket.remoteAddress ?? "");
}

/** Whether a Host header names an address or `localhost`, and not a name that somebody may have pointed here. */
export function isNamedByAddress(host: string): boolean {
  const plain = host.toLowerCase().replace(/:\d+$/, "");
  return plain === "localhost" || isIP(plain.replace(/^\[|\]$/g, "")) !== 0;
}

/** Whether an address is one that only this machine can come from. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || plain === "localhost" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/** Where to ask whoever listens at an address. */
export function urlOf({ host, port }: ListenAddress): string {
  return `http://${urlHost(host)}:${port}`;
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return isIP(host) === 6 ? `[${host}]` : host;
}

function listenFault(error: unknown, { host, port }: ListenAddress): Fault {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const other = `${isIP(host) === 6 ? `[${host}]` : host}:${port >= 65_535 ? 9787 : port + 1}`;
  switch (code) {
    case "EADDRINUSE":
      return new Fault(
        "listen-failed",
        `Port ${port} on ${host} is already in use by another program.`,
        `Stop that program (\`ss -ltnp 'sport = :${port}'\` names it), or give mailtide another port: --listen ${other}.`,
        error,
      );
    case "EACCES":
    case "EPERM":
      return new Fault(
        "listen-failed",
        `mailtide may not listen on ${where}.`,
        "Ports below 1024 are for root: give a higher one, such as --listen 127.0.0.1:9786.",
        error,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new Fault(
        "listen-failed",
        `${host} is not an address of this machine.`,
        "Give one that is (`ip addr` lists them), such as --listen 127.0.0.1:9786.",
        error,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new Fault(
        "listen-failed",
        `The host name ${host} cannot be found.`,
        "Give an address instead, such as --listen 127.0.0.1:9786.",
        error,
      );
    default:
      return new Fault(
        "listen-failed",
        `mailtide cannot listen on ${where}${code === "" ? "" : ` (${code})`}.`,
        "Give another address and port: --listen 127.0.0.1:9786.",
        error,
      );
  }
}
