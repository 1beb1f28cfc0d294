// A recorded outage as seen by the server that was away: what came before, what its senders held, and when it came.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Baseline } from "../../src/core/retries/senders/held.ts";
import { DAY, HOUR, type Instant, type Interval, SECOND } from "../../src/core/time.ts";

/** One held message: when the server took it, and the class of its sender. */
export interface HeldMessage {
  readonly accepted: Instant;
  readonly senderClass: string;
}

/** What the file of one outage says. */
export interface RecordedOutage {
  readonly id: string;
  readonly down: readonly Interval[];
  readonly baseline: Baseline;
  readonly held: readonly HeldMessage[];
}

const learned = 28 * DAY;
const seconds = (value: unknown): Instant => (typeof value === "number" ? value * SECOND : Number.NaN);

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function hourly(list: unknown): Map<Instant, number> {
  const counts = new Map<Instant, number>();
  for (const row of Array.isArray(list) ? list : []) {
    const [hour, count] = Array.isArray(row) ? row : [];
    if (typeof hour !== "number" || typeof count !== "number") continue;
    const at = Math.floor((hour * SECOND) / HOUR) * HOUR;
    counts.set(at, (counts.get(at) ?? 0) + count);
  }
  return counts;
}

/** The outage in a parsed file, or a sentence that says why it is none. */
export function outageOf(parsed: unknown, name: string): RecordedOutage | string {
  const file = record(parsed);
  const outage = record(file.outage);
  const from = seconds(outage.start);
  const to = seconds(outage.end);
  if (!(from < to)) return `${name}: no outage with a start before its end`;
  if (!Array.isArray(file.arrivals)) return `${name}: no arrivals`;
  const held: HeldMessage[] = [];
  for (const row of file.arrivals) {
    if (!Array.isArray(row) || row[4] !== true) continue;
    const accepted = seconds(row[0]);
    if (Number.isFinite(accepted)) held.push({ accepted, senderClass: String(row[2]) });
  }
  if (held.length === 0) return `${name}: no held message among the arrivals`;
  const baseline = record(file.baseline);
  const byClass = new Map(Object.entries(record(baseline.by_class)).map(([key, list]) => [key, hourly(list)]));
  const hosts = new Map<string, number>();
  for (const [key, count] of Object.entries(record(file.senders))) if (typeof count === "number") hosts.set(key, count);
  return {
    id: typeof file.id === "string" ? file.id : name,
    down: [{ from, to }],
    baseline: { from: from - learned, to: from, all: hourly(baseline.all), byClass, hosts },
    held,
  };
}

/** All outages of a folder in order of their names, and what was left out and why. */
export function readOutages(folder: string): { readonly outages: RecordedOutage[]; readonly left: string[] } {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return { outages: [], left: [`${folder} is not a folder: name one with a file of JSON for each outage`] };
  }
  const outages: RecordedOutage[] = [];
  const left: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".json")) continue;
    let found: RecordedOutage | string;
    try {
      found = outageOf(JSON.parse(readFileSync(join(folder, name), "utf8")), name);
    } catch (fault) {
      found = `${name}: ${fault instanceof Error ? fault.message : String(fault)}`;
    }
    if (typeof found === "string") left.push(found);
    else outages.push(found);
  }
  return { outages, left };
}
