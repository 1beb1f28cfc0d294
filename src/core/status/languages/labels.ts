// The words of the public page around the notice: headings, states, and the few sentences that are not in the notice.
//
// Each is whole by itself; none is glued to another. `{slot}` stands for what the page puts in: a time, a count, names.
// Counts are rounded and at least 10, so they need no singular. A test holds every language to the slots of English.

import type { ComponentState, IncidentStatus, WindowStatus } from "../incidents/incident.ts";
import type { Phase } from "../status.ts";

export interface Labels {
  /** BCP 47 tag for dates and numbers, where the language alone leaves open how they are written, e.g. `en-GB`. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  /** How it is, in a few words, over the headline. */
  readonly phases: Readonly<Record<Phase, string>>;
  /** In the place of a phase, where we cannot see. */
  readonly notKnown: string;
  readonly componentStates: Readonly<Record<ComponentState, string>>;
  /** `identified` is also said where only the failing part is known, and no cause. */
  readonly incidentStatuses: Readonly<Record<IncidentStatus, string>>;
  readonly windowStatuses: Readonly<Record<WindowStatus, string>>;
  /** How paragraphs of this language's `notice` begin, to the letter: the page sets them in bold. */
  readonly leadIns: { readonly meaning: string; readonly doing: string; readonly next: string };
  readonly headings: {
    /** Over the picture of the late mail. */
    readonly lateMail: string;
    readonly components: string;
    /** Over the updates of what is going on. */
    readonly updates: string;
    readonly planned: string;
    /** Over the stretches of which mail is gone. */
    readonly gone: string;
    /** The page of what is over. */
    readonly history: string;
    /** Names the list of languages for who cannot see it. */
    readonly languages: string;
    /** Before the links to the feed, the calendar and the plain text. */
    readonly follow: string;
  };
  readonly links: {
    /** Back to `/`. */
    readonly notice: string;
    /** To `/history`. */
    readonly history: string;
    /** To the news for feed readers. */
    readonly feed: string;
    /** To the planned work for calendars. */
    readonly calendar: string;
    /** To `/notice.txt`. */
    readonly text: string;
    /** To an incident's own page. */
    readonly incident: string;
    /** From planned work to what its overrun became. */
    readonly overrun: string;
    /** From an incident to the planned work that it began as. */
    readonly window: string;
  };
  readonly sentences: {
    /** Behind `leadIns.next`: {time}. */
    readonly nextBy: string;
    /** {time} */
    readonly asOf: string;
    /** {time}: since when something has been so. */
    readonly since: string;
    /** {from} and {to}: a stretch that is over, or planned work. */
    readonly fromTo: string;
    /** {names} of components. */
    readonly concerns: string;
    /** {from} and {to}: when the late mail will be through, 8 times out of 10. */
    readonly through: string;
    /** {count} late messages here. */
    readonly waiting: string;
    /** {count} late messages still with other mail servers. */
    readonly atSenders: string;
    /** {from} and {to}: mail that arrived between them is gone. */
    readonly hole: string;
    /** A history without entries. */
    readonly nothing: string;
    /** The oldest entries of a long list are not shown. */
    readonly leftOut: string;
    /** {time}: the last that we know; the page is older than it should be. */
    readonly stale: string;
    /** {time}: as of when; no news has come since, whether the connection is lost or what is read is only a copy. */
    readonly unreachable: string;
    /** Behind an update that a person wrote. */
    readonly byOperator: string;
  };
  /** The picture of the late mail, and its table. */
  readonly chart: {
    /** {from}, {to}, {most} and {last}: the picture in words. */
    readonly summary: string;
    /** {count}: a count in the summary or the table. */
    readonly count: string;
    /** In the place of a count below 10. */
    readonly few: string;
    /** In the place of a count that could not be seen. */
    readonly unknown: string;
    /** Opens the table. */
    readonly table: string;
    /** Heads of its two columns. */
    readonly time: string;
    readonly messages: string;
    /** Legend: the line, the shaded range, and a stretch without a line. */
    readonly seen: string;
    readonly expected: string;
    readonly unseen: string;
  };
  readonly demonstration: { readonly title: string; readonly sentence: string };
  /** Before the first report. */
  readonly starting: { readonly title: string; readonly sentence: string };
  /** An address that there is not, or no more. */
  readonly missing: { readonly title: string; readonly sentence: string };
}
