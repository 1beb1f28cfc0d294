// `sendmail -bv` and address verification: the MTA asks whether an address works, and nobody's mail is in it.

import { expect, test } from "vitest";
import { leaves, queued, tell } from "../../support/story.ts";

const asks = "10:00:01 smtp A1B2C3: to=<probe@other.test>, relay=none, delay=0, delays=0/0/0/0, dsn=5.1.1, ";

test("a check that a local user asked for counts neither as accepted nor as removed", () => {
  const { totals, backlog, timeline } = tell(
    "10:00:00 pickup A1B2C3: uid=0 from=<root>",
    "10:00:00 cleanup A1B2C3: message-id=<1@lab.test>",
    queued("10:00:00", "A1B2C3"),
    `${asks}status=undeliverable (host mx.other.test[192.0.2.1] said: 550 5.1.1 User unknown)`,
    leaves("10:00:01", "A1B2C3"),
  ).at("10:00:10");
  expect(totals.messages).toEqual({ accepted: 0, removed: 0, notifications: 0 });
  expect(totals.recipients).toMatchObject({ bounced: 0, unknown: 0, remaining: 0 });
  expect(backlog.messages).toBe(0);
  expect(timeline.accepted.reduce((sum, n) => sum + n, 0)).toBe(0);
});

test("a report that is announced after it has left is taken out of both counts", () => {
  const { totals } = tell(
    "10:00:00 smtpd D4E5F6: client=unknown[192.0.2.9]",
    queued("10:00:00", "D4E5F6"),
    leaves("10:00:01", "D4E5F6"),
    "10:00:01 bounce A1B2C3: sender non-delivery notification: D4E5F6",
  ).at("10:00:10");
  expect(totals.messages).toMatchObject({ accepted: 0, removed: 0 });
});
