// What came of a recorded outage: noted from outside while it was recorded, and never shown to what is judged by it.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Instant } from "../../src/core/time.ts";

/** The truth of a recording. */
export interface Truth {
  /** When the outage began and ended, as it was made to. */
  readonly begin: Instant;
  readonly end: Instant;
  /** When the last message that it delayed was delivered; mail that never was is not waited for. */
  readonly clear: Instant;
  /** When half of what waited at the end of the outage had been delivered. */
  readonly half: Instant;
  /** When 90 and 99 % had been; `NaN` where what was delivered was not noted. */
  readonly ninety: Instant;
  readonly ninetyNine: Instant;
}

/** Name of the dialect that reads a recording, by what was noted of it. */
export function kindOf(folder: string): string {
  const meta = metaOf(folder) as { kind?: unknown } | undefined;
  return typeof meta?.kind === "string" ? meta.kind : "postfix";
}

interface Meta {
  readonly truth?: {
    readonly outageStart?: string;
    readonly outageEnd?: string;
    readonly down?: string;
    readonly up?: string;
    readonly backlog?: {
      readonly windowStart?: string;
      readonly windowEnd?: string;
      readonly lastDelivered?: string;
    };
  };
}

function metaOf(folder: string): unknown {
  const file = join(folder, "meta.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** The truth of the recording in a folder, `undefined` where none was noted or there was no single outage. */
export function truthOf(folder: string): Truth | undefined {
  const truth = (metaOf(folder) as Meta | undefined)?.truth;
  const begin = Date.parse(truth?.outageStart ?? truth?.down ?? "");
  const end = Date.parse(truth?.outageEnd ?? truth?.up ?? "");
  const clear = Date.parse(truth?.backlog?.lastDelivered ?? "");
  if (Number.isNaN(begin) || Number.isNaN(end) || Number.isNaN(clear)) return undefined;
  const from = Date.parse(truth?.backlog?.windowStart ?? "");
  const to = Date.parse(truth?.backlog?.windowEnd ?? "");
  const went = delayed(folder, Number.isNaN(from) ? begin : from, Number.isNaN(to) ? end : to, end);
  const at = (share: number): Instant =>
    went.length === 0 ? Number.NaN : went[Math.max(0, Math.ceil(share * went.length) - 1)];
  const half = at(0.5);
  return {
    ...{ begin, end, clear, half: Number.isNaN(half) ? (end + clear) / 2 : half },
    ...{ ninety: at(0.9), ninetyNine: at(0.99) },
  };
}

interface Row {
  readonly t: number;
  readonly mid: string;
  readonly rcpts: readonly string[];
}

function rows(folder: string, name: string): Row[] | undefined {
  for (const file of [join(folder, `${name}.ndjson.gz`), join(folder, `${name}.ndjson`)]) {
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file);
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]));
  }
  return undefined;
}

/** When the recipients were delivered that came in `[from, to]` and had not been before `end`, in order. */
function delayed(folder: string, from: Instant, to: Instant, end: Instant): Instant[] {
  const injected = rows(folder, "injected");
  const delivered = rows(folder, "delivered");
  if (injected === undefined || delivered === undefined) return [];
  const came = new Map<string, Instant>();
  for (const { t, mid, rcpts } of injected) for (const one of rcpts) came.set(`${mid} ${one}`, t);
  const went: Instant[] = [];
  for (const { t, mid, rcpts } of delivered) {
    for (const one of rcpts) {
      const at = came.get(`${mid} ${one}`);
      if (at !== undefined && at >= from && at <= to && t > end) went.push(t);
    }
  }
  return went.sort((a, b) => a - b);
}
