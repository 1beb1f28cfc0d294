// What reading a log costs: `npm run bench:ingest -- [--lines 1,5] [--memory 1,20] [--live 1] [--runs 5]`, numbers in millions.
//
// Makes a mail log by itself, then runs the whole way of it (following, reading, recording, one report) in a process
// of its own, and in the same run `grep -c status=` and `pflogsumm` over the same file. Prints ratios of CPU time,
// user and system, of whole processes: times move with the machine, ratios less.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import postfix from "../collectors/dialects/postfix/index.ts";
import { Tail } from "../collectors/tail/tail.ts";
import { EventBatch } from "../src/core/events/batch.ts";
import { Observation } from "../src/core/observation.ts";
import { observe } from "../src/core/observe.ts";
import english from "../src/core/status/languages/en/index.ts";
import { defaultSite } from "../src/core/status/site.ts";
import { makeLog, makeWaitingLog } from "./log.ts";

interface Outcome {
  readonly lines: number;
  readonly live: number;
  /** MiB. */
  readonly peak: number;
  /** Bytes of memory in use besides what an empty observation needs. */
  readonly used: number;
  readonly saveMs: number;
  readonly savedBytes: number;
  readonly restoreMs: number;
}

/** Reads a log as `mailtide serve` does. Runs in a process of its own. */
async function ingest(path: string, save: boolean): Promise<Outcome> {
  const known = new Observation(postfix.defaultSchedule);
  const batch = new EventBatch();
  const reference = Date.UTC(2026, 11, 31);
  const reader = postfix.openLog({ instances: known.instances, reference: () => reference, zone: "UTC" });
  const tail = new Tail(path);
  const before = memoryInUse();
  for (let more = true; more; ) {
    ({ more } = await tail.read(
      (bytes, start, end) => {
        for (let at = start; at < end; ) {
          batch.clear();
          at = reader.read(bytes, at, end, batch);
          known.record(batch);
        }
      },
      { now: 0, limit: 16 * 1024 * 1024 },
    ));
  }
  tail.close();
  const used = memoryInUse() - before;
  const observer = { blind: false, why: "", lastSeen: undefined, sources: [] };
  const { totals, backlog } = observe(
    known,
    { observer, demonstration: undefined, languages: [english], site: defaultSite, zone: "UTC" },
    known.ledger.now,
  );
  const { read, foreign, unsupported, malformed } = totals.lines;
  if (unsupported + malformed > 0) throw new Error(`${unsupported} lines unsupported, ${malformed} malformed`);
  const outcome = {
    lines: read + foreign,
    live: backlog.messages,
    peak: process.resourceUsage().maxRSS / 1024,
    used,
    saveMs: 0,
    savedBytes: 0,
    restoreMs: 0,
  };
  if (!save) return outcome;
  const times = [0, 1, 2].map(() => {
    const began = performance.now();
    const parts = known.save();
    const saved = performance.now();
    Observation.restore(parts);
    let savedBytes = 0;
    for (const bytes of parts.values()) savedBytes += bytes.length;
    return { saveMs: saved - began, savedBytes, restoreMs: performance.now() - saved };
  });
  return { ...outcome, ...times.sort((a, b) => a.saveMs - b.saveMs)[1] };
}

function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Timed {
  readonly cpu: number;
  readonly output: string;
}

/** Compiled code of earlier runs: mailtide keeps it, too. */
const compiled = mkdtempSync(join(tmpdir(), "mailtide-compiled-"));

/** CPU seconds of a command and its children. */
function timed(command: string, ...args: readonly string[]): Timed {
  const ran = spawnSync("bash", ["-c", `TIMEFORMAT='%U %S'; time "$@"`, "-", command, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: "C", NODE_COMPILE_CACHE: compiled },
  });
  const times = ran.stderr.trim().split("\n").at(-1)?.split(/\s+/).map(Number) ?? [];
  if (ran.status !== 0 || times.length !== 2) throw new Error(`${command} failed: ${ran.stderr}`);
  return { cpu: times[0] + times[1], output: ran.stdout };
}

function ours(path: string, ...options: readonly string[]): Timed & Outcome {
  const ran = timed(process.execPath, ...options, import.meta.filename, "--child", path);
  return { ...ran, ...(JSON.parse(ran.output) as Outcome) };
}

interface Cost {
  readonly who: string;
  readonly cpu: readonly number[];
}

const least = (numbers: readonly number[]): number => Math.min(...numbers);
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

function speed(path: string, lines: number, runs: number): void {
  const megabytes = statSync(path).size / 1e6;
  console.log(`\n${(lines / 1e6).toFixed(1)} M lines, ${megabytes.toFixed(0)} MB (CPU seconds, user + system)`);
  const grep = { who: "grep -c status=", cpu: [] as number[] };
  const mailtide = { who: "mailtide", cpu: [] as number[] };
  // Once for the page cache and for compiled code.
  timed("grep", "-c", "status=", path);
  ours(path);
  for (let run = 0; run < runs; run++) {
    grep.cpu.push(timed("grep", "-c", "status=", path).cpu);
    mailtide.cpu.push(ours(path).cpu);
  }
  const all: Cost[] = [grep, mailtide];
  if (existsSync("/usr/sbin/pflogsumm")) {
    all.push({ who: "pflogsumm", cpu: [timed("/usr/sbin/pflogsumm", path).cpu] });
  } else console.log("pflogsumm is not installed: apt-get install pflogsumm");
  console.log("                     least  median   of grep (median)");
  for (const { who, cpu } of all) {
    const ratio = median(cpu) / median(grep.cpu);
    console.log(
      `${who.padEnd(18)} ${least(cpu).toFixed(2).padStart(7)} ${median(cpu).toFixed(2).padStart(7)}   ${ratio.toFixed(2)}x`,
    );
  }
  const summary = all.find(({ who }) => who === "pflogsumm");
  if (summary !== undefined) {
    console.log(`pflogsumm needs ${(median(summary.cpu) / median(mailtide.cpu)).toFixed(1)} times what mailtide needs`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      child: { type: "string" },
      save: { type: "boolean", default: false },
      lines: { type: "string", default: "1" },
      memory: { type: "string", default: "" },
      live: { type: "string", default: "" },
      runs: { type: "string", default: "5" },
      folder: { type: "string", default: tmpdir() },
    },
  });
  if (values.child !== undefined) {
    console.log(JSON.stringify(await ingest(values.child, values.save)));
    rmSync(compiled, { recursive: true, force: true });
    return;
  }
  const millions = (text: string): number[] =>
    text === "" ? [] : text.split(",").map((number) => Number(number) * 1e6);
  const folder = mkdtempSync(join(values.folder, "mailtide-bench-"));
  const path = join(folder, "mail.log");
  try {
    const speeds = new Set(millions(values.lines));
    const peaks: { lines: number; live: number; peak: number }[] = [];
    const memory = new Set(millions(values.memory));
    for (const lines of [...new Set([...speeds, ...memory])].sort((a, b) => a - b)) {
      console.error(`making a log of ${lines / 1e6} M lines`);
      const written = makeLog(path, lines);
      if (speeds.has(lines)) speed(path, written, Number(values.runs));
      // The first run of all compiles: its memory is that of the compiler.
      if (peaks.length === 0) ours(path);
      const { live, peak } = ours(path);
      peaks.push({ lines: written, live, peak });
    }
    console.log("\npeak memory");
    for (const { lines, live, peak } of peaks) {
      const ratio = (peak / peaks[0].peak).toFixed(2);
      console.log(
        `${(lines / 1e6).toFixed(1).padStart(5)} M lines, ${live} messages live: ${peak.toFixed(0)} MiB (${ratio}x)`,
      );
    }
    for (const live of millions(values.live)) {
      console.error(`making a log after which ${live / 1e6} M messages wait`);
      makeWaitingLog(path, live);
      const outcome = ours(path, "--expose-gc");
      const bytes = outcome.used / outcome.live;
      console.log(
        `\n${outcome.live} messages wait: ${bytes.toFixed(0)} bytes each, peak ${outcome.peak.toFixed(0)} MiB`,
      );
      const saved = JSON.parse(
        timed(process.execPath, import.meta.filename, "--child", path, "--save").output,
      ) as Outcome;
      console.log(
        `checkpoint of it: ${(saved.savedBytes / 1e6).toFixed(0)} MB, ${saved.saveMs.toFixed(0)} ms to make, ${saved.restoreMs.toFixed(0)} ms to read`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(compiled, { recursive: true, force: true });
  }
}

await main();
