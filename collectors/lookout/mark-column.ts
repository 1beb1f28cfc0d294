// Marks in columns: two 32-bit numbers each.

import type { Mark } from "./marks.ts";

/** Numbers that a mark takes. */
const wide = 2;

/** A column for so many marks. */
export function markColumn(rows: number): Uint32Array {
  return new Uint32Array(rows * wide);
}

export function writeMark(column: Uint32Array, row: number, mark: Mark): void {
  column[row * wide] = firstHalf(mark);
  column[row * wide + 1] = secondHalf(mark);
}

export function readMark(column: Uint32Array, row: number): Mark {
  return half(column[row * wide]) + half(column[row * wide + 1]);
}

/** Whether a row holds this mark, asked of many rows: nothing is made anew for each. */
export function finderOf(column: Uint32Array, mark: Mark): (row: number) => boolean {
  const [first, second] = [firstHalf(mark), secondHalf(mark)];
  return (row) => column[row * wide] === first && column[row * wide + 1] === second;
}

/** Two marks as a number from 0 up to a power of two. Marks are as good as random: nothing has to be mixed further. */
export function bucketOf(one: Mark, other: Mark, buckets: number): number {
  return (firstHalf(one) ^ secondHalf(other)) & (buckets - 1);
}

/** A mark that was read from somewhere. Throws on what is none. */
export function markIn(value: unknown): Mark {
  if (typeof value === "string" && /^[0-9a-f]{16}$/.test(value)) return value;
  throw new Error("not a mark");
}

function half(number: number): string {
  return number.toString(16).padStart(8, "0");
}

function firstHalf(mark: Mark): number {
  return Number.parseInt(mark.slice(0, 8), 16);
}

function secondHalf(mark: Mark): number {
  return Number.parseInt(mark.slice(8), 16);
}
