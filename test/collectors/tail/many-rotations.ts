// One long life of a log and of its follower: written, rotated, stopped and started at random.

import { statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { Follower, newFolder } from "./follow.ts";
import { dice, Rotator, type Scheme } from "./rotator.ts";

/** Lives through `rotations` rotations; every line that could be read must have been handed on once, in order. */
export async function liveThrough(scheme: Scheme, rotations: number, seed: number): Promise<void> {
  const roll = dice(seed);
  const path = join(newFolder(), "mail.log");
  const log = new Rotator(path, scheme);
  const follower = new Follower(path, { maxPiece: 2048 });
  const settle = async (): Promise<void> => {
    expect((await follower.readAll()).state).toBe("following");
  };
  log.append(3);
  await follower.read(1);
  let stopped = false;
  let behind = 0;
  while (log.rotations < rotations) {
    const what = roll(12);
    if (what < 4) log.append(1 + roll(40));
    else if (what === 4) log.appendHalf();
    else if (what < 7 && !stopped) await follower.read(1 + roll(4000));
    else if (what === 7 && !stopped) await settle();
    else if (what === 8) {
      if (stopped) follower.restart();
      else follower.stop();
      stopped = !stopped;
    } else if (what < 11 && behind < 5) {
      // Empty files are not rotated, as with logrotate's notifempty.
      log.append(1 + roll(20));
      behind++;
      if (scheme.startsWith("copytruncate") && !stopped && roll(2) === 0) {
        await settle();
        await loseSome(log, follower, roll);
      } else log.rotate(stopped ? 0 : roll(3));
    } else if (behind >= 5 && !stopped) {
      await settle();
      behind = 0;
    }
  }
  if (stopped) follower.restart();
  log.append(5);
  await settle();
  const wanted: string[] = [];
  for (let n = 0; n < log.written; n++) if (!log.lost.has(n)) wanted.push(log.line(n));
  // Named one by one: a list of thousands of lines says nothing.
  const seen = new Map<string, number>();
  for (const line of follower.lines) seen.set(line, (seen.get(line) ?? 0) + 1);
  expect(wanted.filter((line) => !seen.has(line))).toEqual([]);
  expect([...seen].filter(([, times]) => times > 1)).toEqual([]);
  expect(follower.lines.join("\n") === wanted.join("\n")).toBe(true);
  expect(follower.tail.counters()).toMatchObject({ rotations: log.rotations, gapBytes: log.lostBytes });
  log.close();
}

/** copytruncate while a program writes: some lines come between the copy and the truncation. */
async function loseSome(log: Rotator, follower: Follower, roll: (below: number) => number): Promise<void> {
  log.append(40 + roll(60));
  log.copy();
  log.append(1 + roll(60));
  // It sees how large the file is, and reads a part.
  await follower.read(1 + roll(6000));
  const { offset, size } = follower.tail.cursor();
  expect(size).toBe(statSync(log.path).size);
  log.rotations++;
  log.truncate(offset);
}
