// An outage as senders see it: a real Postfix and a real Exim with mail for a server that is down and has a spare,
// and beside them the same two with a spare whose port is closed. Told by what the lookout knew and what arrived.

import { usualLimits } from "../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../collectors/lookout/listener.ts";
import { Lookout, type LookoutReport } from "../../collectors/lookout/lookout.ts";
import { type Marker, markerWith, networkOf } from "../../collectors/lookout/marks.ts";
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
  /** Seconds between attempts, as both senders are configured; Postfix looks each second, Exim each two. */
  readonly retry: number;
  /** The outage lasts until every message was tried so often, and at least so many seconds. */
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
  /** At the end of the outage, and when all was back. */
  readonly held: LookoutReport;
  readonly after: LookoutReport;
  /** Milliseconds between attempts by sender: `postfix`, `exim`. */
  readonly intervals: ReadonlyMap<
    string,
    readonly { readonly shortest: number; readonly mean: number; readonly longest: number }[]
  >;
  readonly waited: readonly number[];
  readonly outageSeconds: number;
  /** Connections that the lookout had no room for: their attempts are not among the intervals. */
  readonly overLimit: number;
}

/** Mail of every shape that matters here: alone, to two, from one sender to one recipient again, without a sender. */
export function mailToHold(count: number): Injection[] {
  return Array.from({ length: count }, (_, at) => ({
    sender: at % 10 === 9 ? "" : `author${at % 3}@sender.test`,
    recipients:
      at % 4 === 3 ? [`user${at}@held.test`, `other${at}@held.test`] : [`user${at % 10 === 5 ? 5 : at}@held.test`],
    subject: `held ${at}`,
    bytes: 100 + at * 150,
  }));
}

const story = ({ sender, recipients }: Pick<TakenMessage, "sender" | "recipients">): string =>
  `${sender} > ${[...recipients].sort().join(" ")}`;

/** Takes the senders through the outage. */
export async function liveThroughOutage(plan: OutagePlan): Promise<OutageStory> {
  const mark = markerWith(Buffer.alloc(32, 7));
  const lookout = new Lookout({ messages: 10_000, patience: 86_400_000 });
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
        // Here all senders stand behind one address: what is plenty for one host would turn some of them away.
        limits: { ...usualLimits, connectionsOfOne: 150, burst: 5000 },
        mark,
        clock: Date.now,
      },
      (sighting) => lookout.offered(sighting),
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
        const sender = await start(hop.port, spare, plan.retry);
        into.push(sender);
        stops.push(() => sender.stop());
      }
    }

    const began = Date.now();
    await server.become({ is: "down" });
    await plain.become({ is: "down" });
    const put = mailToHold(plan.messages);
    for (const sender of [...senders, ...behindClosed]) await sender.inject(put);
    const expected = put.length * senders.length;
    await until(
      `${expected} messages were tried ${plan.attempts} times`,
      () => Date.now() - began > plan.seconds * 1000 && lookout.report(Date.now()).attempts >= expected * plan.attempts,
      plan.seconds * 1000 + plan.attempts * plan.retry * 4000 + 30_000,
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
      plan.retry * 6000 + 30_000,
    );
    await until("the queues are empty", () => [...senders, ...behindClosed].every((sender) => sender.queued() === 0));
    tick();
    return {
      put: senders.flatMap(() => put.map(story)).sort(),
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

function tickOff(lookout: Lookout, mark: Marker, { sender, recipients }: TakenMessage): number[] {
  const origins = [mark("network", networkOf("127.0.0.1"))];
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

async function startPostfix(port: number, spare: number, retry: number): Promise<Sender> {
  const lab = await startPostfixLab({
    settings: {
      myhostname: "mta.postfix.test",
      transport_maps: `inline:{{held.test = smtp:[127.0.0.1]:${port}, [127.0.0.1]:${spare}}}`,
      minimal_backoff_time: `${retry}s`,
      maximal_backoff_time: `${retry}s`,
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

function startExim(exim: string): (port: number, spare: number, retry: number) => Promise<EximLab> {
  return (port, spare, retry) =>
    startEximLab(exim, {
      hostName: "mta.exim.test",
      hosts: [
        ["127.0.0.1", port],
        ["127.0.0.1", spare],
      ],
      retry: `F,1d,${retry}s`,
      queueRun: "2s",
    });
}
