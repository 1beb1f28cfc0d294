// Whether anything gets out at all: every place that was tried fails, or only some do.

import { expect, test } from "vitest";
import { arrives, clock, clockText, goes, leaves, Story, waits } from "../../support/story.ts";

const places = ["a.test", "b.test", "c.test", "d.test"];

/** One message after the other from `from` on, each to the next place, so many in all. */
function mail(from: string, count: number, fails: (place: string) => boolean, relay?: string): string[] {
  return Array.from({ length: count }, (_, n) => {
    const time = clockText(clock(from) + n * 5000);
    const id = `${from.replaceAll(":", "")}${(0xa00 + n).toString(16).toUpperCase()}`;
    const to = `someone@${places[n % places.length]}`;
    if (fails(places[n % places.length])) return [...arrives(time, id), waits(time, id, { to })];
    return [...arrives(time, id), goes(time, id, { to, relay: relay ?? "mx.test[198.51.100.7]:25" }), leaves(time, id)];
  }).flat();
}

const works = (): boolean => false;

test("every place fails: email does not go out, and nobody is told that other places are not affected", () => {
  const story = new Story().tell(...mail("10:00:00", 40, works), ...mail("10:10:00", 60, () => true));
  const { status } = story.at("10:15:00");
  expect(status.phase).toBe("partial");
  expect(status.headline).toMatch(/^You cannot send email/);
  expect(status.notice).toMatch(/Email has not gone out since 10:10/);
  expect(status.notice).not.toMatch(/other places/);
});

test("one of four places works: the others have to wait, and the rest is not affected", () => {
  const story = new Story().tell(
    ...mail("10:00:00", 40, works),
    ...mail("10:10:00", 60, (place) => place !== "d.test"),
  );
  const { status } = story.at("10:15:00");
  expect(status.headline).toMatch(/some other places|a few other places/);
  expect(status.notice).toMatch(/Mail to all other places is not affected/);
});

test("places that were dead before are no sign of it, however many", () => {
  const story = new Story().tell(
    ...mail("09:00:00", 60, (place) => place !== "d.test"),
    ...mail("10:10:00", 8, (place) => place !== "d.test"),
  );
  expect(story.at("10:15:00").status.headline).not.toMatch(/cannot send/);
});

test("mail for mailboxes here is no proof that anything gets out", () => {
  const here = Array.from({ length: 20 }, (_, n) => {
    const time = clockText(clock("10:12:00") + n * 5000);
    const id = `B${(0xb00 + n).toString(16).toUpperCase()}`;
    return [...arrives(time, id), goes(time, id, { to: "me@lab.test", relay: "local" }), leaves(time, id)];
  }).flat();
  const story = new Story().tell(...mail("10:00:00", 40, works), ...mail("10:10:00", 24, () => true), ...here);
  expect(story.at("10:15:00").status.headline).toMatch(/^You cannot send email/);
});

test("the first that gets out ends it: then it is places again", () => {
  const story = new Story().tell(
    ...mail("10:00:00", 40, works),
    ...mail("10:10:00", 60, () => true),
    ...mail("10:16:00", 20, (place) => place !== "d.test"),
  );
  expect(story.at("10:30:00").status.headline).not.toMatch(/^You cannot send email/);
});
