// The phase of an incident: from facts and the phase before, never better than what is known.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClearState, clearStates, type Forecast } from "../../../src/core/forecast/forecast.ts";
import type { Downtime, DowntimeScope } from "../../../src/core/outages/downtime.ts";
import { calm, levelOf, nextPhase, type PhaseFacts, type PhaseMemory } from "../../../src/core/status/phase.ts";
import { type Phase, phases } from "../../../src/core/status/status.ts";
import { DAY, HOUR, MINUTE } from "../../../src/core/time.ts";

const now = Date.UTC(2026, 10, 22, 12);

function forecast(state: ClearState, messages = state === "clear" || state === "unknown" ? 0 : 50): Forecast {
  return {
    state,
    earliest: undefined,
    likely: undefined,
    latest: undefined,
    limit: "none",
    because: "",
    messages,
    stuck: [],
  };
}

function down(scope: DowntimeScope, from = now - 10 * MINUTE, to?: number): Downtime {
  return { scope, target: "x", from, to, source: "inferred", cause: "", failures: 5 };
}

const well: PhaseFacts = { forecast: forecast("clear"), downtimes: [], delayed: 0, unreachable: 0 };
const outage: PhaseFacts = { ...well, forecast: forecast("stalled"), downtimes: [down("host")] };
const filter: PhaseFacts = { ...outage, downtimes: [down("filter")] };
const partial: PhaseFacts = {
  ...well,
  forecast: forecast("stalled"),
  downtimes: [down("destination")],
  unreachable: 40,
};
const late: PhaseFacts = { ...well, forecast: forecast("draining"), delayed: 50 };
const sent: PhaseFacts = { ...well, atSenders: true };
const blind: PhaseFacts = { ...well, forecast: forecast("unknown") };

const was = (phase: Phase, lastTrouble = now - MINUTE): PhaseMemory => ({
  phase,
  since: now - 30 * MINUTE,
  began: now - HOUR,
  lastTrouble,
});

describe("table", () => {
  test.each<[Phase, string, PhaseFacts, number, Phase]>([
    ["normal", "all is well", well, Number.NaN, "normal"],
    ["normal", "the server is down", outage, Number.NaN, "outage"],
    ["normal", "the filter is down", filter, Number.NaN, "outage"],
    ["normal", "a place is down", partial, Number.NaN, "partial"],
    ["normal", "mail is late", late, Number.NaN, "suspected"],
    ["normal", "the server is down again within a day", outage, now - 20 * HOUR, "relapse"],
    ["outage", "nothing waits here, much at its senders", sent, now - MINUTE, "draining"],
    ["draining", "nothing waits here, much at its senders", sent, now - 30 * HOUR, "draining"],
    ["resolved", "nothing waits here, much at its senders", sent, now - HOUR, "draining"],
    ["normal", "an outage seen afterwards", sent, Number.NaN, "draining"],
    ["outage", "nothing can be seen", { ...blind, atSenders: true }, now - MINUTE, "outage"],
    ["suspected", "mail is late", late, now - MINUTE, "suspected"],
    ["suspected", "all is well", well, now - MINUTE, "normal"],
    ["suspected", "the server is down", outage, now - MINUTE, "outage"],
    ["outage", "the server is down", outage, now - MINUTE, "outage"],
    ["outage", "mail is late", late, now - MINUTE, "draining"],
    ["outage", "all is well for a minute", well, now - MINUTE, "draining"],
    ["outage", "nothing can be seen", blind, now - MINUTE, "outage"],
    ["partial", "nothing can be seen", blind, now - MINUTE, "partial"],
    ["partial", "all works, mail is late", late, now - MINUTE, "draining"],
    ["draining", "mail is late", late, now - MINUTE, "draining"],
    ["draining", "all is well for an hour", well, now - HOUR, "draining"],
    ["draining", "all is well for two hours", well, now - 2 * HOUR, "resolved"],
    ["draining", "the server is down", outage, now - MINUTE, "relapse"],
    ["draining", "a place is down", partial, now - MINUTE, "partial"],
    ["resolved", "all is well", well, now - 3 * HOUR, "resolved"],
    ["resolved", "the server is down", outage, now - 3 * HOUR, "relapse"],
    ["resolved", "all is well for a day", well, now - 25 * HOUR, "normal"],
    ["relapse", "the server is down", outage, now - MINUTE, "relapse"],
    ["relapse", "mail is late", late, now - MINUTE, "draining"],
    ["normal", "nothing can be seen", blind, Number.NaN, "normal"],
  ])("%s, and %s", (before, _what, facts, lastTrouble, after) => {
    const memory = before === "normal" && Number.isNaN(lastTrouble) ? calm : was(before, lastTrouble);
    expect(nextPhase(memory, facts, now).phase).toBe(after);
  });

  test("few recipients at a broken place, or a handful of late messages, are no incident", () => {
    expect(nextPhase(calm, { ...partial, unreachable: 5, forecast: forecast("stalled", 0) }, now).phase).toBe("normal");
    expect(nextPhase(calm, { ...late, forecast: forecast("draining", 3) }, now).phase).toBe("normal");
  });
});

describe("when it began", () => {
  test("with the downtime, not with our noticing; kept through the phases of one incident", () => {
    const began = now - 10 * MINUTE;
    let memory = nextPhase(calm, outage, now);
    expect(memory).toMatchObject({ phase: "outage", since: now, began });
    memory = nextPhase(memory, late, now + HOUR);
    expect(memory).toMatchObject({ phase: "draining", since: now + HOUR, began });
    memory = nextPhase(memory, well, now + 2 * HOUR);
    memory = nextPhase(memory, well, now + 3 * HOUR);
    expect(memory).toMatchObject({ phase: "resolved", began });
    memory = nextPhase(memory, well, now + DAY + 2 * HOUR);
    expect(memory).toMatchObject({ phase: "normal", began: Number.NaN });
  });
});

const anyFacts = fc.record({
  state: fc.constantFrom(...clearStates),
  messages: fc.nat(100),
  scope: fc.constantFrom<(DowntimeScope | undefined)[]>(undefined, "host", "destination", "filter"),
  unreachable: fc.constantFrom(0, 5, 50),
  after: fc.integer({ min: 1000, max: 4 * HOUR }),
});

test("random walks: never normal or resolved while our server is down or mail is late, never better while blind", () => {
  fc.assert(
    fc.property(fc.array(anyFacts, { maxLength: 60 }), (walk) => {
      let memory: PhaseMemory = calm;
      let at = now;
      for (const { state, messages, scope, unreachable, after } of walk) {
        at += after;
        const before = memory;
        const facts: PhaseFacts = {
          forecast: forecast(state, state === "clear" || state === "unknown" ? 0 : messages),
          downtimes: scope === undefined ? [] : [down(scope, at - MINUTE)],
          delayed: messages,
          unreachable,
        };
        memory = nextPhase(memory, facts, at);
        if (scope === "host" || scope === "filter") expect(["outage", "relapse"]).toContain(memory.phase);
        else if (state === "unknown") expect(memory.phase).toBe(before.phase);
        else if (unreachable >= 10) expect(memory.phase).toBe("partial");
        else if (facts.forecast.messages >= 5) expect(["suspected", "draining"]).toContain(memory.phase);
        // Two quiet hours come before all is said to be well.
        if (memory.phase === "resolved" && before.phase !== "resolved") {
          expect(at - memory.lastTrouble).toBeGreaterThanOrEqual(2 * HOUR);
        }
        if (memory.phase === "normal" && !["normal", "suspected"].includes(before.phase)) {
          expect(at - memory.lastTrouble).toBeGreaterThanOrEqual(DAY);
        }
        expect(memory.since <= at || Number.isNaN(memory.since)).toBe(true);
      }
    }),
    { numRuns: process.env.MAILTIDE_LONG === "1" ? 100_000 : 1000 },
  );
});

test("each phase shows a level, and blindness shows none of them", () => {
  for (const phase of phases) {
    expect(levelOf(phase, true)).toBe("unknown");
    expect(levelOf(phase, false)).not.toBe("unknown");
  }
  expect(levelOf("outage", false)).toBe("major-outage");
  expect(levelOf("draining", false)).toBe("delayed");
  expect(levelOf("resolved", false)).toBe("operational");
});
