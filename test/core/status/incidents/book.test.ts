// The book of incidents: one for one trouble, kept over restarts, with promises that are kept or said to be broken.

import { expect, test } from "vitest";
import { Observation } from "../../../../src/core/observation.ts";
import { cleanText, cleanTitle } from "../../../../src/core/status/incidents/text.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";
import { Service } from "../../../support/service.ts";

const start = Date.UTC(2026, 10, 26, 12);

test("a relapse is the same incident; the next trouble, days later, is another", () => {
  const service = new Service(start);
  service.at(start);
  service.stops();
  service.until(start + HOUR);
  service.starts();
  service.until(start + 2 * HOUR);
  service.stops();
  expect(service.until(start + 3 * HOUR).status.phase).toBe("relapse");
  service.starts();
  const over = service.until(start + 6 * HOUR).public;
  expect(over.past).toHaveLength(1);
  expect(over.past[0].updates.map(({ status }) => status)).toContain("resolved");
  service.until(start + 2 * DAY, 10 * MINUTE);
  service.stops();
  const again = service.until(start + 2 * DAY + HOUR).public;
  expect([again.open.length, again.past.length]).toEqual([1, 1]);
  expect(again.open[0].id).not.toBe(over.past[0].id);
});

test("mailtide keeps its own promises, with and without news, and over a restart", () => {
  const service = new Service(start);
  service.at(start);
  service.stops();
  let due = Number.POSITIVE_INFINITY;
  let kept = 0;
  service.until(start + 9 * HOUR, MINUTE, ({ at, public: { nextBy, notice } }) => {
    if (at === start + 4 * HOUR) service.known = Observation.restore(service.known.save());
    expect(at).toBeLessThan(due);
    expect(notice.en).not.toMatch(/We said that we would tell you more/);
    if (nextBy !== undefined && nextBy !== due) kept++;
    due = nextBy ?? Number.POSITIVE_INFINITY;
  });
  expect(kept).toBeGreaterThan(8);
});

test("mailtide was off when it had promised news: that is said", () => {
  const service = new Service(start);
  service.at(start);
  service.stops();
  service.until(start + 10 * MINUTE);
  expect(service.at(start + 5 * MINUTE + 10 * HOUR).public.notice.en).toMatch(/We said that we would tell you more/);
});

test("what mailtide sees goes into the operator's open incident, and the operator's word does not end what it sees", () => {
  const service = new Service(start);
  const id = service.does({
    act: "incident-open",
    title: "Email is down",
    text: "",
    components: { receiving: "major_outage" },
  });
  service.at(start);
  service.stops();
  service.until(start + HOUR);
  expect(service.incidents.map((one) => one.id)).toEqual([id]);
  const answer = service.act({ act: "incident-resolve", incident: id, text: "It works." });
  expect(answer).toMatchObject({ done: true, says: expect.stringContaining("still sees") as string });
  expect(service.at(service.now + MINUTE).public.open.map((one) => one.id)).toEqual([id]);
  service.starts();
  expect(service.until(start + 5 * HOUR).public.past.map((one) => one.id)).toEqual([id]);
});

test("all of it survives a restart to the byte", () => {
  const service = new Service(start);
  service.does({ act: "incident-open", title: "Webmail", text: "", nextBy: start + HOUR });
  service.does({ act: "maintenance-add", title: "", text: "", from: start + DAY, to: start + DAY + HOUR });
  service.does({ act: "restore-hole", from: start - DAY, to: start - HOUR });
  service.stops();
  service.until(start + 20 * MINUTE);
  const other = new Service(start);
  other.known = Observation.restore(service.known.save());
  other.now = service.now;
  const [a, b] = [service, other].map((one) => one.until(start + 3 * HOUR));
  expect(b).toEqual(a);
  expect(other.known.save()).toEqual(service.known.save());
});

test("no more is kept than there is room for: a year of incidents", () => {
  const service = new Service(start);
  for (let i = 0; i < 520; i++) {
    const id = service.does({ act: "incident-open", title: `Number ${i}`, text: "" });
    service.does({ act: "incident-resolve", incident: id, text: "Over." });
  }
  expect(service.incidents).toHaveLength(500);
  expect(new Set(service.incidents.map(({ id }) => id)).size).toBe(500);
  expect(service.incidents[0].title).toBe("Number 20");
});

test("words are cleaned of what cannot be seen and what turns them round; joiners of a script stay", () => {
  expect(cleanTitle(" a\u202eb\u0007\nc\t\u2066d\ud800 ")).toBe("ab c d");
  expect(cleanText("one\r\n\r\n\r\n\r\ntwo\u0000")).toBe("one\n\ntwo");
  expect(cleanText("می\u200cخواهم")).toBe("می\u200cخواهم");
  expect(cleanText("x".repeat(5000))).toHaveLength(2000);
});
