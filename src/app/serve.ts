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
import type { PublicSite } from "../core/status/site.ts";
import { HOUR, SECOND } from "../core/time.ts";
import type { Store } from "../store/store.ts";
import { now, stopOnSignals } from "./clock.ts";
import { inWords } from "./complaint.ts";
import type { Config } from "./config.ts";
import { dialectNamed, openStore } from "./discover.ts";
import { languagesNamed } from "./languages.ts";
import { LiveFeed } from "./live.ts";
import { type Heartbeat, live } from "./loop.ts";
import { ProbingFeed, proberOf } from "./probing.ts";
import { publishing } from "./publish.ts";
import { changed, type Screen, showAddresses, showCatchingUp, showLine, showReport } from "./screen.ts";

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
async function siteOf(config: Config, dialect: Dialect): Promise<MtaSite> {
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
  try {
    const checkpoint = store?.load();
    const known =
      checkpoint === undefined
        ? new Observation(dialect.defaultSchedule, randomKey())
        : Observation.restore(checkpoint.parts, randomKey());
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
    const publish = await publishing(
      config.listen,
      { mta: dialect.name, zone, languages, whatIf: (question, at) => known.ask(question, at) },
      { administrators: config.administrators },
    );
    showAddresses(screen, publish);
    screen.write(
      `  Following ${logs.join(", ")}; state in ${config.state === "none" ? "memory only" : config.state}\n`,
    );
    let shown: Report | undefined;
    const complaints = new Map<string, number>();
    const heart: Heartbeat = {
      known,
      feed: eyes,
      around: {
        demonstration: undefined,
        languages,
        site: siteFor(config.public),
        zone,
      },
      tell(report) {
        publish.tell(report);
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
              store.commit({ at, version: Observation.version, cursors: feed.cursors(), parts: known.save() });
            },
          }),
      stateTrouble(why) {
        feed.stateFault = why;
      },
      complain(error) {
        // The same trouble comes back with every beat; a line an hour is enough.
        const words = inWords(error);
        const at = now();
        if (at - (complaints.get(words) ?? Number.NEGATIVE_INFINITY) < HOUR) return;
        complaints.set(words, at);
        if (complaints.size > 100) complaints.clear();
        log.error(error instanceof Fault ? words : error);
      },
    };
    await live(heart, {
      interval: config.interval,
      rememberEvery: 10 * SECOND,
      clock: now,
      wait: stop.wait,
      stopped: stop.stopped,
    });
    await publish.close();
  } finally {
    store?.close();
  }
}

/** A key for the hashes of senders; from then on it is kept with the state. */
function randomKey(): HashKey {
  const [a, b, c, d] = getRandomValues(new Uint32Array(4));
  return [a, b, c, d];
}

/** What the operator says about the service. */
export function siteFor({ name, url, components, counts, not_affected }: Config["public"]): PublicSite {
  return {
    name,
    url,
    components: Object.entries(components).map(([id, title]) => ({
      id,
      name: title,
      follows: id === "receiving" || id === "sending" ? id : undefined,
    })),
    counts,
    notAffected: not_affected,
  };
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
