// The sandbox itself: whatever the next hop goes through, what is put in arrives once and is accounted for, and nothing is left behind.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";

const quick = {
  minimal_backoff_time: "1s",
  maximal_backoff_time: "4s",
  queue_run_delay: "1s",
  transport_retry_time: "1s",
};

describe.skipIf(noSandbox !== undefined)(sandboxName("a Postfix of our own"), () => {
  let lab: PostfixLab;
  beforeAll(async () => {
    lab = await startPostfixLab({ domains: ["remote1.test", "remote2.test"], settings: quick });
  });
  afterAll(() => lab?.stop());

  const mail = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ recipients: [`user${i}@remote${1 + (i % 2)}.test`] }));

  test("hands everything on once, after its next hops were down, busy and slow", async () => {
    await lab.inject(mail(6));
    await lab.hopDown("remote1.test");
    await lab.inject(mail(10));
    await lab.hop({ is: "refusing", reply: "450 4.2.1 try later" }, "remote2.test");
    await lab.inject(mail(10));
    // Ten for the place that is down, and five that were refused.
    await until("the refused mail waits", () => lab.queued("deferred") >= 15);
    await lab.hopUp("remote1.test");
    await lab.hop({ is: "slow", perMessageMs: 20 }, "remote2.test");
    lab.flush();
    await until("the queue is empty", () => lab.queued() === 0);
    const taken = [...lab.hops.values()].flatMap((hop) => hop.taken);
    const story = (queueId: string, recipients: readonly string[]): string => `${queueId} ${[...recipients].join(" ")}`;
    expect(taken.map(({ queueId, recipients }) => story(queueId, recipients)).sort()).toEqual(
      lab.injected.map(({ queueId, recipients }) => story(queueId, recipients)).sort(),
    );
    expect(lab.injected).toHaveLength(26);
    expect(lab.hops.get("remote2.test")?.refusals).toBeGreaterThan(0);
  });

  test("stops and starts again with its queue", async () => {
    await lab.hopDown();
    const [first] = await lab.inject(1);
    await lab.stopPostfix();
    expect(lab.run("postqueue", "-j").stdout).toContain(first.queueId);
    await lab.hopUp();
    await lab.startPostfix();
    lab.flush();
    await until("the queue is empty", () => lab.queued() === 0);
    expect([...lab.hops.values()].flatMap((hop) => hop.taken.map(({ queueId }) => queueId))).toContain(first.queueId);
  });

  test("leaves neither processes nor files", async () => {
    const other = await startPostfixLab();
    const running = () => execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(other.folder);
    const master = Number(execFileSync("cat", [`${other.queueDirectory}/pid/master.pid`], { encoding: "utf8" }).trim());
    const alive = (): boolean => {
      // Ended and not yet waited for by whoever inherited it is ended.
      const state = existsSync(`/proc/${master}/stat`)
        ? execFileSync("ps", ["-o", "stat=", "-p", String(master)], { encoding: "utf8" })
        : "Z";
      return !state.startsWith("Z");
    };
    expect(alive()).toBe(true);
    await other.stop();
    await until("its master is gone", () => !alive());
    expect(running()).toBe(false);
    expect(existsSync(other.folder)).toBe(false);
  });
});
