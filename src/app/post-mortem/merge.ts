// Many log files, in whatever order they were named, as one stream of batches in the order of time.
//
// Files that follow one another are read in large batches. Where two overlap they are read abreast, line by line in the
// order of their stamps, and a line that both have is taken once. What several have of one moment is put in an order first.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Dialect, LogReader } from "../../../collectors/dialect.ts";
import { type LogFile, openLogFile, type Piece } from "../../../collectors/tail/archive.ts";
import { EventBatch, type LineCounts } from "../../core/events/batch.ts";
import type { Instances } from "../../core/events/instances.ts";
import { textOf } from "../../core/events/text.ts";
import { Fault } from "../../core/fault.ts";
import { clean } from "../../core/ledger/replies.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../../core/time.ts";
import { Repeats } from "./repeats.ts";
import { inOneOrder } from "./same-moment.ts";

/** Files are read abreast when they come this close to each other. */
const margin: Duration = MINUTE;
/** Bytes that are looked through for a file's first stamp. */
const lookedThrough = 16 * 1024 * 1024;
/** Bytes of one moment that are put in an order with those of other files at a time. */
const ordered = 4 * 1024 * 1024;
/** Bytes that are kept of each file, to say what it looks like. */
const sampled = 4096;
/** Unread lines that are shown, of each kind. */
const shown = 3;
const LF = 10;
const CR = 13;

export interface MergeOptions {
  readonly dialect: Dialect;
  readonly instances: Instances;
  /** IANA zone of stamps that carry none. */
  readonly zone: string;
  /** The present: no line is later than this plus a day. */
  readonly now: Instant;
}

/** One line that was not read. */
export interface UnreadLine {
  readonly kind: "unsupported" | "malformed";
  readonly file: string;
  /** Cleaned of control characters, cut. */
  readonly line: string;
}

/** What came of one file. */
export interface MergedFile {
  readonly path: string;
  readonly packing: LogFile["packing"];
  /** As it lies on the disk. */
  readonly bytes: number;
  readonly from: Instant;
  readonly to: Instant;
  /** Lines that counted. */
  readonly lines: LineCounts;
  /** Lines that another file had, too. */
  readonly repeated: number;
  /** The first bytes, unpacked. */
  readonly sample: Uint8Array;
  readonly warning: string | undefined;
}

class Source implements MergedFile {
  readonly path: string;
  readonly number: number;
  readonly bytes: number;
  readonly reader: LogReader;
  readonly lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  packing: LogFile["packing"] = "none";
  repeated = 0;
  from: Instant = Number.NaN;
  to: Instant = Number.NaN;
  /** Everything before this moment has been taken from the file. */
  next: Instant = Number.NEGATIVE_INFINITY;
  piece: Piece | undefined;
  at = 0;
  sample: Uint8Array = new Uint8Array(0);
  #file: LogFile | undefined;
  #pieces: AsyncGenerator<Piece, void> | undefined;
  readonly #pieceSize: number;

  constructor(path: string, number: number, reader: LogReader, bytes: number, pieceSize: number) {
    this.path = path;
    this.number = number;
    this.reader = reader;
    this.bytes = bytes;
    this.#pieceSize = pieceSize;
  }

  get warning(): string | undefined {
    return this.#file?.warning;
  }

  get taken(): number {
    return this.#file?.taken ?? 0;
  }

  /** Finds the first stamp. What was looked at of a pipe is kept, for it comes only once. */
  async look(reader: LogReader): Promise<void> {
    const batch = new EventBatch(1);
    let looked = 0;
    while (looked < lookedThrough && (await this.load())) {
      const piece = this.piece;
      if (piece === undefined) break;
      if (looked === 0)
        this.sample = new Uint8Array(piece.bytes.subarray(piece.start, Math.min(piece.end, piece.start + sampled)));
      for (let at = piece.start; at < piece.end && Number.isNaN(reader.lastStamp); ) {
        const next = behindLine(piece.bytes, at, piece.end);
        batch.clear();
        reader.read(piece.bytes, at, next, batch);
        at = next;
      }
      if (!Number.isNaN(reader.lastStamp)) {
        this.next = reader.lastStamp;
        break;
      }
      if (this.bytes === 0) return;
      looked += piece.end - piece.start;
      this.piece = undefined;
    }
    if (this.bytes === 0) return;
    await this.#pieces?.return();
    this.#pieces = undefined;
    this.piece = undefined;
  }

  /** Makes sure that there are bytes to read; false when there are no more. */
  async load(): Promise<boolean> {
    if (this.piece !== undefined && this.at < this.piece.end) return true;
    if (this.#pieces === undefined) {
      this.#file = openLogFile(this.path, { maxPiece: this.#pieceSize });
      this.packing = this.#file.packing;
      this.#pieces = this.#file.pieces();
    }
    const next = await this.#pieces.next();
    if (next.done === true) {
      this.piece = undefined;
      return false;
    }
    this.piece = next.value;
    this.at = next.value.start;
    return true;
  }

  /** Puts the bytes that come next behind those that were not taken yet, in one piece; false when no more come. */
  async extend(): Promise<boolean> {
    const rest = this.piece?.bytes.subarray(this.at, this.piece.end) ?? new Uint8Array(0);
    // A piece holds until the next is asked for.
    const kept = new Uint8Array(rest);
    const next = await this.#pieces?.next();
    const more = next === undefined || next.done === true ? undefined : next.value;
    const added = more?.bytes.subarray(more.start, more.end) ?? new Uint8Array(0);
    const bytes = new Uint8Array(kept.length + added.length);
    bytes.set(kept);
    bytes.set(added, kept.length);
    this.piece = { bytes, start: 0, end: bytes.length };
    this.at = 0;
    return more !== undefined;
  }

  count(batch: EventBatch): void {
    for (const kind of ["read", "foreign", "unsupported", "malformed"] as const) this.lines[kind] += batch.lines[kind];
    if (Number.isNaN(batch.lastTime)) return;
    if (!(this.from <= batch.firstTime)) this.from = batch.firstTime;
    if (!(this.to >= batch.lastTime)) this.to = batch.lastTime;
  }
}

/** Takes a batch; it is only valid during the call. */
export type TakeBatch = (batch: EventBatch) => void;

export class LogMerge {
  readonly files: readonly MergedFile[];
  /** Unread lines, a few of each kind. */
  readonly unread: UnreadLine[] = [];
  /** What the reader of the report has to know about its sources. */
  readonly notes: string[];
  readonly #sources: Source[];
  readonly #dialect: Dialect;
  readonly #options: MergeOptions;
  readonly #batch = new EventBatch();
  readonly #line = new EventBatch(1);
  readonly #repeats = new Repeats();
  #searches = 0;

  private constructor(sources: Source[], notes: string[], options: MergeOptions) {
    this.#sources = sources;
    this.files = sources;
    this.notes = notes;
    this.#options = options;
    this.#dialect = options.dialect;
  }

  /** Looks at each file. Throws a `Fault` for the first that cannot be read. */
  static async open(paths: readonly string[], options: MergeOptions): Promise<LogMerge> {
    const sources: Source[] = [];
    const notes: string[] = [];
    const known = new Map<string, string>();
    const pieceSize = paths.length > 16 ? 64 * 1024 : 256 * 1024;
    for (const path of paths) {
      const look = statSync(path, { throwIfNoEntry: false });
      if (look?.isDirectory() === true) {
        throw new Fault("source-failed", `${path} is a directory`, `Name the log files in it: ${path}/mail.log*`);
      }
      if (look?.isFile() === true) {
        const identity = `${look.dev}:${look.ino}`;
        const twin = known.get(identity);
        if (twin !== undefined) {
          notes.push(`${path} is the same file as ${twin}: read once`);
          continue;
        }
        known.set(identity, path);
      }
      const written = look?.isFile() === true ? writtenAt(path, look.mtimeMs) : options.now;
      const open = (): LogReader =>
        options.dialect.openLog({
          instances: options.instances,
          zone: options.zone,
          reference: () => Math.min(written, options.now),
        });
      const bytes = look?.isFile() === true ? look.size : 0;
      const source = new Source(path, sources.length, open(), bytes, pieceSize);
      await source.look(open());
      sources.push(source);
    }
    sources.sort((a, b) => a.next - b.next || a.number - b.number);
    return new LogMerge(sources, notes, options);
  }

  /** Bytes of all files, and how many have been read. */
  get progress(): { readonly total: number; readonly taken: number } {
    let total = 0;
    let taken = 0;
    for (const source of this.#sources) {
      total += source.bytes;
      taken += Math.min(source.bytes, source.taken);
    }
    return { total, taken };
  }

  /** Reads everything. `tick` is called now and then. */
  async run(take: TakeBatch, tick: () => void): Promise<void> {
    const open = [...this.#sources];
    let ended = Number.NEGATIVE_INFINITY;
    while (open.length > 0) {
      let first = open[0];
      for (const source of open) if (source.next < first.next) first = source;
      const moment = first.next;
      const together = open.filter((source) => source.next === moment);
      if (together.length > 1 && Number.isFinite(moment)) {
        for (const source of await this.#together(together, take)) {
          open.splice(open.indexOf(source), 1);
          ended = Math.max(ended, moment);
        }
        tick();
        continue;
      }
      let limit = Number.POSITIVE_INFINITY;
      for (const source of open) if (source !== first) limit = Math.min(limit, source.next - 1);
      // A file that has ended may have a twin that has not.
      if (first.next <= ended + margin) limit = Math.min(limit, ended + margin);
      const far = !(first.next + margin >= limit);
      let more = far ? await this.#alone(first, limit - margin, take, tick) : true;
      if (more) more = await this.#abreast(first, limit, take);
      if (!more) {
        open.splice(open.indexOf(first), 1);
        ended = Math.max(ended, first.next);
      }
      tick();
    }
    if (this.#repeats.crowdedAt !== undefined) {
      const at = new Date(this.#repeats.crowdedAt).toISOString();
      this.notes.push(
        `From ${at} on, overlapping files have more lines a minute than can be compared: some may be counted twice`,
      );
    }
    for (const { warning } of this.#sources) if (warning !== undefined) this.notes.push(warning);
  }

  /** Reads one file in large batches up to a moment. Answers false when it has ended. */
  async #alone(source: Source, until: Instant, take: TakeBatch, tick: () => void): Promise<boolean> {
    const batch = this.#batch;
    while (await source.load()) {
      const piece = source.piece;
      if (piece === undefined) break;
      while (source.at < piece.end) {
        batch.clear();
        const at = source.at;
        const next = source.reader.read(piece.bytes, at, piece.end, batch);
        const time = source.reader.lastStamp;
        if (time >= until) return true;
        source.at = next;
        if (time > source.next) source.next = time;
        this.#hand(source, take, at, next);
      }
      tick();
    }
    return false;
  }

  /** Reads one file line by line up to and with a moment. Answers false when it has ended. */
  async #abreast(source: Source, limit: Instant, take: TakeBatch): Promise<boolean> {
    const batch = this.#batch;
    while (await source.load()) {
      const piece = source.piece;
      if (piece === undefined) break;
      const { bytes, end } = piece;
      batch.clear();
      let from = source.at;
      while (source.at < end) {
        from = this.#madeRoom(source, take, from);
        const at = source.at;
        const next = behindLine(bytes, at, end);
        const { count, firstTime, lastTime } = batch;
        const { read, foreign, unsupported, malformed } = batch.lines;
        source.reader.read(bytes, at, next, batch);
        const time = source.reader.lastStamp;
        const early = !(time > source.next) || time <= limit;
        if (early && time > source.next) source.next = time;
        const moment = Number.isFinite(source.next) ? source.next : 0;
        const repeat = early && this.#repeats.isRepeat(source.number, bytes, at, endOfText(bytes, at, next), moment);
        if (!early || repeat) {
          batch.count = count;
          batch.firstTime = firstTime;
          batch.lastTime = lastTime;
          Object.assign(batch.lines, { read, foreign, unsupported, malformed });
        }
        if (!early) {
          source.next = time;
          this.#hand(source, take, from, at);
          return true;
        }
        if (repeat) source.repeated++;
        source.at = next;
      }
      this.#hand(source, take, from, end);
    }
    return false;
  }

  /** Reads what several files have of the moment at which all of them stand. Answers which of them have ended. */
  async #together(sources: readonly Source[], take: TakeBatch): Promise<Source[]> {
    const keys: number[][] = [];
    const after: Instant[] = [];
    for (const source of sources) {
      const own: number[] = [];
      after.push(await this.#lookAhead(source, own));
      keys.push(own);
    }
    for (const { file, lines } of inOneOrder(keys)) this.#takeLines(sources[file], lines, take);
    const over: Source[] = [];
    for (const [i, source] of sources.entries()) {
      if (Number.isNaN(after[i])) over.push(source);
      else source.next = after[i];
    }
    return over;
  }

  /**
   * Finds the lines that a file has of the moment at which it stands, and makes sure that they lie in one piece. Answers the
   * moment at which it goes on, `NaN` if it ends here.
   */
  async #lookAhead(source: Source, keys: number[]): Promise<Instant> {
    const { reader, next: moment } = source;
    const batch = this.#line;
    if (!(await source.load())) return Number.NaN;
    let looked = 0;
    for (let piece = source.piece; piece !== undefined; piece = source.piece) {
      const { bytes, end } = piece;
      for (let at = source.at + looked; at < end; at = source.at + looked) {
        const next = behindLine(bytes, at, end);
        batch.clear();
        reader.read(bytes, at, next, batch);
        if (reader.lastStamp > moment) return reader.lastStamp;
        keys.push(this.#repeats.keyOf(bytes, at, endOfText(bytes, at, next)));
        looked = next - source.at;
      }
      // The rest has its turn when this much is done: a file with one stamp throughout must not fill the memory.
      if (looked >= ordered) return moment;
      if (!(await source.extend())) break;
    }
    return Number.NaN;
  }

  /** Takes so many lines that were looked at, whatever their stamps. */
  #takeLines(source: Source, lines: number, take: TakeBatch): void {
    const batch = this.#batch;
    if (source.piece === undefined) return;
    const { bytes, end } = source.piece;
    batch.clear();
    let from = source.at;
    for (let left = lines; left > 0; left--) {
      from = this.#madeRoom(source, take, from);
      const at = source.at;
      const next = behindLine(bytes, at, end);
      const repeat = this.#repeats.isRepeat(source.number, bytes, at, endOfText(bytes, at, next), source.next);
      if (repeat) source.repeated++;
      else source.reader.read(bytes, at, next, batch);
      source.at = next;
    }
    this.#hand(source, take, from, source.at);
  }

  /** Hands a batch on that is full. Says where the bytes of the present batch begin. */
  #madeRoom(source: Source, take: TakeBatch, from: number): number {
    const batch = this.#batch;
    if (batch.count < batch.capacity) return from;
    this.#hand(source, take, from, source.at);
    batch.clear();
    return source.at;
  }

  #hand(source: Source, take: TakeBatch, from: number, to: number): void {
    const batch = this.#batch;
    if (from === to) return;
    const { unsupported, malformed } = batch.lines;
    if (unsupported + malformed > 0) this.#search(source, from, to);
    source.count(batch);
    take(batch);
  }

  /** Finds examples of lines that were not read. Bounded: a file that is no log at all must not be read twice. */
  #search(source: Source, from: number, to: number): void {
    const bytes = source.piece?.bytes;
    const missing = (kind: UnreadLine["kind"]): boolean =>
      this.unread.filter((one) => one.kind === kind).length < shown;
    if (bytes === undefined || this.#searches >= 100 || !(missing("unsupported") || missing("malformed"))) return;
    this.#searches++;
    const { instances, zone, now } = this.#options;
    const reader = this.#dialect.openLog({ instances, zone, reference: () => now });
    const batch = this.#line;
    for (let at = from; at < to; ) {
      const next = behindLine(bytes, at, to);
      batch.clear();
      reader.read(bytes, at, next, batch);
      for (const kind of ["unsupported", "malformed"] as const) {
        if (batch.lines[kind] === 0 || !missing(kind)) continue;
        const line = clean(textOf(bytes, at, Math.min(next, at + 1024))).trimEnd();
        this.unread.push({ kind, file: source.path, line });
      }
      at = next;
    }
  }
}

/** The offset behind the line at `at`, which ends at `end` at the latest. */
function behindLine(bytes: Uint8Array, at: number, end: number): number {
  const feed = bytes.indexOf(LF, at);
  return feed < 0 || feed >= end ? end : feed + 1;
}

/** Where the line `[at, next)` ends, without what ends it. */
function endOfText(bytes: Uint8Array, at: number, next: number): number {
  if (bytes[next - 1] !== LF) return next;
  return next - 1 > at && bytes[next - 2] === CR ? next - 2 : next - 1;
}

/** When the log was written: the time inside a gzip file outlives copying. A time that nobody set says nothing. */
function writtenAt(path: string, modified: Instant): Instant {
  const plausible = Date.UTC(2000, 0, 1);
  const head = Buffer.alloc(8);
  try {
    const fd = openSync(path, "r");
    try {
      readSync(fd, head, 0, 8, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Whoever opens the file next says what is wrong with it.
  }
  const packed = head[0] === 0x1f && head[1] === 0x8b ? head.readUInt32LE(4) * SECOND : 0;
  const times = [modified, packed].filter((at) => at > plausible);
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...times);
}
