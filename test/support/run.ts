// Runs every check and every test in order and ends with one line that says how it went: `N passed, N failed`.

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installMissingPrograms } from "./debian.ts";
import { stopLeftovers } from "./leftovers.ts";
import { addTally, emptyTally, lastLine, type Tally } from "./tally.ts";

const root = join(import.meta.dirname, "..", "..");
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** A check that is one command: yes when it ends with 0, else no with what it printed. */
interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

const checks: readonly Check[] = [
  { name: "format and lint", args: [biome, "ci", "--error-on-warnings", "--max-diagnostics=20", "--colors=off"] },
  { name: "types", args: [tsc, "-p", "tsconfig.json"] },
  { name: "types of the core alone, without Node", args: [tsc, "-p", "tsconfig.core.json"] },
];

let running: ChildProcess | undefined;
let interrupted = false;

/** Ends what runs now, so that it is followed by the usual clearing up, and skips the rest. */
function interrupt(): void {
  interrupted = true;
  running?.kill("SIGTERM");
}

function node(args: readonly string[], environment: NodeJS.ProcessEnv, quiet: boolean): Promise<[number, string]> {
  return new Promise((resolve) => {
    const stdio = quiet ? "pipe" : "inherit";
    const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ["ignore", stdio, stdio] });
    running = child;
    const printed: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => printed.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk));
    child.on("close", (code) => resolve([code ?? 1, Buffer.concat(printed).toString()]));
  });
}

async function runCheck(check: Check): Promise<Tally> {
  const began = performance.now();
  const [code, printed] = await node(check.args, process.env, true);
  const took = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? "yes" : "NO "}  ${check.name} (${took} s)`);
  if (code !== 0) console.log(printed.trimEnd());
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Runs vitest with its own temporary folder, takes the counts from our reporter, and looks for what was left running. */
async function runVitest(name: string, filters: readonly string[], long: boolean): Promise<Tally> {
  const scratch = mkdtempSync(join(tmpdir(), "mailtide-"));
  chmodSync(scratch, 0o755); // a mail server that drops its rights has to reach its queue in here
  const summary = join(scratch, "summary.json");
  const environment = { ...process.env, TMPDIR: scratch, MAILTIDE_TEST_RUN: scratch, MAILTIDE_TEST_SUMMARY: summary };
  if (long) Object.assign(environment, { MAILTIDE_LONG: "1" });
  const reporters = ["--reporter=default", "--reporter=./test/support/reporter.ts"];
  const [code] = await node([vitest, "run", ...reporters, ...filters], environment, false);
  const tally = existsSync(summary) ? (JSON.parse(readFileSync(summary, "utf8")) as Tally) : emptyTally;
  const left = await stopLeftovers(scratch);
  for (const line of left) console.log(`NO   left running by a test, now stopped: ${line}`);
  rmSync(scratch, { recursive: true, force: true });
  // A run that broke outside any test has no failed test to show for it, and must not look green.
  const failed = tally.failed + (left.length > 0 ? 1 : 0);
  const broken = code !== 0 && failed === 0 ? 1 : 0;
  const ok = code === 0 && failed === 0;
  console.log(`${ok ? "yes" : "NO "}  ${name}`);
  return { ...tally, failed: failed + broken };
}

/** Servers live in the sbin folders, which are not on the PATH of an ordinary user. */
function widenPath(): void {
  const wanted = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
  const present = (process.env.PATH ?? "").split(delimiter);
  process.env.PATH = [...present, ...wanted.filter((folder) => !present.includes(folder))].join(delimiter);
}

/** One thing to run, and how it went. */
type Step = () => Promise<Tally>;

/** What a verb runs, in order; with `filters` only the tests that they name. */
function steps(verb: string, filters: readonly string[]): Step[] {
  const asChecks = checks.map((check) => () => runCheck(check));
  if (verb === "check") {
    const units = ["core", "collectors", "contract", "store", "publishers", "app", "dashboards"];
    const present = units.map((name) => `test/${name}/`).filter((folder) => existsSync(join(root, folder)));
    return [
      ...asChecks,
      () => runVitest("architecture tests", ["test/house/"], false),
      () => runVitest("unit tests", present, false),
    ];
  }
  const long = verb === "long";
  const tests = () => runVitest(long ? "tests, long ones too" : "tests", filters, long);
  return filters.length > 0 ? [tests] : [...asChecks, tests];
}

async function main(): Promise<void> {
  const [verb = "test", ...filters] = process.argv.slice(2);
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  widenPath();
  if (verb !== "check") await installMissingPrograms();
  let total = emptyTally;
  for (const step of steps(verb, filters)) if (!interrupted) total = addTally(total, await step());
  if (interrupted) console.log("NO   stopped before the end");
  if (interrupted && total.failed === 0) total = addTally(total, { passed: 0, failed: 1, skipped: 0 });
  if (verb === "check") console.log(total.failed === 0 ? "yes: this may be committed" : "NO: see above");
  console.log(lastLine(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main();
