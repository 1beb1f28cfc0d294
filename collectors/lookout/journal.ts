// What happened since the last snapshot, a line each, written before a sender hears its answer: a program that is killed
// loses nothing that it has answered. A machine that loses its power loses what was not synced, a second at most.

import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Mark } from "./marks.ts";
import { type Return, returnIn } from "./returns.ts";
import { type Sighting, sightingIn, sightingRow } from "./sighting.ts";

/** How far two sources of returns were taken in. */
export interface Taken {
  /** Bytes of the list. */
  readonly listRead: number;
  /** The mail server's own count of what it told over the wire: which count, and how far. */
  readonly stream: string;
  readonly number: number;
}

/** One line. */
export type Entry =
  /** A recipient of a transaction that is going on was told to come back; lines of one transaction are one sighting. */
  | { readonly is: "told"; readonly transaction: number; readonly sighting: Sighting }
  | { readonly is: "seen"; readonly sighting: Sighting }
  /** Returns that were ticked off together, and how far the sources were read with them. */
  | { readonly is: "returned"; readonly returns: readonly Return[]; readonly taken: Taken };

/** A journal to write to; what was written before lies in others of lower numbers. */
export class Journal {
  readonly number: number;
  /** Bytes so far. */
  bytes = 0;
  /** Lines that could not be written. */
  lost = 0;
  readonly #file: number;
  #dirty = false;
  /** A line was cut by a full disk: the next one is to begin anew. */
  #torn = false;

  /** Throws if it cannot be made. */
  constructor(path: string, number: number) {
    this.number = number;
    this.#file = openSync(nameOf(path, number), "w", 0o600);
  }

  /** One write for one line, so that no kill can cut it. Answers whether it is written. */
  add(entry: Entry): boolean {
    const line = Buffer.from(`${this.#torn ? "\n" : ""}${JSON.stringify(rowOf(entry))}\n`);
    try {
      this.#torn = true;
      if (writeSync(this.#file, line) !== line.length) throw new Error("the disk is full");
      this.#torn = false;
      this.bytes += line.length;
      this.#dirty = true;
      return true;
    } catch {
      // The sender is answered all the same, and memory knows: better than not to be there.
      this.lost++;
      return false;
    }
  }

  /** What was added so far outlives a loss of power. */
  sync(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    try {
      fsyncSync(this.#file);
    } catch {
      this.#dirty = true;
    }
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}

/** Numbers of the journals beside a snapshot that are not older than `from`, in order. */
export function journalsOf(path: string, from: number): number[] {
  const prefix = `${basename(path)}.journal.`;
  let names: string[];
  try {
    names = readdirSync(dirname(path));
  } catch {
    return [];
  }
  return names
    .flatMap((name) => (name.startsWith(prefix) ? [Number(name.slice(prefix.length))] : []))
    .filter((number) => Number.isSafeInteger(number) && number >= from)
    .sort((a, b) => a - b);
}

/** Removes journals whose content is in a snapshot. */
export function forgetJournals(path: string, before: number): void {
  for (const number of journalsOf(path, 0)) if (number < before) rmSync(nameOf(path, number), { force: true });
}

/**
 * What the journals say, in order: transactions in their place by the first recipient that was told. A line that cannot
 * be read, such as the last one before a loss of power, is passed over.
 */
export function readJournals(path: string, numbers: readonly number[]): Entry[] {
  const entries: Entry[] = [];
  const going = new Map<string, { at: number; recipients: Set<Mark> }>();
  for (const number of numbers) {
    for (const line of readFileSync(nameOf(path, number), "utf8").split("\n")) {
      const entry = entryIn(line);
      if (entry === undefined) continue;
      if (entry.is !== "told") {
        entries.push(entry);
        continue;
      }
      const { sighting, transaction } = entry;
      // Each life of the program counts its transactions from one on, and journals of two may lie here.
      const which = `${transaction} ${sighting.at} ${sighting.sender}`;
      const known = going.get(which);
      if (known === undefined) {
        going.set(which, { at: entries.length, recipients: new Set(sighting.recipients) });
        entries.push({ is: "seen", sighting });
        continue;
      }
      for (const recipient of sighting.recipients) known.recipients.add(recipient);
      entries[known.at] = { is: "seen", sighting: { ...sighting, recipients: [...known.recipients] } };
    }
  }
  return entries;
}

function nameOf(path: string, number: number): string {
  return join(dirname(path), `${basename(path)}.journal.${number}`);
}

function rowOf(entry: Entry): readonly unknown[] {
  switch (entry.is) {
    case "told":
      return ["t", entry.transaction, sightingRow(entry.sighting)];
    case "seen":
      return ["s", sightingRow(entry.sighting)];
    case "returned":
      return ["r", entry.taken, entry.returns];
  }
}

function entryIn(line: string): Entry | undefined {
  try {
    const [what, one, two] = JSON.parse(line) as unknown[];
    if (what === "t" && typeof one === "number") {
      return { is: "told", transaction: one, sighting: sightingIn(two) };
    }
    if (what === "s") return { is: "seen", sighting: sightingIn(one) };
    if (what !== "r" || !Array.isArray(two)) return undefined;
    const returns = two.map(returnIn);
    if (returns.includes(undefined)) return undefined;
    return { is: "returned", taken: takenIn(one), returns: returns as Return[] };
  } catch {
    return undefined;
  }
}

/** How far returns were taken in, as it was written. Throws on what is none. */
export function takenIn(value: unknown): Taken {
  const { listRead, stream, number } = value as Partial<Taken>;
  if (typeof listRead !== "number" || typeof stream !== "string" || typeof number !== "number") {
    throw new Error("not a place in the returns");
  }
  return { listRead, stream, number };
}
