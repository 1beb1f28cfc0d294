import { expect, test } from "vitest";
import postfix from "../../../collectors/dialects/postfix/index.ts";
import { Arrivals } from "../../../collectors/lookout/arrivals.ts";
import type { Return } from "../../../collectors/lookout/returns.ts";
import { EventBatch } from "../../../src/core/events/batch.ts";
import { Instances } from "../../../src/core/events/instances.ts";
import { markOf } from "./sightings.ts";

const log = `Nov 22 06:00:00 mta postfix/smtpd[9]: 4A1B2C3D4E: client=mx1.one.test[192.0.2.7]
Nov 22 06:00:00 mta postfix/cleanup[9]: 4A1B2C3D4E: message-id=<m1@one.test>
Nov 22 06:00:00 mta postfix/qmgr[9]: 4A1B2C3D4E: from=<A@one.test>, size=1000, nrcpt=2 (queue active)
Nov 22 06:00:01 mta postfix/local[9]: 4A1B2C3D4E: to=<root@held.test>, orig_to=<x@held.test>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)
Nov 22 06:00:02 mta postfix/smtp[9]: 4A1B2C3D4E: to=<y@held.test>, relay=none, delay=2, delays=0/0/2/0, dsn=4.4.1, status=deferred (connect to 192.0.2.9[192.0.2.9]:25: Connection refused)
Nov 22 06:05:02 mta postfix/smtp[9]: 4A1B2C3D4E: to=<y@held.test>, relay=192.0.2.9[192.0.2.9]:25, delay=302, delays=300/0/2/0, dsn=2.0.0, status=sent (250 ok)
Nov 22 06:05:02 mta postfix/qmgr[9]: 4A1B2C3D4E: removed
Nov 22 06:06:00 mta postfix/pickup[9]: 5A1B2C3D4E: uid=0 from=<root>
Nov 22 06:06:00 mta postfix/qmgr[9]: 5A1B2C3D4E: from=<root@held.test>, size=300, nrcpt=1 (queue active)
Nov 22 06:06:01 mta postfix/local[9]: 5A1B2C3D4E: to=<x@held.test>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)
`;

test("each recipient of mail that came in is a return, once, under the address that its sender used", () => {
  const bytes = Buffer.from(log);
  const reference = Date.UTC(2026, 10, 22, 7);
  const reader = postfix.openLog({ instances: new Instances(), reference: () => reference, zone: "UTC" });
  const batch = new EventBatch(100);
  expect(reader.read(bytes, 0, bytes.length, batch)).toBe(bytes.length);
  const returns: Return[] = [];
  new Arrivals(markOf).read(batch, (one) => returns.push(one));
  const came = (to: string): Return => ({
    sender: markOf("sender", "a@one.test"),
    recipient: markOf("recipient", to),
    origins: [markOf("network", "192.0.2"), markOf("domain", "one.test")],
    at: Date.UTC(2026, 10, 22, 6),
  });
  expect(returns).toEqual([came("x@held.test"), came("y@held.test")]);
});
