// The operator's verbs on the command line: handed to the running server, or carried out on the state file if none runs.

import { getRandomValues, randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../core/fault.ts";
import { Observation } from "../../core/observation.ts";
import type { Act } from "../../core/status/incidents/acts.ts";
import type { Answer } from "../../core/status/incidents/answer.ts";
import type { Book } from "../../core/status/incidents/book.ts";
import { emptyBook } from "../../core/status/incidents/book.ts";
import { MINUTE } from "../../core/time.ts";
import { now } from "../clock.ts";
import type { Config } from "../config.ts";
import { dialectNamed, openStore } from "../discover.ts";
import type { Screen } from "../screen.ts";
import { siteFor } from "../site.ts";
import { usableState } from "../state-place.ts";
import { parseListen, urlOf } from "../web.ts";
import { prefix } from "./api.ts";
import { carryOut } from "./desk.ts";
import { type IncidentLine, listOf, type RuleLine, type WindowLine } from "./lists.ts";
import { defaultOperatorListen, tokenFile } from "./operator.ts";
import { requestOf } from "./requests.ts";
import { readToken } from "./tokens.ts";

/** Carries an act out and says what came of it. Throws `Fault("operator-refused")` and others if nothing did. */
export async function perform(configured: Config, act: Act, screen: Screen): Promise<void> {
  const config = { ...configured, state: stateOf(configured) };
  const { method, path, body } = requestOf(act);
  // However often this asks, and whoever answers in the end: it is done once.
  const key = randomUUID();
  const answer = await ask(config, method, path, body, key);
  if (answer !== undefined) {
    const { id, says } = answer as { readonly id: string; readonly says: string };
    screen.write(`${id === "" ? "" : `${id}  `}${says}\n`);
    return;
  }
  const { id, says } = await onFile(config, act, key);
  screen.write(`${id === "" ? "" : `${id}  `}${says}\n`);
  screen.write(`mailtide does not run: this is kept in ${config.state}, and people see it once it does.\n`);
}

/** Prints incidents, or planned work. */
export async function list(
  configured: Config,
  what: "incidents" | "maintenance",
  json: boolean,
  screen: Screen,
): Promise<void> {
  const config = { ...configured, state: stateOf(configured) };
  const answer = (await ask(config, "GET", what)) ?? listOf(await bookInFile(config), now())[what];
  if (json) screen.write(`${JSON.stringify(answer, null, 2)}\n`);
  else if (what === "incidents") screen.write(incidentLines((answer as { incidents: IncidentLine[] }).incidents));
  else screen.write(maintenanceLines(answer as { windows: WindowLine[]; rules: RuleLine[] }));
}

function incidentLines(incidents: readonly IncidentLine[]): string {
  if (incidents.length === 0) return "There is no incident.\n";
  return incidents
    .map(({ id, status, began, title, by, promised, overdue }) => {
      const late =
        promised === null ? "" : overdue ? `  UPDATE OVERDUE since ${promised}` : `  update promised by ${promised}`;
      return `${id}  ${status.padEnd(13)} ${began}  ${title === "" ? "(opened by mailtide)" : title}${by === "operator" ? "  [yours]" : ""}${late}\n`;
    })
    .join("");
}

function maintenanceLines({ windows, rules }: { windows: readonly WindowLine[]; rules: readonly RuleLine[] }): string {
  if (windows.length + rules.length === 0) return "There is no planned work.\n";
  const lines = windows.map(
    ({ id, status, from, to, title }) => `${id}  ${status.padEnd(11)} ${from} to ${to}  ${title}\n`,
  );
  const again = rules.map(
    ({ id, cron, zone, minutes, title }) => `${id}  again       ${cron} (${zone}), ${minutes} min  ${title}\n`,
  );
  return [...lines, ...again].join("");
}

/** Asks the running server; undefined if there is none. Throws if it says no. */
async function ask(
  config: Config,
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: object,
  key?: string,
): Promise<unknown> {
  if (config.operator.listen === "none") return undefined;
  const url = urlOf(parseListen(config.operator.listen ?? defaultOperatorListen));
  const token = process.env.MAILTIDE_OPERATOR_TOKEN ?? tokenOf(config);
  if (token === undefined) return undefined;
  const asked = (): Promise<Response> =>
    fetch(`${url}${prefix}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The act waits for the end of a beat, which may be reading much of a log.
      signal: AbortSignal.timeout(MINUTE),
      redirect: "error",
    });
  let answer: Response;
  try {
    answer = await asked().catch(async (error: unknown) => {
      if (!isCut(error)) throw error;
      // It ended while it was asked: it may be back in a moment, or not run any more.
      await sleep(1000);
      return asked();
    });
  } catch (error) {
    if (codeIn(error) === "ECONNREFUSED") return undefined;
    throw new Fault(
      "operator-unreachable",
      `The mailtide at ${url} did not answer`,
      "See its log; whether this happened shows in `mailtide incident list`.",
      error,
    );
  }
  const said: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return said;
  const says =
    typeof said === "object" && said !== null && "says" in said ? String(said.says) : `it answered ${answer.status}`;
  if (answer.status === 401 || answer.status === 403 || answer.status === 429) {
    throw new Fault(
      "operator-forbidden",
      `The mailtide at ${url} does not let this in: ${says}`,
      "Run this as mailtide's user with its configuration, or give its token: MAILTIDE_OPERATOR_TOKEN=….",
    );
  }
  throw refused(says);
}

function refused(says: string): Fault {
  return new Fault("operator-refused", says, "Nothing was changed.");
}

/** The line broke before an answer was there. */
function isCut(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(codeIn(error));
}

function codeIn(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

/** Where the mailtide of this user keeps its state: what `mailtide start` chose for who may not write to the usual place. */
function stateOf(config: Config): string {
  const usable = usableState(config);
  return usable === config.state || existsSync(usable) ? usable : config.state;
}

function tokenOf(config: Config): string | undefined {
  const file = tokenFile(config);
  return file === undefined || !existsSync(file) ? undefined : readToken(file);
}

/** The act on the state file, in the same steps as a server takes. */
async function onFile(config: Config, act: Act, key: string): Promise<Extract<Answer, { done: true }>> {
  if (config.state === "none") {
    throw new Fault(
      "operator-unreachable",
      "No mailtide runs here, and without a state file nothing can be kept for it",
      "Start it first, or give it a state file.",
    );
  }
  findState(config.state);
  const store = await openStore("sqlite", config.state);
  try {
    const checkpoint = store.load();
    const [a, b, c, d] = getRandomValues(new Uint32Array(4));
    const known =
      checkpoint === undefined
        ? new Observation((await dialectNamed(config.mta.dialect)).defaultSchedule, [a, b, c, d])
        : Observation.restore(checkpoint.parts, [a, b, c, d]);
    const at = now();
    const kept = (): void =>
      store.commit({ at, version: Observation.version, cursors: checkpoint?.cursors ?? [], parts: known.save() });
    const answer = carryOut(known, act, siteFor(config.public), at, kept, key);
    if (!answer.done) throw refused(answer.says);
    return answer;
  } finally {
    store.close();
  }
}

/** Throws `Fault("operator-unreachable")` where no mailtide has kept anything: nobody would ever read what is written there. */
function findState(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Fault(
      "operator-unreachable",
      isMissing
        ? `No mailtide runs here, and there is no state file ${path}.`
        : `The state file ${path} cannot be looked at by this user.`,
      "Run this as mailtide's user, with the configuration that it runs with (-c FILE or MAILTIDE_CONFIG).",
      error,
    );
  }
}

async function bookInFile(config: Config): Promise<Book> {
  if (config.state === "none") return emptyBook;
  findState(config.state);
  const store = await openStore("sqlite", config.state, { readOnly: true });
  try {
    const checkpoint = store.load();
    return checkpoint === undefined ? emptyBook : Observation.restore(checkpoint.parts).said.book;
  } finally {
    store.close();
  }
}
