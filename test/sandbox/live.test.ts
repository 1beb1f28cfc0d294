// A real Postfix watched live: mail that waits, a mail server that stops, and everything that can hinder the watching.
//
// The clock is the test's: each beat is told what time it is. The trouble is real.

import { chmodSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Listing, MtaSite } from "../../collectors/dialect.ts";
import postfix from "../../collectors/dialects/postfix/index.ts";
import type { Report } from "../../src/core/report.ts";
import health from "../../src/publishers/health/index.ts";
import page from "../../src/publishers/page/index.ts";
import prometheus from "../../src/publishers/prometheus/index.ts";
import { blindAfter, type LiveHeart, liveHeart } from "../support/live-heart.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";
import { openSite, type Site } from "../support/site.ts";

const SECOND = 1000;
const interval = 30 * SECOND;
const nobody = 65_534;

/** Works with the rights of a user who has none; root's come back after it. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe.skipIf(noSandbox !== undefined)(sandboxName("a real Postfix watched live"), () => {
  let lab: PostfixLab;
  let heart: LiveHeart;
  let site: Site;
  let now: number;

  beforeAll(async () => {
    lab = await startPostfixLab({ settings: { minimal_backoff_time: "300s", queue_run_delay: "300s" } });
    await lab.hopDown();
    await lab.inject(12);
    await until("all mail is deferred", () => lab.queued("deferred") === 12);
  });
  afterAll(() => lab?.stop());

  beforeEach(async () => {
    now = Date.now() + SECOND;
    heart = await liveHeart({ logs: [lab.log], site: lab });
    site = await openSite([health, page, prometheus]);
  });
  afterEach(async () => {
    await heart.feed.close();
    await site.web.close();
  });

  /** Lets so much time pass, with a beat every 5 s, and answers the last report. */
  async function pass(milliseconds: number): Promise<Report> {
    let report = await heart.beat(now);
    for (const end = now + milliseconds; now < end; ) {
      now += 5 * SECOND;
      report = await heart.beat(now);
      // A listing that was begun may take its own time.
      await heart.feed.settled();
    }
    report = await heart.beat(now);
    site.publish(report);
    return report;
  }

  const openDowntimes = (report: Report): string[] =>
    report.downtime.filter(({ to }) => to === undefined).map(({ scope }) => scope);

  const get = async (url: string): Promise<{ code: number; body: string }> => {
    const { statusCode, body } = await site.web.inject({ url, headers: { host: "127.0.0.1:9786" } });
    return { code: statusCode, body };
  };

  async function expectSight(report: Report): Promise<void> {
    expect([report.observer.why, report.observer.blind, report.status.blind]).toEqual(["", false, false]);
    expect(report.forecast.state).not.toBe("unknown");
    expect((await get("/-/ready")).code).toBe(200);
    const { body } = await get("/metrics");
    expect(body).toMatch(/^mailtide_blind\{.*\} 0$/m);
    expect(body).toMatch(/^mailtide_queue_messages\{.*queue="deferred".*\} 12$/m);
  }

  /** Blind is said on every way out, and nothing is said to be known. */
  async function expectBlindness(report: Report, why: RegExp): Promise<void> {
    expect(report.observer.why).toMatch(why);
    expect([report.observer.blind, report.status.blind, report.status.level]).toEqual([true, true, "unknown"]);
    const { state, earliest, likely, latest } = report.forecast;
    expect([state, earliest, likely, latest]).toEqual(["unknown", undefined, undefined, undefined]);
    expect(report.status.headline).toMatch(/cannot see/);
    expect(report.status.sentence).toMatch(/blind/);
    const ready = await get("/-/ready");
    expect(ready.code).toBe(503);
    expect(ready.body).toMatch(/cannot see/);
    expect((await get("/notice.txt")).body).toMatch(/cannot see/);
    const { body } = await get("/metrics");
    expect(body).toMatch(/^mailtide_blind\{.*\} 1$/m);
    expect(body).toMatch(/^mailtide_clear_state\{.*state="unknown".*\} 1$/m);
    expect(body).not.toMatch(/^mailtide_(queue|backlog)_messages/m);
    expect(body).not.toMatch(/^mailtide_clear_timestamp/m);
  }

  test("mail that waits is seen in the log and in the queue, and they agree", async () => {
    const report = await pass(0);
    await expectSight(report);
    expect(report.totals.messages.accepted).toBe(12);
    expect(report.queue).toMatchObject({ mta: "running", truncated: false });
    expect(report.queue?.queues.deferred).toMatchObject({ messages: 12, recipients: 12 });
    expect(report.backlog).toMatchObject({ messages: 12, recipients: 12, delayed: 12, held: 0 });
    expect(report.destinations.map(({ name, waiting }) => [name, waiting])).toEqual([["remote.test", 12]]);
    expect(["waiting", "stalled", "draining"]).toContain(report.forecast.state);
    expect(report.totals.lines.unsupported + report.totals.lines.malformed).toBe(0);
    expect(heart.complaints).toEqual([]);
  });

  describe("that is stopped", () => {
    beforeEach(() => lab.stopPostfix());
    afterEach(async () => {
      if (lab.run("postfix", "status").exit !== 0) await lab.startPostfix();
    });

    test("is said to be down at the next listing, by whoever can read around it", async () => {
      const report = await pass(3 * interval);
      expect(openDowntimes(report)).toContain("host");
      expect(report.status.phase).toBe("outage");
      expect(report.status.headline).toBe("Email is not working.");
      expect(report.queue).toMatchObject({ mta: "stopped", truncated: false });
      expect(report.queue?.queues.deferred.messages).toBe(12);
      expect(report.forecast).toMatchObject({ limit: "stalls" });
      expect(report.forecast.state).not.toBe("clear");
      expect((await get("/metrics")).body).toMatch(/^mailtide_queue_mta_running\{.*\} 0$/m);
    });

    test("is said to be down by whoever only has the socket: seen, and not listed", async () => {
      await heart.feed.close();
      // A folder of settings that is not there leaves the commands without an answer.
      heart = await liveHeart({ logs: [lab.log], site: { ...lab, configDirectory: "/nowhere/etc/postfix" } });
      const report = await pass(3 * interval);
      expect(openDowntimes(report)).toContain("host");
      expect([report.status.phase, report.status.headline]).toEqual(["outage", "Email is not working."]);
      expect(report.forecast.state).not.toBe("clear");
      const queue = report.observer.sources.find(({ kind }) => kind === "queue");
      expect(queue).toMatchObject({ up: false, fault: expect.stringMatching(/^queue-stopped: .*Start Postfix/) });
      expect(report.queue).toBe(undefined);
      const { body } = await get("/metrics");
      expect(body).not.toMatch(/^mailtide_queue_messages/m);
      expect(body).toMatch(/^mailtide_outage_active\{.*scope="host".*\} 1$/m);
    });

    test("died without a word: the listing alone says so", async () => {
      await lab.startPostfix();
      await until("it has said that it runs", () => /daemon started[^\n]*\n$/.test(lab.logText()));
      now = Math.max(now, Date.now() + SECOND);
      expect(openDowntimes(await pass(0))).not.toContain("host");
      process.kill(Number(readFileSync(`${lab.queueDirectory}/pid/master.pid`, "utf8")), "SIGKILL");
      await until("it is gone", () => lab.run("postfix", "status").exit !== 0);
      const { downtime } = await pass(interval);
      expect(downtime.filter(({ scope, to }) => scope === "host" && to === undefined)).toMatchObject([
        { cause: "the mail server is not running" },
      ]);
    });

    test("and starts again: the outage ends by itself", async () => {
      await pass(interval);
      await lab.startPostfix();
      await until("it has said that it runs", () => /daemon started[^\n]*\n$/.test(lab.logText()));
      now = Math.max(now, Date.now() + SECOND);
      const report = await pass(2 * interval);
      expect(openDowntimes(report)).not.toContain("host");
      await expectSight(report);
    });
  });

  describe("whose queue", () => {
    test("may not be listed: patience first, then blindness, then sight again", async () => {
      let allowed = true;
      const become = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];
      const listings = (at: MtaSite): readonly Listing[] =>
        postfix.listings(at).flatMap((way): Listing[] => {
          if (allowed) return [way];
          // To an ordinary user the socket is closed; Postfix itself tells them that they may not ask.
          return way.by === "socket" ? [] : [{ ...way, command: ["setpriv", ...become, ...way.command] }];
        });
      await heart.feed.close();
      heart = await liveHeart({ logs: [lab.log], site: lab }, undefined, { ...postfix, listings });
      await expectSight(await pass(0));
      allowed = false;
      expect((await pass(blindAfter - interval)).observer.blind).toBe(false);
      await expectBlindness(await pass(2 * interval), /the queue cannot be listed \(queue-forbidden: postqueue-/);
      allowed = true;
      await expectSight(await pass(interval));
    });
  });

  describe("whose log", () => {
    const hidden = () => `${lab.folder}/hidden`;

    test("is gone: patience first, then blindness, then sight again", async () => {
      await expectSight(await pass(0));
      renameSync(lab.log, hidden());
      expect((await pass(blindAfter - interval)).observer.blind).toBe(false);
      const blind = await pass(interval);
      await expectBlindness(blind, /the log .*mail\.log cannot be read \(source-gone: .*Check that the mail system/);
      expect(blind.totals.messages.accepted).toBe(12);
      renameSync(hidden(), lab.log);
      const back = await pass(interval);
      await expectSight(back);
      expect(back.totals.messages.accepted).toBe(12);
    });

    test("may not be read any more: patience first, then blindness, then sight again", async () => {
      const folder = dirname(lab.log);
      await expectSight(await pass(0));
      chmodSync(folder, 0o700);
      try {
        // Other rights than root's, whom no mode keeps out; the queue is still root's to list.
        const report = await asNobody(() => heart.beat(now + 5 * SECOND));
        expect(report.observer.sources[0]).toMatchObject({
          up: false,
          fault: expect.stringMatching(
            /^source-forbidden: .*mail\.log may not be read\. Let this user read it: setfacl/,
          ),
        });
        expect(report.observer.blind).toBe(false);
        const blind = await asNobody(() => heart.beat(now + blindAfter));
        site.publish(blind);
        await expectBlindness(blind, /source-forbidden/);
      } finally {
        chmodSync(folder, 0o755);
      }
      now += blindAfter;
      await expectSight(await pass(interval));
    });

    test("was never there: blindness at once", async () => {
      await heart.feed.close();
      heart = await liveHeart({ logs: [`${lab.folder}/log/elsewhere.log`], site: lab });
      await expectBlindness(await pass(0), /elsewhere\.log cannot be read \(source-missing: /);
    });

    test("is deleted for good: what is written from now on counts, once", async () => {
      await expectSight(await pass(0));
      rmSync(lab.log);
      await expectBlindness(await pass(blindAfter), /source-gone/);
      // As rotation does: Postfix's own logger writes into the deleted file until it is told.
      lab.run("postfix", "reload");
      await lab.inject(1);
      await until("there is a log again", () => /status=deferred/.test(lab.logText()));
      now = Math.max(now, Date.now() + SECOND);
      const report = await pass(interval);
      expect([report.observer.blind, report.totals.messages.accepted]).toEqual([false, 13]);
      lab.run("postsuper", "-d", lab.injected.at(-1)?.queueId ?? "");
    });
  });
});
