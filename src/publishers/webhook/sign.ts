// The signature of what is sent, by the Standard Webhooks specification (https://www.standardwebhooks.com), for which there
// are libraries in most languages: HMAC-SHA256 over id, timestamp and body.

import { createHmac } from "node:crypto";

/** Bytes of a secret: `whsec_` and base64 as those libraries have it, or any text. */
function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret, "utf8");
}

/** `v1,<base64>` for the header `webhook-signature`; the time in seconds since 1970. */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
