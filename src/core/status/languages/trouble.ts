// While something does not work: outage, relapse, and where only a part fails.

import type { Instant } from "../../time.ts";
import type { Draft, Weight } from "./draft.ts";
import type { NoticeFacts } from "./language.ts";
import { besides, isHere, lateHere, mayHaveReturned, sparingOr, stillAtSenders } from "./late.ts";
import {
  awayFor,
  backAt,
  beganAt,
  expectedOf,
  failingOf,
  holesOf,
  linesOf,
  markOf,
  mayBeGone,
  partsOf,
  shareOf,
  sinceFor,
  sorryOf,
  stoppedAt,
  timesOf,
  windowOf,
} from "./reading.ts";
import type { Teller } from "./speech.ts";

/** Since when, and what. */
function whatFails(draft: Draft, facts: NoticeFacts): void {
  const at = beganAt(facts);
  switch (failingOf(facts)) {
    case "receiving":
      if (at === undefined) draft.say("happened", "receiving.sinceUnknown", {});
      else draft.say("happened", "receiving.since", { at });
      break;
    case "sending":
      if (at === undefined) draft.say("happened", "sending.sinceUnknown", {});
      else draft.say("happened", "sending.since", { at });
      break;
    case "filter":
      if (at === undefined) draft.say("happened", "filter.sinceUnknown", {});
      else draft.say("happened", "filter.since", { at });
      break;
    case "places":
      if (at === undefined) draft.say("happened", "places.sinceUnknown", {});
      else draft.say("happened", "places.since", { at });
      break;
    case "both":
      if (at === undefined) draft.say("happened", "down.sinceUnknown", {});
      else draft.say("happened", "down.since", { at });
      break;
    default:
      if (at === undefined) draft.say("happened", "partial.sinceUnknown", {});
      else draft.say("happened", "partial.since", { at });
  }
}

function itStoppedAgain(draft: Draft, facts: NoticeFacts): void {
  const [back, stopped] = [backAt(facts), stoppedAt(facts)];
  if (stopped === undefined) whatFails(draft, facts);
  else if (back === undefined) draft.say("happened", "again.stopped", { stopped });
  else draft.say("happened", timesOf(facts), { worked: { from: back, to: stopped } });
  if (failingOf(facts) === "filter" && stopped !== undefined) draft.say("happened", "filter.sinceUnknown", {}, "may");
  draft.say("happened", sorryOf(facts), {});
  draft.say("happened", "again.estimate", {});
  draft.say("happened", "again.care", {}, "may");
}

/** What senders do after so many days, and what it means for what they sent since then. */
export function atMark(tell: Teller, days: number, since: Instant): [string, string] {
  const senders =
    days < 4
      ? tell.say("senders.days", { days })
      : days < 7
        ? tell.say("senders.most", {})
        : tell.say("senders.nearlyAll", {});
  return [senders, tell.say("senders.mayReturn", { share: shareOf(days), since })];
}

/** Mail that others send to us while we cannot take it: what their servers do with it, by the marks at which they give up. */
function sentToUs(draft: Draft, facts: NoticeFacts): void {
  const { senders } = facts;
  const days = markOf(awayFor(facts));
  if (senders === undefined || days === 0) {
    if (mayBeGone(facts)) draft.say("means", "senders.keepMail", {}, "ought");
    else {
      draft.say("means", "senders.notLost", {});
      draft.say("means", "senders.keep", {});
    }
    if (senders?.givenUp === true) mayHaveReturned(draft, facts);
    return;
  }
  const [limits, meaning] = atMark(draft.teller, days, sinceFor(facts));
  draft.put("means", limits, "ought");
  draft.put("means", meaning);
}

function keptHere(draft: Draft, facts: NoticeFacts): void {
  draft.say("means", "kept.here", {}, "may");
  if (facts.atRisk > 0) draft.say("means", "kept.atRisk", {}, "ought");
}

/** Outage and relapse. */
export function sayOutage(draft: Draft, facts: NoticeFacts): void {
  if (facts.phase === "relapse") itStoppedAgain(draft, facts);
  else whatFails(draft, facts);
  seemsBack(draft, facts);
  if (windowOf(facts)?.overrun === true) draft.say("happened", "work.became", {}, "may");
  sayDirections(draft, facts);
  draft.say("means", "down.cannotSay", {});
  draft.say(
    "doing",
    markOf(awayFor(facts)) > 0 ? "do.ask" : "do.otherWay",
    {},
    holesOf(facts).length > 0 ? "ought" : "must",
  );
  draft.say("doing", "do.follow", {}, "may");
}

/** It may be over, and we do not say so before it is sure. */
function seemsBackAt(facts: NoticeFacts): Instant | undefined {
  return facts.phase === "relapse" ? undefined : backAt(facts);
}

function seemsBack(draft: Draft, facts: NoticeFacts): void {
  const at = seemsBackAt(facts);
  if (at !== undefined) draft.say("happened", "seems.back", { at }, "ought");
}

/** What one can and cannot do with email now. */
function sayDirections(draft: Draft, facts: NoticeFacts): void {
  switch (failingOf(facts)) {
    case "receiving":
      draft.say("means", "means.receiving", {});
      sentToUs(draft, facts);
      break;
    case "sending":
      draft.say("means", "means.sending", {});
      keptHere(draft, facts);
      break;
    case "filter":
      draft.say("means", "means.filter", {});
      keptHere(draft, facts);
      break;
    default:
      draft.say("means", seemsBackAt(facts) === undefined ? "means.neither" : "means.mayNot", {});
      sentToUs(draft, facts);
      keptHere(draft, facts);
  }
}

/** Mail for places that do not answer, where it is not the whole story. */
function waitingForPlaces(draft: Draft, facts: NoticeFacts): void {
  draft.say("means", "means.places", { n: facts.unreachable });
  if (facts.atRisk > 0) draft.say("means", "kept.atRisk", {}, "ought");
  else if (!mayBeGone(facts)) draft.say("means", "kept.all", {}, "may");
}

function sayParts(draft: Draft, facts: NoticeFacts, weight: Weight): void {
  const names = partsOf(facts);
  if (names.length > 0) draft.say("means", "parts.failing", { names, n: names.length }, weight);
}

/** Some of it fails while the rest works. */
export function sayPartial(draft: Draft, facts: NoticeFacts): void {
  const lines = linesOf(facts);
  const failing = failingOf(facts);
  const at = beganAt(facts);
  if (failing === "lines" && lines !== undefined) {
    draft.say("happened", "lines.failing", lines);
    if (at !== undefined) draft.say("happened", "partial.since", { at });
  } else whatFails(draft, facts);
  seemsBack(draft, facts);
  if (windowOf(facts)?.overrun === true) draft.say("happened", "work.became", {}, "may");
  switch (failing) {
    case "lines":
      if (lines !== undefined) draft.say("means", "means.lines", lines);
      draft.say("means", "means.lines.rest", {});
      if (facts.unreachable > 0) {
        draft.say("means", "places.sinceUnknown", {});
        waitingForPlaces(draft, facts);
      }
      break;
    case "places":
      waitingForPlaces(draft, facts);
      draft.say("means", "means.places.rest", {});
      if (seemsBackAt(facts) === undefined) draft.say("means", "places.cannotSay", {});
      if (isHere(facts) && expectedOf(facts) !== undefined) lateHere(draft, facts, "ought");
      break;
    case "parts":
      sayParts(draft, facts, "must");
      // Mail itself works: what an earlier trouble kept from us is on its way.
      if (isHere(facts) && expectedOf(facts) !== undefined) lateHere(draft, facts, "ought");
      for (const sentence of stillAtSenders(draft.teller, facts)) draft.put("means", sentence, "ought");
      break;
    case "unclear":
      draft.say("means", "means.unclear", {});
      break;
    default:
      sayDirections(draft, facts);
      draft.say("means", "down.cannotSay", {});
  }
  if (failing !== "parts") sayParts(draft, facts, "ought");
  if (failing !== "receiving" && failing !== "both") mayHaveReturned(draft, facts);
  draft.say("doing", failing === "lines" ? "do.nothing" : "do.otherWay", {}, besides(facts));
  sparingOr(draft, facts, failing === "lines" ? undefined : "do.follow");
}
