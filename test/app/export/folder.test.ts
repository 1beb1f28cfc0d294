// A folder that somebody reads while we write.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ExportFolder } from "../../../src/app/export/folder.ts";
import type { CopiedFile } from "../../../src/app/export/site-copy.ts";
import { Fault } from "../../../src/core/fault.ts";
import { visibleFiles } from "./whole.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function files(texts: Readonly<Record<string, string>>): CopiedFile[] {
  return Object.entries(texts).map(([name, text]) => ({ name, type: "text/plain", body: Buffer.from(text) }));
}

const there = (name: string): string => readFileSync(join(folder, name), "utf8");

async function fault(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error(`not a fault: ${String(error)}`);
}

test("files come, change and go, and only what changed is written", async () => {
  const target = new ExportFolder(join(folder, "new", "site"));
  expect(await target.write(files({ "a.txt": "1", "i/x/index.html": "x" }))).toEqual({ written: 2, removed: 0 });
  expect(await target.write(files({ "a.txt": "1", "i/x/index.html": "x" }))).toEqual({ written: 0, removed: 0 });
  expect(await target.write(files({ "a.txt": "2", "b.txt": "b" }))).toEqual({ written: 2, removed: 1 });
  expect(visibleFiles(join(folder, "new", "site"))).toEqual(["a.txt", "b.txt"]);
  expect(existsSync(join(folder, "new", "site", "i"))).toBe(false);
});

test("a later run knows what is ours, and removes it when it goes", async () => {
  await new ExportFolder(folder).write(files({ "a.txt": "1", "b.txt": "b" }));
  expect(await new ExportFolder(folder).write(files({ "a.txt": "1" }))).toEqual({ written: 0, removed: 1 });
  expect(visibleFiles(folder)).toEqual(["a.txt"]);
});

test("files of others stay, and none of them is overwritten", async () => {
  writeFileSync(join(folder, "robots.txt"), "theirs");
  await new ExportFolder(folder).write(files({ "a.txt": "1" }));
  expect(there("robots.txt")).toBe("theirs");
  rmSync(join(folder, ".mailtide"), { recursive: true });
  const { code, message } = await fault(new ExportFolder(folder).write(files({ "b.txt": "1", "robots.txt": "ours" })));
  expect([code, message]).toEqual([
    "export-failed",
    `${join(folder, "robots.txt")} is there already, and mailtide did not write it`,
  ]);
  expect(visibleFiles(folder)).toEqual(["a.txt", "robots.txt"]);
});

test("whoever serves the folder may read it, whatever our own mask is", async () => {
  const mask = process.umask(0o077);
  try {
    await new ExportFolder(join(folder, "site")).write(files({ "i/x/index.html": "x" }));
  } finally {
    process.umask(mask);
  }
  expect(statSync(join(folder, "site", "i", "x", "index.html")).mode & 0o777).toBe(0o644);
  for (const name of ["site", "site/i", "site/i/x"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o755);
});

test("a list of ours that somebody changed makes us remove nothing outside the folder", async () => {
  const outside = join(folder, "outside.txt");
  writeFileSync(outside, "keep");
  const site = join(folder, "site");
  await new ExportFolder(site).write(files({ "a.txt": "1" }));
  writeFileSync(
    join(site, ".mailtide", "files.json"),
    JSON.stringify(["../outside.txt", "/etc/x", "a.txt", 7, ".mailtide"]),
  );
  await new ExportFolder(site).write(files({ "b.txt": "1" }));
  expect(readFileSync(outside, "utf8")).toBe("keep");
  expect(visibleFiles(site)).toEqual(["b.txt"]);
});

test("what a run that died had not finished is thrown away; what one that lives is writing is not", async () => {
  mkdirSync(join(folder, ".mailtide"));
  writeFileSync(join(folder, ".mailtide", "999999999-1.part"), "half");
  writeFileSync(join(folder, ".mailtide", `${process.ppid}-1.part`), "half");
  await new ExportFolder(folder).write(files({ "a.txt": "1" }));
  expect(readdirSync(join(folder, ".mailtide")).sort()).toEqual([`${process.ppid}-1.part`, "files.json"].sort());
});

test("a folder that may not be written is a fault that says what to do, and it goes on afterwards", async () => {
  const target = new ExportFolder(join(folder, "site"));
  await target.write(files({ "a.txt": "1" }));
  // A file where a folder has to be: even root cannot.
  writeFileSync(join(folder, "site", "i"), "theirs");
  const { code, advice } = await fault(target.write(files({ "a.txt": "2", "i/x/index.html": "x" })));
  expect(code).toBe("export-failed");
  expect(advice).toContain("Make room there");
  expect(there("site/a.txt")).toBe("2");
  rmSync(join(folder, "site", "i"));
  expect(await target.write(files({ "a.txt": "2", "i/x/index.html": "x" }))).toEqual({ written: 1, removed: 0 });
});

test("a file that somebody damaged is put right by the next run", async () => {
  await new ExportFolder(folder).write(files({ "a.txt": "whole" }));
  writeFileSync(join(folder, "a.txt"), "ha");
  chmodSync(join(folder, "a.txt"), 0o600);
  expect((await new ExportFolder(folder).write(files({ "a.txt": "whole" }))).written).toBe(1);
  expect(there("a.txt")).toBe("whole");
});
