// A client that began to hand a message over: nothing is owed until the queue manager has it.

import { expect, test } from "vitest";
import { arrives, clock, goes, leaves, queued, tell, waits } from "../../support/story.ts";

const offer = "10:00:00 smtpd A1B2C3: client=client.test[192.0.2.9]";

test("offered-never-queued: it is not accepted, and after an hour it is forgotten", () => {
  const story = tell(offer);
  const { totals, backlog } = story.at("10:30:00");
  expect(totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 0 });
  expect(backlog.messages).toBe(0);
  expect(story.known.ledger.messages.size).toBe(1);
  story.tell(...arrives("11:15:00", "B1B2C3"));
  expect(story.known.ledger.messages.size).toBe(1);
});

test("offered-never-queued: a refusal ends it at once", () => {
  const story = tell(
    offer,
    "10:00:00 cleanup A1B2C3: message-id=<1@lab.test>",
    "10:00:01 cleanup A1B2C3: milter-reject: END-OF-MESSAGE from client.test[192.0.2.9]: 5.7.1 Spam message rejected; from=<a@lab.test> to=<b@lab.test> proto=ESMTP helo=<c>",
  );
  expect(story.known.ledger.messages.size).toBe(0);
  expect(story.at("10:01:00").totals).toMatchObject({ refused: 1, messages: { accepted: 0 } });
});

test("offered-never-queued: the id goes to another client, later, and that message is as old as its own client says", () => {
  const { totals, backlog } = tell(offer, ...arrives("10:50:00", "A1B2C3"), waits("10:50:01", "A1B2C3")).at("10:51:00");
  expect(totals.messages.accepted).toBe(1);
  expect(backlog).toMatchObject({ messages: 1, oldestArrival: clock("10:50:00") });
});

test("offered-never-queued: the id goes to a report of the mail server's own, which nobody handed over", () => {
  const { totals } = tell(
    ...arrives("09:00:00", "C1B2C3"),
    offer,
    "10:00:05 cleanup A1B2C3: message-id=<A1B2C3@mta.lab.test>",
    "10:00:05 bounce C1B2C3: sender delay notification: A1B2C3",
    queued("10:00:05", "A1B2C3", { sender: "" }),
    goes("10:00:06", "A1B2C3"),
    leaves("10:00:06", "A1B2C3"),
  ).at("10:01:00");
  expect(totals.messages).toEqual({ accepted: 1, removed: 0, notifications: 1 });
});
