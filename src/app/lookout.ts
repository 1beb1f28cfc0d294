// `mailtide lookout`: a spare MX on another host, for when our own mail server is down. Takes no mail, ever.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { pino } from "pino";
import type { Dialect } from "../../collectors/dialect.ts";
import { Arrivals } from "../../collectors/lookout/arrivals.ts";
import type { LearnedInterval } from "../../collectors/lookout/learned.ts";
import { usualLimits } from "../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../collectors/lookout/listener.ts";
import { Lookout, type LookoutReport } from "../../collectors/lookout/lookout.ts";
import { markerWith, readOrMakeKey } from "../../collectors/lookout/marks.ts";
import { returnLine } from "../../collectors/lookout/returns.ts";
import { EventBatch } from "../core/events/batch.ts";
import { Instances } from "../core/events/instances.ts";
import { Fault } from "../core/fault.ts";
import { classOf } from "../core/retries/senders/classify.ts";
import { instantText, MINUTE, SECOND } from "../core/time.ts";
import { now, stopOnSignals } from "./clock.ts";
import type { Config } from "./config.ts";
import { lookoutMetrics } from "./lookout-metrics.ts";
import type { Screen } from "./screen.ts";
import { isLoopback, listen, openWeb, parseListen } from "./web.ts";

const keyIn = (config: Config): string => join(config.lookout.folder, "key");

/** Runs until stopped. Throws a Fault if it cannot begin. */
export async function keepLookout(config: Config, screen: Screen): Promise<void> {
  const settings = config.lookout;
  const log = pino({ name: "mailtide", base: null }, pino.destination({ dest: 2, sync: true }));
  const mark = markerWith(readOrMakeKey(keyIn(config)));
  const file = join(settings.folder, "held");
  const { lookout, laidAside } = Lookout.open(file, { messages: settings.messages, patience: settings.patience });
  if (laidAside !== undefined) log.warn(`What the lookout knew was damaged, and lies in ${laidAside}. It begins anew.`);
  let complained = Number.NEGATIVE_INFINITY;
  const keep = (how: () => void): void => {
    try {
      how();
    } catch (error) {
      // It is tried again each second; a line a minute is enough.
      if (now() - complained < MINUTE) return;
      complained = now();
      log.error(error instanceof Fault ? `${error.message}. ${error.advice}` : error);
    }
  };
  // From here on a journal is there before the first sender is.
  keep(() => lookout.save(file));
  const tls = certificateOf(config);
  const address = parseListen(settings.smtp);
  const listener = await listenForSenders(
    {
      ...address,
      name: settings.name ?? hostname(),
      reads: settings.reads,
      domains: settings.domains ?? [],
      limits: usualLimits,
      mark,
      clock: now,
      classify: ({ helo, received }) => classOf({ helo, ...(received === undefined ? {} : { received }) }).senderClass,
      ...(tls === undefined ? {} : { tls }),
    },
    lookout,
  ).catch((error: unknown) => {
    throw doorFault(settings.smtp, address.port, error);
  });
  const stop = stopOnSignals();
  const web = await openWeb({ administrators: config.administrators });
  const audience = { config: { audience: "administrator" } } as const;
  web.get("/api/v1/lookout", audience, async (_request, reply) =>
    reply.header("cache-control", "no-store").send(lookoutJson(lookout.report(now()), listener)),
  );
  web.get("/metrics", audience, async (_request, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(lookoutMetrics(lookout.report(now()), listener.counts)),
  );
  try {
    const url = await listen(web, parseListen(config.listen));
    screen.write(`\n  A lookout for senders on ${settings.smtp} (port ${listener.port}): takes no mail, sends none.\n`);
    screen.write(`    ${url}/api/v1/lookout    who holds mail for us, as counts\n    ${url}/metrics\n`);
    if (isLoopback(address.host)) screen.write("  Only programs on this machine can reach it: set lookout.smtp.\n");
    while (!stop.stopped()) {
      if (settings.returns !== undefined) lookout.readReturned(settings.returns);
      keep(() => lookout.keep(file));
      await stop.wait(SECOND);
    }
  } finally {
    await listener.close();
    await web.close();
    keep(() => lookout.close(file));
  }
}

/** Prints what a log says of mail that came in, as marks, for a lookout's list of returns. */
export async function printReturns(
  config: Config,
  { dialect, zone, input, output }: { dialect: Dialect; zone: string; input: NodeJS.ReadableStream; output: Writable },
): Promise<void> {
  const arrivals = new Arrivals(markerWith(readOrMakeKey(keyIn(config))));
  const reader = dialect.openLog({ instances: new Instances(), reference: now, zone });
  const batch = new EventBatch(16);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const bytes = Buffer.from(line);
    if (bytes.length === 0) continue;
    batch.clear();
    reader.read(bytes, 0, bytes.length, batch);
    arrivals.read(batch, (one) => void output.write(`${returnLine(one)}\n`));
  }
}

/** A report as it is served: moments as text, lengths in seconds, nothing that names anybody. */
export function lookoutJson(report: LookoutReport, { counts }: Pick<Listener, "counts">): object {
  const seconds = (length: number | undefined): number | null => (length === undefined ? null : length / 1000);
  const { messages, intervals, returns } = report;
  const inSeconds = (learned: readonly LearnedInterval[]): object[] =>
    learned.map(({ attempt, count, shortest, mean, longest }) => ({
      attempt,
      count,
      shortestSeconds: seconds(shortest),
      meanSeconds: seconds(mean),
      longestSeconds: seconds(longest),
    }));
  return {
    at: instantText(report.at),
    messages: { ...messages, oldest: instantText(messages.oldest), newest: instantText(messages.newest) },
    attempts: report.attempts,
    networks: report.networks,
    domains: report.domains,
    returns: { ticked: returns.ticked, unmatched: returns.unmatched, meanWaitSeconds: seconds(returns.meanWait) },
    intervals: {
      bandsSeconds: intervals.bands.map((band) => band / 1000),
      counts: intervals.counts,
      aside: intervals.aside,
      byClass: Object.fromEntries(Object.entries(intervals.byClass).map(([name, one]) => [name, inSeconds(one)])),
    },
    senders: report.senders.map(({ origin, intervals: learned }) => ({ origin, intervals: inSeconds(learned) })),
    door: { ...counts },
  };
}

function certificateOf({ lookout }: Config): { certificate: string; key: string } | undefined {
  const { certificate, private_key } = lookout;
  if (certificate === undefined && private_key === undefined) return undefined;
  const advice = "Give both as files in PEM that mailtide's user may read, or neither: STARTTLS is then not offered.";
  if (certificate === undefined || private_key === undefined) {
    throw new Fault("config-invalid", "of lookout.certificate and lookout.private_key one is missing", advice);
  }
  try {
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(private_key, "utf8") };
  } catch (error) {
    throw new Fault("config-invalid", "the certificate of the lookout cannot be read", advice, error);
  }
}

function doorFault(where: string, port: number, cause: unknown): Fault {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why =
    { EADDRINUSE: "another program listens there", EACCES: "that needs rights" }[code] ?? (code || "it was refused");
  const advice =
    port < 1024
      ? "Give this user the right to low ports (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE), stop what listens there, or set lookout.smtp."
      : "Stop what listens there, or set lookout.smtp to another address.";
  return new Fault("listen-failed", `the lookout cannot listen for senders on ${where}: ${why}`, advice, cause);
}
