// Planned work that the operator announces and cancels.

import { DAY, type Duration, type Instant, MINUTE } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import type { Act } from "./acts.ts";
import { type Applied, done, refuse, unknownComponent, words } from "./answer.ts";
import { type Book, type MaintenanceRule, withWindow } from "./book.ts";
import { idOf } from "./id.ts";
import type { MaintenanceWindow } from "./incident.ts";
import { cleanText, cleanTitle } from "./text.ts";

const longestWindow: Duration = 14 * DAY;
const furthestWindow: Duration = 400 * DAY;
/** Rules, and windows to come: more is a mistake. */
const mostRules = 50;
const mostComing = 200;

function wrongWindow(from: Instant, to: Instant, now: Instant): string {
  if (!(from < to)) return "Planned work ends after it begins: give a later end.";
  if (to <= now) return "This planned work is over already: give a later time.";
  if (to - from > longestWindow) return "Planned work takes 14 days at most: give an earlier end.";
  return from - now > furthestWindow ? "Planned work is announced for the next 400 days at most." : "";
}

/** One window. */
export function addWindow(book: Book, act: Act & { act: "maintenance-add" }, site: PublicSite, now: Instant): Applied {
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

/** Work that comes again. */
export function addRule(book: Book, act: Act & { act: "maintenance-repeat" }, site: PublicSite, now: Instant): Applied {
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

/** The next windows of a rule. */
export function planWindows(book: Book, act: Act & { act: "maintenance-plan" }, now: Instant): Applied {
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

/** Ends work that has begun, calls off what has not. */
export function cancelWindow(book: Book, act: Act & { act: "maintenance-cancel" }, now: Instant): Applied {
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
