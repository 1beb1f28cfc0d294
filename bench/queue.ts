// What reading a queue listing costs: `node bench/queue.ts [entries] [folder]`
//
// Makes the output of `postqueue -j` for a queue of a million messages by itself, then reads it by the same code
// as `mailtide serve`, and compares with `grep` over the same file in the same run: ratios, because times move
// with the machine. About 315 bytes a message, as in recorded outages.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJsonListing } from "../collectors/dialects/postfix/queue-json.ts";

const entries = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), "mailtide-bench-"));

/** Numbers that look random and are the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function makeListing(path: string): void {
  const roll = dice(42);
  const file = openSync(path, "w");
  const reasons = [
    "connect to mx1.example.org[192.0.2.11]:25: Connection refused",
    "delivery temporarily suspended: connect to mx1.example.org[192.0.2.11]:25: Connection refused",
    "host mx.busy.test[198.51.100.7] said: 450 4.2.1 The user you are trying to contact is receiving mail at a rate too high (in reply to RCPT TO command)",
    'host mx.odd.test[203.0.113.9] said: 452 4.2.2 mailbox \\"full\\" (in reply to RCPT TO command)',
  ];
  let lines: string[] = [];
  for (let i = 0; i < entries; i++) {
    const queue = roll(50) === 0 ? "active" : "deferred";
    const id = (0xa0000000000 + i * 4096 + roll(4096)).toString(16).toUpperCase();
    const recipients = [];
    for (let k = roll(20) === 0 ? 3 : 1; k > 0; k--) {
      const weight = roll(100);
      const reason = reasons[weight < 60 ? 0 : weight < 85 ? 1 : weight < 98 ? 2 : 3];
      recipients.push(`{"address": "user${roll(100000)}@d${roll(300)}.example.org", "delay_reason": "${reason}"}`);
    }
    lines.push(
      `{"queue_name": "${queue}", "queue_id": "${id}", "arrival_time": ${1795320000 + roll(90000)}, "message_size": ${900 + roll(60000)}, "forced_expire": false, "sender": "${roll(20) === 0 ? "MAILER-DAEMON" : `sender${roll(5000)}@lab.test`}", "recipients": [${recipients.join(", ")}]}\n`,
    );
    if (lines.length === 5000) {
      writeSync(file, lines.join(""));
      lines = [];
    }
  }
  writeSync(file, lines.join(""));
  closeSync(file);
}

function cpuSeconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1e6;
}

/** CPU seconds of reading the file, in pieces as a pipe gives them. */
function read(path: string): { cpu: number; messages: number; recipients: number; malformed: number } {
  const piece = Buffer.alloc(65_536);
  const reader = openJsonListing();
  const seen = { messages: 0, recipients: 0, malformed: 0 };
  const count = (batch: { count: number; recipients: number; malformed: number }): void => {
    seen.messages += batch.count;
    seen.recipients += batch.recipients;
    seen.malformed += batch.malformed;
  };
  const before = process.cpuUsage();
  const file = openSync(path, "r");
  for (;;) {
    const length = readSync(file, piece);
    if (length === 0) break;
    reader.push(piece.subarray(0, length), count);
  }
  reader.end(count);
  closeSync(file);
  return { cpu: cpuSeconds(process.cpuUsage(before)), ...seen };
}

/** CPU seconds of a command, measured as what this process' children have used. */
function childCpu(command: string, args: readonly string[]): number {
  const timed = spawnSync("bash", ["-c", `TIMEFORMAT='%U %S'; time "$@" | tail -c 99`, "-", command, ...args], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const [user, system] = timed.stderr.trim().split(/\s+/).slice(-2).map(Number);
  return user + system;
}

try {
  const path = join(folder, "listing.ndjson");
  makeListing(path);
  const megabytes = statSync(path).size / 1e6;
  childCpu("cat", [path]);
  const runs = Array.from({ length: 5 }, () => {
    const grep = childCpu("grep", ["-c", "queue_id", path]);
    const cat = childCpu("cat", [path]);
    return { grep, cat, ...read(path) };
  });
  const median = (pick: (run: (typeof runs)[number]) => number): number => runs.map(pick).sort((a, b) => a - b)[2];
  const [first] = runs;
  const cpu = median((run) => run.cpu);
  const grep = median((run) => run.grep);
  console.log(
    `listing: ${first.messages} messages, ${first.recipients} recipients, ${megabytes.toFixed(0)} MB, ${first.malformed} malformed`,
  );
  console.log(
    `reading: ${cpu.toFixed(3)} CPU s (first run ${first.cpu.toFixed(3)}), ${(megabytes / cpu).toFixed(0)} MB a CPU second`,
  );
  console.log(`grep -c queue_id: ${grep.toFixed(3)} CPU s; cat: ${median((run) => run.cat).toFixed(3)} CPU s`);
  console.log(`ratio reading : grep = ${(cpu / grep).toFixed(2)}`);
  console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
