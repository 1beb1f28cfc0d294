// What an administrator does to many messages at once is logged as a number, without names.

import { expect, test } from "vitest";
import { arrives, goes, type ListedMessage, leaves, tell, waits } from "../../support/story.ts";

const ids = ["A10000", "A10001", "A10002"];
const waiting = ids.flatMap((id) => [...arrives("10:00:00", id), waits("10:00:01", id)]);
const listed = (all: readonly string[], more: Partial<ListedMessage> = {}): ListedMessage[] =>
  all.map((id) => ({
    id,
    arrival: "10:00:00",
    recipients: [["one@remote.test", "connect to mx.remote.test[198.51.100.7]:25: Connection refused"] as const],
    ...more,
  }));

test("hold-and-release-all: held by number, seen in a listing; released by number, all at once", () => {
  const story = tell(...waiting, "10:10:00 postsuper Placed on hold: 3 messages");
  expect(story.at("10:10:01").backlog.held).toBe(0);
  story.list("10:10:10", listed(ids, { queue: "hold" }));
  expect(story.at("10:10:11").backlog).toMatchObject({ messages: 3, held: 3, delayed: 0 });
  story.tell("10:20:00 postsuper Released from hold: 3 messages");
  expect(story.at("10:20:01").backlog).toMatchObject({ messages: 3, held: 0, delayed: 3 });
});

test("hold-and-release-all: fewer released than are held: only a listing can tell which", () => {
  const story = tell(...waiting).list("10:10:10", listed(ids, { queue: "hold" }));
  story.tell("10:20:00 postsuper Released from hold: 1 message");
  expect(story.at("10:20:01").backlog.held).toBe(3);
  story.list("10:20:10", [...listed(ids.slice(0, 2), { queue: "hold" }), ...listed(ids.slice(2))]);
  expect(story.at("10:20:11").backlog).toMatchObject({ held: 2, delayed: 1 });
});

test("held and released by id", () => {
  const story = tell(...waiting, "10:10:00 postsuper A10000: placed on hold");
  expect(story.at("10:10:01").backlog).toMatchObject({ held: 1, delayed: 2 });
  story.tell("10:11:00 postsuper A10000: released from hold");
  expect(story.at("10:11:01").backlog).toMatchObject({ held: 0, delayed: 3 });
});

test("held on its way in by a rule: it is owed although the queue manager never speaks of it", () => {
  const { totals, backlog } = tell(
    "10:00:00 smtpd A10000: client=client.test[192.0.2.9]",
    "10:00:00 cleanup A10000: message-id=<1@lab.test>",
    "10:00:00 cleanup A10000: hold: header Subject: parked from client.test[192.0.2.9]; from=<a@lab.test> to=<b@remote.test> proto=ESMTP helo=<c>",
  ).at("10:00:10");
  expect(totals.messages.accepted).toBe(1);
  expect(backlog).toMatchObject({ messages: 1, held: 1 });
});

test("delete-all-unnamed: what two listings miss is what was deleted", () => {
  const story = tell(...waiting, "10:10:00 postsuper Deleted: 2 messages");
  expect(story.at("10:10:01").backlog.messages).toBe(3);
  story.list("10:10:10", listed(ids.slice(0, 1)));
  expect(story.at("10:10:11").backlog.messages).toBe(3);
  story.list("10:11:10", listed(ids.slice(0, 1)));
  const { totals, backlog } = story.at("10:11:11");
  expect(backlog.messages).toBe(1);
  expect(totals.messages).toMatchObject({ accepted: 3, removed: 2 });
  expect(totals.recipients).toMatchObject({ deleted: 2, unknown: 0, remaining: 1 });
});

test("delete-all-unnamed: messages that were named one by one are not counted again by the sum", () => {
  const story = tell(
    ...waiting,
    "10:10:00 postsuper A10000: removed",
    "10:10:00 postsuper A10001: removed",
    "10:10:00 postsuper Deleted: 2 messages",
  );
  story.list("10:10:10", []).list("10:11:10", []);
  const { totals } = story.at("10:11:11");
  expect(totals.recipients).toMatchObject({ deleted: 2, unknown: 1, remaining: 0 });
});

test("expired-without-recipient: the queue manager gives up all that are left, and names none", () => {
  const story = tell(
    ...arrives("10:00:00", "A1B2C3", { recipients: 3 }),
    goes("10:00:01", "A1B2C3", { to: "one@other.test" }),
    waits("10:00:01", "A1B2C3", { to: "two@remote.test" }),
    waits("10:00:01", "A1B2C3", { to: "three@remote.test" }),
    "6d 10:00:00 qmgr A1B2C3: from=<sender@lab.test>, status=expired, returned to sender",
    leaves("6d 10:00:00", "A1B2C3"),
  );
  const { totals, backlog, destinations } = story.at("6d 10:00:01");
  expect(totals.recipients).toMatchObject({ delivered: 1, expired: 2, bounced: 0, remaining: 0, unknown: 0 });
  expect(totals.attempts.expired).toBe(1);
  expect(backlog.messages).toBe(0);
  expect(destinations.find(({ name }) => name === "remote.test")).toMatchObject({ expired: 2, waiting: 0 });
});

test("expired-without-recipient: also when an administrator forced it, and when nothing of it was ever tried", () => {
  const { totals } = tell(
    ...arrives("10:00:00", "A1B2C3", { recipients: 2 }),
    "10:05:00 postsuper A1B2C3: expired",
    "10:06:00 qmgr A1B2C3: from=<sender@lab.test>, status=force-expired, returned to sender",
    leaves("10:06:00", "A1B2C3"),
  ).at("10:07:00");
  expect(totals.recipients).toMatchObject({ expired: 2, remaining: 0, unknown: 0 });
});
