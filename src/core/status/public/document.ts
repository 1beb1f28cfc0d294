// What the public may see, as a value: every public channel is made from it and from nothing else.
//
// Built by an allow-list (`build.ts`): no host, address, domain, user, queue id, message id or subject has a place in it,
// counts are rounded, and components carry the names that the operator gave them.

import type { Duration, Instant } from "../../time.ts";
import type { ComponentState, IncidentStatus, WindowStatus } from "../incidents/incident.ts";
import type { Level, Phase } from "../status.ts";

/** The same said in each configured language, by BCP 47 tag. */
export type Words = Readonly<Record<string, string>>;

export interface PublicDocument {
  /** As of. */
  readonly at: Instant;
  /** What is shown is a recording, not this server: every output must say so. */
  readonly demonstration: boolean;
  /** The operator's name for the service. */
  readonly name: string;
  /** Where the page is reached from outside, without a slash at its end; undefined: not known. */
  readonly url: string | undefined;
  /** IANA zone in which times are said. */
  readonly zone: string;
  /** BCP 47 tags; the first is used where there can be only one. Every `Words` has exactly these. */
  readonly languages: readonly string[];
  readonly phase: Phase;
  /** `unknown` when blind. */
  readonly level: Level;
  readonly blind: boolean;
  readonly since: Instant | undefined;
  readonly headline: Words;
  /** A paragraph a line. */
  readonly notice: Words;
  /** When more is said at the latest, even without news. */
  readonly nextBy: Instant | undefined;
  readonly components: readonly PublicComponent[];
  /** When the late mail is expected to be through: 8 times out of 10 in this range. Undefined as long as we cannot say. */
  readonly expected: { readonly earliest: Instant; readonly latest: Instant } | undefined;
  /** Late messages here, rounded; undefined if unknown or not to be told. */
  readonly waiting: number | undefined;
  /** Late messages that other servers still hold for us, rounded, and when nearly all should be here. */
  readonly atSenders: { readonly messages: number | undefined; readonly lastExpected: Instant | undefined } | undefined;
  /** Mail that arrived in these stretches is gone. */
  readonly holes: readonly { readonly from: Instant; readonly to: Instant }[];
  /** Not resolved, newest first. */
  readonly open: readonly PublicIncident[];
  /** Resolved, newest first. */
  readonly past: readonly PublicIncident[];
  /** Announced, under way, over and cancelled; by start, oldest first. */
  readonly windows: readonly PublicWindow[];
  readonly chart: PublicChart;
}

/** Late mail over time, rounded. The count of a stretch is that at its end: `from + (i + 1) * width`. */
export interface PublicChart {
  readonly from: Instant;
  readonly width: Duration;
  /** Empty if counts are not to be told. Not a number: could not be seen. */
  readonly waiting: readonly number[];
  /** Stretches in which nothing was seen, whatever `waiting` says of them. */
  readonly unseen?: readonly { readonly from: Instant; readonly to: Instant }[] | undefined;
  /** Fewest and most late mail that is expected, 8 times out of 10, from now on; rounded. */
  readonly ahead?:
    | {
        readonly from: Instant;
        readonly width: Duration;
        readonly low: readonly number[];
        readonly high: readonly number[];
      }
    | undefined;
}

export interface PublicComponent {
  readonly id: string;
  readonly name: string;
  readonly state: ComponentState;
  /** Since when it has been in this state; undefined if unknown. */
  readonly since: Instant | undefined;
}

export interface PublicUpdate {
  /** Unique in the document and stable. */
  readonly id: string;
  readonly at: Instant;
  readonly status: IncidentStatus | WindowStatus;
  readonly by: "mailtide" | "operator";
  /** An operator's words stand under every language as they were written. */
  readonly words: Words;
}

export interface PublicIncident {
  readonly id: string;
  readonly name: Words;
  readonly status: IncidentStatus;
  readonly impact: "none" | "minor" | "major" | "critical";
  readonly began: Instant;
  readonly opened: Instant;
  readonly changed: Instant;
  readonly resolved: Instant | undefined;
  /** Ids of components with the states that it gives them. */
  readonly components: Readonly<Record<string, ComponentState>>;
  /** Planned work that overran and became this. */
  readonly window: string | undefined;
  /** Newest first, at least one. */
  readonly updates: readonly PublicUpdate[];
}

export interface PublicWindow {
  readonly id: string;
  readonly name: Words;
  /** What is done and what it means; may be empty. */
  readonly words: Words;
  readonly status: WindowStatus;
  readonly from: Instant;
  readonly to: Instant;
  readonly announced: Instant;
  readonly changed: Instant;
  readonly components: readonly string[];
  /** iCalendar's SEQUENCE. */
  readonly sequence: number;
  /** The incident that its overrun became. */
  readonly incident: string | undefined;
  readonly updates: readonly PublicUpdate[];
}
