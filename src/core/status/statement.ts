// What the operator says in open incidents, as far as a phase depends on it.

import type { Statement } from "./evidence.ts";
import type { Book } from "./incidents/book.ts";
import type { ComponentState } from "./incidents/incident.ts";
import type { PublicSite } from "./site.ts";

/** The operator's word of this moment; undefined while no incident of the operator's is open. */
export function statementOf(book: Book, site: PublicSite): Statement | undefined {
  const open = book.incidents.filter(({ byOperator, resolved }) => byOperator && resolved === undefined);
  if (open.length === 0) return undefined;
  let receiving: Statement["receiving"];
  let sending: Statement["sending"];
  let parts = false;
  for (const { id } of open) {
    for (const [component, state] of Object.entries(book.said[id] ?? {})) {
      const fails = gradeOf(state);
      if (fails === undefined) continue;
      const follows = site.components.find((one) => one.id === component)?.follows;
      if (follows === "receiving") receiving = receiving === "down" ? receiving : fails;
      else if (follows === "sending") sending = sending === "down" ? sending : fails;
      else parts = true;
    }
  }
  return { receiving, sending, parts, since: Math.min(...open.map(({ began }) => began)) };
}

/** The names of those parts of the service that fail by the operator's word and that mailtide does not judge. */
export function failingParts(book: Book, site: PublicSite): string[] {
  const failing = new Set(
    Object.values(book.said).flatMap((said) =>
      Object.entries(said).flatMap(([id, state]) => (gradeOf(state) === undefined ? [] : [id])),
    ),
  );
  return site.components.filter(({ id, follows }) => follows === undefined && failing.has(id)).map(({ name }) => name);
}

function gradeOf(state: ComponentState): "some" | "down" | undefined {
  if (state === "major_outage") return "down";
  return state === "partial_outage" || state === "degraded_performance" ? "some" : undefined;
}
