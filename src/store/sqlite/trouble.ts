// What SQLite's errors mean to an operator.

import { Fault } from "../../core/fault.ts";

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const BUSY = 5;
const IO_ERROR = 10;
const FULL = 13;
const reasons: Readonly<Record<number, string>> = {
  3: "permission denied",
  8: "it is read-only",
  [IO_ERROR]: "the disk failed or is full",
  [FULL]: "the disk is full",
  14: "it cannot be opened",
};

/** SQLite's primary result code, or undefined if the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Turns an error of SQLite or of the file system into the fault it is; anything else is thrown as it came. */
export function stateFault(path: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = sqliteCode(error);
  if (code === CORRUPT || code === NOT_A_DATABASE) return corrupt(path, "the file is damaged", error);
  if (code !== undefined) return unwritable(path, reasons[code] ?? textOf(error), error);
  if (error instanceof Error && "syscall" in error) return unwritable(path, error.message, error);
  throw error;
}

/** The state is there but cannot be trusted. It is left as it is. */
export function corrupt(path: string, why: string, cause?: unknown): Fault {
  return new Fault(
    "state-corrupt",
    `The state in ${path} cannot be trusted: ${why}`,
    `Nothing was changed. To begin anew and keep it for inspection: for f in '${path}' '${path}-wal' '${path}-shm'; do [ -e "$f" ] && mv "$f" "$f.damaged"; done`,
    cause,
  );
}

function unwritable(path: string, why: string, cause: unknown): Fault {
  return new Fault(
    "state-unwritable",
    `The state in ${path} cannot be written: ${why}`,
    `Make room on its disk (df -h '${path}') or let this user write there. The last state is kept, and writing goes on by itself.`,
    cause,
  );
}

/** Another process has the state open. */
export function inUse(path: string, cause: unknown): Fault {
  return new Fault(
    "state-unwritable",
    `The state in ${path} is in use by another mailtide`,
    `Stop the other one (fuser '${path}-lock' names it), or give this one a state file of its own.`,
    cause,
  );
}

/** Somebody else holds the lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === BUSY;
}

/** No room, as SQLite or as the disk says it. */
export function isFull(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === FULL || code === IO_ERROR;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
