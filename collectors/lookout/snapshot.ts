// What the lookout knows, on disk: written beside the old file and renamed, so that there is always a whole one.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { Fault } from "../../src/core/fault.ts";

/** Parts of the snapshot by name, each as lines. */
export type Parts = Readonly<Record<string, Iterable<string>>>;

const heading = "mailtide lookout 2";

/**
 * Writes all parts beside the file, and answers what puts them in its place; until that is called the file is as it was.
 * Both throw `Fault("state-unwritable")`.
 */
export function writeSnapshot(path: string, parts: Parts): () => void {
  orFault(path, () => {
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      let text = `${heading}\n`;
      for (const [name, lines] of Object.entries(parts)) {
        text += `= ${name}\n`;
        for (const line of lines) {
          text += `${line}\n`;
          if (text.length < 1 << 20) continue;
          writeAll(file, text);
          text = "";
        }
      }
      writeAll(file, `${text}= end\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
  return () => orFault(path, () => renameSync(`${path}.new`, path));
}

function orFault(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new Fault(
      "state-unwritable",
      `what the lookout knows cannot be written to ${path}`,
      "Let mailtide's user write there, and see that the disk is not full; it goes on in memory and tries again.",
      error,
    );
  }
}

/** A disk that is nearly full takes a part, and says so by the count alone: the rest is what it then refuses. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Reads the parts; `undefined` if there is no file. Throws if it is cut off or not a snapshot. */
export function readSnapshot(path: string): Readonly<Record<string, readonly string[]>> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const lines = text.split("\n");
  if (lines[0] !== heading || lines.at(-2) !== "= end") throw new Error(`${path} is not whole`);
  const parts: Record<string, string[]> = {};
  let part: string[] = [];
  for (const line of lines.slice(1, -2)) {
    if (!line.startsWith("= ")) part.push(line);
    else {
      part = [];
      parts[line.slice(2)] = part;
    }
  }
  return parts;
}
