// `mailtide serve`: follows this host's mail server and publishes. Never falls back to a demonstration.

import { getRandomValues } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pino } from "pino";
import { readConfiguration } from "../../collectors/ask/ask.ts";
import type { Dialect, MtaSite } from "../../collectors/dialect.ts";
import { Fault } from "../core/fault.ts";
import { Observation } from "../core/observation.ts";
import type { Report } from "../core/report.ts";
import type { HashKey } from "../core/retries/senders/keyed-hash.ts";
import { SECOND } from "../core/time.ts";
import type { Store } from "../store/store.ts";
import { now, stopOnSignals } from "./clock.ts";
import { complaining, inWords } from "./complaint.ts";
import type { Config } from "./config.ts";
import { dialectNamed, discoverPublishers, openStore } from "./discover.ts";
import { type Exporter, openExporter } from "./export/exporter.ts";
import type { CopySite } from "./export/site-copy.ts";
import { languagesNamed } from "./languages.ts";
import { LiveFeed } from "./live.ts";
import { type Hearing, hearLookouts, lookoutPart } from "./lookouts-heard.ts";
import { type Heartbeat, live } from "./loop.ts";
import { Desk } from "./operator/desk.ts";
import { type Operator, openOperator } from "./operator/operator.ts";
import { ProbingFeed, proberOf } from "./probing.ts";
import { publishing } from "./publish.ts";
import { changed, type Screen, showAddresses, showCatchingUp, showLine, showReport } from "./screen.ts";
import { siteFor } from "./site.ts";
import { version } from "./version.ts";
import { webhookTargets } from "./webhook-targets.ts";

/** Logs to follow: those configured, or the first usual one that is there. Throws `Fault("source-missing")`. */
export function logsOf(config: Config, dialect: Dialect): readonly string[] {
  if (config.logs !== undefined) return config.logs;
  const usual = dialect.usualLogs.find((path) => existsSync(path));
  if (usual !== undefined) return [usual];
  throw new Fault(
    "source-missing",
    `no log of ${dialect.title} was found (looked for ${dialect.usualLogs.join(", ")})`,
    "Name the log in the configuration under logs:, or set MAILTIDE_LOGS=/path/to/mail.log.",
  );
}

/** Where the MTA keeps its queue, asked of it where it is not configured. */
export async function siteOf(config: Config, dialect: Dialect): Promise<MtaSite> {
  const site: MtaSite = {
    configDirectory: config.mta.config_directory,
    queueDirectory: config.mta.queue_directory,
  };
  if (site.queueDirectory !== undefined) return site;
  const command = dialect.configuration(site);
  try {
    const text = command.length === 0 ? "" : await readConfiguration(command);
    const folder = /^queue_directory\s*=\s*(\S+)/m.exec(text)?.[1];
    return folder === undefined ? site : { ...site, queueDirectory: folder };
  } catch {
    // Said again, with advice, when the schedule is read.
    return site;
  }
}

/** Runs until stopped. Throws a Fault if it cannot begin. */
export async function serve(config: Config, screen: Screen): Promise<void> {
  const dialect = await dialectNamed(config.mta.dialect);
  const logs = logsOf(config, dialect);
  const log = pino({ name: "mailtide", base: null }, pino.destination({ dest: 2, sync: true }));
  const zone = config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const store = await stateOf(config);
  const stop = stopOnSignals();
  const complain = complaining(log);
  let hearing: Hearing | undefined;
  let operator: Operator | undefined;
  try {
    const checkpoint = store?.load();
    const known =
      checkpoint === undefined
        ? new Observation(dialect.defaultSchedule, randomKey())
        : Observation.restore(checkpoint.parts, randomKey());
    hearing = await hearLookouts(config, {
      lookouts: known.lookouts,
      kept: checkpoint?.parts.get(lookoutPart),
      checkpoints: store !== undefined,
      complain,
    });
    const site = await siteOf(config, dialect);
    const feed = new LiveFeed(dialect, known, {
      logs,
      zone,
      site,
      interval: config.interval,
      queueInterval: config.queue.interval,
      queueTimeout: config.queue.timeout,
      cursors: checkpoint?.cursors ?? [],
      signal: stop.signal,
      also: (batch) => hearing?.record(batch),
      warn: (text) => log.warn(text),
    });
    const eyes = new ProbingFeed(feed, proberOf(config));
    const hindered = await feed.readSchedule(known);
    if (hindered !== undefined) {
      log.warn(
        `${inWords(hindered)} Until then mailtide goes on with the timers that it last knew, or ${dialect.title}'s own defaults.`,
      );
    }
    const languages = await languagesNamed(config.public.languages);
    const copies = await exporterOf(config, { version, mta: dialect.name, zone, languages }, complain);
    const service = siteFor(config.public);
    const desk = new Desk(service);
    operator = await openOperator(config, desk, () => known.said.book, {
      note: (text) => log.info(text),
      warn: (text) => log.warn(text),
    });
    const publish = await publishing(
      config.listen,
      {
        mta: dialect.name,
        zone,
        languages,
        whatIf: (question, at) => known.ask(question, at),
        webhooks: webhookTargets(config.webhooks, process.env),
        ...(config.state === "none" ? {} : { folder: dirname(config.state) }),
        warn: complain,
      },
      { administrators: config.administrators, counters: () => copies?.counters() ?? [] },
    );
    showAddresses(screen, publish);
    if (operator !== undefined) screen.write(`  The operator's API is at ${operator.url}; see docs/operator.md\n`);
    screen.write(
      `  Following ${logs.join(", ")}; state in ${config.state === "none" ? "memory only" : config.state}\n`,
    );
    let shown: Report | undefined;
    const heart: Heartbeat = {
      known,
      feed: eyes,
      desk,
      around: {
        demonstration: undefined,
        languages,
        site: service,
        zone,
      },
      tell(report) {
        publish.tell(report, feed.behind);
        // A copy says what the pages say.
        copies?.tell(report);
        if (feed.behind) {
          // Until now is reached there is nothing to say of it; the web pages tell so.
          showCatchingUp(screen, report);
          return;
        }
        if (shown === undefined) showReport(screen, report);
        else if (changed(shown, report)) showLine(screen, report);
        else return;
        shown = report;
      },
      ...(store === undefined
        ? {}
        : {
            remember(at: number) {
              const parts = known.save();
              // In the same transaction as the places in the logs: each arrival is told to lookouts once.
              if (hearing !== undefined) parts.set(lookoutPart, hearing.save());
              store.commit({ at, version: Observation.version, cursors: feed.cursors(), parts });
              hearing?.committed();
            },
          }),
      stateTrouble(why) {
        feed.stateFault = why;
      },
      complain,
    };
    await live(heart, {
      interval: config.interval,
      rememberEvery: 10 * SECOND,
      clock: now,
      wait: stop.wait,
      stopped: stop.stopped,
    });
    await publish.close();
    await copies?.close();
  } finally {
    await hearing?.close();
    await operator?.close();
    store?.close();
  }
}

/** The folder that carries a copy of the public site, if one is configured. */
async function exporterOf(
  config: Config,
  site: CopySite,
  complain: (error: unknown) => void,
): Promise<Exporter | undefined> {
  const { directory, interval, valid } = config.export;
  if (directory === undefined) return undefined;
  return openExporter(await discoverPublishers(), site, { directory, interval, validFor: valid, complain });
}

/** A key for the hashes of senders; from then on it is kept with the state. */
function randomKey(): HashKey {
  const [a, b, c, d] = getRandomValues(new Uint32Array(4));
  return [a, b, c, d];
}

async function stateOf(config: Config): Promise<Store | undefined> {
  if (config.state === "none") return undefined;
  try {
    mkdirSync(dirname(config.state), { recursive: true });
  } catch (error) {
    throw new Fault(
      "state-unwritable",
      `the folder for the state, ${dirname(config.state)}, cannot be made`,
      `Let mailtide's user write there, or name another file: MAILTIDE_STATE=/path/state.sqlite (or "none" to keep nothing).`,
      error,
    );
  }
  return openStore("sqlite", config.state);
}
