// The phase of the service, as a function of facts, what was said before, and now: the table of docs/phases.md.
//
// Getting worse is said at once, getting better after a while: whoever was told twice that it is fixed believes no third time.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../time.ts";
import { type Evidence, learned, nothingUsual, type PhaseFacts, type Side, type Usual, weigh } from "./evidence.ts";
import type { Direction } from "./site.ts";
import type { Level, Phase } from "./status.ts";

/** How long everything must work before we say that email is back; a shorter trouble needs no longer than it lasted. */
const steady: Duration = 10 * MINUTE;
/** How long all must be well, late mail too, before we say that it is over. */
const settled: Duration = 2 * HOUR;
/** Trouble so soon after is the same trouble. */
const sameTrouble: Duration = DAY;
/** Shorter than this is no change of anything. */
const brief: Duration = 2 * MINUTE;
/** A suspicion is confirmed within this, or dropped. */
const suspicion: Duration = 5 * MINUTE;
/** What was dropped is not suspected again until it has been away for as long. */
const rest: Duration = 10 * MINUTE;
/** Planned work is the headline from so long before it, and from so long if it comes every week or so. */
const announced: Duration = 14 * DAY;
const announcedRecurring: Duration = DAY;
/** Who shuts a server down for planned work may be a little early. */
const early: Duration = 10 * MINUTE;

/** What must be remembered between two moments. Times are `NaN` where there was none. */
export interface PhaseMemory {
  readonly phase: Phase;
  /** When the phase began. */
  readonly since: Instant;
  /** When the trouble of this incident began. */
  readonly began: Instant;
  /** Last moment at which something was wrong, late mail included. */
  readonly lastTrouble: Instant;
  /** Last moment at which something failed. */
  readonly lastFailure: Instant;
  /** Last moment without any service. */
  readonly lastDown: Instant;
  /** Since when what fails now has failed, in this incident. */
  readonly failingSince: Instant;
  /** Since when nothing fails. */
  readonly wellSince: Instant;
  /** When the present stretch without service began: marks count from here. */
  readonly downSince: Instant;
  /** When email came back, for the last time that we said so. */
  readonly back: Instant;
  /** When email came back in part, after that; `NaN` if it has not, or has come back as a whole since. */
  readonly partlyBack: Instant;
  /** When it stopped again after that. */
  readonly stoppedAgain: Instant;
  /** When the trouble was last said to be over. */
  readonly resolvedAt: Instant;
  /** Signs that may be chance: their first and last moment. */
  readonly signSince: Instant;
  readonly signSeen: Instant;
  /** How often it failed again after we had said that it works. */
  readonly returns: number;
  /** Planned work that is under way, or that this trouble came out of; empty for none. */
  readonly window: string;
  /** Which directions this trouble concerned. */
  readonly receiving: boolean;
  readonly sending: boolean;
  /** Directions that fail now, as last seen. */
  readonly failing: { readonly receiving: boolean; readonly sending: boolean };
  /** Last moment at which each direction failed. */
  readonly failed: { readonly receiving: Instant; readonly sending: Instant };
  /** Directions in which nothing works; while we wait whether it works again, as they were. */
  readonly gone: { readonly receiving: boolean; readonly sending: boolean };
  /** Only the operator's word speaks for this trouble: then it also ends it. */
  readonly byWord: boolean;
  readonly usual: Usual;
  /** Last look. */
  readonly at: Instant;
}

const never = Number.NaN;

export const calm: PhaseMemory = {
  phase: "normal",
  since: never,
  began: never,
  lastTrouble: never,
  lastFailure: never,
  lastDown: never,
  failingSince: never,
  wellSince: never,
  downSince: never,
  back: never,
  partlyBack: never,
  stoppedAgain: never,
  resolvedAt: never,
  signSince: never,
  signSeen: never,
  returns: 0,
  window: "",
  receiving: false,
  sending: false,
  failing: { receiving: false, sending: false },
  failed: { receiving: never, sending: never },
  gone: { receiving: false, sending: false },
  byWord: false,
  usual: nothingUsual,
  at: never,
};

const wellSide: Side = { grade: "well", since: never };

/** What a moment shows, once planned work is taken off it. */
interface Sight extends Evidence {
  readonly down: boolean;
  readonly some: boolean;
  readonly doubt: boolean;
  readonly late: boolean;
  /** When the worst of it began. */
  readonly first: Instant;
  /** Planned work under way; empty for none. */
  readonly window: string;
  /** Planned work has taken the service away. */
  readonly planned: boolean;
  /** Something was taken off. */
  readonly hidden: boolean;
}

/** The phase for this moment. Pure: the same facts give the same phase. */
export function nextPhase(remembered: PhaseMemory, facts: PhaseFacts, now: Instant): PhaseMemory {
  const before = now < remembered.at ? putBack(remembered, now) : remembered;
  const sight = look(before, facts, now);
  const noted = note(before, sight, now);
  const phase = choose(noted, before, sight, facts, now);
  return settle(noted, before, phase, sight, facts, now);
}

/** After the clock was put back: nothing lies in the future. */
function putBack(before: PhaseMemory, now: Instant): PhaseMemory {
  const times = Object.entries(before).map(([key, value]) => [
    key,
    typeof value === "number" && value > now ? now : value,
  ]);
  return Object.fromEntries(times) as PhaseMemory;
}

/** Weighs facts; what planned work explains is taken off. */
function look(before: PhaseMemory, facts: PhaseFacts, now: Instant): Sight {
  const { windows = [] } = facts;
  const evidence = weigh(facts, before.usual, before.phase === "partial", now);
  const active = windows.filter(({ from, to }) => from <= now && now < to);
  const begins = Math.min(...active.map(({ from }) => from));
  const open = isIncident(before.phase) && before.phase !== "draining";
  const unmasked = (direction: Direction): Side => {
    const side = evidence[direction];
    const covers = active.some((window) => window[direction]);
    // Late mail of an outage goes on being that.
    const goesOn = before.phase === "draining" && side.grade === "late";
    const ours = goesOn || (open && (before.phase !== "partial" || before[direction])) || side.since < begins - early;
    return covers && !ours ? wellSide : side;
  };
  const receiving = unmasked("receiving");
  const sending = unmasked("sending");
  const sides = [receiving, sending];
  const down = receiving.grade === "down";
  const some = !down && (sides.some(({ grade }) => grade === "some" || grade === "down") || evidence.parts <= now);
  const failing = sides.filter(({ grade }) => grade === "some" || grade === "down").map(({ since }) => since);
  const { ended } = evidence;
  const inPlan = windows.some(
    ({ from, to }) => ended !== undefined && from - early <= ended.from && ended.to <= to + steady,
  );
  return {
    ...evidence,
    receiving,
    sending,
    ended: inPlan ? undefined : ended,
    down,
    some,
    doubt: sides.some(({ grade }) => grade === "doubt"),
    late: sides.some(({ grade }) => grade === "late"),
    first: down
      ? receiving.since
      : Math.min(now, ...[...failing, evidence.parts].filter((since) => !Number.isNaN(since))),
    window: active.toSorted((a, b) => b.to - a.to)[0]?.id ?? "",
    planned: evidence.receiving.grade === "down" && receiving.grade !== "down",
    hidden: receiving.grade !== evidence.receiving.grade || sending.grade !== evidence.sending.grade,
  };
}

/** What this moment adds to what is remembered, before the phase is chosen. */
function note(before: PhaseMemory, sight: Sight, now: Instant): PhaseMemory {
  const { down, some, doubt, ended, seen, late } = sight;
  const failed = down || some;
  // A downtime that was seen only afterwards, in a log that is read late. If it is long over it is no news.
  const missed =
    seen &&
    ended !== undefined &&
    now - ended.to < settled &&
    !(ended.to <= before.lastFailure) &&
    !(ended.to <= before.resolvedAt)
      ? ended.to
      : never;
  const sign = doubt || late;
  const anew = sign && !(now - before.signSeen < rest);
  const places = sight.placesEnded > before.at ? sight.placesEnded : never;
  const fails = seen || failed ? failingOf(sight) : before.failing;
  let wellSince = before.wellSince;
  if (failed || doubt) wellSince = never;
  else if (!Number.isNaN(missed)) wellSince = missed;
  else if (seen && Number.isNaN(wellSince)) wellSince = places > before.lastFailure ? places : now;
  return {
    ...before,
    lastFailure: failed ? now : Number.isNaN(missed) ? before.lastFailure : missed,
    lastDown: down ? now : Number.isNaN(missed) ? before.lastDown : missed,
    lastTrouble:
      failed || sight.hidden || (seen && (sign || sight.stated))
        ? now
        : Number.isNaN(missed)
          ? before.lastTrouble
          : Math.max(missed, Number.isNaN(before.lastTrouble) ? missed : before.lastTrouble),
    wellSince,
    signSince: anew ? now : before.signSince,
    signSeen: sign ? now : before.signSeen,
    failing: fails,
    failed: {
      receiving: fails.receiving ? now : before.failed.receiving,
      sending: fails.sending ? now : before.failed.sending,
    },
    window: sight.window === "" ? before.window : sight.window,
    at: now,
  };
}

function failingOf({ receiving, sending }: Sight): { receiving: boolean; sending: boolean } {
  const fails = ({ grade }: Side): boolean => grade === "down" || grade === "some";
  return { receiving: fails(receiving), sending: fails(sending) };
}

function choose(noted: PhaseMemory, before: PhaseMemory, sight: Sight, facts: PhaseFacts, now: Instant): Phase {
  const { down, some, doubt, late, seen, stated, planned, window } = sight;
  const was = before.phase;
  const isOver = before.byWord && seen && !(down || some || doubt || late || stated) && window === "";
  if (isOver && isIncident(was)) return "resolved";
  if (down) return isRelapse(before, now) ? "relapse" : "outage";
  if (was === "outage" || was === "relapse") {
    // One address that answers now and then is no service.
    if (some) return now - noted.lastDown >= brief ? "partial" : was;
    return worksAgain(noted, sight, now) ? "draining" : was;
  }
  if (some) return "partial";
  if (planned) return "maintenance";
  if (was === "partial") return worksAgain(noted, sight, now) ? "draining" : "partial";
  if (!seen) {
    if (isIncident(was)) return was;
    return window !== "" ? "maintenance" : stated ? "suspected" : was;
  }
  if (was === "draining") {
    // Both: what was seen to fail last, and when it was seen to work again.
    const quietSince = Number.isNaN(before.back) ? noted.lastTrouble : Math.max(noted.lastTrouble, before.back);
    const isQuiet = !(doubt || late || stated) && now - quietSince >= settled;
    // Nobody is told that it is over in the middle of work that takes it away again.
    return isQuiet && window === "" ? "resolved" : "draining";
  }
  // From here on nothing fails, and no incident was open; or planned work has come between.
  if (was === "maintenance" && window === "" && !Number.isNaN(before.began) && Number.isNaN(before.resolvedAt)) {
    return "draining";
  }
  if (!Number.isNaN(noted.lastFailure) && noted.lastFailure !== before.lastFailure) return "draining";
  // The outage is known to be over, and what it kept from us is on its way.
  if (facts.atSenders === true && sight.receiving.grade === "late") return "draining";
  if (window !== "") return "maintenance";
  if (sight.silent || stated) return "suspected";
  const suspectedFor = now - noted.signSince;
  if (sight.manyLate && sight.sending.grade === "late" && suspectedFor >= suspicion) return "draining";
  if (suspectedFor < suspicion && (doubt || late || (was === "suspected" && now - noted.signSeen < brief))) {
    return "suspected";
  }
  return calmPhase(before, facts, now);
}

/** What is said while nothing is wrong. */
function calmPhase(before: PhaseMemory, { windows = [] }: PhaseFacts, now: Instant): Phase {
  const near = windows.some(
    ({ from, recurring }) => from > now && from - now <= (recurring ? announcedRecurring : announced),
  );
  const over = now - before.resolvedAt < sameTrouble;
  if (near && !(over && before.phase === "resolved")) return "maintenance_scheduled";
  return over ? "resolved" : "normal";
}

/** A failure within a day of having said that it works again. */
function isRelapse({ phase, back, stoppedAgain, resolvedAt }: PhaseMemory, now: Instant): boolean {
  if (phase === "relapse") return true;
  if (phase === "outage" || Number.isNaN(back)) return false;
  if (phase === "partial") return !Number.isNaN(stoppedAgain);
  return phase === "draining" || now - resolvedAt < sameTrouble;
}

/**
 * Nothing has failed for long enough to say so. Where only places fail that we send to, mail that gets there is proof enough;
 * whatever has come back before has to last longer.
 */
function worksAgain(memory: PhaseMemory, { seen, doubt }: Sight, now: Instant): boolean {
  const { phase, wellSince, lastFailure, began, returns, receiving } = memory;
  if (!seen || doubt) return false;
  const lasted = lastFailure - began;
  const base = receiving ? Math.min(steady, Math.max(MINUTE, Number.isNaN(lasted) ? steady : lasted)) : MINUTE;
  const again = Math.min(phase === "partial" ? 3 * steady : steady, MINUTE * 2 ** returns);
  return now - wellSince >= Math.max(base, again);
}

/** The memory that goes with a phase. */
function settle(
  noted: PhaseMemory,
  before: PhaseMemory,
  phase: Phase,
  sight: Sight,
  facts: PhaseFacts,
  now: Instant,
): PhaseMemory {
  const changed = phase !== before.phase;
  const away = phase === "outage" || phase === "relapse";
  const fails = away || phase === "partial";
  const wasAway = before.phase === "outage" || before.phase === "relapse";
  const trouble = isIncident(phase) || phase === "suspected";
  const resolvedAt = phase === "resolved" && isIncident(before.phase) ? now : noted.resolvedAt;
  const over = now - resolvedAt < sameTrouble;
  const unfinished = phase === "maintenance" && !Number.isNaN(before.began) && Number.isNaN(resolvedAt);
  const kept = trouble || over || unfinished;
  const anew = trouble && Number.isNaN(before.began);
  const missed = noted.lastFailure === sight.ended?.to ? sight.ended.from : now;
  const stops = Math.max(sight.receiving.since, Number.isNaN(before.back) ? 0 : before.back);
  const onlyLate = phase === "draining" && Number.isNaN(noted.lastFailure);
  const quiet = phase === "normal" || phase === "maintenance_scheduled" || phase === "suspected";
  const span = now - before.at;
  const gone = goneOf(before, sight, phase);
  const comesBack = phase === "draining" && changed && !onlyLate;
  return {
    ...noted,
    phase,
    since: changed ? now : before.since,
    began: anew ? Math.min(sight.first, missed) : kept ? before.began : never,
    lastTrouble: kept ? noted.lastTrouble : never,
    lastFailure: kept ? noted.lastFailure : never,
    lastDown: kept ? noted.lastDown : never,
    failingSince: failingSinceOf(before, sight, phase),
    downSince: away ? (wasAway ? before.downSince : stops) : never,
    back: kept ? (comesBack ? noted.wellSince : before.back) : never,
    partlyBack: partlyBackOf(before, noted, phase),
    stoppedAgain: kept ? (phase === "relapse" && changed ? stops : before.stoppedAgain) : never,
    resolvedAt: isIncident(phase) ? never : resolvedAt,
    returns: kept ? before.returns + (fails && !(wasAway || before.phase === "partial" || anew) ? 1 : 0) : 0,
    window: sight.window !== "" || kept || phase === "maintenance" ? noted.window : "",
    receiving: kept && (before.receiving || sight.receiving.grade !== "well"),
    sending: kept && (before.sending || sight.sending.grade !== "well"),
    gone,
    failing: failingNow(before, noted, phase, gone, now),
    byWord:
      trouble &&
      !sight.own &&
      (before.byWord || (sight.stated && missed === now && (anew || before.phase === "suspected"))),
    usual:
      sight.seen && (quiet || onlyLate) && span > 0
        ? learned(before.usual, facts, onlyLate ? span / 3 : span)
        : before.usual,
  };
}

/** Once it is said when something began to fail, that stays until something else does. */
function failingSinceOf(before: PhaseMemory, sight: Sight, phase: Phase): Instant {
  if (phase !== "outage" && phase !== "relapse" && phase !== "partial") return never;
  const goesOn = phase === before.phase && phase !== "partial" && !Number.isNaN(before.failingSince);
  return goesOn || !(sight.down || sight.some) ? before.failingSince : sight.first;
}

/** Since when it has worked in part, and is remembered to have until it works as a whole. */
function partlyBackOf(before: PhaseMemory, { lastDown }: PhaseMemory, phase: Phase): Instant {
  if (phase === "partial" && (before.phase === "outage" || before.phase === "relapse")) return lastDown;
  return phase === "outage" || phase === "relapse" || phase === "partial" ? before.partlyBack : never;
}

function goneOf(before: PhaseMemory, { receiving, sending }: Sight, phase: Phase): PhaseMemory["gone"] {
  const gone = { receiving: receiving.grade === "down", sending: sending.grade === "down" };
  const waiting = phase === before.phase && (phase === "outage" || phase === "relapse" || phase === "partial");
  if (!waiting) return gone;
  if (phase === "partial") return gone.receiving || gone.sending ? gone : before.gone;
  // While it lasts no direction is said to work again for a moment that the other takes longer.
  return { receiving: gone.receiving || before.gone.receiving, sending: gone.sending || before.gone.sending };
}

/** Directions that fail now; while we wait whether they work again, as they were. */
function failingNow(
  before: PhaseMemory,
  noted: PhaseMemory,
  phase: Phase,
  gone: PhaseMemory["gone"],
  now: Instant,
): PhaseMemory["gone"] {
  const { receiving, sending } = noted.failing;
  if (phase === "outage" || phase === "relapse") {
    return { receiving: receiving || gone.receiving, sending: sending || gone.sending };
  }
  if (phase !== "partial" || receiving || sending) return noted.failing;
  // Only other parts fail, or nothing that we see: what failed before is said to work once it has for a while.
  const still = (at: Instant): boolean => (Number.isNaN(noted.wellSince) ? now - at < steady : true);
  return {
    receiving: before.failing.receiving && still(noted.failed.receiving),
    sending: before.failing.sending && still(noted.failed.sending),
  };
}

/** Whether an incident is open in this phase. */
export function isIncident(phase: Phase): boolean {
  return phase === "outage" || phase === "partial" || phase === "draining" || phase === "relapse";
}

/** The level that a phase shows. */
export function levelOf(phase: Phase, blind: boolean): Level {
  if (blind) return "unknown";
  switch (phase) {
    case "normal":
    case "resolved":
    case "maintenance_scheduled":
      return "operational";
    case "maintenance":
      return "maintenance";
    case "outage":
    case "relapse":
      return "major-outage";
    case "partial":
      return "partial-outage";
    default:
      return "delayed";
  }
}
