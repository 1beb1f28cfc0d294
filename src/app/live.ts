// A running mail server as a feed: its logs followed, its queue listed now and then.

import { listQueueSomehow, nextPollDelay, readConfiguration } from "../../collectors/ask/ask.ts";
import type { Dialect, LogReader, MtaSite } from "../../collectors/dialect.ts";
import type { Cursor } from "../../collectors/tail/cursor.ts";
import { type ReadOutcome, Tail } from "../../collectors/tail/tail.ts";
import { EventBatch, type LineCounts } from "../core/events/batch.ts";
import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import type { ObserverView, SourceView } from "../core/report.ts";
import { type Duration, type Instant, MINUTE } from "../core/time.ts";
import type { CursorRecord } from "../store/store.ts";
import type { Feed } from "./feed.ts";

export interface LiveOptions {
  readonly logs: readonly string[];
  /** Zone of stamps that carry none. */
  readonly zone: string;
  readonly site: MtaSite;
  readonly interval: Duration;
  readonly queueInterval: Duration;
  readonly queueTimeout: Duration;
  readonly cursors: readonly CursorRecord[];
}

interface LogSource {
  readonly path: string;
  readonly tail: Tail;
  readonly reader: LogReader;
  readonly lines: LineCounts;
  lastGood: Instant;
  lastLine: Instant;
  outcome: ReadOutcome | undefined;
}

/** Bytes of one log read before the others get their turn. */
const atOnce = 16 * 1024 * 1024;

export class LiveFeed implements Feed {
  readonly #dialect: Dialect;
  readonly #options: LiveOptions;
  readonly #logs: LogSource[];
  readonly #batch = new EventBatch();
  #now: Instant = 0;
  #started: Instant = Number.NaN;
  #poll: Promise<void> | undefined;
  #nextPoll: Instant = 0;
  #queueGood: Instant = Number.NaN;
  #queueFault = "";
  #stopping = false;
  /** Set by the loop when the state cannot be written: then nothing said is safe against a restart. */
  stateFault = "";

  constructor(dialect: Dialect, known: Observation, options: LiveOptions) {
    this.#dialect = dialect;
    this.#options = options;
    this.#logs = options.logs.map((path) => {
      const cursor = options.cursors.find((record) => record.source === path);
      return {
        path,
        tail: new Tail(path, cursor === undefined ? {} : { cursor: JSON.parse(cursor.cursor) as Cursor }),
        reader: dialect.openLog({ instances: known.instances, reference: () => this.#now, zone: options.zone }),
        lines: { read: 0, foreign: 0, unsupported: 0, malformed: 0 },
        lastGood: Number.NaN,
        lastLine: Number.NaN,
        outcome: undefined,
      };
    });
  }

  /** Reads the MTA's own configuration for its retry schedule. Answers what hindered it, or undefined. */
  async readSchedule(known: Observation): Promise<Fault | undefined> {
    const command = this.#dialect.configuration(this.#options.site);
    if (command.length === 0) return undefined;
    try {
      known.schedule = this.#dialect.schedule(await readConfiguration(command));
      return undefined;
    } catch (error) {
      return error instanceof Fault
        ? error
        : new Fault("schedule-unreadable", String(error), "See the log of mailtide.", error);
    }
  }

  async advance(known: Observation, now: Instant): Promise<void> {
    this.#now = now;
    if (Number.isNaN(this.#started)) this.#started = now;
    for (const source of this.#logs) await this.#follow(known, source, now);
    if (this.#poll === undefined && now >= this.#nextPoll && !this.#stopping) {
      this.#poll = this.#list(known, now).finally(() => {
        this.#poll = undefined;
      });
      // The first answer is waited for, so that the first report is not of an empty queue that nobody has looked at.
      if (Number.isNaN(this.#queueGood) && this.#queueFault === "") await this.#poll;
    }
    const blindAfter = Math.max(3 * this.#options.queueInterval, MINUTE);
    if (known.queue !== undefined && now - known.queue.at > blindAfter && this.#queueFault !== "")
      known.queue = undefined;
  }

  async #follow(known: Observation, source: LogSource, now: Instant): Promise<void> {
    const batch = this.#batch;
    let more = true;
    let left = 64;
    while (more && left-- > 0) {
      const outcome = await source.tail.read(
        (bytes, start, end) => {
          let at = start;
          while (at < end) {
            batch.clear();
            at = source.reader.read(bytes, at, end, batch);
            for (const answer of ["read", "foreign", "unsupported", "malformed"] as const) {
              source.lines[answer] += batch.lines[answer];
            }
            if (!Number.isNaN(batch.lastTime)) source.lastLine = batch.lastTime;
            known.record(batch);
          }
        },
        { now, limit: atOnce },
      );
      source.outcome = outcome;
      if (outcome.state === "following") source.lastGood = now;
      more = outcome.more;
    }
  }

  async #list(known: Observation, now: Instant): Promise<void> {
    const { site, queueInterval, queueTimeout } = this.#options;
    let begun = false;
    try {
      const asked = await listQueueSomehow(this.#dialect.listings(site), {
        now,
        timeoutMs: queueTimeout,
        spool: this.#dialect.spoolTimes(site),
        hand: (batch) => {
          if (!begun) known.beginSurvey(now);
          begun = true;
          known.survey(batch);
        },
      });
      const { verdict } = asked;
      const listed = verdict.outcome === "listed" || verdict.outcome === "listed-while-stopped";
      if (listed || asked.truncated) {
        if (!begun) known.beginSurvey(now);
        known.endSurvey(verdict.outcome === "listed-while-stopped" ? "stopped" : "running", listed, asked.took);
      }
      if (listed) {
        this.#queueGood = now;
        this.#queueFault = "";
      } else {
        this.#queueFault = `${verdict.message}. ${verdict.advice}`;
        if (verdict.outcome === "stopped") known.stopped(now);
      }
      this.#nextPoll = now + nextPollDelay(asked.took, queueInterval);
    } catch (error) {
      this.#queueFault = error instanceof Error ? error.message : String(error);
      this.#nextPoll = now + queueInterval;
    }
  }

  observer(now: Instant): ObserverView {
    const blindAfter = Math.max(3 * this.#options.queueInterval, 3 * this.#options.interval, MINUTE);
    const reasons: string[] = [];
    const tooLong = (lastGood: Instant): boolean =>
      now - (Number.isNaN(lastGood) ? this.#started : lastGood) >= blindAfter;
    const sources: SourceView[] = this.#logs.map((source) => {
      const { outcome } = source;
      const up = outcome?.state === "following";
      const fault = outcome?.fault === undefined ? "" : `${outcome.fault.message}. ${outcome.fault.advice}`;
      if (!up && (tooLong(source.lastGood) || Number.isNaN(source.lastGood))) {
        reasons.push(`the log ${source.path} cannot be read (${fault})`);
      }
      const counters = source.tail.counters();
      return {
        name: source.path,
        kind: "log",
        up,
        fault,
        lastRead: Number.isNaN(source.lastGood) ? undefined : source.lastGood,
        lag: Number.isNaN(source.lastLine) ? undefined : Math.max(0, now - source.lastLine),
        lines: { ...source.lines },
        rotations: counters.rotations,
        gapBytes: counters.gapBytes,
      };
    });
    const queueUp = this.#queueFault === "" && !Number.isNaN(this.#queueGood);
    if (!queueUp && (tooLong(this.#queueGood) || Number.isNaN(this.#queueGood))) {
      reasons.push(
        this.#queueFault === ""
          ? "the queue has not been listed yet"
          : `the queue cannot be listed (${this.#queueFault})`,
      );
    }
    if (this.stateFault !== "") reasons.push(this.stateFault);
    sources.push({
      name: "queue",
      kind: "queue",
      up: queueUp,
      fault: this.#queueFault,
      lastRead: Number.isNaN(this.#queueGood) ? undefined : this.#queueGood,
      lag: undefined,
      lines: undefined,
      rotations: 0,
      gapBytes: 0,
    });
    const seen = sources.map((source) => source.lastRead).filter((at) => at !== undefined);
    return {
      blind: reasons.length > 0,
      why: reasons.join("; "),
      lastSeen: seen.length === 0 ? undefined : Math.max(...seen),
      sources,
    };
  }

  /** How far each log was read: to be kept in the same transaction as the observation. */
  cursors(): CursorRecord[] {
    return this.#logs.map((source) => ({ source: source.path, cursor: JSON.stringify(source.tail.cursor()) }));
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#poll;
    for (const source of this.#logs) source.tail.close();
  }
}
