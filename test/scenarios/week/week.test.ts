// A true week, replayed: a move that overran, false recoveries, partial returns, changed addresses, a drain that killed the
// server, and mailboxes restored from a copy two days old. What the page said, and when, is in said.txt beside this.
//
// The facts are of a real small mail host in another year; names and addresses are made.

import { beforeAll, describe, expect, test } from "vitest";
import type { PublicSite } from "../../../src/core/status/site.ts";
import { DAY, HOUR, MINUTE } from "../../../src/core/time.ts";
import { Chronicle, type Event } from "./chronicle.ts";
import { expectHonest, headlineChanges } from "./honest.ts";

const days: Readonly<Record<string, number>> = {
  Thu: 26,
  Fri: 27,
  Sat: 28,
  Sun: 29,
  Mon: 30,
  Tue: 31,
  Wed: 32,
  Thu2: 33,
  Fri2: 34,
};

function moment(text: string): number {
  const [day, clock] = text.split(" ");
  const [hours, minutes] = clock.split(":").map(Number);
  return Date.UTC(2026, 10, days[day], hours, minutes);
}

const site: PublicSite = {
  name: "Email",
  url: undefined,
  components: [
    { id: "receiving", name: "Receiving mail", follows: "receiving" },
    { id: "sending", name: "Sending mail", follows: "sending" },
    { id: "webmail", name: "Reading mail on the web", follows: undefined },
    { id: "login", name: "Signing in", follows: undefined },
  ],
  counts: true,
  notAffected: "",
};

const lines = (serves: boolean) => ({ "192.0.2.25:25": serves, "198.51.100.25:25": serves });

/** The operator writes into the newest open incident. */
function word(
  text: string,
  over: Partial<{ nextBy: number; components: Record<string, "major_outage" | "operational"> }> = {},
) {
  return (story: Chronicle): void => {
    const incident = story.service.incidents.findLast(({ resolved }) => resolved === undefined);
    if (incident === undefined) throw new Error("no incident is open");
    story.does({ act: "incident-update", incident: incident.id, text, ...over });
  };
}

function gone(story: Chronicle): void {
  story.addresses = lines(false);
  story.truth = "down";
}

function back(story: Chronicle): void {
  story.addresses = lines(true);
  story.truth = "late";
}

const all =
  (...acts: ((story: Chronicle) => void)[]) =>
  (story: Chronicle): void => {
    for (const act of acts) act(story);
  };

const events: readonly Event[] = [
  [
    "Thu 15:00",
    (story) => {
      story.does({
        act: "maintenance-add",
        title: "",
        text: "Our mail server moves to another building.",
        from: moment("Thu 16:00"),
        to: moment("Thu 18:00"),
      });
    },
  ],
  [
    "Thu 16:04",
    (story) => {
      story.service.stops();
      gone(story);
    },
  ],
  ["Thu 17:11", () => {}],
  [
    "Thu 18:12",
    word("The move takes longer than we thought.", { components: { webmail: "major_outage", login: "major_outage" } }),
  ],
  [
    "Thu 19:05",
    word(
      "The address records have not followed our new addresses yet. It takes 12 to 24 hours more, and no mail comes in until then.",
      { nextBy: moment("Thu 21:00") },
    ),
  ],
  ["Thu 21:00", word("The fault is serious. We tell you more in the morning.", { nextBy: moment("Fri 08:00") })],
  ["Fri 10:04", word("The web site answers again. Mailboxes do not.", {})],
  [
    "Fri 12:44",
    (story) => {
      story.service.blind = "the log cannot be read";
    },
  ],
  [
    "Fri 19:11",
    all(
      (story) => {
        story.service.blind = "";
        story.service.starts();
      },
      back,
      word("The site and logins work again. Please use them for nothing important yet.", {
        components: { webmail: "operational", login: "operational" },
      }),
    ),
  ],
  ["Fri 19:20", (story) => story.pours(120, moment("Sat 01:00"))],
  ["Sat 09:37", all(gone, (story) => story.service.stops())],
  [
    "Sat 11:17",
    word("The web site of the company that houses our server is gone, too. We are sorry for this weekend."),
  ],
  ["Sun 17:51", word("The site can be reached.")],
  [
    "Sun 18:24",
    all(
      back,
      (story) => story.service.starts(),
      (story) => story.pours(160, moment("Sun 22:00")),
    ),
  ],
  [
    "Sun 18:37",
    word(
      "Mail comes in. Some senders give up after 24 hours, others after a week. If a message is missing, please ask for it again.",
    ),
  ],
  [
    "Sun 19:57",
    all(
      gone,
      (story) => story.service.stops(),
      (story) => story.holdsBack(moment("Tue 13:50")),
    ),
  ],
  ["Mon 09:00", word("No news.", { nextBy: moment("Mon 10:00") })],
  ["Mon 10:05", word("We wait for a call that was promised within five minutes.", { nextBy: moment("Mon 10:30") })],
  ["Mon 14:00", word("Still no call, and no news.")],
  [
    "Tue 13:44",
    all(
      back,
      (story) => story.service.starts(),
      (story) => story.pours(200, moment("Tue 23:30")),
    ),
  ],
  [
    "Tue 14:58",
    all(word("You can receive mail, but not send any.", { components: {} }), (story) => {
      const incident = story.service.incidents.findLast(({ resolved }) => resolved === undefined);
      story.does({
        act: "incident-update",
        incident: incident?.id ?? "",
        text: "Sending fails. We are looking into it.",
        components: { sending: "major_outage" },
      });
      story.truth = "some";
    }),
  ],
  ["Tue 15:02", all(gone, (story) => story.holdsBack(moment("Tue 17:40")))],
  ["Tue 16:36", word("Our addresses may have to change again. That would be another 24 hours without mail.")],
  [
    "Tue 17:35",
    all(back, (story) => {
      story.truth = "some";
    }),
  ],
  ["Tue 18:18", gone],
  [
    "Tue 18:37",
    all(
      back,
      (story) => {
        story.truth = "some";
      },
      (story) => story.pours(150, moment("Tue 21:30")),
    ),
  ],
  ["Tue 18:53", gone],
  [
    "Tue 18:55",
    all(back, (story) => {
      story.truth = "some";
    }),
  ],
  ["Tue 18:57", gone],
  [
    "Tue 18:59",
    all(back, (story) => {
      story.truth = "some";
    }),
  ],
  ["Tue 19:01", gone],
  [
    "Tue 19:03",
    all(
      back,
      word("It is up, and sending works again. Please wait until the morning if you can.", {
        components: { sending: "operational" },
      }),
    ),
  ],
  [
    "Tue 20:00",
    word(
      "Hundreds of servers deliver to us at once, and we check each message before it reaches you. Some mail will have been returned to its senders.",
    ),
  ],
  [
    "Wed 07:37",
    all(word("It is very slow, and signing in fails.", { components: { login: "major_outage" } }), (story) => {
      story.truth = "some";
    }),
  ],
  ["Wed 09:02", all(gone, (story) => story.service.stops())],
  ["Wed 12:00", word("The file system is damaged, and its repair takes all day. We look every 15 minutes.")],
  [
    "Wed 19:35",
    all(
      back,
      (story) => story.service.starts(),
      (story) => {
        story.truth = "some";
      },
    ),
  ],
  ["Thu2 08:00", word("The site is up. Signing in shows errors.")],
  [
    "Thu2 10:14",
    word("Mailboxes are being restored from a copy that is two days old.", { components: { webmail: "major_outage" } }),
  ],
  [
    "Thu2 11:45",
    (story) => {
      story.does({ act: "restore-hole", from: moment("Tue 10:14"), to: moment("Thu2 10:14") });
    },
  ],
  ["Thu2 12:08", word("Mailboxes are being rebuilt. Sending shows an error, though the message goes out.")],
  ["Thu2 13:01", all(gone, (story) => story.service.stops())],
  [
    "Thu2 13:35",
    all(
      back,
      (story) => story.service.starts(),
      (story) => {
        story.truth = "some";
      },
    ),
  ],
  [
    "Thu2 15:57",
    word("Sent mail is not kept in the folder for it. We are mending that.", {
      components: { login: "operational", webmail: "operational" },
    }),
  ],
  [
    "Thu2 18:22",
    (story) => {
      const incident = story.service.incidents.findLast(({ resolved }) => resolved === undefined);
      story.does({
        act: "incident-resolve",
        incident: incident?.id ?? "",
        text: "All works again, it seems. Please tell us if not.",
      });
      story.truth = "well";
    },
  ],
];

describe("a true week", () => {
  const story = new Chronicle(moment("Thu 15:00"), site, "Europe/London");
  beforeAll(() => {
    story.usual(moment("Thu 15:00") - 4 * DAY, moment("Thu 16:04"), 10 * MINUTE);
    story.addresses = lines(true);
    story.live(events, moment, moment("Fri2 12:00"), 10 * MINUTE);
  }, 300_000);

  test("what the page said, and when", async () => {
    await expect(`${story.lines.join("\n")}\n\nHISTORY\n\n${story.history()}`).toMatchFileSnapshot("said.txt");
  });

  test("never all-clear while something failed, and nothing of it false", () => {
    expectHonest(story);
  });

  test("it was one incident, from the overrun to the end, and the planned work is linked to it", () => {
    const last = story.reports.at(-1)?.public;
    expect(last?.open).toEqual([]);
    expect(last?.past).toHaveLength(1);
    expect(last?.past[0]).toMatchObject({ impact: "critical", window: last?.windows[0].id });
    expect(last?.windows[0]).toMatchObject({ status: "completed", incident: last?.past[0].id });
    expect(last?.phase).toBe("resolved");
    expect(last?.holes).toHaveLength(1);
  });

  test("the headline does not flap: at most four changes in any hour", () => {
    expect(headlineChanges(story, HOUR)).toBeLessThanOrEqual(4);
  });

  test("the promise that was broken is said to be broken, until the next word", () => {
    const at = (text: string) => story.reports.findLast((report) => report.at <= moment(text))?.public.notice.en ?? "";
    expect(at("Mon 10:25")).not.toMatch(/We said that we would tell you more/);
    expect(at("Mon 12:00")).toMatch(/We said that we would tell you more/);
    expect(at("Mon 14:30")).not.toMatch(/We said that we would tell you more/);
  });
});
