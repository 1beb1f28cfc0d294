// The public document in Statuspage's words, in the first language.

import { createHash } from "node:crypto";
import type { ComponentState } from "../../core/status/incidents/incident.ts";
import type {
  PublicComponent,
  PublicDocument,
  PublicIncident,
  PublicUpdate,
  PublicWindow,
  Words,
} from "../../core/status/public/document.ts";
import { type Instant, instantText } from "../../core/time.ts";
import { stamp } from "./extra.ts";
import type { ComponentShape, IncidentShape, MaintenanceShape, PageShape } from "./shapes.ts";
import { componentStatus, statusOf } from "./status.ts";

/** Everything that the eight addresses choose from. */
export interface Translated {
  readonly page: PageShape;
  readonly status: ReturnType<typeof statusOf>;
  readonly components: readonly ComponentShape[];
  readonly unresolved: readonly IncidentShape[];
  /** Unresolved and resolved, newest first, at most fifty as Statuspage has it. */
  readonly incidents: readonly IncidentShape[];
  readonly maintenances: readonly MaintenanceShape[];
}

const listed = 50;

/** When the page last said something new; not the moment of the document, which passes without news. */
function lastChange(document: PublicDocument): Instant {
  const moments = [
    ...document.open.map(({ changed }) => changed),
    ...document.past.map(({ changed }) => changed),
    ...document.windows.map(({ changed }) => changed),
    ...document.components.map(({ since }) => since ?? Number.NaN),
    document.since ?? Number.NaN,
  ].filter((at) => at <= document.at);
  return moments.length === 0 ? 0 : Math.max(...moments);
}

/** The document in Statuspage's words. */
export function translated(document: PublicDocument): Translated {
  const { languages, demonstration, name, url, zone } = document;
  const said = (words: Words): string => words[languages[0]] ?? "";
  const page: PageShape = {
    id: createHash("sha256")
      .update(url ?? name)
      .digest("hex")
      .slice(0, 12),
    name: demonstration ? `Demonstration: ${name}` : name,
    url: url ?? "",
    time_zone: zone,
    updated_at: stamp(lastChange(document)),
  };
  const components = document.components.map((one, i) => component(one, i, page));
  const concerned = (ids: readonly string[]): ComponentShape[] => components.filter(({ id }) => ids.includes(id));

  const update = <Status extends string>(
    entry: string,
    { id, at, words }: PublicUpdate,
    status: Status,
    affected: MaintenanceShape["incident_updates"][number]["affected_components"],
  ) => ({
    id,
    status,
    body: said(words),
    incident_id: entry,
    created_at: stamp(at),
    updated_at: stamp(at),
    display_at: stamp(at),
    affected_components: affected,
    deliver_notifications: true,
    custom_tweet: null,
    tweet_id: null,
  });

  const incident = (one: PublicIncident): IncidentShape => {
    const states = new Map(Object.entries(one.components));
    const affected = affectedBy(states, document.components);
    return {
      id: one.id,
      name: said(one.name),
      status: one.status,
      created_at: stamp(one.opened),
      updated_at: stamp(one.changed),
      monitoring_at: instantText(one.updates.find(({ status }) => status === "monitoring")?.at),
      resolved_at: instantText(one.resolved),
      impact: one.impact,
      shortlink: `${url ?? ""}/i/${one.id}`,
      started_at: stamp(one.began),
      page_id: page.id,
      // What an older update did to components is not kept; the newest one stands for what holds.
      incident_updates: one.updates.map((each, i) =>
        update(one.id, each, each.status as IncidentShape["status"], i === 0 ? affected : null),
      ),
      components: concerned([...states.keys()]),
      reminder_intervals: null,
    };
  };

  const maintenance = (one: PublicWindow): MaintenanceShape[] => {
    const { status } = one;
    if (status === "cancelled") return [];
    const last = one.updates.find((each) => each.status === "completed");
    return [
      {
        id: one.id,
        name: said(one.name),
        status,
        created_at: stamp(one.announced),
        updated_at: stamp(one.changed),
        monitoring_at: null,
        resolved_at: status === "completed" ? stamp(last?.at ?? one.changed) : null,
        impact: "maintenance",
        shortlink: `${url ?? ""}/m/${one.id}`,
        started_at: stamp(one.announced),
        page_id: page.id,
        incident_updates: updatesOf(one).map((each) =>
          update(one.id, each, each.status as MaintenanceShape["status"], null),
        ),
        components: concerned(one.components),
        reminder_intervals: null,
        scheduled_for: stamp(one.from),
        scheduled_until: stamp(one.to),
      },
    ];
  };

  const unresolved = document.open.map(incident);
  const resolved = document.past.slice(0, Math.max(0, listed - unresolved.length)).map(incident);
  return {
    page,
    status: statusOf(document),
    components,
    unresolved,
    incidents: [...unresolved, ...resolved],
    // Statuspage has the latest first; of ours, the fifty last ones.
    maintenances: document.windows.flatMap(maintenance).reverse().slice(0, listed),
  };
}

/** An update is always there: what was announced stands for one that is missing. */
function updatesOf(window: PublicWindow): readonly PublicUpdate[] {
  const told = window.updates.filter(({ status }) => status !== "cancelled");
  if (told.length > 0) return told;
  return [{ id: `${window.id}-0`, at: window.announced, status: window.status, by: "operator", words: window.words }];
}

function component({ id, name, state, since }: PublicComponent, index: number, page: PageShape): ComponentShape {
  const changed = since === undefined ? page.updated_at : stamp(since);
  return {
    id,
    name,
    status: componentStatus(state),
    created_at: changed,
    updated_at: changed,
    position: index + 1,
    description: null,
    showcase: true,
    start_date: null,
    group_id: null,
    page_id: page.id,
    group: false,
    only_show_if_degraded: false,
  };
}

function affectedBy(
  states: ReadonlyMap<string, ComponentState>,
  components: readonly PublicComponent[],
): IncidentShape["incident_updates"][number]["affected_components"] {
  const affected = components.flatMap(({ id, name }) => {
    const state = states.get(id);
    if (state === undefined) return [];
    return [{ code: id, name, old_status: componentStatus(state), new_status: componentStatus(state) }];
  });
  return affected.length === 0 ? null : affected;
}
