// A real Exim of its own on loopback, for tests. Debian lets it not be installed beside Postfix, so its package is
// fetched and unpacked; what it asks of the machine (its user, a library) is shown to it in a mount namespace of its
// own, and the machine stays as it was. Its processes live in a process namespace, and end with it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locate } from "./debian.ts";
import { until } from "./postfix-sandbox.ts";
import { type Injected, type Injection, injectBySmtp } from "./smtp-injection.ts";

const uid = 63_990;

export interface EximLab {
  readonly folder: string;
  readonly smtpPort: number;
  inject(messages: readonly Injection[]): Promise<Injected[]>;
  /** Messages in the queue. */
  queued(): number;
  logText(): string;
  /** Stops everything and removes every file. */
  stop(): Promise<void>;
}

export interface EximOptions {
  readonly hostName: string;
  /** Where all mail goes, in this order: `[127.0.0.1, 2525]`. */
  readonly hosts: readonly (readonly [address: string, port: number])[];
  /** Address of loopback that it sends from. */
  readonly from: string;
  /** A rule as in Exim's section `begin retry`, after the two stars. */
  readonly retry: string;
  /** Time between queue runs: `2s`. */
  readonly queueRun: string;
}

/** Packages that are unpacked: the daemon, and the libraries of it that not every machine has. */
const packages = ["exim4-daemon-light", "libidn12", "libnsl2", "libgnutls-dane0", "libunbound8"];

/** Why there can be no Exim here; undefined if it may be tried. */
export const noExim: string | undefined = (() => {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root, for namespaces of its own; run as root: npm test";
  const missing = ["apt-get", "dpkg-deb", "unshare", "ldconfig"].find((name) => locate(name) === undefined);
  if (missing !== undefined) return `needs ${missing}, on a Debian-like machine`;
  const tried = spawnSync("unshare", ["--mount", "--pid", "--fork", "true"]);
  return tried.status === 0 ? undefined : "needs the right to make namespaces (CAP_SYS_ADMIN)";
})();

/** Fetches Exim and unpacks it into a folder; answers what hindered it, if anything did. */
export async function fetchExim(folder: string): Promise<string | undefined> {
  await mkdir(join(folder, "root"), { recursive: true });
  // One call for all, since each reads the whole list of packages. Whether a library is there already is for the linker
  // to say: what cannot be fetched may not be needed.
  const fetched = (names: readonly string[]) =>
    spawnSync("apt-get", ["-q", "download", ...names], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  if (fetched(packages).status !== 0) {
    const { status, stderr } = fetched(packages.slice(0, 1));
    if (status !== 0) return `Exim cannot be fetched: ${stderr.trim().split("\n").at(-1)}`;
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    const { status } = spawnSync("dpkg-deb", ["-x", join(folder, file), join(folder, "root")]);
    if (status !== 0) return `${file} cannot be unpacked`;
  }
  const libraries = readdirSync(join(folder, "root/usr/lib")).map((name) => join(folder, "root/usr/lib", name));
  spawnSync("ldconfig", ["-X", "-C", join(folder, "ld.so.cache"), ...libraries]);
  await writeFile(
    join(folder, "passwd"),
    `${readFileSync("/etc/passwd", "utf8")}Debian-exim:x:${uid}:${uid}::/nonexistent:/usr/sbin/nologin\n`,
  );
  await writeFile(join(folder, "group"), `${readFileSync("/etc/group", "utf8")}Debian-exim:x:${uid}:\n`);
  await writeFile(join(folder, "empty.conf"), "\n");
  const { status, stderr } = spawnSync(
    "unshare",
    ["--mount", "sh", "-c", shown(folder, `-C ${join(folder, "empty.conf")} -bV`)],
    { encoding: "utf8" },
  );
  return status === 0 ? undefined : `Exim does not run here: ${stderr.trim().split("\n").at(-1)}`;
}

/** Starts an isolated Exim from a folder that `fetchExim` filled. Whoever starts it stops it. */
export async function startEximLab(exim: string, options: EximOptions): Promise<EximLab> {
  const folder = await mkdtemp(join(tmpdir(), "mailtide-exim-"));
  let daemon: ChildProcess | undefined;
  const log = join(folder, "log", "mainlog");
  const logText = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");

  const stop = async (): Promise<void> => {
    if (daemon?.pid !== undefined && daemon.exitCode === null && daemon.signalCode === null) {
      const ended = new Promise((resolve) => daemon?.once("exit", resolve));
      // The first process of the namespace takes all others with it when it ends, and `unshare` waits for that.
      // (--kill-child does not reach it: what a parent's end is to do is forgotten when a set-uid program starts.)
      const first = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, "utf8").trim();
      if (first !== "") process.kill(Number(first.split(" ")[0]), "SIGKILL");
      else daemon.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await chmod(folder, 0o755);
    for (const name of ["spool", "log"]) {
      await mkdir(join(folder, name), { mode: 0o750 });
      await chown(join(folder, name), uid, uid);
    }
    const smtpPort = await freePort();
    const configuration = join(folder, "exim.conf");
    await writeFile(configuration, written(exim, folder, smtpPort, options), { mode: 0o644 });
    daemon = spawn(
      "unshare",
      ["--mount", "--pid", "--fork", "sh", "-c", shown(exim, `-C ${configuration} -bdf -q${options.queueRun}`)],
      { stdio: "ignore", cwd: folder },
    );
    await until("Exim answers", () => answers(smtpPort));
    return {
      folder,
      smtpPort,
      logText,
      stop,
      inject: (messages) => injectBySmtp(smtpPort, messages),
      queued: () => readdirSync(join(folder, "spool", "input")).filter((name) => name.endsWith("-H")).length,
    };
  } catch (error) {
    const told = logText();
    await stop();
    throw new Error(`Exim does not start: ${told}`, { cause: error });
  }
}

/** The shell commands that show Exim its own user, group and libraries, and run it. */
function shown(exim: string, flags: string): string {
  const bound = [
    ["passwd", "/etc/passwd"],
    ["group", "/etc/group"],
    ["ld.so.cache", "/etc/ld.so.cache"],
  ].map(([from, to]) => `mount --bind '${join(exim, from)}' ${to}`);
  return [...bound, `exec '${join(exim, "root/usr/sbin/exim4")}' ${flags}`].join(" && ");
}

function written(exim: string, folder: string, port: number, { hostName, hosts, from, retry }: EximOptions): string {
  return `exim_path = ${join(exim, "root/usr/sbin/exim4")}
primary_hostname = ${hostName}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
disable_ipv6 = true
host_lookup =
tls_advertise_hosts =
keep_environment =
acl_smtp_rcpt = taken
acl_smtp_data = accept
smtp_accept_max = 0
log_selector = +millisec
begin acl
taken:
  accept control = submission/sender_retain
begin routers
onward:
  driver = manualroute
  transport = onward
  route_list = * "${hosts.map(([address, at]) => `${address}::${at}`).join(" : ")}"
  hosts_randomize = false
  self = send
begin transports
onward:
  driver = smtp
  allow_localhost = true
  interface = ${from}
  hosts_avoid_tls = *
begin retry
* * ${retry}
`;
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
