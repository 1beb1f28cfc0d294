// `mailtide publish`: the public site once, as files, from this host's mail server or from a recording.

import { existsSync } from "node:fs";
import type { Dialect } from "../../../collectors/dialect.ts";
import { Fault } from "../../core/fault.ts";
import { Observation } from "../../core/observation.ts";
import { observe } from "../../core/observe.ts";
import type { Report } from "../../core/report.ts";
import type { Language } from "../../core/status/languages/language.ts";
import { type Instant, instantText, SECOND } from "../../core/time.ts";
import { now } from "../clock.ts";
import type { Config } from "../config.ts";
import { dialectNamed, discoverPublishers, openStore } from "../discover.ts";
import { languagesNamed } from "../languages.ts";
import { LiveFeed } from "../live.ts";
import { replay } from "../replay.ts";
import { logsOf, siteOf } from "../serve.ts";
import { siteFor } from "../site.ts";
import { version } from "../version.ts";
import { ExportFolder } from "./folder.ts";
import { openSiteCopy, validUntil } from "./site-copy.ts";

export interface PublishOptions {
  readonly directory: string;
  /** Folder of a recording to publish instead of this host. */
  readonly recording?: string;
  /** Moment of the recording; without it, its end. */
  readonly at?: Instant;
  readonly write: (text: string) => void;
}

/** Writes the site into a folder. Throws a Fault if it cannot. */
export async function publishOnce(config: Config, options: PublishOptions): Promise<void> {
  const dialect = await dialectNamed(config.mta.dialect);
  const languages = await languagesNamed(config.public.languages);
  const zone = config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { recording } = options;
  const report =
    recording === undefined
      ? await reportNow(config, dialect, languages, zone)
      : await recorded(config, dialect, languages, zone, recording, options.at);
  const copy = await openSiteCopy(
    await discoverPublishers(),
    { version, mta: dialect.name, zone, languages },
    config.export.valid,
  );
  try {
    const files = await copy.filesOf(report);
    const { written, removed } = await new ExportFolder(options.directory).write(files);
    const until = instantText(validUntil(report.at, config.export.valid));
    options.write(
      `${options.directory}: ${files.length} files (${written} new or changed, ${removed} removed), as of ${instantText(report.at)}, valid until ${until}\n`,
    );
  } finally {
    await copy.close();
  }
}

/** Of this host: what a running mailtide last kept, and what the log says since. Nothing is kept of this look. */
async function reportNow(
  config: Config,
  dialect: Dialect,
  languages: readonly Language[],
  zone: string,
): Promise<Report> {
  const store =
    config.state === "none" || !existsSync(config.state)
      ? undefined
      : await openStore("sqlite", config.state, { readOnly: true });
  try {
    const checkpoint = store?.load();
    const known =
      checkpoint === undefined ? new Observation(dialect.defaultSchedule) : Observation.restore(checkpoint.parts);
    const feed = new LiveFeed(dialect, known, {
      logs: logsOf(config, dialect),
      zone,
      site: await siteOf(config, dialect),
      interval: config.interval,
      queueInterval: config.queue.interval,
      queueTimeout: config.queue.timeout,
      cursors: checkpoint?.cursors ?? [],
    });
    try {
      await feed.readSchedule(known);
      do await feed.advance(known, now());
      while (feed.behind);
      // Once more: a listing is asked for only when the log has been read to its end.
      await feed.advance(known, now());
      const at = now();
      const around = { demonstration: undefined, languages, site: siteFor(config.public), zone };
      return observe(known, { ...around, observer: feed.observer(at) }, at);
    } finally {
      await feed.close();
    }
  } finally {
    store?.close();
  }
}

async function recorded(
  config: Config,
  dialect: Dialect,
  languages: readonly Language[],
  zone: string,
  folder: string,
  at: Instant | undefined,
): Promise<Report> {
  let last: Report | undefined;
  const site = siteFor(config.public);
  const steps = replay(folder, dialect, {
    every: 30 * SECOND,
    zone,
    languages,
    site,
    demonstration: "a recorded outage, not this server",
    ...(at === undefined ? {} : { until: at }),
  });
  for await (const report of steps) last = report;
  if (last !== undefined) return last;
  throw new Fault("recording-invalid", `${folder} has no moment to publish.`, "Give another recording.");
}
