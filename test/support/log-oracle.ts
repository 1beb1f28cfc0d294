// What a Postfix log says, worked out a second time and differently: regular expressions, an object a message, the whole
// log in memory. Slow and short, to be compared with the ledger.

/** One life of one queue id. */
interface Life {
  readonly id: string;
  /** A client or local user handed it over. */
  offered: boolean;
  /** Recipients, once the queue manager had it. */
  recipients: number | undefined;
  heldOnTheWay: boolean;
  notification: boolean;
  probe: boolean;
  /** It carries on what began under another id: a requeue, a filter's or forwarder's child. */
  continues: boolean;
  /** It goes on under another id. */
  goesOn: boolean;
  expired: boolean;
  deleted: boolean;
  removed: boolean;
  /** Statuses by recipient, in their order. */
  readonly outcomes: Map<string, Outcome[]>;
}

interface Outcome {
  readonly status: string;
  readonly relay: string;
  /** Queue id that the relay gave it. */
  readonly child: string | undefined;
}

export interface Sent {
  readonly id: string;
  readonly recipient: string;
  readonly relay: string;
}

export interface OracleAnswer {
  readonly messages: { accepted: number; notifications: number };
  readonly recipients: {
    delivered: number;
    bounced: number;
    expired: number;
    deleted: number;
    remaining: number;
    unknown: number;
  };
  readonly attempts: { delivered: number; deferred: number; bounced: number; expired: number };
  readonly refused: number;
  /** Queue ids of what was taken in from clients and local users, once a message. */
  readonly accepted: readonly string[];
  /** Every recipient that left for good, handing over to our own filter not counted. */
  readonly sent: readonly Sent[];
}

const header = /^\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ [\w-]+(?:\/\w+)*\/(\w+)\[\d+\]: (.*)$/s;
const withId = /^([0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}): (.*)$/s;
const attempt =
  /^to=<(.*?)>, (?:orig_to=<.*?>, )?relay=(\S+), (?:conn_use=\d+, )?delay=[\d.]+, delays=[\d./]+, dsn=[\d.]+, status=([a-z]+) \((.*)\)$/s;

/** Reads whole logs, in their order. */
export function askOracle(logs: readonly Uint8Array[]): OracleAnswer {
  const living = new Map<string, Life>();
  const lives: Life[] = [];
  const announced = new Set<string>();
  const attempts = { delivered: 0, deferred: 0, bounced: 0, expired: 0 };
  let refused = 0;

  const life = (id: string, begins = false): Life => {
    const known = living.get(id);
    if (known !== undefined && !(begins && (known.removed || known.deleted))) return known;
    const born: Life = {
      id,
      offered: false,
      recipients: undefined,
      heldOnTheWay: false,
      notification: announced.delete(id),
      probe: false,
      continues: false,
      goesOn: false,
      expired: false,
      deleted: false,
      removed: false,
      outcomes: new Map(),
    };
    living.set(id, born);
    lives.push(born);
    return born;
  };

  for (const line of logs.flatMap((log) => Buffer.from(log).toString("latin1").split("\n"))) {
    const [, program, text = ""] = header.exec(line) ?? [];
    if (text.startsWith("NOQUEUE: reject: ")) refused++;
    const [, id, said = ""] = withId.exec(text) ?? [];
    if (program === undefined || id === undefined) continue;
    const tried = attempt.exec(said);
    if (tried !== null) {
      const [, recipient = "", relay = "", status = "", reply = ""] = tried;
      const message = life(id);
      if (status.endsWith("deliverable")) {
        message.probe = true;
        continue;
      }
      const child = /(?:queued|forwarded) as (\w+)\)?$/.exec(reply)?.[1];
      const before = message.outcomes.get(recipient) ?? [];
      message.outcomes.set(recipient, [...before, { status, relay, child }]);
      if (status === "deferred") attempts.deferred++;
      if (status === "bounced") attempts.bounced++;
    } else if (program === "smtpd" && said.startsWith("client=")) life(id, true).offered = true;
    else if (program === "pickup") {
      const message = life(id, true);
      message.offered = true;
      const old = / orig_id=(\w+)$/.exec(said)?.[1];
      if (old !== undefined) {
        message.continues = true;
        const before = living.get(old);
        if (before !== undefined && before !== message) before.goesOn = true;
      }
    } else if (program === "cleanup") {
      const message = life(id, true);
      if (said.startsWith("reject: ")) refused++;
      if (said.startsWith("hold: ")) message.heldOnTheWay = true;
    } else if (program === "qmgr") {
      const taken = / nrcpt=(\d+) \(queue active\)$/.exec(said);
      if (taken !== null) life(id, true).recipients ??= Number(taken[1]);
      if (said.endsWith(", returned to sender")) {
        life(id).expired = true;
        attempts.expired++;
      }
      if (said === "removed") life(id).removed = true;
    } else if (program === "bounce") {
      const report = / notification: (\w+)$/.exec(said)?.[1];
      const message = report === undefined ? undefined : living.get(report);
      if (message !== undefined && !message.removed) message.notification = true;
      else if (report !== undefined) announced.add(report);
    } else if (program === "postsuper" && said === "removed") life(id).deleted = true;
  }

  const ours = new Set(lives.map((one) => one.id));
  for (const one of lives) {
    for (const { child } of [...one.outcomes.values()].flat()) {
      const next = child === undefined || child === one.id ? undefined : living.get(child);
      if (next !== undefined && !next.notification) next.continues = true;
    }
  }
  const recipients = { delivered: 0, bounced: 0, expired: 0, deleted: 0, remaining: 0, unknown: 0 };
  const accepted: string[] = [];
  const sent: Sent[] = [];
  let notifications = 0;
  for (const one of lives) {
    if (one.recipients === undefined && !(one.offered && one.heldOnTheWay)) continue;
    if (one.probe) continue;
    if (one.notification || (!one.offered && !one.continues)) notifications++;
    else if (!one.continues) accepted.push(one.id);
    let rest = one.recipients ?? 1;
    for (const [recipient, outcomes] of one.outcomes) {
      for (const { status, relay, child } of outcomes) {
        if (status === "sent" && (child === undefined || !ours.has(child))) sent.push({ id: one.id, recipient, relay });
      }
      const last = outcomes.at(-1)?.status;
      if (last === "bounced") recipients.bounced++;
      if (last === "bounced" || last === "sent") rest--;
    }
    if (one.expired) recipients.expired += rest;
    else if (one.deleted) recipients.deleted += rest;
    else if (one.removed) recipients.unknown += rest;
    else if (!one.goesOn) recipients.remaining += rest;
  }
  recipients.delivered = sent.length;
  attempts.delivered = sent.length;
  return { messages: { accepted: accepted.length, notifications }, recipients, attempts, refused, accepted, sent };
}
