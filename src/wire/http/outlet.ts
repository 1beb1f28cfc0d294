// The end that a collector holds: each batch is one request, and is safe when the answer says so.

import { Fault } from "../../core/fault.ts";
import { type Duration, MINUTE } from "../../core/time.ts";
import type { Outlet } from "../wire.ts";
import { isSigned, signatureHeader, signatureOf } from "./signed.ts";

/** Longer than the other side takes to keep a batch. */
const patience: Duration = MINUTE;

export function outletTo(place: string, secret: Uint8Array): Outlet {
  const ending = new AbortController();
  return {
    async send(batch) {
      const signature = signatureOf(secret, batch);
      let response: Response;
      let answer: Uint8Array;
      try {
        response = await fetch(place, {
          method: "POST",
          headers: { "content-type": "application/octet-stream", [signatureHeader]: signature },
          body: batch.slice(),
          redirect: "error",
          signal: AbortSignal.any([ending.signal, AbortSignal.timeout(patience)]),
        });
        answer = new Uint8Array(await response.arrayBuffer());
      } catch (error) {
        throw unreached(place, error);
      }
      if (response.status === 401) {
        throw new Fault(
          "wire-failed",
          `${place} does not know the key of this lookout`,
          "Copy the file `key` of the lookout's folder into lookout.folder of the mail host, and start mailtide there again.",
        );
      }
      if (!response.ok) throw unreached(place, `it answered ${response.status}`);
      if (!isSigned(response.headers.get(signatureHeader), signatureOf(secret, answer, signature))) {
        throw unreached(place, "somebody else answered: the signature is wrong");
      }
      return answer.length === 0 ? undefined : answer;
    },
    async close() {
      ending.abort();
    },
  };
}

function unreached(place: string, error: unknown): Fault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new Fault(
    "wire-failed",
    `nothing can be told to mailtide at ${place} (${why})`,
    "See that mailtide runs there with this address as its lookout.wire, and that a firewall lets this host in; it is tried again by itself.",
    error,
  );
}
