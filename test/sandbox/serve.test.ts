// `mailtide serve` as a process of its own beside a real Postfix: scraped, stopped, killed, and started again.

import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { type MailtideChild, startMailtide } from "../support/mailtide-child.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";
import { missing } from "../support/programs.ts";

/** Value of the series with this name and these labels; undefined if there is none. */
function metric(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const line = text
    .split("\n")
    .find(
      (one) =>
        (one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
}

describe.skipIf(noSandbox !== undefined)(sandboxName("mailtide serve beside a real Postfix"), () => {
  let lab: PostfixLab;
  let child: MailtideChild;
  let state: string;

  const serve = (): MailtideChild =>
    startMailtide(["serve"], {
      MAILTIDE_LOGS: lab.log,
      MAILTIDE_MTA_CONFIG_DIRECTORY: lab.configDirectory,
      MAILTIDE_TIMEZONE: "UTC",
      MAILTIDE_INTERVAL: "0.2s",
      MAILTIDE_QUEUE_INTERVAL: "0.5s",
      MAILTIDE_STATE: state,
      MAILTIDE_LISTEN: "127.0.0.1:0",
    });
  const metrics = async (): Promise<string> => (await child.get("/metrics")).body;
  const linesInLog = (): number => lab.logText().split("\n").length - 1;

  async function counted(): Promise<{ lines: number; received: number; deferred: number }> {
    const text = await metrics();
    const lines = ["read", "foreign", "unsupported", "malformed"].map(
      (result) => metric(text, "mailtide_log_lines_total", { result }) ?? Number.NaN,
    );
    const deferred = text
      .split("\n")
      .filter((line) => line.startsWith("mailtide_delivery_attempts_total{") && line.includes('outcome="deferred"'))
      .map((line) => Number(line.slice(line.lastIndexOf(" "))));
    return {
      lines: lines.reduce((a, b) => a + b),
      received: metric(text, "mailtide_received_messages_total") ?? Number.NaN,
      deferred: deferred.reduce((a, b) => a + b, 0),
    };
  }

  /** Everything that Postfix has written is counted, once. */
  async function expectAllCounted(): Promise<void> {
    const attempts = () => lab.logText().split("status=deferred").length - 1;
    await until("every line is counted", async () => (await counted()).lines >= linesInLog());
    expect(await counted()).toEqual({ lines: linesInLog(), received: lab.injected.length, deferred: attempts() });
  }

  beforeAll(async () => {
    lab = await startPostfixLab({ settings: { minimal_backoff_time: "300s", queue_run_delay: "300s" } });
    state = join(lab.folder, "state", "state.sqlite");
    await lab.hopDown();
    await lab.inject(8);
    await until("all mail is deferred", () => lab.queued("deferred") === 8);
  });
  afterEach(async () => {
    child.kill("SIGKILL");
    await child.ended();
  });
  afterAll(() => lab?.stop());

  test("finds the queue folder and the timers by itself, and is ready", async () => {
    child = serve();
    await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
    const report = JSON.parse((await child.get("/api/v1/report")).body) as {
      demonstration: string | null;
      retries: { schedule: { minimalBackoff: number; source: string } };
      queue: { queues: { deferred: { messages: number } } };
    };
    expect(report.demonstration).toBe(null);
    expect(report.retries.schedule).toMatchObject({ source: "configured" });
    expect(report.queue.queues.deferred.messages).toBe(8);
    expect(child.printed()).toContain(lab.log);
    expect(child.printed()).not.toMatch(/demonstration/i);
    await expectAllCounted();
  });

  const noPromtool = missing("promtool", "prometheus");
  test.skipIf(noPromtool !== undefined)(
    `promtool has nothing to say against /metrics${noPromtool === undefined ? "" : ` (skipped: ${noPromtool})`}`,
    async () => {
      child = serve();
      await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
        input: await metrics(),
        encoding: "utf8",
      });
      expect([status, stdout, stderr]).toEqual([0, "", ""]);
    },
  );

  test("told to stop it keeps everything, and goes on counting where it was", async () => {
    child = serve();
    await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
    await lab.inject(5);
    await until("all mail is deferred", () => lab.queued("deferred") === lab.injected.length);
    await until("it is seen", async () => (await counted()).received === lab.injected.length);
    const lines = linesInLog();
    child.kill("SIGTERM");
    expect(await child.ended()).toBe(0);
    const store = openSqliteStore(state, { readOnly: true });
    const kept = store.load()?.cursors.map(({ source, cursor }) => [source, JSON.parse(cursor).offset]);
    store.close();
    expect(linesInLog()).toBe(lines);
    expect(kept).toEqual([[lab.log, readFileSync(lab.log).length]]);
    // Nobody looks while this comes in.
    await lab.inject(4);
    await until("all mail is deferred", () => lab.queued("deferred") === lab.injected.length);
    child = serve();
    await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
    await expectAllCounted();
  });

  test("killed it goes on from what it last kept", async () => {
    for (let kill = 0; kill < 3; kill++) {
      child = serve();
      await until("it serves", async () => (await child.get("/-/healthy")).code === 200);
      await lab.inject(2);
      child.kill("SIGKILL");
      await child.ended();
    }
    await until("all mail is deferred", () => lab.queued("deferred") === lab.injected.length);
    child = serve();
    await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
    await expectAllCounted();
  });

  test("a second one on the same state is turned away", async () => {
    child = serve();
    await child.url();
    const second = serve();
    expect(await second.ended()).toBe(2);
    expect(second.printed()).toMatch(/in use by another mailtide/);
    expect(child.printed()).not.toMatch(/in use/);
  });

  test("stops at once also while a listing hangs", async () => {
    const bin = join(lab.folder, "bin");
    mkdirSync(bin);
    // A postqueue that never answers, found before the real one; and no socket, since this folder has none.
    writeFileSync(join(bin, "postqueue"), "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    child = startMailtide(["serve"], {
      PATH: `${bin}:${process.env.PATH}`,
      MAILTIDE_LOGS: lab.log,
      MAILTIDE_MTA_CONFIG_DIRECTORY: lab.configDirectory,
      MAILTIDE_MTA_QUEUE_DIRECTORY: join(lab.folder, "nowhere"),
      MAILTIDE_STATE: "none",
      MAILTIDE_LISTEN: "127.0.0.1:0",
    });
    await child.url();
    const running = () => spawnSync("ps", ["--ppid", String(child.pid), "-o", "args="], { encoding: "utf8" }).stdout;
    await until("the listing hangs", () => running().includes("sleep 600"));
    child.kill("SIGTERM");
    let ended = false;
    void child.ended().then(() => {
      ended = true;
    });
    // Far below the minute that a listing may take.
    await until("it has ended", () => ended, 20_000);
    expect(await child.ended()).toBe(0);
  });

  test("watches as nobody in particular, with the groups of the guide", async ({ skip }) => {
    const readable = spawnSync("setpriv", [
      "--reuid",
      "nobody",
      "--regid",
      "nogroup",
      "--clear-groups",
      "test",
      "-r",
      import.meta.filename,
    ]);
    if (readable.status !== 0) skip("the user nobody may not read this folder");
    const folder = join(lab.folder, "state-of-nobody");
    mkdirSync(folder);
    chownSync(folder, 65_534, 65_534);
    const become = ["--reuid", "nobody", "--regid", "nogroup", "--groups", "postdrop", "--no-new-privs"];
    child = startMailtide(
      ["serve"],
      {
        MAILTIDE_LOGS: lab.log,
        MAILTIDE_MTA_CONFIG_DIRECTORY: lab.configDirectory,
        MAILTIDE_INTERVAL: "0.2s",
        MAILTIDE_QUEUE_INTERVAL: "0.5s",
        MAILTIDE_STATE: join(folder, "state.sqlite"),
        MAILTIDE_LISTEN: "127.0.0.1:0",
      },
      ["setpriv", ...become],
    );
    await until("it is ready", async () => (await child.get("/-/ready")).code === 200);
    expect(metric(await metrics(), "mailtide_queue_messages", { queue: "deferred" })).toBe(lab.injected.length);
    await expectAllCounted();
  });
});
