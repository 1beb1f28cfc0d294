// Four smaller stories of the same kind, and a monitor whose own disk was full; what the page said is in smaller-stories.txt.

import { expect, test } from "vitest";
import { defaultSite } from "../../../src/core/status/site.ts";
import { DAY, HOUR, MINUTE } from "../../../src/core/time.ts";
import { Chronicle, type Event } from "./chronicle.ts";
import { expectHonest, headlineChanges } from "./honest.ts";

function moment(text: string): number {
  const [day, clock] = text.split(" ");
  const [hours, minutes] = clock.split(":").map(Number);
  return Date.UTC(2026, 10, 22 + Number(day), hours, minutes);
}

const site = { ...defaultSite, notAffected: "Websites and payment pages are not affected." };
const five = (serve: number) =>
  Object.fromEntries([21, 22, 23, 24, 25].map((last, i) => [`192.0.2.${last}:25`, i < serve]));
const eight = (serve: number) =>
  Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((last, i) => [`198.51.100.${last}:25`, i < serve]));

function lived(events: readonly Event[], until: string): Chronicle {
  const story = new Chronicle(moment("2 00:00"), site, "Europe/Vienna");
  story.usual(moment("2 00:00") - DAY, moment("2 00:00"), 10 * MINUTE);
  story.every = 10 * MINUTE;
  story.live(events, moment, moment(until), 10 * MINUTE);
  expectHonest(story);
  expect(headlineChanges(story, HOUR)).toBeLessThanOrEqual(4);
  return story;
}

async function said(name: string, story: Chronicle): Promise<void> {
  await expect(`${story.lines.join("\n")}\n\nHISTORY\n\n${story.history()}`).toMatchFileSnapshot(`${name}.txt`);
}

test("an upgrade announced as one hour, with what is not affected named", async () => {
  const story = lived(
    [
      [
        "2 01:00",
        (told) =>
          void told.does({
            act: "maintenance-add",
            title: "",
            text: "We put in a new version of our mail program.",
            from: moment("2 20:00"),
            to: moment("2 21:00"),
          }),
      ],
      [
        "2 20:05",
        (told) => {
          told.service.stops();
          told.truth = "down";
        },
      ],
      [
        "2 20:45",
        (told) => {
          told.service.starts();
          told.truth = "well";
        },
      ],
    ],
    "3 02:00",
  );
  expect(story.reports.at(-1)?.public).toMatchObject({
    phase: "normal",
    past: [],
    open: [],
    windows: [{ status: "completed" }],
  });
  await said("upgrade-of-an-hour", story);
});

test("three of five lines off the net while everything inside looked healthy", async () => {
  const story = lived(
    [
      [
        "2 00:00",
        (told) => {
          told.addresses = five(5);
        },
      ],
      [
        "2 03:20",
        (told) => {
          told.addresses = five(2);
          told.truth = "some";
        },
      ],
      [
        "2 07:05",
        (told) => {
          told.addresses = five(5);
          told.truth = "late";
        },
      ],
    ],
    "2 12:00",
  );
  const seen = story.reports.find(({ at }) => at >= moment("2 03:31"))?.public;
  expect(seen).toMatchObject({
    phase: "partial",
    components: [
      { id: "receiving", state: "partial_outage" },
      { id: "sending", state: "operational" },
    ],
  });
  await said("three-lines-of-five", story);
});

test("restored from a copy twelve hours old after a crash", async () => {
  const story = lived(
    [
      [
        "2 09:00",
        (told) => {
          told.service.stops();
          told.truth = "down";
        },
      ],
      [
        "2 14:00",
        (told) => {
          told.service.starts();
          told.truth = "late";
          told.does({ act: "restore-hole", from: moment("1 21:00"), to: moment("2 09:00") });
        },
      ],
    ],
    "3 12:00",
  );
  for (const { at, public: seen } of story.reports) {
    if (at >= moment("2 14:00")) expect(seen.notice.en).not.toMatch(/not lost|none of it is lost/i);
  }
  await said("restored-from-a-copy", story);
});

test("an address that was never bound again after a reboot: found within two looks, and not forgotten", async () => {
  const story = lived(
    [
      [
        "2 00:00",
        (told) => {
          told.addresses = eight(8);
        },
      ],
      [
        "2 06:00",
        (told) => {
          told.addresses = eight(0);
          told.truth = "down";
        },
      ],
      [
        "2 06:02",
        (told) => {
          told.addresses = eight(7);
          told.truth = "some";
        },
      ],
      [
        "2 18:00",
        (told) => {
          told.addresses = eight(8);
          told.truth = "late";
        },
      ],
    ],
    "2 22:00",
  );
  expect(story.reports.find(({ at }) => at >= moment("2 06:30"))?.public.headline.en).toMatch(/lines|in part/);
  expect(story.reports.find(({ at }) => at >= moment("2 17:30"))?.public.phase).toBe("partial");
  await said("one-line-never-bound-again", story);
});

test("the monitor's own disk was full for three hours: it says that it cannot see, and nothing becomes better", async () => {
  const story = lived(
    [
      [
        "2 09:00",
        (told) => {
          told.service.stops();
          told.truth = "down";
        },
      ],
      [
        "2 10:00",
        (told) => {
          told.service.blind = "the state cannot be written: the disk is full";
        },
      ],
      [
        "2 13:00",
        (told) => {
          told.service.blind = "";
        },
      ],
      [
        "2 15:00",
        (told) => {
          told.service.starts();
          told.truth = "late";
        },
      ],
    ],
    "2 22:00",
  );
  const between = story.reports.filter(({ at }) => at > moment("2 10:00") && at < moment("2 13:00"));
  expect(new Set(between.map(({ public: seen }) => `${seen.blind} ${seen.phase} ${seen.level}`))).toEqual(
    new Set(["true outage unknown"]),
  );
  await said("the-monitor-s-disk-was-full", story);
});
