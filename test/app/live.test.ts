// What can happen to whoever watches live, without a mail server: the clock is set back, there is much to catch up with, a listing hangs.

import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import type { Dialect, Listing } from "../../collectors/dialect.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import type { Cursor } from "../../collectors/tail/cursor.ts";
import type { Checkpoint, Store } from "../../src/store/store.ts";
import { blindAfter, liveHeart } from "../support/live-heart.ts";
import { makeLog } from "../support/made-log.ts";

const start = Date.UTC(2026, 10, 22, 12);
const line = (second: number, text: string): string =>
  `Nov 22 11:00:${String(second).padStart(2, "0")} mta postfix/${text.startsWith("connect") ? "smtpd" : "qmgr"}[1]: ${text}\n`;

function newLog(text: string | Buffer = ""): string {
  const folder = mkdtempSync(join(tmpdir(), "live-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, "mail.log");
  writeFileSync(log, text);
  return log;
}

function listingBy(...command: readonly [string, ...string[]]): Listing {
  return {
    by: "command",
    name: "stub",
    command,
    open: () => ({ push() {}, end() {} }),
    judge: (exit) =>
      exit === 0 ? { outcome: "listed" } : { outcome: "failed", message: "it fell over", advice: "Pick it up." },
  };
}

const empty = listingBy(process.execPath, "--version");
const listedBy = (listing: () => Listing): Dialect => ({ ...postfix, listings: () => [listing()] });

/** A store in memory: what was kept last. */
function memory(): Store & { kept: Checkpoint | undefined } {
  const store: Store & { kept: Checkpoint | undefined } = {
    kept: undefined,
    load: () => store.kept,
    commit(checkpoint) {
      store.kept = checkpoint;
    },
    remember() {},
    history: () => [],
    forget: () => 0,
    close() {},
  };
  return store;
}

test("much to catch up with: read in parts, blind until it is done, and the queue is asked afterwards", async () => {
  const one = Buffer.from(line(1, "connect from client.example.org[192.0.2.1]").repeat(10_000));
  const log = newLog(Buffer.concat(Array.from({ length: 90 }, () => one)));
  let listed = 0;
  const heart = await liveHeart(
    { logs: [log] },
    undefined,
    listedBy(() => {
      listed++;
      return empty;
    }),
  );
  const first = await heart.beat(start);
  expect(heart.feed.behind).toBe(true);
  expect(first.observer.why).toBe(`the log ${log} is still being read, so far up to 2026-11-22T11:00:01.000Z`);
  expect([first.status.blind, first.forecast.state, listed]).toEqual([true, "unknown", 0]);
  let looks = 1;
  let last = first;
  while (heart.feed.behind) {
    last = await heart.beat(start + looks++);
    const { read, foreign, unsupported, malformed } = last.totals.lines;
    expect(read + foreign + unsupported + malformed).toBeLessThanOrEqual(900_000);
  }
  expect(looks).toBe(2);
  expect([last.observer.why, last.status.blind, listed]).toEqual(["", false, 1]);
  expect(last.totals.lines.read).toBe(900_000);
  await heart.feed.close();
});

test("the clock is put back: the queue is listed all the same, and a failure still becomes blindness", async () => {
  const log = newLog(line(1, "connect from client.example.org[192.0.2.1]"));
  let works = true;
  const heart = await liveHeart(
    { logs: [log] },
    undefined,
    listedBy(() => (works ? empty : listingBy("false"))),
  );
  await heart.beat(start);
  const back = start - 5 * 3_600_000;
  await heart.beat(back);
  await heart.beat(back + 30_000);
  await heart.feed.settled();
  const report = await heart.beat(back + 30_000);
  expect([report.observer.blind, report.queue?.at]).toEqual([false, back + 30_000]);
  works = false;
  for (let passed = 35_000; passed <= 30_000 + blindAfter; passed += 5000) {
    await heart.beat(back + passed);
    await heart.feed.settled();
  }
  const blind = await heart.beat(back + 30_000 + blindAfter);
  expect(blind.observer.why).toMatch(
    /^the queue cannot be listed \(queue-failed: stub: it fell over\. Pick it up\.\)$/,
  );
  await heart.feed.close();
});

test("a listing that hangs is broken off by the signal to stop, and is blindness if nobody gives one", async () => {
  const log = newLog(line(1, "connect from client.example.org[192.0.2.1]"));
  const stop = new AbortController();
  let hangs = false;
  const heart = await liveHeart(
    { logs: [log], signal: stop.signal, queueTimeout: 600_000 },
    undefined,
    listedBy(() => (hangs ? listingBy("sleep", "600") : empty)),
  );
  await heart.beat(start);
  hangs = true;
  await heart.beat(start + 30_000);
  expect((await heart.beat(start + 60_000)).observer.blind).toBe(false);
  const blind = await heart.beat(start + 30_000 + 4 * 600_000);
  expect(blind.observer.why).toBe("the queue is being listed and no end is in sight");
  stop.abort();
  await heart.feed.close();
});

test("counts of each log survive a restart, and so does the place in a log that is not followed for a while", async () => {
  const one = newLog(line(1, "4F01A7C2: removed"));
  const two = newLog(`${line(2, "4F02A7C2: removed")}not a line\n`);
  const store = memory();
  const quiet = listedBy(() => empty);
  const both = await liveHeart({ logs: [one, two] }, store, quiet);
  const counted = (await both.beat(start)).observer.sources.map(({ lines }) => lines);
  both.remember(start);
  await both.feed.close();
  const alone = await liveHeart({ logs: [one] }, store, quiet);
  appendFileSync(one, line(3, "4F03A7C2: removed"));
  appendFileSync(two, line(4, "4F04A7C2: removed"));
  await alone.beat(start + 5000);
  alone.remember(start + 5000);
  await alone.feed.close();
  const again = await liveHeart({ logs: [one, two] }, store, quiet);
  const report = await again.beat(start + 10_000);
  expect(counted).toEqual([
    { read: 1, foreign: 0, unsupported: 0, malformed: 0 },
    { read: 1, foreign: 0, unsupported: 0, malformed: 1 },
    undefined,
  ]);
  expect(report.observer.sources.map(({ lines }) => lines)).toEqual([
    { read: 2, foreign: 0, unsupported: 0, malformed: 0 },
    { read: 2, foreign: 0, unsupported: 0, malformed: 1 },
    undefined,
  ]);
  expect(report.totals.lines).toEqual({ read: 4, foreign: 0, unsupported: 0, malformed: 1 });
  await again.feed.close();
});

test("a state that does not say how far a log was read is refused: it would count twice", async () => {
  const log = newLog(line(1, "4F01A7C2: removed"));
  const store = memory();
  const heart = await liveHeart(
    { logs: [log] },
    store,
    listedBy(() => empty),
  );
  await heart.beat(start);
  heart.remember(start);
  await heart.feed.close();
  if (store.kept === undefined) throw new Error("nothing was kept");
  for (const cursor of ["", "{}", "null", '{"path":"/var/log/mail.log"}']) {
    store.kept = { ...store.kept, cursors: [{ source: log, cursor }] };
    await expect(liveHeart({ logs: [log] }, store)).rejects.toMatchObject({ code: "state-corrupt" });
  }
});

test("a rotated file that was damaged while it was packed is told once", async () => {
  const made = makeLog(2000, 5);
  const log = newLog(made.bytes);
  const store = memory();
  const quiet = listedBy(() => empty);
  const half = made.bytes.lastIndexOf(10, made.bytes.length / 2) + 1;
  writeFileSync(log, made.bytes.subarray(0, half));
  const before = await liveHeart({ logs: [log] }, store, quiet);
  await before.beat(start);
  before.remember(start);
  await before.feed.close();
  const cursor = JSON.parse(store.kept?.cursors[0].cursor ?? "") as Cursor;
  expect(cursor.offset).toBe(half);
  const packed = gzipSync(made.bytes);
  writeFileSync(`${log}.1.gz`, packed.subarray(0, packed.length - 200));
  const later = Date.now() / 1000 + 10;
  utimesSync(`${log}.1.gz`, later, later);
  writeFileSync(log, line(59, "4FFFA7C2: removed"));
  utimesSync(log, later + 1, later + 1);
  const warnings: string[] = [];
  const after = await liveHeart({ logs: [log], warn: (text) => void warnings.push(text) }, store, quiet);
  for (let beats = 1; beats < 10; beats++) await after.beat(start + beats * 5000);
  expect(warnings).toEqual([`${log}.1.gz is damaged; what could be read of it was counted`]);
  await after.feed.close();
});

test("timers that an administrator changes are read again within the hour", async () => {
  const log = newLog(line(1, "4F01A7C2: removed"));
  let backoff = "300s";
  const heart = await liveHeart({ logs: [log] }, undefined, {
    ...listedBy(() => empty),
    configuration: () => ["sh", "-c", `echo minimal_backoff_time = ${backoff}`],
  });
  expect(await heart.feed.readSchedule(heart.known)).toBe(undefined);
  expect(heart.known.schedule).toMatchObject({ minimalBackoff: 300_000, source: "configured" });
  backoff = "60s";
  for (let passed = 0; passed <= 3_600_000 + 60_000; passed += 30_000) {
    await heart.beat(start + passed);
    await heart.feed.settled();
  }
  expect(heart.known.schedule.minimalBackoff).toBe(60_000);
  await heart.feed.close();
});
