// A Postfix log that was never written by Postfix: as long as a test wants it, and with its truth known.
//
// Messages with one to three recipients, deferrals before success, bounces, expiry, refused clients, queue ids that come
// back, other programs between, lines that are cut. The same seed makes the same bytes.

export interface MadeLog {
  readonly bytes: Buffer;
  readonly lines: number;
  /** Stamp of the last line. */
  readonly end: number;
  readonly truth: {
    readonly accepted: number;
    readonly removed: number;
    readonly delivered: number;
    readonly bounced: number;
    readonly expired: number;
    readonly deferredAttempts: number;
    readonly refused: number;
    /** Lines of other programs. */
    readonly foreign: number;
    readonly malformed: number;
  };
}

/** Numbers from 0 to `n` - 1, the same for the same seed. */
export function dice(seed: number): (n: number) => number {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

interface Waiting {
  readonly id: string;
  readonly arrival: number;
  due: number;
  tries: number;
  readonly left: string[];
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function stamp(at: number): string {
  const time = new Date(at);
  const day = String(time.getUTCDate()).padStart(2, " ");
  return `${months[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)}`;
}

/** Makes a log of at least so many lines; what was begun is brought to its end, so a few more. */
export function makeLog(lines: number, seed: number): MadeLog {
  const roll = dice(seed);
  const parts: string[] = [];
  const buffers: Buffer[] = [];
  const truth = {
    accepted: 0,
    removed: 0,
    delivered: 0,
    bounced: 0,
    expired: 0,
    deferredAttempts: 0,
    refused: 0,
    foreign: 0,
    malformed: 0,
  };
  let count = 0;
  let at = Date.UTC(2026, 10, 20, 6, 0, 0);
  let head = "";
  let headAt = Number.NaN;
  const line = (program: string, text: string): void => {
    if (at !== headAt) {
      head = stamp(at);
      headAt = at;
    }
    parts.push(`${head} mta ${program}[${1000 + roll(40)}]: ${text}\n`);
    count++;
    if (parts.length >= 20_000) buffers.push(Buffer.from(parts.splice(0).join("")));
  };
  let waiting: Waiting[] = [];
  const inUse = new Set<string>();
  const begin = (): void => {
    let id: string;
    // Few ids, so that they come back.
    do id = `4F${(0x1000 + roll(20_000)).toString(16).toUpperCase()}`;
    while (inUse.has(id));
    inUse.add(id);
    const recipients = Array.from({ length: 1 + Math.max(0, roll(8) - 5) }, () => `u${roll(500)}@d${roll(30)}.test`);
    line("postfix/smtpd", `${id}: client=client${roll(9)}.example.org[192.0.2.${1 + roll(250)}]`);
    line("postfix/cleanup", `${id}: message-id=<${count}.${roll(1 << 30)}@example.org>`);
    line(
      "postfix/qmgr",
      `${id}: from=<s${roll(200)}@example.org>, size=${400 + roll(90_000)}, nrcpt=${recipients.length} (queue active)`,
    );
    truth.accepted++;
    attempt({ id, arrival: at, due: at, tries: 0, left: recipients });
  };
  const attempt = (mail: Waiting): void => {
    mail.tries++;
    const delay = (at - mail.arrival) / 1000 + roll(100) / 100;
    const fields = `delay=${delay}, delays=${delay}/0.01/0.1/0.2`;
    if (mail.tries > 1) line("postfix/qmgr", `${mail.id}: from=<s@example.org>, size=500, nrcpt=1 (queue active)`);
    if (mail.tries > 6) {
      line("postfix/qmgr", `${mail.id}: from=<s@example.org>, status=expired, returned to sender`);
      truth.expired += mail.left.length;
      mail.left.length = 0;
    }
    for (let i = mail.left.length - 1; i >= 0; i--) {
      const to = mail.left[i];
      const domain = to.slice(to.indexOf("@") + 1);
      const relay = `relay=mx.${domain}[198.51.100.${1 + (domain.charCodeAt(1) % 90)}]:25`;
      const fate = roll(100);
      if (domain === "d7.test" || fate < 12) {
        const why = `host mx.${domain}[198.51.100.1] said: 451 4.7.1 <${to}>: try again later (in reply to RCPT TO command)`;
        line("postfix/smtp", `${mail.id}: to=<${to}>, ${relay}, ${fields}, dsn=4.7.1, status=deferred (${why})`);
        truth.deferredAttempts++;
        continue;
      }
      mail.left.splice(i, 1);
      if (fate < 15) {
        const why = `host mx.${domain}[198.51.100.1] said: 550 5.1.1 <${to}>: no such user (in reply to RCPT TO command)`;
        line("postfix/smtp", `${mail.id}: to=<${to}>, ${relay}, ${fields}, dsn=5.1.1, status=bounced (${why})`);
        truth.bounced++;
      } else {
        const reply = `250 2.0.0 Ok: queued as ${roll(1 << 28).toString(16)}`;
        line("postfix/smtp", `${mail.id}: to=<${to}>, ${relay}, ${fields}, dsn=2.0.0, status=sent (${reply})`);
        truth.delivered++;
      }
    }
    if (mail.left.length > 0) {
      mail.due = at + Math.max(300_000, at - mail.arrival);
      waiting.push(mail);
      return;
    }
    line("postfix/qmgr", `${mail.id}: removed`);
    truth.removed++;
    inUse.delete(mail.id);
  };
  const noise = (): void => {
    const kind = roll(20);
    if (kind < 12) {
      line("dovecot", `imap-login: Login: user=<u${roll(500)}>, method=PLAIN, rip=203.0.113.${1 + roll(200)}`);
      truth.foreign++;
    } else if (kind < 15) {
      const to = `x${roll(99)}@d1.test`;
      const client = `unknown[203.0.113.${1 + roll(200)}]`;
      line(
        "postfix/smtpd",
        `NOQUEUE: reject: RCPT from ${client}: 554 5.7.1 <${to}>: Relay access denied; from=<a@example.org> to=<${to}> proto=ESMTP helo=<h>`,
      );
      truth.refused++;
    } else if (kind < 19) {
      line("postfix/smtpd", `connect from client${roll(9)}.example.org[192.0.2.${1 + roll(250)}]`);
    } else {
      parts.push("\u0000\u0000 half of a li\n");
      count++;
      truth.malformed++;
    }
  };
  while (count < lines) {
    at += 1000 * roll(3);
    begin();
    if (roll(3) === 0) noise();
    if (roll(20) === 0) {
      const due = waiting.filter((mail) => mail.due <= at);
      waiting = waiting.filter((mail) => mail.due > at);
      for (const mail of due) attempt(mail);
    }
  }
  buffers.push(Buffer.from(parts.join("")));
  return { bytes: Buffer.concat(buffers), lines: count, end: at, truth };
}
