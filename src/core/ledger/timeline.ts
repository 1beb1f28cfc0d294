// Counts over time in a fixed amount of memory: when it is full, two stretches become one.

import { type Duration, type Instant, MINUTE } from "../time.ts";
import { insist, type Saved, type Saving } from "./saved.ts";

const room = 2048;
const columns = ["accepted", "delivered", "deferred", "bounced"] as const;
type Column = (typeof columns)[number];

export class Timeline {
  from: Instant = Number.NaN;
  width: Duration;
  /** Stretches in use. */
  length = 0;
  readonly accepted: Float64Array<ArrayBuffer> = new Float64Array(room);
  readonly delivered: Float64Array<ArrayBuffer> = new Float64Array(room);
  readonly deferred: Float64Array<ArrayBuffer> = new Float64Array(room);
  readonly bounced: Float64Array<ArrayBuffer> = new Float64Array(room);
  /** Messages in the queue when the stretch was last touched, -1 where nothing was seen in it. */
  readonly backlog: Float64Array<ArrayBuffer> = new Float64Array(room).fill(-1);

  #lastAt: Instant = Number.NaN;
  #lastIndex = 0;

  constructor(width: Duration = MINUTE) {
    this.width = width;
  }

  /** Adds to a count at a moment. A moment before the beginning belongs to the first stretch. */
  add(column: Column, at: Instant, count: number): void {
    let i = this.index(at);
    // What is taken back was counted then or a little later.
    if (count < 0) while (i < this.length - 1 && this[column][i] < -count) i++;
    this[column][i] += count;
  }

  /** Says how many messages are in the queue at a moment. */
  level(at: Instant, messages: number): void {
    this.backlog[this.index(at)] = messages;
  }

  /** The stretch of a moment. Hot: in a busy log one moment is asked for many times. */
  index(at: Instant): number {
    if (at === this.#lastAt) return this.#lastIndex;
    if (Number.isNaN(this.from)) this.from = Math.floor(at / this.width) * this.width;
    let i = Math.floor((at - this.from) / this.width);
    while (i >= room) {
      this.#halve();
      i = Math.floor((at - this.from) / this.width);
    }
    if (i < 0) i = 0;
    if (i >= this.length) this.length = i + 1;
    this.#lastAt = at;
    this.#lastIndex = i;
    return i;
  }

  #halve(): void {
    const from = Math.floor(this.from / (this.width * 2)) * this.width * 2;
    const shift = Math.round((this.from - from) / this.width);
    for (const name of columns) {
      const values = this[name];
      const sums = new Float64Array(room);
      for (let i = 0; i < this.length; i++) {
        const to = (i + shift) >> 1;
        if (to < room) sums[to] += values[i];
      }
      values.set(sums);
    }
    const levels = new Float64Array(room).fill(-1);
    for (let i = 0; i < this.length; i++) if (this.backlog[i] >= 0) levels[(i + shift) >> 1] = this.backlog[i];
    this.backlog.set(levels);
    this.length = Math.min(room, ((this.length - 1 + shift) >> 1) + 1);
    this.from = from;
    this.width *= 2;
  }

  /** The levels with gaps filled by the last one before them: a quiet minute has the queue of the minute before. */
  levels(): number[] {
    const all: number[] = [];
    let last = 0;
    for (let i = 0; i < this.length; i++) {
      if (this.backlog[i] >= 0) last = this.backlog[i];
      all.push(last);
    }
    return all;
  }

  save(to: Saving): void {
    to.value("timeline", { from: this.from, width: this.width, length: this.length });
    for (const name of [...columns, "backlog"] as const) to.column(`timeline.${name}`, this[name], this.length);
  }

  restore(saved: Saved): void {
    const { from, width, length } = saved.value<{ from: number; width: number; length: number }>("timeline");
    insist(length <= room && width > 0, "its counts over time do not fit");
    this.from = from;
    this.width = width;
    this.length = length;
    this.#lastAt = Number.NaN;
    for (const name of [...columns, "backlog"] as const) {
      this[name].set(saved.column(`timeline.${name}`, Float64Array, length));
    }
  }
}
