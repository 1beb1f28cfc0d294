// An outage as senders see it: a real Postfix and a real Exim with mail for a server that is down and has a spare,
// and beside them the same two with a spare whose port is closed. Told by what the lookout knew and what arrived.

import type { LearnedInterval } from "../../collectors/lookout/learned.ts";
import { usualLimits } from "../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../collectors/lookout/listener.ts";
import { Lookout, type LookoutReport } from "../../collectors/lookout/lookout.ts";
import { type Marker, markerWith, networkOf } from "../../collectors/lookout/marks.ts";
import type { Sighting } from "../../collectors/lookout/sighting.ts";
import { classOf } from "../../src/core/retries/senders/classify.ts";
import { type EximLab, startEximLab } from "./exim-sandbox.ts";
import { type NextHop, startNextHop, type TakenMessage } from "./next-hop.ts";
import { startPostfixLab, until } from "./postfix-sandbox.ts";
import type { Injected, Injection } from "./smtp-injection.ts";

/** A sender and what it is to hold: both MTAs look alike from here. */
interface Sender {
  inject(messages: readonly Injection[]): Promise<readonly Injected[]>;
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
  /** After so many seconds Postfix gives up; Exim's rule says when it does. */
  readonly lifetime?: number;
}

export interface OutageStory {
  readonly reads: OutagePlan["reads"];
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
  /**
   * Messages that their senders never offered to anybody, by their own logs, alike at both moments: of several between the
   * same two, Exim may give all turns to others.
   */
  readonly never: { readonly during: number; readonly after: number };
  /** At the end of the outage, and when all was back. */
  readonly held: LookoutReport;
  readonly after: LookoutReport;
  /** Milliseconds between attempts by sender: `postfix`, `exim`. */
  readonly intervals: ReadonlyMap<string, readonly LearnedInterval[]>;
  /** Waits that both the lookout and the sender know, of messages that share no pair with another. */
  readonly waits: ReadonlyMap<string, readonly KnownWait[]>;
  /** Attempts of these messages at the lookout of whose answer the sender's log says nothing, as text. */
  readonly unheard: readonly string[];
  readonly waited: readonly number[];
  readonly outageSeconds: number;
  /** Connections that the lookout had no room for: their attempts are not among the intervals. */
  readonly overLimit: number;
}

/** One wait of one message, as two clocks measured it. */
export interface KnownWait {
  /** 2 for the first re-try, by the lookout's count of that message. */
  readonly attempt: number;
  /** Milliseconds between what the test saw at the lookout's door. */
  readonly seen: number;
  /** Milliseconds between the lines in which the sender says that it was answered these two times. */
  readonly logged: number;
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

/** Messages between the same two as no other one. */
function aloneIn<M extends Injection>(put: readonly M[]): M[] {
  const pairsOf = ({ sender, recipients }: Injection) => recipients.map((one) => `${sender} ${one}`);
  const times = Map.groupBy(put.flatMap(pairsOf), (pair) => pair);
  return put.filter((one) => pairsOf(one).every((pair) => times.get(pair)?.length === 1));
}

const story = ({ sender, recipients }: Pick<TakenMessage, "sender" | "recipients">): string =>
  `${sender} > ${[...recipients].sort().join(" ")}`;

/** Takes the senders through the outage. */
export async function liveThroughOutage(plan: OutagePlan): Promise<OutageStory> {
  const mark = markerWith(Buffer.alloc(32, 7));
  const lookout = new Lookout({ messages: 10_000, patience: 86_400_000, soonest: plan.soonest });
  /** What comes to the lookout, before it makes anything of it. */
  const sightings: Sighting[] = [];
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
      {
        told: (transaction, sighting) => lookout.told(transaction, sighting),
        offered(sighting, transaction) {
          sightings.push(sighting);
          lookout.offered(sighting, transaction);
        },
      },
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
    // Nor where `soonest` is so short that a busy sender takes longer from one message to the next.
    const named = plan.reads === "headers";
    const puts = [mailToHold(plan.messages, named || plan.soonest >= 20_000), mailToHold(plan.messages, named)];
    const taken: (readonly Injected[])[] = [];
    for (const [at, sender] of senders.entries()) taken.push(await sender.inject(puts[at]));
    for (const [at, sender] of behindClosed.entries()) await sender.inject(puts[at]);
    const put = puts.slice(0, senders.length).flat();
    const expected = put.length;
    const sharing = taken.reduce((sum, one) => sum + one.length - aloneIn(one).length, 0);
    await until(
      `${expected} messages were tried ${plan.attempts} times`,
      () => {
        if (Date.now() - began <= plan.seconds * 1000) return false;
        const { attempts, messages } = lookout.report(Date.now());
        return attempts >= expected * plan.attempts && messages.triedAgain >= expected - sharing;
      },
      plan.seconds * 1000 + plan.attempts * plan.longest * 2000 + 30_000,
    );
    const held = lookout.report(Date.now());
    const during = [...sightings];
    const neverOffered = (): number =>
      expected - senders.reduce((sum, sender) => sum + triedIds(sender.logText()).size, 0);
    const neverDuring = neverOffered();
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
    const known = senders.map((sender, at) => {
      const domain = mark("domain", at === 0 ? "postfix.test" : "exim.test");
      const theirs = during.filter((one) => one.domain === domain);
      return knownWaits(theirs, mark, aloneIn(taken[at]), sender.logText(), began);
    });
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
      reads: plan.reads,
      sharing,
      never: { during: neverDuring, after: neverOffered() },
      held,
      after: lookout.report(Date.now()),
      overLimit: listener.counts.overLimit,
      intervals: intervalsOf(held, mark),
      waits: new Map(known.map(({ waits }, at) => [at === 0 ? "postfix" : "exim", waits])),
      unheard: known.flatMap(({ unheard }) => unheard),
      waited,
      outageSeconds,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Subjects of the messages that never arrived, of each sender, behind a lookout and behind a closed port. */
export interface GivenUp {
  readonly behindLookout: readonly ReadonlySet<string>[];
  readonly behindClosedPort: readonly ReadonlySet<string>[];
}

/**
 * An outage that is longer than senders are patient. At its begin `old` messages are put in at each sender, and `young`
 * ones `plan.seconds` later; then it lasts for a few attempts more, less than the young are given.
 */
export async function outlivePatience(plan: OutagePlan, rest: number): Promise<GivenUp> {
  const lookout = new Lookout({ messages: 10_000, patience: 86_400_000, soonest: plan.soonest });
  const stops: (() => Promise<unknown>)[] = [];
  const mail = (name: string): Injection[] =>
    Array.from({ length: plan.messages }, (_, at) => ({
      sender: `author${at}@sender.test`,
      recipients: [`${name}${at}@held.test`],
      subject: `${name} ${at}`,
      bytes: 200,
    }));
  try {
    const closed = await startNextHop();
    stops.push(() => closed.close());
    await closed.become({ is: "down" });
    const listener = await listenForSenders(
      {
        host: "127.0.0.1",
        port: 0,
        name: "spare.held.test",
        reads: plan.reads,
        domains: ["held.test"],
        limits: usualLimits,
        mark: markerWith(Buffer.alloc(32, 7)),
        clock: Date.now,
        classify: () => "unknown",
      },
      lookout,
    );
    stops.push(() => listener.close());
    const pairs: { readonly sender: Sender; readonly hop: NextHop; readonly behindLookout: boolean }[] = [];
    for (const behindLookout of [true, false]) {
      for (const start of [startPostfix, ...(plan.exim === undefined ? [] : [startExim(plan.exim)])]) {
        const hop = await startNextHop();
        stops.push(() => hop.close());
        const sender = await start(hop.port, behindLookout ? listener.port : closed.port, plan);
        stops.push(() => sender.stop());
        await hop.become({ is: "down" });
        pairs.push({ sender, hop, behindLookout });
      }
    }
    for (const { sender } of pairs) await sender.inject(mail("old"));
    await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1000));
    for (const { sender } of pairs) await sender.inject(mail("young"));
    await new Promise((resolve) => setTimeout(resolve, rest * 1000));
    for (const { hop } of pairs) await hop.become({ is: "well" });
    const all = [...mail("old"), ...mail("young")].map(({ subject }) => subject);
    // What was put in at the beginning has long been given up, or comes with the rest. Who waits in vain for a message
    // finds it among the lost.
    const young = mail("young").map(({ subject }) => subject);
    const arrived = ({ hop }: { readonly hop: NextHop }): boolean => {
      const taken = new Set(hop.taken.map(({ subject }) => subject));
      return young.every((subject) => taken.has(subject));
    };
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline && !pairs.every(arrived)) {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const lost = (behindLookout: boolean) =>
      pairs
        .filter((one) => one.behindLookout === behindLookout)
        .map(({ hop }) => new Set(all).difference(new Set(hop.taken.map(({ subject }) => subject))));
    return { behindLookout: lost(true), behindClosedPort: lost(false) };
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

/**
 * A line in which a sender says that it tried in vain. Exim says that it was the lookout; Postfix, which sends the next
 * message over the same connection, often only that no server could take it.
 */
const triedInVain = /451 4\.3\.2|postfix\/smtp\[\d+\]: .*status=deferred/;

/** Messages that a sender tried in vain, by its own ids. */
function triedIds(log: string): Set<string> {
  const lines = log.split("\n").filter((line) => triedInVain.test(line));
  return new Set(lines.flatMap((line) => /(?:\]: | )([\w-]{6,}):? (?:==|to=<)/.exec(line)?.[1] ?? []));
}

/** When a sender says that it tried a message in vain, by the message's id and its recipient. */
function triedAt(log: string, began: number): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const line of log.split("\n")) {
    if (!triedInVain.test(line)) continue;
    const [, hours, minutes, seconds] = /\b(\d\d):(\d\d):(\d\d(?:\.\d+)?) /.exec(line) ?? [];
    const [, id, recipient] = /(?:\]: | )([\w-]{6,}):? (?:== |to=<)([^\s>]+)/.exec(line) ?? [];
    if (seconds === undefined || id === undefined) continue;
    const at = new Date(began).setHours(Number(hours), Number(minutes), 0, Number(seconds) * 1000);
    const key = `${id} ${recipient}`;
    const known = times.get(key) ?? [];
    // Midnight may be in between.
    known.push(at < began - 3_600_000 ? at + 86_400_000 : at);
    times.set(key, known);
  }
  return times;
}

/**
 * A log's stamp may be a whole second, and so up to one before what it speaks of; and the clock that it is taken from
 * (`time`) ticks behind the one that is asked here.
 */
const wholeSecond = 1100;

/**
 * The waits of these messages by two clocks: of each attempt that was seen at the lookout, the line in which its sender
 * says that it was answered. Attempts are paired one by one, so that one that is missing on one side moves no other.
 */
function knownWaits(
  sightings: readonly Sighting[],
  mark: Marker,
  messages: readonly Injected[],
  log: string,
  began: number,
): { readonly waits: readonly KnownWait[]; readonly unheard: readonly string[] } {
  const waits: KnownWait[] = [];
  const unheard: string[] = [];
  const byAuthor = Map.groupBy(sightings, ({ sender }) => sender);
  const tried = triedAt(log, began);
  for (const { sender, recipients, queueId, subject } of messages) {
    const first = mark("recipient", recipients[0]);
    const seen = (byAuthor.get(mark("sender", sender)) ?? [])
      .filter((one) => one.recipients.includes(first))
      .map(({ at }) => at)
      .sort((a, b) => a - b);
    const lines = tried.get(`${queueId} ${recipients[0]}`) ?? [];
    const logged = seen.map((at, nth) => {
      const next = seen[nth + 1] ?? Number.POSITIVE_INFINITY;
      return lines.find((line) => line > at - wholeSecond && line <= next - wholeSecond);
    });
    for (const [nth, at] of logged.entries()) {
      const before = logged[nth - 1];
      if (at === undefined) {
        const around = lines.map((line) => line - seen[nth]).filter((apart) => Math.abs(apart) < 300_000);
        unheard.push(`${subject} (${queueId}), attempt ${nth + 1}, with lines ${around.join(", ")} ms from it`);
      } else if (before !== undefined) {
        waits.push({ attempt: nth + 1, seen: seen[nth] - seen[nth - 1], logged: at - before });
      }
    }
  }
  return { waits, unheard };
}

// Each sends from a network of its own, as senders do: the usual limits of the lookout are for one of them.
async function startPostfix(port: number, spare: number, { postfix, lifetime }: OutagePlan): Promise<Sender> {
  const lab = await startPostfixLab({
    settings: {
      myhostname: "mta.postfix.test",
      transport_maps: `inline:{{held.test = smtp:[127.0.0.1]:${port}, [127.0.0.1]:${spare}}}`,
      smtp_bind_address: "127.0.1.1",
      minimal_backoff_time: `${postfix.minimal}s`,
      maximal_backoff_time: `${postfix.maximal}s`,
      queue_run_delay: "1s",
      transport_retry_time: "1s",
      maximal_queue_lifetime: lifetime === undefined ? "1d" : `${lifetime}s`,
      bounce_queue_lifetime: lifetime === undefined ? "1d" : `${lifetime}s`,
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
