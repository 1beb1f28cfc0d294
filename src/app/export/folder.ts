// Writes files into a folder so that whoever reads there sees each one whole, the old or the new, whenever we are killed:
// written beside, synced, and renamed.

import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { CopiedFile } from "./site-copy.ts";

/** Our own corner of the folder: files that are being written, and the list of those that are ours. */
export const corner = ".mailtide";
const listName = "files.json";

export interface Written {
  /** Files that differed from what was there. */
  readonly written: number;
  readonly removed: number;
}

/** A folder that carries a copy of the site. Other files in it are left alone. */
export class ExportFolder {
  readonly directory: string;
  #ours: ReadonlySet<string> | undefined;
  #number = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Brings the folder to these files, in their order. Throws `Fault("export-failed")`; the files there then stay whole. */
  async write(files: readonly CopiedFile[]): Promise<Written> {
    try {
      const before = this.#ours ?? (await this.#begin(files));
      const names = new Set(files.map(({ name }) => name));
      // First the list of all that may be ours, so that nothing of ours is ever taken for somebody else's.
      if (this.#ours === undefined || [...names].some((name) => !before.has(name))) {
        await this.#list(new Set([...before, ...names]));
      }
      let written = 0;
      for (const { name, body } of files) {
        // Looked at each time: what somebody removed or damaged comes back.
        if ((await this.#there(name))?.equals(body) === true) continue;
        await this.#replace(name, body);
        written++;
      }
      const gone = [...before].filter((name) => !names.has(name));
      for (const name of gone) await this.#remove(name);
      if (gone.length > 0) await this.#list(names);
      this.#ours = names;
      return { written, removed: gone.length };
    } catch (error) {
      this.#ours = undefined;
      throw error instanceof Fault ? error : unwritable(this.directory, error);
    }
  }

  /** Reads what an earlier run left, throws away what it had not finished, and looks for files of others. */
  async #begin(files: readonly CopiedFile[]): Promise<ReadonlySet<string>> {
    const ours = join(this.directory, corner);
    await makeFolder(ours);
    for (const name of await readdir(ours)) {
      const owner = /^(\d+)-\d+\.part$/.exec(name)?.[1];
      if (owner !== undefined && !alive(Number(owner))) await rm(join(ours, name), { force: true });
    }
    const list = await readFile(join(ours, listName), "utf8").catch(() => undefined);
    if (list !== undefined) return new Set(namesIn(list));
    for (const { name } of files) {
      const path = join(this.directory, name);
      const found = await lstat(path).catch(() => undefined);
      if (found === undefined) continue;
      throw new Fault(
        "export-failed",
        `${path} is there already, and mailtide did not write it`,
        "Name an empty folder, or move that file away.",
      );
    }
    return new Set();
  }

  async #there(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.directory, name)).catch(() => undefined);
  }

  async #replace(name: string, body: Uint8Array): Promise<void> {
    const path = join(this.directory, name);
    const part = join(this.directory, corner, `${process.pid}-${this.#number++}.part`);
    await makeFolder(dirname(part));
    await makeFolder(dirname(path));
    try {
      const file = await open(part, "w", 0o644);
      try {
        await file.writeFile(body);
        // A web server of another user is to read it, whatever our own mask.
        await file.chmod(0o644);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw error;
    }
  }

  async #list(names: ReadonlySet<string>): Promise<void> {
    await this.#replace(`${corner}/${listName}`, Buffer.from(`${JSON.stringify([...names].sort(), null, 1)}\n`));
  }

  async #remove(name: string): Promise<void> {
    await unlink(join(this.directory, name)).catch(ignoreMissing);
    // Folders that are empty now go as well; one that is not holds files of others, or of ours.
    for (let folder = dirname(name); folder !== "."; folder = dirname(folder)) {
      try {
        await rmdir(join(this.directory, folder));
      } catch {
        return;
      }
    }
  }
}

/** Of a list that somebody may have changed: names that cannot lead out of the folder. */
function namesIn(list: string): string[] {
  let names: unknown;
  try {
    names = JSON.parse(list);
  } catch {
    return [];
  }
  const inside = (name: unknown): name is string =>
    typeof name === "string" && name.split("/").every((part) => part !== "" && !part.startsWith("."));
  return Array.isArray(names) ? names.filter(inside) : [];
}

/** With every folder above it; those that are made are open to readers. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
    await chmod(made, 0o755);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}

function unwritable(directory: string, error: unknown): Fault {
  return new Fault(
    "export-failed",
    `the copy of the site in ${directory} cannot be written (${error instanceof Error ? error.message : String(error)})`,
    "Make room there, or let mailtide's user write in that folder; the files there are whole, and mailtide tries again.",
    error,
  );
}
