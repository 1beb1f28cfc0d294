// The queue of a real Postfix, listed in every way that it has, by everybody who may and some who may not.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Asked, listQueue, listQueueSomehow, readConfiguration } from "../../collectors/ask/ask.ts";
import type { Listing } from "../../collectors/dialect.ts";
import { configurationCommand, listings, spoolTimes } from "../../collectors/dialects/postfix/queue.ts";
import { readSchedule } from "../../collectors/dialects/postfix/schedule.ts";
import { type Listed, listed } from "../support/listing.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";

const MESSAGES = 60;
const SECOND = 1000;
const timers = { minimal: 2, maximal: 25, run: 600 };

describe.skipIf(noSandbox !== undefined)(sandboxName("the queue of a real Postfix"), () => {
  let lab: PostfixLab;
  let site: { readonly configDirectory: string; readonly queueDirectory: string };

  async function ask(listing: Listing): Promise<Asked & { rows: Listed[] }> {
    const rows: Listed[] = [];
    const hand = (batch: Parameters<typeof listed>[0]) => rows.push(...listed(batch));
    const asked = await listQueue(listing, { now: Date.now(), timeoutMs: 20_000, spool: spoolTimes(site), hand });
    return { ...asked, rows };
  }

  /** `postqueue -j` as another user. */
  function as(user: string, group: string, ...more: readonly string[]): Listing {
    const way = listings(site).find(({ name }) => name === "postqueue-json");
    if (way?.by !== "command") throw new Error("postqueue -j is not among the listings");
    const become = ["--reuid", user, "--regid", group, "--clear-groups", ...more];
    return { ...way, command: ["setpriv", ...become, ...way.command] };
  }

  const byId = (rows: readonly Listed[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

  beforeAll(async () => {
    lab = await startPostfixLab({
      settings: {
        minimal_backoff_time: `${timers.minimal}s`,
        maximal_backoff_time: `${timers.maximal}s`,
        // Nothing is tried a second time while we look.
        queue_run_delay: `${timers.run}s`,
        maximal_queue_lifetime: "2h",
      },
    });
    site = lab;
  });
  afterAll(() => lab?.stop());

  test("is empty at first, in every way", async () => {
    for (const way of listings(site)) {
      expect(await ask(way)).toMatchObject({
        verdict: { outcome: "listed" },
        messages: 0,
        malformed: 0,
        spoolTimes: "read",
      });
    }
  });

  describe("while the next hop is down", () => {
    beforeAll(async () => {
      await lab.hopDown();
      await lab.inject(MESSAGES);
      await lab.inject([
        { sender: "", recipients: ["one@remote.test", "two@remote.test", '"strange, (to=<x@y>)"@remote.test'] },
        { sender: '"a \\"b c"@lab.test', bytes: 20_000 },
      ]);
      await until("all mail is deferred", () => lab.queued("deferred") === MESSAGES + 2);
      lab.run("postsuper", "-h", lab.injected[3].queueId);
      lab.run("postsuper", "-e", lab.injected[4].queueId);
    });

    test("is the same in every way of listing", async () => {
      const answers = [];
      for (const way of listings(site)) answers.push(await ask(way));
      const [socket, json, text] = answers;
      for (const { verdict, malformed } of answers) expect([verdict.outcome, malformed]).toEqual(["listed", 0]);
      expect(json.rows).toHaveLength(MESSAGES + 2);
      expect(byId(socket.rows)).toEqual(byId(json.rows));
      expect(byId(text.rows)).toEqual(byId(json.rows));
    });

    test("holds what was put in: ids, senders, recipients, sizes, reasons", async () => {
      const { rows } = await ask(as("nobody", "postdrop"));
      expect(
        byId(rows).map(({ id, sender, recipients }) => [id, sender, recipients.map(({ address }) => address).sort()]),
      ).toEqual(
        [...lab.injected]
          .sort((a, b) => (a.queueId < b.queueId ? -1 : 1))
          .map(({ queueId, sender, recipients }) => [queueId, sender, [...recipients].sort()]),
      );
      const large = rows.find(({ id }) => id === lab.injected.at(-1)?.queueId);
      expect(large?.size).toBeGreaterThan(20_000);
      for (const { recipients } of rows) {
        for (const { reason } of recipients) expect(reason).toMatch(/Connection refused$/);
      }
      expect(rows.filter(({ queue }) => queue === "hold").map(({ id }) => id)).toEqual([lab.injected[3].queueId]);
      expect(rows.filter(({ forced }) => forced).map(({ id }) => id)).toEqual([lab.injected[4].queueId]);
    });

    test("is listed by whoever may, and only by them", async () => {
      // Postfix asks the machine's main.cf which other configurations a stranger may name; ours is not among them.
      expect((await ask(as("nobody", "nogroup"))).verdict).toMatchObject({
        outcome: "forbidden",
        advice: expect.stringContaining("alternate_config_directories"),
      });
      // Without its set-gid bit, as under systemd's NoNewPrivileges=yes.
      expect((await ask(as("nobody", "nogroup", "--no-new-privs"))).verdict).toMatchObject({
        outcome: "forbidden",
        advice: expect.stringContaining("postdrop"),
      });
      expect((await ask(as("nobody", "postdrop", "--no-new-privs"))).verdict).toEqual({ outcome: "listed" });
      lab.run("postconf", "-e", "authorized_mailq_users = root");
      expect((await ask(as("nobody", "postdrop"))).verdict).toMatchObject({
        outcome: "forbidden",
        advice: expect.stringContaining("authorized_mailq_users"),
      });
      lab.run("postconf", "-X", "authorized_mailq_users");
    });

    test("says in its files when it tries next, and that is what Postfix's rule says", async () => {
      const obeysTheRule = async (): Promise<void> => {
        // The last attempt at each message, as age of the message.
        const ages = new Map<string, number>();
        for (const [, id, delay] of lab
          .logText()
          .matchAll(/: ([0-9A-F]{6,}): to=<[^\n]*?, delay=([\d.]+),[^\n]*status=deferred/g)) {
          ages.set(id, Number(delay) * SECOND);
        }
        const [, json] = listings(site);
        const waiting = (await ask(json)).rows.filter(({ queue, forced }) => queue === "deferred" && !forced);
        expect(waiting.length).toBeGreaterThan(50);
        for (const { id, arrival, nextAttempt = Number.NaN } of waiting) {
          const age = ages.get(id) ?? Number.NaN;
          const wait = Math.min(Math.max(age, timers.minimal * SECOND), timers.maximal * SECOND);
          // Arrival and attempt are both cut to whole seconds.
          expect(Math.abs(nextAttempt - (arrival + age + wait))).toBeLessThanOrEqual(2 * SECOND);
        }
      };
      await obeysTheRule();
      const youngest = (await ask(listings(site)[1])).rows
        .map(({ arrival }) => arrival)
        .reduce((a, b) => Math.max(a, b));
      await until("all mail is older than the minimal backoff by far", () => Date.now() > youngest + 7 * SECOND);
      const tries = () => [...lab.logText().matchAll(/status=deferred/g)].length;
      const before = tries();
      lab.flush();
      await until("all has been tried again", () => tries() >= before + MESSAGES - 1 && lab.queued("active") === 0);
      await obeysTheRule();
    });
  });

  test("has the timers that it was given", async () => {
    expect(readSchedule(await readConfiguration(configurationCommand(site)))).toMatchObject({
      minimalBackoff: timers.minimal * SECOND,
      maximalBackoff: timers.maximal * SECOND,
      queueRun: timers.run * SECOND,
      lifetime: 7200 * SECOND,
      nullSenderLifetime: 7200 * SECOND,
      activeLimit: 20_000,
      contentFilter: "",
      source: "configured",
    });
  });

  test("of a stopped Postfix is stopped to the socket, and complete to root, who reads around it", async () => {
    await lab.stopPostfix();
    const [socket, json, text] = listings(site);
    expect(await ask(socket)).toMatchObject({ verdict: { outcome: "stopped" }, messages: 0, malformed: 0 });
    expect(await ask(as("nobody", "postdrop"))).toMatchObject({
      verdict: { outcome: "stopped", advice: expect.stringContaining("postfix start") },
      messages: 0,
    });
    for (const way of [json, text]) {
      const asked = await ask(way);
      expect(asked.verdict).toEqual({ outcome: "listed-while-stopped" });
      expect(asked.messages).toBeGreaterThanOrEqual(MESSAGES);
    }
    const somehow = await listQueueSomehow(listings(site), { now: Date.now(), timeoutMs: 20_000, hand() {} });
    expect(somehow).toMatchObject({ listing: "postqueue-json", verdict: { outcome: "listed-while-stopped" } });
  });
});
