// Files that are not there, not whole, or not what they seem: each has its sentence, and none is passed over in silence.

import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { folder, mailLog, write } from "./log-files.ts";
import { commanded, happened } from "./looking-back.ts";

const lines = mailLog(new Date("2026-11-22T12:00:00Z"), 200);

test("a missing file ends it, with the next step", async () => {
  const at = folder();
  const good = write(at, "mail.log", lines);
  const { exit, stdout, stderr } = await commanded([good, `${at}/mail.log.1`]);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  expect(stderr).toBe(
    `mailtide: There is no ${at}/mail.log.1.\n  Check the path, and that the mail system logs there.\n`,
  );
});

test("a folder ends it", async () => {
  const { exit, stderr } = await commanded([folder()]);
  expect(exit).toBe(2);
  expect(stderr).toContain("is a directory");
});

test("something that is no text ends it", async () => {
  const path = `${folder()}/mail.db`;
  writeFileSync(
    path,
    Uint8Array.from({ length: 9999 }, (_, i) => i & 255),
  );
  const { exit, stderr } = await commanded([path]);
  expect(exit).toBe(2);
  expect(stderr).toContain("is not a text log");
});

test("a packed file that is cut short is read as far as it goes, with a warning", async () => {
  const at = folder();
  const path = write(at, "mail.log.gz", lines, { cut: 500 });
  const { totals, notes } = await happened([path]);
  expect(totals.messages.accepted).toBeGreaterThan(20);
  expect(totals.messages.accepted).toBeLessThan(200);
  expect(notes.join()).toContain("only its beginning could be read");
});

test.each([
  ["another program's log", lines.map((line) => line.replace(/postfix\S*:/, "sshd[1]:")), "its lines are from sshd"],
  ["the journal as JSON", lines.map((line) => JSON.stringify({ MESSAGE: line })), "journalctl -o short-iso"],
  ["a log of Exim", lines.map((_, i) => `2026-11-22 12:00:00 1abcde-0000${10 + i}-AB Completed`), "a main log of Exim"],
  ["prose", ["Once upon a time", "there was a queue"], "it does not look like a log of syslog"],
])("%s ends it, and says what it looks like", async (_name, content, says) => {
  const path = write(folder(), "mail.log", content);
  const { exit, stderr } = await commanded([path]);
  expect(exit).toBe(2);
  expect(stderr).toContain(`There is no Postfix line among the ${content.length} lines of ${path}: `);
  expect(stderr).toContain(says);
});

test("an empty log ends it", async () => {
  const { exit, stderr } = await commanded([write(folder(), "mail.log", [])]);
  expect(exit).toBe(2);
  expect(stderr).toContain("There is no line in");
});

test("one empty and one foreign file beside a good one are named", async () => {
  const at = folder();
  const foreign = lines.slice(0, 7).map((line) => line.replace(/postfix\S*:/, "dovecot:"));
  const files = [write(at, "mail.log", lines), write(at, "empty.log", []), write(at, "auth.log", foreign)];
  const { totals, notes } = await happened(files);
  expect(totals.messages.accepted).toBe(200);
  expect(notes).toEqual(
    expect.arrayContaining([
      `${at}/empty.log is empty`,
      `${at}/auth.log has no line of Postfix (its lines are from dovecot)`,
    ]),
  );
});

test("a configuration that cannot be read ends it; one that can is used", async () => {
  const at = folder();
  const log = write(at, "mail.log", lines);
  const { exit, stderr } = await commanded([log], { postconf: `${at}/none` });
  expect(exit).toBe(2);
  expect(stderr).toContain("cannot be read");
  const postconf = write(at, "postconf", ["maximal_queue_lifetime = 2d"]);
  expect((await happened([log], { postconf })).schedule).toMatchObject({ lifetime: 172_800_000, source: "configured" });
  expect((await happened([log])).schedule.source).toBe("assumed");
});

test("lines that were not read are shown, and counted", async () => {
  const odd = ["Nov 22 12:00:30 mx postfix/qmgr[1]: something nobody has written yet", "garbage"];
  const path = write(folder(), "mail.log", [...lines, ...odd]);
  const { totals, unread } = await happened([path]);
  expect(totals.lines).toMatchObject({ unsupported: 1, malformed: 1 });
  expect(unread.map(({ kind, line }) => ({ kind, line }))).toEqual([
    { kind: "unsupported", line: odd[0] },
    { kind: "malformed", line: odd[1] },
  ]);
});
