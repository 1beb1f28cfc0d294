// The phase of an incident, as a function of facts, the phase before, and now.

import type { Forecast } from "../forecast/forecast.ts";
import type { Downtime } from "../outages/downtime.ts";
import { isSilence } from "../outages/watch.ts";
import { DAY, HOUR, type Instant } from "../time.ts";
import type { Level, Phase } from "./status.ts";

/** Recipients that wait at places that fail before the public hears of it: some far server is always broken. */
const worthSaying = 10;
/** How long all must be well before we say so. */
const settled = 2 * HOUR;

export interface PhaseFacts {
  readonly forecast: Forecast;
  readonly downtimes: readonly Downtime[];
  /** Messages delayed now, stuck ones included. */
  readonly delayed: number;
  /** Recipients that wait at places that fail. */
  readonly unreachable: number;
  /** More than a few messages are still expected from senders that we made wait. */
  readonly atSenders?: boolean;
}

/** What must be remembered between two moments. Times are `NaN` where there was none. */
export interface PhaseMemory {
  phase: Phase;
  /** When the phase began. */
  since: Instant;
  /** When the trouble of this incident began. */
  began: Instant;
  /** Last moment at which something was wrong. */
  lastTrouble: Instant;
}

export const calm: PhaseMemory = { phase: "normal", since: Number.NaN, began: Number.NaN, lastTrouble: Number.NaN };

/** The phase for this moment. Pure: the same facts give the same phase. */
export function nextPhase(before: PhaseMemory, facts: PhaseFacts, now: Instant): PhaseMemory {
  const open = facts.downtimes.filter((downtime) => downtime.to === undefined);
  // Silence alone may be a quiet night: enough to suspect, not to tell people that email does not work.
  const outage = open.find((downtime) => downtime.scope !== "destination" && !isSilence(downtime));
  const silent = open.some(isSilence);
  const partial = facts.unreachable >= worthSaying;
  const late = facts.forecast.state !== "clear" && facts.forecast.messages >= 5;
  const { atSenders = false } = facts;
  const recent = !Number.isNaN(before.lastTrouble) && now - before.lastTrouble < DAY;
  let phase: Phase;
  if (outage !== undefined) {
    const wasBetter =
      before.phase === "draining" || before.phase === "resolved" || (before.phase === "normal" && recent);
    phase = before.phase === "relapse" || wasBetter ? "relapse" : "outage";
  } else if (facts.forecast.state === "unknown") {
    // Nothing can be seen: what was said stays, nothing is upgraded.
    phase = before.phase;
  } else if (partial) {
    phase = "partial";
  } else if (late || silent) {
    phase = !atSenders && (before.phase === "normal" || before.phase === "suspected") ? "suspected" : "draining";
  } else if (atSenders) {
    // The outage is known to be over, and what it kept from us is on its way.
    phase = "draining";
  } else if (before.phase === "normal" || before.phase === "suspected") {
    phase = "normal";
  } else if (now - before.lastTrouble < settled) {
    phase = before.phase === "resolved" ? "resolved" : "draining";
  } else if (now - before.lastTrouble < DAY) {
    phase = "resolved";
  } else {
    phase = "normal";
  }
  const trouble = outage !== undefined || partial || late || silent || atSenders;
  const begins = trouble && (Number.isNaN(before.began) || before.phase === "normal");
  return {
    phase,
    since: phase === before.phase ? before.since : now,
    began: begins
      ? Math.min(now, ...open.map((downtime) => downtime.from))
      : phase === "normal"
        ? Number.NaN
        : before.began,
    lastTrouble: trouble ? now : before.lastTrouble,
  };
}

/** The level that a phase shows. */
export function levelOf(phase: Phase, blind: boolean): Level {
  if (blind) return "unknown";
  switch (phase) {
    case "normal":
    case "resolved":
    case "maintenance_scheduled":
      return "operational";
    case "maintenance":
      return "maintenance";
    case "outage":
    case "relapse":
      return "major-outage";
    case "partial":
      return "partial-outage";
    default:
      return "delayed";
  }
}
