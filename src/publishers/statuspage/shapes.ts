// What Statuspage's public API (version 2) answers, as its clients expect it. Fields and words are theirs:
// https://developer.statuspage.io and the page `/api` of any page hosted there. Every key is there, `null` where it has no value.

import type { ComponentState, IncidentStatus, WindowStatus } from "../../core/status/incidents/incident.ts";

export type Indicator = "none" | "minor" | "major" | "critical";
/** RFC 3339, UTC. */
export type Stamp = string;

export interface PageShape {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly time_zone: string;
  readonly updated_at: Stamp;
}

export interface ComponentShape {
  readonly id: string;
  readonly name: string;
  readonly status: Exclude<ComponentState, "unknown">;
  readonly created_at: Stamp;
  readonly updated_at: Stamp;
  /** Counts from 1. */
  readonly position: number;
  readonly description: string | null;
  readonly showcase: boolean;
  readonly start_date: string | null;
  readonly group_id: string | null;
  readonly page_id: string;
  readonly group: boolean;
  readonly only_show_if_degraded: boolean;
}

export interface AffectedShape {
  readonly code: string;
  readonly name: string;
  readonly old_status: ComponentShape["status"];
  readonly new_status: ComponentShape["status"];
}

interface UpdateShape<Status extends string> {
  readonly id: string;
  readonly status: Status;
  readonly body: string;
  readonly incident_id: string;
  readonly created_at: Stamp;
  readonly updated_at: Stamp;
  readonly display_at: Stamp;
  readonly affected_components: readonly AffectedShape[] | null;
  readonly deliver_notifications: boolean;
  readonly custom_tweet: null;
  readonly tweet_id: null;
}

interface EntryShape<Status extends string> {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly created_at: Stamp;
  readonly updated_at: Stamp;
  readonly monitoring_at: Stamp | null;
  readonly resolved_at: Stamp | null;
  readonly shortlink: string;
  readonly started_at: Stamp;
  readonly page_id: string;
  /** Newest first. */
  readonly incident_updates: readonly UpdateShape<Status>[];
  readonly components: readonly ComponentShape[];
  readonly reminder_intervals: null;
}

export interface IncidentShape extends EntryShape<IncidentStatus> {
  readonly impact: Indicator;
}

export interface MaintenanceShape extends EntryShape<Exclude<WindowStatus, "cancelled">> {
  readonly impact: "maintenance";
  readonly scheduled_for: Stamp;
  readonly scheduled_until: Stamp;
}

export interface StatusShape {
  readonly indicator: Indicator;
  readonly description: string;
}
