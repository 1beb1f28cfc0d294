// Incidents and planned work for the public: what was written, in every language.
//
// What mailtide wrote is said anew from its facts. It never changes, so it is said once and remembered.

import type { Incident, MaintenanceWindow, Update } from "../incidents/incident.ts";
import type { Language, NoticeFacts } from "../languages/language.ts";
import type { PublicIncident, PublicUpdate, PublicWindow, Words } from "./document.ts";

/** Said already, by the languages and the thing itself. Values only: nothing is different for it but the time it takes. */
const said = new WeakMap<readonly Language[], WeakMap<object, Words>>();

function once(languages: readonly Language[], of: object, say: (language: Language) => string): Words {
  const known = said.get(languages) ?? new WeakMap<object, Words>();
  said.set(languages, known);
  let words = known.get(of);
  if (words === undefined) {
    words = Object.fromEntries(languages.map((language) => [language.tag, say(language)]));
    known.set(of, words);
  }
  return words;
}

function alike(languages: readonly Language[], text: string): Words {
  return Object.fromEntries(languages.map(({ tag }) => [tag, text]));
}

/** An incident as the public sees it; `components` are the ids that it may name. */
export function publicIncident(
  incident: Incident,
  languages: readonly Language[],
  components: readonly string[],
): PublicIncident {
  const { id, status, impact, began, opened, resolved, updates } = incident;
  return {
    id,
    name: nameOf(incident, languages),
    status,
    impact,
    began,
    opened,
    changed: updates.at(-1)?.at ?? opened,
    resolved,
    components: Object.fromEntries(Object.entries(incident.components).filter(([id]) => components.includes(id))),
    window: incident.window,
    updates: publicUpdates(id, updates, languages),
  };
}

/** The operator's title, or the headline at its worst. */
function nameOf({ title, updates }: Incident, languages: readonly Language[]): Words {
  if (title !== "") return alike(languages, title);
  const order = ["outage", "relapse", "partial", "draining"];
  const told = updates.filter(({ facts }) => facts !== undefined);
  const worst = order.flatMap((phase) => told.find((update) => update.phase === phase) ?? [])[0] ?? told[0];
  const facts = worst?.facts;
  return facts === undefined
    ? alike(languages, "")
    : once(languages, worst.facts as object, (language) => language.headline(facts));
}

/** Planned work as the public sees it. */
export function publicWindow(
  window: MaintenanceWindow,
  languages: readonly Language[],
  zone: string,
  components: readonly string[],
): PublicWindow {
  const { id, status, from, to, announced, sequence, incident, updates, title, text } = window;
  const facts = announcement(window, zone);
  return {
    id,
    name: title === "" ? once(languages, window, (language) => language.headline(facts)) : alike(languages, title),
    words: alike(languages, text),
    status,
    from,
    to,
    announced,
    changed: updates.at(-1)?.at ?? announced,
    components: window.components.filter((id) => components.includes(id)),
    sequence,
    incident,
    updates: publicUpdates(id, updates, languages),
  };
}

/** What an announcement says, whatever else goes on. */
export function announcement({ from, to, text, announced }: MaintenanceWindow, zone: string): NoticeFacts {
  return {
    now: Math.min(announced, from),
    zone,
    phase: "maintenance_scheduled",
    blind: false,
    began: undefined,
    scope: undefined,
    forecast: { state: "clear", limit: "none", messages: 0 },
    expected: undefined,
    unreachable: 0,
    atRisk: 0,
    givenUp: 0,
    nextBy: from,
    window: { from, to, started: false, overrun: false, text },
  };
}

function publicUpdates(id: string, updates: readonly Update[], languages: readonly Language[]): PublicUpdate[] {
  return updates.toReversed().map((update) => ({
    id: `${id}-${update.number}`,
    at: update.at,
    status: update.status,
    by: update.by,
    words: wordsOf(update, languages),
  }));
}

function wordsOf(update: Update, languages: readonly Language[]): Words {
  const { facts, text } = update;
  if (facts === undefined) return once(languages, update, () => text);
  return once(languages, update, (language) => `${language.headline(facts)}\n${language.notice(facts)}`);
}
