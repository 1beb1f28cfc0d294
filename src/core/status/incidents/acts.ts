// What the operator can do, as values, and what comes of each: a new book and an answer, or a refusal with the next step in it.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import { type Book, type MaintenanceRule, withHole, withIncident, withWindow } from "./book.ts";
import { idOf } from "./id.ts";
import type { ComponentState, Incident, IncidentStatus, MaintenanceWindow, Update } from "./incident.ts";
import { graver } from "./keep.ts";
import { cleanText, cleanTitle } from "./text.ts";

/** A state that the operator gives. */
export type GivenState = Exclude<ComponentState, "unknown">;
/** States by component id. */
export type GivenStates = Readonly<Record<string, GivenState>>;

export type Act =
  | {
      readonly act: "incident-open";
      readonly title: string;
      readonly text: string;
      readonly status?: Exclude<IncidentStatus, "resolved"> | undefined;
      readonly components?: GivenStates | undefined;
      readonly nextBy?: Instant | undefined;
      /** When the trouble began; now if it is not given. */
      readonly began?: Instant | undefined;
    }
  | {
      readonly act: "incident-update";
      readonly incident: string;
      readonly text: string;
      readonly title?: string | undefined;
      readonly status?: Exclude<IncidentStatus, "resolved"> | undefined;
      readonly components?: GivenStates | undefined;
      readonly nextBy?: Instant | undefined;
    }
  | { readonly act: "incident-resolve"; readonly incident: string; readonly text: string }
  | {
      readonly act: "maintenance-add";
      readonly title: string;
      readonly text: string;
      readonly from: Instant;
      readonly to: Instant;
      readonly components?: readonly string[] | undefined;
    }
  | {
      readonly act: "maintenance-repeat";
      readonly title: string;
      readonly text: string;
      readonly cron: string;
      readonly zone: string;
      readonly lasts: Duration;
      readonly components?: readonly string[] | undefined;
    }
  /** The next windows of a rule, worked out by a calendar. Those that are known already stay as they are. */
  | { readonly act: "maintenance-plan"; readonly rule: string; readonly starts: readonly Instant[] }
  | { readonly act: "maintenance-cancel"; readonly id: string; readonly text: string }
  | { readonly act: "restore-hole"; readonly from: Instant; readonly to: Instant }
  | { readonly act: "component"; readonly component: string; readonly state: GivenState };

/** What came of an act. */
export type Answer =
  | {
      readonly done: true;
      /** Id of the incident, window or rule; empty where there is none. */
      readonly id: string;
      /** For the operator, one or two sentences. */
      readonly says: string;
    }
  | {
      readonly done: false;
      /** `missing`: there is no such thing. `conflict`: not as things stand. `wrong`: it never would be. */
      readonly why: "wrong" | "missing" | "conflict";
      /** For the operator, with the next step. */
      readonly says: string;
    };

interface Applied {
  readonly book: Book;
  readonly answer: Answer;
}

const longestWindow: Duration = 14 * DAY;
const furthestWindow: Duration = 400 * DAY;
const furthestPromise: Duration = 30 * DAY;
/** Open incidents of the operator, rules, and windows to come: more is a mistake. */
const mostOpen = 50;
const mostRules = 50;
const mostComing = 200;

/** Applies an act. The book is the same unless the answer is `done`. */
export function apply(book: Book, act: Act, site: PublicSite, now: Instant): Applied {
  switch (act.act) {
    case "incident-open":
      return openIncident(book, act, site, now);
    case "incident-update":
      return updateIncident(book, act, site, now);
    case "incident-resolve":
      return resolveIncident(book, act, now);
    case "maintenance-add":
      return addWindow(book, act, site, now);
    case "maintenance-repeat":
      return addRule(book, act, site, now);
    case "maintenance-plan":
      return planWindows(book, act, now);
    case "maintenance-cancel":
      return cancelWindow(book, act, now);
    case "restore-hole":
      return addHole(book, act, now);
    default:
      return setComponent(book, act, site);
  }
}

function refuse(book: Book, why: "wrong" | "missing" | "conflict", says: string): Applied {
  return { book, answer: { done: false, why, says } };
}

function done(book: Book, id: string, says: string): Applied {
  return { book, answer: { done: true, id, says } };
}

/** The first thing that is wrong with names of components; empty if nothing is. */
function unknownComponent(ids: Iterable<string>, site: PublicSite): string {
  const known = site.components.map(({ id }) => id);
  for (const id of ids) {
    if (!known.includes(id)) return `There is no component "${cleanTitle(id)}"; there are ${known.join(", ")}.`;
  }
  return "";
}

/** The first thing that is wrong with a promise; empty if nothing is. */
function wrongPromise(by: Instant | undefined, now: Instant): string {
  if (by === undefined) return "";
  if (!(by > now)) return "The next update is promised for a time that has passed: give a later one.";
  return by - now > furthestPromise
    ? "The next update is promised for more than 30 days from now: give an earlier time."
    : "";
}

function openIncident(book: Book, act: Act & { act: "incident-open" }, site: PublicSite, now: Instant): Applied {
  const title = cleanTitle(act.title);
  const text = cleanText(act.text);
  if (title === "") return refuse(book, "wrong", "An incident needs a title of 1 to 120 characters.");
  const components = act.components ?? {};
  const { began = now } = act;
  if (!(began <= now && now - began <= 14 * DAY)) {
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

function words(number: number, at: Instant, status: Update["status"], text: string): Update {
  return { number, at, phase: "suspected", status, by: "operator", facts: undefined, text, nextBy: undefined };
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

function updateIncident(book: Book, act: Act & { act: "incident-update" }, site: PublicSite, now: Instant): Applied {
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

function resolveIncident(book: Book, act: Act & { act: "incident-resolve" }, now: Instant): Applied {
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

function wrongWindow(from: Instant, to: Instant, now: Instant): string {
  if (!(from < to)) return "Planned work ends after it begins: give a later end.";
  if (to <= now) return "This planned work is over already: give a later time.";
  if (to - from > longestWindow) return "Planned work takes 14 days at most: give an earlier end.";
  return from - now > furthestWindow ? "Planned work is announced for the next 400 days at most." : "";
}

function addWindow(book: Book, act: Act & { act: "maintenance-add" }, site: PublicSite, now: Instant): Applied {
  const { from, to, components = [] } = act;
  const wrong = wrongWindow(from, to, now) || unknownComponent(components, site);
  if (wrong !== "") return refuse(book, "wrong", wrong);
  if (coming(book, now) >= mostComing) {
    return refuse(book, "conflict", `${mostComing} windows are announced already: cancel some.`);
  }
  const id = idOf(`window ${from} ${to} ${now} ${book.given}`);
  const window = windowOf(id, cleanTitle(act.title), cleanText(act.text), from, to, components, undefined, now);
  const over = book.windows.filter((one) => one.status !== "cancelled" && one.from < to && from < one.to).length;
  const also = over === 0 ? "" : ` It overlaps with ${over === 1 ? "another window" : `${over} other windows`}.`;
  return done(withWindow({ ...book, given: book.given + 1 }, window), id, `The work is announced.${also}`);
}

function coming(book: Book, now: Instant): number {
  return book.windows.filter(({ status, to }) => status !== "cancelled" && to > now).length;
}

function windowOf(
  id: string,
  title: string,
  text: string,
  from: Instant,
  to: Instant,
  components: readonly string[],
  rule: string | undefined,
  now: Instant,
): MaintenanceWindow {
  return {
    id,
    title,
    text,
    from,
    to,
    announced: now,
    status: "scheduled",
    components: [...new Set(components)],
    sequence: 0,
    rule,
    incident: undefined,
    updates: [],
  };
}

function addRule(book: Book, act: Act & { act: "maintenance-repeat" }, site: PublicSite, now: Instant): Applied {
  const { cron, zone, lasts, components = [] } = act;
  const wrong = unknownComponent(components, site);
  if (wrong !== "") return refuse(book, "wrong", wrong);
  if (!(lasts >= MINUTE && lasts <= longestWindow)) {
    return refuse(book, "wrong", "Planned work takes from 1 minute to 14 days.");
  }
  const rules = book.rules.filter(({ cancelled }) => !cancelled);
  if (rules.length >= mostRules) return refuse(book, "conflict", `There are ${mostRules} rules already: cancel some.`);
  const id = idOf(`rule ${cron} ${now} ${book.given}`);
  const rule: MaintenanceRule = {
    id,
    title: cleanTitle(act.title),
    text: cleanText(act.text),
    cron,
    zone,
    lasts,
    components: [...new Set(components)],
    announced: now,
    cancelled: false,
  };
  return done(
    { ...book, given: book.given + 1, rules: [...rules, rule] },
    id,
    "The work is announced, again and again.",
  );
}

function planWindows(book: Book, act: Act & { act: "maintenance-plan" }, now: Instant): Applied {
  const rule = book.rules.find(({ id }) => id === act.rule);
  if (rule === undefined || rule.cancelled) return refuse(book, "missing", `There is no rule ${cleanTitle(act.rule)}.`);
  let planned = book;
  for (const from of act.starts) {
    const id = idOf(`window of ${rule.id} ${from}`);
    const isKnown = book.windows.some((window) => window.id === id);
    if (isKnown || wrongWindow(from, from + rule.lasts, now) !== "" || coming(planned, now) >= mostComing) continue;
    planned = withWindow(
      planned,
      windowOf(id, rule.title, rule.text, from, from + rule.lasts, rule.components, rule.id, now),
    );
  }
  return done(planned, rule.id, "The next windows are planned.");
}

function cancelWindow(book: Book, act: Act & { act: "maintenance-cancel" }, now: Instant): Applied {
  const text = cleanText(act.text);
  const rule = book.rules.find(({ id }) => id === act.id);
  const window = book.windows.find(({ id }) => id === act.id);
  if (rule !== undefined && !rule.cancelled) {
    const rules = book.rules.filter(({ id }) => id !== rule.id);
    const ahead = book.windows.filter((one) => one.rule === rule.id && one.status === "scheduled" && one.from > now);
    const cancelled = ahead.reduce<Book>((all, one) => withWindow(all, ended(one, text, now)), { ...book, rules });
    return done(cancelled, rule.id, `The rule is cancelled, with ${ahead.length} windows that were announced.`);
  }
  if (window === undefined) {
    return refuse(book, "missing", `There is no planned work ${cleanTitle(act.id)}: see mailtide maintenance list.`);
  }
  if (window.status === "cancelled" || window.status === "completed") {
    return refuse(book, "conflict", `This planned work is ${window.status} already.`);
  }
  const underWay = now >= window.from;
  return done(
    withWindow(book, ended(window, text, now)),
    window.id,
    underWay ? "The work is over." : "The work is cancelled, and people are told so.",
  );
}

/** Work that has begun is over; work that has not is off. */
function ended(window: MaintenanceWindow, text: string, now: Instant): MaintenanceWindow {
  const underWay = now > window.from;
  const status = underWay ? "completed" : "cancelled";
  const number = (window.updates.at(-1)?.number ?? 0) + 1;
  return {
    ...window,
    status,
    to: underWay ? Math.min(window.to, now) : window.to,
    sequence: window.sequence + 1,
    updates: [...window.updates, { ...words(number, now, status, text), phase: "normal" }],
  };
}

function addHole(book: Book, { from, to }: Act & { act: "restore-hole" }, now: Instant): Applied {
  if (!(from < to))
    return refuse(
      book,
      "wrong",
      "The hole ends after it begins: FROM is the time of the copy, TO that of the restore.",
    );
  if (to > now + HOUR) return refuse(book, "wrong", "The hole ends in the future: TO is when the copy was put back.");
  if (to - from > 60 * DAY) return refuse(book, "wrong", "The hole is longer than 60 days: check FROM and TO.");
  if (book.holes.some((hole) => hole.from === from && hole.to === to)) {
    return done(book, "", "People have been told of this hole already.");
  }
  return done(withHole(book, { from, to, said: now }), "", "People are told what is gone, and to ask for it again.");
}

function setComponent(book: Book, { component, state }: Act & { act: "component" }, site: PublicSite): Applied {
  const wrong = unknownComponent([component], site);
  if (wrong !== "") return refuse(book, "missing", wrong);
  if (site.components.some(({ id, follows }) => id === component && follows !== undefined)) {
    return refuse(
      book,
      "conflict",
      `mailtide judges "${component}" itself. To tell people otherwise, open an incident: mailtide incident open TITLE --component ${component}=${state}.`,
    );
  }
  return done({ ...book, set: { ...book.set, [component]: state } }, component, `"${component}" is ${state}.`);
}
