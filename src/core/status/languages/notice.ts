// The notice: which sentences are said in which order. No language is in here.

import { sayHoles, sayResolved } from "./account.ts";
import { Draft } from "./draft.ts";
import { headline } from "./headline.ts";
import type { Labels } from "./labels.ts";
import type { NoticeFacts } from "./language.ts";
import { sayDraining, saySuspected } from "./late.ts";
import { notAffectedWords, sayMaintenance, sayScheduled } from "./planned.ts";
import { nextWord } from "./reading.ts";
import type { Teller } from "./speech.ts";
import { isMoment } from "./times.ts";
import { sayOutage, sayPartial } from "./trouble.ts";

/** Phases in which more is promised by a time. */
function promises(facts: NoticeFacts): boolean {
  return facts.blind || ["suspected", "outage", "partial", "draining", "relapse"].includes(facts.phase);
}

function sayPhase(draft: Draft, facts: NoticeFacts): void {
  if (facts.blind) {
    draft.say("happened", "blind.unknown", {});
    draft.say("doing", "do.nothingIfWorks", {});
    return;
  }
  switch (facts.phase) {
    case "normal":
      draft.say("happened", "normal.works", {});
      break;
    case "maintenance_scheduled":
      sayScheduled(draft, facts);
      break;
    case "maintenance":
      sayMaintenance(draft, facts);
      break;
    case "suspected":
      saySuspected(draft, facts);
      break;
    case "outage":
    case "relapse":
      sayOutage(draft, facts);
      break;
    case "partial":
      sayPartial(draft, facts);
      break;
    case "draining":
      sayDraining(draft, facts);
      break;
    case "resolved":
      sayResolved(draft, facts);
      break;
  }
}

export function notice(tell: Teller, leadIns: Labels["leadIns"], facts: NoticeFacts): string {
  const draft = new Draft(tell);
  const { brokenPromise: by, now } = facts;
  const stillOpen = promises(facts) || facts.phase === "maintenance";
  if (isMoment(by) && by <= now && stillOpen) draft.say("happened", "promise.broken", { by });
  sayPhase(draft, facts);
  sayHoles(draft, facts);
  if (facts.phase !== "normal" && facts.phase !== "resolved" && !facts.blind) {
    draft.put("means", notAffectedWords(facts.notAffected));
  }
  if (promises(facts)) draft.next("next.by", { by: nextWord(facts) });
  return draft.text(leadIns, headline(tell, facts));
}
