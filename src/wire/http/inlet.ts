// The end that mailtide holds: it listens, and answers a request when its batch is kept.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Fault } from "../../core/fault.ts";
import type { Delivery, Inlet } from "../wire.ts";
import { isSigned, signatureHeader, signatureOf } from "./signed.ts";

/** Bytes of one batch; batches that wait to be taken. More is refused, and comes again. */
const longest = 4 << 20;
const mostWaiting = 8;

interface Waiting {
  readonly batch: Uint8Array;
  readonly signature: string;
  readonly response: ServerResponse;
}

export function inletAt(place: string, secret: Uint8Array): Inlet {
  const { hostname, port } = new URL(place);
  const host = hostname.replace(/^\[|\]$/g, "");
  const waiting: Waiting[] = [];
  let server: Server | undefined;
  let wake: (() => void) | undefined;
  let closed = false;

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== "POST") return refuse(response, 405);
    if (waiting.length >= mostWaiting) return refuse(response, 503);
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of request as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > longest) return refuse(response, 413);
      pieces.push(piece);
    }
    const batch = new Uint8Array(Buffer.concat(pieces));
    const signature = signatureOf(secret, batch);
    if (!isSigned(request.headers[signatureHeader], signature)) return refuse(response, 401);
    const one: Waiting = { batch, signature, response };
    waiting.push(one);
    // Whoever has gone away sends it again.
    response.once("close", () => {
      const at = waiting.indexOf(one);
      if (at >= 0) waiting.splice(at, 1);
    });
    wake?.();
  };

  const listen = async (): Promise<void> => {
    const fresh = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
      take(request, response).catch(() => response.destroy());
    });
    fresh.maxConnections = 64;
    await new Promise<void>((resolve, reject) => {
      fresh.once("error", (error) => reject(unheard(place, error)));
      fresh.listen({ host, port: port === "" ? 80 : Number(port) }, () => resolve());
    });
    fresh.on("error", () => undefined);
    server = fresh;
  };

  return {
    async *batches(): AsyncGenerator<Delivery> {
      if (server === undefined && !closed) await listen();
      const given = new Set<Waiting>();
      while (true) {
        const one = waiting.find((candidate) => !given.has(candidate));
        if (one !== undefined) {
          given.add(one);
          const acknowledge = async (answer = new Uint8Array()): Promise<void> => {
            given.delete(one);
            const at = waiting.indexOf(one);
            if (at < 0) return;
            waiting.splice(at, 1);
            const signature = signatureOf(secret, answer, one.signature);
            one.response.writeHead(200, { [signatureHeader]: signature, "cache-control": "no-store" }).end(answer);
          };
          yield { batch: one.batch, acknowledge };
        } else if (closed) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
    async close() {
      closed = true;
      wake?.();
      const old = server;
      if (old === undefined) return;
      old.closeAllConnections();
      await new Promise<void>((resolve) => old.close(() => resolve()));
    },
  };
}

function refuse(response: ServerResponse, code: number): void {
  // The rest of a request that is not wanted is not waited for.
  response.writeHead(code, { connection: "close" }).end();
}

function unheard(place: string, cause: Error): Fault {
  const code = "code" in cause ? String(cause.code) : cause.message;
  return new Fault(
    "listen-failed",
    `nothing can be heard of lookouts on ${place} (${code})`,
    "Give lookout.wire an address of this machine and a port that is free.",
    cause,
  );
}
