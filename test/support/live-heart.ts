// A live feed with a heart around it, whose clock is the test's.

import type { Dialect } from "../../collectors/dialect.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { languagesNamed } from "../../src/app/languages.ts";
import { LiveFeed, type LiveOptions } from "../../src/app/live.ts";
import { beat, type Heartbeat, remember } from "../../src/app/loop.ts";
import { Observation } from "../../src/core/observation.ts";
import type { Report } from "../../src/core/report.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import type { Store } from "../../src/store/store.ts";

export interface LiveHeart {
  readonly known: Observation;
  readonly feed: LiveFeed;
  /** Trouble that nobody expected, and trouble with the state. */
  readonly complaints: unknown[];
  /** Every report told. */
  readonly told: Report[];
  /** One beat at a moment. */
  beat(now: number): Promise<Report>;
  remember(now: number): void;
}

/** The usual rhythm: a look every 5 s, a listing every 30 s. So mailtide is blind after 90 s. */
export const blindAfter = 90_000;

/** Goes on from what the store holds, or begins. */
export async function liveHeart(
  options: Pick<LiveOptions, "logs"> & Partial<LiveOptions>,
  store?: Store,
  dialect: Dialect = postfix,
): Promise<LiveHeart> {
  const checkpoint = store?.load();
  const known =
    checkpoint === undefined ? new Observation(dialect.defaultSchedule) : Observation.restore(checkpoint.parts);
  const feed = new LiveFeed(dialect, known, {
    zone: "UTC",
    site: { configDirectory: undefined, queueDirectory: undefined },
    interval: 5000,
    queueInterval: 30_000,
    queueTimeout: 20_000,
    cursors: checkpoint?.cursors ?? [],
    ...options,
  });
  const complaints: unknown[] = [];
  const told: Report[] = [];
  const heart: Heartbeat = {
    known,
    feed,
    around: { demonstration: undefined, languages: await languagesNamed(["en"]), site: defaultSite, zone: "UTC" },
    tell: (report) => void told.push(report),
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
    complain: (error) => void complaints.push(error),
  };
  return {
    known,
    feed,
    complaints,
    told,
    async beat(now) {
      const report = await beat(heart, now);
      if (report === undefined) throw new Error(`no report: ${complaints.map(String).join("; ")}`);
      return report;
    },
    remember: (now) => remember(heart, now),
  };
}
