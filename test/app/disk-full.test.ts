// No room for the state: it goes on watching and serving, says that it cannot remember, and recovers by itself.

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Dialect } from "../../collectors/dialect.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { Fault } from "../../src/core/fault.ts";
import prometheus from "../../src/publishers/prometheus/index.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import { liveHeart } from "../support/live-heart.ts";
import { makeLog } from "../support/made-log.ts";
import { openSite } from "../support/site.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "full-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A queue that is always empty, so that only the state is in trouble. */
const calm: Dialect = {
  ...postfix,
  listings: () => [
    {
      by: "command",
      name: "nothing",
      command: [process.execPath, "--version"],
      open: () => ({ push() {}, end() {} }),
      judge: () => ({ outcome: "listed" }),
    },
  ],
};

async function survives(store: Store, log: string, fill: () => void, empty: () => void): Promise<void> {
  const made = makeLog(30_000, 3);
  const third = Math.floor(made.bytes.length / 3);
  const heart = await liveHeart({ logs: [log] }, store, calm);
  const site = await openSite([prometheus]);
  const metrics = async () => (await site.web.inject({ url: "/metrics", headers: { host: "localhost" } })).body;
  let now = made.end;
  const beat = async () => {
    now += 5000;
    const report = await heart.beat(now);
    await heart.feed.settled();
    site.publish(report);
    return report;
  };
  appendFileSync(log, made.bytes.subarray(0, third));
  await beat();
  heart.remember(now);
  const before = await beat();
  expect([before.observer.why, heart.complaints]).toEqual(["", []]);

  fill();
  appendFileSync(log, made.bytes.subarray(third, 2 * third));
  const blindFrom = await beat();
  heart.remember(now);
  const blind = await beat();
  expect(blindFrom.observer.blind).toBe(false);
  expect(blind.observer).toMatchObject({ blind: true, why: expect.stringMatching(/state-unwritable: The state in /) });
  expect([blind.status.blind, blind.forecast.state]).toEqual([true, "unknown"]);
  expect(heart.complaints).toMatchObject([{ code: "state-unwritable" }]);
  // It goes on watching, and counters, which stay true, go on counting.
  expect(blind.totals.messages.accepted).toBeGreaterThan(before.totals.messages.accepted);
  expect(await metrics()).toMatch(
    new RegExp(`^mailtide_received_messages_total\\{.*\\} ${blind.totals.messages.accepted}$`, "m"),
  );
  // What is kept is whole: the place and the counts of before.
  expect(store.load()?.cursors[0].cursor).toContain(`"lines":${JSON.stringify(before.observer.sources[0].lines)}`);

  empty();
  appendFileSync(log, made.bytes.subarray(2 * third));
  await beat();
  heart.remember(now);
  const after = await beat();
  expect([after.observer.why, after.status.blind]).toEqual(["", false]);
  expect(after.totals.messages.accepted).toBe(made.truth.accepted);
  expect(heart.complaints).toHaveLength(1);
  await heart.feed.close();
  await site.web.close();
  const again = await liveHeart({ logs: [log] }, store, calm);
  const { totals } = await again.beat(now + 5000);
  expect(totals).toEqual(after.totals);
  await again.feed.close();
}

test("a disk that is full for a while", async () => {
  const folder = newFolder();
  const sqlite = openSqliteStore(join(folder, "state.sqlite"));
  let full = false;
  const store: Store = {
    load: () => sqlite.load(),
    commit(checkpoint) {
      if (full) throw new Fault("state-unwritable", "The state in /there cannot be written: no room", "Make room.");
      sqlite.commit(checkpoint);
    },
    remember: (rows) => sqlite.remember(rows),
    history: (from, to) => sqlite.history(from, to),
    forget: (at) => sqlite.forget(at),
    close: () => sqlite.close(),
  };
  await survives(
    store,
    join(folder, "mail.log"),
    () => {
      full = true;
    },
    () => {
      full = false;
    },
  );
  store.close();
});

test("a real disk of 8 MiB that fills up and is cleared", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root can mount a small disk");
  const folder = newFolder();
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], { encoding: "utf8" });
  if (status !== 0) skip(`no small disk here: ${stderr}`);
  try {
    const store = openSqliteStore(join(disk, "state.sqlite"));
    const filler = join(disk, "filler");
    const fill = (): void => {
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, new Uint8Array(bavail * bsize));
    };
    await survives(store, join(folder, "mail.log"), fill, () => rmSync(filler));
    store.close();
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
});
