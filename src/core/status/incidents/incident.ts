// What is kept of an incident, a window of planned work, and a hole left by a restore. Values only; `book.ts` moves them.

import type { Instant } from "../../time.ts";
import type { NoticeFacts } from "../languages/language.ts";
import type { Phase } from "../status.ts";

/** The words of Statuspage for an incident. */
export const incidentStatuses = ["investigating", "identified", "monitoring", "resolved"] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** The words of Statuspage for planned work, and `cancelled`. */
export const windowStatuses = ["scheduled", "in_progress", "completed", "cancelled"] as const;
export type WindowStatus = (typeof windowStatuses)[number];

/** The words of Statuspage for a component. */
export const componentStates = [
  "operational",
  "degraded_performance",
  "partial_outage",
  "major_outage",
  "under_maintenance",
] as const;
/** `unknown`: cannot be seen. Never upgraded to `operational`. */
export type ComponentState = (typeof componentStates)[number] | "unknown";

/** One entry of a history. What mailtide wrote is kept as facts, so that every language says it; an operator's words are kept as they are. */
export interface Update {
  /** Counts from 1 within its incident or window. */
  readonly number: number;
  readonly at: Instant;
  readonly phase: Phase;
  readonly status: IncidentStatus | WindowStatus;
  readonly by: "mailtide" | "operator";
  /** Facts for the languages, if mailtide wrote it. */
  readonly facts: NoticeFacts | undefined;
  /** The operator's words, cleaned; empty if mailtide wrote it. */
  readonly text: string;
  /** When more is promised, at the latest. */
  readonly nextBy: Instant | undefined;
}

export interface Incident {
  /** Twelve lower-case letters and digits; stable over restarts, in addresses and feeds. */
  readonly id: string;
  /** When the trouble began, which may be before anybody noticed. */
  readonly began: Instant;
  readonly opened: Instant;
  readonly resolved: Instant | undefined;
  readonly status: IncidentStatus;
  readonly phase: Phase;
  /** `none` before it is confirmed. */
  readonly impact: "none" | "minor" | "major" | "critical";
  /** The operator's title, cleaned; empty: the languages name it by its facts. */
  readonly title: string;
  /** Opened by the operator: not resolved without the operator. */
  readonly byOperator: boolean;
  /** Window whose overrun it is. */
  readonly window: string | undefined;
  /** Ids of the components it concerns, with their states now. */
  readonly components: Readonly<Record<string, ComponentState>>;
  /** Oldest first. */
  readonly updates: readonly Update[];
}

/** Planned work. A recurring one is several, each with its own id. */
export interface MaintenanceWindow {
  readonly id: string;
  /** The operator's title, cleaned; empty: the languages name it. */
  readonly title: string;
  /** What is done and what it means, in the operator's words; may be empty. */
  readonly text: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly announced: Instant;
  readonly status: WindowStatus;
  readonly components: readonly string[];
  /** How often it was changed since it was announced: iCalendar's SEQUENCE. */
  readonly sequence: number;
  /** The rule that it comes from, if it recurs. */
  readonly rule: string | undefined;
  /** The incident that its overrun became. */
  readonly incident: string | undefined;
  readonly updates: readonly Update[];
}

/** Mail that arrived in `[from, to)` is gone: a restore from a copy of `from`, at `to`. */
export interface RestoreHole {
  readonly from: Instant;
  readonly to: Instant;
  readonly said: Instant;
}
