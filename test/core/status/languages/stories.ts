// One moment for each thing that a notice may have to tell: printed in docs/notices.md, read aloud, and held to the rules.

import type { NoticeFacts, SentenceFacts } from "../../../../src/core/status/languages/language.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

export interface Story {
  readonly name: string;
  readonly facts: NoticeFacts;
  /** The entry before it in the history. */
  readonly before?: NoticeFacts;
}

/** A moment in Vienna's winter time, of November 2026: the 24th is a Tuesday. */
function vienna(day: number, time: string): number {
  return Date.parse(`2026-11-${String(day).padStart(2, "0")}T${time}:00+01:00`);
}

const calm: NoticeFacts = {
  now: vienna(24, "14:32"),
  zone: "Europe/Vienna",
  phase: "normal",
  blind: false,
  began: undefined,
  scope: undefined,
  forecast: { state: "clear", limit: "none", messages: 0 },
  expected: undefined,
  unreachable: 0,
  atRisk: 0,
  givenUp: 0,
};

const notAffected = "Websites and payment pages are not affected.";
const window = { from: vienna(28, "22:00"), to: vienna(28, "23:30"), started: false, overrun: false, text: "" };
const moving = "We move our mail server to a new building.";

const down: NoticeFacts = {
  ...calm,
  phase: "outage",
  scope: "host",
  began: vienna(24, "14:20"),
  nextBy: vienna(24, "15:00"),
  forecast: { state: "stalled", limit: "stalls", messages: 310 },
  senders: { since: vienna(24, "14:20"), away: 12 * MINUTE, stillOut: 0, lastExpected: undefined, givenUp: false },
  notAffected,
};

/** The same outage later: since Thursday at 17:10, as in the plan of the notice. */
function downFor(away: number): NoticeFacts {
  const since = vienna(19, "17:10");
  const now = since + away;
  const senders = { since, away, stillOut: 0, lastExpected: undefined, givenUp: away >= DAY };
  return { ...down, began: since, now, nextBy: now + HOUR, senders };
}

const drain: NoticeFacts = {
  ...calm,
  now: vienna(20, "18:42"),
  phase: "draining",
  began: vienna(19, "17:10"),
  back: vienna(20, "18:30"),
  nextBy: vienna(20, "20:00"),
  forecast: { state: "draining", limit: "capacity", messages: 11_830 },
  expected: { earliest: vienna(20, "20:00"), latest: vienna(20, "22:30") },
  senders: {
    since: vienna(19, "17:10"),
    away: undefined,
    stillOut: 2140,
    mostExpected: vienna(20, "22:10"),
    lastExpected: vienna(21, "08:51"),
    givenUp: true,
  },
};

const places: NoticeFacts = {
  ...calm,
  phase: "partial",
  scope: "destination",
  began: vienna(24, "13:05"),
  nextBy: vienna(24, "15:30"),
  unreachable: 412,
  forecast: { state: "stalled", limit: "destination", messages: 0 },
};

const part: NoticeFacts = { ...places, scope: undefined, unreachable: 0 };

const resolved: NoticeFacts = {
  ...calm,
  now: vienna(21, "12:30"),
  phase: "resolved",
  began: vienna(19, "17:10"),
  back: vienna(20, "18:30"),
  arrivedLate: 14_208,
  givenUp: 37,
  senders: { since: vienna(19, "17:10"), away: undefined, stillOut: 0, lastExpected: undefined, givenUp: true },
};

const stopped = vienna(20, "19:57");
const relapse: NoticeFacts = {
  ...down,
  phase: "relapse",
  now: vienna(20, "20:05"),
  began: vienna(19, "17:10"),
  back: vienna(20, "18:30"),
  stoppedAgain: stopped,
  nextBy: vienna(20, "20:45"),
  senders: { since: stopped, away: 8 * MINUTE, stillOut: 0, lastExpected: undefined, givenUp: true },
};

const hole = { from: vienna(22, "03:00"), to: vienna(24, "03:00") };

export const stories: readonly Story[] = [
  { name: "normal", facts: calm },
  {
    name: "maintenance_scheduled",
    facts: { ...calm, phase: "maintenance_scheduled", window: { ...window, text: moving }, notAffected },
  },
  {
    name: "maintenance",
    facts: {
      ...calm,
      phase: "maintenance",
      now: vienna(28, "22:04"),
      window: { ...window, started: true, text: moving },
      notAffected,
      nextBy: vienna(28, "23:00"),
    },
  },
  {
    name: "maintenance, longer than planned",
    facts: {
      ...calm,
      phase: "maintenance",
      now: vienna(28, "23:35"),
      window: { ...window, started: true, overrun: true },
      notAffected,
      nextBy: vienna(29, "00:15"),
    },
  },
  {
    name: "suspected, late mail",
    facts: {
      ...calm,
      phase: "suspected",
      forecast: { state: "waiting", limit: "retry_timers", messages: 214 },
      expected: { earliest: vienna(24, "14:40"), latest: vienna(24, "15:05") },
    },
  },
  { name: "suspected, silence", facts: { ...calm, phase: "suspected", scope: "host" } },
  {
    name: "suspected, a check from outside",
    facts: { ...calm, phase: "suspected", failing: { receiving: true, sending: false } },
  },
  { name: "outage", facts: down },
  {
    name: "outage, only sending fails",
    facts: { ...down, failing: { receiving: false, sending: true }, senders: undefined },
  },
  { name: "outage, only receiving fails", facts: { ...down, failing: { receiving: true, sending: false } } },
  { name: "outage, the mail check fails", facts: { ...down, scope: "filter", senders: undefined } },
  {
    name: "outage, a promise broken",
    facts: { ...down, now: vienna(24, "15:02"), brokenPromise: vienna(24, "15:00"), nextBy: vienna(24, "15:45") },
    before: down,
  },
  { name: "outage, no news", facts: { ...down, now: vienna(24, "14:58"), nextBy: vienna(24, "15:45") }, before: down },
  ...([1, 2, 3, 4, 5, 7] as const).map((days) => ({
    name: `outage, mark of ${days * 24} hours`,
    facts: downFor(days * DAY + 5 * MINUTE),
    before: downFor(days * DAY - 5 * MINUTE),
  })),
  { name: "relapse", facts: relapse, before: drain },
  {
    name: "relapse, a day later",
    facts: {
      ...relapse,
      now: stopped + DAY + HOUR,
      nextBy: stopped + DAY + 2 * HOUR,
      senders: { since: stopped, away: DAY + HOUR, stillOut: 0, lastExpected: undefined, givenUp: true },
    },
  },
  { name: "partial, places that do not answer", facts: places },
  { name: "partial, one of our lines", facts: { ...part, lines: { failing: 1, of: 8 } } },
  {
    name: "partial, three of our lines",
    facts: { ...part, lines: { failing: 3, of: 8 }, unreachable: 40 },
    before: { ...part, lines: { failing: 1, of: 8 } },
  },
  { name: "partial, sending fails", facts: { ...part, failing: { receiving: false, sending: true }, atRisk: 12 } },
  { name: "partial, receiving fails", facts: { ...part, failing: { receiving: true, sending: false } } },
  { name: "partial, we cannot say what", facts: { ...part, began: undefined } },
  { name: "draining", facts: drain, before: downFor(25 * HOUR) },
  { name: "draining, at our limit", facts: { ...drain, sparing: true, senders: undefined } },
  {
    name: "draining, no estimate yet",
    facts: {
      ...drain,
      expected: undefined,
      senders: { since: vienna(19, "17:10"), away: undefined, stillOut: 2140, lastExpected: undefined, givenUp: true },
    },
    before: drain,
  },
  {
    name: "draining, a new estimate",
    facts: {
      ...drain,
      now: vienna(20, "20:10"),
      nextBy: vienna(20, "21:00"),
      expected: { earliest: vienna(20, "21:30"), latest: vienna(21, "00:30") },
    },
    before: drain,
  },
  { name: "draining, numbers not told", facts: { ...drain, counts: false } },
  {
    name: "draining, nothing left",
    facts: {
      ...drain,
      forecast: { state: "clear", limit: "none", messages: 0 },
      expected: undefined,
      senders: undefined,
      began: vienna(20, "15:10"),
    },
  },
  { name: "resolved", facts: resolved, before: drain },
  {
    name: "resolved, short",
    facts: {
      ...resolved,
      began: vienna(21, "09:00"),
      back: vienna(21, "10:12"),
      arrivedLate: undefined,
      givenUp: 0,
      senders: undefined,
    },
  },
  {
    name: "resolved, mail gone in a restore",
    facts: { ...resolved, now: vienna(24, "06:00"), back: vienna(24, "03:40"), holes: [hole] },
    before: { ...drain, holes: [] },
  },
  { name: "blind", facts: { ...drain, blind: true } },
];

/** For the administrator. */
export const administrators: readonly { readonly name: string; readonly facts: SentenceFacts }[] = (() => {
  const now = vienna(24, "14:32");
  const base: SentenceFacts = {
    now,
    zone: "Europe/Vienna",
    blind: false,
    why: "",
    forecast: {
      state: "clear",
      earliest: undefined,
      likely: undefined,
      latest: undefined,
      limit: "none",
      because: "",
      messages: 0,
      stuck: [],
    },
    messages: 12,
    delayed: 0,
    due: 0,
    held: 0,
    within1h: 0,
  };
  const stuck = {
    destination: "gone.example.org",
    reason: "connection-refused",
    recipients: 1392,
    since: undefined,
    nextAttempt: undefined,
    firstGiveUp: vienna(25, "14:00"),
    lastGiveUp: undefined,
  };
  const waiting = (hours: number): SentenceFacts["mail"] => ({
    state: "waiting",
    since: now - hours * HOUR,
    held: 2140,
    givenUp: hours > 24 ? 120 : 0,
    givingUp: undefined,
    windows: [
      { patience: "24h", begins: now - hours * HOUR + DAY, messages: 210 },
      { patience: "5d", begins: now - hours * HOUR + 5 * DAY, messages: 1930 },
    ],
  });
  return [
    { name: "calm", facts: base },
    {
      name: "late mail",
      facts: {
        ...base,
        messages: 4210,
        delayed: 3987,
        due: 310,
        held: 2,
        within1h: 1,
        forecast: {
          ...base.forecast,
          state: "draining",
          limit: "retry_timers",
          messages: 3987,
          earliest: vienna(24, "15:01"),
          likely: vienna(24, "15:20"),
          latest: vienna(24, "17:50"),
          stuck: [stuck, { ...stuck, firstGiveUp: undefined, recipients: 1 }, stuck, stuck, stuck],
        },
      },
    },
    { name: "down for 18 hours", facts: { ...base, mail: waiting(18), nextBy: now + 4 * MINUTE } },
    { name: "down for 30 hours", facts: { ...base, mail: waiting(30), nextBy: now - MINUTE } },
    {
      name: "coming back, one line down",
      facts: {
        ...base,
        failingLines: ["mx3.example.org:25", "[2001:db8::25]:25"],
        mail: {
          state: "returning",
          since: now - 8 * HOUR,
          until: now - HOUR,
          held: 2140,
          arrived: 1500,
          stillOut: 640,
          givenUp: 0,
          shareArrived: 0.7,
          mostExpected: now + 2 * HOUR,
          lastExpected: now + 9 * HOUR,
        },
      },
    },
    { name: "blind", facts: { ...base, blind: true, why: "the log cannot be read" } },
  ];
})();
