// The configuration: a YAML file with MAILTIDE_ overrides. An error names the line, the key, and what is allowed.

import { readFileSync } from "node:fs";
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { parseTarget } from "../../collectors/probe/targets.ts";
import { Fault } from "../core/fault.ts";
import { type Duration, HOUR, MINUTE, SECOND } from "../core/time.ts";
import { parseListen } from "./web.ts";

const units: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR };

/** `30s`, `5m`, `1h` in milliseconds. */
function duration(longest: string): z.ZodType<Duration, string> {
  const allowed = `a time from 0.1s to ${longest}, such as 30s or 5m`;
  const length = (text: string): Duration => Number.parseFloat(text) * units[text.slice(-1)];
  return z
    .string(allowed)
    .regex(/^\d{1,9}(\.\d{1,3})?[smh]$/, allowed)
    .transform(length)
    .refine((time) => time >= SECOND / 10 && time <= length(longest), allowed);
}

const zoneAllowed = "a time zone by its IANA name, such as Europe/Vienna or UTC";
const zone = z.string(zoneAllowed).refine((name) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, zoneAllowed);

const pathAllowed = "a path from the root, beginning with /";
const path = z.string(pathAllowed).startsWith("/", pathAllowed);

const dialectAllowed = "the name of a mail server, such as postfix";
const logsAllowed = "a list of paths, each beginning with /";
const stateAllowed = "a path from the root, beginning with /, or none";
const nameAllowed = "a host name, such as spare.example.org";
const domainsAllowed = "a list of domains, such as [example.org]";
const wireAllowed = "where mailtide on the mail host listens for lookouts, such as http://192.0.2.1:9787, or memory";
const messagesAllowed = "a whole number from 100 to 5000000";
const publicNameAllowed = "what people call the service, at most 60 characters, such as Email";
const urlAllowed = "an address that begins with https:// or http://";
const languagesAllowed = "a list of languages, such as [en, de]";
const countsAllowed = "true or false";
const notAffectedAllowed = "a sentence of at most 200 characters";
const componentsAllowed = "short lower-case ids with their names, such as receiving: Receiving mail";
const hooksAllowed = "a list of targets, each with a url or url_file, such as [{url: https://hooks.example.org/mail}]";
const hookNameAllowed = "a short lower-case name, such as chat";
const hookFormAllowed = "standard or slack";
const hookUrlAllowed = "an address that begins with https:// or http://, without a user or password in it";
const hookSecretAllowed = "the name of a variable, such as STATUS_SECRET";
const addressesAllowed = "a list of at most 64 addresses or names, such as [192.0.2.1, mx.example.org:25]";
const operatorListenAllowed = "a host and a port, such as 127.0.0.1:9787, or none";
const tokensAllowed = "a list of hashes of 64 digits, as `mailtide operator token` prints them";
const listenAllowed = "a host and a port, such as 127.0.0.1:9786 or [::1]:9786";

/** Somewhere to listen; a port alone may come as a number. */
const listen = z
  .union([z.string(), z.number().int()], listenAllowed)
  .transform(String)
  .refine((text) => {
    try {
      parseListen(text);
      return true;
    } catch {
      return false;
    }
  }, listenAllowed);

/** One target of `webhooks`. Secrets are named, never written here: `check-config` prints what is set. */
const webhook = z
  .strictObject({
    name: z
      .string(hookNameAllowed)
      .regex(/^[a-z][a-z0-9-]{0,30}$/, hookNameAllowed)
      .optional(),
    url: z
      .url({ protocol: /^https?$/, error: hookUrlAllowed })
      .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), hookUrlAllowed)
      .optional(),
    /** For an address that is a secret itself, as chat programs have it. */
    url_file: path.optional(),
    form: z.enum(["standard", "slack"], hookFormAllowed).default("standard"),
    secret_file: path.optional(),
    secret_env: z
      .string(hookSecretAllowed)
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, hookSecretAllowed)
      .optional(),
    allow_private: z.union([z.boolean(), z.stringbool()], countsAllowed).default(false),
  })
  .refine((hook) => (hook.url === undefined) !== (hook.url_file === undefined), hooksAllowed);

/** `receiving=Receiving mail` as a key and its value. */
function pair(text: string): [string, string] {
  const [key, ...rest] = text.split("=");
  return [key.trim(), rest.join("=").trim()];
}

function section<S extends z.ZodRawShape>(shape: S): z.ZodPrefault<z.ZodObject<S, z.core.$strict>> {
  const allowed = `a list of settings below it: ${Object.keys(shape).join(", ")}`;
  const error = (issue: { readonly code: string }): string | undefined =>
    issue.code === "invalid_type" ? allowed : undefined;
  return z.strictObject(shape, { error }).prefault({} as never);
}

/** What can be set, with what holds if it is not. */
export const configSchema = z.strictObject({
  mta: section({
    /** Folder name in collectors/dialects. */
    dialect: z
      .string(dialectAllowed)
      .regex(/^[a-z][a-z0-9-]*$/, dialectAllowed)
      .default("postfix"),
    /** Configuration folder given to the MTA's commands. */
    config_directory: path.optional(),
    /** Queue folder; asked of the MTA if not given. */
    queue_directory: path.optional(),
  }),
  /** Log files to follow. Without it: the first usual one that is there. */
  logs: z.array(path, logsAllowed).min(1, logsAllowed).optional(),
  /** Zone of log stamps that carry none, and of the times in notices. Without it: this machine's. */
  timezone: zone.optional(),
  queue: section({
    /** Time between two listings; longer if listing takes more than a tenth of it. */
    interval: duration("24h").prefault("30s"),
    /** A listing that takes longer is broken off. */
    timeout: duration("1h").prefault("60s"),
  }),
  /** Time between two looks at the log and two reports. */
  interval: duration("1h").prefault("5s"),
  /** File that the state is kept in; `none` keeps it in memory only. */
  state: z
    .string(stateAllowed)
    .regex(/^(none|\/.*)$/, stateAllowed)
    .default("/var/lib/mailtide/state.sqlite"),
  /** Address of the web server. */
  listen: listen.prefault("127.0.0.1:9786"),
  /** The API for whoever tells people of incidents and planned work. */
  operator: section({
    /** Its address; `none` for no API. Without it: 127.0.0.1:9787, if that is free. */
    listen: z.union([z.literal("none"), listen], operatorListenAllowed).optional(),
    /** SHA-256 of every token, in hexadecimal; see `mailtide operator token`. */
    tokens: z
      .array(z.string(tokensAllowed).regex(/^[0-9a-f]{64}$/, tokensAllowed), tokensAllowed)
      .max(100, tokensAllowed)
      .default([]),
  }),
  /** Who may see pages that name hosts and domains. */
  administrators: z.enum(["this-machine", "everyone"]).default("this-machine"),
  /** What the public is told, and how. */
  public: section({
    /** What people call the service. */
    name: z.string(publicNameAllowed).trim().min(1, publicNameAllowed).max(60, publicNameAllowed).default("Email"),
    /** Where the page is reached from outside. */
    url: z
      .url({ protocol: /^https?$/, error: urlAllowed })
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    /** BCP 47 tags; the first is used where there can be only one. */
    languages: z
      .array(z.string(languagesAllowed).regex(/^[a-z]{2,3}$/, languagesAllowed), languagesAllowed)
      .min(1, languagesAllowed)
      .default(["en"]),
    /** Whether rounded counts are shown. */
    counts: z.union([z.boolean(), z.stringbool()], countsAllowed).default(true),
    /** What is never affected, in a sentence. */
    not_affected: z.string(notAffectedAllowed).max(200, notAffectedAllowed).default(""),
    /** Parts of the service under names that people know; `receiving` and `sending` are judged, others are yours to set. */
    components: z
      .preprocess(
        (value) => (typeof value === "string" ? Object.fromEntries(value.split(",").map(pair)) : value),
        z.record(
          z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, componentsAllowed),
          z.string(componentsAllowed).trim().min(1, componentsAllowed).max(60, componentsAllowed),
          componentsAllowed,
        ),
      )
      .default({ receiving: "Receiving mail", sending: "Sending mail" }),
  }),
  /** The public site as files, kept up to date by `mailtide serve`, for another host to show; see docs/publishing.md. */
  export: section({
    /** Folder of the copy. Without it: none is made. */
    directory: path.optional(),
    /** Without news a copy is made this often. */
    interval: duration("24h").prefault("1m"),
    /** A copy says that it holds this long. */
    valid: duration("168h").prefault("15m"),
  }),
  /** Where news is sent to. */
  webhooks: z
    .preprocess(
      (value) => (typeof value === "string" ? readValue(value) : value),
      z.array(webhook, hooksAllowed).max(20, hooksAllowed),
    )
    .default([]),
  /** Our own addresses for mail from outside, looked at as a sender would. */
  probe: section({
    /** Addresses and names, each with a port unless it is 25; a name stands for all its addresses. */
    addresses: z
      .array(
        z.string(addressesAllowed).refine((text) => parseTarget(text) !== undefined, addressesAllowed),
        addressesAllowed,
      )
      .max(64, addressesAllowed)
      .default([]),
    /** Time between two looks at one address. */
    interval: duration("1h").prefault("60s"),
    /** A step (connect, greeting, EHLO, STARTTLS) that takes longer has failed. */
    timeout: duration("5m").prefault("30s"),
    /** Our name in EHLO. Without it: this machine's. */
    name: z
      .string(nameAllowed)
      .regex(/^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/, nameAllowed)
      .optional(),
  }),
  /** For `mailtide lookout` alone: a spare MX that takes nothing and remembers who will come back. */
  lookout: section({
    /** Address and port for senders. */
    smtp: listen.prefault("0.0.0.0:25"),
    /** Name in the greeting. Without it: this machine's. */
    name: z
      .string(nameAllowed)
      .regex(/^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/, nameAllowed)
      .optional(),
    /** Folder of the key and of what is remembered. */
    folder: path.default("/var/lib/mailtide/lookout"),
    /** How far a sender gets before it is sent away. */
    reads: z.enum(["envelope", "headers"]).default("envelope"),
    /** Domains that we take mail for; what is for others is not remembered. Without it: all. */
    domains: z.array(z.string(domainsAllowed), domainsAllowed).min(1, domainsAllowed).optional(),
    /** Messages remembered at a time. */
    messages: z.coerce
      .number(messagesAllowed)
      .int(messagesAllowed)
      .min(100, messagesAllowed)
      .max(5_000_000, messagesAllowed)
      .default(50_000),
    /** After this, senders have sent their mail back to its authors. */
    patience: duration("2160h").prefault("120h"),
    /**
     * How a lookout and mailtide on the mail host hear of each other: where mailtide listens, or `memory` for a lookout
     * within `mailtide serve`. Without it the lookout tells nobody.
     */
    wire: z
      .string(wireAllowed)
      .regex(/^(memory|[a-z]+:\/\/[^\s/]+(\/\S*)?)$/, wireAllowed)
      .optional(),
    /** List of what our mail server took, in marks; see `mailtide lookout returns`. */
    returns: path.optional(),
    /** Files in PEM for STARTTLS, which is not offered without both. */
    certificate: path.optional(),
    private_key: path.optional(),
  }),
});

export type Config = z.infer<typeof configSchema>;

/** Settings of which a variable may hold several, with commas between. */
const lists = new Set(["logs", "lookout.domains", "public.languages", "probe.addresses", "operator.tokens"]);

/** A variable that holds a whole structure, as YAML or JSON; what cannot be read stays the text that it is. */
function readValue(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? text : document.toJS();
}

/** Variables that begin with MAILTIDE_ and are not settings. */
const notSettings = new Set([
  "MAILTIDE_CONFIG",
  "MAILTIDE_LONG",
  "MAILTIDE_OPERATOR_TOKEN",
  "MAILTIDE_RECORDINGS",
  "MAILTIDE_TEST_RUN",
  "MAILTIDE_TEST_SUMMARY",
]);

/** Reads the file (if one is given) and the environment's overrides. Throws `Fault("config-invalid")`. */
export function loadConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const text = file === undefined ? "" : read(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const where = file ?? "the environment";
  const broken = document.errors[0];
  if (broken !== undefined) {
    const at = lines.linePos(broken.pos[0]);
    throw invalid(`${where}, line ${at.line}: this is not YAML (${sentenceOf(broken.message)})`);
  }
  const given = settingsIn(document, where);
  const fromEnvironment = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("MAILTIDE_") || notSettings.has(name) || value === undefined) continue;
    const keys = variables().get(name);
    if (keys === undefined) {
      throw invalid(`${name} in the environment is not a setting; allowed are ${[...variables().keys()].join(", ")}`);
    }
    const setting = keys.join(".");
    put(given, keys, lists.has(setting) ? value.split(",").map((one) => one.trim()) : value);
    fromEnvironment.set(setting, name);
  }
  const result = configSchema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const keys = issue.path.map(String);
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const name = [...keys, ...(unknown === undefined ? [] : [unknown])].join(".");
  const variable = fromEnvironment.get(keys.join(".")) ?? fromEnvironment.get(keys.slice(0, 1).join("."));
  const line = lineOf(document.contents as Node | null, lines, keys, unknown);
  const place = variable ?? (line === undefined ? where : `${where}, line ${line}`);
  if (unknown !== undefined) {
    throw invalid(`${place}: there is no setting "${name}"; allowed here are ${allowedKeys(keys).join(", ")}`);
  }
  if (valueAt(given, issue.path) === null) {
    throw invalid(`${place}: "${name}" has no value; give it one, or take the key out`);
  }
  const allowed = issue.code === "invalid_value" ? issue.values.map(String).join(" or ") : issue.message;
  throw invalid(`${place}: "${name}" is not right; allowed is ${allowed}`);
}

/** What the file says, as an object that may be changed. */
function settingsIn(document: Document.Parsed, where: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = document.toJS() ?? {};
  } catch (error) {
    throw invalid(`${where}: this is not YAML (${sentenceOf(error instanceof Error ? error.message : String(error))})`);
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw invalid(`${where}: settings have the form "key: value"`);
}

function sentenceOf(message: string): string {
  return message.split("\n")[0].replace(/( at line \d+, column \d+)?:?$/, "");
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let at = given;
  for (const key of path) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  return at;
}

function invalid(message: string): Fault {
  return new Fault(
    "config-invalid",
    message,
    "Mend it and try `mailtide check-config`; docs/configuration.md lists all settings.",
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Fault(
      "config-invalid",
      `the configuration ${file} cannot be read`,
      "Give the path of a file that mailtide's user may read: --config FILE.",
      error,
    );
  }
}

/** Names of environment variables to the settings they override. */
export function variables(): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(configSchema.shape)) {
    const inner = innerShape(value);
    if (inner === undefined) names.set(`MAILTIDE_${key.toUpperCase()}`, [key]);
    else for (const sub of inner) names.set(`MAILTIDE_${key.toUpperCase()}_${sub.toUpperCase()}`, [key, sub]);
  }
  return names;
}

function innerShape(schema: z.ZodType): string[] | undefined {
  let inner: unknown = schema;
  for (let depth = 0; depth < 4; depth++) {
    if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
    if (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) {
      inner = inner.unwrap();
    } else return undefined;
  }
  return undefined;
}

function put(into: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let at = into;
  for (const key of keys.slice(0, -1)) {
    const next = at[key];
    if (typeof next === "object" && next !== null && !Array.isArray(next)) at = next as Record<string, unknown>;
    else {
      const made: Record<string, unknown> = {};
      at[key] = made;
      at = made;
    }
  }
  const last = keys.at(-1);
  if (last !== undefined) at[last] = value;
}

function allowedKeys(keys: readonly string[]): string[] {
  if (keys.length === 0) return Object.keys(configSchema.shape);
  if (keys[0] === "webhooks") return Object.keys(webhook.shape);
  const shape: Readonly<Record<string, z.ZodType>> = configSchema.shape;
  return innerShape(shape[keys[0]]) ?? [];
}

/** Line of the value at a path, or of the key `unknown` in it; of the nearest thing above it if that is missing. */
function lineOf(
  root: Node | null,
  lines: LineCounter,
  keys: readonly string[],
  unknown: string | undefined,
): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const key of [...keys, ...(unknown === undefined ? [] : [unknown])]) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = isScalar(node) && node.range ? node.range[0] : offset;
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
