// What mailtide writes into the book at a moment: an incident opened, an update, the end of it, the next promise.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";
import { worst } from "../components.ts";
import type { NoticeFacts } from "../languages/language.ts";
import { markPassed } from "../marks.ts";
import { isIncident, type PhaseMemory } from "../phase.ts";
import type { Phase } from "../status.ts";
import { type Book, withIncident } from "./book.ts";
import { idOf } from "./id.ts";
import type { ComponentState, Incident, IncidentStatus, Update } from "./incident.ts";
import { isDue, promisedBy } from "./promises.ts";
import { moveWindows } from "./windows.ts";

/** Late mail so long after an incident is still its own. */
const watching: Duration = 14 * DAY;
/** Updates for what is no change of the phase are no closer than this. */
const apart: Duration = 10 * MINUTE;
/** A promise kept so much later, and more than a look late, was not kept. */
const grace: Duration = MINUTE;
/** The public is told of the operator's broken promise for so long. */
const ashamed: Duration = DAY;

/** What is known when the book is written. */
export interface Moment {
  readonly phase: PhaseMemory;
  /** What is told, but for promises. */
  readonly facts: NoticeFacts;
  /** States of all components by id. */
  readonly components: Readonly<Record<string, ComponentState>>;
  /** Ids of the components that mailtide judges. */
  readonly judged: readonly string[];
  /** Time since the look before; `NaN` for the first. */
  readonly span: Duration;
  readonly now: Instant;
}

/** The book after this moment. The same book if there is nothing to write. */
export function keep(book: Book, moment: Moment): Book {
  const { phase, facts, now } = moment;
  const told = withComponents(book, moment);
  const incident = currentIncident(told, moment);
  const why = incident === undefined ? "" : reason(told, incident, moment);
  const next = promised(told, moment, why);
  const words = { ...facts, nextBy: nextPromise(next, now), brokenPromise: brokenPromise(next, now) };
  const kept = moveWindows(next, phase.window, words, now);
  if (incident === undefined) return isOver(kept, phase) ? { ...kept, current: "" } : kept;
  return why === "" ? shown(kept, incident, moment) : written(kept, incident, moment, words);
}

/** Nothing more is to be written in the current incident. */
function isOver({ current }: Book, { began }: PhaseMemory): boolean {
  return current !== "" && Number.isNaN(began);
}

/** The soonest promise that has not passed. */
export function nextPromise({ nextBy, promised }: Book, now: Instant): Instant | undefined {
  const open = [nextBy, ...promised.map(({ by }) => by)].filter((by) => by !== undefined && by > now);
  return open.length === 0 ? undefined : Math.min(...(open as Instant[]));
}

/** A promise that has passed without news. */
export function brokenPromise({ broken, promised }: Book, now: Instant): Instant | undefined {
  return promised.find(({ by }) => by <= now && now - by < ashamed)?.by ?? broken;
}

function withComponents(book: Book, { components, judged, phase, now }: Moment): Book {
  const changed = Object.entries(components).filter(([id, state]) => book.components[id]?.state !== state);
  const gone = Object.keys(book.components).some((id) => components[id] === undefined);
  if (changed.length === 0 && !gone) return book;
  const records = Object.keys(components).map((id) => {
    const before = book.components[id];
    if (before?.state === components[id]) return [id, before] as const;
    // What the operator says of a part has no beginning that we know.
    const since = judged.includes(id) ? sinceOf(components[id], phase, now) : now;
    return [id, { state: components[id], since }] as const;
  });
  return { ...book, components: Object.fromEntries(records) };
}

/** Since when: what fails since it began to, as the notice says it; all else since now. */
function sinceOf(state: ComponentState, { failingSince }: PhaseMemory, now: Instant): Instant {
  const fails = state === "major_outage" || state === "partial_outage";
  return fails && failingSince < now ? failingSince : now;
}

/** The incident that this moment belongs to: the one that is open, one opened by the operator, a past one, or a new one. */
function currentIncident(book: Book, { phase, now }: Moment): Incident | undefined {
  const current = book.incidents.find(({ id }) => id === book.current);
  if (phase.phase === "resolved" && current !== undefined) return current;
  if (!isIncident(phase.phase) || phase.byWord) return undefined;
  if (current !== undefined) return current;
  const open = book.incidents.findLast(
    ({ byOperator, resolved, components }) =>
      byOperator && resolved === undefined && (Object.keys(components).length === 0 || concerned(components, phase)),
  );
  if (open !== undefined) return open;
  const last = book.incidents.findLast(({ byOperator }) => !byOperator);
  const onlyLate = phase.phase === "draining" && Number.isNaN(phase.lastFailure);
  if (onlyLate && phase.receiving && last?.resolved !== undefined && now - last.resolved < watching) return last;
  return {
    id: idOf(`incident ${phase.began} ${book.given}`),
    began: phase.began,
    opened: now,
    resolved: undefined,
    status: "investigating",
    phase: phase.phase,
    impact: "none",
    title: "",
    byOperator: false,
    window: phase.window === "" ? undefined : phase.window,
    components: {},
    updates: [],
  };
}

function concerned(components: Incident["components"], { receiving, sending }: PhaseMemory): boolean {
  return (receiving && "receiving" in components) || (sending && "sending" in components);
}

/** Why something is to be written now; empty for no reason. */
function reason(book: Book, incident: Incident, { phase, facts, span, now }: Moment): string {
  if (phase.phase === "resolved") return incident.resolved === undefined && !incident.byOperator ? "resolved" : "";
  const last = incident.updates.findLast(({ by }) => by === "mailtide");
  if (last?.facts === undefined || incident.resolved !== undefined) return "opened";
  if (last.phase !== phase.phase) return "phase";
  const { downSince } = phase;
  const mark = markPassed(downSince, now);
  if (mark?.tells === "everybody" && mark !== markPassed(downSince, last.at)) return "mark";
  if (isDue(book.nextBy, now, span)) return "promise";
  if (book.promised.some(({ by }) => by <= now && by > last.at)) return "broken promise";
  // How much fails is not known anew by whoever cannot see.
  if (facts.blind) return "";
  if (differs(last.facts.failing, facts.failing) || differs(last.facts.parts, facts.parts)) return "extent";
  const before = last.facts.expected;
  const { expected } = facts;
  if (before !== undefined && expected === undefined) return "withdrawn";
  if (now - last.at < apart) return "";
  if (before === undefined && expected !== undefined) return "range";
  if (before !== undefined && expected !== undefined && isMaterial(before.latest, expected.latest, now)) return "range";
  return differs(last.facts.lines, facts.lines) ? "extent" : "";
}

/** A later end at once; an earlier one if it is worth the reader's time. */
function isMaterial(before: Instant, after: Instant, now: Instant): boolean {
  const worthIt = Math.max(15 * MINUTE, (before - now) / 4);
  return after > before + 15 * MINUTE || before - after >= worthIt;
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/** The promise after this moment: what was promised is kept, and more is promised with every word. */
function promised(book: Book, { phase, facts, span, now }: Moment, why: string): Book {
  const due = isDue(book.nextBy, now, span);
  const first = book.nextBy === undefined;
  const window = facts.window === undefined ? undefined : facts.window;
  const by = phase.byWord ? undefined : promisedBy(phase.phase, phase.since, now, window);
  if (by === undefined) {
    return first && book.broken === undefined ? book : { ...book, nextBy: undefined, broken: undefined };
  }
  if (why === "" && !due && !first && phase.since !== now) return book;
  const broken =
    book.nextBy !== undefined && now - book.nextBy > Math.max(grace, span > 0 ? Math.min(span, HOUR) : 0)
      ? book.nextBy
      : undefined;
  return { ...book, nextBy: by, broken };
}

/** The same book with what the incident shows brought up to now. */
function shown(book: Book, incident: Incident, moment: Moment): Book {
  const { phase } = moment;
  if (incident.resolved !== undefined) return book;
  const bad = troubled(incident, moment, book.said[incident.id]);
  if (!differs(bad, incident.components)) return book;
  return withIncident(book, { ...incident, components: bad, impact: graver(incident.impact, bad, phase.phase) });
}

/** The same book with an update. */
function written(book: Book, incident: Incident, moment: Moment, facts: NoticeFacts): Book {
  const { phase, now } = moment;
  const over = phase.phase === "resolved";
  const status = over ? "resolved" : statusOf(phase.phase, incident);
  const update: Update = {
    number: (incident.updates.at(-1)?.number ?? 0) + 1,
    at: now,
    phase: phase.phase,
    status,
    by: "mailtide",
    facts,
    text: "",
    nextBy: facts.nextBy,
  };
  const isNew = !book.incidents.some(({ id }) => id === incident.id);
  const bad = over ? wellAgain(incident) : troubled(incident, moment, book.said[incident.id]);
  const linked = isNew && incident.window !== undefined ? withLink(book, incident.window, incident.id) : book;
  return {
    ...withIncident(linked, {
      ...incident,
      status,
      phase: phase.phase,
      resolved: over ? now : undefined,
      components: bad,
      impact: over ? incident.impact : graver(incident.impact, bad, phase.phase),
      updates: [...incident.updates, update],
    }),
    current: incident.id,
    given: book.given + (isNew ? 1 : 0),
  };
}

function withLink(book: Book, window: string, incident: string): Book {
  return { ...book, windows: book.windows.map((one) => (one.id === window ? { ...one, incident } : one)) };
}

/** The components that an incident concerns, with their states now: those that mailtide judges, and those that the operator named. */
function troubled(
  incident: Incident,
  { components, judged }: Moment,
  said: Readonly<Record<string, ComponentState>> = {},
): Incident["components"] {
  const states: Record<string, ComponentState> = {};
  for (const [id, state] of Object.entries(components)) {
    const isBad = !["operational", "unknown", "under_maintenance"].includes(state);
    if (said[id] !== undefined) states[id] = worst([state, said[id]]);
    else if (incident.components[id] !== undefined || (isBad && judged.includes(id))) states[id] = state;
  }
  return states;
}

function wellAgain({ components }: Incident): Incident["components"] {
  return Object.fromEntries(Object.keys(components).map((id) => [id, "operational"]));
}

/** A cause that the operator knows is known until email stops again. */
function statusOf(phase: Phase, { status, phase: before }: Incident): IncidentStatus {
  if (phase === "draining") return "monitoring";
  if (phase === "partial") return "identified";
  return status === "identified" && before === phase ? "identified" : "investigating";
}

const impacts: readonly Incident["impact"][] = ["none", "minor", "major", "critical"];

/** An incident is as bad as it was at its worst. */
export function graver(
  impact: Incident["impact"],
  components: Incident["components"],
  phase: Phase,
): Incident["impact"] {
  const states = Object.values(components);
  const now =
    phase === "outage" || phase === "relapse" || states.includes("major_outage")
      ? "critical"
      : phase === "partial" || states.includes("partial_outage")
        ? "major"
        : phase === "draining" || states.includes("degraded_performance")
          ? "minor"
          : "none";
  return impacts[Math.max(impacts.indexOf(impact), impacts.indexOf(now))];
}
