// A listing of the queue sets right what the log did not say, and believes the log where that is newer.

import { expect, test } from "vitest";
import { arrives, clock, goes, leaves, queued, refusal, Story, tell, waits } from "../../support/story.ts";

const one = { id: "A1B2C3", arrival: "10:00:00", recipients: [["one@remote.test", refusal] as const] };

test("survey-first-then-log: what was there before we came is owed, and was not accepted before our eyes", () => {
  const story = new Story().list("11:00:00", [one]);
  const before = story.at("11:00:05");
  expect(before.totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 0 });
  expect(before.totals.recipients.remaining).toBe(1);
  expect(before.backlog).toMatchObject({ messages: 1, delayed: 1, oldestArrival: clock("10:00:00") });
  expect(before.destinations[0]).toMatchObject({
    name: "remote.test",
    waiting: 1,
    reasons: [{ reason: "connection-refused", recipients: 1 }],
  });
  const after = story
    .tell(queued("11:05:00", "A1B2C3"), goes("11:05:01", "A1B2C3"), leaves("11:05:01", "A1B2C3"))
    .at("11:06:00");
  expect(after.totals.recipients).toMatchObject({ delivered: 1, remaining: 0, unknown: 0 });
  expect(after.totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 0 });
  expect(after.backlog.messages).toBe(0);
});

test("survey-first-then-log: the listing was made in the second in which the message came", () => {
  const story = new Story().list("10:00:00", [{ ...one, queue: "active", recipients: ["one@remote.test"] }]);
  const { totals, backlog } = story.tell(...arrives("10:00:00", "A1B2C3")).at("10:00:01");
  expect(totals.messages.accepted).toBe(1);
  expect(backlog.messages).toBe(1);
});

test("message-listed-twice-in-one-survey: it moved meanwhile and is one message", () => {
  const story = new Story().list("11:00:00", [{ ...one, queue: "active" }, one]);
  const { backlog, queue } = story.at("11:00:01");
  expect(backlog).toMatchObject({ messages: 1, recipients: 1 });
  expect(queue?.queues.active.messages).toBe(1);
  expect(queue?.queues.deferred.messages).toBe(0);
});

test("vanished after two surveys: one that misses it may have been made while it moved", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:01", "A1B2C3")).list("11:00:00", []);
  expect(story.at("11:00:01").backlog.messages).toBe(1);
  story.list("11:01:00", []);
  const { totals, backlog } = story.at("11:01:01");
  expect(backlog.messages).toBe(0);
  expect(totals.messages).toMatchObject({ accepted: 1, removed: 1 });
  expect(totals.recipients).toMatchObject({ remaining: 0, unknown: 1 });
  expect(totals.recipients.delivered + totals.recipients.deleted).toBe(0);
});

test("vanished: not if it was missed, seen, and missed again; not by listings that broke off", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:01", "A1B2C3"));
  story.list("11:00:00", []).list("11:01:00", [one]).list("11:02:00", []);
  expect(story.at("11:02:01").backlog.messages).toBe(1);
  story.list("11:03:00", [], false).list("11:04:00", [], false);
  expect(story.at("11:04:01").backlog.messages).toBe(1);
  expect(story.at("11:04:01").queue?.truncated).toBe(true);
});

test("a message that the log has just seen leave is still in the listing that began before", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), goes("10:00:05", "A1B2C3"), leaves("10:00:05", "A1B2C3"));
  const { backlog, totals, queue } = story.list("10:00:05", [one]).at("10:00:06");
  expect(backlog.messages).toBe(0);
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 0 });
  expect(queue?.queues.deferred.messages).toBe(1);
});

test("a message that came while the listing was made is not missed by it", () => {
  const story = new Story().list("10:00:00", []).tell(...arrives("10:00:10", "A1B2C3"));
  story.list("10:00:10", []);
  story.tell(waits("10:00:12", "A1B2C3"));
  expect(story.at("10:00:13").backlog.messages).toBe(1);
});

test("recipients that went without a line: the listing has fewer", () => {
  const story = tell(
    ...arrives("10:00:00", "A1B2C3", { recipients: 3 }),
    waits("10:00:01", "A1B2C3", { to: "one@remote.test" }),
    waits("10:00:01", "A1B2C3", { to: "two@remote.test" }),
    waits("10:00:01", "A1B2C3", { to: "three@remote.test" }),
  ).list("11:00:00", [one]);
  const { totals, backlog, destinations } = story.at("11:00:01");
  expect(backlog).toMatchObject({ messages: 1, recipients: 1 });
  expect(totals.recipients).toMatchObject({ remaining: 1, unknown: 2 });
  expect(destinations[0].waiting).toBe(1);
});

test("a flush leaves no line: the next listing has the times from the spool, and those count", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:01", "A1B2C3"));
  const rule = story.at("10:02:00").retries.nextAttempt;
  story.list("10:02:30", [{ ...one, next: "10:03:17" }]);
  expect(story.at("10:02:31").retries.nextAttempt).toBe(clock("10:03:17"));
  expect(rule).not.toBe(clock("10:03:17"));
});

test("a marked message in a listing is known to expire at its next attempt", () => {
  const story = new Story().list("11:00:00", [{ ...one, forced: true }]);
  expect(story.at("11:00:01").backlog.messages).toBe(1);
});

test("reasons of a listing are classed as those of the log, what is remembered included", () => {
  const why = "delivery temporarily suspended: connect to mx.remote.test[198.51.100.7]:25: Connection refused";
  const story = new Story().list("11:00:00", [{ ...one, recipients: [["one@remote.test", why]] }]);
  expect(story.at("11:00:01").destinations[0].reasons).toEqual([{ reason: "connection-refused", recipients: 1 }]);
});
