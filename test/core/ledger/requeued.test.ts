// `postsuper -r`: the same message under a new id; the old id has no line of its end.

import { expect, test } from "vitest";
import { arrives, clock, goes, leaves, queued, tell, waits } from "../../support/story.ts";

const requeue = [
  "10:30:00 postsuper A1B2C3: requeued",
  "10:30:05 pickup D4E5F6: uid=102 from=<sender@lab.test> orig_id=A1B2C3",
  "10:30:05 cleanup D4E5F6: message-id=<A1B2C3@lab.test>",
  queued("10:30:05", "D4E5F6"),
];

test("requeue-keeps-age: one message, as old as it was, counted once", () => {
  const story = tell(...arrives("10:00:00", "A1B2C3"), waits("10:00:01", "A1B2C3"), ...requeue);
  const { totals, backlog } = story.at("10:30:10");
  expect(totals.messages).toMatchObject({ accepted: 1, removed: 0 });
  expect(totals.recipients).toMatchObject({ remaining: 1, unknown: 0 });
  expect(backlog).toMatchObject({ messages: 1, oldestArrival: clock("10:00:00") });
  const after = story.tell(goes("10:30:11", "D4E5F6", { delay: 6 }), leaves("10:30:11", "D4E5F6")).at("10:31:00");
  expect(after.totals.messages).toMatchObject({ accepted: 1, removed: 1 });
  expect(after.totals.recipients).toMatchObject({ delivered: 1, remaining: 0, unknown: 0 });
  expect(after.backlog.messages).toBe(0);
  // The delay is the whole wait, not the time since it was requeued: 1,811 s.
  expect(after.deliveryDelay.counts.indexOf(1)).toBe(after.deliveryDelay.bounds.indexOf(3600));
});

test("requeue-keeps-age: what was delivered before stays delivered", () => {
  const { totals } = tell(
    ...arrives("10:00:00", "A1B2C3", { recipients: 3 }),
    goes("10:00:01", "A1B2C3", { to: "two@other.test" }),
    goes("10:00:01", "A1B2C3", { to: "three@other.test" }),
    waits("10:00:01", "A1B2C3"),
    ...requeue,
  ).at("10:30:10");
  expect(totals.recipients).toMatchObject({ delivered: 2, remaining: 1, unknown: 0 });
});

test("requeue-all-names-nobody: each new id says whose it was", () => {
  const ids = ["A10000", "A10001", "A10002"];
  const story = tell(
    ...ids.flatMap((id) => [...arrives("10:00:00", id), waits("10:00:01", id)]),
    "10:30:00 postsuper Requeued: 3 messages",
    ...ids.flatMap((id, i) => [
      `10:30:05 pickup D4000${i}: uid=102 from=<sender@lab.test> orig_id=${id}`,
      queued("10:30:05", `D4000${i}`),
    ]),
  );
  const { totals, backlog } = story.at("10:30:10");
  expect(totals.messages).toMatchObject({ accepted: 3, removed: 0 });
  expect(totals.recipients).toMatchObject({ remaining: 3, unknown: 0, deleted: 0 });
  expect(backlog).toMatchObject({ messages: 3, oldestArrival: clock("10:00:00") });
});

test("requeued before the log begins: it is owed, and nobody handed it over in front of us", () => {
  const { totals, backlog } = tell(...requeue.slice(1)).at("10:30:10");
  expect(totals.messages).toMatchObject({ accepted: 0, removed: 0, notifications: 0 });
  expect(backlog.messages).toBe(1);
});

test("requeued while an attempt was under way: the old id does not come back", () => {
  const story = tell(
    ...arrives("10:00:00", "A1B2C3", { recipients: 2 }),
    waits("10:00:01", "A1B2C3", { to: "one@remote.test" }),
    ...requeue,
    waits("10:30:06", "A1B2C3", { to: "two@other.test", delay: 1806 }),
  );
  const { totals, backlog } = story.at("10:30:10");
  expect(backlog).toMatchObject({ messages: 1, oldestArrival: clock("10:00:00") });
  expect(totals.attempts.deferred).toBe(2);
  expect(totals.messages).toMatchObject({ accepted: 1, removed: 0 });
});

test("deleted while an attempt was under way: it stays deleted", () => {
  const { totals, backlog } = tell(
    ...arrives("10:00:00", "A1B2C3"),
    "10:00:05 postsuper A1B2C3: removed",
    waits("10:00:20", "A1B2C3", { delay: 20 }),
  ).at("10:01:00");
  expect(backlog.messages).toBe(0);
  expect(totals.recipients).toMatchObject({ deleted: 1, remaining: 0, unknown: 0 });
});
