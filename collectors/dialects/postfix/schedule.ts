// How Postfix spaces its attempts, read from what `postconf` prints. Source: postconf(5), qmgr(8).

import type { AgeSchedule } from "../../../src/core/retries/schedule.ts";
import { DAY, type Duration, HOUR, MINUTE, SECOND } from "../../../src/core/time.ts";

/** Postfix's own defaults: what holds when nothing could be read. */
export const defaultSchedule: AgeSchedule = {
  law: "age",
  minimalBackoff: 300 * SECOND,
  maximalBackoff: 4000 * SECOND,
  queueRun: 300 * SECOND,
  lifetime: 5 * DAY,
  nullSenderLifetime: 5 * DAY,
  activeLimit: 20_000,
  contentFilter: "",
  source: "assumed",
};

/**
 * Reads the output of `postconf`, `postconf -n` or `postconf -x`, or a main.cf. What is missing or makes no sense has
 * Postfix's default.
 */
export function readSchedule(configuration: string): AgeSchedule {
  const settings = settingsOf(configuration);
  const seconds = (name: string, otherwise: Duration): Duration => durationOf(settings, name, SECOND) ?? otherwise;
  const days = (name: string, otherwise: Duration): Duration => durationOf(settings, name, DAY) ?? otherwise;
  const lifetime = days("maximal_queue_lifetime", defaultSchedule.lifetime);
  const limit = expanded(settings, "qmgr_message_active_limit") ?? "";
  const minimalBackoff = seconds("minimal_backoff_time", defaultSchedule.minimalBackoff);
  return {
    law: "age",
    minimalBackoff,
    maximalBackoff: seconds("maximal_backoff_time", defaultSchedule.maximalBackoff),
    queueRun: seconds("queue_run_delay", defaultSchedule.queueRun),
    lifetime,
    // qmgr warns about a longer one and takes it down.
    nullSenderLifetime: Math.min(lifetime, days("bounce_queue_lifetime", defaultSchedule.nullSenderLifetime)),
    activeLimit: /^\d+$/.test(limit) && Number(limit) > 0 ? Number(limit) : defaultSchedule.activeLimit,
    contentFilter: expanded(settings, "content_filter") ?? "",
    source: names.some((name) => settings.has(name)) ? "configured" : "assumed",
  };
}

const names = [
  "minimal_backoff_time",
  "maximal_backoff_time",
  "queue_run_delay",
  "maximal_queue_lifetime",
  "bounce_queue_lifetime",
  "qmgr_message_active_limit",
  "content_filter",
];

/** `name = value` lines; lines that begin with white space go on, a later setting of the same name counts. */
function settingsOf(configuration: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let name = "";
  for (const line of configuration.split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (/^\s/.test(line)) {
      if (name !== "") settings.set(name, `${settings.get(name) ?? ""} ${line.trim()}`.trim());
      continue;
    }
    const found = /^([A-Za-z0-9_.-]+)\s*=\s*(.*)$/.exec(line);
    name = found?.[1] ?? "";
    if (found !== null) settings.set(name, found[2].trim());
  }
  return settings;
}

/** The value of a setting with `$name`, `${name}`, `$(name)`, `${name?value}` and `${name:value}` replaced. */
function expanded(settings: ReadonlyMap<string, string>, name: string, depth = 0): string | undefined {
  // Settings that refer to each other in a circle: Postfix refuses to start with them.
  if (depth > 20) return undefined;
  return settings
    .get(name)
    ?.replace(
      /\$(?:([A-Za-z0-9_]+)|[{(]\s*([A-Za-z0-9_]+)\s*(?:([?:])\s*([^})]*))?[})])/g,
      (_all, bare: string | undefined, braced: string | undefined, test: string | undefined, text = "") => {
        const value = expanded(settings, bare ?? braced ?? "", depth + 1) ?? "";
        if (test === "?") return value === "" ? "" : text;
        if (test === ":") return value === "" ? text : value;
        return value;
      },
    )
    .trim();
}

const units: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** A time as Postfix writes it, `30`, `5m` or `1d`; each setting has its own unit for a bare number. */
function durationOf(settings: ReadonlyMap<string, string>, name: string, bare: Duration): Duration | undefined {
  const found = /^(\d+)\s*([smhdw]?)$/i.exec(expanded(settings, name) ?? "");
  return found === null ? undefined : Number(found[1]) * (found[2] === "" ? bare : units[found[2].toLowerCase()]);
}
