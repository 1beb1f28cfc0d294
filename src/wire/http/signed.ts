// What is carried is signed with a secret that both ends have: no stranger can send, and none can answer.

import { createHmac, timingSafeEqual } from "node:crypto";

/** Header of a request and of an answer. */
export const signatureHeader = "x-mailtide-signature";

/** The signature of a batch, or, with the one that it answers, of an answer. */
export function signatureOf(secret: Uint8Array, bytes: Uint8Array, answers?: string): string {
  const what = answers === undefined ? "mailtide wire batch\n" : `mailtide wire answer\n${answers}\n`;
  return createHmac("sha256", secret).update(what).update(bytes).digest("hex");
}

/** Whether a signature is the right one; takes as long for a wrong one. */
export function isSigned(signature: unknown, right: string): boolean {
  if (typeof signature !== "string" || signature.length !== right.length) return false;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(right));
}
