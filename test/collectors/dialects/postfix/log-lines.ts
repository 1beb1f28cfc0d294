// Reads log lines for the tests of the Postfix log reader.

import dialect from "../../../../collectors/dialects/postfix/index.ts";
import { EventBatch, type EventView, type LineCounts } from "../../../../src/core/events/batch.ts";
import { Instances } from "../../../../src/core/events/instances.ts";

/** What a log came to. */
export interface Reading {
  readonly lines: LineCounts;
  readonly events: EventView[];
  readonly lastTime: number;
}

/** Reads bytes that hold whole lines, in batches of `capacity`. */
export function readBytes(
  bytes: Uint8Array,
  {
    zone = "UTC",
    reference = Date.UTC(2026, 11, 1),
    capacity = 64,
    reader = undefined as ReaderAndNames | undefined,
  } = {},
): Reading {
  const { log, instances } = reader ?? openReader(zone, reference);
  const batch = new EventBatch(capacity);
  const lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  const events: EventView[] = [];
  let lastTime = Number.NaN;
  let at = 0;
  while (at < bytes.length) {
    batch.clear();
    const next = log.read(bytes, at, bytes.length, batch);
    if (next <= at) throw new Error("The reader does not get on.");
    at = next;
    for (const answer of ["read", "foreign", "unsupported", "malformed"] as const) lines[answer] += batch.lines[answer];
    for (let i = 0; i < batch.count; i++) events.push(batch.view(i, instances));
    if (!Number.isNaN(batch.lastTime)) lastTime = batch.lastTime;
  }
  return { lines, events, lastTime };
}

export type ReaderAndNames = ReturnType<typeof openReader>;

/** A reader that may be used several times. */
export function openReader(zone = "UTC", reference = Date.UTC(2026, 11, 1)) {
  const instances = new Instances();
  return { instances, log: dialect.openLog({ instances, zone, reference: () => reference }) };
}

/** Reads a text. */
export function readText(text: string, options?: Parameters<typeof readBytes>[1]): Reading {
  return readBytes(new TextEncoder().encode(text), options);
}

/** The one event of a line, or how the line was answered. */
export function readLine(line: string): EventView | "read" | "foreign" | "unsupported" | "malformed" {
  const { lines, events } = readText(`${line}\n`);
  const [event] = events;
  if (event !== undefined) return event;
  for (const answer of ["read", "foreign", "unsupported", "malformed"] as const) if (lines[answer] > 0) return answer;
  throw new Error("The line was not counted.");
}
