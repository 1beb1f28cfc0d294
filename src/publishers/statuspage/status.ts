// The one word for everything, and a component's state, in Statuspage's terms. What cannot be seen is never fine.

import type { ComponentState } from "../../core/status/incidents/incident.ts";
import type { PublicDocument } from "../../core/status/public/document.ts";
import type { Phase } from "../../core/status/status.ts";
import type { ComponentShape, Indicator, StatusShape } from "./shapes.ts";

const ranks: readonly Indicator[] = ["none", "minor", "major", "critical"];

function worst(indicators: readonly Indicator[]): Indicator {
  return ranks[Math.max(0, ...indicators.map((one) => ranks.indexOf(one)))];
}

const byPhase: Readonly<Record<Phase, Indicator>> = {
  normal: "none",
  maintenance_scheduled: "none",
  // Statuspage documents no word of its own for planned work here, and a client that knows only four would break on a fifth.
  maintenance: "minor",
  suspected: "minor",
  outage: "critical",
  partial: "major",
  draining: "minor",
  relapse: "critical",
  resolved: "none",
};

const byState: Readonly<Record<ComponentState, Indicator>> = {
  operational: "none",
  under_maintenance: "minor",
  degraded_performance: "minor",
  partial_outage: "major",
  major_outage: "critical",
  unknown: "none",
};

/** Statuspage has no word for a component that cannot be seen: the mildest one that is not fine. */
export function componentStatus(state: ComponentState): ComponentShape["status"] {
  return state === "unknown" ? "degraded_performance" : state;
}

/** The worst of the phase, the open incidents, the components, and our own blindness. */
export function statusOf(document: PublicDocument): StatusShape {
  const { phase, blind, level, open, components, headline, languages, demonstration } = document;
  const indicator = worst([
    byPhase[phase],
    blind || level === "unknown" ? "minor" : "none",
    ...open.map(({ impact }) => impact),
    ...components.map(({ state }) => byState[state]),
  ]);
  const words = headline[languages[0]] ?? "";
  return { indicator, description: demonstration ? `Demonstration: ${words}` : words };
}
