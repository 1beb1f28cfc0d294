// A mail server that only takes mail and remembers it: the next hop of a real MTA in tests. Loopback only.

import { createServer, type Server, type Socket } from "node:net";

/** What the hop does with a message. */
export type HopMood =
  | { readonly is: "well" }
  /** Nobody listens: connections are refused. */
  | { readonly is: "down" }
  /** Takes `perMessageMs` for each message. */
  | { readonly is: "slow"; readonly perMessageMs: number }
  /** Answers each RCPT with this line. */
  | { readonly is: "refusing"; readonly reply: string };

/** One message that the hop took responsibility for. */
export interface TakenMessage {
  /** Queue id at the MTA that sent it, from its Received header; empty if there is none. */
  readonly queueId: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  /** Address of the MTA that sent it. */
  readonly client: string;
}

export interface NextHop {
  readonly port: number;
  /** Everything accepted, in order. */
  readonly taken: readonly TakenMessage[];
  /** Recipients turned away with the reply of `refusing`, counted. */
  readonly refusals: number;
  become(mood: HopMood): Promise<void>;
  close(): Promise<void>;
}

/** Ports of all hops here, so that none gets that of another one which is down. */
const given = new Set<number>();

/**
 * A port for a hop. It lies below those that the system gives to whoever asks for any (Linux: from 32768 on): while a hop
 * is down nobody holds its port, and a stranger who was given it would take the mail that is to wait.
 */
function portForHop(): number {
  const [lowest, above] = [12_000, 32_000];
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (above - lowest));
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

/** Starts a next hop on a free port of loopback; the port stays the same while it is down. */
export async function startNextHop(): Promise<NextHop> {
  const taken: TakenMessage[] = [];
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let refusals = 0;
  let mood: HopMood = { is: "well" };
  let server: Server | undefined;

  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };

  const converse = (socket: Socket): void => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    const client = socket.remoteAddress ?? "";
    let text = "";
    let sender = "";
    let recipients: string[] = [];
    let inData = false;
    let busy = false;
    const say = (line: string): void => {
      if (!socket.destroyed) socket.write(`${line}\r\n`);
    };
    const finish = (data: string): void => {
      taken.push({
        queueId: /^Received: .*?\(Postfix[^)]*\).*?\bid ([A-Za-z0-9]+)/ms.exec(data)?.[1] ?? "",
        sender,
        recipients,
        subject: /^Subject: (.*)$/m.exec(data)?.[1]?.trim() ?? "",
        client,
      });
      recipients = [];
      say(`250 2.0.0 Ok: taken as H${taken.length}`);
    };
    const command = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "EHLO")
        say("250-hop.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES");
      else if (verb === "HELO") say("250 hop.test");
      else if (verb === "MAIL") {
        sender = /<([^>]*)>/.exec(line)?.[1] ?? "";
        recipients = [];
        say("250 2.1.0 Ok");
      } else if (verb === "RCPT") {
        if (mood.is === "refusing") {
          refusals++;
          say(mood.reply);
        } else {
          recipients.push(/<(.*)>/.exec(line)?.[1] ?? "");
          say("250 2.1.5 Ok");
        }
      } else if (verb === "DATA") {
        if (recipients.length === 0) say("503 5.5.1 No recipients");
        else {
          inData = true;
          say("354 Go on");
        }
      } else if (verb === "QUIT") {
        say("221 2.0.0 Bye");
        socket.end();
      } else say("250 2.0.0 Ok");
    };
    const read = (): void => {
      while (!busy && !socket.destroyed) {
        const end = inData ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (!inData) {
          command(part);
          continue;
        }
        inData = false;
        if (mood.is !== "slow") {
          finish(part);
          continue;
        }
        busy = true;
        later(mood.perMessageMs, () => {
          busy = false;
          if (socket.destroyed) return;
          finish(part);
          read();
        });
      }
    };
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => {
      text += piece;
      read();
    });
    say("220 hop.test ESMTP");
  };

  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const fresh = createServer({ allowHalfOpen: true }, converse);
      fresh.once("error", reject);
      fresh.listen(port, "127.0.0.1", () => resolve(fresh));
    });
  const shut = async (): Promise<void> => {
    const old = server;
    server = undefined;
    for (const socket of open) socket.destroy();
    if (old !== undefined) await new Promise<void>((resolve) => old.close(() => resolve()));
  };

  let port = portForHop();
  for (let tries = 0; server === undefined; tries++) {
    try {
      server = await listen(port);
    } catch (error) {
      if (tries > 100) throw error;
      port = portForHop();
    }
  }

  return {
    port,
    taken,
    get refusals() {
      return refusals;
    },
    async become(next) {
      mood = next;
      if (next.is === "down") await shut();
      else server ??= await listen(port);
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await shut();
    },
  };
}
