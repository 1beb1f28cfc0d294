// The configuration: a YAML file with MAILTIDE_ overrides. An error names the line, the key, and what is allowed.

import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { type Duration, HOUR, MINUTE, SECOND } from "../core/time.ts";

const units: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR };

/** `30s`, `5m`, `1h` in milliseconds. */
const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(s|m|h)$/, "a number with s, m or h behind it, such as 30s or 5m")
  .transform((text) => Number.parseFloat(text) * units[text.slice(-1)]);

const zone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, "a time zone by its IANA name, such as Europe/Vienna or UTC");

const path = z.string().min(1, "a path").startsWith("/", "a path from the root, beginning with /");

/** What can be set, with what holds if it is not. */
export const configSchema = z.strictObject({
  mta: z
    .strictObject({
      /** Folder name in collectors/dialects. */
      dialect: z.string().default("postfix"),
      /** Configuration folder given to the MTA's commands. */
      config_directory: path.optional(),
      /** Queue folder; asked of the MTA if not given. */
      queue_directory: path.optional(),
    })
    .prefault({}),
  /** Log files to follow. Without it: the first usual one that is there. */
  logs: z.array(path).min(1, "at least one path").optional(),
  /** Zone of log stamps that carry none, and of the times in notices. Without it: this machine's. */
  timezone: zone.optional(),
  queue: z
    .strictObject({
      /** Time between two listings; longer if listing takes more than a tenth of it. */
      interval: duration.prefault("30s"),
      /** A listing that takes longer is broken off. */
      timeout: duration.prefault("60s"),
    })
    .prefault({}),
  /** Time between two looks at the log and two reports. */
  interval: duration.prefault("5s"),
  /** File that the state is kept in; `none` keeps it in memory only. */
  state: z.union([z.literal("none"), path]).prefault("/var/lib/mailtide/state.sqlite"),
  /** Address of the web server. */
  listen: z.string().prefault("127.0.0.1:9786"),
  /** Who may see pages that name hosts and domains. */
  administrators: z.enum(["this-machine", "everyone"]).default("this-machine"),
  language: z.enum(["en"]).default("en"),
});

export type Config = z.infer<typeof configSchema>;

/** Variables that begin with MAILTIDE_ and are not settings. */
const notSettings = new Set(["MAILTIDE_CONFIG", "MAILTIDE_LONG", "MAILTIDE_RECORDINGS"]);

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
    throw invalid(`${where}, line ${at.line}: this is not YAML (${broken.message.split("\n")[0]})`);
  }
  const parsed: unknown = document.toJS() ?? {};
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw invalid(`${where}: settings have the form "key: value"`);
  }
  const given = parsed as Record<string, unknown>;
  const fromEnvironment = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("MAILTIDE_") || notSettings.has(name) || value === undefined) continue;
    const keys = settingOf(name);
    if (keys === undefined) {
      throw invalid(`${name} in the environment is not a setting; allowed are ${[...variables().keys()].join(", ")}`);
    }
    put(given, keys, keys.join(".") === "logs" ? value.split(",").map((one) => one.trim()) : value);
    fromEnvironment.set(keys.join("."), name);
  }
  const result = configSchema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const keys = issue.path.map(String);
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const name = [...keys, ...(unknown === undefined ? [] : [unknown])].join(".");
  const variable = fromEnvironment.get(keys.join("."));
  const line = variable === undefined ? lineOf(document.contents as Node | null, lines, keys, unknown) : undefined;
  const place = variable ?? (line === undefined ? where : `${where}, line ${line}`);
  if (unknown !== undefined) {
    throw invalid(`${place}: there is no setting "${name}"; allowed here are ${allowedKeys(keys).join(", ")}`);
  }
  const allowed = issue.code === "invalid_value" ? issue.values.map(String).join(" or ") : issue.message;
  throw invalid(`${place}: "${name}" is not right; allowed is ${allowed}`);
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

function settingOf(variable: string): readonly string[] | undefined {
  return variables().get(variable);
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
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
