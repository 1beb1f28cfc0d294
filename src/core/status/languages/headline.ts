// What works, for whom, in at most 90 characters; and the name of an incident, which stays true when it is over.

import type { NoticeFacts } from "./language.ts";
import { daysDown, failingOf, holesOf, linesOf, shareOf, windowOf } from "./reading.ts";
import type { Teller } from "./speech.ts";

/** Late mail that we know of has all come in or gone out. */
export function isThrough({ forecast, senders }: NoticeFacts): boolean {
  return forecast.state === "clear" && !((senders?.stillOut ?? 0) > 0);
}

function down(tell: Teller, facts: NoticeFacts): string {
  const again = facts.phase === "relapse";
  const days = daysDown(facts);
  if (days > 0 && failingOf(facts) === "both") {
    if (again) return tell.say("headline.again.long", { days });
    return tell.say("headline.down.long", { days, share: shareOf(days) });
  }
  switch (failingOf(facts)) {
    case "filter":
      return again ? tell.say("headline.again.filter", {}) : tell.say("headline.filter", {});
    case "receiving":
      return again ? tell.say("headline.again.receiving", {}) : tell.say("headline.receiving", {});
    case "sending":
      return again ? tell.say("headline.again.sending", {}) : tell.say("headline.sending", {});
    default:
      return again ? tell.say("headline.again", {}) : tell.say("headline.down", {});
  }
}

function partial(tell: Teller, facts: NoticeFacts): string {
  const lines = linesOf(facts);
  switch (failingOf(facts)) {
    case "receiving":
      return tell.say("headline.receiving", {});
    case "sending":
      return tell.say("headline.sending", {});
    case "filter":
      return tell.say("headline.filter", {});
    case "places":
      return tell.say("headline.places", {});
    default:
      return lines === undefined ? tell.say("headline.partial", {}) : tell.say("headline.lines", lines);
  }
}

export function headline(tell: Teller, facts: NoticeFacts): string {
  if (facts.blind) return tell.say("headline.blind", {});
  const gone = holesOf(facts).length > 0;
  const window = windowOf(facts);
  switch (facts.phase) {
    case "normal":
      return gone ? tell.say("headline.normal.gone", {}) : tell.say("headline.normal", {});
    case "maintenance_scheduled":
      return window === undefined ? tell.say("headline.planned.unknown", {}) : tell.say("headline.planned", { window });
    case "maintenance":
      return window?.overrun === true ? tell.say("headline.overrun", {}) : tell.say("headline.work", {});
    case "suspected":
      return tell.say("headline.suspected", {});
    case "outage":
    case "relapse":
      return down(tell, facts);
    case "partial":
      return partial(tell, facts);
    case "draining":
      return isThrough(facts) ? tell.say("headline.late.through", {}) : tell.say("headline.late", {});
    case "resolved":
      return gone ? tell.say("headline.resolved.gone", {}) : tell.say("headline.resolved", {});
  }
}

export function incidentTitle(tell: Teller, facts: NoticeFacts): string {
  const lines = linesOf(facts);
  switch (facts.phase) {
    case "suspected":
      return tell.say("title.suspected", {});
    case "maintenance":
      return tell.say("title.overrun", {});
    case "draining":
      return tell.say("title.late", {});
    case "outage":
    case "relapse":
    case "partial":
      switch (failingOf(facts)) {
        case "both":
          return tell.say("title.down", {});
        case "filter":
          return tell.say("title.filter", {});
        case "receiving":
          return tell.say("title.receiving", {});
        case "sending":
          return tell.say("title.sending", {});
        case "lines":
          return lines === undefined ? tell.say("title.partial", {}) : tell.say("title.lines", lines);
        default:
          return tell.say("title.partial", {});
      }
    default:
      return tell.say("title.trouble", {});
  }
}
