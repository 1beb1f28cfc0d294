// A recorded outage as a feed: its log, its queue listings and its configuration, by the recording's own clock.
//
// Never its truth, its events, or anything later than the moment that is asked for.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Dialect, Listing, LogReader } from "../../collectors/dialect.ts";
import { EventBatch, type LineCounts } from "../core/events/batch.ts";
import type { Instances } from "../core/events/instances.ts";
import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import type { ObserverView } from "../core/report.ts";
import type { RetrySchedule } from "../core/retries/schedule.ts";
import { type Duration, HOUR, type Instant, SECOND } from "../core/time.ts";
import type { Feed } from "./feed.ts";

interface Snapshot {
  readonly at: Instant;
  readonly file: string;
  readonly times: string | undefined;
}

/** Plays a recording into an observation. Times can be moved, so that a recorded outage happens now. */
export class RecordingFeed implements Feed {
  readonly folder: string;
  /** First and last moment that the recording speaks of, moved. */
  readonly from: Instant;
  readonly to: Instant;
  readonly #shift: Duration;
  readonly #snapshots: readonly Snapshot[];
  readonly #listing: Listing;
  readonly #logs: readonly Uint8Array[];
  readonly #reader: LogReader;
  readonly #batch = new EventBatch(1);
  readonly #lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  #log = 0;
  #offset = 0;
  /** A batch that was read but is later than what was asked for. */
  #pending = false;
  #snapshot = 0;
  #lastLog: Instant = Number.NaN;
  #lastSnapshot: Instant = Number.NaN;

  constructor(folder: string, dialect: Dialect, instances: Instances, options: { shift?: Duration } = {}) {
    this.folder = folder;
    this.#shift = options.shift ?? 0;
    const names = list(folder);
    const logNames = names.filter((name) => /^(mail\.log|maillog|mainlog)([.-].*)?(\.gz)?$/.test(name));
    if (logNames.length === 0) {
      throw new Fault(
        "recording-invalid",
        `${folder} has no mail.log.`,
        "Give a folder with mail.log or mail.log.gz, snapshots/ and config/, as docs/recordings.md describes.",
      );
    }
    this.#snapshots = snapshotsOf(folder);
    const listings = dialect.listings({ configDirectory: undefined, queueDirectory: undefined });
    const listing = listings.find((one) => one.name === "postqueue-json") ?? listings[0];
    this.#listing = listing;
    const last = this.#snapshots.at(-1)?.at;
    const reference = last === undefined ? statSync(join(folder, logNames[0])).mtimeMs : last + HOUR;
    const open = (): LogReader => dialect.openLog({ instances, reference: () => reference, zone: "UTC" });
    const logs = logNames.map((name) => {
      const bytes = unpacked(join(folder, name));
      return { bytes, first: firstStamp(bytes, open()) };
    });
    logs.sort((a, b) => a.first - b.first);
    this.#logs = logs.map((log) => log.bytes);
    this.#reader = open();
    const first = Math.min(logs[0].first, this.#snapshots[0]?.at ?? Number.POSITIVE_INFINITY);
    if (first === Number.POSITIVE_INFINITY) {
      throw new Fault(
        "recording-invalid",
        `No line of ${logNames.map((name) => join(folder, name)).join(", ")} has a time stamp.`,
        `Look at it with \`mailtide read\`: it is not a log of ${dialect.title}.`,
      );
    }
    // Rotation leaves an empty log behind, which comes last and says nothing.
    const end = Math.max(last ?? 0, ...logs.map((log) => lastStamp(log.bytes, open())));
    this.from = first + this.#shift;
    this.to = end + this.#shift;
  }

  async advance(known: Observation, now: Instant): Promise<void> {
    const until = now - this.#shift;
    while (this.#snapshot < this.#snapshots.length && this.#snapshots[this.#snapshot].at + SECOND <= until) {
      const snapshot = this.#snapshots[this.#snapshot++];
      this.#readLog(known, snapshot.at);
      this.#readSnapshot(known, snapshot);
    }
    this.#readLog(known, until);
  }

  /** Stamps are whole seconds: a line belongs to the past once its second is over. */
  #readLog(known: Observation, until: Instant): void {
    const batch = this.#batch;
    while (this.#log < this.#logs.length) {
      const bytes = this.#logs[this.#log];
      if (!this.#pending) {
        if (this.#offset >= bytes.length) {
          this.#log++;
          this.#offset = 0;
          continue;
        }
        batch.clear();
        this.#offset = this.#reader.read(bytes, this.#offset, bytes.length, batch);
        this.#pending = true;
      }
      const at = batch.count > 0 ? batch.time[0] : batch.lastTime;
      if (at + SECOND > until) return;
      this.#pending = false;
      for (const answer of ["read", "foreign", "unsupported", "malformed"] as const) {
        this.#lines[answer] += batch.lines[answer];
      }
      if (!Number.isNaN(batch.lastTime)) this.#lastLog = batch.lastTime;
      if (this.#shift !== 0) {
        batch.time[0] += this.#shift;
        batch.lastTime += this.#shift;
        batch.firstTime += this.#shift;
      }
      known.record(batch);
    }
  }

  #readSnapshot(known: Observation, snapshot: Snapshot): void {
    const times = snapshot.times === undefined ? undefined : nextAttempts(unpacked(snapshot.times));
    const reader = this.#listing.open(snapshot.at);
    known.beginSurvey(snapshot.at + this.#shift);
    const hand: Parameters<typeof reader.push>[1] = (batch) => {
      for (let i = 0; i < batch.count; i++) {
        if (times !== undefined) {
          const id = Buffer.from(batch.bytes.subarray(batch.id.start[i], batch.id.end[i])).toString("latin1");
          const next = times.get(id);
          if (next !== undefined) batch.nextAttempt[i] = next;
        }
        batch.arrival[i] += this.#shift;
        batch.nextAttempt[i] += this.#shift;
      }
      known.survey(batch);
    };
    reader.push(unpacked(snapshot.file), hand);
    reader.end(hand);
    known.endSurvey("running", true, 0);
    this.#lastSnapshot = snapshot.at;
  }

  observer(now: Instant): ObserverView {
    const until = now - this.#shift;
    const seen = [this.#lastLog, this.#lastSnapshot].filter((at) => !Number.isNaN(at));
    const lastSeen = seen.length === 0 ? undefined : Math.max(...seen) + this.#shift;
    return {
      blind: seen.length === 0,
      why: seen.length === 0 ? "the recording has not begun" : "",
      lastSeen,
      sources: [
        {
          name: "recorded log",
          kind: "log",
          up: true,
          fault: "",
          lastRead: Number.isNaN(this.#lastLog) ? undefined : this.#lastLog + this.#shift,
          lag: Number.isNaN(this.#lastLog) ? undefined : Math.max(0, until - this.#lastLog),
          lines: { ...this.#lines },
          rotations: 0,
          gapBytes: 0,
        },
        {
          name: "recorded queue",
          kind: "queue",
          up: true,
          fault: "",
          lastRead: Number.isNaN(this.#lastSnapshot) ? undefined : this.#lastSnapshot + this.#shift,
          lag: undefined,
          lines: undefined,
          rotations: 0,
          gapBytes: 0,
        },
      ],
    };
  }

  async close(): Promise<void> {}
}

/** The retry schedule of a recording: from its configuration, or else the dialect's assumption. */
export function recordedSchedule(folder: string, dialect: Dialect): RetrySchedule {
  for (const name of ["postconf.txt", "postconf-n.txt", "main.cf"]) {
    const file = join(folder, "config", name);
    if (existsSync(file)) return dialect.schedule(readFileSync(file, "utf8"));
  }
  return dialect.defaultSchedule;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Fault(
      "recording-invalid",
      `${folder} cannot be read as a recording.`,
      "Give the path of a folder with mail.log.gz, snapshots/ and config/.",
      error,
    );
  }
}

function unpacked(file: string): Uint8Array {
  const bytes = readFileSync(file);
  if (!file.endsWith(".gz")) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Fault("recording-invalid", `${file} is not a whole gzip file.`, "Copy the recording again.", error);
  }
}

/** `2026-11-22T040012.776Z.ndjson.gz`: the moment is in the name. */
function snapshotsOf(folder: string): Snapshot[] {
  const inside = join(folder, "snapshots");
  if (!existsSync(inside)) return [];
  const snapshots: Snapshot[] = [];
  for (const name of readdirSync(inside)) {
    const parts = /^(\d{4}-\d\d-\d\d)T(\d\d):?(\d\d):?(\d\d(?:\.\d+)?)Z\.(?:ndjson|json|txt)(?:\.gz)?$/.exec(name);
    if (parts === null) continue;
    const at = Date.parse(`${parts[1]}T${parts[2]}:${parts[3]}:${parts[4]}Z`);
    if (Number.isNaN(at)) continue;
    const beside = name.replace(/\.(ndjson|json|txt)(\.gz)?$/, ".mtimes.tsv");
    const times = [join(inside, `${beside}.gz`), join(inside, beside)].find((file) => existsSync(file));
    snapshots.push({ at, file: join(inside, name), times });
  }
  return snapshots.sort((a, b) => a.at - b.at);
}

function nextAttempts(table: Uint8Array): Map<string, Instant> {
  const times = new Map<string, Instant>();
  for (const line of Buffer.from(table).toString("latin1").split("\n")) {
    if (line.startsWith("#")) continue;
    const [id, seconds] = line.split("\t");
    if (id !== undefined && seconds !== undefined) times.set(id, Number(seconds) * SECOND);
  }
  return times;
}

function firstStamp(bytes: Uint8Array, reader: LogReader): Instant {
  const batch = new EventBatch(1);
  reader.read(bytes, 0, bytes.length, batch);
  return Number.isNaN(batch.firstTime) ? Number.POSITIVE_INFINITY : batch.firstTime;
}

function lastStamp(bytes: Uint8Array, reader: LogReader): Instant {
  const from = Math.max(0, bytes.length - 64 * 1024);
  const line = from === 0 ? 0 : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(10, from) + 1;
  const batch = new EventBatch(1);
  let last = Number.NaN;
  let at = line;
  while (at < bytes.length) {
    batch.clear();
    const next = reader.read(bytes, at, bytes.length, batch);
    if (next <= at) break;
    at = next;
    if (!Number.isNaN(batch.lastTime)) last = batch.lastTime;
  }
  return Number.isNaN(last) ? 0 : last;
}
