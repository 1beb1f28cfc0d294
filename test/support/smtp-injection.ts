// Puts messages into an MTA by SMTP and notes under which queue ids it took them.

import { connect } from "node:net";

export interface Injection {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  /** Bytes of body text. */
  readonly bytes: number;
  /** Lines of further headers, before the others; a folded one is several lines. */
  readonly headers?: readonly string[];
}

export interface Injected extends Injection {
  /** As answered: `250 2.0.0 Ok: queued as …` (Postfix), `250 OK id=…` (Exim). */
  readonly queueId: string;
}

/** Sends messages one after the other over one connection. Any refusal is an error: tests put in what must be taken. */
export async function injectBySmtp(port: number, messages: readonly Injection[]): Promise<Injected[]> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setEncoding("utf8");
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<string>;
  let text = "";
  const reply = async (): Promise<string> => {
    for (;;) {
      const last = /^\d{3} .*\r\n/m.exec(text);
      if (last !== null) {
        const answer = text.slice(0, last.index + last[0].length);
        text = text.slice(answer.length);
        return answer;
      }
      const { value, done } = await pieces.next();
      if (done === true) throw new Error(`the MTA hung up: ${text}`);
      text += value;
    }
  };
  const ask = async (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    const answer = await reply();
    if (!/^[23]/.test(answer)) throw new Error(`${line} was answered by ${answer.trim()}`);
    return answer;
  };
  const injected: Injected[] = [];
  try {
    await reply();
    await ask("EHLO injector.test");
    for (const message of messages) {
      await ask(`MAIL FROM:<${message.sender}>`);
      for (const recipient of message.recipients) await ask(`RCPT TO:<${recipient}>`);
      await ask("DATA");
      const body = `${"x".repeat(70)}\r\n`.repeat(Math.ceil(message.bytes / 72));
      const answer = await ask(
        `${(message.headers ?? []).map((line) => `${line}\r\n`).join("")}From: <${message.sender}>\r\nTo: <${message.recipients[0]}>\r\nSubject: ${message.subject}\r\n\r\n${body}.`,
      );
      injected.push({ ...message, queueId: /(?:queued as |\bid=)([\w-]+)/.exec(answer)?.[1] ?? "" });
    }
    await ask("QUIT");
  } finally {
    socket.destroy();
  }
  return injected;
}
