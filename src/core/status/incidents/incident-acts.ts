// Incidents that the operator opens, updates and resolves.

import { DAY, type Duration, type Instant } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import type { Act } from "./acts.ts";
import { type Applied, done, refuse, unknownComponent, words } from "./answer.ts";
import { type Book, withIncident } from "./book.ts";
import { idOf } from "./id.ts";
import type { ComponentState, Incident, Update } from "./incident.ts";
import { graver } from "./keep.ts";
import { cleanText, cleanTitle } from "./text.ts";

const furthestPromise: Duration = 30 * DAY;
/** An incident that is opened now began within this. */
const oldest: Duration = 14 * DAY;
/** Open incidents of the operator: more is a mistake. */
const mostOpen = 50;

/** The first thing that is wrong with a promise; empty if nothing is. */
function wrongPromise(by: Instant | undefined, now: Instant): string {
  if (by === undefined) return "";
  if (!(by > now)) return "The next update is promised for a time that has passed: give a later one.";
  return by - now > furthestPromise
    ? "The next update is promised for more than 30 days from now: give an earlier time."
    : "";
}

/** A new incident. */
export function openIncident(book: Book, act: Act & { act: "incident-open" }, site: PublicSite, now: Instant): Applied {
  const title = cleanTitle(act.title);
  const text = cleanText(act.text);
  if (title === "") return refuse(book, "wrong", "An incident needs a title of 1 to 120 characters.");
  const components = act.components ?? {};
  const { began = now } = act;
  if (!(began <= now && now - began <= oldest)) {
    return refuse(book, "wrong", "An incident began within the last 14 days: give such a time, or none.");
  }
  const wrong = unknownComponent(Object.keys(components), site) || wrongPromise(act.nextBy, now);
  if (wrong !== "") return refuse(book, "wrong", wrong);
  const open = book.incidents.filter(({ byOperator, resolved }) => byOperator && resolved === undefined);
  if (open.length >= mostOpen) {
    return refuse(book, "conflict", `${mostOpen} incidents are open: resolve some, or update one of them.`);
  }
  const id = idOf(`operator ${now} ${book.given}`);
  const status = act.status ?? "investigating";
  const incident: Incident = {
    id,
    began,
    opened: now,
    resolved: undefined,
    status,
    phase: "suspected",
    impact: graver("none", components, "suspected"),
    title,
    byOperator: true,
    window: undefined,
    components,
    updates: [{ ...words(1, now, status, text === "" ? title : text), nextBy: act.nextBy }],
  };
  const opened = withIncident({ ...book, given: book.given + 1 }, incident);
  const said = { ...book.said, [id]: components };
  return done({ ...opened, said, promised: promise(book, id, act.nextBy) }, id, "The incident is open.");
}

/** What the operator promised for an incident before is kept by any word on it. */
function promise(book: Book, incident: string, by: Instant | undefined): Book["promised"] {
  const others = book.promised.filter((one) => one.incident !== incident);
  return (by === undefined ? others : [...others, { by, incident }]).toSorted((a, b) => a.by - b.by);
}

function openOne(book: Book, id: string): Incident | string {
  const incident = book.incidents.find((one) => one.id === id);
  const open = book.incidents.filter(({ resolved }) => resolved === undefined).map((one) => one.id);
  const which = open.length === 0 ? "None is open." : `Open: ${open.join(", ")}.`;
  if (incident === undefined) return `There is no incident ${cleanTitle(id)}. ${which}`;
  return incident.resolved === undefined ? incident : `The incident ${id} is resolved. ${which}`;
}

/** More words on an incident, or other states. */
export function updateIncident(
  book: Book,
  act: Act & { act: "incident-update" },
  site: PublicSite,
  now: Instant,
): Applied {
  const incident = openOne(book, act.incident);
  if (typeof incident === "string") {
    return refuse(book, book.incidents.some(({ id }) => id === act.incident) ? "conflict" : "missing", incident);
  }
  const text = cleanText(act.text);
  if (text === "") return refuse(book, "wrong", "An update needs a text of 1 to 2000 characters.");
  const given = act.components ?? {};
  const wrong = unknownComponent(Object.keys(given), site) || wrongPromise(act.nextBy, now);
  if (wrong !== "") return refuse(book, "wrong", wrong);
  const title = act.title === undefined ? incident.title : cleanTitle(act.title);
  const status = act.status ?? (incident.status === "resolved" ? "investigating" : incident.status);
  const states = { ...(book.said[incident.id] ?? {}), ...given };
  const components = { ...incident.components, ...given };
  const number = (incident.updates.at(-1)?.number ?? 0) + 1;
  const update: Update = { ...words(number, now, status, text), phase: incident.phase, nextBy: act.nextBy };
  const updates = [...incident.updates, update];
  const impact = graver(incident.impact, components, "suspected");
  const moved = withIncident(book, { ...incident, title, status, components, impact, updates });
  // A state given to an incident that mailtide opened makes it the operator's as well: both have to see its end.
  const byWord = Object.keys(states).length > 0 && !incident.byOperator;
  const owned = byWord ? withIncident(moved, { ...last(moved, incident.id), byOperator: true }) : moved;
  const said = Object.keys(states).length > 0 ? { ...book.said, [incident.id]: states } : book.said;
  const next = { ...owned, said, promised: promise(book, incident.id, act.nextBy) };
  return done(next, incident.id, "The update is published.");
}

function last(book: Book, id: string): Incident {
  const found = book.incidents.find((one) => one.id === id);
  if (found === undefined) throw new Error("an incident that was just written is gone");
  return found;
}

/** The operator's part of an incident is over; all of it, unless mailtide still sees trouble. */
export function resolveIncident(book: Book, act: Act & { act: "incident-resolve" }, now: Instant): Applied {
  const incident = openOne(book, act.incident);
  if (typeof incident === "string") {
    return refuse(book, book.incidents.some(({ id }) => id === act.incident) ? "conflict" : "missing", incident);
  }
  const text = cleanText(act.text);
  const { id } = incident;
  // What mailtide itself sees is not over because somebody says so: the incident is its own until it sees the end.
  const goesOn = book.current === id;
  if (goesOn && !incident.byOperator && text === "") {
    return refuse(
      book,
      "conflict",
      "mailtide opened this incident and resolves it when it has seen email work for 2 hours. To tell people something, update it.",
    );
  }
  const number = (incident.updates.at(-1)?.number ?? 0) + 1;
  const status = goesOn ? incident.status : "resolved";
  const update: Update = {
    ...words(number, now, status, text === "" ? (goesOn ? incident.title : "") : text),
    phase: goesOn ? incident.phase : "resolved",
  };
  const { [id]: withdrawn = {}, ...said } = book.said;
  const set = { ...book.set };
  const components: Record<string, ComponentState> = { ...incident.components };
  for (const component of Object.keys(withdrawn)) {
    set[component] = "operational";
    if (!goesOn) components[component] = "operational";
  }
  const next = withIncident(
    { ...book, said, set, promised: promise(book, id, undefined) },
    {
      ...incident,
      byOperator: goesOn ? false : incident.byOperator,
      status,
      phase: update.phase,
      resolved: goesOn ? undefined : now,
      components,
      updates: [...incident.updates, update],
    },
  );
  return done(
    next,
    id,
    goesOn
      ? "Your part of it is over. mailtide still sees trouble or late mail, and resolves the incident when it has seen email work for 2 hours."
      : "The incident is resolved.",
  );
}
