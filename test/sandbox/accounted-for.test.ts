// A real Postfix through an outage and an administrator's hands: every message is accounted for, once.
//
// The observer sees what mailtide sees: the log as it grows, and real listings. The truth is what was put in and
// what the next hop took.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { Tail } from "../../collectors/tail/tail.ts";
import { EventBatch } from "../../src/core/events/batch.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import { Observation } from "../../src/core/observation.ts";
import { observe } from "../../src/core/observe.ts";
import type { Report } from "../../src/core/report.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";
import { around } from "../support/story.ts";

const quick = {
  minimal_backoff_time: "2s",
  maximal_backoff_time: "4s",
  queue_run_delay: "2s",
  transport_retry_time: "1s",
};

/** Watches a lab as `mailtide serve` watches a mail server. */
class Watcher {
  readonly known = new Observation(postfix.defaultSchedule);
  readonly #lab: PostfixLab;
  readonly #tail: Tail;
  readonly #reader = postfix.openLog({ instances: this.known.instances, reference: () => Date.now(), zone: "UTC" });
  readonly #batch = new EventBatch(64);

  constructor(lab: PostfixLab) {
    this.#lab = lab;
    this.#tail = new Tail(lab.log);
  }

  async look(): Promise<Report> {
    await this.#tail.read(
      (bytes, start, end) => {
        for (let at = start; at < end; ) {
          this.#batch.clear();
          at = this.#reader.read(bytes, at, end, this.#batch);
          this.known.record(this.#batch);
        }
      },
      { now: performance.now() },
    );
    return observe(this.known, around, Date.now());
  }

  /** A real listing, then what the log said meanwhile. */
  async survey(): Promise<Report> {
    await this.look();
    const at = Date.now();
    const { stdout } = this.#lab.run("postqueue", "-j");
    const [listing] = postfix.listings({ configDirectory: undefined, queueDirectory: undefined });
    const reader = listing.open(at);
    this.known.beginSurvey(at);
    reader.push(bytesOf(stdout), (batch) => this.known.survey(batch));
    reader.end((batch) => this.known.survey(batch));
    this.known.endSurvey("running", true, Date.now() - at);
    return this.look();
  }

  close(): void {
    this.#tail.close();
  }
}

describe.skipIf(noSandbox !== undefined)(sandboxName("every message is accounted for, once"), () => {
  let lab: PostfixLab;
  let watcher: Watcher;
  beforeAll(async () => {
    lab = await startPostfixLab({ domains: ["remote1.test", "remote2.test"], settings: quick });
    watcher = new Watcher(lab);
  });
  afterAll(async () => {
    watcher?.close();
    await lab?.stop();
  });

  const mail = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      recipients: i % 4 === 0 ? [`a${i}@remote1.test`, `b${i}@remote2.test`] : [`user${i}@remote${1 + (i % 2)}.test`],
    }));
  const arrived = (): number =>
    [...lab.hops.values()].reduce(
      (sum, { taken }) => sum + taken.reduce((all, one) => all + one.recipients.length, 0),
      0,
    );
  const putIn = (): number => lab.injected.reduce((sum, { recipients }) => sum + recipients.length, 0);
  /** Looks until the observer has seen what is asked for. */
  const see = async (what: string, holds: (report: Report) => boolean): Promise<Report> => {
    let report = await watcher.look();
    await until(what, async () => {
      report = await watcher.look();
      return holds(report);
    });
    return report;
  };

  test("through an outage of the next hops", async () => {
    await lab.inject(mail(20));
    await see("the first mail has gone", ({ totals }) => totals.recipients.delivered === putIn());
    await lab.hopDown();
    await lab.inject(mail(60));
    await see("it waits", ({ backlog }) => backlog.delayed === 60);
    const during = await watcher.survey();
    expect(during.totals.messages).toMatchObject({ accepted: 80, removed: 20 });
    expect(during.totals.recipients).toMatchObject({
      delivered: arrived(),
      remaining: putIn() - arrived(),
      unknown: 0,
    });
    expect(during.backlog.messages).toBe(lab.queued());
    expect(during.forecast.state).not.toBe("clear");
    expect(during.destinations.map(({ name, reasons }) => [name, reasons[0]?.reason]).sort()).toEqual([
      ["remote1.test", "connection-refused"],
      ["remote2.test", "connection-refused"],
    ]);

    await lab.hopUp();
    const after = await see("all has gone", ({ backlog }) => backlog.messages === 0);
    expect(arrived()).toBe(putIn());
    expect(after.totals.messages).toEqual({ accepted: 80, removed: 80, notifications: 0 });
    expect(after.totals.recipients).toEqual({
      delivered: putIn(),
      bounced: 0,
      expired: 0,
      deleted: 0,
      remaining: 0,
      unknown: 0,
    });
    expect(after.totals.lines).toMatchObject({ unsupported: 0, malformed: 0 });
  });

  test("a listing in the middle changes no count", async () => {
    await lab.hopDown();
    await lab.inject(mail(10));
    await see("it waits", ({ backlog }) => backlog.delayed === 10);
    const once = await watcher.survey();
    const twice = await watcher.survey();
    expect(twice.totals.messages).toEqual(once.totals.messages);
    expect(twice.totals.recipients).toEqual(once.totals.recipients);
    expect(twice.backlog.messages).toBe(lab.queued());
    await lab.hopUp();
    lab.flush();
    await see("all has gone", ({ backlog }) => backlog.messages === 0);
  });

  test("held, released and requeued by the hundred, where the log names none of them", async () => {
    await lab.hopDown();
    await lab.inject(mail(12));
    const before = await see("it waits", ({ backlog }) => backlog.delayed === 12);
    expect(lab.run("postsuper", "-h", "ALL").exit).toBe(0);
    const held = await watcher.survey();
    expect(held.backlog).toMatchObject({ held: 12, delayed: 0 });

    expect(lab.run("postsuper", "-H", "ALL").exit).toBe(0);
    const released = await see("the release is seen", ({ backlog }) => backlog.held === 0);
    expect(released.backlog.messages).toBe(12);

    expect(lab.run("postsuper", "-r", "ALL").exit).toBe(0);
    lab.flush();
    await until("nothing is in the maildrop", () => lab.queued("maildrop") === 0 && lab.queued() === 12);
    const requeued = await watcher.survey();
    expect(requeued.totals.messages).toEqual(before.totals.messages);
    expect(requeued.backlog.messages).toBe(12);
    expect(requeued.backlog.oldestArrival).toBeLessThanOrEqual((before.backlog.oldestArrival ?? 0) + 1000);

    await lab.hopUp();
    lab.flush();
    const after = await see("all has gone", ({ backlog }) => backlog.messages === 0);
    expect(after.totals.recipients).toMatchObject({ delivered: putIn(), remaining: 0, unknown: 0 });
    expect(arrived()).toBe(putIn());
  });

  test("deleted by the hundred: gone, and known to be deleted", async () => {
    const delivered = arrived();
    await lab.hopDown();
    const gone = await lab.inject(mail(8));
    await see("it waits", ({ backlog }) => backlog.delayed === 8);
    // Some may be on their way again just now, and not in the deferred queue.
    await until("all are deleted", () => {
      expect(lab.run("postsuper", "-d", "ALL", "deferred").exit).toBe(0);
      return lab.queued() === 0;
    });
    // One listing without a message may have been made just before it came: two say that it is gone.
    let after = await watcher.survey();
    await until("two listings say so", async () => {
      after = await watcher.survey();
      return after.backlog.messages === 0;
    });
    expect(after.totals.recipients).toMatchObject({
      delivered,
      deleted: gone.reduce((sum, { recipients }) => sum + recipients.length, 0),
      unknown: 0,
      remaining: 0,
    });
    expect(after.totals.messages).toMatchObject({ accepted: lab.injected.length, removed: lab.injected.length });
  });

  test("one message by its id: held, deleted", async () => {
    await lab.hopDown();
    const [first, second] = await lab.inject(2);
    const before = await see("it waits", ({ backlog }) => backlog.delayed === 2);
    lab.run("postsuper", "-h", first.queueId);
    await see("one is held", ({ backlog }) => backlog.held === 1 && backlog.delayed === 1);
    lab.run("postsuper", "-d", second.queueId);
    await see("one is deleted", ({ backlog }) => backlog.messages === 1);
    lab.run("postsuper", "-H", first.queueId);
    await lab.hopUp();
    lab.flush();
    const after = await see("all has gone", ({ backlog }) => backlog.messages === 0);
    expect(after.totals.recipients.deleted).toBe(before.totals.recipients.deleted + 1);
    expect(after.totals.recipients.delivered).toBe(before.totals.recipients.delivered + 1);
    expect(after.totals.recipients.unknown).toBe(0);
  });
});
