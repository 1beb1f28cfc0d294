// Mail logs of any length for benchmarks: what a busy relay writes, the same each time.

import { closeSync, openSync, writeSync } from "node:fs";

/** Numbers that look random and are the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const start = Date.UTC(2026, 2, 1, 0, 0, 0) / 1000;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Stamps of syslog, kept while the second lasts. */
class Clock {
  now: number = start;
  #stamped = -1;
  #text = "";

  get stamp(): string {
    if (this.#stamped === this.now) return this.#text;
    this.#stamped = this.now;
    const at = new Date(this.now * 1000);
    const time = at.toISOString().slice(11, 19);
    this.#text = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${time} mx1 `;
    return this.#text;
  }
}

class LogFile {
  lines = 0;
  readonly #file: number;
  #pieces: string[] = [];

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  add(line: string): void {
    this.lines++;
    this.#pieces.push(line);
    if (this.#pieces.length === 4096) this.#write();
  }

  #write(): void {
    if (this.#pieces.length > 0) writeSync(this.#file, `${this.#pieces.join("\n")}\n`);
    this.#pieces = [];
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }
}

interface Waiting {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly size: number;
  to: string[];
  attempts: number;
}

const noVowels = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxy";

/** Writes about `lines` lines of a relay that hands most mail on at once, defers some, bounces some; answers how many. */
export function makeLog(path: string, lines: number): number {
  const roll = dice(20260301);
  const file = new LogFile(path);
  const clock = new Clock();
  // Each retried message waits in the bucket of its minute.
  const waiting = new Map<number, Waiting[]>();
  let serial = 0;
  let perSecond = 0;

  const domain = (): string => {
    const n = roll(100);
    return n < 55 ? `big${roll(6)}.example.org` : n < 90 ? `d${roll(400)}.example.org` : `rare${roll(8000)}.test`;
  };
  const pid = (): number => 1000 + roll(30000);
  const relay = (to: string): string => {
    const name = to.slice(to.indexOf("@") + 1);
    return `mx.${name}[198.51.100.${name.length * 7 + (name.charCodeAt(3) % 50)}]:25`;
  };
  const postfix = (program: string, text: string): void => {
    file.add(`${clock.stamp}postfix/${program}[${pid()}]: ${text}`);
  };
  const newId = (): string => {
    serial++;
    if (serial % 3 !== 0) return ((0x10000 + (serial & 0xeffff)) * 0x1000000 + serial).toString(16).toUpperCase();
    let id = "4j";
    let rest = serial * 7919;
    for (let i = 0; i < 9; i++) {
      id += noVowels[rest % noVowels.length];
      rest = Math.floor(rest / noVowels.length) + 31 * i;
    }
    return `${id}z${(serial % 100000).toString(10)}b`;
  };
  const later = (message: Waiting): void => {
    const minute = Math.floor(clock.now / 60) + Math.min(60, 5 << message.attempts);
    const bucket = waiting.get(minute);
    if (bucket === undefined) waiting.set(minute, [message]);
    else bucket.push(message);
  };
  const noise = (): void => {
    switch (roll(6)) {
      case 0:
        file.add(
          `${clock.stamp}sshd[${pid()}]: Failed password for invalid user admin from 203.0.113.${roll(250)} port ${roll(60000)} ssh2`,
        );
        return;
      case 1:
        file.add(
          `${clock.stamp}dovecot: imap-login: Login: user=<user${roll(900)}>, method=PLAIN, rip=192.0.2.${roll(250)}, lip=192.0.2.1, mpid=${pid()}, TLS, session=<${serial}>`,
        );
        return;
      case 2:
        file.add(`${clock.stamp}CRON[${pid()}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`);
        return;
      case 3:
        file.add(
          `${clock.stamp}dovecot: lmtp(user${roll(900)}@example.org)<${pid()}><abc>: msgid=<${serial}@lab.test>: saved mail to INBOX`,
        );
        return;
      case 4:
        file.add(`${clock.stamp}systemd[1]: Started Session ${roll(9000)} of user root.`);
        return;
      default:
        file.add(`${clock.stamp}opendkim[812]: ${newId()}: DKIM-Signature field added (s=mail, d=example.org)`);
    }
  };
  const attempt = (message: Waiting): void => {
    const age = clock.now - message.at;
    const tries = message.to;
    postfix(
      "qmgr",
      `${message.id}: from=<${message.from}>, size=${message.size}, nrcpt=${tries.length} (queue active)`,
    );
    const rest: string[] = [];
    let reported = false;
    for (const to of tries) {
      const fate = roll(1000);
      const hop = relay(to);
      const stages = `${age}/0.0${roll(9)}/0.${10 + roll(80)}/0.${10 + roll(80)}`;
      const dead = to.endsWith("7.example.org") && Math.floor(clock.now / 1800) % 4 === 0;
      if (dead || fate < 40) {
        const busy = `host ${hop.slice(0, -3)} said: 450 4.2.1 <${to}>: Recipient address rejected: Greylisted, see http://postgrey.example.org/help/${roll(40)} (in reply to RCPT TO command)`;
        const why = dead ? `connect to ${hop}: Connection refused` : busy;
        postfix(
          dead ? "smtp" : "relay/smtp",
          `${message.id}: to=<${to}>, relay=${dead ? "none" : hop}, delay=${age}, delays=${stages}, dsn=${dead ? "4.4.1" : "4.2.1"}, status=deferred (${why})`,
        );
        rest.push(to);
        continue;
      }
      if (roll(3) === 0)
        postfix(
          "smtp",
          `Trusted TLS connection established to ${hop}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256`,
        );
      if (fate < 55) {
        postfix(
          "smtp",
          `${message.id}: to=<${to}>, relay=${hop}, delay=${age}, delays=${stages}, dsn=5.1.1, status=bounced (host ${hop.slice(0, -3)} said: 550 5.1.1 <${to}>: Recipient address rejected: User unknown (in reply to RCPT TO command))`,
        );
        reported = true;
        continue;
      }
      postfix(
        "smtp",
        `${message.id}: to=<${to}>, relay=${hop}, delay=${age}, delays=${stages}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${(serial * 2654435761).toString(16).toUpperCase().slice(0, 10)})`,
      );
    }
    if (reported && message.from !== "") {
      const id = newId();
      postfix("cleanup", `${id}: message-id=<${id}@mx1.example.org>`);
      postfix("bounce", `${message.id}: sender non-delivery notification: ${id}`);
      postfix("qmgr", `${id}: from=<>, size=${message.size + 2000}, nrcpt=1 (queue active)`);
      postfix(
        "local",
        `${id}: to=<${message.from}>, relay=local, delay=0.01, delays=0.01/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)`,
      );
      postfix("qmgr", `${id}: removed`);
    }
    if (rest.length === 0) {
      postfix("qmgr", `${message.id}: removed`);
      return;
    }
    message.to = rest;
    message.attempts++;
    if (message.attempts > 40) {
      postfix("qmgr", `${message.id}: from=<${message.from}>, status=expired, returned to sender`);
      postfix("qmgr", `${message.id}: removed`);
    } else later(message);
  };

  let minute = Math.floor(clock.now / 60);
  while (file.lines < lines) {
    if (perSecond++ > 12) {
      perSecond = 0;
      clock.now++;
    }
    const current = Math.floor(clock.now / 60);
    while (minute < current) {
      minute++;
      for (const message of waiting.get(minute) ?? []) attempt(message);
      waiting.delete(minute);
    }
    while (roll(100) < 58) noise();
    const client = `client${roll(3000)}.example.org[192.0.2.${roll(250)}]`;
    if (roll(12) === 0) {
      const port = `smtpd`;
      postfix(port, `connect from ${client}`);
      postfix(
        port,
        `NOQUEUE: reject: RCPT from ${client}: 554 5.7.1 <someone@elsewhere.test>: Relay access denied; from=<spam@bad.test> to=<someone@elsewhere.test> proto=ESMTP helo=<bad.test>`,
      );
      postfix(port, `disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`);
      continue;
    }
    const submission = roll(3) === 0;
    const port = submission ? "submission/smtpd" : "smtpd";
    const id = newId();
    const message: Waiting = {
      id,
      at: clock.now,
      from: roll(25) === 0 ? "" : `sender${roll(5000)}@example.org`,
      size: 900 + roll(60000),
      to: Array.from({ length: roll(12) === 0 ? 2 + roll(4) : 1 }, () => `user${roll(100000)}@${domain()}`),
      attempts: 0,
    };
    postfix(port, `connect from ${client}`);
    if (roll(2) === 0)
      postfix(
        port,
        `Anonymous TLS connection established from ${client}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519`,
      );
    postfix(port, `${id}: client=${client}${submission ? `, sasl_method=PLAIN, sasl_username=user${roll(900)}` : ""}`);
    postfix("cleanup", `${id}: message-id=<${serial}.${roll(1000000)}@mail.example.org>`);
    attempt(message);
    postfix(port, `disconnect from ${client} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7`);
  }
  file.close();
  return file.lines;
}

/** Writes the log of an outage after which `messages` messages wait, tried twice each. */
export function makeWaitingLog(path: string, messages: number): void {
  const roll = dice(7);
  const file = new LogFile(path);
  const clock = new Clock();
  for (let i = 0; i < messages; i++) {
    if (i % 300 === 0) clock.now++;
    const id = (0xa0000000000 + i * 4096 + roll(4096)).toString(16).toUpperCase();
    const to = `user${roll(1000000)}@d${roll(300)}.example.org`;
    file.add(`${clock.stamp}postfix/smtpd[77]: ${id}: client=client.example.org[192.0.2.9]`);
    file.add(
      `${clock.stamp}postfix/qmgr[78]: ${id}: from=<s${roll(5000)}@example.org>, size=${900 + roll(9000)}, nrcpt=1 (queue active)`,
    );
    file.add(
      `${clock.stamp}postfix/smtp[79]: ${id}: to=<${to}>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.dead.test[198.51.100.7]:25: Connection refused)`,
    );
  }
  file.close();
}
