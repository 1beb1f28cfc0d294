// `mailtide report FILES…`: what happened, told from logs. One pass in constant memory through the same pipeline as live.

import { readFileSync } from "node:fs";
import type { Dialect } from "../../../collectors/dialect.ts";
import type { EventBatch } from "../../core/events/batch.ts";
import { Fault } from "../../core/fault.ts";
import { Observation } from "../../core/observation.ts";
import { observe } from "../../core/observe.ts";
import type { RetrySchedule } from "../../core/retries/schedule.ts";
import type { Language } from "../../core/status/languages/language.ts";
import { defaultSite } from "../../core/status/site.ts";
import { type Instant, SECOND } from "../../core/time.ts";
import { now as present } from "../clock.ts";
import { harmlessJson } from "../read.ts";
import { Findings } from "./findings.ts";
import { postMortemJson } from "./json.ts";
import { looksLike } from "./looks-like.ts";
import { LogMerge } from "./merge.ts";
import { plain, styleFor } from "./page.ts";
import { Progress } from "./progress.ts";
import type { PostMortemJson } from "./schema.ts";
import { postMortemText } from "./text.ts";

export interface PostMortemOptions {
  readonly dialect: Dialect;
  /** One JSON object by `postMortemSchema` instead of text. */
  readonly json: boolean;
  /** IANA zone of stamps that carry none, and of the times in the text. */
  readonly zone: string;
  readonly languages: readonly Language[];
  /** A file with what the MTA's configuration command printed, for the retry schedule. */
  readonly postconf?: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Shows how far it is on `stderr`. */
  readonly progress: boolean;
  /** `stdout` is a terminal: colours, unless NO_COLOR is set. */
  readonly terminal?: boolean;
  /** The present, for stamps without a year; asked of the clock if it is not given. */
  readonly now?: Instant;
}

/** Runs the command. Answers the exit code: 0, or 2 where a file could not be read or held nothing of the mail server. */
export async function postMortem(files: readonly string[], options: PostMortemOptions): Promise<number> {
  try {
    const past = await lookBack(files, options);
    if (options.json) options.stdout(`${harmlessJson(past)}\n`);
    else {
      const color = options.terminal === true && (process.env.NO_COLOR ?? "") === "";
      options.stdout(postMortemText(past, options.dialect.title, options.zone, styleFor(color)));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    options.stderr(`mailtide: ${sentence(error.message)}\n  ${sentence(error.advice)}\n`);
    return 2;
  }
}

function sentence(text: string): string {
  const said = plain(text);
  return /[.!?*]$/.test(said) ? said : `${said}.`;
}

/** Reads the files and answers what happened in them. Throws a `Fault` if there is nothing to tell. */
export async function lookBack(files: readonly string[], options: PostMortemOptions): Promise<PostMortemJson> {
  const { dialect, zone } = options;
  const known = new Observation(scheduleOf(options));
  // The finest there is: it widens by itself as the log goes on.
  known.ledger.timeline.width = SECOND;
  const merge = await LogMerge.open(files, {
    dialect,
    instances: known.instances,
    zone,
    now: options.now ?? present(),
  });
  const findings = new Findings();
  const progress = new Progress(options.progress ? options.stderr : undefined, () => merge.progress);
  await merge.run(
    (batch: EventBatch) => {
      known.record(batch);
      findings.record(batch);
      progress.lines += batch.lines.read + batch.lines.foreign + batch.lines.unsupported + batch.lines.malformed;
    },
    () => progress.show(),
  );
  progress.end();
  if (known.lines.read === 0) throw nothingRead(known, merge, dialect);
  for (const file of merge.files) {
    const { read, foreign, unsupported, malformed } = file.lines;
    if (read + unsupported > 0 || file.repeated > 0) continue;
    const all = foreign + malformed;
    merge.notes.push(
      all === 0 ? `${file.path} is empty` : `${file.path} has no line of ${dialect.title} (${looksLike(file)})`,
    );
  }
  const observer = { blind: false, why: "", lastSeen: findings.to, sources: [] };
  const around = { demonstration: undefined, observer, languages: options.languages, site: defaultSite, zone };
  const report = observe(known, around, Math.max(findings.to, known.ledger.now));
  return postMortemJson({ dialect, known, report, findings, merge });
}

function scheduleOf({ dialect, postconf }: PostMortemOptions): RetrySchedule {
  if (postconf === undefined) return dialect.defaultSchedule;
  let text: string;
  try {
    text = readFileSync(postconf, "utf8");
  } catch (error) {
    throw new Fault(
      "schedule-unreadable",
      `${postconf} cannot be read`,
      "Give a file with what postconf printed.",
      error,
    );
  }
  return dialect.schedule(text);
}

function nothingRead(known: Observation, merge: LogMerge, dialect: Dialect): Fault {
  const { foreign, unsupported, malformed } = known.lines;
  const all = foreign + unsupported + malformed;
  const names = merge.files.map((file) => file.path).join(", ");
  if (all === 0) {
    return new Fault("recording-invalid", `There is no line in ${names}`, "Name the logs that the mail server wrote.");
  }
  const like = merge.files.map((file) => looksLike(file)).find((guess) => guess !== "") ?? "";
  const found = `There is no ${dialect.title} line among the ${all} lines of ${names}`;
  return new Fault(
    "recording-invalid",
    like === "" ? found : `${found}: ${like}`,
    "Name the logs that the mail server wrote (often /var/log/mail.log or /var/log/maillog), and its kind with --dialect.",
  );
}
