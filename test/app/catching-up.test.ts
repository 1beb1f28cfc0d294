// mailtide starts, and there is much to read: until it has read all, people hear that it cannot see yet, and what was last
// said. Never that all is well, and nothing of an outage that was over long ago.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Dialect } from "../../collectors/dialect.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { languagesNamed } from "../../src/app/languages.ts";
import { LiveFeed } from "../../src/app/live.ts";
import { type Heartbeat, live } from "../../src/app/loop.ts";
import { Observation } from "../../src/core/observation.ts";
import type { Report } from "../../src/core/report.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import { HOUR, MINUTE } from "../../src/core/time.ts";
import { startMailtide } from "../support/mailtide-child.ts";
import { until } from "../support/postfix-sandbox.ts";
import { openPublicRoutes } from "../support/public-routes.ts";
import { Service } from "../support/service.ts";

const noon = Date.UTC(2026, 10, 26, 12);

function stamped(at: number, text: string): string {
  return `${new Date(at).toISOString().replace("Z", "000+00:00")} mta postfix/${text}\n`;
}

/** Fills a log with lines that say nothing, so that one look does not reach its end. */
function filler(at: number, mebibytes: number): string {
  const line = stamped(at, `smtpd[9]: connect from ${"x".repeat(12_000)}.example.org[192.0.2.1]`);
  return line.repeat(Math.ceil((mebibytes * 1024 * 1024) / line.length));
}

function stops(at: number): string {
  return (
    stamped(at, "postfix-script[7]: stopping the Postfix mail system") +
    stamped(at, "master[1]: terminating on signal 15")
  );
}

function starts(at: number): string {
  return stamped(at, "master[1]: daemon started -- version 3.10.5, configuration /etc/postfix");
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "catching-up-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** An empty queue, listed at once. */
const calmQueue: Dialect = {
  ...postfix,
  listings: () => [
    {
      by: "command",
      name: "stub",
      command: [process.execPath, "--version"],
      open: () => ({ push() {}, end() {} }),
      judge: () => ({ outcome: "listed" }),
    },
  ],
};

/** All that is told from a start at `now` until the log has been read and looked at once more. */
async function told(log: string, known: Observation, now: number): Promise<{ report: Report; behind: boolean }[]> {
  const all: { report: Report; behind: boolean }[] = [];
  const feed = new LiveFeed(calmQueue, known, {
    logs: [log],
    zone: "UTC",
    site: { configDirectory: undefined, queueDirectory: undefined },
    interval: 5000,
    queueInterval: 30_000,
    queueTimeout: 20_000,
    cursors: [],
  });
  const heart: Heartbeat = {
    known,
    feed,
    around: { demonstration: undefined, languages: await languagesNamed(["en"]), site: defaultSite, zone: "UTC" },
    tell: (report) => void all.push({ report, behind: feed.behind }),
    complain: (error) => {
      throw error;
    },
  };
  let clock = now;
  await live(heart, {
    interval: 5000,
    rememberEvery: 10_000,
    clock: () => clock,
    async wait(milliseconds) {
      clock += milliseconds;
    },
    stopped: () => all.filter(({ behind }) => !behind).length >= 2,
  });
  return all;
}

test("the end of an outage of yesterday has not been read yet: nobody is told of an outage, nor that all is well", async () => {
  const log = join(folder(), "mail.log");
  const began = noon - 20 * HOUR;
  writeFileSync(
    log,
    starts(began - 2 * HOUR) + stops(began) + filler(began, 140) + starts(began + HOUR) + filler(noon - MINUTE, 1),
  );
  const all = await told(log, new Observation(postfix.defaultSchedule), noon);
  const early = all.filter(({ behind }) => behind);
  expect(early.length).toBeGreaterThan(2);
  expect(early[0].report.observer.why).toBe("mailtide has just started");
  // The outage is among what has been read, so there is something to say wrongly.
  expect(early.at(-1)?.report.downtime.some(({ to }) => to === undefined)).toBe(true);
  const routes = await openPublicRoutes();
  onTestFinished(() => routes.close());
  for (const { report } of early) {
    const { phase, level, blind, open, past, components, chart, waiting } = report.public;
    expect({ phase, level, blind, open, past, chart: chart.waiting, waiting }).toEqual({
      ...{ phase: "normal", level: "unknown", blind: true, open: [], past: [], chart: [], waiting: undefined },
    });
    expect(components.map(({ state }) => state)).toEqual(["unknown", "unknown"]);
    expect(report.public.headline.en).toBe("We cannot see whether email works.");
    const answers = await routes.ask(report);
    const summary = JSON.parse(answers.find(({ address }) => address === "/api/v2/summary.json")?.body ?? "");
    expect(summary.status.indicator).toBe("minor");
    expect(summary.incidents).toEqual([]);
    expect(summary.mailtide.observer).toBe("blind");
    for (const address of ["/", "/notice.txt"]) {
      expect(answers.find((one) => one.address === address)?.body).toContain("We cannot see");
    }
  }
  const last = all.at(-1)?.report;
  expect(last?.public).toMatchObject({ phase: "normal", level: "operational", blind: false, open: [] });
});

test("mailtide stopped during an outage: its incident is shown from the first moment on, and what the log says of its end comes when all is read", async () => {
  const service = new Service(noon);
  service.at(noon);
  service.stops(noon + MINUTE);
  service.until(noon + 30 * MINUTE);
  const before = service.at(noon + 30 * MINUTE);
  const [incident] = before.public.open;
  expect(before.public.phase).toBe("outage");
  const restored = Observation.restore(service.known.save());
  const log = join(folder(), "mail.log");
  writeFileSync(
    log,
    stops(noon + MINUTE) + filler(noon + 40 * MINUTE, 70) + starts(noon + HOUR) + filler(noon + 2 * HOUR, 70),
  );
  const all = await told(log, restored, noon + 2 * HOUR);
  const early = all.filter(({ behind }) => behind);
  expect(early.length).toBeGreaterThan(2);
  for (const { report } of early) {
    const { phase, blind, level, open } = report.public;
    expect({ phase, blind, level }).toEqual({ phase: "outage", blind: true, level: "unknown" });
    expect(open.map(({ id, status }) => [id, status])).toEqual([[incident.id, incident.status]]);
    expect(report.public.components.map(({ state }) => state)).toEqual(["major_outage", "major_outage"]);
  }
  const late = all.at(-1)?.report.public;
  expect(late?.blind).toBe(false);
  expect(late?.open.map(({ id }) => id)).toEqual([incident.id]);
  expect(late?.phase).toBe("draining");
});

test("the program itself: pages and copied files agree from the first answer on, and neither says what is half read", async () => {
  const here = folder();
  const log = join(here, "mail.log");
  const now = Date.now();
  const began = now - 20 * HOUR;
  writeFileSync(
    log,
    starts(began - HOUR) + stops(began) + filler(began, 300) + starts(began + HOUR) + filler(now - MINUTE, 1),
  );
  mkdirSync(join(here, "bin"));
  // A queue with nothing in it; and no socket, since there is no such folder.
  writeFileSync(join(here, "bin", "postqueue"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  writeFileSync(join(here, "bin", "postconf"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  const site = join(here, "site");
  const child = startMailtide(["serve"], {
    PATH: `${join(here, "bin")}:${process.env.PATH}`,
    MAILTIDE_LOGS: log,
    MAILTIDE_MTA_QUEUE_DIRECTORY: join(here, "nowhere"),
    MAILTIDE_STATE: "none",
    MAILTIDE_LISTEN: "127.0.0.1:0",
    MAILTIDE_OPERATOR_LISTEN: "none",
    MAILTIDE_EXPORT_DIRECTORY: site,
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await child.ended();
  });
  interface Summary {
    readonly status: { readonly indicator: string };
    readonly incidents: readonly unknown[];
    readonly mailtide: { readonly phase: string; readonly observer: string; readonly level: string };
  }
  const said = (summary: Summary): string =>
    [
      summary.mailtide.observer,
      summary.mailtide.phase,
      summary.mailtide.level,
      summary.status.indicator,
      summary.incidents.length,
    ].join(" ");
  const pages = new Set<string>();
  const files = new Set<string>();
  const sees = "seeing normal operational none 0";
  await until("all is read", async () => {
    const { code, body } = await child.get("/api/v2/summary.json");
    // Before its first report it says that it is starting.
    if (code === 200) pages.add(said(JSON.parse(body) as Summary));
    else expect(body).toMatch(/just starting/);
    try {
      files.add(said(JSON.parse(readFileSync(join(site, "api", "v2", "summary.json"), "utf8")) as Summary));
    } catch {
      // Nothing has been copied yet.
    }
    return pages.has(sees) && files.has(sees);
  });
  const cannotSee = "blind normal unknown minor 0";
  expect([...pages]).toEqual([cannotSee, sees]);
  expect([...files]).toEqual([cannotSee, sees]);
});

test("who cannot see does not tell a new extent of what fails", () => {
  const service = new Service(noon);
  service.at(noon);
  for (let minute = 1; minute <= 15; minute++) {
    service.probes({ "192.0.2.25:25": false, "198.51.100.25:25": true }, noon + minute * MINUTE);
    service.at(noon + minute * MINUTE);
  }
  const [before] = service.incidents;
  expect(before.phase).toBe("partial");
  expect(before.updates.at(-1)?.facts?.lines).toEqual({ failing: 1, of: 2 });
  service.blind = "the log cannot be read";
  for (let minute = 16; minute <= 45; minute++) {
    service.probes({ "192.0.2.25:25": false, "198.51.100.25:25": true }, noon + minute * MINUTE);
    service.at(noon + minute * MINUTE);
  }
  expect(service.incidents[0].updates).toEqual(before.updates);
});
