// Statuspage's public API, version 2, as a strict reader of it would write it down: no key may be missing or new.

import { z } from "zod";

const stamp = z.iso.datetime();
const indicator = z.enum(["none", "minor", "major", "critical"]);
const componentStatus = z.enum([
  "operational",
  "degraded_performance",
  "partial_outage",
  "major_outage",
  "under_maintenance",
]);

const page = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{12}$/),
  name: z.string().min(1),
  url: z.string(),
  time_zone: z.string().min(1),
  updated_at: stamp,
});

const component = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  status: componentStatus,
  created_at: stamp,
  updated_at: stamp,
  position: z.int().min(1),
  description: z.string().nullable(),
  showcase: z.boolean(),
  start_date: z.iso.date().nullable(),
  group_id: z.string().nullable(),
  page_id: z.string(),
  group: z.boolean(),
  only_show_if_degraded: z.boolean(),
});

const affected = z.strictObject({
  code: z.string(),
  name: z.string(),
  old_status: componentStatus,
  new_status: componentStatus,
});

const updateOf = <S extends z.ZodType>(status: S) =>
  z.strictObject({
    id: z.string().min(1),
    status,
    body: z.string(),
    incident_id: z.string().min(1),
    created_at: stamp,
    updated_at: stamp,
    display_at: stamp,
    affected_components: z.array(affected).min(1).nullable(),
    deliver_notifications: z.boolean(),
    custom_tweet: z.string().nullable(),
    tweet_id: z.number().nullable(),
  });

const entryOf = <S extends z.ZodType>(status: S) => ({
  id: z.string().min(1),
  name: z.string(),
  status,
  created_at: stamp,
  updated_at: stamp,
  monitoring_at: stamp.nullable(),
  resolved_at: stamp.nullable(),
  shortlink: z.string().min(1),
  started_at: stamp,
  page_id: z.string(),
  incident_updates: z.array(updateOf(status)).min(1),
  components: z.array(component),
  reminder_intervals: z.null(),
});

const incident = z.strictObject({
  ...entryOf(z.enum(["investigating", "identified", "monitoring", "resolved", "postmortem"])),
  impact: indicator,
});

const maintenance = z.strictObject({
  ...entryOf(z.enum(["scheduled", "in_progress", "verifying", "completed"])),
  impact: z.literal("maintenance"),
  scheduled_for: stamp,
  scheduled_until: stamp,
});

const words = z.record(z.string().regex(/^[a-z]{2,3}$/), z.string());

const mailtide = z.strictObject({
  version: z.literal(1),
  demonstration: z.boolean(),
  as_of: stamp,
  valid_until: stamp.nullable(),
  phase: z.string(),
  level: z.enum(["operational", "delayed", "partial-outage", "major-outage", "maintenance", "unknown"]),
  since: stamp.nullable(),
  next_update_by: stamp.nullable(),
  observer: z.enum(["seeing", "blind"]),
  backlog: z.strictObject({ here: z.number().nullable(), at_senders: z.number().nullable() }),
  forecast: z.strictObject({ earliest: stamp, latest: stamp, share: z.number() }).nullable(),
  sender_windows: z.strictObject({ nearly_all_by: stamp.nullable() }).nullable(),
  data_loss: z.array(z.strictObject({ from: stamp, to: stamp })),
  components: z.record(
    z.string(),
    z.strictObject({ state: z.union([componentStatus, z.literal("unknown")]), since: stamp.nullable() }),
  ),
  cancelled: z.array(z.strictObject({ id: z.string(), name: words, scheduled_for: stamp })),
  headline: words,
  notice: words,
});

const status = z.strictObject({ indicator, description: z.string() });
const common = { page, mailtide };
const incidents = z.array(incident);
const scheduled_maintenances = z.array(maintenance);

/** By address below /api/v2/. */
export const schemas = {
  "summary.json": z.strictObject({
    ...common,
    components: z.array(component),
    incidents,
    scheduled_maintenances,
    status,
  }),
  "status.json": z.strictObject({ ...common, status }),
  "components.json": z.strictObject({ ...common, components: z.array(component) }),
  "incidents.json": z.strictObject({ ...common, incidents }),
  "incidents/unresolved.json": z.strictObject({ ...common, incidents }),
  "scheduled-maintenances.json": z.strictObject({ ...common, scheduled_maintenances }),
  "scheduled-maintenances/active.json": z.strictObject({ ...common, scheduled_maintenances }),
  "scheduled-maintenances/upcoming.json": z.strictObject({ ...common, scheduled_maintenances }),
} as const;
