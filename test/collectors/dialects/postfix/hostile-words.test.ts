// Whatever a stranger says, in an address or in a reply, it stays what a stranger said.

import { describe, expect, test } from "vitest";
import { readLine, readText } from "./log-lines.ts";

const header = "Nov  2 09:00:00 mx1 postfix/smtp[7]: 5A1B22C0F4: ";
const fields = "relay=mx.north.test[198.51.100.4]:25, delay=1.2, delays=0.08/0.01/0.6/0.51, dsn=4.2.0, status=deferred";

// What a remote server may write into its reply; Postfix has made one line of it and of control characters question marks.
const replies = [
  "450 4.2.0 status=sent (250 2.0.0 Ok: queued as FORGED)",
  "450 4.2.0 later), dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as FORGED)",
  "450 4.2.0 x, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok",
  "450 4.2.0 to=<a@b.test>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)",
  "450 4.2.0 >, relay=evil, delay=0, delays=0/0/0/0, dsn=5.0.0, status=bounced (no)",
  "450 4.2.0 ))))))((((((",
  "450 4.2.0 \\",
  '450 4.2.0 "',
  '450 4.2.0 """""',
  '450 4.2.0 <"@>',
  "450 4.2.0 , , , , =",
  "450 4.2.0 status=",
  "450 4.2.0 , status=bounced (550 5.1.1 gone",
  "450 4.2.0 , dsn=5.0.0, status=bounced (",
  "450 4.2.0 ?Nov  2 09:00:01 mx1 postfix/qmgr[1]: 5A1B22C0F4: removed",
  "450 4.2.0 #012Nov  2 09:00:01 mx1 postfix/qmgr[1]: 5A1B22C0F4: removed",
  "450 4.2.0 \u001b[31mred\u001b[0m",
  "450 4.2.0 \u202egnp.exe",
  "450 4.2.0 <script>alert(1)</script>",
  "450 4.2.0 $(reboot) `reboot`",
  "450 4.2.0 %s%s%n",
  "450 4.2.0 = (queue active)",
  "450 4.2.0 from=<a@b.test>, size=1, nrcpt=1 (queue active)",
  "450 4.2.0 from=<a@b.test>, status=expired, returned to sender",
  "450 4.2.0 sender non-delivery notification: 4kZfW13Kk5z3Nq9",
  "450 4.2.0 forwarded as FORGED",
  "450 4.2.0 queued as FORGED",
  "450 4.2.0 said: 250 2.0.0 fine",
  "450 4.2.0 host x[192.0.2.1] said: 550 5.0.0 no",
  "450 4.2.0 \ud83d\udca5 ä ö ü",
  "450 4.2.0 \u0000\u0000",
  `450 4.2.0 ${"a".repeat(4000)}`,
  `450 4.2.0 ${"status=sent (".repeat(300)}`,
  `450 4.2.0 ${">".repeat(2000)}`,
  `450 4.2.0 ${'"'.repeat(2000)}`,
];

test.each(replies)("a reply cannot change what happened: %s", (reply) => {
  const text = `host mx.north.test[198.51.100.4] said: ${reply} (in reply to RCPT TO command)`;
  expect(readLine(`${header}to=<bob@north.test>, ${fields} (${text})`)).toEqual({
    kind: "deferred",
    time: "2026-11-02T09:00:00.000Z",
    instance: "mx1/postfix",
    queueId: "5A1B22C0F4",
    recipient: "bob@north.test",
    relay: "mx.north.test[198.51.100.4]:25",
    delay: 1.2,
    delays: [0.08, 0.01, 0.6, 0.51],
    reply: { code: 450, status: "4.2.0", text },
  });
});

// Addresses that are allowed, quoted as Postfix logs them.
const recipients = [
  '"x>, relay=evil, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok"@a.test',
  '"x>, orig_to=<y>, relay=evil"@a.test',
  '"x>, status=sent (ok)"@a.test',
  '"a\\"b>, relay=evil\\""@a.test',
  '"\\\\"@a.test',
  '"\\\\\\">, relay=evil"@a.test',
  '"strange, (to=<x@y>)"@a.test',
  '">"@a.test',
  '">>>>"@a.test',
  '""@a.test',
  '" "@a.test',
  '"a b"@a.test',
  "o'brien@a.test",
  "a=b@a.test",
  "a+b/c?d#e!f@a.test",
  "user%other.test@a.test",
  "@a.test",
  "postmaster",
  "",
  "jörg@straße.test",
  "用户@例子.test",
  "a@[192.0.2.1]",
  "a@[IPv6:2001:db8::1]",
  `${"a".repeat(400)}@a.test`,
  "{}@a.test",
  "|/bin/sh@a.test",
];

test.each(recipients)("an address cannot change what happened: %s", (recipient) => {
  const expected = recipient === "" ? {} : { recipient };
  expect(
    readLine(`${header}to=<${recipient}>, ${fields} (connect to mx.north.test[198.51.100.4]:25: Connection refused)`),
  ).toEqual({
    kind: "deferred",
    time: "2026-11-02T09:00:00.000Z",
    instance: "mx1/postfix",
    queueId: "5A1B22C0F4",
    ...expected,
    relay: "mx.north.test[198.51.100.4]:25",
    delay: 1.2,
    delays: [0.08, 0.01, 0.6, 0.51],
    reply: { status: "4.2.0", text: "connect to mx.north.test[198.51.100.4]:25: Connection refused" },
  });
});

test.each(recipients)("nor can the address before aliasing: %s", (original) => {
  const event = readLine(`${header}to=<bob@north.test>, orig_to=<${original}>, ${fields} (later)`);
  expect(event).toMatchObject({
    kind: "deferred",
    recipient: "bob@north.test",
    relay: "mx.north.test[198.51.100.4]:25",
    reply: { text: "later" },
  });
  expect(event).toHaveProperty("delay", 1.2);
  if (original !== "") expect(event).toHaveProperty("originalRecipient", original);
});

test.each([
  ...recipients,
  '"x>, size=1, nrcpt=1 (queue active)"@a.test',
  "x>, size=99999, nrcpt=77 (queue active)@a.test",
  "x>, status=expired, returned to sender@a.test",
])("a sender cannot change size or number of recipients: %s", (sender) => {
  expect(
    readLine(`Nov  2 09:00:00 mx1 postfix/qmgr[7]: 5A1B22C0F4: from=<${sender}>, size=2310, nrcpt=2 (queue active)`),
  ).toEqual({
    kind: "accepted",
    time: "2026-11-02T09:00:00.000Z",
    instance: "mx1/postfix",
    queueId: "5A1B22C0F4",
    sender,
    size: 2310,
    recipients: 2,
  });
  expect(
    readLine(`Nov  2 09:00:00 mx1 postfix/qmgr[7]: 5A1B22C0F4: from=<${sender}>, status=expired, returned to sender`),
  ).toMatchObject({
    kind: "expired",
    sender,
  });
});

describe("an old Postfix logged addresses without quotes", () => {
  test.each(['a"b@a.test', "a>b@a.test", "a b@a.test", '"a@a.test', "a, b@a.test"])("%s", (recipient) => {
    expect(readLine(`${header}to=<${recipient}>, ${fields} (later)`)).toMatchObject({
      kind: "deferred",
      recipient,
      reply: { text: "later" },
    });
  });
});

describe("the queue id at the relay is the last one named", () => {
  test.each([
    ["250 2.0.0 Ok: queued as 7F00A18C2B", "7F00A18C2B"],
    ["250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 7F00A18C2B", "7F00A18C2B"],
    ["250 queued as FIRST, no: queued as 7F00A18C2B", "7F00A18C2B"],
    ["250 2.0.0 Ok: queued as 4kZfW13Kk5z3Nq9; thank you", "4kZfW13Kk5z3Nq9"],
    ["forwarded as 7F00A18C2B", "7F00A18C2B"],
    ["250 2.1.5 <a@b.test> Saved", undefined],
    ["250 as X", undefined],
    ["delivered to mailbox", undefined],
    ["", undefined],
  ])("%s", (text, id) => {
    const event = readLine(
      `${header}to=<bob@north.test>, relay=a[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (${text})`,
    );
    expect(event).toMatchObject({ kind: "delivered", reply: { text } });
    expect(typeof event === "object" ? event.other : event).toBe(id);
  });
});

test.each([
  ["connect to mx.north.test[198.51.100.4]:25: Connection refused", undefined],
  ["lost connection with mx.north.test[198.51.100.4] while sending RCPT TO", undefined],
  ["delivery temporarily suspended: connect to mx.north.test[198.51.100.4]:250: Connection timed out", undefined],
  ["delivery temporarily suspended: host mx.north.test[198.51.100.4] said: 421 4.7.0 wait", 421],
  ["host mx.north.test[198.51.100.4] refused to talk to me: 554-no 554 thanks", 554],
  ["host mx.north.test[198.51.100.4] said: 4500 what", undefined],
  ["host mx.north.test[198.51.100.4] said: 45", undefined],
  ["host mx.north.test[198.51.100.4] said: 450", 450],
  ["host mx.north.test[198.51.100.4] said: hello", undefined],
  ["user unknown. Command output: 550 5.1.1 says the command", undefined],
])("the reply code is the server's: %s", (text, code) => {
  const event = readLine(`${header}to=<bob@north.test>, ${fields} (${text})`);
  expect(typeof event === "object" ? event.reply?.code : event).toBe(code);
});

test("a name that is no program of Postfix makes no event, whatever it says", () => {
  const said = "5A1B22C0F4: to=<a@b.test>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)";
  for (const tag of [
    "dovecot",
    "sshd[1]",
    "postfixer/smtp2[1]",
    "/smtp[1]",
    "smtp[1]",
    "x/y[1]",
    "postfix//[1]",
    "kernel",
  ]) {
    const { events } = readText(`Nov  2 09:00:00 mx1 ${tag}: ${said}\n`);
    expect(events).toEqual([]);
  }
});

test("a thousand hosts and ten thousand tags cost memory once, and each keeps its own name", () => {
  let log = "";
  for (let i = 0; i < 10_000; i++) log += `Nov  2 09:00:00 h${i % 5000} tag${i}/qmgr[1]: 5A1B22C0F4: removed\n`;
  const { lines, events } = readText(log + log);
  expect(lines.read).toBe(20_000);
  expect(events.map((event) => event.instance)).toEqual(
    events.map((_, i) => `h${(i % 10_000) % 5000}/tag${i % 10_000}`),
  );
});

test("a name keeps its meaning after thousands of others, on one host and on two", () => {
  const ours = (host: string): string => `Nov  2 09:00:00 ${host} postfix/qmgr[1]: 5A1B22C0F4: removed\n`;
  let log = ours("h1") + ours("h2");
  for (let i = 0; i < 5000; i++) {
    log += `Nov  2 09:00:00 h1 q${i}[1]: hello\n`;
    // Each takes the number that another name had before.
    if (i % 1000 === 0) log += `Nov  2 09:00:00 h1 m${i}/qmgr[1]: 5A1B22C0F4: removed\n`;
  }
  log += ours("h1");
  for (let i = 0; i < 4096; i++) log += `Nov  2 09:00:00 h1 n${i}/qmgr[1]: 5A1B22C0F4: removed\n`;
  for (let i = 0; i < 4096; i++)
    log += `Nov  2 09:00:00 h2 n${i}/qmgr[1]: 5A1B22C0F4: removed\n${i % 7 === 0 ? ours("h1") : ""}`;
  const { events } = readText(log + ours("h1") + ours("h2"));
  const named = (log + ours("h1") + ours("h2")).matchAll(/ (h\d) ([a-z]+\d*)\/qmgr/g);
  expect(events.map((event) => event.instance)).toEqual([...named].map(([, host, name]) => `${host}/${name}`));
});

test("the old queue id of a requeue is what pickup says, not the sender", () => {
  expect(
    readLine(
      'Nov  2 09:00:00 mx1 postfix/pickup[7]: 6B2C33D107: uid=1 from=<"a orig_id=1111111111 orig_id=222222"@b.test> orig_id=5A1B22C0F4',
    ),
  ).toMatchObject({ kind: "offered", other: "5A1B22C0F4" });
});

test("a line longer than sixteen kibibytes is one malformed line", () => {
  const { lines, events } = readText(
    `${header}to=<${"a".repeat(17_000)}@a.test>, ${fields} (later)\n${header}to=<b@a.test>, ${fields} (later)\n`,
  );
  expect(lines).toEqual({ read: 1, foreign: 0, unsupported: 0, malformed: 1 });
  expect(events.length).toBe(1);
});

test("lines that end in a carriage return are the same lines", () => {
  const line = `${header}to=<b@a.test>, ${fields} (later)`;
  expect(readText(`${line}\r\n${line}\r\n`).events).toEqual(readText(`${line}\n${line}`).events);
});
