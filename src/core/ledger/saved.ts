// What is known as named stretches of bytes, for a checkpoint, and back: exactly, or not at all.
//
// A column is one part. Rows that are in use are written close together with their numbers, so that a ledger that
// was once full costs little; free rows keep their order, so that what is read after a restart falls into the same rows
// as it would have without one. Numbers are as this machine keeps them: a state file is not for another architecture.

import { bytesOf, textOf } from "../events/text.ts";
import { Fault } from "../fault.ts";

/** The form of what is saved. A higher one cannot be read by this version of mailtide. */
export const savedVersion = 1;

const indexName = "index";

type Column =
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

interface Index {
  readonly version: number;
  /** Length in bytes and checksum of every other part. */
  readonly parts: Readonly<Record<string, readonly [number, number]>>;
}

/** Collects parts. Columns are copied. */
export class Saving {
  readonly #parts = new Map<string, Uint8Array>();

  /** The first `length` numbers of a column. */
  column(name: string, column: Column, length: number = column.length): void {
    this.#put(name, column.slice(0, length));
  }

  /** The numbers of some rows of a column. */
  rows(name: string, column: Column, rows: Int32Array): void {
    this.#put(name, together(rows) ? column.slice(0, rows.length) : picked(column, rows));
  }

  /** A small thing: objects, lists, texts and numbers of any kind. */
  value(name: string, value: unknown): void {
    this.#put(name, bytesOf(JSON.stringify(value, told)));
  }

  #put(name: string, column: Column): void {
    this.#parts.set(name, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }

  /** All parts with their index. */
  finish(): Map<string, Uint8Array> {
    const parts: Record<string, [number, number]> = {};
    for (const [name, bytes] of this.#parts) parts[name] = [bytes.length, checksum(bytes)];
    const index = bytesOf(JSON.stringify({ version: savedVersion, parts } satisfies Index));
    const sum = checksum(index) >>> 0;
    this.#parts.set(indexName, bytesOf(`${sum.toString(16).padStart(8, "0")}${textOf(index, 0, index.length)}`));
    return this.#parts;
  }
}

/** Hands saved parts out again. Throws `Fault("state-corrupt")` at the door unless every part is what was written. */
export class Saved {
  readonly #parts = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(parts: ReadonlyMap<string, Uint8Array>) {
    const { version, parts: written } = readIndex(parts.get(indexName));
    if (version !== savedVersion) {
      throw new Fault(
        "state-corrupt",
        `The state was written in form ${version}; this mailtide reads form ${savedVersion}.`,
        "Run the mailtide that wrote it, or move the state file away and start anew: the log is read from its beginning.",
      );
    }
    for (const [name, [length, sum]] of Object.entries(written)) {
      const bytes = parts.get(name);
      if (bytes === undefined) throw corrupt(`its part ${name} is missing`);
      // A copy begins where numbers of eight bytes may begin, and nobody else changes it.
      const copy = new Uint8Array(bytes);
      if (copy.length !== length || checksum(copy) !== sum) throw corrupt(`its part ${name} is not what was written`);
      this.#parts.set(name, copy);
    }
  }

  has(name: string): boolean {
    return this.#parts.has(name);
  }

  #part(name: string): Uint8Array<ArrayBuffer> {
    const bytes = this.#parts.get(name);
    if (bytes === undefined) throw corrupt(`it has no part ${name}`);
    return bytes;
  }

  /** A column of numbers of the kind of `like`; `length` of them, if that is known. */
  column<T extends Column>(name: string, like: new (buffer: ArrayBuffer) => T, length?: number): T {
    const bytes = this.#part(name);
    const size = (like as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
    if (bytes.length % size !== 0 || (length !== undefined && bytes.length !== length * size)) {
      throw corrupt(`its part ${name} has the wrong length`);
    }
    return new like(bytes.buffer);
  }

  /** Puts saved rows back into a column. */
  rows<T extends Column>(name: string, into: T, rows: Int32Array): void {
    const values = this.column(name, into.constructor as new (buffer: ArrayBuffer) => T, rows.length);
    if (together(rows)) (into.set as (values: T) => void)(values);
    else for (let i = 0; i < rows.length; i++) into[rows[i]] = values[i];
  }

  /** A small thing, as it was given to `Saving.value`. What is in it is trusted: its bytes are those that were written. */
  value<T>(name: string): T {
    const bytes = this.#part(name);
    try {
      return JSON.parse(textOf(bytes, 0, bytes.length), untold) as T;
    } catch (error) {
      throw corrupt(`its part ${name} cannot be read`, error);
    }
  }
}

/** Throws unless what was saved hangs together. */
export function insist(fits: boolean, what: string): void {
  if (!fits) throw corrupt(what);
}

function corrupt(why: string, cause?: unknown): Fault {
  return new Fault(
    "state-corrupt",
    `The saved state cannot be trusted: ${why}.`,
    "Restore the state file from a backup, or move it away and start anew: the log is read from its beginning.",
    cause,
  );
}

function readIndex(bytes: Uint8Array | undefined): Index {
  if (bytes === undefined) throw corrupt("it has no index");
  const sum = Number.parseInt(textOf(bytes, 0, Math.min(8, bytes.length)), 16);
  const rest = new Uint8Array(bytes.subarray(8));
  if (bytes.length < 8 || checksum(rest) >>> 0 !== sum) throw corrupt("its index is not what was written");
  try {
    return JSON.parse(textOf(rest, 0, rest.length)) as Index;
  } catch (error) {
    throw corrupt("its index cannot be read", error);
  }
}

/** JSON has no NaN and no infinity. */
function told(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { "not finite": String(value) } : value;
}

function untold(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("not finite" in value)) return value;
  return Number(value["not finite"]);
}

/** Notices damage, not ill will. */
function checksum(bytes: Uint8Array): number {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(whole.buffer, whole.byteOffset, whole.length >>> 2);
  let sum = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i], 0x01000193) + i;
  for (let i = words.length * 4; i < whole.length; i++) sum = Math.imul(sum ^ whole[i], 0x01000193);
  return sum | 0;
}

/** Ascending rows without a gap, from the first. */
function together(rows: Int32Array): boolean {
  return rows.length === 0 || rows[rows.length - 1] === rows.length - 1;
}

// One loop a width: loops over columns of mixed kinds are many times slower.

function picked(column: Column, rows: Int32Array): Column {
  const { buffer, byteOffset, length } = column;
  switch (column.BYTES_PER_ELEMENT) {
    case 8:
      return picked8(new Float64Array(buffer, byteOffset, length), rows);
    case 4:
      return picked4(new Int32Array(buffer, byteOffset, length), rows);
    case 2:
      return picked2(new Uint16Array(buffer, byteOffset, length), rows);
    default:
      return picked1(new Uint8Array(buffer, byteOffset, length), rows);
  }
}

function picked8(from: Float64Array<ArrayBuffer>, rows: Int32Array): Column {
  const to = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  return to;
}

function picked4(from: Int32Array<ArrayBuffer>, rows: Int32Array): Column {
  const to = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  return to;
}

function picked2(from: Uint16Array<ArrayBuffer>, rows: Int32Array): Column {
  const to = new Uint16Array(rows.length);
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  return to;
}

function picked1(from: Uint8Array<ArrayBuffer>, rows: Int32Array): Column {
  const to = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  return to;
}
