// How trouble is said to the operator: code, sentence, next step.

import { Fault } from "../core/fault.ts";
import { HOUR, type Instant } from "../core/time.ts";
import { now } from "./clock.ts";

/** `source-gone: /var/log/mail.log is gone. Check that …`; of anything but a fault, what it says of itself. */
export function inWords(trouble: unknown): string {
  if (trouble instanceof Fault) return `${trouble.code}: ${trouble.message.replace(/\.$/, "")}. ${trouble.advice}`;
  return trouble instanceof Error ? trouble.message : String(trouble);
}

/** Says trouble to the log: what comes again and again, once an hour. */
export function complaining(log: { error(trouble: unknown): void }): (trouble: unknown) => void {
  const said = new Map<string, Instant>();
  return (trouble) => {
    const words = inWords(trouble);
    const at = now();
    if (at - (said.get(words) ?? Number.NEGATIVE_INFINITY) < HOUR) return;
    said.set(words, at);
    if (said.size > 100) said.clear();
    log.error(trouble instanceof Fault ? words : trouble);
  };
}
