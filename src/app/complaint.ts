// How trouble is said to the operator: code, sentence, next step.

import { Fault } from "../core/fault.ts";

/** `source-gone: /var/log/mail.log is gone. Check that …`; of anything but a fault, what it says of itself. */
export function inWords(trouble: unknown): string {
  if (trouble instanceof Fault) return `${trouble.code}: ${trouble.message.replace(/\.$/, "")}. ${trouble.advice}`;
  return trouble instanceof Error ? trouble.message : String(trouble);
}
