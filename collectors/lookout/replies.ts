// What the lookout says. Nothing permanent: no word of it may make a sender give a message back to its author.

/** The one honest sentence, to every recipient. */
export const comeBack = "4.3.2 This host takes no mail; please keep the message and try again later";

/** Said where a limit is reached, before the connection is closed. */
export const tooBusy = "4.3.2 Too busy; please try again later";

/** A reply as it goes out. */
export interface Reply {
  readonly code: number;
  readonly text: string | readonly string[];
}

/** Enhanced codes in front of a text that is replaced or kept. */
const enhanced = /^[245]\.\d{1,3}\.\d{1,3} /;

/**
 * What goes out in place of what the SMTP library would say. It judges a sender's syntax with 501, 503, 530, 550, 552
 * and 554, each of which is the end of a message. Only a command that does not exist stays 500 or 502, as RFC 5321
 * 4.2.4 has it: a sender asks for such a thing once, and goes on without it.
 */
export function neverFinal(code: number, text: string | readonly string[]): Reply {
  const words = typeof text === "string" ? text : (text[0] ?? "");
  if (code === 500 && /not recognized/.test(words)) return { code: 502, text: "5.5.1 No such command here" };
  if (code >= 500) return { code: 451, text: comeBack };
  if (code === 421) return { code, text: tooBusy };
  if (code >= 400 && !enhanced.test(words)) return { code, text: `4.3.2 ${words}` };
  return { code, text };
}
