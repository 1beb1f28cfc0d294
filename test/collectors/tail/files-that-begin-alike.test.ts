import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Follower, newFolder, pack, rotate, write } from "./follow.ts";

const first = "newsyslog[1]: logfile turned over";

describe.each(["plain", "packed"])("the old one is %s", (form) => {
  test("the same first line, restarted in between", async () => {
    const path = join(newFolder(), "mail.log");
    write(path, first);
    const follower = new Follower(path);
    await follower.read();
    follower.stop();
    rotate(path);
    write(path, first, "second file");
    if (form === "packed") pack(`${path}.1`);
    follower.restart();
    await follower.read();
    expect(follower.lines).toEqual([first, first, "second file"]);
  });

  test("the same first line, and more came into the old one", async () => {
    const path = join(newFolder(), "mail.log");
    write(path, first);
    const follower = new Follower(path);
    await follower.read();
    follower.stop();
    write(path, "rest of the first file");
    rotate(path);
    write(path, first, "second file");
    if (form === "packed") pack(`${path}.1`);
    follower.restart();
    await follower.read();
    expect(follower.lines).toEqual([first, "rest of the first file", first, "second file"]);
  });

  test("only the first line, again and again", async () => {
    const path = join(newFolder(), "mail.log");
    const follower = new Follower(path);
    for (let n = 1; n <= 12; n++) {
      write(path, first);
      await follower.read();
      if (n % 3 === 0) follower.restart();
      rotate(path);
      if (form === "packed") pack(`${path}.1`);
      await follower.read();
      expect(follower.lines).toHaveLength(n);
    }
  });
});

test("the beginning is known better as the file grows", async () => {
  const path = join(newFolder(), "mail.log");
  const follower = new Follower(path);
  write(path, first);
  await follower.read();
  expect(follower.tail.cursor().head.length).toBe(first.length + 1);
  write(path, "x".repeat(400));
  await follower.read();
  expect(follower.tail.cursor().head.length).toBe(first.length + 1 + 401);
  write(path, "x".repeat(4000));
  await follower.read();
  expect(follower.tail.cursor().head.length).toBe(1024);
});
