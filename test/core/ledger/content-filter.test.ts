// Behind a content filter every message has two queue ids, and after a forwarding two or more: it is one message.

import { expect, test } from "vitest";
import { arrives, clock, goes, leaves, Story, tell, waits } from "../../support/story.ts";

const filter = "127.0.0.1[127.0.0.1]:10024";
const took = (id: string): string => `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ${id}`;

function passes(time: string, parent: string, child: string, to = "one@inbox.test"): string {
  return goes(time, parent, { relay: filter, says: took(child), to });
}

test("content-filter-counted-once: parent and child are one message with one delivery", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "AAAA01"),
    ...arrives("10:00:01", "BBBB01"),
    passes("10:00:01", "AAAA01", "BBBB01"),
    leaves("10:00:01", "AAAA01"),
    goes("10:00:02", "BBBB01", { to: "one@inbox.test" }),
    leaves("10:00:02", "BBBB01"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 0 });
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 0, unknown: 0 });
  expect(totals.attempts.delivered).toBe(1);
  expect(backlog.messages).toBe(0);
});

test("content-filter-counted-once: the child is delivered before the filter's answer is logged", () => {
  const { totals } = tell(
    ...arrives("10:00:00", "AAAA01"),
    ...arrives("10:00:01", "BBBB01"),
    goes("10:00:01", "BBBB01", { to: "one@inbox.test" }),
    leaves("10:00:01", "BBBB01"),
    passes("10:00:01", "AAAA01", "BBBB01"),
    leaves("10:00:01", "AAAA01"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 0 });
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 0, unknown: 0 });
});

test("content-filter-counted-once: three recipients pass together", () => {
  const to = ["one@inbox.test", "two@inbox.test", "three@inbox.test"];
  const { totals } = tell(
    ...arrives("10:00:00", "AAAA01", { recipients: 3 }),
    ...arrives("10:00:01", "BBBB01", { recipients: 3 }),
    ...to.map((address) => passes("10:00:01", "AAAA01", "BBBB01", address)),
    leaves("10:00:01", "AAAA01"),
    ...to.map((address) => goes("10:00:02", "BBBB01", { to: address })),
    leaves("10:00:02", "BBBB01"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 0 });
  expect(totals.recipients).toMatchObject({ delivered: 3, remaining: 0, unknown: 0 });
});

test("content-filter-counted-once: split into two children, it leaves once", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "AAAA01", { recipients: 2 }),
    ...arrives("10:00:01", "BBBB01"),
    ...arrives("10:00:01", "BBBB02"),
    passes("10:00:01", "AAAA01", "BBBB01", "one@inbox.test"),
    passes("10:00:01", "AAAA01", "BBBB02", "two@inbox.test"),
    leaves("10:00:01", "AAAA01"),
    goes("10:00:02", "BBBB01", { to: "one@inbox.test" }),
    leaves("10:00:02", "BBBB01"),
    goes("10:00:03", "BBBB02", { to: "two@inbox.test" }),
    leaves("10:00:03", "BBBB02"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 0 });
  expect(totals.recipients).toMatchObject({ delivered: 2, remaining: 0, unknown: 0 });
  expect(backlog.messages).toBe(0);
});

test("content-filter-counted-once: what waits behind the filter is as old as the message", () => {
  const { backlog, totals } = tell(
    ...arrives("10:00:00", "AAAA01"),
    waits("10:00:01", "AAAA01", { why: "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused" }),
    ...arrives("10:20:00", "BBBB01"),
    passes("10:20:00", "AAAA01", "BBBB01"),
    leaves("10:20:00", "AAAA01"),
    waits("10:20:01", "BBBB01", { to: "one@inbox.test", delay: 1 }),
  ).at("10:20:02");
  expect(totals.messages).toMatchObject({ accepted: 1, removed: 0 });
  expect(totals.recipients.remaining).toBe(1);
  expect(backlog).toMatchObject({ messages: 1, oldestArrival: clock("10:00:00") });
});

test("local-forward-counted-once: an alias makes a new id of the same message", () => {
  const { totals } = tell(
    ...arrives("10:00:00", "AAAA01"),
    "10:00:01 cleanup BBBB01: message-id=<AAAA01@lab.test>",
    "10:00:01 qmgr BBBB01: from=<sender@lab.test>, size=1100, nrcpt=1 (queue active)",
    "10:00:01 local AAAA01: to=<alias@lab.test>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (forwarded as BBBB01)",
    leaves("10:00:01", "AAAA01"),
    goes("10:00:02", "BBBB01", { to: "person@remote.test" }),
    leaves("10:00:02", "BBBB01"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 0 });
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 0, unknown: 0 });
});

test("a queue id of a far server that happens to be one of ours, long ago, is not our child", () => {
  const { totals } = tell(
    ...arrives("09:00:00", "BBBB01"),
    waits("09:00:01", "BBBB01"),
    ...arrives("10:00:00", "AAAA01"),
    goes("10:00:01", "AAAA01", { says: "250 2.0.0 Ok: queued as BBBB01" }),
    leaves("10:00:01", "AAAA01"),
  ).at("10:01:00");
  expect(totals.messages).toMatchObject({ accepted: 2, removed: 1 });
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 1 });
});

test("dsn-is-not-accepted: a bounce report is mail of ours, not mail that was handed to us", () => {
  const { totals, backlog } = new Story()
    .tell(
      ...arrives("10:00:00", "AAAA01"),
      "10:00:01 smtp AAAA01: to=<no@remote.test>, relay=mx.remote.test[198.51.100.7]:25, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (host mx.remote.test[198.51.100.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command))",
      "10:00:01 cleanup CCCC01: message-id=<CCCC01@mta.lab.test>",
      "10:00:01 bounce AAAA01: sender non-delivery notification: CCCC01",
      "10:00:01 qmgr CCCC01: from=<>, size=2000, nrcpt=1 (queue active)",
      leaves("10:00:01", "AAAA01"),
      goes("10:00:02", "CCCC01", { to: "sender@lab.test" }),
      leaves("10:00:02", "CCCC01"),
    )
    .at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 1, notifications: 1 });
  expect(totals.recipients).toMatchObject({ bounced: 1, delivered: 1, remaining: 0, unknown: 0 });
  expect(backlog.messages).toBe(0);
});

test("dsn-is-not-accepted: also where the report's line comes after it was queued, or never", () => {
  const after = tell(
    "10:00:01 cleanup CCCC01: message-id=<CCCC01@mta.lab.test>",
    "10:00:01 qmgr CCCC01: from=<>, size=2000, nrcpt=1 (queue active)",
    "10:00:01 bounce AAAA01: sender delay notification: CCCC01",
  ).at("10:01:00");
  expect(after.totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 1 });
  const never = tell(
    "10:00:01 cleanup CCCC01: message-id=<CCCC01@mta.lab.test>",
    "10:00:01 qmgr CCCC01: from=<>, size=2000, nrcpt=1 (queue active)",
  ).at("10:01:00");
  expect(never.totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 1 });
});

test("a bounce that comes to us from outside is mail like any other", () => {
  const { totals } = tell(...arrives("10:00:00", "AAAA01", { sender: "" })).at("10:00:01");
  expect(totals.messages).toEqual({ accepted: 1, removed: 0, notifications: 0 });
});
