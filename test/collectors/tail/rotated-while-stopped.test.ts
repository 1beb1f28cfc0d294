import { appendFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Follower, newFolder, numbered, pack, rotate, write } from "./follow.ts";

const schemes: Readonly<Record<string, (path: string, nth: number) => void>> = {
  "mail.log.1": (path) => rotate(path),
  "mail.log.1.gz": (path) => {
    rotate(path);
    pack(`${path}.1`);
  },
  "mail.log.1.zst": (path) => {
    rotate(path);
    pack(`${path}.1`, `${path}.1.zst`);
  },
  "mail.log.1, then .2.gz (delaycompress)": (path, nth) => {
    rotate(path);
    if (nth > 0) pack(`${path}.2`);
  },
  "mail.log.0": (path, nth) => {
    for (let n = nth - 1; n >= 0; n--) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    renameSync(path, `${path}.0`);
  },
  "mail.log-20261122": (path, nth) => renameSync(path, `${path}-2026112${nth}`),
  "mail.log-20261122.gz": (path, nth) => {
    renameSync(path, `${path}-2026112${nth}`);
    pack(`${path}-2026112${nth}`);
  },
  "mail.log.20261122-103000.gz (postfix logrotate)": (path, nth) => {
    renameSync(path, `${path}.20261122-10300${nth}`);
    pack(`${path}.20261122-10300${nth}`);
  },
  "mail-20261122.log (extension)": (path, nth) => renameSync(path, path.replace(/\.log$/, `-2026112${nth}.log`)),
};

describe.each(Object.entries(schemes))("%s", (_name, move) => {
  for (const times of [1, 2, 3]) {
    test(`rotated ${times} times while stopped`, async () => {
      const path = join(newFolder(), "mail.log");
      write(path, ...numbered(0, 40));
      const follower = new Follower(path);
      await follower.read();
      follower.stop();
      let n = 40;
      for (let nth = 0; nth < times; nth++) {
        write(path, ...numbered(n, n + 30));
        n += 30;
        move(path, nth);
      }
      write(path, ...numbered(n, n + 5));
      follower.restart();
      await follower.readAll(500);
      expect(follower.lines).toEqual(numbered(0, n + 5));
      expect(follower.tail.counters()).toMatchObject({ rotations: times, gapBytes: 0 });
      await follower.read();
      follower.restart();
      await follower.read();
      expect(follower.lines).toHaveLength(n + 5);
    });
  }
});

test("restarted at every piece, in the middle of packed files too", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 40));
  const follower = new Follower(path, { maxPiece: 300 });
  await follower.read(1);
  for (let nth = 0; nth < 3; nth++) {
    write(path, ...numbered(40 + nth * 40, 80 + nth * 40));
    rotate(path);
    pack(`${path}.1`);
  }
  write(path, ...numbered(160, 200));
  let more = true;
  while (more) {
    follower.restart();
    more = (await follower.read(1)).more;
  }
  expect(follower.lines).toEqual(numbered(0, 200));
});

test("the file was thrown away while stopped: what is kept is read, what is lost is counted", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 40));
  const follower = new Follower(path, { maxPiece: 300 });
  await follower.read(1);
  const { offset, size } = follower.tail.cursor();
  const seen = follower.lines.length;
  follower.stop();
  rotate(path);
  write(path, ...numbered(40, 60));
  rotate(path);
  write(path, ...numbered(60, 80));
  rmSync(`${path}.2`);
  follower.restart();
  await follower.read();
  expect(follower.lines).toEqual([...numbered(0, seen), ...numbered(40, 80)]);
  expect(follower.tail.counters().gapBytes).toBe(size - offset);
  expect(size - offset).toBeGreaterThan(0);
});

test("files from before the first look are history", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 5));
  rotate(path);
  const follower = new Follower(path);
  expect((await follower.read()).state).toBe("missing");
  follower.restart();
  write(path, ...numbered(5, 9));
  rotate(path);
  write(path, ...numbered(9, 12));
  await follower.read();
  expect(follower.lines).toEqual(numbered(5, 12));
});

test("files from before the first look are history, also when there is nothing but half a line yet", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 5));
  rotate(path);
  appendFileSync(path, "Nov 22");
  const follower = new Follower(path);
  await follower.read();
  follower.restart();
  appendFileSync(path, " one\n");
  await follower.read();
  expect(follower.lines).toEqual(["Nov 22 one"]);
});
