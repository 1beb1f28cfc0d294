// The state of each part of the service, under the operator's names.

import type { Book } from "./incidents/book.ts";
import { type ComponentState, componentStates } from "./incidents/incident.ts";
import type { PhaseMemory } from "./phase.ts";
import type { ComponentSite, Direction, PublicSite } from "./site.ts";

/** From best to worst, planned work as bad as a part that fails; what is unknown is worse than what is well. */
const order: readonly ComponentState[] = [
  "operational",
  "unknown",
  "under_maintenance",
  "degraded_performance",
  "partial_outage",
  "major_outage",
];

/** The worst of some states; `operational` for none. */
export function worst(states: Iterable<ComponentState>): ComponentState {
  let found: ComponentState = "operational";
  for (const state of states) if (order.indexOf(state) > order.indexOf(found)) found = state;
  return found;
}

/** Whether a text names a state that can be given to a component. */
export function isComponentState(text: string): text is Exclude<ComponentState, "unknown"> {
  return (componentStates as readonly string[]).includes(text);
}

/** States of all components by id: what mailtide sees, and the operator's word where that is worse or there is nothing else. */
export function componentsNow(
  site: PublicSite,
  phase: PhaseMemory,
  book: Book,
  blind: boolean,
): Record<string, ComponentState> {
  const states: Record<string, ComponentState> = {};
  for (const component of site.components) {
    const said = Object.values(book.said).flatMap((one) =>
      one[component.id] === undefined ? [] : [one[component.id]],
    );
    states[component.id] = worst([seen(component, phase, book, blind), ...said]);
  }
  return states;
}

/** What mailtide itself says of a component. */
export function seen(component: ComponentSite, phase: PhaseMemory, book: Book, blind: boolean): ComponentState {
  const { id, follows } = component;
  const works = book.windows.find((window) => window.id === phase.window);
  const working =
    phase.phase === "maintenance" &&
    works !== undefined &&
    (works.components.length === 0 || works.components.includes(id));
  if (follows === undefined) return working ? "under_maintenance" : (book.set[id] ?? "unknown");
  const fails = failing(phase, follows);
  // What was bad when we last looked does not become better, and what was well is no longer known.
  if (blind && fails === "operational") return "unknown";
  return working && fails === "operational" ? "under_maintenance" : fails;
}

function failing(memory: PhaseMemory, direction: Direction): ComponentState {
  const { receiving, sending } = memory.failing;
  // What has just stopped to fail is as bad as it was until we say that it works again.
  const fails = memory.failing[direction] || (!receiving && !sending && memory[direction]);
  switch (memory.phase) {
    case "outage":
    case "relapse":
      return fails ? "major_outage" : memory[direction] ? "degraded_performance" : "operational";
    case "partial":
      return fails ? "partial_outage" : memory[direction] ? "degraded_performance" : "operational";
    case "draining":
    case "suspected":
      return memory[direction] ? "degraded_performance" : "operational";
    default:
      return "operational";
  }
}
