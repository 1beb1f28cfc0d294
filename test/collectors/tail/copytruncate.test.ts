import { copyFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Follower, newFolder, numbered, pack, rotate, write } from "./follow.ts";

/** A log of which the first piece was read and the rest is known of. */
async function halfRead(): Promise<{ path: string; follower: Follower; seen: number }> {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 40));
  const follower = new Follower(path, { maxPiece: 700 });
  await follower.read(1);
  const seen = follower.lines.length;
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(40);
  return { path, follower, seen };
}

const length = (lines: readonly string[]): number => lines.join("\n").length + 1;

describe.each([false, true])("stopped meanwhile: %s", (stopped) => {
  const between = async (follower: Follower): Promise<void> => {
    if (stopped) follower.restart();
  };

  test("the rest is read from the copy", async () => {
    const { path, follower } = await halfRead();
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(40, 50));
    await follower.readAll();
    expect(follower.lines).toEqual(numbered(0, 50));
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: 0 });
  });

  test("the rest is read from the copy, also when it is packed already", async () => {
    const { path, follower } = await halfRead();
    copyFileSync(path, `${path}-20261122`);
    truncateSync(path);
    pack(`${path}-20261122`);
    await between(follower);
    write(path, ...numbered(40, 50));
    await follower.readAll();
    expect(follower.lines).toEqual(numbered(0, 50));
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: 0 });
  });

  test("no copy: the gap is what is known to have been there", async () => {
    const { path, follower, seen } = await halfRead();
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(40, 43));
    await follower.readAll();
    expect(follower.lines).toEqual([...numbered(0, seen), ...numbered(40, 43)]);
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: length(numbered(seen, 40)) });
  });

  test("grown beyond the old place before the next look", async () => {
    const { path, follower, seen } = await halfRead();
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(40, 140));
    await follower.readAll();
    expect(follower.lines).toEqual([...numbered(0, seen), ...numbered(40, 140)]);
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: length(numbered(seen, 40)) });
  });

  test("grown to exactly the same size", async () => {
    const { path, follower, seen } = await halfRead();
    writeFileSync(path, "");
    await between(follower);
    write(
      path,
      ...numbered(40, 80)
        .map((line) => line.replace("line ", "LINE "))
        .slice(0, 10),
    );
    write(path, ...numbered(10, 40).map((line) => line.replace("line ", "LINE ")));
    await follower.readAll();
    expect(follower.lines).toHaveLength(seen + 40);
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: length(numbered(seen, 40)) });
  });

  test("lines written between the copy and the truncation are the gap", async () => {
    const { path, follower } = await halfRead();
    copyFileSync(path, `${path}.1`);
    write(path, ...numbered(40, 45));
    // The tail sees how large it is, but does not read that far.
    await follower.read(1);
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(45, 50));
    await follower.readAll();
    expect(follower.lines).toEqual([...numbered(0, 40), ...numbered(45, 50)]);
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: length(numbered(40, 45)) });
  });

  test("read further than the copy goes: nothing counts twice", async () => {
    const { path, follower } = await halfRead();
    copyFileSync(path, `${path}.1`);
    write(path, ...numbered(40, 45));
    await follower.readAll();
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(45, 50));
    await follower.readAll();
    expect(follower.lines).toEqual(numbered(0, 50));
    expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: 0 });
  });

  test.each(["renamed", "written over"])("twice, the first copy %s", async (how) => {
    const { path, follower } = await halfRead();
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    await between(follower);
    write(path, ...numbered(40, 60));
    if (!stopped) await follower.read(1);
    if (how === "renamed") renameSync(`${path}.1`, `${path}.2`);
    else copyFileSync(`${path}.1`, `${path}.2`);
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    write(path, ...numbered(60, 70));
    await follower.readAll();
    expect(follower.lines).toEqual(numbered(0, 70));
    expect(follower.tail.counters()).toMatchObject({ rotations: 2, gapBytes: 0 });
  });
});

test("a half line that was cut off is part of the gap", async () => {
  const path = join(newFolder(), "mail.log");
  writeFileSync(path, "one\nhalf");
  const follower = new Follower(path);
  await follower.read();
  truncateSync(path);
  await follower.read();
  write(path, "two");
  await follower.read();
  expect(follower.lines).toEqual(["one", "two"]);
  expect(follower.tail.counters().gapBytes).toBe(4);
});

test("a writer that does not append leaves a hole at the front", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 20));
  const follower = new Follower(path, { maxPiece: 100 });
  await follower.readAll();
  writeFileSync(path, Buffer.concat([Buffer.alloc(length(numbered(0, 20))), Buffer.from("after\n")]));
  await follower.readAll();
  expect(follower.lines).toEqual([...numbered(0, 20), "after"]);
});

test("an older file that begins alike is not taken for the copy", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, "newsyslog: logfile turned over", "old", "older", "oldest");
  rotate(path);
  write(path, "newsyslog: logfile turned over");
  const past = new Date(Date.UTC(2026, 10, 1));
  utimesSync(`${path}.1`, past, past);
  const follower = new Follower(path);
  await follower.read();
  truncateSync(path);
  await follower.read();
  write(path, "new");
  await follower.read();
  expect(follower.lines).toEqual(["newsyslog: logfile turned over", "new"]);
});
