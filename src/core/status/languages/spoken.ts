// A language made from its words: what each of them shares. Which sentences are said is decided beneath, in no language.

import { sentence } from "./administrator.ts";
import { tellerFor } from "./draft.ts";
import { headline, incidentTitle } from "./headline.ts";
import { update } from "./history.ts";
import type { Labels } from "./labels.ts";
import type { Language } from "./language.ts";
import { notice } from "./notice.ts";
import { windowText } from "./planned.ts";
import type { Messages } from "./sentences.ts";
import { speech, zoneMark } from "./speech.ts";
import { zoneName } from "./times.ts";

export interface Words {
  /** BCP 47 tag: the name of the language's folder. */
  readonly tag: string;
  readonly messages: Messages;
  readonly labels: Labels;
}

export function spoken({ tag, messages, labels }: Words): Language {
  const voice = speech(labels.locale, messages);
  const at = (zone: string, now: number) => voice.tell({ zone, now, counts: true });
  // Without a zone's name: for a page that names it once by itself.
  const bare = (text: string): string => text.replaceAll(zoneMark, "");
  return {
    tag,
    labels,
    headline: (facts) => bare(headline(tellerFor(voice, facts), facts)),
    notice: (facts) => notice(tellerFor(voice, facts), labels.leadIns, facts),
    sentence: (facts) => sentence(at(facts.zone, facts.now), facts),
    update: (facts, before) => update(tellerFor(voice, facts), labels.leadIns, facts, before),
    incidentTitle: (facts) => bare(incidentTitle(tellerFor(voice, facts), facts)),
    windowTitle: (facts) => at(facts.zone, facts.now).say("title.window", {}),
    windowText: (facts) => windowText(at(facts.zone, facts.now), facts),
    moment: (moment, zone, now) => bare(at(zone, now).moment(moment)),
    range: ({ earliest, latest }, zone, now) => bare(at(zone, now).between({ from: earliest, to: latest })),
    zone: (zone, moment) => zoneName(labels.locale, zone, moment),
  };
}
