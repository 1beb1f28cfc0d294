// A running mail server as a feed: its logs followed, its queue listed now and then.
//
// Two things are told apart with care: what cannot be seen (blind), and what is seen to be broken (a mail server that
// does not run). Trouble is never thrown: it is the view of a source, and is tried again at the next look.

import {
  type Asked,
  listingFault,
  listQueueSomehow,
  nextPollDelay,
  readConfiguration,
} from "../../collectors/ask/ask.ts";
import type { Dialect, MtaSite } from "../../collectors/dialect.ts";
import type { EventBatch } from "../core/events/batch.ts";
import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import type { ObserverView, SourceView } from "../core/report.ts";
import { type Duration, HOUR, type Instant, instantText, MINUTE } from "../core/time.ts";
import type { CursorRecord } from "../store/store.ts";
import { inWords } from "./complaint.ts";
import type { Feed } from "./feed.ts";
import { LogSource } from "./log-source.ts";

export interface LiveOptions {
  readonly logs: readonly string[];
  /** Zone of stamps that carry none. */
  readonly zone: string;
  readonly site: MtaSite;
  readonly interval: Duration;
  readonly queueInterval: Duration;
  readonly queueTimeout: Duration;
  readonly cursors: readonly CursorRecord[];
  /** Breaks a listing off that is under way. */
  readonly signal?: AbortSignal;
  /** Given each batch of a log after the observation. */
  also?(batch: EventBatch): void;
  /** Told of what is worth a line in mailtide's own log and is no trouble with a source. */
  warn?(text: string): void;
}

/** Reads of all logs together in one look; the web server and a signal to stop wait no longer than this takes. */
const readsInOneLook = 4;

export class LiveFeed implements Feed {
  readonly #dialect: Dialect;
  readonly #options: LiveOptions;
  readonly #logs: readonly LogSource[];
  #now: Instant = Number.NaN;
  #started: Instant = Number.NaN;
  /** Time that has passed since the start, by a clock that never goes back. */
  #steady: Duration = 0;
  #poll: Promise<void> | undefined;
  #pollBegan: Instant = Number.NaN;
  #nextPoll: Instant = Number.NEGATIVE_INFINITY;
  /** When the queue was last listed, and when the mail server last said anything of it, be it that it is stopped. */
  #queueListed: Instant = Number.NaN;
  #queueSeen: Instant = Number.NaN;
  #queueFault: Fault | undefined;
  /** Time since the retry schedule was read, or nearly an hour if that failed; undefined if nobody wants it. */
  #scheduleAge: Duration | undefined;
  #stopping = false;
  /** Set by the loop when the state cannot be written: then nothing said is safe against a restart. */
  stateFault = "";

  constructor(dialect: Dialect, known: Observation, options: LiveOptions) {
    this.#dialect = dialect;
    this.#options = options;
    const { instances } = known;
    this.#logs = options.logs.map((path) => {
      const reader = dialect.openLog({ instances, reference: () => this.#now, zone: options.zone });
      return new LogSource(path, reader, options.cursors.find(({ source }) => source === path)?.cursor, (batch) =>
        options.also?.(batch),
      );
    });
  }

  /** Reads the MTA's own configuration for its retry schedule. Answers what hindered it, or undefined. */
  async readSchedule(known: Observation): Promise<Fault | undefined> {
    const command = this.#dialect.configuration(this.#options.site);
    if (command.length === 0) return undefined;
    this.#scheduleAge = 0;
    try {
      known.schedule = this.#dialect.schedule(await readConfiguration(command));
      return undefined;
    } catch (error) {
      this.#scheduleAge = HOUR - 5 * MINUTE;
      return error instanceof Fault
        ? error
        : new Fault("schedule-unreadable", String(error), "See the log of mailtide.", error);
    }
  }

  /** What was written while nobody read is not all read yet, or nobody has looked at all: look again at once. */
  get behind(): boolean {
    return Number.isNaN(this.#started) || this.#logs.some((source) => source.more);
  }

  async advance(known: Observation, now: Instant): Promise<void> {
    this.#setClock(now);
    for (const source of this.#logs) {
      await source.follow(known, now, this.#steady, readsInOneLook);
      const damaged = source.takeDamaged();
      if (damaged !== undefined) this.#options.warn?.(`${damaged} is damaged; what could be read of it was counted`);
    }
    // A listing is compared with what the log said, so the log goes first.
    if (this.#poll === undefined && now >= this.#nextPoll && !this.#stopping && !this.behind) {
      const first = Number.isNaN(this.#pollBegan);
      this.#pollBegan = now;
      this.#poll = this.#list(known, now).finally(() => {
        this.#poll = undefined;
      });
      // The first answer is waited for, so that the first report is not of a queue that nobody has looked at.
      if (first) await this.#poll;
    }
    if (known.queue !== undefined && this.#queueFault !== undefined && now - known.queue.at >= this.#patience)
      known.queue = undefined;
  }

  #setClock(now: Instant): void {
    if (Number.isNaN(this.#started)) this.#started = now;
    if (now < this.#now) {
      // The clock was put back: what lies in the future now would never become old.
      this.#started = Math.min(this.#started, now);
      this.#nextPoll = Math.min(this.#nextPoll, now + this.#options.queueInterval);
      this.#pollBegan = Math.min(this.#pollBegan, now);
      this.#queueListed = Math.min(this.#queueListed, now);
      this.#queueSeen = Math.min(this.#queueSeen, now);
      for (const source of this.#logs) source.lastGood = Math.min(source.lastGood, now);
    } else if (!Number.isNaN(this.#now)) {
      this.#steady += now - this.#now;
      if (this.#scheduleAge !== undefined) this.#scheduleAge += now - this.#now;
    }
    this.#now = now;
  }

  /** How long a source may fail before that is being blind. */
  get #patience(): Duration {
    return Math.max(3 * this.#options.queueInterval, 3 * this.#options.interval, MINUTE);
  }

  async #list(known: Observation, now: Instant): Promise<void> {
    const { site, queueInterval, queueTimeout, signal } = this.#options;
    let begun = false;
    try {
      const asked = await listQueueSomehow(this.#dialect.listings(site), {
        now,
        timeoutMs: queueTimeout,
        spool: this.#dialect.spoolTimes(site),
        signal,
        hand: (batch) => {
          if (this.#stopping) return;
          if (!begun) known.beginSurvey(now);
          begun = true;
          known.survey(batch);
        },
      });
      if (this.#stopping) return;
      this.#answered(known, asked, begun, now);
      this.#nextPoll = now + nextPollDelay(asked.took, queueInterval);
      // Administrators change timers while we watch, most of all during an outage.
      if (this.#scheduleAge !== undefined && this.#scheduleAge >= HOUR) {
        const hindered = await this.readSchedule(known);
        if (hindered !== undefined) this.#options.warn?.(inWords(hindered));
      }
    } catch (error) {
      this.#queueFault =
        error instanceof Fault ? error : new Fault("queue-failed", String(error), "See the log of mailtide.", error);
      this.#nextPoll = now + queueInterval;
    }
  }

  #answered(known: Observation, asked: Asked, begun: boolean, now: Instant): void {
    const { outcome } = asked.verdict;
    this.#queueFault = listingFault(asked);
    const listed = this.#queueFault === undefined;
    if (listed || asked.truncated) {
      if (!begun) known.beginSurvey(now);
      known.endSurvey(outcome === "listed-while-stopped" ? "stopped" : "running", listed, asked.took);
    }
    if (outcome === "stopped") known.stopped(now);
    if (listed) this.#queueListed = now;
    if (listed || outcome === "stopped") this.#queueSeen = now;
  }

  observer(now: Instant): ObserverView {
    const reasons: string[] = [];
    const isNew = Number.isNaN(this.#started);
    if (isNew) reasons.push("mailtide has just started");
    const sources = this.#logs.map((source) => {
      if (isNew) return source.view(now);
      if (!source.up && this.#tooLong(source.lastGood, now)) {
        reasons.push(`the log ${source.path} cannot be read (${source.fault})`);
      } else if (source.more) {
        const upTo = instantText(Number.isNaN(source.lastLine) ? undefined : source.lastLine);
        reasons.push(`the log ${source.path} is still being read${upTo === null ? "" : `, so far up to ${upTo}`}`);
      }
      return source.view(now);
    });
    const fault = this.#queueFault;
    if (fault !== undefined && this.#tooLong(this.#queueSeen, now)) {
      reasons.push(`the queue cannot be listed (${inWords(fault)})`);
    } else if (fault === undefined && this.#overdue(now)) {
      reasons.push("the queue is being listed and no end is in sight");
    } else if (Number.isNaN(this.#queueSeen) && fault === undefined && reasons.length === 0) {
      reasons.push("the queue has not been listed yet");
    }
    if (this.stateFault !== "") reasons.push(this.stateFault);
    sources.push(this.#queueView());
    const seen = sources.flatMap(({ lastRead }) => (lastRead === undefined ? [] : [lastRead]));
    return {
      blind: reasons.length > 0,
      why: reasons.join("; "),
      lastSeen: seen.length === 0 ? undefined : Math.max(...seen),
      sources,
    };
  }

  /** A source that never worked is not waited for. */
  #tooLong(lastGood: Instant, now: Instant): boolean {
    return Number.isNaN(lastGood) || now - lastGood >= this.#patience;
  }

  /** Every way to list may take its whole time before that is strange. */
  #overdue(now: Instant): boolean {
    const allowed = Math.max(this.#patience, 4 * this.#options.queueTimeout);
    return this.#poll !== undefined && now - this.#pollBegan >= allowed;
  }

  #queueView(): SourceView {
    return {
      name: "queue",
      kind: "queue",
      up: this.#queueFault === undefined && !Number.isNaN(this.#queueListed),
      fault: this.#queueFault === undefined ? "" : inWords(this.#queueFault),
      lastRead: Number.isNaN(this.#queueListed) ? undefined : this.#queueListed,
      lag: undefined,
      lines: undefined,
      rotations: 0,
      gapBytes: 0,
    };
  }

  /**
   * How far each log was read: to be kept in the same transaction as the observation. The place in a log that is not
   * followed at present is kept, too, lest it be read again from its beginning on the day that it is.
   */
  cursors(): CursorRecord[] {
    const others = this.#options.cursors.filter(({ source }) => !this.#options.logs.includes(source));
    return [...others, ...this.#logs.map((source) => source.record())];
  }

  /** Resolves when no listing is under way. */
  async settled(): Promise<void> {
    await this.#poll;
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.settled();
    for (const source of this.#logs) source.close();
  }
}
