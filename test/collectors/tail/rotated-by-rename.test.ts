import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Follower, newFolder, numbered, pack, rotate, write } from "./follow.ts";

test("the rest of the old file is read before the new one", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 3));
  const follower = new Follower(path);
  await follower.read();
  write(path, ...numbered(3, 5));
  rotate(path);
  write(path, ...numbered(5, 7));
  const outcome = await follower.read();
  expect(outcome.state).toBe("following");
  expect(follower.lines).toEqual(numbered(0, 7));
  expect(follower.tail.counters()).toMatchObject({ rotations: 1, gapBytes: 0 });
});

test("a program that goes on writing to the renamed file is followed until it reopens", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 3));
  const follower = new Follower(path, { grace: 2000 });
  const writer = openSync(path, "a");
  await follower.read();
  rotate(path);
  writeFileSync(path, "");
  writeSync(writer, `${numbered(3, 4)[0]}\n`);
  await follower.read();
  follower.now = 60_000;
  writeSync(writer, `${numbered(4, 5)[0]}\n`);
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 5));
  write(path, ...numbered(6, 8));
  await follower.read();
  follower.now += 1999;
  writeSync(writer, `${numbered(5, 6)[0]}\n`);
  closeSync(writer);
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 6));
  follower.now += 2000;
  await follower.read();
  follower.now += 2000;
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 8));
});

test("twice between two looks", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 3));
  const follower = new Follower(path);
  await follower.read();
  write(path, ...numbered(3, 5));
  rotate(path);
  write(path, ...numbered(5, 7));
  rotate(path);
  pack(`${path}.2`);
  write(path, ...numbered(7, 9));
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 9));
  expect(follower.tail.counters().rotations).toBe(2);
});

test("an empty new file does not end the old one", async () => {
  const path = join(newFolder(), "mail.log");
  write(path, ...numbered(0, 3));
  const follower = new Follower(path);
  await follower.read();
  rotate(path);
  writeFileSync(path, "");
  await follower.read();
  follower.restart();
  rotate(path);
  write(path, ...numbered(3, 5));
  await follower.read();
  expect(follower.lines).toEqual(numbered(0, 5));
});

test("a last line without a line feed is handed on when its file is over", async () => {
  const path = join(newFolder(), "mail.log");
  writeFileSync(path, "one\ntw");
  const follower = new Follower(path);
  await follower.read();
  expect(follower.lines).toEqual(["one"]);
  rotate(path);
  write(path, "three");
  await follower.read();
  expect(follower.lines).toEqual(["one", "tw", "three"]);
  expect(follower.tail.counters()).toMatchObject({ gapBytes: 0, bytesRead: 12 });
});
