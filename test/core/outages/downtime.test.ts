// What is broken, since when: told from attempts, refusals, start and stop, and silence.

import { describe, expect, test } from "vitest";
import { arrives, clock, clockText, goes, leaves, refusal, Story, tell, waits } from "../../support/story.ts";

const many = (count: number, from: string, step: number, line: (time: string, id: string) => string[]): string[] =>
  Array.from({ length: count }, (_, i) =>
    line(clockText(clock(from) + i * step * 1000), (0xa10000 + i).toString(16).toUpperCase()),
  ).flat();

const works = (time: string, id: string): string[] => [...arrives(time, id), goes(time, id), leaves(time, id)];
const fails = (time: string, id: string): string[] => [...arrives(time, id), waits(time, id)];

describe("our own server", () => {
  test("stopped and started: the stretch between", () => {
    const story = tell(...works("10:00:00", "A1B2C3"), "10:05:00 postfix-script stopping the Postfix mail system");
    expect(story.at("10:07:00").downtime).toEqual([
      expect.objectContaining({ scope: "host", from: clock("10:05:00"), to: undefined }),
    ]);
    story.tell(
      "10:15:00 postfix-script starting the Postfix mail system",
      "10:15:01 master daemon started -- version 3.7.11, configuration /etc/postfix",
    );
    const [downtime, ...more] = story.at("10:16:00").downtime;
    expect(more).toEqual([]);
    expect(downtime).toMatchObject({
      scope: "host",
      source: "inferred",
      from: clock("10:05:00"),
      to: clock("10:15:01"),
    });
  });

  test("started-without-stop: it died somewhere after its last line", () => {
    const story = tell(
      ...works("10:00:00", "A1B2C3"),
      "10:20:00 master daemon started -- version 3.7.11, configuration /etc/postfix",
    );
    expect(story.at("10:21:00").downtime).toEqual([
      expect.objectContaining({ scope: "host", from: clock("10:00:00"), to: clock("10:20:00") }),
    ]);
  });

  test("a restart within seconds is no downtime to speak of", () => {
    const story = tell(
      ...works("10:00:00", "A1B2C3"),
      "10:00:03 master daemon started -- version 3.7.11, configuration /etc/postfix",
    );
    expect(story.at("10:01:00").downtime).toEqual([]);
  });

  test("silence where mail usually comes: open while it lasts, kept afterwards", () => {
    const story = tell(...many(400, "09:00:00", 5, works));
    const end = clock("09:00:00") + 399 * 5000;
    expect(story.at(end + 60_000).downtime).toEqual([]);
    expect(story.at(end + 15 * 60_000).downtime).toEqual([
      expect.objectContaining({ scope: "host", from: end, to: undefined }),
    ]);
    story.tell(...works(clockText(end + 20 * 60_000), "B1B2C3"));
    expect(story.at(end + 21 * 60_000).downtime).toEqual([
      expect.objectContaining({ scope: "host", from: end, to: end + 20 * 60_000 }),
    ]);
  });

  test("silence alone is suspected, and nobody is told that email does not work", () => {
    const story = tell(...many(400, "09:00:00", 5, works));
    const { status, downtime } = story.at(clock("09:00:00") + 399 * 5000 + 15 * 60_000);
    expect(downtime.some((one) => one.scope === "host" && one.to === undefined)).toBe(true);
    expect(status.phase).toBe("suspected");
    expect(status.headline).not.toContain("not working");
  });

  test("silence where little mail comes says nothing", () => {
    const story = tell(...works("09:00:00", "A1B2C3"), ...works("09:10:00", "B1B2C3"));
    expect(story.at("11:00:00").downtime).toEqual([]);
  });

  test("every client is told to come back later, for a while", () => {
    const refuse = (time: string): string =>
      `${time} smtpd NOQUEUE: reject: RCPT from client.test[192.0.2.9]: 451 4.3.0 <b@lab.test>: Temporary lookup failure; from=<a@other.test> to=<b@lab.test> proto=ESMTP helo=<c>`;
    const story = tell(
      ...works("10:00:00", "A1B2C3"),
      ...Array.from({ length: 30 }, (_, i) => refuse(clockText(clock("10:01:00") + i * 5000))),
    );
    expect(story.at("10:03:30").downtime).toEqual([
      expect.objectContaining({ scope: "host", from: clock("10:01:00"), to: undefined, failures: 30 }),
    ]);
    expect(story.tell(...works("10:04:00", "B1B2C3")).at("10:05:00").downtime).toEqual([
      expect.objectContaining({ from: clock("10:01:00"), to: clock("10:04:00") }),
    ]);
  });
});

describe("a destination", () => {
  test("from its first failure to its first success", () => {
    const story = tell(...works("10:00:00", "B1B2C3"), ...many(5, "10:01:00", 10, fails));
    expect(story.at("10:02:00").downtime).toEqual([
      {
        scope: "destination",
        target: "remote.test",
        from: clock("10:01:00"),
        to: undefined,
        source: "inferred",
        cause: "connection-refused",
        failures: 5,
      },
    ]);
    story.tell(goes("10:06:40", "A10000", { delay: 340 }), goes("10:06:41", "A10001", { delay: 331 }));
    expect(story.at("10:07:00").downtime).toEqual([
      expect.objectContaining({ target: "remote.test", from: clock("10:01:00"), to: clock("10:06:40"), failures: 5 }),
    ]);
  });

  test("hiccup: failures within seconds, or one alone, are no downtime", () => {
    const short = tell(...many(6, "10:00:00", 1, fails), goes("10:00:08", "A10000"));
    expect(short.at("10:01:00").downtime).toEqual([]);
    const single = tell(...fails("10:00:00", "A10000"));
    expect(single.at("10:30:00").downtime).toEqual([]);
    const twice = tell(...many(2, "10:00:00", 60, fails));
    expect(twice.at("10:30:00").downtime).toEqual([]);
  });

  test("dead destination remembered: what is only remembered counts to the same trouble and the same reason", () => {
    const remembered = `delivery temporarily suspended: ${refusal}`;
    const story = tell(
      ...fails("10:00:00", "A10000"),
      ...many(20, "10:00:05", 2, (time, id) => [
        ...arrives(time, `B${id}`),
        waits(time, `B${id}`, { why: remembered, delay: 0 }),
      ]),
    );
    const { downtime, destinations } = story.at("10:01:00");
    expect(downtime).toEqual([
      expect.objectContaining({
        target: "remote.test",
        from: clock("10:00:00"),
        cause: "connection-refused",
        failures: 21,
      }),
    ]);
    expect(destinations[0].reasons).toEqual([{ reason: "connection-refused", recipients: 21 }]);
    expect(story.known.watch.failing(story.known.ledger.destinations.names.indexOf("remote.test"))).toMatchObject({
      failures: 21,
      realFailures: 1,
      lastReal: clock("10:00:00"),
    });
  });

  test("a full mailbox and a greylisting are not the server's failure", () => {
    const full = "host mx.remote.test[198.51.100.7] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)";
    const story = tell(
      ...many(10, "10:00:00", 30, (time, id) => [
        ...arrives(time, id),
        waits(time, id, { why: full, status: "4.2.2" }),
      ]),
    );
    expect(story.at("10:10:00").downtime).toEqual([]);
  });

  test("5xx greeting is a deferral: Postfix tries again, and so it is told", () => {
    const why = "host mx.remote.test[198.51.100.7] refused to talk to me: 554 5.7.1 No SMTP service here";
    const { totals, destinations, attemptsByReason } = tell(
      ...arrives("10:00:00", "A1B2C3"),
      waits("10:00:01", "A1B2C3", { why, status: "4.7.1" }),
    ).at("10:00:10");
    expect(totals.recipients).toMatchObject({ bounced: 0, remaining: 1 });
    expect(totals.attempts).toMatchObject({ deferred: 1, bounced: 0 });
    expect(destinations[0].waiting).toBe(1);
    expect(attemptsByReason).toEqual([expect.objectContaining({ outcome: "deferred", codeClass: "5xx", count: 1 })]);
  });
});

describe("our own content filter", () => {
  const filter = "127.0.0.1[127.0.0.1]:10024";
  const passes = (time: string, id: string): string[] => [
    ...arrives(time, id),
    ...arrives(time, `F${id}`),
    goes(time, id, { relay: filter, says: `250 2.0.0 Ok: queued as F${id}` }),
    leaves(time, id),
    goes(time, `F${id}`),
    leaves(time, `F${id}`),
  ];
  const stays = (time: string, id: string, to: string): string[] => [
    ...arrives(time, id),
    waits(time, id, { to, why: "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused" }),
  ];

  test("is one thing, however many destinations wait behind it", () => {
    const story = tell(
      ...passes("10:00:00", "A1B2C3"),
      ...many(8, "10:01:00", 5, (time, id) => stays(time, id, `one@d${Number.parseInt(id, 16) % 4}.test`)),
    );
    expect(story.at("10:02:00").downtime).toEqual([
      expect.objectContaining({ scope: "filter", target: "[127.0.0.1]:10024", from: clock("10:01:00"), to: undefined }),
    ]);
    story.tell(...passes("10:05:00", "B1B2C3"));
    expect(story.at("10:05:10").downtime).toEqual([
      expect.objectContaining({ scope: "filter", from: clock("10:01:00"), to: clock("10:05:00") }),
    ]);
  });
});

test("an observation without a line knows of no downtime", () => {
  expect(new Story().at("10:00:00").downtime).toEqual([]);
});
