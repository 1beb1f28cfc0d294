// One delivery over HTTP: to the address that was judged, without following anybody anywhere else.

import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Duration, type Instant, SECOND } from "../../core/time.ts";
import type { WebhookTarget } from "../publisher.ts";
import { addressFor, type Resolve, type Resolved } from "./address.ts";
import type { Delivery } from "./memory.ts";
import { signature } from "./sign.ts";

export interface Answered {
  readonly ok: boolean;
  /** The receiver wants no more of this (410). */
  readonly gone: boolean;
  readonly retryAfter: Duration | undefined;
  /** For the log: never with the address, which may be a secret. */
  readonly why: string;
}

export type Send = (target: WebhookTarget, delivery: Pick<Delivery, "key" | "body">, now: Instant) => Promise<Answered>;

const timeout: Duration = 10 * SECOND;

/** Sends by HTTP or HTTPS. */
export function sender(resolve: Resolve, version: string, patience: Duration = timeout): Send {
  return async (target, { key, body }, now) => {
    const url = new URL(target.url);
    try {
      const address = await addressFor(url.hostname, resolve, target.allowPrivate);
      return judged(await post(url, address, headersFor(target, key, body, now, version), body, patience));
    } catch (error) {
      return {
        ok: false,
        gone: false,
        retryAfter: undefined,
        why: error instanceof Error ? error.message : String(error),
      };
    }
  };
}

/** The headers of a delivery. */
export function headersFor(
  { secret }: Pick<WebhookTarget, "secret">,
  key: string,
  body: string,
  now: Instant,
  version: string,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(now / 1000);
  return {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": `mailtide/${version}`,
    "idempotency-key": key,
    "webhook-id": key,
    "webhook-timestamp": String(timestamp),
    ...(secret === undefined ? {} : { "webhook-signature": signature(secret, key, timestamp, body) }),
  };
}

function post(
  url: URL,
  { address, family }: Resolved,
  headers: Readonly<Record<string, string>>,
  body: string,
  patience: Duration,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: "POST",
      headers: { ...headers, host: url.host },
      agent: false,
      // Whatever the name resolves to by now: the connection goes to what was judged.
      lookup: (_name, asked, found) => {
        if (asked.all === true) found(null, [{ address, family }]);
        else found(null, address, family);
      },
    };
    const sent: ClientRequest = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, (answer) => {
      clearTimeout(limit);
      // What it says does not matter, and may be endless.
      answer.on("error", () => {});
      answer.destroy();
      resolve(answer);
    });
    const limit = setTimeout(() => sent.destroy(new Error("no answer in time")), patience);
    sent.on("error", (error) => {
      clearTimeout(limit);
      reject(error);
    });
    sent.end(body);
  });
}

function judged({ statusCode = 0, headers }: IncomingMessage): Answered {
  const seconds = /^\d{1,7}$/.test(headers["retry-after"] ?? "") ? Number(headers["retry-after"]) : undefined;
  return {
    ok: statusCode >= 200 && statusCode < 300,
    gone: statusCode === 410,
    retryAfter: seconds === undefined ? undefined : seconds * SECOND,
    why:
      statusCode >= 300 && statusCode < 400
        ? `it answered ${statusCode}, and redirects are not followed`
        : `it answered ${statusCode}`,
  };
}
