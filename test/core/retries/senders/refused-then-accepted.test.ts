// Senders that a log shows us turning away, and their return: counted once, with the time that they waited.

import { expect, test } from "vitest";
import { Observation } from "../../../../src/core/observation.ts";
import { goes, leaves, Story, tell, waits } from "../../../support/story.ts";

const refused = (
  time: string,
  options: { from?: string; to?: string; client?: string; reply?: string; id?: string } = {},
): string => {
  const { from = "ann@sender.test", to = "bob@example.org", client = "out1.sender.test[192.0.2.9]" } = options;
  const { reply = "450 4.2.0", id = "NOQUEUE" } = options;
  return `${time} smtpd ${id}: reject: RCPT from ${client}: ${reply} <${to}>: Recipient address rejected: Greylisted; from=<${from}> to=<${to}> proto=ESMTP helo=<out1.sender.test>`;
};

const comes = (
  time: string,
  id: string,
  options: { from?: string; client?: string; recipients?: number } = {},
): string[] => {
  const { from = "ann@sender.test", client = "out2.sender.test[192.0.2.10]", recipients = 1 } = options;
  return [
    `${time} smtpd ${id}: client=${client}`,
    `${time} cleanup ${id}: message-id=<${id}@sender.test>`,
    `${time} qmgr ${id}: from=<${from}>, size=1000, nrcpt=${recipients} (queue active)`,
  ];
};

const to = { to: "bob@example.org" };
const totals = (story: Story, at = "12:00:00") => {
  const { returned, neverReturned, waiting, waits: histogram } = story.at(at).senders?.returns ?? {};
  return { returned, neverReturned, waiting, seconds: histogram?.sum };
};

test("turned away twice, then taken and delivered: one return, from the first refusal to acceptance", () => {
  const story = tell(refused("10:00:00"), refused("10:05:00"), ...comes("10:20:00", "A1B2C3"));
  expect(totals(story)).toEqual({ returned: 0, neverReturned: 0, waiting: 1, seconds: 0 });
  story.tell(goes("10:20:02", "A1B2C3", to), leaves("10:20:02", "A1B2C3"));
  expect(totals(story)).toEqual({ returned: 1, neverReturned: 0, waiting: 0, seconds: 1200 });
});

test("a recipient that was rewritten is known by the address that the sender wrote", () => {
  const story = tell(refused("10:00:00"), ...comes("10:10:00", "A1B2C3"));
  story.tell(goes("10:10:01", "A1B2C3", { to: "robert@example.org>, orig_to=<bob@example.org" }));
  expect(totals(story).returned).toBe(1);
});

test("a first attempt that has to wait is as good as one that works, and a second one counts nothing", () => {
  const story = tell(refused("10:00:00"), ...comes("10:10:00", "A1B2C3"), waits("10:10:01", "A1B2C3", to));
  story.tell("10:20:00 qmgr A1B2C3: from=<ann@sender.test>, size=1000, nrcpt=1 (queue active)");
  story.tell(goes("10:20:01", "A1B2C3", to), leaves("10:20:01", "A1B2C3"));
  expect(totals(story)).toMatchObject({ returned: 1, seconds: 600 });
});

test.each([
  ["another sender", { from: "eve@sender.test" }, to],
  ["another recipient", {}, { to: "carol@example.org" }],
  ["another network and domain", { client: "mx.other.test[203.0.113.9]" }, to],
])("not a return: %s", (_what, message, recipient) => {
  const story = tell(
    refused("10:00:00"),
    ...comes("10:10:00", "A1B2C3", message),
    goes("10:10:01", "A1B2C3", recipient),
  );
  expect(totals(story)).toMatchObject({ returned: 0, waiting: 1 });
});

test("one of two recipients turned away: it is back when its own comes, not with the other", () => {
  const story = tell(
    "10:00:00 smtpd A1B2C3: client=out1.sender.test[192.0.2.9]",
    refused("10:00:01", { id: "A1B2C3" }),
    "10:00:02 cleanup A1B2C3: message-id=<a@sender.test>",
    "10:00:02 qmgr A1B2C3: from=<ann@sender.test>, size=1000, nrcpt=1 (queue active)",
    goes("10:00:03", "A1B2C3", { to: "carol@example.org" }),
    leaves("10:00:03", "A1B2C3"),
  );
  expect(totals(story)).toMatchObject({ returned: 0, waiting: 1 });
  story.tell(...comes("10:15:00", "B1B2C3"), goes("10:15:01", "B1B2C3", to), leaves("10:15:01", "B1B2C3"));
  expect(totals(story)).toMatchObject({ returned: 1, waiting: 0, seconds: 899 });
});

test("refused for good, or before anybody was named: nobody is expected back", () => {
  const story = tell(
    refused("10:00:00", { reply: "550 5.1.1" }),
    "10:00:01 smtpd NOQUEUE: reject: CONNECT from unknown[192.0.2.67]: 421 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.67]; proto=SMTP",
  );
  expect(totals(story).waiting).toBe(0);
});

test("who never comes back is told once, after as long as such a sender would hold on", () => {
  const story = tell(refused("10:00:00"));
  const later = (time: string, id: string): string[] => [
    ...comes(time, id, { client: "mx.other.test[203.0.113.9]" }),
    leaves(time, id),
  ];
  story.tell(...later("5d 10:00:00", "C1B2C3"));
  expect(totals(story, "5d 10:00:00")).toMatchObject({ neverReturned: 0, waiting: 1 });
  story.tell(...later("7d 10:00:00", "C1B2C4"), ...later("7d 12:00:00", "C1B2C5"));
  expect(totals(story, "7d 12:00:00")).toMatchObject({ neverReturned: 1, waiting: 0 });
});

test("saved between refusal, offer, acceptance and attempt: paired all the same, and nothing saved names anybody", () => {
  const lines = [refused("10:00:00"), ...comes("10:20:00", "A1B2C3"), goes("10:20:02", "A1B2C3", to)];
  const story = new Story();
  for (const line of lines) {
    story.tell(line);
    const parts = story.known.save();
    for (const [name, bytes] of parts) {
      if (name.startsWith("senders"))
        expect(new TextDecoder().decode(bytes)).not.toMatch(/sender\.test|bob|ann|192\.0/);
    }
    story.known = Observation.restore(parts, [9, 9, 9, 9]);
  }
  expect(totals(story)).toEqual({ returned: 1, neverReturned: 0, waiting: 0, seconds: 1200 });
});

test("another key makes other hashes", () => {
  const story = tell(refused("10:00:00"));
  const other = new Story();
  other.known = new Observation(story.known.schedule, [5, 6, 7, 8]);
  other.tell(refused("10:00:00"));
  const pairs = (known: Observation): Uint8Array | undefined => known.save().get("senders.pairs");
  expect(pairs(other.known)).toHaveLength(pairs(story.known)?.length ?? 0);
  expect(pairs(other.known)).not.toEqual(pairs(story.known));
});

test("many strangers turned away: what is remembered stays small", () => {
  const story = new Story();
  const lines = Array.from({ length: 20_000 }, (_, i) => refused("10:00:00", { from: `u${i}@sender.test` }));
  story.tell(
    ...lines,
    ...lines.map(
      (_, i) => `10:01:00 smtpd ${(0xa00000 + i).toString(16).toUpperCase()}: client=out1.sender.test[192.0.2.9]`,
    ),
  );
  const saved = JSON.parse(new TextDecoder().decode(story.known.save().get("senders")));
  expect(totals(story).waiting).toBe(20_000);
  expect(saved.candidates.length).toBe(10_000);
});
