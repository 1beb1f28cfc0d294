// Planned work: announced, under way, and longer than planned.

import { HOUR } from "../../time.ts";
import type { Draft } from "./draft.ts";
import type { NoticeFacts, PlannedFacts } from "./language.ts";
import { operatorWords } from "./operator-words.ts";
import { mayBeGone, nextWord, windowOf } from "./reading.ts";
import type { Teller } from "./speech.ts";

/** At most so much of an operator's text stands in a notice. */
export const windowWords = (text: string): string => operatorWords(text, 40, 280);
export const notAffectedWords = (text: string | undefined): string => operatorWords(text ?? "", 20, 160);

/** The work is ahead. */
export function sayScheduled(draft: Draft, facts: NoticeFacts): void {
  const window = windowOf(facts);
  if (window === undefined) draft.say("happened", "planned.whenUnknown", {});
  else {
    draft.say("happened", "planned.when", { window });
    draft.put("happened", windowWords(window.text), "ought");
  }
  draft.say("means", "means.work", {});
  sayMeanwhile(draft, facts);
  draft.say("doing", "do.nothingWork", {});
  const { nextBy, now } = facts;
  const promised = nextBy !== undefined && nextBy > now;
  if (window !== undefined && window.from > now && !(promised && nextBy < window.from)) {
    draft.next("next.start", { at: window.from });
  } else if (window !== undefined || promised) draft.next("next.by", { by: nextWord(facts) });
}

/** The work has begun. */
export function sayMaintenance(draft: Draft, facts: NoticeFacts): void {
  const window = windowOf(facts);
  if (window === undefined) draft.say("happened", "work.underWay", {});
  else {
    if (window.from <= facts.now) draft.say("happened", "work.began", { at: window.from });
    else draft.say("happened", "work.underWay", {});
    if (window.overrun || window.to <= facts.now) {
      draft.say("happened", "work.overrun", { to: window.to });
      draft.say("happened", "work.overrun.end", {});
    } else draft.say("happened", "work.until", { to: window.to });
    draft.put("happened", windowWords(window.text), "ought");
  }
  draft.say("means", "means.work", {});
  sayMeanwhile(draft, facts);
  draft.say("doing", "do.nothingWork", {});
  draft.next("next.by", { by: nextWord(facts) });
}

/** Mail that others send meanwhile. */
function sayMeanwhile(draft: Draft, facts: NoticeFacts): void {
  const window = windowOf(facts);
  // So long that senders give up: then it may well be lost.
  const short = window !== undefined && Math.max(window.to, facts.now) - window.from < 12 * HOUR;
  if (short && !mayBeGone(facts)) draft.say("means", "work.notLost", {});
  draft.say("means", "work.keep", {});
}

/** Planned work by itself, in one line. */
export function windowText(tell: Teller, facts: PlannedFacts): string {
  const window = windowOf(facts);
  const said = [
    window === undefined ? tell.say("planned.whenUnknown", {}) : tell.say("planned.when", { window }),
    windowWords(facts.window.text),
    tell.say("means.work", {}),
    notAffectedWords(facts.notAffected),
  ];
  return tell.whole(said.filter((sentence) => sentence !== "").join(" "));
}
