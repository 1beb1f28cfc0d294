// `mailtide lookout`: a spare MX on another host, for when our own mail server is down. Takes no mail, ever.

import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { pino } from "pino";
import type { Dialect } from "../../collectors/dialect.ts";
import { Arrivals } from "../../collectors/lookout/arrivals.ts";
import type { LearnedInterval } from "../../collectors/lookout/learned.ts";
import type { Listener } from "../../collectors/lookout/listener.ts";
import type { LookoutReport } from "../../collectors/lookout/lookout.ts";
import { markerWith, readOrMakeKey, wireSecret } from "../../collectors/lookout/marks.ts";
import { returnLine } from "../../collectors/lookout/returns.ts";
import { EventBatch } from "../core/events/batch.ts";
import { Instances } from "../core/events/instances.ts";
import { Fault } from "../core/fault.ts";
import { instantText, SECOND } from "../core/time.ts";
import { now, stopOnSignals } from "./clock.ts";
import { complaining } from "./complaint.ts";
import type { Config } from "./config.ts";
import { openWire } from "./discover.ts";
import { keyIn, openDoor, type Telling } from "./lookout-door.ts";
import { lookoutMetrics } from "./lookout-metrics.ts";
import type { Screen } from "./screen.ts";
import { isLoopback, listen, openWeb, parseListen } from "./web.ts";

/** Runs until stopped. Throws a Fault if it cannot begin. */
export async function keepLookout(config: Config, screen: Screen): Promise<void> {
  const settings = config.lookout;
  if (settings.wire === "memory") {
    throw new Fault(
      "config-invalid",
      "lookout.wire is memory, which is for a lookout within `mailtide serve`",
      "Give the address on which mailtide on the mail host hears lookouts, such as http://192.0.2.1:9787, or leave it out.",
    );
  }
  const log = pino({ name: "mailtide", base: null }, pino.destination({ dest: 2, sync: true }));
  const complain = complaining(log);
  const key = readOrMakeKey(keyIn(config));
  const outlet = settings.wire === undefined ? undefined : (await openWire(settings.wire, wireSecret(key))).outlet;
  const door = await openDoor(config, key, outlet, complain);
  const { lookout, listener, telling } = door;
  const stop = stopOnSignals();
  const web = await openWeb({ administrators: config.administrators });
  const audience = { config: { audience: "administrator" } } as const;
  web.get("/api/v1/lookout", audience, async (_request, reply) =>
    reply
      .header("cache-control", "no-store")
      .send(lookoutJson(lookout.report(now()), listener, outlet === undefined ? undefined : telling)),
  );
  web.get("/metrics", audience, async (_request, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(lookoutMetrics(lookout.report(now()), listener.counts)),
  );
  try {
    const url = await listen(web, parseListen(config.listen));
    screen.write(`\n  A lookout for senders on ${settings.smtp} (port ${listener.port}): takes no mail, sends none.\n`);
    screen.write(`    ${url}/api/v1/lookout    who holds mail for us, as counts\n    ${url}/metrics\n`);
    if (settings.wire !== undefined) screen.write(`  Tells mailtide at ${settings.wire} what it counts.\n`);
    if (isLoopback(parseListen(settings.smtp).host)) {
      screen.write("  Only programs on this machine can reach it: set lookout.smtp.\n");
    }
    while (!stop.stopped()) {
      await door.round();
      await stop.wait(SECOND);
    }
  } finally {
    await web.close();
    await door.close();
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
export function lookoutJson(
  report: LookoutReport,
  { counts }: Pick<Listener, "counts">,
  telling: Telling | undefined,
): object {
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
    wire: telling === undefined ? null : { told: instantText(telling.told), fault: telling.fault },
  };
}
