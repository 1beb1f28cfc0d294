// The page for people: 80 columns, and nothing in it that a terminal obeys.

import { expect, test } from "vitest";
import { chart, lengthOf, plain, widthOf } from "../../../src/app/post-mortem/page.ts";
import { folder, mailLog, stamp, write } from "./log-files.ts";
import { commanded } from "./looking-back.ts";

const noon = new Date("2026-11-22T12:00:00Z");
const at = stamp(noon);

const payloads = [
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31m",
  "\u202egnp.exe",
  "\u2066\u2069\u200f\u061c",
  "\u0001\b\r\t\u007f",
  "\u{e0041}\u{e007f}",
  "\ufeff\u2028\u2029\u0085",
  "a\u0301\u0302\u0303\u0304\u0305\u0306",
];

/** Everything of a line that strangers write. */
const hostile = payloads.flatMap((payload, n) => {
  const id = `C0000${n}`;
  return [
    `${at} mx postfix/smtpd[1]: ${id}: client=c.test[192.0.2.9]`,
    `${at} mx postfix/qmgr[1]: ${id}: from=<${payload}@lab.test>, size=1, nrcpt=2 (queue active)`,
    `${at} mx postfix/smtp[1]: ${id}: to=<a@${payload}.test>, relay=mx${payload}[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred (host mx said: 450 ${payload} policy)`,
    `${at} mx postfix/smtp[1]: ${id}: to=<b@${payload}.test>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.0.0, status=bounced (host mx said: 550 ${payload} no such user)`,
    `${at} mx postfix/qmgr[1]: ${payload} is nothing that is known`,
    `${payload} is no line`,
  ];
});

test.each([false, true])(
  "what strangers write moves no cursor and turns no text round (colours: %s)",
  async (terminal) => {
    const path = write(folder(), "mail\u001b[31m\u202e.log", hostile);
    const { exit, stdout } = await commanded([path], { json: false, terminal });
    expect(exit).toBe(0);
    const own = stdout.replace(/\u001b\[(1|2|22|3[0-7]|39)m/g, "").replaceAll("\n", "");
    expect(own).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(stdout.includes("\u001b")).toBe(terminal);
    const { stdout: json } = await commanded([path], { json: true });
    expect(json.trimEnd()).not.toMatch(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u);
  },
);

test("errors about a file with such a name are as harmless", async () => {
  const { stderr } = await commanded(["/none/\u001b]0;x\u0007\u202e.log"]);
  expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("no line is wider than 80 columns, and no section is missing", async () => {
  const long = "x".repeat(63);
  const lines = [...mailLog(noon, 200, 60), ...hostile];
  for (let n = 0; n < 40; n++) {
    const to = `to=<u@${long}.${long}.part${n}.test>, relay=none, delay=${n}, delays=0/0/0/${n}, dsn=4.4.1`;
    lines.push(
      `${stamp(new Date(noon.getTime() + n * 60_000))} mx postfix/smtp[1]: D000${n}: ${to}, status=deferred (connect to ${long}[192.0.2.1]:25: Connection refused)`,
    );
    lines.push(
      `${stamp(new Date(noon.getTime() + n * 60_000))} mx postfix/smtp[1]: E000${n}: to=<u@漢字漢字漢字.test>, relay=none, delay=${n * 9999}, delays=0/0/0/9, dsn=5.1.1, status=bounced (user unknown)`,
    );
  }
  const { stdout } = await commanded([write(folder(), "mail.log", lines)], { json: false });
  expect(stdout.split("\n").filter((line) => widthOf(line) > 80)).toEqual([]);
  const sections = ["What happened", "Totals", "Messages in the queue", "Downtime", "Destinations", "Why mail was"];
  for (const section of [...sections, "Mail that was not delivered", "Delays", "Lines"]) {
    expect(stdout).toContain(`\n${section}`);
  }
});

test("NO_COLOR is respected", async () => {
  const path = write(folder(), "mail.log", mailLog(noon, 3));
  const before = process.env.NO_COLOR;
  process.env.NO_COLOR = "1";
  const { stdout } = await commanded([path], { json: false, terminal: true });
  if (before === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = before;
  expect(stdout).not.toContain("\u001b");
});

test("progress is shown only where it is asked for, and cleared", async () => {
  const path = write(folder(), "mail.log", mailLog(noon, 3));
  expect((await commanded([path])).stderr).toBe("");
});

test("a chart has its highest value at the top, and shows what is small", () => {
  expect(chart([0, 1, 8], 3, 2)).toEqual(["  8 ┤  █", "  0 ┤ ▂█"]);
  expect(chart([1, 1000], 2, 2)).toEqual(["  1,000 ┤ █", "      0 ┤▁█"]);
});

test("lengths of time read as people say them", () => {
  expect([0, 0.04, 9, 59.6, 61, 3599, 3600, 7260, 100_000].map(lengthOf)).toEqual([
    "0 s",
    "0.04 s",
    "9 s",
    "1 min 00 s",
    "1 min 01 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 h 01 min",
    "1 d 03 h",
  ]);
});

test("plain text keeps what is readable", () => {
  expect(plain("Zürich 漢字 é \u{1f600}")).toBe("Zürich 漢字 é \u{1f600}");
  expect(plain("a\u001b[31mb\ud800")).toBe("a [31mb\ufffd");
});
