// How good the published range was on recorded outages: `npm run -s bench:recordings -- FOLDER [--json] [--picture FILE.svg]`
//
// FOLDER holds a folder for each recording, as docs/recordings.md describes. What is said comes from the log, the
// listings and the configuration alone, by the same program that runs beside a mail server; when the outage began and ended
// is told from them too. The truth is read for nothing but the judgement.

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { discoverDialects } from "../../src/app/discover.ts";
import { replay } from "../../src/app/replay.ts";
import english from "../../src/core/status/languages/en/index.ts";
import { SECOND } from "../../src/core/time.ts";
import { type Judgement, judge, type Said, saidIn } from "./judge.ts";
import { makeRecording } from "./make.ts";
import { draw } from "./picture.ts";
import { kindOf, type Truth, truthOf } from "./truth.ts";

const usage =
  "npm run -s bench:recordings -- FOLDER [--json] [--every SECONDS] [--picture FILE.svg] [--make COUNT [--seed FIRST]]\n";
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    every: { type: "string", default: "10" },
    picture: { type: "string" },
    make: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
  },
});
const every = Number(values.every);
const [root] = positionals;
const make = Number(values.make);
if (root !== undefined && Number.isInteger(make)) {
  for (let n = 0; n < make; n++) makeRecording(root, Number(values.seed) + n);
}
if (root === undefined || !existsSync(root) || !(every >= 1)) {
  process.stderr.write(`Name a folder of recorded outages: ${usage}`);
  process.exit(2);
}

/** One recording, what was said, and what came. */
interface Played {
  readonly name: string;
  readonly said: readonly Said[];
  readonly truth: Truth;
  readonly judgement: Judgement;
}

const dialects = await discoverDialects();
const played: Played[] = [];
const folders = existsSync(join(root, "meta.json"))
  ? [root]
  : readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, entry.name))
      .sort();
for (const folder of folders) {
  const name = basename(folder);
  try {
    const truth = truthOf(folder);
    const dialect = dialects.find((one) => one.name === kindOf(folder));
    if (truth === undefined) process.stderr.write(`left out: ${name} has no single outage with its truth beside it\n`);
    else if (dialect === undefined) {
      process.stderr.write(`left out: ${name} was logged by ${kindOf(folder)}, which no dialect reads\n`);
    } else {
      const said: Said[] = [];
      for await (const report of replay(folder, dialect, {
        every: every * SECOND,
        zone: "UTC",
        languages: [english],
      })) {
        said.push(saidIn(report));
      }
      played.push({ name, said, truth, judgement: judge(said, truth) });
    }
  } catch (error) {
    process.stderr.write(`left out: ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

const steps = played.reduce((sum, { judgement }) => sum + judgement.steps, 0);
const covered = played.reduce((sum, { judgement }) => sum + judgement.coverage * judgement.steps, 0);
if (values.json) {
  const two = (value: number | null): number | null => (value === null ? null : Math.round(value * 1e4) / 1e4);
  const recordings = Object.fromEntries(
    played.map(({ name, judgement }) => [
      name,
      {
        coverage: two(judgement.coverage),
        errorAtHalf: two(judgement.errorAtHalf),
        falseClear: judgement.falseClear,
      },
    ]),
  );
  process.stdout.write(`${JSON.stringify({ recordings })}\n`);
} else {
  const percent = (value: number | null): string => (value === null ? "-" : `${Math.round(100 * value)} %`);
  const line = (...cells: readonly string[]): string =>
    `${cells.map((cell, n) => (n === 0 ? cell.padEnd(20) : cell.padStart(14))).join("")}\n`;
  process.stdout.write(
    line(
      "recording",
      "steps",
      "with a range",
      "covered",
      "after the end",
      "error at half",
      "false clear",
      "width",
      "M90 covered",
      "M99 covered",
    ),
  );
  for (const { name, judgement } of played) {
    process.stdout.write(
      line(
        name,
        String(judgement.steps),
        String(judgement.ranges),
        percent(judgement.coverage),
        percent(judgement.coverageAfter),
        percent(judgement.errorAtHalf),
        judgement.falseClear ? "YES" : "no",
        percent(judgement.width),
        percent(judgement.ninety),
        percent(judgement.ninetyNine),
      ),
    );
  }
  process.stdout.write(
    `\n${played.length} recordings, a step every ${every} s: the range held the truth at ${percent(steps === 0 ? null : covered / steps)} of ${steps} steps (must: 70 %)\n`,
  );
}
if (values.picture !== undefined) writeFileSync(values.picture, draw(played));
process.exitCode = played.length > 0 ? 0 : 1;
