// Opens the operator's API beside a running server, with the tokens that may come in.

import { dirname, join } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { Book } from "../../core/status/incidents/book.ts";
import { now } from "../clock.ts";
import type { Config } from "../config.ts";
import { isLoopback, listen, parseListen } from "../web.ts";
import { operatorApi } from "./api.ts";
import type { Desk } from "./desk.ts";
import { hashOf, tokenIn } from "./tokens.ts";

/** Where the API listens unless told otherwise. */
export const defaultOperatorListen = "127.0.0.1:9787";

export interface Operator {
  readonly url: string;
  close(): Promise<void>;
}

/** The file of the token for programs of mailtide's user on this machine; undefined where nothing is kept. */
export function tokenFile(config: Pick<Config, "state">): string | undefined {
  return config.state === "none" ? undefined : join(dirname(config.state), "operator.token");
}

/**
 * Listens. Undefined if that is switched off, or if the usual port is taken and none was asked for: `warn` says so.
 * Throws `Fault("config-invalid")` on an address that others reach unless tokens are configured.
 */
export async function openOperator(
  config: Pick<Config, "operator" | "state">,
  desk: Pick<Desk, "submit">,
  book: () => Book,
  log: { note(text: string): void; warn(text: string): void },
): Promise<Operator | undefined> {
  const { tokens } = config.operator;
  if (config.operator.listen === "none") return undefined;
  const address = parseListen(config.operator.listen ?? defaultOperatorListen);
  const loopback = isLoopback(address.host);
  if (!loopback && tokens.length === 0) {
    throw new Fault(
      "config-invalid",
      `operator.listen is ${config.operator.listen}, which others can reach, and no token is set`,
      "Make one with `mailtide operator token` and put its hash under operator.tokens, or listen on 127.0.0.1.",
    );
  }
  const file = tokenFile(config);
  if (file === undefined && tokens.length === 0) {
    log.warn("The operator's API is off: without a state file its token has no place. Set operator.tokens to have it.");
    return undefined;
  }
  const own = loopback && file !== undefined ? [hashOf(tokenIn(file))] : [];
  const api = operatorApi({
    hashes: [...tokens, ...own],
    loopback,
    clock: now,
    submit: (act, key) => desk.submit(act, key),
    book,
    note: log.note,
  });
  try {
    return { url: await listen(api, address), close: () => api.close() };
  } catch (error) {
    await api.close();
    if (config.operator.listen !== undefined || !(error instanceof Fault)) throw error;
    log.warn(`The operator's API is off: ${error.message} Set operator.listen to have it elsewhere.`);
    return undefined;
  }
}
