// The book of incidents and planned work: what was said about each, and when. A value; what moves it answers a new one.

import type { Instant } from "../../time.ts";
import type { ComponentState, Incident, MaintenanceWindow, RestoreHole } from "./incident.ts";

/** Planned work that comes again. Its windows are worked out where there is a calendar, and planned ahead one by one. */
export interface MaintenanceRule {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** A cron expression of five fields, in `zone`. */
  readonly cron: string;
  /** IANA zone. */
  readonly zone: string;
  /** Length of each window in milliseconds. */
  readonly lasts: number;
  readonly components: readonly string[];
  readonly announced: Instant;
  readonly cancelled: boolean;
}

/** A promise of news. */
export interface NewsPromise {
  readonly by: Instant;
  readonly incident: string;
}

export interface ComponentRecord {
  readonly state: ComponentState;
  readonly since: Instant;
}

/** An act that was carried out, for whoever asks for it again without knowing. */
export interface AnsweredAct {
  /** Made of what the asker called it and of the act. */
  readonly key: string;
  readonly at: Instant;
  readonly id: string;
  readonly says: string;
}

export interface Book {
  /** By the time at which they were opened, oldest first. */
  readonly incidents: readonly Incident[];
  /** By start, oldest first. */
  readonly windows: readonly MaintenanceWindow[];
  readonly rules: readonly MaintenanceRule[];
  readonly holes: readonly RestoreHole[];
  /** Id of the incident that mailtide itself writes in; empty for none. */
  readonly current: string;
  /** Ids given so far: no two are made from the same text. */
  readonly given: number;
  /** When mailtide itself will say more at the latest; undefined while there is nothing to say. */
  readonly nextBy: Instant | undefined;
  /** What the operator has promised and not kept yet, soonest first. */
  readonly promised: readonly NewsPromise[];
  /** The state of every component, as last told, by its id. */
  readonly components: Readonly<Record<string, ComponentRecord>>;
  /** States that the operator gave in open incidents, by incident and component. What mailtide sees is not in here. */
  readonly said: Readonly<Record<string, Readonly<Record<string, ComponentState>>>>;
  /** Since when each of these has been said, by incident and component. */
  readonly saidSince: Readonly<Record<string, Readonly<Record<string, Instant>>>>;
  /** What the operator said last of components that nobody else judges. */
  readonly set: Readonly<Record<string, ComponentState>>;
  /** mailtide's own promise that passed without news, until it has kept the next. */
  readonly broken: Instant | undefined;
  /** Oldest first. */
  readonly answered: readonly AnsweredAct[];
}

export const emptyBook: Book = {
  incidents: [],
  windows: [],
  rules: [],
  holes: [],
  current: "",
  given: 0,
  nextBy: undefined,
  promised: [],
  components: {},
  said: {},
  saidSince: {},
  set: {},
  broken: undefined,
  answered: [],
};

/** Incidents that are kept, and updates of one. */
const keptIncidents = 500;
const keptUpdates = 300;
/** Windows that are over and are kept. */
const keptWindows = 500;
const keptHoles = 100;

/** The same book with an incident put in its place, or added. */
export function withIncident(book: Book, incident: Incident): Book {
  const at = book.incidents.findIndex(({ id }) => id === incident.id);
  const bounded = { ...incident, updates: fewer(incident.updates, keptUpdates) };
  if (at !== -1) return { ...book, incidents: book.incidents.with(at, bounded) };
  const all = [...book.incidents, bounded];
  while (all.length > keptIncidents) {
    const oldest = all.findIndex(({ resolved }) => resolved !== undefined);
    all.splice(Math.max(0, oldest), 1);
  }
  return { ...book, incidents: all };
}

/** The same book with a window put in its place, or added. */
export function withWindow(book: Book, window: MaintenanceWindow): Book {
  const rest = book.windows.filter(({ id }) => id !== window.id);
  const bounded = { ...window, updates: fewer(window.updates, keptUpdates) };
  const all = [...rest, bounded].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  while (all.length > keptWindows) {
    const oldest = all.findIndex(({ status }) => status === "completed" || status === "cancelled");
    if (oldest === -1) break;
    all.splice(oldest, 1);
  }
  return { ...book, windows: all };
}

/** The same book with a hole added. */
export function withHole(book: Book, hole: RestoreHole): Book {
  return { ...book, holes: [...book.holes, hole].slice(-keptHoles) };
}

/** The first update and the last ones: how it began is not forgotten. */
function fewer<T>(updates: readonly T[], most: number): readonly T[] {
  return updates.length <= most ? updates : [updates[0], ...updates.slice(updates.length - most + 1)];
}
