// The phase of the service: from facts, what was said before, and now; never better than what is known.

import { describe, expect, test } from "vitest";
import type { ClearState } from "../../../src/core/forecast/forecast.ts";
import type { Downtime, DowntimeScope } from "../../../src/core/outages/downtime.ts";
import type { ProbeFacts } from "../../../src/core/outages/probe.ts";
import type { PhaseFacts, PlannedWork } from "../../../src/core/status/evidence.ts";
import { calm, levelOf, nextPhase, type PhaseMemory } from "../../../src/core/status/phase.ts";
import { type Phase, phases } from "../../../src/core/status/status.ts";
import { DAY, HOUR, type Instant, MINUTE, SECOND } from "../../../src/core/time.ts";

const start = Date.UTC(2026, 10, 22, 12);

function down(scope: DowntimeScope, from: Instant, to?: Instant): Downtime {
  return { scope, target: "x", from, to, source: "inferred", cause: "", failures: 5 };
}

function forecast(state: ClearState, messages = 0): PhaseFacts["forecast"] {
  return { state, messages };
}

const well: PhaseFacts = { forecast: forecast("clear"), downtimes: [], unreachable: 0 };
const late: PhaseFacts = { ...well, forecast: forecast("draining", 50) };
const few: PhaseFacts = { ...well, forecast: forecast("waiting", 8) };
const places: PhaseFacts = { ...well, downtimes: [down("destination", start)], unreachable: 40 };
const blind: PhaseFacts = { ...well, blind: true, forecast: forecast("unknown") };
const sent: PhaseFacts = { ...well, atSenders: true };
const away = (from: Instant = start): PhaseFacts => ({ ...well, downtimes: [down("host", from)] });
const probe = (failing: number, confirmedSince?: Instant, addresses = 8): ProbeFacts => ({
  addresses,
  failing,
  allFail: failing === addresses,
  confirmedSince,
  names: [],
});

/** What is said from minute to minute: facts from each minute on, one look a minute, and every change of the phase. */
function told(story: readonly (readonly [minute: number, PhaseFacts])[], until: number, memory = calm): string[] {
  const said: string[] = [];
  let known: PhaseMemory = memory;
  for (let minute = 0; minute <= until; minute++) {
    const facts = story.findLast(([from]) => from <= minute)?.[1] ?? well;
    const next = nextPhase(known, facts, start + minute * MINUTE);
    if (next.phase !== known.phase) said.push(`${minute} ${next.phase}`);
    known = next;
  }
  return said;
}

describe("the table", () => {
  test.each<[string, [number, PhaseFacts][], number, string[]]>([
    ["all is well", [], 100, []],
    ["the server is down: outage once it is no restart", [[0, away()]], 5, ["0 suspected", "1 outage"]],
    [
      "a restart is a suspicion and nothing more",
      [
        [0, away()],
        [1, well],
      ],
      30,
      ["0 suspected", "2 normal"],
    ],
    ["the mail check is down", [[0, { ...well, downtimes: [down("filter", start)] }]], 5, ["0 suspected", "1 outage"]],
    ["places do not answer", [[0, places]], 5, ["0 partial"]],
    ["a handful at a broken place is no news", [[0, { ...places, unreachable: 5 }]], 30, []],
    ["a handful of late messages is no news", [[0, { ...well, forecast: forecast("draining", 3) }]], 30, []],
    ["some late mail is suspected, and dropped after 5 minutes", [[0, few]], 60, ["0 suspected", "5 normal"]],
    ["much late mail is confirmed after 5 minutes", [[0, late]], 60, ["0 suspected", "5 draining"]],
    [
      "late mail that goes away was nothing",
      [
        [0, late],
        [3, well],
      ],
      60,
      ["0 suspected", "4 normal"],
    ],
    [
      "back: said after ten minutes, over after two hours",
      [
        [0, away()],
        [60, well],
      ],
      300,
      ["0 suspected", "1 outage", "70 draining", "180 resolved"],
    ],
    [
      "back with late mail: over two hours after the last of it",
      [
        [0, away()],
        [60, late],
        [150, well],
      ],
      300,
      ["0 suspected", "1 outage", "70 draining", "269 resolved"],
    ],
    [
      "back with mail at its senders",
      [
        [0, away()],
        [60, sent],
        [100, well],
      ],
      300,
      ["0 suspected", "1 outage", "70 draining", "219 resolved"],
    ],
    [
      "a short trouble needs no longer than it lasted",
      [
        [0, away()],
        [4, well],
      ],
      30,
      ["0 suspected", "1 outage", "7 draining"],
    ],
    [
      "down, up, down: never said to be fixed",
      [
        [0, away()],
        [20, well],
        [25, away(start + 25 * MINUTE)],
        [40, well],
      ],
      60,
      ["0 suspected", "1 outage", "50 draining"],
    ],
    [
      "again within the drain: relapse",
      [
        [0, away()],
        [20, well],
        [60, away(start + 60 * MINUTE)],
      ],
      70,
      ["0 suspected", "1 outage", "30 draining", "61 relapse"],
    ],
    [
      "again within a day of the end: relapse",
      [
        [0, away()],
        [20, well],
        [600, away(start + 600 * MINUTE)],
      ],
      610,
      ["0 suspected", "1 outage", "30 draining", "140 resolved", "600 suspected", "601 relapse"],
    ],
    [
      "again after more than a day: a new outage",
      [
        [0, away()],
        [20, well],
        [1700, away(start + 1700 * MINUTE)],
      ],
      1710,
      ["0 suspected", "1 outage", "30 draining", "140 resolved", "1580 normal", "1700 suspected", "1701 outage"],
    ],
    [
      "some serve again: partial, after two minutes of it",
      [
        [0, away()],
        [20, places],
      ],
      30,
      ["0 suspected", "1 outage", "21 partial"],
    ],
    [
      "all of it from partial",
      [
        [0, places],
        [30, { ...places, downtimes: [down("host", start + 30 * MINUTE)] }],
      ],
      40,
      ["0 partial", "31 outage"],
    ],
    [
      "places answer again",
      [
        [0, places],
        [60, well],
      ],
      300,
      ["0 partial", "61 draining", "180 resolved"],
    ],
    [
      "nothing can be seen: nothing is better",
      [
        [0, away()],
        [20, blind],
      ],
      3000,
      ["0 suspected", "1 outage"],
    ],
    ["nothing can be seen from the start", [[0, blind]], 100, []],
    [
      "nothing can be seen in a drain: not over",
      [
        [0, away()],
        [20, well],
        [40, blind],
      ],
      3000,
      ["0 suspected", "1 outage", "30 draining"],
    ],
    [
      "blind, and the log still says that the server was stopped",
      [[0, { ...blind, downtimes: [down("host", start)] }]],
      10,
      ["1 outage"],
    ],
    [
      "an outage seen only afterwards",
      [[0, { ...well, downtimes: [down("host", start - 3 * HOUR, start - HOUR)] }]],
      100,
      ["0 draining", "60 resolved"],
    ],
    [
      "an outage of yesterday is no news",
      [[0, { ...well, downtimes: [down("host", start - DAY, start - 20 * HOUR)] }]],
      100,
      [],
    ],
    ["much at its senders, and no more is known", [[0, sent]], 10, ["0 draining"]],
  ])("%s", (_name, story, until, phases) => {
    expect(told(story, until)).toEqual(phases);
  });
});

describe("probes", () => {
  test.each<[string, [number, PhaseFacts][], number, string[]]>([
    ["one address of eight", [[0, { ...well, probe: probe(1, start) }]], 10, ["0 partial"]],
    [
      "one address, not yet sure",
      [
        [0, { ...well, probe: probe(1) }],
        [2, { ...well, probe: probe(0) }],
      ],
      10,
      ["0 suspected", "3 normal"],
    ],
    ["all of them", [[0, { ...well, probe: probe(8, start) }]], 10, ["0 outage"]],
    [
      "all of them while the log is silent and cannot be read",
      [[0, { ...blind, probe: probe(8, start) }]],
      10,
      ["0 outage"],
    ],
    [
      "any address serves: no longer an outage",
      [
        [0, { ...well, probe: probe(8, start) }],
        [20, { ...well, probe: probe(3, start) }],
      ],
      40,
      ["0 outage", "21 partial"],
    ],
  ])("%s", (_name, story, until, phases) => {
    expect(told(story, until)).toEqual(phases);
  });

  test("an address that flaps does not make the notice flap", () => {
    const story = Array.from({ length: 120 }, (_, i): [number, PhaseFacts] => [
      i * 3,
      { ...well, probe: i % 2 === 0 ? probe(1, start + i * 3 * MINUTE) : probe(0) },
    ]);
    expect(told(story, 360)).toEqual(["0 partial", "5 draining", "6 partial"]);
  });

  test("silence is none of our doing while every address answers", () => {
    const silence: Downtime = { ...down("host", start), cause: "no line is logged although mail usually comes" };
    expect(told([[0, { ...well, downtimes: [silence] }]], 300)).toEqual(["0 suspected"]);
    expect(told([[0, { ...well, downtimes: [silence], probe: probe(0) }]], 300)).toEqual([]);
    expect(told([[0, { ...well, downtimes: [silence], flowIsZero: true }]], 300)).toEqual(["0 outage"]);
  });
});

describe("planned work", () => {
  const at = (minute: number): Instant => start + minute * MINUTE;
  const work = (over: Partial<PlannedWork> = {}): PlannedWork => ({
    id: "w",
    from: at(60),
    to: at(120),
    recurring: false,
    receiving: true,
    sending: true,
    ...over,
  });
  const planned = (facts: PhaseFacts, ...windows: PlannedWork[]): PhaseFacts => ({ ...facts, windows });
  const stopped = (from: number, to?: number): PhaseFacts => ({
    ...well,
    downtimes: [down("host", at(from), to === undefined ? undefined : at(to))],
  });

  test.each<[string, [number, PhaseFacts][], number, string[]]>([
    [
      "announced, begun, over",
      [
        [0, planned(well, work())],
        [63, planned(stopped(63), work())],
        [110, planned(stopped(63, 110), work())],
      ],
      300,
      ["0 maintenance_scheduled", "60 maintenance", "120 normal"],
    ],
    [
      "weeks away: no headline yet",
      [[0, planned(well, work({ from: at(30 * 1440), to: at(30 * 1440 + 60) }))]],
      100,
      [],
    ],
    [
      "every week: no headline until the day before",
      [[0, planned(well, work({ from: at(1500), to: at(1560), recurring: true }))]],
      70,
      ["60 maintenance_scheduled"],
    ],
    [
      "it overruns: an outage",
      [
        [0, planned(well, work())],
        [63, planned(stopped(63), work())],
      ],
      200,
      ["0 maintenance_scheduled", "60 maintenance", "120 outage"],
    ],
    [
      "something fails that the work does not concern",
      [
        [0, planned(well, work({ receiving: false }))],
        [63, planned(stopped(63), work({ receiving: false }))],
      ],
      100,
      ["0 maintenance_scheduled", "60 maintenance", "64 outage"],
    ],
    [
      "an outage is not made planned work by planning some",
      [
        [0, stopped(0)],
        [60, planned(stopped(0), work())],
      ],
      100,
      ["0 suspected", "1 outage"],
    ],
    [
      "a little early is planned, too",
      [
        [0, planned(well, work())],
        [58, planned(stopped(58), work())],
      ],
      100,
      ["0 maintenance_scheduled", "58 suspected", "59 outage"],
    ],
    [
      "the end cannot be seen: it is not said to be over",
      [
        [0, planned(well, work())],
        [63, planned(blind, work())],
      ],
      300,
      ["0 maintenance_scheduled", "60 maintenance"],
    ],
    [
      "in a drain",
      [
        [0, stopped(0)],
        [30, planned(well, work())],
        [70, planned(stopped(70), work())],
        [110, planned(stopped(70, 110), work())],
      ],
      400,
      ["0 suspected", "1 outage", "40 draining", "71 maintenance", "120 draining", "229 resolved"],
    ],
  ])("%s", (_name, story, until, phases) => {
    expect(told(story, until)).toEqual(phases);
  });
});

describe("the operator's word", () => {
  const says = (over: object): PhaseFacts => ({
    ...well,
    statement: { receiving: undefined, sending: undefined, parts: false, since: start, ...over },
  });
  test.each<[string, [number, PhaseFacts][], number, string[]]>([
    [
      "an incident without a word on what it concerns",
      [
        [0, says({})],
        [30, well],
      ],
      60,
      ["0 suspected", "30 normal"],
    ],
    [
      "receiving is down",
      [
        [0, says({ receiving: "down" })],
        [30, well],
      ],
      60,
      ["0 outage", "30 resolved"],
    ],
    [
      "sending is down",
      [
        [0, says({ sending: "down" })],
        [30, well],
      ],
      60,
      ["0 partial", "30 resolved"],
    ],
    [
      "webmail is down, which nobody else can see",
      [
        [0, says({ parts: true })],
        [30, well],
      ],
      60,
      ["0 partial", "30 resolved"],
    ],
    [
      "withdrawn while mail is late: mailtide waits for the end of it",
      [
        [0, { ...says({ receiving: "down" }), forecast: forecast("draining", 40) }],
        [30, late],
      ],
      60,
      ["0 outage", "40 draining"],
    ],
    ["blind, and the operator says that something is wrong", [[0, { ...says({}), blind: true }]], 30, ["0 suspected"]],
  ])("%s", (_name, story, until, phases) => {
    expect(told(story, until)).toEqual(phases);
  });
});

describe("what is remembered", () => {
  test("it began with the downtime, not with our noticing, and stopped again when it did", () => {
    let memory = nextPhase(calm, away(start - 10 * MINUTE), start);
    expect(memory).toMatchObject({ phase: "outage", since: start, began: start - 10 * MINUTE });
    expect(memory.downSince).toBe(start - 10 * MINUTE);
    const ended = { ...well, downtimes: [down("host", start - 10 * MINUTE, start + HOUR)] };
    memory = nextPhase(memory, ended, start + HOUR + 20 * SECOND);
    expect(memory.phase).toBe("outage");
    memory = nextPhase(memory, ended, start + HOUR + 10 * MINUTE);
    expect(memory).toMatchObject({ phase: "draining", back: start + HOUR, began: start - 10 * MINUTE });
    const again = { ...ended, downtimes: [...ended.downtimes, down("host", start + 2 * HOUR)] };
    memory = nextPhase(memory, again, start + 2 * HOUR + 2 * MINUTE);
    expect(memory).toMatchObject({ phase: "relapse", stoppedAgain: start + 2 * HOUR, downSince: start + 2 * HOUR });
    expect(memory).toMatchObject({ back: start + HOUR, began: start - 10 * MINUTE });
  });

  test("mail that is always late, and places that are always dead, are no news after some days", () => {
    const always: PhaseFacts = { ...well, forecast: forecast("waiting", 15), unreachable: 8 };
    let memory: PhaseMemory = calm;
    for (let at = start; at < start + 5 * DAY; at += HOUR) memory = nextPhase(memory, always, at);
    expect(memory.phase).toBe("normal");
    expect(nextPhase(memory, { ...always, unreachable: 14 }, start + 5 * DAY).phase).toBe("normal");
    expect(nextPhase(memory, { ...always, unreachable: 60 }, start + 5 * DAY).phase).toBe("partial");
    const much = { ...always, forecast: forecast("draining", 200) };
    memory = nextPhase(memory, much, start + 5 * DAY);
    expect(memory.phase).toBe("suspected");
    expect(nextPhase(memory, much, start + 5 * DAY + 5 * MINUTE).phase).toBe("draining");
  });

  test("the clock is put back: nothing waits for a future that was", () => {
    let memory = nextPhase(calm, away(start), start + 5 * MINUTE);
    memory = nextPhase(memory, well, start + 6 * MINUTE);
    memory = nextPhase(memory, well, start - DAY);
    expect(memory.phase).toBe("outage");
    memory = nextPhase(memory, well, start - DAY + 11 * MINUTE);
    expect(memory.phase).toBe("draining");
  });
});

test("a level for each phase, and none while blind", () => {
  for (const phase of phases) expect(levelOf(phase, true)).toBe("unknown");
  expect(phases.map((phase: Phase) => levelOf(phase, false))).toEqual([
    "operational",
    "operational",
    "maintenance",
    "delayed",
    "major-outage",
    "partial-outage",
    "delayed",
    "major-outage",
    "operational",
  ]);
});
