// A Postfix of plain objects: it does what it is told, logs it as Postfix does, and knows the truth.
//
// The truth is kept the naive way, an object a message and a list of its recipients, so that the ledger's columns
// have something simple to be compared with.

import fc from "fast-check";
import { SECOND } from "../../src/core/time.ts";
import { arrives, clock, clockText, goes, type ListedMessage, leaves, queued, type Story, waits } from "./story.ts";

/** What it can be told to do; `pick` chooses among what is there. */
export interface Order {
  readonly does:
    | "accept"
    | "attempt"
    | "expire"
    | "hold"
    | "release"
    | "requeue"
    | "delete"
    | "filter"
    | "list"
    | "abandon"
    | "restart";
  readonly pick: number;
  /** Seconds that pass before. */
  readonly after: number;
  readonly dice: readonly number[];
}

export const orders: fc.Arbitrary<Order[]> = fc.array(
  fc.record({
    does: fc.oneof(
      { weight: 6, arbitrary: fc.constant("accept" as const) },
      { weight: 8, arbitrary: fc.constant("attempt" as const) },
      {
        weight: 7,
        arbitrary: fc.constantFrom<Order["does"][]>(
          "expire",
          "hold",
          "release",
          "requeue",
          "delete",
          "filter",
          "filter",
          "list",
          "abandon",
          "restart",
        ),
      },
    ),
    pick: fc.nat(1000),
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 900 })),
    dice: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
  }),
  { maxLength: 60 },
);

const troubles = [
  {
    why: "connect to mx.remote.test[198.51.100.7]:25: Connection refused",
    status: "4.4.1",
    reason: "connection-refused",
  },
  {
    why: "delivery temporarily suspended: connect to mx.remote.test[198.51.100.7]:25: Connection refused",
    status: "4.4.1",
    reason: "connection-refused",
  },
  {
    why: "host mx.remote.test[198.51.100.7] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)",
    status: "4.2.2",
    reason: "mailbox-full",
  },
  {
    why: "host mx.remote.test[198.51.100.7] said: 450 4.2.0 Greylisted, please try again (in reply to RCPT TO command)",
    status: "4.2.0",
    reason: "greylisted",
  },
] as const;

const domains = ["remote.test", "other.test", "third.test"];

interface Mail {
  id: string;
  readonly arrival: number;
  /** Counts in `accepted` and, when it leaves, in `removed`. */
  readonly counted: boolean;
  readonly sender: string;
  held: boolean;
  readonly recipients: { readonly address: string; trouble: (typeof troubles)[number] | undefined }[];
}

export interface Truth {
  readonly messages: { accepted: number; removed: number; notifications: number };
  readonly recipients: {
    delivered: number;
    bounced: number;
    expired: number;
    deleted: number;
    remaining: number;
    unknown: number;
  };
  readonly attempts: { delivered: number; deferred: number; bounced: number; expired: number };
  readonly backlog: { messages: number; held: number; recipients: number };
  /** `destination reason` to recipients. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** A step of the simulation, as what an observer sees of it. */
export type Step =
  | { readonly lines: readonly string[] }
  | { readonly at: string; readonly listing: readonly ListedMessage[] };

export class SimulatedPostfix {
  readonly steps: Step[] = [];
  now: number = clock("10:00:00");
  readonly #mails: Mail[] = [];
  readonly #freeIds: string[] = [];
  #serial = 0;
  readonly #counts = {
    accepted: 0,
    removed: 0,
    notifications: 0,
    delivered: 0,
    bounced: 0,
    expired: 0,
    deleted: 0,
    deferrals: 0,
    expiries: 0,
  };

  get clock(): string {
    return clockText(this.now);
  }

  follow(all: readonly Order[]): this {
    for (const order of all) {
      this.now += order.after * SECOND;
      this.#follow(order);
    }
    return this;
  }

  #follow({ does, pick, dice }: Order): void {
    if (does === "accept") {
      this.#accept(dice);
      return;
    }
    if (does === "restart") {
      this.#say(
        `${this.clock} postfix-script stopping the Postfix mail system`,
        `${this.clock} master daemon started -- version 3.7.11, configuration /etc/postfix`,
      );
      return;
    }
    if (does === "abandon") {
      const id = this.#newId(dice[0]);
      this.#say(`${this.clock} smtpd ${id}: client=client.test[192.0.2.9]`);
      if (dice[1] % 2 === 0) this.#freeIds.push(id);
      return;
    }
    if (does === "list") {
      // A listing that is read in the second of a log line may be older than the line.
      this.now += 5 * SECOND;
      this.steps.push({ at: this.clock, listing: this.#mails.map((mail) => this.#listed(mail)) });
      this.now += 5 * SECOND;
      return;
    }
    const mail = this.#mails[pick % Math.max(1, this.#mails.length)];
    if (mail === undefined) return;
    const { id } = mail;
    switch (does) {
      case "attempt":
        if (!mail.held) this.#attempt(mail, dice);
        return;
      case "expire":
        if (mail.held) return;
        this.#counts.expired += mail.recipients.length;
        this.#counts.expiries++;
        this.#say(`${this.clock} qmgr ${id}: from=<${mail.sender}>, status=expired, returned to sender`);
        if (dice[0] % 2 === 0) this.#notify(mail);
        this.#leave(mail);
        return;
      case "hold":
        mail.held = true;
        this.#say(`${this.clock} postsuper ${id}: placed on hold`);
        return;
      case "release":
        if (!mail.held) return;
        mail.held = false;
        this.#say(`${this.clock} postsuper ${id}: released from hold`);
        return;
      case "delete":
        this.#counts.deleted += mail.recipients.length;
        if (mail.counted) this.#counts.removed++;
        this.#mails.splice(this.#mails.indexOf(mail), 1);
        this.#freeIds.push(id);
        this.#say(`${this.clock} postsuper ${id}: removed`);
        return;
      case "requeue": {
        mail.held = false;
        mail.id = this.#newId(1);
        this.#say(
          `${this.clock} postsuper ${id}: requeued`,
          `${this.clock} pickup ${mail.id}: uid=102 from=<${mail.sender}> orig_id=${id}`,
          `${this.clock} cleanup ${mail.id}: message-id=<1@lab.test>`,
          queued(this.clock, mail.id, { sender: mail.sender, recipients: mail.recipients.length }),
        );
        for (const recipient of mail.recipients) recipient.trouble = undefined;
        return;
      }
      case "filter":
        if (!mail.held) this.#filter(mail, dice);
    }
  }

  #accept(dice: readonly number[]): void {
    const mail: Mail = {
      id: this.#newId(dice[0]),
      arrival: this.now,
      counted: true,
      sender: dice[2] % 7 === 0 ? "" : "sender@lab.test",
      held: false,
      recipients: Array.from({ length: 1 + (dice[1] % 3) }, (_, i) => ({
        address: `user${i}@${domains[(dice[3] + i) % domains.length]}`,
        trouble: undefined,
      })),
    };
    this.#mails.push(mail);
    this.#counts.accepted++;
    this.#say(...arrives(this.clock, mail.id, { sender: mail.sender, recipients: mail.recipients.length }));
  }

  #attempt(mail: Mail, dice: readonly number[]): void {
    const lines = [queued(this.clock, mail.id, { sender: mail.sender, recipients: mail.recipients.length })];
    const delay = (this.now - mail.arrival) / SECOND;
    let bounced = false;
    mail.recipients.slice().forEach((recipient, i) => {
      const fate = (dice[i] + i) % 5;
      const options = { to: recipient.address, delay };
      if (fate === 0) {
        this.#counts.delivered++;
        lines.push(goes(this.clock, mail.id, options));
      } else if (fate === 1) {
        this.#counts.bounced++;
        bounced = true;
        lines.push(
          `${this.clock} smtp ${mail.id}: to=<${recipient.address}>, relay=mx.remote.test[198.51.100.7]:25, delay=${delay}, delays=${delay}/0/0/0, dsn=5.1.1, status=bounced (host mx.remote.test[198.51.100.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command))`,
        );
      } else {
        const trouble = troubles[dice[3] % troubles.length];
        recipient.trouble = trouble;
        this.#counts.deferrals++;
        lines.push(waits(this.clock, mail.id, { ...options, why: trouble.why, status: trouble.status }));
        return;
      }
      mail.recipients.splice(mail.recipients.indexOf(recipient), 1);
    });
    this.#say(...lines);
    if (bounced && mail.sender !== "") this.#notify(mail);
    if (mail.recipients.length === 0) this.#leave(mail);
  }

  /** The report about a message becomes a message. */
  #notify(about: Mail): void {
    if (about.sender === "") return;
    const report: Mail = {
      id: this.#newId(1),
      arrival: this.now,
      counted: false,
      sender: "",
      held: false,
      recipients: [{ address: about.sender, trouble: undefined }],
    };
    this.#mails.push(report);
    this.#counts.notifications++;
    this.#say(
      `${this.clock} cleanup ${report.id}: message-id=<2@lab.test>`,
      `${this.clock} bounce ${about.id}: sender non-delivery notification: ${report.id}`,
      queued(this.clock, report.id, { sender: "" }),
    );
  }

  /** The content filter takes it and hands it back: one message, two queue ids. */
  #filter(mail: Mail, dice: readonly number[]): void {
    const child: Mail = {
      ...mail,
      id: this.#newId(1),
      recipients: mail.recipients.map(({ address }) => ({ address, trouble: undefined })),
    };
    const early = dice[0] % 3 === 0;
    const lines = [
      queued(this.clock, mail.id, { sender: mail.sender, recipients: mail.recipients.length }),
      ...arrives(this.clock, child.id, { sender: mail.sender, recipients: child.recipients.length }),
    ];
    const away = child.recipients.flatMap(({ address }) => goes(this.clock, child.id, { to: address, delay: 0 }));
    if (early) lines.push(...away, leaves(this.clock, child.id));
    for (const { address } of mail.recipients) {
      lines.push(
        goes(this.clock, mail.id, {
          to: address,
          relay: "127.0.0.1[127.0.0.1]:10024",
          says: `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ${child.id}`,
        }),
      );
    }
    lines.push(leaves(this.clock, mail.id));
    this.#say(...lines);
    this.#mails.splice(this.#mails.indexOf(mail), 1);
    this.#freeIds.push(mail.id);
    if (!early) this.#mails.push(child);
    else {
      this.#counts.delivered += child.recipients.length;
      if (mail.counted) this.#counts.removed++;
      this.#freeIds.push(child.id);
    }
  }

  #leave(mail: Mail): void {
    this.#say(leaves(this.clock, mail.id));
    if (mail.counted) this.#counts.removed++;
    this.#mails.splice(this.#mails.indexOf(mail), 1);
    this.#freeIds.push(mail.id);
  }

  /** Ids are given out again, the one that has been free longest first. */
  #newId(die: number): string {
    const reused = die % 3 === 0 ? undefined : this.#freeIds.shift();
    return reused ?? `A${(0x10000 + this.#serial++).toString(16).toUpperCase()}`;
  }

  #listed(mail: Mail): ListedMessage {
    return {
      id: mail.id,
      queue: mail.held ? "hold" : "deferred",
      arrival: clockText(mail.arrival),
      sender: mail.sender === "" ? "MAILER-DAEMON" : mail.sender,
      recipients: mail.recipients.map(({ address, trouble }) =>
        trouble === undefined ? address : [address, trouble.why],
      ),
    };
  }

  #say(...lines: string[]): void {
    this.steps.push({ lines });
  }

  get truth(): Truth {
    const c = this.#counts;
    const waiting: Record<string, number> = {};
    let remaining = 0;
    for (const { recipients } of this.#mails) {
      remaining += recipients.length;
      for (const { address, trouble } of recipients) {
        if (trouble === undefined) continue;
        const key = `${address.slice(address.indexOf("@") + 1)} ${trouble.reason}`;
        waiting[key] = (waiting[key] ?? 0) + 1;
      }
    }
    return {
      messages: { accepted: c.accepted, removed: c.removed, notifications: c.notifications },
      recipients: {
        delivered: c.delivered,
        bounced: c.bounced,
        expired: c.expired,
        deleted: c.deleted,
        remaining,
        unknown: 0,
      },
      attempts: { delivered: c.delivered, deferred: c.deferrals, bounced: c.bounced, expired: c.expiries },
      backlog: {
        messages: this.#mails.length,
        held: this.#mails.filter((mail) => mail.held).length,
        recipients: remaining,
      },
      waiting,
    };
  }
}

/** Lets an observer see a step. */
export function show(story: Story, step: Step): void {
  if ("lines" in step) story.tell(...step.lines);
  else story.list(step.at, step.listing);
}

/** What the observer makes of it, in the truth's form. */
export function seen(story: Story, now: number): Truth {
  const { totals, backlog, destinations } = story.at(now);
  const waiting: Record<string, number> = {};
  for (const { name, reasons } of destinations) {
    for (const { reason, recipients } of reasons) waiting[`${name} ${reason}`] = recipients;
  }
  return {
    messages: totals.messages,
    recipients: totals.recipients,
    attempts: totals.attempts,
    backlog: { messages: backlog.messages, held: backlog.held, recipients: backlog.recipients },
    waiting,
  };
}
