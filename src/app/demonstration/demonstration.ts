// The bundled recorded outage, played as if it happened now, over and over, and marked as what it is.

import { fileURLToPath } from "node:url";
import type { Dialect } from "../../../collectors/dialect.ts";
import { Observation } from "../../core/observation.ts";
import type { ObserverView, Report } from "../../core/report.ts";
import { defaultSite } from "../../core/status/site.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../../core/time.ts";
import { now, stopOnSignals } from "../clock.ts";
import type { Feed } from "../feed.ts";
import { languagesNamed } from "../languages.ts";
import { beat, type Heartbeat } from "../loop.ts";
import { publishing } from "../publish.ts";
import { RecordingFeed, recordedSchedule } from "../recording.ts";
import { changed, type Screen, showAddresses, showLine, showReport } from "../screen.ts";

export const recordingFolder: string = fileURLToPath(new URL("./recording/", import.meta.url));

/** Said in every output. */
export const words = "a recorded outage is being played. Nothing here is about your mail or this machine.";

/** How far into the recording the first playing begins: the backlog is draining and there is a time to show. */
const beginning: Duration = 7 * MINUTE + 45 * SECOND;
/** Time between two looks while catching up. */
const step: Duration = 15 * SECOND;

export interface DemonstrationOptions {
  readonly listen: string;
  readonly zone: string;
  /** Also machines other than this one may see the administrator's pages. */
  readonly everyone: boolean;
}

/** One playing of the recording, in which its moment `into` is the moment `at`. */
class Playing implements Feed {
  readonly known: Observation;
  readonly from: Instant;
  readonly to: Instant;
  readonly #feed: RecordingFeed;

  constructor(dialect: Dialect, at: Instant, into: Duration) {
    this.known = new Observation(recordedSchedule(recordingFolder, dialect));
    const { from } = new RecordingFeed(recordingFolder, dialect, this.known.instances);
    this.#feed = new RecordingFeed(recordingFolder, dialect, this.known.instances, { shift: at - into - from });
    this.from = this.#feed.from;
    this.to = this.#feed.to;
  }

  advance(known: Observation, at: Instant): Promise<void> {
    return this.#feed.advance(known, at);
  }

  observer(at: Instant): ObserverView {
    return this.#feed.observer(at);
  }

  close(): Promise<void> {
    return this.#feed.close();
  }
}

/** Serves the demonstration until stopped. */
export async function demonstrate(dialect: Dialect, options: DemonstrationOptions, screen: Screen): Promise<void> {
  const stop = stopOnSignals();
  const languages = await languagesNamed(["en"]);
  const around = {
    demonstration: words,
    languages,
    site: defaultSite,
    zone: options.zone,
  };
  let playing = new Playing(dialect, now(), beginning);
  const publish = await publishing(
    options.listen,
    {
      ...{ mta: dialect.name, zone: options.zone, languages },
      whatIf: (question, at) => playing.known.ask(question, at),
    },
    { administrators: options.everyone ? "everyone" : "this-machine" },
  );
  let shown: Report | undefined;
  const heart = (tell: Heartbeat["tell"]): Heartbeat => ({
    known: playing.known,
    feed: playing,
    around,
    tell,
    complain(error) {
      screen.write(`  ${String(error)}\n`);
    },
  });
  const show = (report: Report): void => {
    publish.tell(report);
    if (shown === undefined) {
      showReport(screen, report);
      showAddresses(screen, publish);
      screen.write("\n  Stop with Ctrl-C.\n\n");
    } else if (changed(shown, report)) showLine(screen, report);
    else return;
    shown = report;
  };
  const silent = heart(() => {});
  for (let at = playing.from + step; at < now(); at += step) await beat(silent, at);
  while (!stop.stopped()) {
    const at = now();
    if (at > playing.to + MINUTE) playing = new Playing(dialect, at, 0);
    await beat(heart(show), at);
    await stop.wait(5 * SECOND);
  }
  await publish.close();
}
