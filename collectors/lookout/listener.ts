// The listener: an SMTP server that answers everything a sender says, and takes nothing.

import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import type { Instant } from "../../src/core/time.ts";
import { type Headers, readHeaders } from "./headers.ts";
import { Doorkeeper, type Limits } from "./limits.ts";
import { domainOf, hostOf, type Mark, type Marker, networkOf, noMark } from "./marks.ts";
import { comeBack, neverFinal, tooBusy } from "./replies.ts";
import type { Sighting } from "./sighting.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Name in the greeting. */
  readonly name: string;
  /** When a sender is sent away: at each recipient, or after its headers were read for the Message-ID. */
  readonly reads: "envelope" | "headers";
  /** Domains that we take mail for; what is for others is turned away alike and not remembered. Empty: all. */
  readonly domains: readonly string[];
  readonly limits: Limits;
  readonly mark: Marker;
  readonly clock: () => Instant;
  /** Tells what kind of mail server a sender is; what it is told from is kept no longer than this takes. */
  readonly classify: (said: { readonly helo: string; readonly received?: string | undefined }) => string;
  /** Without it STARTTLS is not offered. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Who was at the door, counted since the start of the program. */
export interface DoorCounts {
  connections: number;
  /** Turned away with 421 for a limit. */
  overLimit: number;
  /** Recipients for domains that are not ours. */
  elsewhere: number;
  /** Commands that the SMTP library would have answered for good: addresses that cannot be read, and the like. */
  unread: number;
}

export interface Listener {
  readonly port: number;
  readonly counts: Readonly<DoorCounts>;
  /** Says 421 to whoever is there, and listens no more. */
  close(): Promise<void>;
}

/** Whoever remembers what senders do. */
export interface Watcher {
  /** Called before a recipient hears that it is to come back, with the transaction so far. */
  told(transaction: number, sighting: Sighting): void;
  /** Called once a message and attempt, when the transaction is over and before its last answer. */
  offered(sighting: Sighting, transaction: number): void;
}

/** Who was told to go has so long to hear it, in milliseconds. */
const goodbye = 1000;

/** Who has said all with a message has so long to be answered: headers are read after that, on a busy machine later. */
const lastAnswer = 10_000;

/** What is seen of the transaction that is going on. */
interface Transaction {
  readonly number: number;
  readonly sender: string;
  readonly size: string;
  readonly recipients: Set<Mark>;
  readonly startedAt: Instant;
}

/** Of one connection: what was offered on it. */
interface Visit {
  transaction: Transaction | undefined;
  commands: number;
  /** A message is coming, or is over and not answered yet. */
  answering: boolean;
  readonly leave: () => void;
}

/** Starts to listen. */
export async function listenForSenders(options: ListenerOptions, watcher: Watcher): Promise<Listener> {
  const { limits, mark, clock, classify } = options;
  const counts: DoorCounts = { connections: 0, overLimit: 0, elsewhere: 0, unread: 0 };
  const door = new Doorkeeper(limits);
  const visits = new Map<SMTPServerSession, Visit>();
  const ours = new Set(options.domains.map((domain) => domain.toLowerCase()));

  let transactions = 0;

  const sightingOf = (session: SMTPServerSession, { sender, size, startedAt }: Transaction, headers?: Headers) => {
    const helo = typeof session.hostNameAppearsAs === "string" ? session.hostNameAppearsAs : "";
    const domain = domainOf(helo);
    const tell = headers?.messageId ?? size;
    return {
      at: startedAt,
      sender: mark("sender", sender),
      network: mark("network", networkOf(session.remoteAddress)),
      domain: domain === "" ? noMark : mark("domain", domain),
      tell: tell === "" ? noMark : mark("message", tell),
      named: headers?.messageId !== undefined,
      door: mark("door", session.localAddress ?? ""),
      senderClass: classify({ helo, received: headers?.received }),
    };
  };

  const note = (session: SMTPServerSession, visit: Visit, headers?: Headers): void => {
    const done = visit.transaction;
    visit.transaction = undefined;
    if (done === undefined || done.recipients.size === 0) return;
    watcher.offered({ ...sightingOf(session, done, headers), recipients: [...done.recipients] }, done.number);
  };

  const server = new SMTPServer({
    // Exim shuts its half of a connection as soon as it has said QUIT, and says that together with the end of its message:
    // without this, and without `answerToTheEnd`, the last answers would be lost.
    allowHalfOpen: true,
    name: options.name,
    banner: "lookout, takes no mail",
    heloResponse: "%s",
    logger: false,
    disabledCommands: ["AUTH", "WIZ", "SHELL", "KILL", "HELP", ...(options.tls === undefined ? ["STARTTLS"] : [])],
    ...(options.tls === undefined
      ? {}
      : { cert: options.tls.certificate, key: options.tls.key, hideREQUIRETLS: false }),
    authOptional: true,
    // A name server that does not answer must not hold up the greeting, and names of hosts are not needed.
    disableReverseLookup: true,
    lenientAddressParsing: true,
    // Without a limit that could make a sender give up, yet senders then declare the size, which tells messages apart.
    size: Number.MAX_SAFE_INTEGER,
    hideSize: true,
    maxRecipients: limits.recipients,
    maxCommandLength: limits.line,
    socketTimeout: limits.idle,
    closeTimeout: goodbye,
    onSecure(socket, session, callback) {
      const visit = visits.get(session);
      if (visit !== undefined) answerToTheEnd(socket, visit);
      callback();
    },
    onMailFrom({ address, args }, session, callback) {
      const visit = visits.get(session);
      if (visit === undefined) return callback(temporary(comeBack));
      note(session, visit);
      const size = typeof args === "object" && "SIZE" in args ? String(args.SIZE) : "";
      visit.transaction = { number: ++transactions, sender: address, size, recipients: new Set(), startedAt: clock() };
      callback();
    },
    onRcptTo({ address }, session, callback) {
      const transaction = visits.get(session)?.transaction;
      const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
      if (ours.size > 0 && !ours.has(domain)) {
        counts.elsewhere++;
        return callback(temporary(comeBack));
      }
      const recipient = mark("recipient", address);
      transaction?.recipients.add(recipient);
      // Bounces and questions whether an address exists have no sender: a yes to them would be a lie.
      const reads = options.reads === "headers" && transaction !== undefined && transaction.sender !== "";
      if (transaction !== undefined && !reads) {
        watcher.told(transaction.number, { ...sightingOf(session, transaction), recipients: [recipient] });
      }
      callback(reads ? null : temporary(comeBack));
    },
    onData(stream, session, callback) {
      const visit = visits.get(session);
      if (visit !== undefined) visit.answering = true;
      readHeaders(stream, limits.message).then(
        (headers) => {
          if (visit !== undefined) {
            note(session, visit, headers);
            visit.answering = false;
          }
          callback(temporary(comeBack, headers.cut ? 421 : 451));
        },
        // The sender went away in the middle: it keeps the message, and this was an attempt.
        () => {
          if (visit !== undefined) note(session, visit);
        },
      );
    },
    onClose(session) {
      const visit = visits.get(session);
      if (visit === undefined) return;
      visits.delete(session);
      visit.leave();
      note(session, visit);
    },
  });
  // Sockets of strangers break in every way; a listener that cannot listen is told of below.
  server.on("error", () => undefined);

  server.connect = (socket: Socket) => {
    counts.connections++;
    const host = hostOf(socket.remoteAddress ?? "");
    socket.on("error", () => socket.destroy());
    const slot = Number.parseInt(mark("network", networkOf(socket.remoteAddress ?? "")).slice(0, 8), 16);
    if (!door.enter(host, slot, clock())) {
      counts.overLimit++;
      socket.end(`421 ${tooBusy}\r\n`);
      // Not a timeout of the socket: each byte would put that off, and nobody counts who stands here.
      setTimeout(() => socket.destroy(), goodbye).unref();
      socket.resume();
      return;
    }
    const connection = new SMTPConnection(server, socket);
    const life = setTimeout(() => connection.send(421, tooBusy), limits.life);
    life.unref();
    // Called when the library says that the connection is over: STARTTLS takes every other listener off the socket.
    const leave = (): void => {
      clearTimeout(life);
      door.leave(host);
    };
    const visit: Visit = { transaction: undefined, commands: 0, answering: false, leave };
    visits.set(connection.session, visit);
    const say = connection.send.bind(connection);
    connection.send = (code, data, context) => {
      const words = Array.isArray(data) ? data.map(String) : String(data ?? "");
      if (code >= 500) counts.unread++;
      const reply = neverFinal(code, words);
      if (++visit.commands > limits.commands && reply.code !== 421) say(421, tooBusy, context);
      else say(reply.code, Array.isArray(reply.text) ? [...reply.text] : String(reply.text), context);
    };
    connection.on("error", () => connection.close());
    answerToTheEnd(socket, visit);
    server.connections.add(connection);
    connection.init();
  };

  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    counts,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      // Who has not hung up yet has still been here.
      for (const [session, visit] of visits) note(session, visit);
    },
  };
}

/**
 * A sender that has shut its half gets its answers, and then ours is shut too. The library answers only where both halves
 * are open; without an answer to its message a sender takes the host for dead, and makes all its mail wait for that.
 */
function answerToTheEnd(socket: Socket, visit: Visit): void {
  Object.defineProperty(socket, "readyState", { get: () => (socket.writable ? "open" : "closed") });
  // Most that did not say QUIT are gone for good (Postfix leaves a connection so that it kept for more mail), and what
  // they offered is counted when the connection is over.
  socket.once("end", () => setTimeout(() => socket.end(), visit.answering ? lastAnswer : goodbye).unref());
}

function temporary(text: string, responseCode = 451): Error {
  return Object.assign(new Error(text), { responseCode });
}
