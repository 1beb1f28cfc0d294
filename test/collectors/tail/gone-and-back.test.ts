import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, nodeFiles } from "../../../collectors/tail/files.ts";
import { Follower, newFolder, numbered, rotate, write } from "./follow.ts";

/** How many files this process has open; 0 where the system does not say. */
function openFiles(): number {
  return existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
}

/** The real files, with one operation failing for as long as `code` is set. */
function failing(): { files: Files; fail: (operation: keyof Files | undefined, code: string) => void } {
  let broken: keyof Files | undefined;
  let code = "";
  const check = (operation: keyof Files): void => {
    if (operation === broken) throw Object.assign(new Error(`${code}: made to fail`), { code });
  };
  const files: Files = {
    stat: (path) => {
      check("stat");
      return nodeFiles.stat(path);
    },
    open: (path) => {
      check("open");
      return nodeFiles.open(path);
    },
    look: (fd) => {
      check("look");
      return nodeFiles.look(fd);
    },
    read: (fd, into, at, length, position) => {
      check("read");
      return nodeFiles.read(fd, into, at, length, position);
    },
    list: (folder) => {
      check("list");
      return nodeFiles.list(folder);
    },
    close: (fd) => nodeFiles.close(fd),
  };
  return {
    files,
    fail: (operation, with_) => {
      broken = operation;
      code = with_;
    },
  };
}

test("not there yet, then there", async () => {
  const path = join(newFolder(), "later", "mail.log");
  const follower = new Follower(path);
  const outcome = await follower.read();
  expect(outcome).toMatchObject({ state: "missing", fault: { code: "source-missing" }, bytes: 0, more: false });
  expect(outcome.fault?.message).toContain(path);
  mkdirSync(dirname(path));
  write(path, ...numbered(0, 3));
  expect(await follower.read()).toMatchObject({ state: "following", fault: undefined });
  expect(follower.lines).toEqual(numbered(0, 3));
});

test("deleted: what was written before is read, then it is missed, then the new one is read", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 3));
  const follower = new Follower(path);
  await follower.read();
  write(path, ...numbered(3, 5));
  rmSync(path);
  expect((await follower.read()).state).toBe("following");
  expect(await follower.read()).toMatchObject({ state: "missing", fault: { code: "source-gone" } });
  write(path, ...numbered(5, 8));
  expect((await follower.read()).state).toBe("following");
  expect(follower.lines).toEqual(numbered(0, 8));
  expect(follower.tail.counters().gapBytes).toBe(0);
});

test("deleted and made anew at once, many times, whatever inode it gets", async () => {
  const path = join(newFolder(), "mail.log");
  const follower = new Follower(path);
  let n = 0;
  for (let i = 0; i < 30; i++) {
    write(path, ...numbered(n, n + 3));
    n += 3;
    await follower.read();
    if (i % 2 === 0) follower.restart();
    if (existsSync(path)) unlinkSync(path);
  }
  expect(follower.lines).toEqual(numbered(0, n));
});

test("a directory at the path", async () => {
  const path = join(newFolder(), "mail.log");
  mkdirSync(path);
  const follower = new Follower(path);
  const outcome = await follower.read();
  expect(outcome.state).toBe("failed");
  expect(outcome.fault?.message).toContain("is a directory");
  renameSync(path, `${path}.d`);
  write(path, ...numbered(0, 2));
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 2));
});

test("permission lost and regained, as the kernel does it", async ({ skip }) => {
  const { seteuid, getuid } = process;
  if (getuid?.() !== 0 || seteuid === undefined) return skip("only root can take its own permission away");
  const folder = newFolder();
  const path = join(folder, "mail.log");
  chmodSync(folder, 0o755);
  write(path, ...numbered(0, 3));
  chmodSync(path, 0o600);
  const follower = new Follower(path);
  seteuid(65534);
  try {
    const outcome = await follower.read();
    expect(outcome).toMatchObject({ state: "forbidden", fault: { code: "source-forbidden" } });
    expect(outcome.fault?.advice).toContain(path);
    seteuid(0);
    chmodSync(path, 0o644);
    seteuid(65534);
    expect((await follower.read()).state).toBe("following");
    // A new file that may not be read: the old one is not given up for it.
    seteuid(0);
    rotate(path);
    write(path, ...numbered(3, 6));
    chmodSync(path, 0o600);
    seteuid(65534);
    expect((await follower.read()).state).toBe("forbidden");
    follower.restart();
    expect((await follower.read()).state).toBe("forbidden");
    seteuid(0);
    chmodSync(path, 0o644);
    seteuid(65534);
    expect((await follower.read()).state).toBe("following");
    // The folder closes: nothing is lost, nothing is twice.
    seteuid(0);
    chmodSync(folder, 0o700);
    write(path, ...numbered(6, 8));
    seteuid(65534);
    const closed = await follower.read();
    expect(closed.state).toBe("forbidden");
    follower.restart();
    expect((await follower.read()).state).toBe("forbidden");
    seteuid(0);
    chmodSync(folder, 0o755);
    seteuid(65534);
    await follower.read();
    expect(follower.lines).toEqual(numbered(0, 8));
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: 0 });
  } finally {
    seteuid(0);
  }
});

describe.each(["stat", "open", "look", "read", "list"] as const)("%s fails", (operation) => {
  test.each(["EIO", "EACCES", "ESTALE", "EMFILE"])(
    "with %s: an outcome, and all is read once when it works again",
    async (code) => {
      const path = join(newFolder(), "mail.log");
      const { files, fail } = failing();
      const before = openFiles();
      const follower = new Follower(path, { files, maxPiece: 200 });
      let n = 0;
      for (let round = 0; round < 12; round++) {
        write(path, ...numbered(n, n + 10));
        n += 10;
        if (round % 4 === 1) await follower.read(1);
        fail(operation, code);
        for (let i = 0; i < 3; i++) {
          const { state, fault } = await follower.read();
          expect(state === "following").toBe(fault === undefined);
          if (round % 3 === 0) follower.restart();
        }
        if (round % 4 === 3) rotate(path);
        await follower.read();
        fail(undefined, "");
        if (round % 2 === 0) await follower.readAll();
      }
      write(path, ...numbered(n, n + 5));
      await follower.readAll();
      expect(follower.lines).toEqual(numbered(0, n + 5));
      expect(follower.tail.counters().gapBytes).toBe(0);
      follower.stop();
      expect(openFiles()).toBe(before);
    },
  );
});

test("what the caller throws comes through, and its lines are handed on again", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 5));
  const follower = new Follower(path);
  const refuse = (): never => {
    throw new Error("not now");
  };
  await expect(follower.tail.read(refuse, { now: 0 })).rejects.toThrow("not now");
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 5));
});
