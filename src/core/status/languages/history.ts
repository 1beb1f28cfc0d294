// One entry of a history: what changed since the entry before, and when more is said. Made from stored facts, so every language has it.

import { headline, isThrough } from "./headline.ts";
import type { Labels } from "./labels.ts";
import type { NoticeFacts } from "./language.ts";
import { rangeAndShare, stillAtSenders } from "./late.ts";
import {
  awayFor,
  backAt,
  beganAt,
  expectedOf,
  failingOf,
  holesOf,
  linesOf,
  markOf,
  nextWord,
  sinceFor,
  sorryOf,
  stoppedAt,
  timesOf,
  watchingOf,
  windowOf,
} from "./reading.ts";
import type { Stretch } from "./sentences.ts";
import type { Teller } from "./speech.ts";
import { isMoment } from "./times.ts";
import { atMark } from "./trouble.ts";

type Sentences = string[];

function sinceWhen(tell: Teller, facts: NoticeFacts): Sentences {
  const at = beganAt(facts);
  const lines = linesOf(facts);
  if (facts.phase === "partial" && lines !== undefined && failingOf(facts) === "lines")
    return [tell.say("lines.failing", lines)];
  if (at === undefined) return [];
  switch (failingOf(facts)) {
    case "receiving":
      return [tell.say("receiving.since", { at })];
    case "sending":
      return [tell.say("sending.since", { at })];
    case "filter":
      return [tell.say("filter.since", { at })];
    case "places":
      return [tell.say("places.since", { at })];
    case "both":
      return [tell.say("down.since", { at })];
    default:
      return [tell.say("partial.since", { at })];
  }
}

function estimate(tell: Teller, facts: NoticeFacts): Sentences {
  const between = expectedOf(facts);
  const others = stillAtSenders(tell, facts);
  if (facts.forecast.state === "clear") return others;
  if (between === undefined) return [tell.say("late.cannotSay", {}), ...others];
  return [rangeAndShare(tell, between), ...others];
}

/** What is said when a phase begins. */
function phaseBegins(tell: Teller, facts: NoticeFacts): Sentences {
  const window = windowOf(facts);
  const [back, stopped] = [backAt(facts), stoppedAt(facts)];
  switch (facts.phase) {
    case "outage":
      return [...sinceWhen(tell, facts), tell.say("down.cannotSay", {})];
    case "relapse": {
      const said = [];
      if (stopped !== undefined) {
        said.push(
          back === undefined
            ? tell.say("again.stopped", { stopped })
            : tell.say(timesOf(facts), { worked: { from: back, to: stopped } }),
        );
      }
      return [...said, tell.say(sorryOf(facts), {}), tell.say("again.estimate", {})];
    }
    case "partial":
      return sinceWhen(tell, facts);
    case "draining": {
      const said = back === undefined ? [] : [tell.say("late.back", { at: back })];
      return isThrough(facts) ? [...said, tell.say(watchingOf(facts), {})] : [...said, ...estimate(tell, facts)];
    }
    case "resolved":
      return account(tell, facts);
    case "maintenance_scheduled":
      return window === undefined ? [] : [tell.say("planned.when", { window })];
    case "maintenance":
      return window === undefined ? [] : work(tell, window);
    default:
      return [];
  }
}

function work(tell: Teller, window: { readonly to: number; readonly overrun: boolean }): Sentences {
  if (!window.overrun) return [tell.say("work.until", { to: window.to })];
  return [tell.say("work.overrun", { to: window.to }), tell.say("work.overrun.end", {})];
}

function account(tell: Teller, facts: NoticeFacts): Sentences {
  const [from, to] = [beganAt(facts), backAt(facts)];
  const said: Sentences = [];
  if (from !== undefined && to !== undefined && from < to) {
    said.push(tell.say("account.times", { stretch: { from, to } }), tell.say("account.length", { length: to - from }));
  }
  if (facts.arrivedLate !== undefined && facts.arrivedLate > 0) {
    said.push(tell.say("account.late", { n: facts.arrivedLate }));
  }
  if (facts.givenUp > 0) said.push(tell.say("account.returned", { n: facts.givenUp }));
  return said;
}

function same(a: Stretch | undefined, b: Stretch | undefined): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}

/** What differs within a phase; nothing if nothing does. */
function differences(tell: Teller, facts: NoticeFacts, before: NoticeFacts): Sentences {
  const said: Sentences = [];
  const days = markOf(awayFor(facts));
  if (days !== markOf(awayFor(before)) && days > 0 && facts.senders !== undefined) {
    said.push(...atMark(tell, days, sinceFor(facts)));
  } else if (facts.senders?.givenUp === true && before.senders?.givenUp === false) {
    said.push(tell.say("senders.mayHaveReturned", {}));
  }
  const [lines, linesBefore] = [linesOf(facts), linesOf(before)];
  const moved = failingOf(facts) !== failingOf(before) || lines?.failing !== linesBefore?.failing;
  if (moved && ["outage", "partial"].includes(facts.phase)) said.push(...sinceWhen(tell, facts));
  const between = expectedOf(facts);
  // What the entry before said is judged by its own time: it may be past by now.
  const promised = expectedOf(before);
  if (facts.phase === "draining" || facts.phase === "partial") {
    if (between === undefined && promised !== undefined && !isThrough(facts)) {
      said.push(tell.say("update.withdrawn", {}), ...estimate(tell, facts));
    } else if (between !== undefined && !same(between, promised)) {
      said.push(tell.say("update.estimate", {}), ...estimate(tell, facts));
    } else if (facts.phase === "draining" && isThrough(facts) && !isThrough(before))
      said.push(tell.say(watchingOf(facts), {}));
  }
  const [window, windowBefore] = [windowOf(facts), windowOf(before)];
  if (window !== undefined && facts.phase === "maintenance_scheduled" && !same(window, windowBefore)) {
    said.push(tell.say("planned.when", { window }));
  }
  if (window !== undefined && facts.phase === "maintenance" && window.overrun !== windowBefore?.overrun) {
    said.push(...work(tell, window));
  }
  return said;
}

function newHoles(tell: Teller, facts: NoticeFacts, before: NoticeFacts | undefined): Sentences {
  const known = before === undefined ? [] : holesOf(before);
  const fresh = holesOf(facts).filter((hole) => !known.some((old) => same(old, hole)));
  return fresh.slice(-2).map((stretch) => tell.say("hole.gone", { stretch }));
}

/** One line. */
export function update(
  tell: Teller,
  leadIns: Labels["leadIns"],
  facts: NoticeFacts,
  before: NoticeFacts | undefined,
): string {
  const { phase, blind, brokenPromise } = facts;
  const changed = before === undefined || before.phase !== phase || before.blind !== blind;
  const said: Sentences = [headline(tell, facts)];
  const broken = isMoment(brokenPromise) && brokenPromise <= facts.now && brokenPromise !== before?.brokenPromise;
  if (blind) said.push(tell.say("blind.unknown", {}));
  else if (changed) said.push(...phaseBegins(tell, facts));
  else said.push(...differences(tell, facts, before));
  const holes = newHoles(tell, facts, before);
  if (broken) said.push(tell.say("promise.broken", { by: brokenPromise }));
  else if (said.length === 1 && !changed && holes.length === 0) said.push(tell.say("update.noNews", {}));
  said.push(...holes);
  const window = windowOf(facts);
  if (!blind && phase === "maintenance_scheduled") {
    if (window !== undefined && window.from > facts.now) {
      said.push(`${leadIns.next} ${tell.say("next.start", { at: window.from })}`);
    }
  } else if (blind || (phase !== "normal" && phase !== "resolved")) {
    said.push(`${leadIns.next} ${tell.say("next.by", { by: nextWord(facts) })}`);
  }
  return tell.whole(said.join(" "));
}
