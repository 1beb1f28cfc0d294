// Short queue ids are given out again as soon as they are free: two messages, not one.

import { expect, test } from "vitest";
import { arrives, goes, leaves, Story, tell, waits } from "../../support/story.ts";

test("queue-id-reused: after the first message left, the same id is a new message", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "A1B2C3"),
    goes("10:00:01", "A1B2C3"),
    leaves("10:00:01", "A1B2C3"),
    ...arrives("10:00:02", "A1B2C3"),
    waits("10:00:02", "A1B2C3"),
  ).at("10:01:00");
  expect(totals.messages).toMatchObject({ accepted: 2, removed: 1 });
  expect(totals.recipients).toMatchObject({ delivered: 1, remaining: 1, unknown: 0 });
  expect(backlog).toMatchObject({ messages: 1, delayed: 1 });
});

test("queue-id-reused: a client that gets the id of a message that is still queued shows that its end was missed", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "A1B2C3"),
    waits("10:00:01", "A1B2C3"),
    ...arrives("11:00:00", "A1B2C3"),
  ).at("11:00:01");
  expect(totals.messages).toMatchObject({ accepted: 2, removed: 1 });
  expect(totals.recipients).toMatchObject({ unknown: 1, remaining: 1 });
  expect(backlog).toMatchObject({ messages: 1, delayed: 0, oldestArrival: Date.UTC(2026, 10, 22, 11) });
});

test("queue-id-reused: the queue manager's line before each attempt is the same message", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "A1B2C3"),
    waits("10:00:01", "A1B2C3"),
    "10:05:00 qmgr A1B2C3: from=<sender@lab.test>, size=1000, nrcpt=1 (queue active)",
    waits("10:05:01", "A1B2C3", { delay: 301 }),
  ).at("10:06:00");
  expect(totals.messages).toMatchObject({ accepted: 1, removed: 0 });
  expect(totals.attempts.deferred).toBe(2);
  expect(backlog.messages).toBe(1);
});

test("queue-id-reused: long after a message left, its id tells nothing about it any more", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), goes("10:00:01", "A1B2C3"), leaves("10:00:01", "A1B2C3"));
  story.tell(...arrives("10:10:00", "B1B2C3"), "10:10:01 postsuper A1B2C3: removed");
  expect(story.known.ledger.messages.size).toBe(1);
  expect(story.at("10:10:02").totals.recipients).toMatchObject({ delivered: 1, remaining: 1, deleted: 1 });
});

test.each([1, 3, 4096])("queue-id-reused: how the log is cut into batches changes nothing (%i rows)", (rows) => {
  const lines = [
    ...arrives("10:00:00", "A1B2C3"),
    goes("10:00:01", "A1B2C3"),
    leaves("10:00:01", "A1B2C3"),
    ...arrives("10:20:00", "B1B2C3"),
    "10:20:00 postsuper A1B2C3: removed",
    ...arrives("10:20:01", "A1B2C3"),
  ];
  const whole = new Story({}, 4096).tell(...lines).at("10:21:00");
  expect(new Story({}, rows).tell(...lines).at("10:21:00")).toEqual(whole);
});
