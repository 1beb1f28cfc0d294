// What the operator can do, as values, and what comes of each: a new book and an answer, or a refusal with the next step in it.

import { DAY, type Duration, HOUR, type Instant } from "../../time.ts";
import type { PublicSite } from "../site.ts";
import { type Applied, done, refuse, unknownComponent } from "./answer.ts";
import { type Book, withHole } from "./book.ts";
import type { ComponentState, IncidentStatus } from "./incident.ts";
import { openIncident, resolveIncident, updateIncident } from "./incident-acts.ts";
import { addRule, addWindow, cancelWindow, planWindows } from "./window-acts.ts";

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
