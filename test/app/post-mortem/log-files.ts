// Logs for tests of the look back, in a folder of their own.

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A folder that goes with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "mailtide-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes lines, packed if the name ends so; `written` is the file's time, `cut` leaves out the last bytes. */
export function write(
  folder: string,
  name: string,
  lines: readonly string[],
  { written, cut = 0 }: { written?: Date; cut?: number } = {},
): string {
  const path = join(folder, name);
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const bytes = name.endsWith(".gz") ? gzipSync(text) : text;
  writeFileSync(path, bytes.subarray(0, bytes.length - cut));
  if (written !== undefined) utimesSync(path, written, written);
  return path;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov 22 03:04:05`, as syslog writes it. */
export function stamp(at: Date): string {
  return `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${at.toISOString().slice(11, 19)}`;
}

/** One message each `every` seconds from `from` on, delivered in the same second; every fifth bounces, every third client is refused first. */
export function mailLog(from: Date, messages: number, every = 1): string[] {
  const lines: string[] = [];
  for (let n = 0; n < messages; n++) {
    const head = `${stamp(new Date(from.getTime() + n * every * 1000))} mx postfix`;
    const id = (0xa00000 + n).toString(16).toUpperCase();
    const to = `to=<user${n}@place${n % 3}.test>, relay=mx.test[192.0.2.1]:25, delay=0.1, delays=0/0/0/0.1`;
    lines.push(`${head}/smtpd[10]: connect from client.test[192.0.2.9]`);
    if (n % 3 === 0) {
      // The same line twice, as one client tries two recipients.
      const refusal = `${head}/smtpd[10]: NOQUEUE: reject: RCPT from client.test[192.0.2.9]: 554 5.7.1 <x@no.test>: Relay access denied; from=<a@b.test> to=<x@no.test> proto=SMTP helo=<c>`;
      lines.push(refusal, refusal);
    }
    lines.push(
      `${head}/smtpd[10]: ${id}: client=client.test[192.0.2.9]`,
      `${head}/cleanup[11]: ${id}: message-id=<${n}@lab.test>`,
      `${head}/qmgr[12]: ${id}: from=<sender@lab.test>, size=500, nrcpt=1 (queue active)`,
      `${head}/smtp[13]: ${id}: ${to}, ${n % 5 === 4 ? "dsn=5.1.1, status=bounced (host mx.test[192.0.2.1] said: 550 5.1.1 User unknown)" : "dsn=2.0.0, status=sent (250 2.0.0 Ok)"}`,
      `${head}/qmgr[12]: ${id}: removed`,
    );
    if (n % 4 === 0) lines.push(`${head.replace("postfix", "sshd")}[99]: Accepted publickey for root`);
  }
  return lines;
}
