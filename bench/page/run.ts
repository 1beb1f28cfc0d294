// The page under a rush while a log is followed: `npm run bench:page -- [--seconds 5] [--rounds 3] [--connections 50] [--lines 2000]`
//
// Starts `mailtide serve` over a log that grows by so many lines a second, and beside it a bare fastify that answers
// `{"hello":"world"}`; a load generator of its own process (autocannon) asks both in turn, and the middle round counts.
// Ends with 1 if the page is served less than half as often as the bare answer, or a line of the log was not read.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { busyLog } from "./busy-log.ts";

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "50" },
    lines: { type: "string", default: "2000" },
  },
});

interface Round {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's CPU for one answer, without what it needs to follow the log; NaN where that is not told. */
  readonly cpu: number;
  /** Of one answer, its head included. */
  readonly bytes: number;
  /** Answers that were not 200 or 304, or none at all. */
  readonly failed: number;
}

const children: ChildProcess[] = [];

interface Server {
  readonly url: string;
  readonly pid: number;
  /** Share of a processor that it uses while nobody asks. */
  idle: number;
}

/** Starts a server. */
async function served(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Server> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, TMPDIR, TZ: "UTC", NODE_ENV: "production", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let printed = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = /Serving (http:\S+)/.exec(printed)?.[1];
      if (url !== undefined) resolve({ url, pid: child.pid ?? 0, idle: 0 });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`${args.join(" ")} ended: ${printed}`)));
  });
}

/** Seconds of CPU that a process has used (proc(5): fields 14 and 15, in hundredths). */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Share of a processor over some seconds in which nobody asks. */
async function idleShare({ pid }: Server): Promise<number> {
  const before = cpuSeconds(pid);
  const began = performance.now();
  await wait(3000);
  return ((cpuSeconds(pid) - before) * 1000) / (performance.now() - began);
}

/** One round of load. */
async function rush({ url, pid, idle }: Server, headers: readonly string[] = []): Promise<Round> {
  const before = cpuSeconds(pid);
  const began = performance.now();
  const args = [join(root, "node_modules", "autocannon", "autocannon.js"), "--json", "--no-progress"];
  args.push("-c", values.connections, "-d", values.seconds, ...headers.flatMap((header) => ["-H", header]), url);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await once(child, "close");
  const own = cpuSeconds(pid) - before - (idle * (performance.now() - began)) / 1000;
  const told = JSON.parse(printed);
  const good = told["2xx"] + told["3xx"];
  return {
    perSecond: good / told.duration,
    p50: told.latency.p50,
    p99: told.latency.p99,
    cpu: (own * 1e6) / good,
    bytes: told.throughput.total / Math.max(1, told.requests.total),
    failed: told.errors + told.timeouts + told["4xx"] + told["5xx"],
  };
}

function middle(rounds: readonly Round[]): Round {
  return rounds.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)];
}

async function linesRead(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [...text.matchAll(/^mailtide_log_lines_total\{[^}]*\} (\S+)/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function tagOf({ url }: Server): Promise<string> {
  const { headers } = await fetch(url, { headers: { "accept-encoding": "br" } });
  return `if-none-match=${headers.get("etag")}`;
}

function show(name: string, { perSecond, p50, p99, cpu, bytes, failed }: Round, bare: Round): void {
  const cells = [
    name.padEnd(40),
    perSecond.toFixed(0).padStart(8),
    (perSecond / bare.perSecond).toFixed(2).padStart(7),
    p50.toFixed(0).padStart(7),
    p99.toFixed(0).padStart(7),
    cpu.toFixed(0).padStart(8),
    (bare.cpu / cpu).toFixed(2).padStart(7),
    bytes.toFixed(0).padStart(8),
    String(failed).padStart(7),
  ];
  console.log(cells.join(""));
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-bench-"));
  const path = join(folder, "mail.log");
  writeFileSync(path, "");
  const log = busyLog(path, Number(values.lines));
  try {
    const hello = await served([join(root, "bench", "page", "hello.ts")]);
    const mailtide = await served([join(root, "bin", "mailtide.ts"), "serve"], {
      MAILTIDE_LOGS: path,
      MAILTIDE_STATE: "none",
      MAILTIDE_LISTEN: "127.0.0.1:0",
      MAILTIDE_INTERVAL: "1s",
    });
    // The first second of a program is that of its compiler.
    await wait(2000);
    await rush(hello);
    await rush(mailtide);
    mailtide.idle = await idleShare(mailtide);
    const ways: readonly (readonly [string, Server, () => Promise<readonly string[]>])[] = [
      ["bare fastify, hello", hello, async () => []],
      ["page, plain", mailtide, async () => []],
      ["page, Brotli", mailtide, async () => ["accept-encoding=br"]],
      ["page, who has it (304 until it changes)", mailtide, async () => ["accept-encoding=br", await tagOf(mailtide)]],
    ];
    const rounds = ways.map(() => [] as Round[]);
    const before = log.lines();
    const began = performance.now();
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [i, [, server, headers]] of ways.entries()) rounds[i].push(await rush(server, await headers()));
    }
    const seconds = (performance.now() - began) / 1000;
    const written = log.lines();
    const behind = written - (await linesRead(mailtide.url));
    const [bare, ...pages] = rounds.map(middle);
    console.log(
      `${values.connections} connections, ${values.seconds} s a round, the middle of ${values.rounds} rounds`,
    );
    console.log(
      `${"".padEnd(34)}     a second  ratio  p50 ms p99 ms   bytes failed`.replace("     a second", "a second"),
    );
    for (const [i, round] of [bare, ...pages].entries()) show(ways[i][0], round, bare);
    console.log(
      `following alone takes ${(100 * mailtide.idle).toFixed(0)} % of a processor, taken off the CPU of the page`,
    );
    console.log(
      `meanwhile ${written - before} lines came into the log, ${((written - before) / seconds).toFixed(0)} a second; ${behind} not yet read at the end`,
    );
    log.stop();
    let left = behind;
    for (let i = 0; i < 30 && left > 0; i++) {
      await wait(500);
      left = log.lines() - (await linesRead(mailtide.url));
    }
    const slow = pages.slice(0, 2).some((page) => page.perSecond < 0.5 * bare.perSecond);
    const failed = [bare, ...pages].some((round) => round.failed > 0);
    console.log(`${left === 0 ? "yes" : "NO "}  every line of the log is read (${left} left)`);
    console.log(`${slow ? "NO " : "yes"}  the page is served at least half as often as the bare answer`);
    console.log(`${failed ? "NO " : "yes"}  every request was answered`);
    return left === 0 && !slow && !failed ? 0 : 1;
  } finally {
    for (const child of children) child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
