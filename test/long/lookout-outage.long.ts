// A spare MX that takes nothing, with real senders: each message that they hold is counted once and ticked off once,
// what is learned of their waits is what they were configured to, and nothing goes another way than it would have gone
// before a closed port.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LearnedInterval } from "../../collectors/lookout/learned.ts";
import { fetchExim, noExim } from "../support/exim-sandbox.ts";
import {
  type KnownWait,
  liveThroughOutage,
  type OutagePlan,
  type OutageStory,
  outlivePatience,
} from "../support/held-back.ts";
import { noSandbox, sandboxName } from "../support/postfix-sandbox.ts";

type Plan = Omit<OutagePlan, "exim" | "reads">;

/** What a sender is configured to wait before its next attempt, in milliseconds, for a message that has failed so long. */
type Law = (age: number) => number;

interface Laws {
  readonly postfix: Law;
  readonly exim: Law;
}

/** Every sender waits 5 s, each time. */
const short: Plan & { readonly laws: Laws } = {
  postfix: { minimal: 5, maximal: 5 },
  eximRule: "F,1d,5s",
  eximRun: 2,
  longest: 5,
  soonest: 2000,
  attempts: 3,
  seconds: 20,
  messages: 20,
  laws: { postfix: () => 5000, exim: () => 5000 },
};

/** Ten minutes. Postfix waits as long as a message is old, but 30 s at least and 120 s at most; Exim 60 s each time. */
const tenMinutes: Plan & { readonly laws: Laws } = {
  postfix: { minimal: 30, maximal: 120 },
  eximRule: "F,1d,60s",
  eximRun: 10,
  longest: 120,
  soonest: 20_000,
  attempts: 5,
  seconds: 600,
  messages: 100,
  laws: {
    postfix: (age) => Math.min(Math.max(age, 30_000), 120_000),
    exim: () => 60_000,
  },
};

/**
 * Postfix reckons in whole seconds and lets a second be missing, so that up to two may be. Late is the next queue run
 * and its turn in it; on a busy machine that may be long, but not for all messages at all times.
 */
const early = 2000;
const late = 5000;
/** Between what a sender logs, in whole seconds or after it was answered, and what the lookout sees. */
const apart = 2500;

/**
 * Whether the lookout learned of one attempt what the senders' logs say of the same messages at the same attempt.
 *
 * The nth attempt that a log speaks of is not always the nth that the lookout saw: once the answer to the end of a message
 * never reached an Exim that had said QUIT with it, so its log said of most first attempts that the host was gone, and its
 * second wait was held against the lookout's first. Waits of all attempts are alike while the machine is idle; on a busy
 * one whole queue runs are late, and means of neighbours lie five seconds apart. So attempts are paired one by one, and
 * one that has no pair is a finding of its own (`unheard`).
 */
function likeTheLog({ attempt, count, shortest, mean, longest }: LearnedInterval, waits: readonly KnownWait[]): void {
  const these = waits.filter((wait) => wait.attempt === attempt);
  const sum = (which: "seen" | "logged") => these.reduce((all, wait) => all + wait[which], 0);
  // All that was seen of messages alone is in what was learned. What else is in it are waits of messages whose likes
  // were still to come then.
  const more = count - these.length;
  const what = `attempt ${attempt}: ${count} waits of ${shortest} to ${longest} ms, ${mean} on average; known ${these.length}, ${sum("seen") / these.length} on average, logged ${sum("logged") / these.length}`;
  expect(more, what).toBeGreaterThanOrEqual(0);
  expect(these.length, what).toBeGreaterThanOrEqual(0.9 * count);
  const rounding = 1;
  expect(count * mean - sum("seen"), what).toBeGreaterThanOrEqual(more * shortest - rounding);
  expect(count * mean - sum("seen"), what).toBeLessThanOrEqual(more * longest + rounding);
  expect(Math.abs(sum("seen") - sum("logged")) / these.length, what).toBeLessThanOrEqual(apart);
}

function checked(plan: Plan & { readonly laws: Laws }, story: OutageStory): void {
  const all = plan.messages * story.senders;
  expect(story.outageSeconds).toBeGreaterThanOrEqual(plan.seconds);
  // All that anybody was offered; what Exim tried for nobody, nobody can count, and that is for want of a turn alone.
  const offered = all - story.never.during;
  expect(story.never.during).toBeLessThanOrEqual(story.reads === "headers" ? 0 : story.sharing / 2);
  expect(story.held.messages).toMatchObject({ seen: offered, held: offered, returned: 0, forgotten: 0 });
  // A busy sender may be late once and prompt the next time, which looks like a second message: some doubt, not much.
  // Where waits are as short as the grid of queue runs they say nothing.
  expect(story.held.messages.heldAtMost).toBeGreaterThanOrEqual(offered);
  if (plan.soonest >= 20_000) expect(story.held.messages.heldAtMost).toBeLessThanOrEqual(1.05 * all);
  // Exim keeps one clock for all mail between two, and whose turn it is is chance.
  expect(story.held.messages.triedAgain).toBeGreaterThanOrEqual(all - story.sharing);
  const came = all - story.never.after;
  expect(story.after.messages).toMatchObject({ seen: came, held: 0, returned: came, givenUp: 0, forgotten: 0 });
  expect(story.after.returns).toMatchObject({ ticked: story.waited.length, unmatched: story.never.after });

  expect(story.tookBehindLookout).toEqual(story.put);
  expect(story.tookBehindClosedPort).toEqual(story.put);
  expect(story.bounces).toEqual([]);
  expect(story.leftInQueues).toBe(0);
  // Some hosts at once, with the mail that they hold: nobody meets a limit.
  expect(story.overLimit).toBe(0);
  // Whoever came heard the one sentence, and says so.
  expect(story.unheard).toEqual([]);

  expect([...story.intervals.keys()].sort()).toEqual(story.senders === 2 ? ["exim", "postfix"] : ["postfix"]);
  for (const [sender, intervals] of story.intervals) {
    const law = plan.laws[sender === "exim" ? "exim" : "postfix"];
    expect(intervals.length).toBeGreaterThanOrEqual(plan.attempts - 1);
    const waits = story.waits.get(sender) ?? [];
    const all = Math.max(...intervals.map(({ count }) => count));
    const promptest = new Map<number, number>();
    let age = 0;
    for (const interval of intervals) {
      const { attempt, count, shortest, mean, longest } = interval;
      const what = `${sender}, attempt ${attempt}: ${count} waits of ${shortest} to ${longest} ms, ${mean} on average`;
      const configured = law(age);
      expect(shortest, what).toBeGreaterThanOrEqual(configured - early);
      promptest.set(configured, Math.min(shortest, promptest.get(configured) ?? Number.POSITIVE_INFINITY));
      // What is learned is what the sender says that it did; at the end of the outage some are still to come.
      if (count > 0.8 * all) likeTheLog(interval, waits);
      age += shortest;
    }
    for (const [configured, shortest] of promptest) {
      expect(shortest, `${sender}, waits of ${configured} ms`).toBeLessThanOrEqual(configured + late);
    }
  }
}

describe.skipIf(noSandbox !== undefined)(sandboxName("a lookout before a Postfix and an Exim"), () => {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-exim-unpacked-"));
  let hindered = noExim;
  beforeAll(async () => {
    hindered ??= await fetchExim(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const exim = (): string | undefined => (hindered === undefined ? folder : undefined);
  const without = (): string => `Postfix alone was tried, without Exim: ${hindered}`;

  test.for(["envelope", "headers"] as const)(
    "an outage, told by the %s",
    { timeout: 180_000 },
    async (reads, { skip }) => {
      const story = await liveThroughOutage({ ...short, reads, exim: exim() });
      checked(short, story);
      // Postfix has shown its half; what Exim would have shown is missing, and this says so.
      if (hindered !== undefined) skip(without());
    },
  );

  test("an outage longer than patience: nobody loses what it would not have lost before a closed port", {
    timeout: 400_000,
  }, async ({ skip }) => {
    const plan = {
      ...short,
      reads: "envelope" as const,
      eximRule: "F,60s,5s",
      lifetime: 60,
      seconds: 90,
      messages: 5,
      exim: exim(),
    };
    const { behindLookout, behindClosedPort } = await outlivePatience(plan, 15);
    for (const [at, lost] of behindLookout.entries()) {
      console.log(
        `${at === 0 ? "Postfix" : "Exim"}: lost ${[...lost].join(", ")}; before a closed port ${[...behindClosedPort[at]].join(", ")}`,
      );
      expect([...lost.difference(behindClosedPort[at])]).toEqual([]);
      expect([...lost].filter((subject) => subject.startsWith("young"))).toEqual([]);
    }
    // Or the test shows nothing.
    expect(behindClosedPort.some((lost) => lost.size > 0)).toBe(true);
    if (hindered !== undefined) skip(without());
  });

  test("ten minutes, told by the envelope and by the headers at once", { timeout: 1_500_000 }, async ({ skip }) => {
    const stories = await Promise.all(
      (["envelope", "headers"] as const).map((reads) => liveThroughOutage({ ...tenMinutes, reads, exim: exim() })),
    );
    for (const story of stories) {
      console.log(
        JSON.stringify({
          seconds: story.outageSeconds,
          messages: story.held.messages,
          intervals: [...story.intervals],
        }),
      );
      checked(tenMinutes, story);
    }
    if (hindered !== undefined) skip(without());
  });
});
