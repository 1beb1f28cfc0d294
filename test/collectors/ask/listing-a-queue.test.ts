import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  listingFault,
  listQueue,
  listQueueSomehow,
  nextPollDelay,
  readConfiguration,
} from "../../../collectors/ask/ask.ts";
import type { Listing } from "../../../collectors/dialect.ts";
import { openJsonListing } from "../../../collectors/dialects/postfix/queue-json.ts";
import { type Listed, listed } from "../../support/listing.ts";

const now = Date.UTC(2026, 10, 22);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mailtide-ask-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function entry(id: string, queue = "deferred"): string {
  return `{"queue_name": "${queue}", "queue_id": "${id}", "arrival_time": 1795320259, "message_size": 1, "forced_expire": false, "sender": "a@example.org", "recipients": [{"address": "b@example.org"}]}\n`;
}

/** A listing command that is a small program of ours. */
function program(script: string): Extract<Listing, { by: "command" }> {
  return {
    by: "command",
    name: "ours",
    command: [process.execPath, "-e", script],
    open: openJsonListing,
    judge: (exit, stderr) =>
      exit === 0 ? { outcome: "listed" } : { outcome: "failed", message: `${exit}: ${stderr}`, advice: "Try." },
  };
}

async function ask(listing: Listing, more: Partial<Parameters<typeof listQueue>[1]> = {}) {
  const rows: Listed[] = [];
  const asked = await listQueue(listing, {
    now,
    timeoutMs: 30_000,
    hand: (batch) => rows.push(...listed(batch)),
    ...more,
  });
  return { ...asked, rows };
}

describe("a command", () => {
  test("is read to its end", async () => {
    const text = entry("A1") + entry("A2");
    const asked = await ask(program(`process.stdout.write(${JSON.stringify(text)})`));
    expect(asked).toMatchObject({
      listing: "ours",
      verdict: { outcome: "listed" },
      truncated: false,
      messages: 2,
      malformed: 0,
    });
    expect(asked.rows.map(({ id }) => id)).toEqual(["A1", "A2"]);
  });

  test("runs with the language and zone that its texts are read in, and finds system programs", async () => {
    const asked = await ask(
      program(
        "process.stderr.write([process.env.LC_ALL, process.env.TZ, process.env.PATH].join(' ')); process.exit(3)",
      ),
    );
    expect(asked.verdict).toMatchObject({ message: expect.stringMatching(/^3: C UTC0 .*\/usr\/sbin/) });
  });

  test("that hangs is ended, and what it said is a lower bound", async () => {
    const script = `process.stdout.write(${JSON.stringify(entry("A1"))}); setInterval(() => {}, 1000)`;
    const asked = await ask(program(script), { timeoutMs: 1500 });
    expect(asked).toMatchObject({ truncated: true, verdict: { outcome: "failed" } });
    expect(asked.messages).toBe(1);
  });

  test("that breaks off after a part is truncated, not a smaller queue", async () => {
    const script = `process.stdout.write(${JSON.stringify(entry("A1") + entry("A2").slice(0, 50))}, () => process.exit(1))`;
    const asked = await ask(program(script));
    expect(asked).toMatchObject({ truncated: true, messages: 1, malformed: 1, verdict: { outcome: "failed" } });
  });

  test("that complains without end is read to its end, and little of it is kept", async () => {
    const script = `for (let i = 0; i < 400; i++) process.stderr.write("x".repeat(10000)); process.exitCode = 4`;
    const asked = await ask(program(script));
    const { message } = asked.verdict as { message: string };
    expect(message.length).toBeLessThan(20_000);
    expect(message.startsWith("4: xxx")).toBe(true);
  });

  test("that is not there is a failure with advice", async () => {
    const asked = await ask({ ...program(""), command: [join(folder, "no-such-program")] });
    expect(asked.verdict).toMatchObject({ outcome: "failed", message: expect.stringContaining("ENOENT") });
  });

  test("that prints something else is a failure, not an empty queue", async () => {
    const asked = await ask(program(`console.log("hello")`));
    expect(asked).toMatchObject({ verdict: { outcome: "failed" }, messages: 0, malformed: 1, truncated: false });
  });

  test("is ended when its reader fails, and the failure is passed on", async () => {
    const script = `process.stdout.write(${JSON.stringify(entry("A1"))}); setInterval(() => {}, 1000)`;
    const failing = listQueue(program(script), {
      now,
      timeoutMs: 30_000,
      hand() {
        throw new Error("the ledger is full");
      },
    });
    await expect(failing).rejects.toThrow("the ledger is full");
  });
});

describe("a socket", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const serve = async (
    name: string,
    act: (write: (text: string) => void, close: () => void) => void,
  ): Promise<Listing> => {
    const path = join(folder, name);
    const server = createServer((socket) =>
      act(
        (text) => void socket.write(text),
        () => void socket.end(),
      ),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return {
      by: "socket",
      name,
      path,
      open: openJsonListing,
      judge: (error) =>
        error === undefined
          ? { outcome: "listed" }
          : { outcome: error.code === "ECONNREFUSED" ? "stopped" : "failed", message: error.message, advice: "Try." },
    };
  };

  test("is read until it closes", async () => {
    const asked = await ask(
      await serve("whole", (write, close) => {
        write(entry("A1"));
        write(entry("A2"));
        close();
      }),
    );
    expect(asked).toMatchObject({ verdict: { outcome: "listed" }, messages: 2, truncated: false });
  });

  test("that never closes is left, and what it said is a lower bound", async () => {
    const asked = await ask(await serve("hanging", (write) => write(entry("A1"))), { timeoutMs: 500 });
    expect(asked).toMatchObject({ truncated: true, verdict: { outcome: "failed" } });
  });

  test("that closes in the middle is truncated, though nothing says so but the missing end", async () => {
    const asked = await ask(
      await serve("broken", (write, close) => {
        write(entry("A1") + entry("A2").slice(0, 70));
        close();
      }),
    );
    expect(asked).toMatchObject({ truncated: true, messages: 1, malformed: 1, verdict: { outcome: "failed" } });
  });

  test("that is not there is not an empty queue", async () => {
    const listing = await serve("gone", () => {});
    const asked = await ask({ ...listing, path: join(folder, "nobody") } as Listing);
    expect(asked.verdict).toMatchObject({ outcome: "failed", message: expect.stringContaining("ENOENT") });
  });
});

describe("several ways to list", () => {
  const works = program(`process.stdout.write(${JSON.stringify(entry("A1"))})`);
  const verdict = (outcome: "stopped" | "forbidden" | "failed"): Listing => ({
    ...program("process.exit(1)"),
    name: outcome,
    judge: () => ({ outcome, message: outcome, advice: "Try." }),
  });
  const somehow = (...ways: Listing[]) => listQueueSomehow(ways, { now, timeoutMs: 30_000, hand() {} });

  test("the first that works is taken", async () => {
    expect(await somehow(verdict("forbidden"), verdict("stopped"), works)).toMatchObject({
      listing: "ours",
      messages: 1,
    });
  });

  test("if none works, stopped says more than forbidden, and forbidden more than failed", async () => {
    expect(await somehow(verdict("failed"), verdict("stopped"), verdict("forbidden"))).toMatchObject({
      listing: "stopped",
    });
    expect(await somehow(verdict("failed"), verdict("forbidden"))).toMatchObject({ listing: "forbidden" });
  });

  test("one that broke off half way is not followed by another: nothing is listed twice", async () => {
    const half = program(`process.stdout.write(${JSON.stringify(entry("A1"))}, () => process.exit(1))`);
    expect(await somehow(half, works)).toMatchObject({ truncated: true, messages: 1 });
  });
});

describe("trouble with a listing", () => {
  test.each([
    ["stopped", "queue-stopped"],
    ["forbidden", "queue-forbidden"],
    ["failed", "queue-failed"],
  ] as const)("%s is the fault %s, with its advice", async (outcome, code) => {
    const asked = await ask({
      ...program("process.exit(1)"),
      judge: () => ({ outcome, message: "why", advice: "Try." }),
    });
    expect(listingFault(asked)).toMatchObject({ code, message: "ours: why", advice: "Try." });
  });

  test("an answer that is no listing is a fault of its own; a listing is none", async () => {
    expect(listingFault(await ask(program(`console.log("hello")`)))).toMatchObject({ code: "queue-unreadable" });
    expect(listingFault(await ask(program("")))).toBeUndefined();
  });
});

describe("next attempts from the spool", () => {
  const spool = (name: string, ...files: readonly [path: string, seconds: number][]): string => {
    for (const [path, seconds] of files) {
      const file = join(folder, name, path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, "");
      utimesSync(file, seconds, seconds);
    }
    return join(folder, name);
  };
  const listing = program(
    `process.stdout.write(${JSON.stringify(entry("A1") + entry("B2") + entry("C3", "active") + entry("D4"))})`,
  );

  test("are given to deferred messages, however deep the folders are", async () => {
    const at = spool(
      "deferred",
      ["A/A1", 1795320500],
      ["B/2/B2", 1795320600],
      ["C/C3", 1795320700],
      ["E5", 1795320800],
    );
    const asked = await ask(listing, { spool: { folder: at } });
    expect(asked.spoolTimes).toBe("read");
    expect(asked.rows.map(({ id, nextAttempt }) => [id, nextAttempt])).toEqual([
      ["A1", 1_795_320_500_000],
      ["B2", 1_795_320_600_000],
      ["C3", undefined],
      ["D4", undefined],
    ]);
  });

  test("are given for every one of many", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `F${i}`);
    const at = spool("many", ...many.map((id, i): [string, number] => [`${id.at(-1)}/${id}`, 1795320000 + i]));
    const file = join(folder, "many.ndjson");
    writeFileSync(file, many.map((id) => entry(id)).join(""));
    const asked = await ask({ ...program(""), command: ["cat", file] }, { spool: { folder: at } });
    expect(asked.rows.map(({ nextAttempt }) => nextAttempt)).toEqual(many.map((_, i) => (1795320000 + i) * 1000));
  });

  test("that cannot be read are absent, and said to be", async () => {
    const asked = await ask(listing, { spool: { folder: join(folder, "no-such-folder") } });
    expect(asked).toMatchObject({ spoolTimes: "unreadable", verdict: { outcome: "listed" }, messages: 4 });
    expect(asked.rows.every(({ nextAttempt }) => nextAttempt === undefined)).toBe(true);
  });

  const root = process.getuid?.() === 0;
  test.skipIf(root)("of folders that may not be entered are absent, too (skipped for root, who may)", async () => {
    const at = spool("closed", ["A/A1", 1795320500]);
    chmodSync(join(at, "A"), 0);
    const asked = await ask(listing, { spool: { folder: at } });
    chmodSync(join(at, "A"), 0o700);
    expect(asked.spoolTimes).toBe("unreadable");
  });

  test("are not looked for unless somebody asks", async () => {
    expect((await ask(listing)).spoolTimes).toBe("none");
  });
});

describe("how often to list", () => {
  test("as configured, if that leaves nine tenths of the time in peace", () => {
    expect(nextPollDelay(20, 30_000)).toBe(30_000);
    expect(nextPollDelay(3000, 30_000)).toBe(30_000);
  });

  test("less often if listing takes long", () => {
    expect(nextPollDelay(15_000, 30_000)).toBe(150_000);
  });
});

describe("the configuration", () => {
  test("is what its command prints", async () => {
    expect(await readConfiguration([process.execPath, "-e", "console.log('queue_run_delay = 5s')"])).toBe(
      "queue_run_delay = 5s\n",
    );
  });

  test.each([
    ["fails", [process.execPath, "-e", "console.error('no such folder'); process.exit(1)"], /no such folder/],
    ["is not there", ["no-such-program-of-ours"], /ENOENT/],
    ["is not known", [], /no such command/],
  ] as const)("of a command that %s is a fault with advice", async (_what, command, message) => {
    await expect(readConfiguration(command)).rejects.toMatchObject({
      code: "schedule-unreadable",
      message: expect.stringMatching(message),
      advice: expect.stringMatching(/\.$/),
    });
  });
});
