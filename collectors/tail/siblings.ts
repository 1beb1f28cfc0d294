// Where rotation puts a log: the names that logrotate, newsyslog and `postfix logrotate` give to what was `mail.log`.

import { basename, dirname, extname, join } from "node:path";
import { type FileLook, type Files, systemCode } from "./files.ts";

/** One rotated file beside the log. */
export interface Sibling {
  readonly path: string;
  readonly look: FileLook;
}

interface Named extends Sibling {
  readonly packed: boolean;
  readonly suffix: string;
  readonly dated: boolean;
  readonly order: readonly number[];
}

/** The rotated files of a log, the oldest first. A file that is there both plain and packed is listed once, plain. */
export function siblings(files: Files, path: string): Sibling[] {
  const folder = dirname(path);
  const base = basename(path);
  const bySuffix = new Map<string, Named>();
  for (const name of files.list(folder)) {
    const read = readName(base, name);
    if (read === undefined) continue;
    const known = bySuffix.get(read.suffix);
    // Both are there while the compressor works; the packed one is not complete before the plain one is gone.
    if (known !== undefined && !known.packed) continue;
    const look = lookAt(files, join(folder, name));
    if (look !== undefined) bySuffix.set(read.suffix, { ...read, path: join(folder, name), look });
  }
  const all = [...bySuffix.values()];
  const numbered = all.filter((one) => !one.dated).sort((a, b) => compare(b.order, a.order));
  const dated = all.filter((one) => one.dated).sort((a, b) => compare(a.order, b.order));
  return merge(numbered, dated);
}

function lookAt(files: Files, path: string): FileLook | undefined {
  try {
    const look = files.stat(path);
    return look.isFile() ? look : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** `mail.log.1`, `mail.log-20261122.gz`, `mail.log.20261122-103000.gz`, and with logrotate's `extension`: `mail-20261122.log`. */
function readName(base: string, name: string): Omit<Named, "path" | "look"> | undefined {
  if (name === base) return undefined;
  const packed = /\.(gz|zst)$/.test(name);
  const bare = packed ? name.slice(0, name.lastIndexOf(".")) : name;
  const suffix = suffixOf(base, bare);
  if (suffix === undefined) return undefined;
  const order = suffix
    .split(/\D+/)
    .filter((group) => group !== "")
    .map(Number);
  return { packed, suffix, dated: !/^\.\d{1,4}$/.test(suffix), order };
}

function suffixOf(base: string, bare: string): string | undefined {
  const extension = extname(base);
  const stem = base.slice(0, base.length - extension.length);
  let suffix: string | undefined;
  if (bare.startsWith(base)) suffix = bare.slice(base.length);
  else if (extension !== "" && bare.startsWith(stem) && bare.endsWith(extension)) {
    suffix = bare.slice(stem.length, bare.length - extension.length);
  }
  if (suffix === undefined) return undefined;
  if (/^\.\d{1,4}$/.test(suffix)) return suffix;
  const digits = suffix.replace(/\D/g, "").length;
  return digits >= 6 && /^[-._]\d[\d\-._:T]*Z?$/.test(suffix) ? suffix : undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

// A folder that changed its scheme has both. Names order each scheme, times only say how the two interleave.
function merge(a: readonly Named[], b: readonly Named[]): Named[] {
  const merged: Named[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i].look.mtimeMs <= b[j].look.mtimeMs)) merged.push(a[i++]);
    else merged.push(b[j++]);
  }
  return merged;
}
