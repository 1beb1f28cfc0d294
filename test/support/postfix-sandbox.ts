// A real Postfix of its own on loopback, for tests: own folders, own ports, own timers; never the machine's mail server.
//
// What it needs to be shut off from the machine: an own configuration, queue and data folder under a path that the user
// `postfix` may enter; no service in a chroot; its log by its own postlogd; no DNS; next hops on loopback ports.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HopMood, type NextHop, startNextHop } from "./next-hop.ts";
import { type Injected, type Injection, injectBySmtp } from "./smtp-injection.ts";

/** Why there can be no sandbox here, with the command that helps; undefined if there can. For the name of a skipped test. */
export const noSandbox: string | undefined = (() => {
  if (process.platform !== "linux") return "needs Linux";
  const install = "run as root: apt-get install -y --no-install-recommends postfix";
  if (!existsSync("/usr/sbin/postfix") || !existsSync("/usr/sbin/postconf")) return `needs Postfix; ${install}`;
  if (process.getuid?.() !== 0) return "needs root, since Postfix only starts as root; run as root: npm test";
  return undefined;
})();

/** `describe(sandboxName("…"))` shows the reason where tests are skipped. */
export function sandboxName(name: string): string {
  return noSandbox === undefined ? name : `${name} (skipped: ${noSandbox})`;
}

export interface LabOptions {
  /** Each domain has a next hop of its own; the first is the usual one. */
  readonly domains?: readonly string[];
  /** Postfix settings: `{ minimal_backoff_time: "5s" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further lines for master.cf. */
  readonly services?: readonly string[];
  /** Value of the `syslog_name` parameter. */
  readonly syslogName?: string;
}

export interface PostfixLab {
  readonly folder: string;
  readonly configDirectory: string;
  readonly queueDirectory: string;
  /** Path of the mail log. */
  readonly log: string;
  readonly smtpPort: number;
  readonly hops: ReadonlyMap<string, NextHop>;
  /** Everything put in by `inject`, with the queue ids. */
  readonly injected: readonly Injected[];
  /** Puts in messages; a number makes so many of one recipient at the first domain. */
  inject(messages: number | readonly Partial<Injection>[]): Promise<Injected[]>;
  /** Changes how a domain's next hop behaves; all of them if no domain is named. */
  hop(mood: HopMood, domain?: string): Promise<void>;
  hopDown(domain?: string): Promise<void>;
  hopUp(domain?: string): Promise<void>;
  /** `postqueue` and so on on this instance; answers what it printed. */
  run(
    command: string,
    ...args: readonly string[]
  ): { readonly exit: number | null; readonly stdout: string; readonly stderr: string };
  /** Number of messages in the queue, by Postfix's own listing. */
  queued(queue?: string): number;
  /** Tries everything now, as an administrator would. */
  flush(): void;
  /** `postfix stop` and `postfix start`. */
  stopPostfix(): Promise<void>;
  startPostfix(): Promise<void>;
  logText(): string;
  /** Stops everything and removes every file. */
  stop(): Promise<void>;
}

/** Waits until something holds, looking every 20 ms; an error after `deadlineMs` says what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts an isolated Postfix. Whoever starts it stops it, in `afterAll` or `finally`. */
export async function startPostfixLab(options: LabOptions = {}): Promise<PostfixLab> {
  if (noSandbox !== undefined) throw new Error(noSandbox);
  const domains = options.domains ?? ["remote.test"];
  const folder = await mkdtemp(join(tmpdir(), "mailtide-lab-"));
  const hops = new Map<string, NextHop>();
  const configDirectory = join(folder, "etc");
  const queueDirectory = join(folder, "spool");
  const dataDirectory = join(folder, "data");
  const log = join(folder, "log", "mail.log");
  const injected: Injected[] = [];
  let running = false;

  const run: PostfixLab["run"] = (command, ...args) => {
    const answer = spawnSync(command, ["-c", configDirectory, ...args], { encoding: "utf8", maxBuffer: 1 << 30 });
    return { exit: answer.status, stdout: answer.stdout ?? "", stderr: answer.stderr ?? "" };
  };

  const startPostfix = async (): Promise<void> => {
    // Postfix's master keeps the output of `postfix start` open for ever: a file, not a pipe.
    const output = openSync(join(folder, "log", "start.out"), "a");
    const exit = await new Promise<number | null>((resolve, reject) => {
      const child = spawn("postfix", ["-c", configDirectory, "start"], { stdio: ["ignore", output, output] });
      child.once("error", reject);
      child.once("exit", resolve);
    });
    closeSync(output);
    running = true;
    if (exit !== 0)
      throw new Error(`Postfix does not start:\n${readFileSync(join(folder, "log", "start.out"), "utf8")}${logText()}`);
  };

  const stopPostfix = async (): Promise<void> => {
    if (!running) return;
    run("postfix", "stop");
    running = false;
  };

  const logText = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");

  const hop = async (mood: HopMood, domain?: string): Promise<void> => {
    for (const [name, one] of hops) if (domain === undefined || domain === name) await one.become(mood);
  };

  const stop = async (): Promise<void> => {
    try {
      if (running) {
        run("postfix", "stop");
        // Should it have hung: `abort` ends every process of this instance and of no other.
        if (run("postfix", "status").exit === 0) run("postfix", "abort");
        running = false;
      }
    } finally {
      for (const one of hops.values()) await one.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };

  try {
    await chmod(folder, 0o755);
    for (const name of ["etc", "spool", "data", "log"]) await mkdir(join(folder, name), { mode: 0o755 });
    const [uid, gid] = ["-u", "-g"].map((which) =>
      Number(execFileSync("id", [which, "postfix"], { encoding: "utf8" })),
    );
    await chown(dataDirectory, uid, gid);
    await chmod(dataDirectory, 0o700);
    for (const domain of domains) hops.set(domain, await startNextHop());
    const smtpPort = await freePort();
    const routes = [...hops].map(([domain, { port }]) => `{${domain} = smtp:[127.0.0.1]:${port}}`);
    const settings: Record<string, string> = {
      compatibility_level: "3.6",
      queue_directory: queueDirectory,
      data_directory: dataDirectory,
      maillog_file: log,
      maillog_file_prefixes: `/var, /dev/stdout, ${folder}`,
      syslog_name: options.syslogName ?? "postfix",
      myhostname: "mta.lab.test",
      mydomain: "lab.test",
      myorigin: "lab.test",
      mydestination: "",
      mynetworks: "127.0.0.0/8",
      alias_maps: "",
      alias_database: "",
      local_recipient_maps: "",
      inet_interfaces: "127.0.0.1",
      inet_protocols: "ipv4",
      smtp_dns_support_level: "disabled",
      smtp_host_lookup: "native",
      smtp_tls_security_level: "none",
      smtpd_tls_security_level: "none",
      smtpd_peername_lookup: "no",
      smtpd_relay_restrictions: "permit_mynetworks, reject",
      smtpd_client_connection_count_limit: "0",
      smtpd_error_sleep_time: "0",
      default_transport: "error:5.1.2 no such domain in this lab",
      relay_transport: "error:5.1.2 no such domain in this lab",
      transport_maps: `inline:{${routes.join(", ")}}`,
      in_flow_delay: "0",
      ...options.settings,
    };
    await writeFile(
      join(configDirectory, "main.cf"),
      Object.entries(settings)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(""),
    );
    await writeFile(
      join(configDirectory, "master.cf"),
      `${[`127.0.0.1:${smtpPort} inet n - n - - smtpd`, ...daemons, ...(options.services ?? [])].join("\n")}\n`,
    );
    await startPostfix();
    const serial = { next: 1 };
    const lab: PostfixLab = {
      folder,
      configDirectory,
      queueDirectory,
      log,
      smtpPort,
      hops,
      injected,
      run,
      hop,
      hopDown: (domain) => hop({ is: "down" }, domain),
      hopUp: (domain) => hop({ is: "well" }, domain),
      startPostfix,
      stopPostfix,
      logText,
      stop,
      flush: () => void run("postqueue", "-f"),
      queued(queue) {
        const lines = run("postqueue", "-j")
          .stdout.split("\n")
          .filter((line) => line !== "");
        const ids = lines.flatMap((line) => {
          const { queue_name, queue_id } = JSON.parse(line) as { queue_name: string; queue_id: string };
          return queue === undefined || queue_name === queue ? [queue_id] : [];
        });
        return new Set(ids).size;
      },
      async inject(messages) {
        const wishes = typeof messages === "number" ? Array.from({ length: messages }, () => ({})) : messages;
        const full = wishes.map((wish: Partial<Injection>): Injection => {
          const number = serial.next++;
          return {
            sender: `sender${number % 7}@lab.test`,
            recipients: [`user${number}@${domains[0]}`],
            subject: `message ${number}`,
            bytes: 200,
            ...wish,
          };
        });
        const taken = await injectBySmtp(smtpPort, full);
        injected.push(...taken);
        return taken;
      },
    };
    return lab;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** What every Postfix runs, none of it in a chroot. */
const daemons: readonly string[] = [
  "pickup    unix  n - n 60    1 pickup",
  "cleanup   unix  n - n -     0 cleanup",
  "qmgr      unix  n - n 300   1 qmgr",
  "rewrite   unix  - - n -     - trivial-rewrite",
  "bounce    unix  - - n -     0 bounce",
  "defer     unix  - - n -     0 bounce",
  "trace     unix  - - n -     0 bounce",
  "verify    unix  - - n -     1 verify",
  "flush     unix  n - n 1000? 0 flush",
  "proxymap  unix  - - n -     - proxymap",
  "smtp      unix  - - n -     - smtp",
  "showq     unix  n - n -     - showq",
  "error     unix  - - n -     - error",
  "retry     unix  - - n -     - error",
  "discard   unix  - - n -     - discard",
  "local     unix  - n n -     - local",
  "virtual   unix  - n n -     - virtual",
  "anvil     unix  - - n -     1 anvil",
  "scache    unix  - - n -     1 scache",
  "postlog   unix-dgram n - n - 1 postlogd",
];
