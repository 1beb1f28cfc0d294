import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Lookout } from "../../../collectors/lookout/lookout.ts";
import { markerWith, readOrMakeKey } from "../../../collectors/lookout/marks.ts";
import { returnLine } from "../../../collectors/lookout/returns.ts";
import { Fault } from "../../../src/core/fault.ts";
import { markOf, sighted } from "./sightings.ts";

const options = { messages: 100, patience: 1e9 };
let folder = "";
let file = "";
let mounted = false;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mailtide-lookout-"));
  file = join(folder, "held");
});
afterEach(() => {
  if (mounted) spawnSync("umount", ["-l", folder]);
  mounted = false;
  rmSync(folder, { recursive: true, force: true });
});

function busy(): Lookout {
  const { lookout } = Lookout.open(file, options);
  for (const at of [0, 60_000, 180_000]) {
    lookout.offered(sighted(at, { domain: "one.test" }));
    lookout.offered(sighted(at + 1, { from: "b@two.test", to: ["x@held.test", "y@held.test"], size: 7 }));
  }
  return lookout;
}

const back = (to: string, at: number) => ({
  sender: markOf("sender", "b@two.test"),
  recipient: markOf("recipient", to),
  origins: [markOf("network", "192.0.2")],
  at,
});

test("after a restart the report is the same, and a re-try is known again", () => {
  const before = busy();
  before.returned(back("x@held.test", 200_000));
  before.save(file);
  const { lookout } = Lookout.open(file, options);
  expect(lookout.report(200_000)).toEqual(before.report(200_000));
  expect(lookout.report(200_000).messages).toMatchObject({ seen: 2, held: 2, triedAgain: 2 });
  lookout.offered(sighted(400_000, { domain: "one.test" }));
  expect(lookout.report(400_000)).toMatchObject({ attempts: 7, messages: { seen: 2 } });
  lookout.returned(back("y@held.test", 500_000));
  expect(lookout.report(500_000).messages).toMatchObject({ held: 1, returned: 1 });
});

test("the intervals of each sender are learned, and told apart by attempt", () => {
  const { senders, intervals } = busy().report(200_000);
  const wait = (attempt: number, length: number) => ({
    attempt,
    count: 1,
    shortest: length,
    mean: length,
    longest: length,
  });
  const waits = [wait(2, 60_000), wait(3, 120_000)];
  expect(senders).toEqual([
    { origin: markOf("domain", "one.test"), intervals: waits },
    { origin: markOf("network", "192.0.2"), intervals: waits },
  ]);
  // From one minute on, and from one to five: a minute itself is in the second band.
  expect(intervals.counts.slice(0, 3)).toEqual([0, 4, 0]);
});

test("nothing that is written names anybody, and only this user can read it", () => {
  busy().save(file);
  const written = readFileSync(file, "latin1");
  expect(written.length).toBeGreaterThan(200);
  for (const name of ["one.test", "two.test", "held.test", "192.0.2", "@"]) expect(written).not.toContain(name);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(["cut in half", "not ours"])("a file that is %s is laid aside, and watching goes on", (how) => {
  busy().save(file);
  if (how === "not ours") writeFileSync(file, "hello\n");
  else truncateSync(file, Math.floor(statSync(file).size / 2));
  const { lookout, laidAside } = Lookout.open(file, options);
  expect(laidAside).toBe(`${file}.damaged`);
  expect(existsSync(`${file}.damaged`)).toBe(true);
  expect(lookout.report(0).messages.seen).toBe(0);
});

test("a folder that cannot be written is a fault with advice, and nothing is forgotten by it", () => {
  const lookout = busy();
  expect(() => lookout.save(join(folder, "gone", "held"))).toThrow(Fault);
  lookout.save(file);
  expect(Lookout.open(file, options).lookout.report(0).messages.held).toBe(2);
});

test("a smaller memory keeps the newest, and counts what it could not keep", () => {
  busy().save(file);
  const { lookout } = Lookout.open(file, { messages: 1, patience: 1e9 });
  expect(lookout.report(0).messages).toMatchObject({ seen: 2, held: 1, forgotten: 1 });
});

test("a list of returns is read as far as it goes, each line once, also over a restart", () => {
  const list = join(folder, "returns");
  const lookout = busy();
  lookout.readReturned(list);
  const second = returnLine(back("y@held.test", 300_000));
  writeFileSync(list, `${returnLine(back("x@held.test", 200_000))}\nnonsense\n${second.slice(0, 20)}`);
  lookout.readReturned(list);
  expect(lookout.report(300_000).returns).toMatchObject({ ticked: 1, unmatched: 0 });
  lookout.save(file);
  writeFileSync(list, `${second.slice(20)}\n`, { flag: "a" });
  const { lookout: again } = Lookout.open(file, options);
  again.readReturned(list);
  again.readReturned(list);
  expect(again.report(300_000).returns).toEqual({ ticked: 2, unmatched: 0, meanWait: (199_999 + 299_999) / 2 });
  expect(again.report(300_000).messages).toMatchObject({ held: 1, returned: 1 });
});

test("the key is made once, for this user alone, and marks depend on it", () => {
  const path = join(folder, "below", "key");
  const key = readOrMakeKey(path);
  expect(readOrMakeKey(path)).toEqual(key);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const other = readOrMakeKey(join(folder, "other"));
  expect(markerWith(key)("sender", "a@one.test")).toMatch(/^[0-9a-f]{16}$/);
  expect(markerWith(key)("sender", "a@one.test")).toBe(markerWith(key)("sender", "A@One.test"));
  expect(markerWith(key)("sender", "a@one.test")).not.toBe(markerWith(other)("sender", "a@one.test"));
  expect(markerWith(key)("sender", "a@one.test")).not.toBe(markerWith(key)("recipient", "a@one.test"));
  writeFileSync(path, "short\n");
  expect(() => readOrMakeKey(path)).toThrow(/64 hexadecimal digits/);
});

test("what happened since the snapshot is in the journal: offers, returns and how far they were heard, each once", () => {
  const { lookout } = Lookout.open(file, options);
  lookout.save(file);
  lookout.told(1, sighted(0, { to: ["x@held.test"] }));
  lookout.told(1, sighted(0, { to: ["y@held.test"] }));
  lookout.offered(sighted(0, { to: ["x@held.test", "y@held.test"] }), 1);
  lookout.offered(sighted(60_000, { from: "b@two.test", size: 7 }));
  lookout.hearReturns("stream", 5, [{ ...back("x@held.test", 90_000), at: 90_000 }]);
  const at = lookout.report(100_000);
  expect(at.messages).toMatchObject({ seen: 2, held: 1, returned: 1 });
  // Killed: nobody saved. Twice, since the journals of both lives have to be read.
  for (let life = 0; life < 2; life++) {
    const { lookout: next, laidAside } = Lookout.open(file, options);
    expect(laidAside).toBeUndefined();
    expect(next.report(100_000)).toEqual(at);
    expect(next.heard).toMatchObject({ stream: "stream", number: 5 });
    next.hearReturns("stream", 5, [{ ...back("x@held.test", 90_000), at: 90_000 }]);
    expect(next.report(100_000)).toEqual(at);
  }
});

test("a transaction that goes on over a snapshot is in the next journal, and a line that was cut is passed over", () => {
  const { lookout } = Lookout.open(file, options);
  lookout.save(file);
  lookout.told(1, sighted(0, { to: ["x@held.test"] }));
  lookout.offered(sighted(0, { size: 7 }), 2);
  lookout.save(file);
  lookout.told(1, sighted(0, { to: ["y@held.test"] }));
  const [journal] = readdirSync(folder).filter((name) => name.includes("journal"));
  expect(readdirSync(folder).filter((name) => name.includes("journal"))).toHaveLength(1);
  writeFileSync(join(folder, journal), '["t",3,[12,"aa', { flag: "a" });
  const { lookout: next } = Lookout.open(file, options);
  expect(next.report(0).messages).toMatchObject({ seen: 2, recipients: 3 });
});

const journals = (): string[] => readdirSync(folder).filter((name) => name.includes("journal"));

/** Files that this program holds open below the folder. */
function openFiles(): number {
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
    } catch {
      // The one that lists them is closed by now.
      return false;
    }
  }).length;
}

test("while no snapshot can be written the journal goes on: no file is added and none left open at each try", () => {
  const { lookout } = Lookout.open(file, options);
  lookout.save(file);
  mkdirSync(`${file}.new`);
  for (let at = 0; at < 20; at++) {
    lookout.offered(sighted(at * 60_000, { size: at }));
    expect(() => lookout.save(file)).toThrow(Fault);
  }
  expect(journals()).toHaveLength(1);
  if (process.platform === "linux") expect(openFiles()).toBe(1);
  // Killed now: all is in the journal.
  expect(Lookout.open(file, options).lookout.report(0).messages.held).toBe(20);
  rmSync(`${file}.new`, { recursive: true });
  // Nothing else happens, and it tries again all the same.
  lookout.keep(file);
  expect(Lookout.open(file, options).lookout.report(0).messages.held).toBe(20);
  expect(readFileSync(file, "latin1")).toMatch(/"seen":20/);
});

test("transactions of two lives that bear one number are two", () => {
  Lookout.open(file, options).lookout.save(file);
  const dead = Lookout.open(file, options).lookout;
  dead.save(file);
  dead.told(1, sighted(0, { to: ["x@held.test"], size: 1 }));
  // Its snapshot cannot be written, so that the journals of both lives are read by the third.
  mkdirSync(`${file}.new`);
  const next = Lookout.open(file, options).lookout;
  expect(() => next.save(file)).toThrow(Fault);
  next.told(1, sighted(1000, { from: "b@two.test", to: ["y@held.test"], size: 2 }));
  expect(journals()).toHaveLength(2);
  const third = Lookout.open(file, options).lookout.report(2000);
  expect(third.messages).toMatchObject({ seen: 2, recipients: 2 });
});

test("a transaction that goes on is in a new journal as one line, however many recipients it has", () => {
  const { lookout } = Lookout.open(file, options);
  for (let at = 0; at < 50; at++) lookout.told(1, sighted(0, { to: [`u${at}@held.test`] }));
  lookout.save(file);
  const [journal = ""] = journals();
  expect(readFileSync(join(folder, journal), "utf8").trimEnd().split("\n")).toHaveLength(1);
  expect(Lookout.open(file, options).lookout.report(0).messages).toMatchObject({ seen: 1, recipients: 50 });
});

/** A disk of 256 KiB in the folder, gone when the test is; the reason if there can be none. */
function smallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can mount a small disk";
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], {
    encoding: "utf8",
  });
  mounted = status === 0;
  return mounted ? undefined : `no small disk here: ${stderr}`;
}

test("a disk that is nearly full leaves the old snapshot whole, and all is written when there is room", ({ skip }) => {
  const hindered = smallDisk();
  if (hindered !== undefined) return skip(hindered);
  const { lookout } = Lookout.open(file, options);
  lookout.save(file);
  const offer = (many: number) => {
    for (let size = 0; size < many; size++)
      lookout.offered(sighted(size, { size: 1000 + size, from: `a${size}@one.test` }));
  };
  offer(50);
  const { bavail, bsize } = statfsSync(folder);
  // Room for one page more: a snapshot of fifty messages takes more than that.
  const filler = join(folder, "filler");
  writeFileSync(filler, new Uint8Array((bavail - 1) * bsize));
  expect(() => lookout.save(file)).toThrow(Fault);
  const killed = Lookout.open(file, options);
  expect(killed.laidAside).toBeUndefined();
  expect(killed.lookout.report(0).messages.held).toBe(50);
  offer(100);
  expect(lookout.unwritten).toBeGreaterThan(0);
  expect(() => lookout.keep(file)).toThrow(Fault);
  rmSync(filler);
  rmSync(`${file}.new`, { force: true });
  // Nothing comes any more, and what was in memory alone is written all the same.
  lookout.keep(file);
  const { held } = lookout.report(0).messages;
  expect(held).toBeGreaterThanOrEqual(100);
  expect(Lookout.open(file, options).lookout.report(0).messages.held).toBe(held);
});

test("a key that another user lends to our group is used as it is; one that everybody may read is not", ({ skip }) => {
  const hindered = smallDisk();
  if (hindered !== undefined) return skip(hindered);
  const [lent, open] = [join(folder, "lent"), join(folder, "open")];
  for (const path of [lent, open]) writeFileSync(path, `${"ab".repeat(32)}\n`);
  chmodSync(lent, 0o640);
  chmodSync(open, 0o644);
  const readOnly = spawnSync("mount", ["-o", "remount,ro", folder], { encoding: "utf8" });
  if (readOnly.status !== 0) return skip(`nothing can be made read-only here: ${readOnly.stderr}`);
  expect(readOrMakeKey(lent)).toHaveLength(32);
  expect(() => readOrMakeKey(open)).toThrow(/everybody on this machine may read the key/);
});
