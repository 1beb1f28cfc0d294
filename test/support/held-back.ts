// An outage as senders see it: a real Postfix and a real Exim with mail for a server that is down and has a spare,
// and beside them the same two with a spare whose port is closed. Told by what the lookout knew and what arrived.

import type { LearnedInterval } from "../../collectors/lookout/learned.ts";
import { usualLimits } from "../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../collectors/lookout/listener.ts";
import { Lookout, type LookoutReport } from "../../collectors/lookout/lookout.ts";
import { type Marker, markerWith, networkOf } from "../../collectors/lookout/marks.ts";
import { classOf } from "../../src/core/retries/senders/classify.ts";
import { type EximLab, startEximLab } from "./exim-sandbox.ts";
import { type NextHop, startNextHop, type TakenMessage } from "./next-hop.ts";
import { startPostfixLab, until } from "./postfix-sandbox.ts";
import type { Injection } from "./smtp-injection.ts";

/** A sender and what it is to hold: both MTAs look alike from here. */
interface Sender {
  inject(messages: readonly Injection[]): Promise<unknown>;
  queued(): number;
  logText(): string;
  stop(): Promise<void>;
}

export interface OutagePlan {
  readonly reads: "envelope" | "headers";
  /** How the senders wait. Postfix: as long as a message is old, within these seconds; it looks each second. */
  readonly postfix: { readonly minimal: number; readonly maximal: number };
  /** A rule as in Exim's section `begin retry`; seconds between its queue runs. */
  readonly eximRule: string;
  readonly eximRun: number;
  /** The longest wait of both, in seconds. */
  readonly longest: number;
  /** What comes sooner is no re-try, in milliseconds. */
  readonly soonest: number;
  /** The outage lasts until the messages were tried so often on average, and at least so many seconds. */
  readonly attempts: number;
  readonly seconds: number;
  /** Messages at each sender. */
  readonly messages: number;
  /** Where Exim lies; without it Postfix is the only sender. */
  readonly exim: string | undefined;
}

export interface OutageStory {
  /** What was put in at each sender, as `sender > recipients`, sorted. */
  readonly put: readonly string[];
  /** What the server took in the end, alike: with the lookout, and with the closed port. */
  readonly tookBehindLookout: readonly string[];
  readonly tookBehindClosedPort: readonly string[];
  readonly leftInQueues: number;
  /** Lines of the senders' logs that speak of mail sent back to its author. */
  readonly bounces: readonly string[];
  readonly senders: number;
  /** Messages that go between the same two as another one, all senders together. */
  readonly sharing: number;
  /** At the end of the outage, and when all was back. */
  readonly held: LookoutReport;
  readonly after: LookoutReport;
  /** Milliseconds between attempts by sender: `postfix`, `exim`. */
  readonly intervals: ReadonlyMap<string, readonly LearnedInterval[]>;
  readonly waited: readonly number[];
  readonly outageSeconds: number;
  /** Connections that the lookout had no room for: their attempts are not among the intervals. */
  readonly overLimit: number;
}

/**
 * Mail of every shape that matters here: alone, to two, from one sender to one recipient again, without a sender; and
 * at the end two of one author to one reader, as twins or of different sizes.
 */
export function mailToHold(count: number, twins: boolean): Injection[] {
  const twin = { sender: "author0@sender.test", recipients: ["twin@held.test"], subject: "twin", bytes: 100 };
  const others = Array.from({ length: count - 2 }, (_, at) => ({
    sender: at % 10 === 9 ? "" : `author${at % 3}@sender.test`,
    recipients:
      at % 4 === 3 ? [`user${at}@held.test`, `other${at}@held.test`] : [`user${at % 10 === 5 ? 5 : at}@held.test`],
    subject: `held ${at}`,
    bytes: 100 + at * 150,
  }));
  return [...others, twin, twins ? twin : { ...twin, bytes: 1000 }];
}

/** Messages of which another one goes between the same two. */
function sharingIn(put: readonly Injection[]): number {
  const pairs = put.map(({ sender, recipients }) => recipients.map((one) => `${sender} ${one}`));
  const times = Map.groupBy(pairs.flat(), (pair) => pair);
  return pairs.filter((of) => of.some((pair) => (times.get(pair)?.length ?? 0) > 1)).length;
}

const story = ({ sender, recipients }: Pick<TakenMessage, "sender" | "recipients">): string =>
  `${sender} > ${[...recipients].sort().join(" ")}`;

/** Takes the senders through the outage. */
export async function liveThroughOutage(plan: OutagePlan): Promise<OutageStory> {
  const mark = markerWith(Buffer.alloc(32, 7));
  const lookout = new Lookout({ messages: 10_000, patience: 86_400_000, soonest: plan.soonest });
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const [server, plain] = [await startNextHop(), await startNextHop()];
    stops.push(
      () => server.close(),
      () => plain.close(),
    );
    const listener: Listener = await listenForSenders(
      {
        host: "127.0.0.1",
        port: 0,
        name: "spare.held.test",
        reads: plan.reads,
        domains: ["held.test"],
        limits: usualLimits,
        mark,
        clock: Date.now,
        classify: ({ helo, received }) => classOf(received === undefined ? { helo } : { helo, received }).senderClass,
      },
      lookout,
    );
    stops.push(() => listener.close());
    const closed = await startNextHop();
    stops.push(() => closed.close());
    await closed.become({ is: "down" });

    const senders: Sender[] = [];
    const behindClosed: Sender[] = [];
    for (const [hop, spare, into] of [
      [server, listener.port, senders],
      [plain, closed.port, behindClosed],
    ] as const) {
      for (const start of [startPostfix, ...(plan.exim === undefined ? [] : [startExim(plan.exim)])]) {
        const sender = await start(hop.port, spare, plan);
        into.push(sender);
        stops.push(() => sender.stop());
      }
    }

    const began = Date.now();
    await server.become({ is: "down" });
    await plain.become({ is: "down" });
    // By its one clock for all mail between two, Exim tries the second of two as late as any re-try: by the envelope alone
    // nobody could tell it from one.
    const puts = [mailToHold(plan.messages, true), mailToHold(plan.messages, plan.reads === "headers")];
    for (const these of [senders, behindClosed]) {
      for (const [at, sender] of these.entries()) await sender.inject(puts[at]);
    }
    const put = puts.slice(0, senders.length).flat();
    const expected = put.length;
    await until(
      `${expected} messages were tried ${plan.attempts} times`,
      () => Date.now() - began > plan.seconds * 1000 && lookout.report(Date.now()).attempts >= expected * plan.attempts,
      plan.seconds * 1000 + plan.attempts * plan.longest * 2000 + 30_000,
    );
    const held = lookout.report(Date.now());
    const outageSeconds = (Date.now() - began) / 1000;
    await server.become({ is: "well" });
    await plain.become({ is: "well" });
    const waited: number[] = [];
    let ticked = 0;
    const tick = (): void => {
      for (; ticked < server.taken.length; ticked++) waited.push(...tickOff(lookout, mark, server.taken[ticked]));
    };
    await until(
      "everything has arrived",
      () => {
        tick();
        return server.taken.length >= expected && plain.taken.length >= expected;
      },
      plan.longest * 4000 + 30_000,
    );
    await until("the queues are empty", () => [...senders, ...behindClosed].every((sender) => sender.queued() === 0));
    tick();
    return {
      put: put.map(story).sort(),
      tookBehindLookout: took(server),
      tookBehindClosedPort: took(plain),
      leftInQueues: [...senders, ...behindClosed].reduce((sum, sender) => sum + sender.queued(), 0),
      bounces: [...senders, ...behindClosed].flatMap((sender) =>
        sender
          .logText()
          .split("\n")
          .filter((line) => /status=(bounced|expired)|non-delivery|\*\* |Frozen/.test(line)),
      ),
      senders: senders.length,
      sharing: puts.slice(0, senders.length).reduce((sum, one) => sum + sharingIn(one), 0),
      held,
      after: lookout.report(Date.now()),
      overLimit: listener.counts.overLimit,
      intervals: intervalsOf(held, mark),
      waited,
      outageSeconds,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function took(hop: NextHop): string[] {
  return hop.taken.map(story).sort();
}

function tickOff(lookout: Lookout, mark: Marker, { sender, recipients, client }: TakenMessage): number[] {
  const origins = [mark("network", networkOf(client))];
  return recipients.flatMap((recipient) => {
    const one = { sender: mark("sender", sender), recipient: mark("recipient", recipient), origins, at: Date.now() };
    return lookout.returned(one) ?? [];
  });
}

function intervalsOf(report: LookoutReport, mark: Marker): OutageStory["intervals"] {
  const named = new Map([
    [mark("domain", "postfix.test"), "postfix"],
    [mark("domain", "exim.test"), "exim"],
  ]);
  return new Map(report.senders.map(({ origin, intervals }) => [named.get(origin) ?? origin, intervals]));
}

// Each sends from a network of its own, as senders do: the usual limits of the lookout are for one of them.
async function startPostfix(port: number, spare: number, { postfix }: OutagePlan): Promise<Sender> {
  const lab = await startPostfixLab({
    settings: {
      myhostname: "mta.postfix.test",
      transport_maps: `inline:{{held.test = smtp:[127.0.0.1]:${port}, [127.0.0.1]:${spare}}}`,
      smtp_bind_address: "127.0.1.1",
      minimal_backoff_time: `${postfix.minimal}s`,
      maximal_backoff_time: `${postfix.maximal}s`,
      queue_run_delay: "1s",
      transport_retry_time: "1s",
      maximal_queue_lifetime: "1d",
    },
  });
  return {
    inject: (messages) => lab.inject(messages),
    queued: () => lab.queued(),
    logText: () => lab.logText(),
    stop: () => lab.stop(),
  };
}

function startExim(exim: string): (port: number, spare: number, plan: OutagePlan) => Promise<EximLab> {
  return (port, spare, { eximRule, eximRun }) =>
    startEximLab(exim, {
      hostName: "mta.exim.test",
      hosts: [
        ["127.0.0.1", port],
        ["127.0.0.1", spare],
      ],
      from: "127.0.2.1",
      retry: eximRule,
      queueRun: `${eximRun}s`,
    });
}
