// `mailtide read`: says of each line of a log what mailtide makes of it, as NDJSON.

import { createReadStream } from "node:fs";
import type { Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Dialect, LogReader } from "../../collectors/dialect.ts";
import { EventBatch, type EventView } from "../core/events/batch.ts";
import { Instances } from "../core/events/instances.ts";
import { textOf } from "../core/events/text.ts";
import { Fault } from "../core/fault.ts";
import type { Instant } from "../core/time.ts";

/** Bytes of a line that are kept; of a longer one the rest is left out, and it is answered `malformed`. */
const longestLine = 16_384;

/** What one line was, without or with the reason why nothing was read from it. */
export type LineReading = { readonly line: string; readonly number: number } & (
  | { readonly events: readonly EventView[] }
  | { readonly unread: "foreign" | "unsupported" | "malformed" }
);

export interface ReadOptions {
  /** A log, also gzipped, or `-` for the standard input. */
  readonly file: string;
  readonly dialects: readonly Dialect[];
  /** Name of the dialect. */
  readonly dialect: string;
  /** IANA zone of stamps without one. */
  readonly zone: string;
  /** No line is later than this, plus a day: gives year-less stamps their year. */
  readonly reference: Instant;
  readonly stdin: AsyncIterable<Uint8Array>;
}

/** The lines of a stream of bytes, in constant memory: a line that is too long is handed on cut, and marked so. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Uint8Array; cut: boolean }> {
  const held = new Uint8Array(longestLine + 1);
  let length = 0;
  for await (const piece of input) {
    let at = 0;
    while (at < piece.length) {
      const feed = piece.indexOf(10, at);
      const end = feed < 0 ? piece.length : feed;
      if (feed >= 0 && length === 0 && end - at <= longestLine) yield { bytes: piece.subarray(at, end), cut: false };
      else {
        const part = piece.subarray(at, Math.min(end, at + held.length - length));
        held.set(part, length);
        length += part.length;
        if (feed >= 0) {
          yield { bytes: held.subarray(0, Math.min(length, longestLine)), cut: length > longestLine };
          length = 0;
        }
      }
      at = end + 1;
    }
  }
  if (length > 0) yield { bytes: held.subarray(0, Math.min(length, longestLine)), cut: length > longestLine };
}

/** Reads a log line by line and says what each one is, in order. */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  reader: LogReader,
  instances: Instances,
): AsyncGenerator<LineReading> {
  const batch = new EventBatch(4);
  let number = 0;
  for await (const { bytes, cut } of linesOf(input)) {
    number++;
    batch.clear();
    const ended = bytes.length > 0 && bytes[bytes.length - 1] === 13 ? bytes.length - 1 : bytes.length;
    const line = textOf(bytes, 0, ended);
    // An empty line is no line to the reader, which is given none.
    if (cut || bytes.length === 0) {
      yield { line, number, unread: "malformed" };
      continue;
    }
    reader.read(bytes, 0, bytes.length, batch);
    if (batch.lines.foreign > 0) yield { line, number, unread: "foreign" };
    else if (batch.lines.unsupported > 0) yield { line, number, unread: "unsupported" };
    else if (batch.lines.malformed > 0) yield { line, number, unread: "malformed" };
    else {
      const events: EventView[] = [];
      for (let i = 0; i < batch.count; i++) events.push(batch.view(i, instances));
      yield { line, number, events };
    }
  }
}

/** JSON in which nothing is left that a terminal would obey: JSON itself escapes only the first 32 control characters. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

async function* unzipped(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = input[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const all = (async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    for (;;) {
      const next = await pieces.next();
      if (next.done === true) return;
      yield next.value;
    }
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  const fed = (async () => {
    for await (const piece of all) {
      if (!gunzip.write(piece)) await new Promise<void>((resolve) => gunzip.once("drain", resolve));
    }
    gunzip.end();
  })();
  fed.catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error(String(error))));
  yield* gunzip as AsyncIterable<Uint8Array>;
}

/** Runs the command: writes one JSON object a line to `stdout`. Throws a `Fault` if there is nothing to read. */
export async function read(options: ReadOptions, stdout: Writable): Promise<void> {
  const dialect = options.dialects.find((one) => one.name === options.dialect);
  if (dialect === undefined) {
    throw new Fault(
      "dialect-unknown",
      `There is no dialect "${options.dialect}".`,
      `Give --dialect one of: ${options.dialects.map((one) => one.name).join(", ")}.`,
    );
  }
  const instances = new Instances();
  const reader = dialect.openLog({ instances, zone: options.zone, reference: () => options.reference });
  const input = options.file === "-" ? options.stdin : (createReadStream(options.file) as AsyncIterable<Uint8Array>);
  let pending = "";
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = "";
    if (!stdout.write(text)) await new Promise<void>((resolve) => stdout.once("drain", resolve));
  };
  try {
    for await (const reading of readLines(unzipped(input), reader, instances)) {
      pending += `${harmlessJson(reading)}\n`;
      if (pending.length > 65_536) await flush();
      if (stdout.destroyed) return;
    }
  } catch (cause) {
    throw faultOf(options.file, cause);
  }
  if (pending !== "") await flush();
}

function faultOf(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT")
    return new Fault(
      "source-missing",
      `There is no file ${file}.`,
      "Give the path of a log, or - for the standard input.",
      cause,
    );
  if (code === "EACCES" || code === "EPERM") {
    return new Fault(
      "source-forbidden",
      `${file} may not be read by this user.`,
      "Run as a user of the group that may read it, often adm.",
      cause,
    );
  }
  if (code === "EISDIR")
    return new Fault(
      "source-missing",
      `${file} is a folder.`,
      "Give the path of a log, or - for the standard input.",
      cause,
    );
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new Fault("source-gone", `${file} is a damaged gzip file.`, "Try to restore it from a copy.", cause);
  }
  return cause;
}
