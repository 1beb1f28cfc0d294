// Asks an MTA: runs the command or opens the socket that a dialect names, and reads the answer as it comes.

import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { constants, setPriority } from "node:os";
import { QueueName, type SurveyBatch } from "../../src/core/events/survey.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Duration, Instant } from "../../src/core/time.ts";
import type { Listing, ListingReader, ListingVerdict, SpoolTimes } from "../dialect.ts";
import { type NextAttempts, readSpoolTimes } from "./spool-times.ts";

export interface AskOptions {
  /** When the listing begins. */
  readonly now: Instant;
  readonly timeoutMs: Duration;
  /** Where next attempts can be read; they are put into `nextAttempt` of deferred messages. */
  readonly spool?: SpoolTimes | undefined;
  /** Takes each batch that has messages; it is only valid during the call. */
  hand(batch: SurveyBatch): void;
  /** Milliseconds of a clock that never goes back. */
  readonly stopwatch?: () => number;
  /** Ends the listing early; the verdict is then `failed`. */
  readonly signal?: AbortSignal | undefined;
}

export interface Asked {
  /** Name of the listing that was used. */
  readonly listing: string;
  readonly verdict: ListingVerdict;
  /** How long it took, the spool included. */
  readonly took: Duration;
  /** Broke off before its end: what was handed on is a lower bound. */
  readonly truncated: boolean;
  /** Entries handed on; one that the listing has twice counts twice. */
  readonly messages: number;
  readonly malformed: number;
  /** `none` if nobody asked for them. */
  readonly spoolTimes: "read" | "unreadable" | "none";
}

/** Lists the queue one way. Never throws but for what `hand` throws; every trouble is a verdict with its advice. */
export async function listQueue(listing: Listing, options: AskOptions): Promise<Asked> {
  const stopwatch = options.stopwatch ?? (() => performance.now());
  const began = stopwatch();
  // Before the listing: a message that changes queues meanwhile is then listed where its time no longer counts.
  const times = options.spool === undefined ? undefined : await readSpoolTimes(options.spool.folder);
  let messages = 0;
  let malformed = 0;
  const hand = (batch: SurveyBatch): void => {
    messages += batch.count;
    malformed += batch.malformed;
    if (batch.count === 0) return;
    if (times !== undefined && times.size > 0) fillNextAttempts(batch, times);
    options.hand(batch);
  };
  const opened = listing.open(options.now);
  let cut = false;
  const reader: ListingReader = {
    push: (piece, on) => opened.push(piece, on),
    end(on) {
      const before = malformed;
      opened.end(on);
      // What only turns out at the end is an end that is missing; a socket has no exit status to say so.
      cut = malformed > before;
    },
  };
  const answer =
    listing.by === "command"
      ? await fromCommand(listing.command, options.timeoutMs, reader, hand, options.signal)
      : await fromSocket(listing.path, options.timeoutMs, reader, hand, options.signal);
  let verdict: ListingVerdict;
  if (options.signal?.aborted === true) {
    verdict = { outcome: "failed", message: "the listing was broken off", advice: "Start mailtide again." };
  } else if (answer.timedOut) {
    verdict = {
      outcome: "failed",
      message: `the listing was not finished after ${options.timeoutMs / 1000} s`,
      advice: "Give it more time in mailtide's configuration, or see what keeps the mail server busy.",
    };
  } else if (listing.by === "command") verdict = listing.judge(answer.exit, answer.said);
  else verdict = listing.judge(answer.exit === 0 ? undefined : { code: answer.code, message: answer.said });
  if (verdict.outcome === "listed" && cut && messages > 0) {
    verdict = {
      outcome: "failed",
      message: "the listing broke off before its end",
      advice: "Look into the mail server's log for the reason; mailtide asks again.",
    };
  } else if (verdict.outcome === "listed" && messages === 0 && malformed > 0) {
    verdict = {
      outcome: "failed",
      message: "the answer is not a queue listing",
      advice: "See what the listing's command prints or its socket answers, and report it if it looks right.",
    };
  }
  const finished = verdict.outcome === "listed" || verdict.outcome === "listed-while-stopped";
  return {
    listing: listing.name,
    verdict,
    took: stopwatch() - began,
    truncated: answer.timedOut || (!finished && messages > 0),
    messages,
    malformed,
    spoolTimes: options.spool === undefined ? "none" : times === undefined ? "unreadable" : "read",
  };
}

/**
 * Lists the queue by the first way that works. If none does, the answer is the most telling one: `stopped` before
 * `forbidden` before `failed`. A way that broke off half way ends the search: its messages are already handed on.
 */
export async function listQueueSomehow(listings: readonly Listing[], options: AskOptions): Promise<Asked> {
  const worth = { stopped: 2, forbidden: 1, failed: 0 } as const;
  let best: Asked | undefined;
  for (const listing of listings) {
    if (best !== undefined && options.signal?.aborted === true) break;
    const asked = await listQueue(listing, options);
    const { outcome } = asked.verdict;
    if (outcome === "listed" || outcome === "listed-while-stopped" || asked.truncated) return asked;
    const before = best?.verdict.outcome;
    if (
      before === undefined ||
      before === "listed" ||
      before === "listed-while-stopped" ||
      worth[outcome] > worth[before]
    ) {
      best = asked;
    }
  }
  if (best === undefined)
    throw new Fault("queue-failed", "there is no way to list this queue", "Name one in the configuration.");
  return best;
}

/** The trouble of a listing as a fault for the operator; undefined if the queue was listed. */
export function listingFault({ listing, verdict, messages, malformed }: Asked): Fault | undefined {
  if (verdict.outcome === "listed" || verdict.outcome === "listed-while-stopped") return undefined;
  const message = `${listing}: ${verdict.message}`;
  if (verdict.outcome === "stopped") return new Fault("queue-stopped", message, verdict.advice);
  if (verdict.outcome === "forbidden") return new Fault("queue-forbidden", message, verdict.advice);
  return new Fault(messages === 0 && malformed > 0 ? "queue-unreadable" : "queue-failed", message, verdict.advice);
}

/**
 * How long after the start of a listing the next may start, so that listing takes at most a tenth of the time, however
 * slow it is.
 */
export function nextPollDelay(took: Duration, configuredInterval: Duration): Duration {
  return Math.max(configuredInterval, took * 10);
}

/** Runs the command that prints the MTA's configuration and answers its output. Throws a Fault. */
export async function readConfiguration(command: readonly string[], timeoutMs: Duration = 10_000): Promise<string> {
  const [program, ...rest] = command;
  const advice = "Give the schedule in mailtide's configuration, or let its user run this command.";
  if (program === undefined) throw new Fault("schedule-unreadable", "this mail server has no such command", advice);
  const pieces: Buffer[] = [];
  let length = 0;
  const keep = (piece: Uint8Array): void => {
    // Configurations are some ten kilobytes long.
    if (length > 4 * 1024 * 1024) return;
    length += piece.length;
    pieces.push(Buffer.from(piece));
  };
  const answer = await fromCommand([program, ...rest], timeoutMs, { push: keep, end() {} }, () => {});
  if (answer.exit !== 0) {
    const why = answer.timedOut
      ? `was not finished after ${timeoutMs / 1000} s`
      : `failed: ${answer.said.trim().slice(0, 300)}`;
    throw new Fault("schedule-unreadable", `${command.join(" ")} ${why}`, advice);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function fillNextAttempts(batch: SurveyBatch, times: NextAttempts): void {
  for (let row = 0; row < batch.count; row++) {
    // Only there the files' time means that; listings that cannot tell the queue leave it to the file's being there.
    if (batch.queue[row] === QueueName.deferred || batch.queue[row] === QueueName.unknown) {
      batch.nextAttempt[row] = times.get(batch.bytes, batch.id.start[row], batch.id.end[row]);
    }
  }
}

interface Answer {
  /** 0 is success, also of a socket; null is a signal or a failure to start. */
  readonly exit: number | null;
  readonly code: string | undefined;
  /** What it said on its error output, or the error's message. */
  readonly said: string;
  readonly timedOut: boolean;
}

/** More than this of an error output is read and forgotten. */
const LONGEST_COMPLAINT = 16 * 1024;

function fromCommand(
  command: readonly [string, ...string[]],
  timeoutMs: Duration,
  reader: ListingReader,
  hand: (batch: SurveyBatch) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        stdio: ["ignore", "pipe", "pipe"],
        // The texts and stamps that dialects know, whatever the machine's language and zone are.
        env: { ...process.env, PATH: withSystemPrograms(process.env.PATH), LC_ALL: "C", LANG: "C", TZ: "UTC0" },
      });
    } catch (error) {
      resolve({ exit: null, code: undefined, said: String(error), timedOut: false });
      return;
    }
    let said = "";
    let timedOut = false;
    let trouble: { readonly error: unknown } | undefined;
    const guarded = (act: () => void): void => {
      if (trouble !== undefined || timedOut) return;
      try {
        act();
      } catch (error) {
        trouble = { error };
        child.kill("SIGKILL");
      }
    };
    const breakOff = (): void => {
      timedOut = true;
      child.kill("SIGKILL");
      // A grandchild may hold the pipes open; nothing more of them is wanted.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = setTimeout(breakOff, timeoutMs);
    if (signal?.aborted === true) breakOff();
    signal?.addEventListener("abort", breakOff);
    if (child.pid !== undefined) {
      try {
        setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
      } catch {
        // It has ended already, or may not be slowed down: then it runs as it is.
      }
    }
    child.stdout?.on("data", (piece: Buffer) => guarded(() => reader.push(piece, hand)));
    child.stderr?.on("data", (piece: Buffer) => {
      if (said.length < LONGEST_COMPLAINT) said += piece.toString("utf8").slice(0, LONGEST_COMPLAINT - said.length);
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", breakOff);
      resolve({ exit: null, code: error.code, said: error.message, timedOut: false });
    });
    child.once("close", (exit) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", breakOff);
      if (!timedOut) guarded(() => reader.end(hand));
      if (trouble !== undefined) reject(trouble.error);
      else resolve({ exit, code: undefined, said, timedOut });
    });
  });
}

function fromSocket(
  path: string,
  timeoutMs: Duration,
  reader: ListingReader,
  hand: (batch: SurveyBatch) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let timedOut = false;
    // As if its time were over.
    const breakOff = (): void => {
      timedOut = true;
      socket.destroy();
    };
    if (signal?.aborted === true) breakOff();
    signal?.addEventListener("abort", breakOff);
    let failure: NodeJS.ErrnoException | undefined;
    let trouble: { readonly error: unknown } | undefined;
    const guarded = (act: () => void): void => {
      if (trouble !== undefined || timedOut) return;
      try {
        act();
      } catch (error) {
        trouble = { error };
        socket.destroy();
      }
    };
    const timer = setTimeout(breakOff, timeoutMs);
    socket.on("data", (piece: Buffer) => guarded(() => reader.push(piece, hand)));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      failure = error;
    });
    socket.once("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", breakOff);
      if (failure === undefined) guarded(() => reader.end(hand));
      if (trouble !== undefined) reject(trouble.error);
      else if (failure !== undefined) resolve({ exit: null, code: failure.code, said: failure.message, timedOut });
      else resolve({ exit: 0, code: undefined, said: "", timedOut });
    });
  });
}

/** Postfix's programs are in /usr/sbin, which many users' PATH lacks. */
function withSystemPrograms(path: string | undefined): string {
  const known = (path ?? "").split(":").filter((part) => part !== "");
  for (const folder of ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"]) {
    if (!known.includes(folder)) known.push(folder);
  }
  return known.join(":");
}
