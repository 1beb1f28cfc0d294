// Afterwards: how long it lasted, what came late, what did not come, and what is gone for good.

import type { Draft } from "./draft.ts";
import type { NoticeFacts } from "./language.ts";
import { mayHaveReturned } from "./late.ts";
import { backAt, beganAt, holesOf, wasLong } from "./reading.ts";

/** A restore from a copy: which mail is gone. The last two stretches by their times, so that it can be read. */
export function sayHoles(draft: Draft, facts: NoticeFacts): void {
  const holes = holesOf(facts);
  if (holes.length === 0) return;
  draft.say("means", "hole.copy", {}, "may");
  for (const stretch of holes.slice(-2)) {
    draft.say("means", "hole.gone", { stretch }, stretch === holes.at(-1) ? "must" : "ought");
  }
  if (holes.length > 2) draft.say("means", "hole.more", { n: holes.length - 2 }, "may");
  draft.say("doing", "do.sendAgain", {});
}

/** Two hours without a break. */
export function sayResolved(draft: Draft, facts: NoticeFacts): void {
  const [from, to] = [beganAt(facts), backAt(facts)];
  if (to === undefined) draft.say("happened", "resolved.again", {});
  else draft.say("happened", "resolved.since", { at: to });
  // Which of the two it is: what others sent, or what we sent.
  draft.say("happened", facts.senders === undefined ? "account.gone" : "account.arrived", {});
  if (from !== undefined && to !== undefined && from < to) {
    draft.say("happened", "account.times", { stretch: { from, to } });
    draft.say("happened", "account.length", { length: to - from }, "may");
  }
  if (facts.arrivedLate !== undefined && facts.arrivedLate > 0) {
    draft.say("happened", "account.late", { n: facts.arrivedLate }, "ought");
  }
  if (facts.givenUp > 0) draft.say("happened", "account.returned", { n: facts.givenUp });
  if (wasLong(facts)) draft.say("happened", "account.uncounted", {});
  else mayHaveReturned(draft, facts);
  if (holesOf(facts).length === 0) draft.say("doing", "do.missing", {});
}
