// Stories told as a short Postfix log: the real reader makes events of it, the core makes sense of them.
//
// A line is `10:00:00 qmgr A1B2C3: removed`; the date, the host and the syslog name are put around it. Times may
// also be `2d 10:00:00`, on the second day of the story.

import postfix from "../../collectors/dialects/postfix/index.ts";
import { EventBatch } from "../../src/core/events/batch.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import { Observation } from "../../src/core/observation.ts";
import { type Circumstances, observe } from "../../src/core/observe.ts";
import type { ObserverView, Report } from "../../src/core/report.ts";
import type { AgeSchedule } from "../../src/core/retries/schedule.ts";
import english from "../../src/core/status/languages/en/index.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import { DAY, type Instant } from "../../src/core/time.ts";

const firstDay = Date.UTC(2026, 10, 22);

/** The moment of `10:00:00`, or of `2d 10:00:00`. */
export function clock(text: string): Instant {
  const parts = /^(?:(\d+)d )?(\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text);
  if (parts === null) throw new Error(`${text} is not a time of a story`);
  const [, day = "1", hours, minutes, seconds] = parts;
  return firstDay + (Number(day) - 1) * DAY + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** `10:00:00` of the first day, or with the day before it: the other way round, for lines that are made. */
export function clockText(at: Instant): string {
  const day = Math.floor((at - firstDay) / DAY) + 1;
  const time = new Date(at).toISOString().slice(11, 19);
  return day === 1 ? time : `${day}d ${time}`;
}

/** Lines of a story as bytes of a log. */
export function logOf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const text = lines.map((line) => {
    const parts = /^((?:\d+d )?\d\d:\d\d:\d\d) (\S+) (.*)$/s.exec(line);
    if (parts === null) throw new Error(`not a line of a story: ${line}`);
    const [, time, program, rest] = parts;
    const stamp = new Date(clock(time)).toISOString().replace("Z", "000+00:00");
    return `${stamp} mta postfix/${program}[100]: ${rest}\n`;
  });
  return bytesOf(text.join(""));
}

/** A message as a listing shows it. */
export interface ListedMessage {
  readonly id: string;
  readonly queue?: "maildrop" | "hold" | "incoming" | "active" | "deferred";
  /** As `10:00:00`. */
  readonly arrival: string;
  readonly sender?: string;
  /** Address, or address and reason. */
  readonly recipients?: readonly (string | readonly [string, string])[];
  readonly forced?: boolean;
  /** Next attempt as read from the spool. */
  readonly next?: string;
}

export const seeing: ObserverView = { blind: false, why: "", lastSeen: undefined, sources: [] };

export const around: Circumstances = {
  observer: seeing,
  demonstration: undefined,
  languages: [english],
  site: defaultSite,
  zone: "UTC",
};

export class Story {
  known: Observation;
  /** Rows of a batch: small ones cut the log at more places. */
  readonly rows: number;

  constructor(schedule: Partial<AgeSchedule> = {}, rows = 4096) {
    this.known = new Observation({ ...postfix.defaultSchedule, ...schedule });
    this.rows = rows;
  }

  /** Reads lines of a log. */
  tell(...lines: string[]): this {
    const bytes = logOf(lines);
    record(this.known, bytes, this.rows);
    return this;
  }

  /** Reads a listing of the queue that began at `at`. */
  list(at: string, messages: readonly ListedMessage[], complete = true): this {
    const { known } = this;
    known.beginSurvey(clock(at));
    const [listing] = postfix.listings({ configDirectory: undefined, queueDirectory: undefined });
    const reader = listing.open(clock(at));
    const next = new Map(messages.map(({ id, next }) => [id, next]));
    const hand: Parameters<typeof reader.push>[1] = (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const id = new TextDecoder().decode(batch.bytes.subarray(batch.id.start[i], batch.id.end[i]));
        const when = next.get(id);
        if (when !== undefined) batch.nextAttempt[i] = clock(when);
      }
      known.survey(batch);
    };
    reader.push(bytesOf(messages.map(listingLine).join("")), hand);
    reader.end(hand);
    known.endSurvey("running", complete, 10);
    return this;
  }

  /** What is said at a moment. */
  at(time: string | Instant, circumstances: Partial<Circumstances> = {}): Report {
    return observe(this.known, { ...around, ...circumstances }, typeof time === "string" ? clock(time) : time);
  }
}

function listingLine(message: ListedMessage): string {
  const recipients = (message.recipients ?? ["one@remote.test"]).map((recipient) =>
    typeof recipient === "string" ? { address: recipient } : { address: recipient[0], delay_reason: recipient[1] },
  );
  return `${JSON.stringify({
    queue_name: message.queue ?? "deferred",
    queue_id: message.id,
    arrival_time: clock(message.arrival) / 1000,
    message_size: 1000,
    forced_expire: message.forced ?? false,
    sender: message.sender ?? "sender@lab.test",
    recipients,
  }).replace(/([:,])"/g, '$1 "')}\n`;
}

/** Reads bytes of a log into an observation, `rows` events a batch. */
export function record(known: Observation, bytes: Uint8Array, rows = 4096): void {
  const reader = postfix.openLog({ instances: known.instances, reference: () => firstDay + 30 * DAY, zone: "UTC" });
  const batch = new EventBatch(rows);
  for (let at = 0; at < bytes.length; ) {
    batch.clear();
    at = reader.read(bytes, at, bytes.length, batch);
    known.record(batch);
  }
}

/** A story that begins with these lines. */
export function tell(...lines: string[]): Story {
  return new Story().tell(...lines);
}

/** Lines of a message that a client hands over and that is queued. */
export function arrives(time: string, id: string, options: { sender?: string; recipients?: number } = {}): string[] {
  const { sender = "sender@lab.test", recipients = 1 } = options;
  return [
    `${time} smtpd ${id}: client=client.test[192.0.2.9]`,
    `${time} cleanup ${id}: message-id=<${id}@lab.test>`,
    queued(time, id, { sender, recipients }),
  ];
}

/** The queue manager takes a message up: at its beginning, and before each further attempt. */
export function queued(time: string, id: string, options: { sender?: string; recipients?: number } = {}): string {
  const { sender = "sender@lab.test", recipients = 1 } = options;
  return `${time} qmgr ${id}: from=<${sender}>, size=1000, nrcpt=${recipients} (queue active)`;
}

export const refusal = "connect to mx.remote.test[198.51.100.7]:25: Connection refused";

/** A recipient that has to wait. */
export function waits(
  time: string,
  id: string,
  options: { to?: string; delay?: number; why?: string; status?: string } = {},
): string {
  const { to = "one@remote.test", delay = 1, why = refusal, status = "4.4.1" } = options;
  return `${time} smtp ${id}: to=<${to}>, relay=none, delay=${delay}, delays=${delay}/0/0/0, dsn=${status}, status=deferred (${why})`;
}

/** A recipient's mail that is handed on. */
export function goes(
  time: string,
  id: string,
  options: { to?: string; delay?: number; relay?: string; says?: string } = {},
): string {
  const {
    to = "one@remote.test",
    delay = 1,
    relay = "mx.remote.test[198.51.100.7]:25",
    says = "250 2.0.0 Ok",
  } = options;
  return `${time} smtp ${id}: to=<${to}>, relay=${relay}, delay=${delay}, delays=${delay}/0/0/0, dsn=2.0.0, status=sent (${says})`;
}

/** A recipient that is refused for good. */
export function bounces(time: string, id: string, options: { to?: string; why?: string } = {}): string {
  const {
    to = "one@remote.test",
    why = "host mx.remote.test[198.51.100.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
  } = options;
  return `${time} smtp ${id}: to=<${to}>, relay=mx.remote.test[198.51.100.7]:25, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (${why})`;
}

/** A message leaves the queue. */
export function leaves(time: string, id: string): string {
  return `${time} qmgr ${id}: removed`;
}
