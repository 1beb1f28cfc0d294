// Planned work as time goes by: it starts, it ends, and it overruns.

import { HOUR, type Instant } from "../../time.ts";
import type { PlannedWork } from "../evidence.ts";
import type { NoticeFacts, WindowFacts } from "../languages/language.ts";
import type { Direction, PublicSite } from "../site.ts";
import type { Phase } from "../status.ts";
import { type Book, withWindow } from "./book.ts";
import type { MaintenanceWindow, Update, WindowStatus } from "./incident.ts";

/** Whether planned work concerns a direction; work without components concerns all of them. */
export function concerns({ components }: MaintenanceWindow, direction: Direction, site: PublicSite): boolean {
  if (components.length === 0) return true;
  return site.components.some(({ id, follows }) => follows === direction && components.includes(id));
}

/** Planned work that a phase may depend on: not cancelled, and not long over. */
export function plannedWork(book: Book, site: PublicSite, now: Instant): PlannedWork[] {
  return book.windows
    .filter(({ status, to }) => status !== "cancelled" && now - to < 3 * HOUR)
    .map((window) => ({
      id: window.id,
      from: window.from,
      to: window.to,
      recurring: window.rule !== undefined,
      receiving: concerns(window, "receiving", site),
      sending: concerns(window, "sending", site),
    }));
}

/** What a notice says of planned work: `id` is the work under way or the one that the trouble came out of. */
export function windowFacts(book: Book, phase: Phase, id: string, now: Instant): WindowFacts | undefined {
  const window =
    phase === "maintenance_scheduled"
      ? book.windows.find(({ status, from }) => status === "scheduled" && from > now)
      : book.windows.find((one) => one.id === id);
  const isTrouble = phase === "outage" || phase === "partial" || phase === "relapse" || phase === "draining";
  if (window === undefined || !(phase.startsWith("maintenance") || isTrouble)) return undefined;
  const { from, to, text } = window;
  return { from, to, started: now >= from, overrun: now >= to, text };
}

/** Moves every window to where it stands now. `facts` are what is told at this moment. */
export function moveWindows(book: Book, id: string, facts: NoticeFacts, now: Instant): Book {
  let moved = book;
  for (const window of book.windows) {
    const status = statusOf(window, id, facts.phase, now);
    if (status === window.status) continue;
    const told: Update = {
      number: window.updates.length === 0 ? 1 : (window.updates.at(-1)?.number ?? 0) + 1,
      at: now,
      phase: status === "completed" ? facts.phase : "maintenance",
      status,
      by: "mailtide",
      facts: { ...facts, window: factsOf(window, now) },
      text: "",
      nextBy: facts.nextBy,
    };
    moved = withWindow(moved, { ...window, status, updates: [...window.updates, told] });
  }
  return moved;
}

function factsOf({ from, to, text }: MaintenanceWindow, now: Instant): WindowFacts {
  return { from, to, started: now >= from, overrun: false, text };
}

function statusOf(
  { id, from, to, status }: MaintenanceWindow,
  current: string,
  phase: Phase,
  now: Instant,
): WindowStatus {
  if (status === "completed" || status === "cancelled" || now < from) return status;
  if (now < to) return "in_progress";
  // Work that overruns goes on until what it took away is back.
  const lasts = phase === "maintenance" || phase === "outage" || phase === "relapse" || phase === "partial";
  return lasts && id === current && status === "in_progress" ? "in_progress" : "completed";
}
