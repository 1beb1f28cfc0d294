// One path as one endless log: through rotation, truncation, compression and restarts every complete line is handed on once.
//
// A file is recognised by its content (its beginning, and the bytes just before the place), never by its inode alone:
// file systems hand a freed inode out again at once. Only while a file is held open is its inode proof.
// What was read and how far is a `Cursor`, so that a caller can keep it together with what came of the bytes.

import type { Fault } from "../../src/core/fault.ts";
import type { Duration, Instant } from "../../src/core/time.ts";
import { beginsWith, type Cursor, type FinishedFile, HEAD, headOf, type Mark, markOf } from "./cursor.ts";
import { type FileLook, type Files, nodeFiles, sameFile, systemCode } from "./files.ts";
import { LineBuffer, type Take } from "./lines.ts";
import { OpenFile } from "./open-file.ts";
import { type Candidate, lookAround, lookAtPath, type Surroundings, unsettled } from "./surroundings.ts";
import { type TailState, type Trouble, troubleOf } from "./trouble.ts";

export interface TailOptions {
  /** Where to go on. Without it the log is read from the beginning of the file that is at the path, older ones are not. */
  readonly cursor?: Cursor | undefined;
  /** Largest read, in bytes. */
  readonly maxPiece?: number;
  /**
   * How long a renamed file must have been silent before the new one is read. Programs write to the old one until they are told to
   * reopen it.
   */
  readonly grace?: Duration;
  readonly files?: Files;
}

export interface ReadOptions {
  /** Any clock that never goes back; measures the grace. */
  readonly now: Instant;
  /** Stop after about this many bytes; `more` says whether it did. */
  readonly limit?: number;
}

export interface ReadOutcome {
  readonly state: TailState;
  /** Set unless following. */
  readonly fault: Fault | undefined;
  /** Bytes that the cursor moved. */
  readonly bytes: number;
  /** Stopped at the limit: there is more to read at once. */
  readonly more: boolean;
  /** Packed file that was damaged; what could be read of it was. */
  readonly damaged: string | undefined;
}

/** Sums since the first cursor. They are part of the cursor. */
export interface TailCounters {
  readonly rotations: number;
  /** Bytes known to have been written behind the place that was read, and gone before they could be read. */
  readonly gapBytes: number;
  readonly bytesRead: number;
}

const nothing: Mark = markOf(new Uint8Array());
const FINISHED_KEPT = 8;
/** Compressors keep a file's time, some only to the second. */
const SLACK = 1000;

export class Tail {
  readonly path: string;
  readonly #files: Files;
  readonly #grace: Duration;
  readonly #lines: LineBuffer;
  #file: OpenFile | undefined;
  /** The open file was found beside the log, as a copy or packed: nothing is written to it any more. */
  #final = false;
  #guard: Mark = nothing;
  #head: Mark = nothing;
  #size = 0;
  #changed = 0;
  #ino = 0;
  #born = 0;
  #finished: FinishedFile[] = [];
  #rotations = 0;
  #gapBytes = 0;
  #bytesRead = 0;
  #fresh = true;
  #quietSince: Instant | undefined;
  #damaged: string | undefined;

  constructor(path: string, options: TailOptions = {}) {
    this.path = path;
    this.#files = options.files ?? nodeFiles;
    this.#grace = options.grace ?? 2000;
    this.#lines = new LineBuffer(options.maxPiece ?? 1024 * 1024);
    const { cursor } = options;
    if (cursor === undefined) return;
    this.#fresh = false;
    this.#lines.moveTo(cursor.offset, cursor.skipping, new Uint8Array());
    this.#guard = cursor.guard;
    this.#head = cursor.head;
    this.#size = cursor.size;
    this.#changed = cursor.changed;
    this.#ino = cursor.ino;
    this.#born = cursor.born;
    this.#finished = [...cursor.finished];
    this.#rotations = cursor.rotations;
    this.#gapBytes = cursor.gapBytes;
    this.#bytesRead = cursor.bytesRead;
  }

  /** Everything handed on by now, nothing else. To be kept in the same transaction as what came of it. */
  cursor(): Cursor {
    return {
      path: this.path,
      head: this.#head,
      guard: this.#file === undefined ? this.#guard : markOf(this.#lines.guard()),
      offset: this.#lines.offset,
      size: this.#size,
      changed: this.#changed,
      ino: this.#ino,
      born: this.#born,
      skipping: this.#lines.skipping,
      finished: this.#finished,
      rotations: this.#rotations,
      gapBytes: this.#gapBytes,
      bytesRead: this.#bytesRead,
    };
  }

  counters(): TailCounters {
    return { rotations: this.#rotations, gapBytes: this.#gapBytes, bytesRead: this.#bytesRead };
  }

  /**
   * Hands on what is new. Never throws of itself: what goes wrong is the outcome, and the next call tries again. What `take` throws
   * comes through, and its bytes do not count as handed on. One call at a time.
   */
  async read(take: Take, { now, limit = 64 * 1024 * 1024 }: ReadOptions): Promise<ReadOutcome> {
    const from = this.#bytesRead;
    this.#damaged = undefined;
    let threw: { readonly by: unknown } | undefined;
    const guarded: Take = (bytes, start, end) => {
      try {
        take(bytes, start, end);
      } catch (error) {
        threw = { by: error };
        throw error;
      }
    };
    let trouble: Trouble | undefined;
    let more = false;
    try {
      const end = await this.#pass(guarded, now, limit);
      if (end === "more") more = true;
      else if (end !== "done") trouble = end;
    } catch (error) {
      if (error !== unsettled) this.#letGo();
      if (threw !== undefined) throw threw.by;
      if (error !== unsettled) trouble = troubleOf(this.path, error, this.#followed);
    }
    const bytes = this.#bytesRead - from;
    // The path may be empty for a moment during a rotation, while the old file still grows.
    if (trouble?.state === "missing" && bytes > 0) trouble = undefined;
    return { state: trouble?.state ?? "following", fault: trouble?.fault, bytes, more, damaged: this.#damaged };
  }

  close(): void {
    this.#letGo();
  }

  /** Reads file after file until there is nothing new. */
  async #pass(take: Take, now: Instant, limit: number): Promise<"done" | "more" | Trouble> {
    const from = this.#bytesRead;
    for (;;) {
      const file = this.#file ?? (await this.#find());
      if (!(file instanceof OpenFile)) return file;
      const left = limit - (this.#bytesRead - from);
      if (left <= 0) return "more";
      if (await this.#turnToMissed(file)) continue;
      const before = this.#bytesRead;
      const progress = await this.#drain(file, take, left);
      if (this.#bytesRead > before) this.#quietSince = undefined;
      if (progress === "limit") return "more";
      if (progress === "replaced") {
        // A copy that was itself written over: what it held may be under the next name by now.
        if (this.#final) this.#letGo();
        else await this.#replaced(file);
        continue;
      }
      const live = lookAtPath(this.#files, this.path, this.#followed);
      if ("state" in live && live.state !== "missing") return live;
      if (!("state" in live) && file.packing === "none" && sameFile(live, file.look())) return "done";
      const around = this.#lookAround();
      const next = await this.#successor(file, around);
      if (next === undefined) return around.trouble ?? "done";
      if (next.live && !this.#final && file.packing === "none") {
        this.#quietSince ??= now;
        if (now - this.#quietSince < this.#grace) return "done";
      }
      if (!(await this.#moveOn(file, next, take))) return "done";
    }
  }

  async #drain(file: OpenFile, take: Take, limit: number): Promise<"end" | "limit" | "replaced"> {
    if (file.packing === "none" && !this.#final) {
      const look = file.look();
      if (look.size < this.#lines.position) return "replaced";
      const head = file.stillBegins(this.#head, look);
      if (head === "replaced") return "replaced";
      if (head !== "unchanged") this.#identify(head, look);
      this.#size = Math.max(this.#size, look.size);
    }
    const offset = this.#lines.offset;
    try {
      return await file.read(this.#lines, take, limit);
    } finally {
      this.#bytesRead += this.#lines.offset - offset;
      this.#size = Math.max(this.#size, this.#lines.position);
      if (file.damage !== undefined) this.#damaged = file.path;
    }
  }

  #identify(head: Uint8Array, look: FileLook): void {
    if (head.length > this.#head.length) this.#head = headOf(head);
    this.#changed = look.mtimeMs;
    this.#ino = look.ino;
    this.#born = look.birthtimeMs;
  }

  /** A file of which we saw no line yet may have been filled, copied away, emptied and filled again since. */
  async #turnToMissed(file: OpenFile): Promise<boolean> {
    if (this.#head.length > 0 || file.packing !== "none") return false;
    const look = file.look();
    const around = this.#lookAround();
    const own = around.all.findIndex((one) => sameFile(one.look, look));
    const earlier = own < 0 ? around.rotated : around.rotated.slice(0, own);
    const later = earlier.filter((one) => this.#isLater(one));
    const next = await this.#firstAfter(later, around.live);
    if (next === undefined) return false;
    const missed = this.#open(next);
    file.close();
    await this.#begin(missed);
    this.#final = true;
    return true;
  }

  /** By time, where the order of rotation does not say. Equal times may be later: what was read is known by its content. */
  #isLater(one: Candidate): boolean {
    return one.live || one.look.mtimeMs >= this.#changed - SLACK;
  }

  /** The file was emptied under us (copytruncate, or `> mail.log`): the rest may be in a copy, else it is lost. */
  async #replaced(file: OpenFile): Promise<void> {
    const cursor = this.cursor();
    for (const sibling of [...this.#lookAround().rotated].reverse()) {
      if (!this.#plausible(sibling) || !(await this.#resume(sibling, cursor, true))) continue;
      file.close();
      return;
    }
    // Nothing is left of what was behind our place; the file itself starts anew.
    this.#leave(this.#changed);
    await this.#begin(file);
  }

  /** Finds the file that the cursor speaks of, under whatever name, or the first one after it. */
  async #find(): Promise<OpenFile | "done" | Trouble> {
    const around = this.#lookAround();
    const cursor = this.cursor();
    if (this.#fresh) {
      await this.#forgetHistory(around.rotated);
      this.#fresh = false;
    }
    const own = cursor.head.length === 0 ? undefined : await this.#recognise(around.all, cursor);
    if (own !== undefined) return own;
    const later = around.all.filter((one) => this.#isLater(one));
    const next = (await this.#firstAfter(later, around.live)) ?? (cursor.head.length === 0 ? around.live : undefined);
    if (next === undefined) return around.trouble ?? "done";
    const file = this.#open(next);
    if (cursor.head.length > 0 || (next.live && next.look.size < cursor.size)) this.#leave(this.#changed);
    return await this.#begin(file);
  }

  /** What was rotated away before the first look is not read. */
  async #forgetHistory(rotated: readonly Candidate[]): Promise<void> {
    for (const one of rotated.slice(-FINISHED_KEPT)) {
      const changed = one.look.mtimeMs;
      try {
        const head = await this.#peek(one, (file) => file.head());
        this.#finished = [...this.#finished, { head: headOf(head), changed }].slice(-FINISHED_KEPT);
        this.#changed = Math.max(this.#changed, changed);
      } catch (error) {
        if (error === unsettled) throw error;
        // Not known by its content, so it must be by its time alone.
        this.#changed = Math.max(this.#changed, changed + SLACK + 1);
      }
    }
  }

  /** Of all files whose content fits the cursor, the one that is ours; open, and at the place. */
  async #recognise(all: readonly Candidate[], cursor: Cursor): Promise<OpenFile | Trouble | undefined> {
    const fitting: Candidate[] = [];
    let unreadable: Trouble | undefined;
    for (const one of all) {
      if (!one.live && !this.#plausible(one)) continue;
      try {
        if (await this.#begins(one, cursor.head)) fitting.push(one);
      } catch (error) {
        if (error === unsettled) throw error;
        // It may be the one we look for: better to wait than to skip it. An older one cannot be.
        if (one.look.mtimeMs >= cursor.changed) unreadable ??= troubleOf(one.path, error, true);
      }
    }
    // Two may begin alike (short files, copies). Then the same inode is the best witness, a rotated file the next best: a log
    // that is at the path under another inode would have to be a copy.
    const rank = (one: Candidate): number => {
      if (one.look.ino === cursor.ino && one.look.birthtimeMs === cursor.born) return 0;
      return one.live ? 2 : 1;
    };
    const ranked = fitting.reverse().sort((a, b) => rank(a) - rank(b));
    for (const shorter of [false, true]) {
      for (const one of ranked) {
        if (shorter && one.live) continue;
        const file = await this.#resume(one, cursor, shorter);
        if (file !== undefined) return file;
      }
    }
    return unreadable;
  }

  /** Makes it the file that is read if it holds what the cursor speaks of. `copy`: it may end before the place. */
  async #resume(one: Candidate, cursor: Cursor, copy: boolean): Promise<OpenFile | undefined> {
    if (cursor.head.length === 0) return undefined;
    let used = false;
    const file = await this.#peek(
      one,
      async (opened) => {
        if (!beginsWith(await opened.head(cursor.head.length), cursor.head)) return undefined;
        const place = await opened.moveTo(this.#lines, cursor.offset, cursor.guard, cursor.skipping);
        used = place === "there" || (place === "shorter" && copy);
        // A copy that was made before the last lines that we read: there is nothing to read in it.
        if (used && place === "shorter") this.#lines.moveTo(cursor.offset, false, new Uint8Array());
        return used ? opened : undefined;
      },
      () => used,
    );
    if (file === undefined) return undefined;
    this.#file = file;
    this.#final = copy || file.packing !== "none";
    return file;
  }

  /** What to read after `file`: the next one by order of rotation; by time if `file` has vanished from the folder. */
  async #successor(file: OpenFile, { all, live }: Surroundings): Promise<Candidate | undefined> {
    const look = file.look();
    let place = all.findIndex((one) => sameFile(one.look, look));
    for (let i = 0; place < 0 && i < all.length; i++) {
      // Compressed meanwhile, with its time kept.
      if (!all[i].live && all[i].look.mtimeMs >= this.#changed - SLACK && (await this.#begins(all[i], this.#head)))
        place = i;
    }
    const later = place < 0 ? all.filter((one) => this.#isLater(one)) : all.slice(place + 1);
    return this.#firstAfter(later, live);
  }

  /** A short beginning is little proof; then a rotated file must also not be older than what we saw. */
  #plausible(one: Candidate): boolean {
    return this.#head.length >= HEAD || one.look.mtimeMs >= this.#changed - SLACK;
  }

  async #begins(one: Candidate, head: Mark): Promise<boolean> {
    if (head.length === 0) return false;
    return await this.#peek(one, async (file) => beginsWith(await file.head(head.length), head));
  }

  /** The first that has something in it and was not read before. */
  async #firstAfter(later: readonly Candidate[], live: Candidate | undefined): Promise<Candidate | undefined> {
    for (const one of later) {
      if (one.look.size === 0) continue;
      if (one.live) return one;
      if (!(await this.#wasRead(one)) && !(await this.#isBeingCopied(one, live))) return one;
    }
    return undefined;
  }

  /** A copy whose original is not truncated yet: the original is read, or else lines would be read in both. */
  async #isBeingCopied(one: Candidate, live: Candidate | undefined): Promise<boolean> {
    // What was renamed is older than what took its place, a copy is younger than what it was made from.
    if (live === undefined || one.look.birthtimeMs < live.look.birthtimeMs) return false;
    const copied = await this.#peek(one, async (file) => (file.packing === "none" ? await file.head() : undefined));
    return copied !== undefined && (await this.#begins(live, markOf(copied)));
  }

  async #wasRead(one: Candidate): Promise<boolean> {
    const first = await this.#peek(one, (file) => file.head());
    const isIt = ({ head, changed }: FinishedFile): boolean =>
      head.length > 0 &&
      beginsWith(first, head) &&
      (head.length >= HEAD || Math.abs(changed - one.look.mtimeMs) < SLACK);
    return this.#finished.some(isIt);
  }

  /** Leaves `file` for `next`. False if the folder changed meanwhile: the next call will see it as it is then. */
  async #moveOn(file: OpenFile, next: Candidate, take: Take): Promise<boolean> {
    let sure = false;
    let grown = false;
    let left = 0;
    const opened = await this.#peek(
      next,
      async (candidate) => {
        const again = await this.#successor(file, this.#lookAround());
        grown = file.packing === "none" && !this.#final && file.look().size > this.#lines.position;
        left = file.look().mtimeMs;
        sure = again !== undefined && !grown && sameFile(again.look, candidate.look());
        return candidate;
      },
      () => sure,
    );
    if (!sure) return grown;
    const offset = this.#lines.offset;
    this.#lines.finish(take);
    this.#bytesRead += this.#lines.offset - offset;
    this.#leave(left);
    file.close();
    await this.#begin(opened);
    return true;
  }

  /** Closes the account of the file: what it is known to have held and we did not see is a gap. */
  #leave(changed: number): void {
    this.#gapBytes += Math.max(0, this.#size - this.#lines.offset);
    this.#rotations++;
    if (this.#head.length > 0) {
      this.#finished = [...this.#finished, { head: this.#head, changed }].slice(-FINISHED_KEPT);
    }
  }

  async #begin(file: OpenFile): Promise<OpenFile> {
    this.#file = file;
    this.#final = false;
    this.#head = nothing;
    this.#guard = nothing;
    this.#size = 0;
    this.#quietSince = undefined;
    this.#lines.moveTo(0, false, new Uint8Array());
    this.#identify(await file.head(), file.look());
    return file;
  }

  #letGo(): void {
    const { guard } = this.cursor();
    this.#file?.close();
    this.#file = undefined;
    this.#guard = guard;
    this.#lines.moveTo(this.#lines.offset, this.#lines.skipping, new Uint8Array());
  }

  get #followed(): boolean {
    return this.#head.length > 0;
  }

  #lookAround(): Surroundings {
    return lookAround(this.#files, this.path, this.#followed);
  }

  /** What `look` makes of the file, which is closed after it unless it is to be kept. */
  async #peek<T>(one: Candidate, look: (file: OpenFile) => Promise<T>, keep = () => false): Promise<T> {
    const file = this.#open(one);
    let kept = false;
    try {
      const answer = await look(file);
      kept = keep();
      return answer;
    } finally {
      if (!kept) file.close();
    }
  }

  /** Opens the very file that was seen: rotation may have given its name to another one, or have compressed it. */
  #open(one: Candidate): OpenFile {
    let file: OpenFile;
    try {
      file = new OpenFile(this.#files, one.path);
    } catch (error) {
      throw systemCode(error) === "ENOENT" ? unsettled : error;
    }
    let same = false;
    try {
      same = sameFile(file.look(), one.look);
    } finally {
      if (!same) file.close();
    }
    if (!same) throw unsettled;
    return file;
  }
}
