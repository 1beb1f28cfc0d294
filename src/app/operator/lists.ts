// What the operator sees of incidents and planned work: ids first, since every act needs one.

import type { Book } from "../../core/status/incidents/book.ts";
import { type Instant, instantText } from "../../core/time.ts";

/** Incidents and planned work that are shown, the newest and the next ones. */
const shown = 50;

export interface IncidentLine {
  readonly id: string;
  readonly status: string;
  readonly impact: string;
  readonly title: string;
  readonly by: "mailtide" | "operator";
  readonly began: string | null;
  readonly resolved: string | null;
  readonly components: Readonly<Record<string, string>>;
  readonly updates: number;
  /** What the operator has promised, kept or not. */
  readonly promised: string | null;
  readonly overdue: boolean;
}

export interface WindowLine {
  readonly id: string;
  readonly status: string;
  readonly title: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly components: readonly string[];
  readonly rule: string | null;
}

export interface RuleLine {
  readonly id: string;
  readonly title: string;
  readonly cron: string;
  readonly zone: string;
  readonly minutes: number;
}

/** Both lists. */
export function listOf(
  { incidents, windows, rules, promised }: Book,
  now: Instant,
): {
  readonly incidents: { readonly incidents: readonly IncidentLine[] };
  readonly maintenance: { readonly windows: readonly WindowLine[]; readonly rules: readonly RuleLine[] };
} {
  return {
    incidents: {
      incidents: incidents
        .slice(-shown)
        .toReversed()
        .map(({ id, status, impact, title, byOperator, began, resolved, components, updates }) => {
          const promise = promised.find(({ incident }) => incident === id)?.by;
          return {
            id,
            status,
            impact,
            title,
            by: byOperator ? "operator" : "mailtide",
            began: instantText(began),
            resolved: instantText(resolved),
            components,
            updates: updates.length,
            promised: instantText(promise),
            overdue: promise !== undefined && promise <= now,
          };
        }),
    },
    maintenance: {
      windows: windows.slice(-shown).map(({ id, status, title, from, to, components, rule }) => ({
        id,
        status,
        title,
        from: instantText(from),
        to: instantText(to),
        components,
        rule: rule ?? null,
      })),
      rules: rules.map(({ id, title, cron, zone, lasts }) => ({ id, title, cron, zone, minutes: lasts / 60_000 })),
    },
  };
}
