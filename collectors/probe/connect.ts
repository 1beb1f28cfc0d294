// One look at one address: connect, banner, EHLO, STARTTLS, QUIT. Never a message, never more than one connection.

import { isIP, connect as open, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { ProbeResult, ProbeStage } from "../../src/core/outages/endpoints.ts";
import type { Duration, Instant } from "../../src/core/time.ts";

/** What to look at, and how. */
export interface Look {
  /** How it is called in results. */
  readonly endpoint: string;
  /** A literal address: names are resolved before. */
  readonly address: string;
  readonly port: number;
  /** Name that the certificate is asked for, where the address came from a name. */
  readonly servername: string | undefined;
  /** Our own name in EHLO. */
  readonly name: string;
  /** A stage that takes longer has failed. */
  readonly timeout: Duration;
  readonly clock: () => Instant;
}

/** Errors of our own way out: they say nothing of the other side. */
const ours = new Set([
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EMFILE",
  "ENFILE",
  "EACCES",
  "EPERM",
]);

/** Looks once. Never throws: trouble is a result. */
export async function look(target: Look): Promise<ProbeResult> {
  const began = target.clock();
  const result = (stage: ProbeStage, words: string, more: Partial<ProbeResult> = {}): ProbeResult => ({
    endpoint: target.endpoint,
    at: began,
    took: Math.max(0, target.clock() - began),
    stage,
    ours: false,
    code: 0,
    words: cleaned(words),
    certificateEnds: undefined,
    ...more,
  });
  let socket: Socket;
  try {
    socket = await connected(target);
  } catch (error) {
    const code = codeOf(error);
    return result("connect", wordsOf(error), { ours: ours.has(code) });
  }
  const smtp = new SMTPConnection({
    connection: socket,
    host: target.address,
    port: target.port,
    name: target.name,
    greetingTimeout: target.timeout,
    socketTimeout: target.timeout,
    socketCloseTimeout: 1000,
    maxResponseSize: 64 * 1024,
    // Whether the certificate is right is told apart from whether mail gets through: most senders do not look at it.
    tls: {
      rejectUnauthorized: false,
      ...(target.servername !== undefined && isIP(target.servername) === 0 ? { servername: target.servername } : {}),
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      smtp.once("error", reject);
      smtp.once("end", () => reject(new Error("the connection was closed before the greeting was through")));
      smtp.connect((error?: Error | null) => (error ? reject(error) : resolve()));
    });
    const tls = smtp._socket instanceof TLSSocket ? smtp._socket.getPeerCertificate() : undefined;
    const ends = tls?.valid_to === undefined ? Number.NaN : Date.parse(tls.valid_to);
    return result("served", "", { certificateEnds: Number.isNaN(ends) ? undefined : ends });
  } catch (error) {
    return result(stageOf(error, smtp.lastServerResponse), wordsOf(error), { code: replyOf(error) });
  } finally {
    smtp.removeAllListeners();
    smtp.on("error", () => {});
    await goodbye(smtp);
    socket.destroy();
  }
}

function connected({ address, port, timeout }: Look): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = open({ host: address, port });
    const late = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`no connection within ${timeout / 1000} s`), { code: "ETIMEDOUT" }));
    }, timeout);
    socket.once("connect", () => {
      clearTimeout(late);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

/** Says QUIT and waits a moment for the answer, as one should. */
function goodbye(smtp: SMTPConnection): Promise<void> {
  return new Promise((resolve) => {
    const enough = setTimeout(done, 1000);
    function done(): void {
      clearTimeout(enough);
      smtp.close();
      resolve();
    }
    smtp.once("end", done);
    try {
      if (smtp.destroyed) done();
      else smtp.quit();
    } catch {
      done();
    }
  });
}

interface Told {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly message?: unknown;
}

function codeOf(error: unknown): string {
  return String((error as Told).code ?? "");
}

function replyOf(error: unknown): number {
  const code = Number((error as Told).responseCode);
  return Number.isInteger(code) && code >= 200 && code <= 599 ? code : 0;
}

/** The stage at which it went wrong, by the command that was under way and the last answer. */
function stageOf(error: unknown, answer: string | false): ProbeStage {
  const { command, code } = error as Told;
  if (command === "STARTTLS" || code === "ETLS") return "starttls";
  if (command === "EHLO" || command === "HELO") return "ehlo";
  // Silence has no command of its own: after a greeting, it was EHLO that was not answered.
  if (answer !== false && /^2\d\d/.test(answer)) return "ehlo";
  return "banner";
}

function wordsOf(error: unknown): string {
  const { response, message } = error as Told;
  if (typeof response === "string" && response !== "") return response;
  return typeof message === "string" ? message : String(error);
}

/** One line without control characters and direction overrides, of a length for people. */
function cleaned(text: string): string {
  return text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim()
    .slice(0, 200);
}
