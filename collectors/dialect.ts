// The contract of an MTA dialect: how one MTA logs, lists its queue and spaces its attempts.
//
// A dialect is a folder in dialects/ whose index.ts default-exports one value that ends in
// `satisfies Dialect`. It knows no sibling and opens nothing itself: it says which command to run or
// which socket to ask, and reads the answer.

import type { EventBatch } from "../src/core/events/batch.ts";
import type { Instances } from "../src/core/events/instances.ts";
import type { SurveyBatch } from "../src/core/events/survey.ts";
import type { RetrySchedule } from "../src/core/retries/schedule.ts";
import type { Instant } from "../src/core/time.ts";

export interface LogReaderOptions {
  readonly instances: Instances;
  /** No line is later than this (plus a day for clock differences): gives year-less stamps their year. */
  reference(): Instant;
  /** IANA zone of stamps that carry none, `UTC` or `Europe/Vienna`. */
  readonly zone: string;
}

/** Reads one source's log. Keeps only what year-less stamps and repeated headers need. */
export interface LogReader {
  /**
   * Reads the lines of `bytes[start, end)` into `batch` until they end or the batch is full, and answers the
   * offset of the first byte not read. Every line up to `end` counts as complete, also a last one without a
   * line feed. Never throws, whatever the bytes: each line is counted once in `batch.lines`.
   * Sets `batch.bytes = bytes`; appends behind rows already there only if they were read from the same bytes.
   */
  read(bytes: Uint8Array, start: number, end: number, batch: EventBatch): number;
  /** Stamp of the last line that had one, also of another program's; `NaN` before the first. */
  readonly lastStamp: Instant;
}

/** Reads one queue listing as it comes. */
export interface ListingReader {
  /** Takes the next piece, any size, and hands on full batches. The batch is only valid during the call of `hand`. */
  push(piece: Uint8Array, hand: (batch: SurveyBatch) => void): void;
  /** The listing has ended: hands on what is left. An entry cut in half counts as malformed. */
  end(hand: (batch: SurveyBatch) => void): void;
}

/** What a finished listing means. Stopped, forbidden and empty are three different answers. */
export type ListingVerdict =
  /** Complete; the MTA runs. */
  | { readonly outcome: "listed" }
  /** Complete, read around a stopped MTA. */
  | { readonly outcome: "listed-while-stopped" }
  /** Nothing could be listed because the MTA is not running. */
  | { readonly outcome: "stopped"; readonly message: string; readonly advice: string }
  | { readonly outcome: "forbidden"; readonly message: string; readonly advice: string }
  | { readonly outcome: "failed"; readonly message: string; readonly advice: string };

/** One way to list the queue. */
export type Listing =
  | {
      readonly by: "command";
      /** For configuration and messages: `postqueue-json`. */
      readonly name: string;
      readonly command: readonly [string, ...string[]];
      open(now: Instant): ListingReader;
      judge(exit: number | null, stderr: string): ListingVerdict;
    }
  | {
      readonly by: "socket";
      readonly name: string;
      /** Path of a unix socket that answers with the listing and then closes. */
      readonly path: string;
      open(now: Instant): ListingReader;
      judge(error: { readonly code: string | undefined; readonly message: string } | undefined): ListingVerdict;
    };

/** Where the next attempt of a queued message can be read from, for MTAs that keep it in the file system. */
export interface SpoolTimes {
  /** Folder of the deferred queue; the files' modification time is their next attempt. */
  readonly folder: string;
}

/** What a dialect needs to know about the installation, from configuration or detection. */
export interface MtaSite {
  /** Configuration folder given to the MTA's commands, or undefined for the default one. */
  readonly configDirectory: string | undefined;
  /** Queue folder, if known. */
  readonly queueDirectory: string | undefined;
}

export interface Dialect {
  /** Folder name and value of the `mta` label. */
  readonly name: string;
  /** As written in sentences: `Postfix`. */
  readonly title: string;
  openLog(options: LogReaderOptions): LogReader;
  /** Ways to list the queue, the best first. */
  listings(site: MtaSite): readonly Listing[];
  spoolTimes(site: MtaSite): SpoolTimes | undefined;
  /** The command that prints the configuration; empty if there is none. */
  configuration(site: MtaSite): readonly string[];
  /** Reads what that command printed, or a file of the same form; missing settings have the MTA's defaults. */
  schedule(configuration: string): RetrySchedule;
  /** The schedule when nothing could be read. */
  readonly defaultSchedule: RetrySchedule;
  /** Where this MTA usually logs, the most usual first. */
  readonly usualLogs: readonly string[];
  /** Files whose existence shows that this MTA is installed. */
  readonly traces: readonly string[];
}
