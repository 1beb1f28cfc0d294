// Late mail: how much, until when, how sure, and what to do meanwhile. Also the first suspicion.

import type { Draft, Weight } from "./draft.ts";
import { isThrough } from "./headline.ts";
import type { NoticeFacts } from "./language.ts";
import { backAt, expectedOf, holesOf, lastFromSenders, mayBeGone, mostFromSenders, watchingOf } from "./reading.ts";
import type { SentenceName, Stretch } from "./sentences.ts";
import type { Teller } from "./speech.ts";

type Plain = Extract<SentenceName, "do.follow" | "do.nothing" | "do.otherWay">;

/** Asks for restraint, once and with its reason, while our server is what limits; else says the other thing. */
export function sparingOr(draft: Draft, facts: NoticeFacts, other?: Plain): void {
  if (facts.sparing === true) draft.say("doing", "do.sparing", {}, holesOf(facts).length > 0 ? "ought" : "must");
  else if (other !== undefined) draft.say("doing", other, {}, "may");
}

/** How much it weighs to say what else one can do: there may be something that matters more. */
export function besides(facts: NoticeFacts): Weight {
  return facts.sparing === true || holesOf(facts).length > 0 ? "ought" : "must";
}

export function mayHaveReturned(draft: Draft, facts: NoticeFacts): void {
  if (facts.senders?.givenUp === true) draft.say("means", "senders.mayHaveReturned", {}, "ought");
}

/** What we hold ourselves: how many, and when they will be through. */
export function lateHere(draft: Draft, facts: NoticeFacts, weight: Weight = "must"): void {
  const between = expectedOf(facts);
  draft.say("means", "late.waiting", { n: facts.forecast.messages }, "ought");
  if (between === undefined) draft.say("means", "late.cannotSay", {}, weight);
  else draft.put("means", rangeAndShare(draft.teller, between), weight);
}

/** A range never stands without its share. */
export function rangeAndShare(tell: Teller, between: Stretch): string {
  return `${tell.say("late.expected", { between })} ${tell.say("late.share", {})}`;
}

/** What other servers still hold for us: how much, and until when. */
export function stillAtSenders(tell: Teller, facts: NoticeFacts): string[] {
  const { senders } = facts;
  if (senders === undefined || !(senders.stillOut > 0)) return [];
  const many = tell.say("senders.stillOut", { n: senders.stillOut });
  const [by, until] = [mostFromSenders(facts), lastFromSenders(facts)];
  if (until === undefined) {
    const late = senders.lastExpected !== undefined;
    return [many, late ? tell.say("senders.stillOut.late", {}) : tell.say("senders.stillOut.unknown", {})];
  }
  const rest = tell.say("senders.stillOut.rest", { until });
  return by === undefined ? [many, rest] : [many, tell.say("senders.stillOut.range", { by }), rest];
}

function lateAtSenders(draft: Draft, facts: NoticeFacts): void {
  const said = stillAtSenders(draft.teller, facts);
  // Between how many and until when stands the earlier of two times.
  for (const [i, sentence] of said.entries())
    draft.put("means", sentence, i === 1 && said.length === 3 ? "ought" : "must");
}

/** Whether some of the late mail waits here, so far as it can be told. */
export function isHere({ forecast }: NoticeFacts): boolean {
  return forecast.state !== "clear" && forecast.state !== "unknown" && forecast.messages > 0;
}

/** The moment until which it is wise to wait; undefined if any part of it is unknown. */
function waitUntil(facts: NoticeFacts): number | undefined {
  const here = isHere(facts) ? expectedOf(facts)?.to : 0;
  const there = (facts.senders?.stillOut ?? 0) > 0 ? lastFromSenders(facts) : 0;
  if (here === undefined || there === undefined) return undefined;
  return Math.max(here, there) || undefined;
}

/** Email works again, and what it kept from us comes in. */
export function sayDraining(draft: Draft, facts: NoticeFacts): void {
  const at = backAt(facts);
  if (at !== undefined) draft.say("happened", "late.back", { at });
  draft.say("happened", facts.sparing === true ? "late.new.slow" : "late.new", {}, "ought");
  if (isThrough(facts)) {
    draft.say("means", "late.gone", {});
    mayHaveReturned(draft, facts);
    draft.say("means", watchingOf(facts), {});
    // Who is asked below to have the mail that is gone sent again is not asked twice.
    if (holesOf(facts).length === 0) draft.say("doing", "do.missing", {});
    return;
  }
  if (isHere(facts)) lateHere(draft, facts);
  else if (facts.forecast.state === "unknown") draft.say("means", "late.unknown", {});
  else if (facts.forecast.state !== "clear") draft.say("means", "late.nearlyGone", {});
  lateAtSenders(draft, facts);
  if (lastFromSenders(facts) !== undefined && (facts.senders?.stillOut ?? 0) > 0) {
    draft.say("means", "senders.stillOut.why", {}, "may");
  }
  if (facts.atRisk > 0) draft.say("means", "kept.atRisk", {}, "ought");
  else if (isHere(facts) && !mayBeGone(facts)) draft.say("means", "kept.all", {});
  mayHaveReturned(draft, facts);
  draft.say("means", "late.oldDate", {}, "may");
  const until = waitUntil(facts);
  if (until === undefined) draft.say("doing", "do.otherWay", {}, besides(facts));
  else draft.say("doing", "do.wait", { until }, besides(facts));
  if (facts.senders?.givenUp === true) draft.say("doing", "do.missing", {}, "may");
  sparingOr(draft, facts);
}

/** A check from outside failed: then it is no mere silence. */
function isSeenFailing({ failing, lines }: NoticeFacts): boolean {
  return failing?.receiving === true || failing?.sending === true || lines !== undefined;
}

/** Something is not as usual, and nobody has looked yet. */
export function saySuspected(draft: Draft, facts: NoticeFacts): void {
  if (isHere(facts)) {
    draft.say("happened", "suspected.late", {});
    lateHere(draft, facts);
    if (facts.atRisk > 0) draft.say("means", "kept.atRisk", {}, "ought");
    else if (!mayBeGone(facts)) draft.say("means", "kept.all", {}, "may");
  } else if (facts.scope === "host" && !isSeenFailing(facts)) {
    draft.say("happened", "suspected.quiet", {});
    draft.say("means", "suspected.means", {}, "ought");
  } else {
    draft.say("happened", "suspected.sign", {});
    draft.say("means", "suspected.means", {}, "ought");
  }
  sparingOr(draft, facts, "do.nothing");
}
