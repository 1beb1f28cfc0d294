// The contract of a language: whole sentences from facts, never glued fragments.

import type { Forecast } from "../../forecast/forecast.ts";
import type { DowntimeScope } from "../../outages/downtime.ts";
import type { MailAtSenders } from "../../retries/senders/at-senders.ts";
import type { Duration, Instant } from "../../time.ts";
import type { ExpectedRange } from "../expected.ts";
import type { Phase } from "../status.ts";
import type { Labels } from "./labels.ts";

/** What the public may hear about. No name, address or exact count is in here. */
export interface NoticeFacts {
  readonly now: Instant;
  /** IANA zone of the operator. */
  readonly zone: string;
  readonly phase: Phase;
  readonly blind: boolean;
  /** When the trouble began. */
  readonly began: Instant | undefined;
  /** What the open downtime concerns, if there is one. */
  readonly scope: DowntimeScope | undefined;
  readonly forecast: Pick<Forecast, "state" | "limit" | "messages">;
  /** When the late mail is expected to be through; undefined as long as we cannot say. */
  readonly expected: ExpectedRange | undefined;
  /** Recipients at places that do not answer. */
  readonly unreachable: number;
  /** Messages that may be given up before they can be delivered. */
  readonly atRisk: number;
  /** Recipients given up since the trouble began. */
  readonly givenUp: number;
  readonly senders?: SenderFacts | undefined;
  /**
   * When email came back, in `draining`, `relapse` and `resolved`; undefined there: it never stopped, mail is only late.
   * In `outage` and `partial`: it seems to work since then, and we wait some minutes before we say so.
   */
  readonly back?: Instant | undefined;
  /** In a relapse: when it stopped again. */
  readonly stoppedAgain?: Instant | undefined;
  /** In `relapse`: what worked between `back` and `stoppedAgain` was a part of it. */
  readonly workedInPart?: boolean | undefined;
  /** When more is said at the latest, even without news. */
  readonly nextBy?: Instant | undefined;
  /** A promise of news has passed without news: `nextBy` of the update before. */
  readonly brokenPromise?: Instant | undefined;
  /** Of our own addresses for incoming mail, how many do not answer; only while some do. */
  readonly lines?: { readonly failing: number; readonly of: number } | undefined;
  /** Which directions fail; a direction that is not named is not known to fail. */
  readonly failing?: { readonly receiving: boolean; readonly sending: boolean } | undefined;
  /** Parts of the service that the operator says do not work as they should, under the operator's names; mail itself is not among them. */
  readonly parts?: readonly string[] | undefined;
  /** Mail itself works, and has for a while: at most these parts fail. Undefined: as far as we know. */
  readonly onlyParts?: boolean | undefined;
  /** Planned work that is announced, under way, or overran. */
  readonly window?: WindowFacts | undefined;
  /** Mail that arrived in these stretches is gone. */
  readonly holes?: readonly { readonly from: Instant; readonly to: Instant }[] | undefined;
  /** How much late mail has come in, after it is over; undefined if unknown or not to be told. */
  readonly arrivedLate?: number | undefined;
  /** What is not affected, in the operator's words; empty for nothing. */
  readonly notAffected?: string | undefined;
  /** Late mail is limited by what our own server can do: then people are asked not to load it. */
  readonly sparing?: boolean | undefined;
  /** The operator keeps an incident open: it is over when the operator says so. */
  readonly openByStaff?: boolean | undefined;
  /** Whether numbers of messages may be told; unless it is false, they are. */
  readonly counts?: boolean | undefined;
}

/** What is told of planned work alone, for its own entry in a list or a calendar. `NoticeFacts` with a window have it. */
export interface PlannedFacts extends Pick<NoticeFacts, "now" | "zone" | "notAffected"> {
  readonly window: WindowFacts;
}

/** Planned work in a notice. */
export interface WindowFacts {
  readonly from: Instant;
  readonly to: Instant;
  /** It has begun. */
  readonly started: boolean;
  /** It takes longer than announced. */
  readonly overrun: boolean;
  /** The operator's words; may be empty. */
  readonly text: string;
}

/** Mail that waits at other people's servers because ours was away. */
export interface SenderFacts {
  /** When our server stopped taking mail. */
  readonly since: Instant;
  /** How long it has been away; undefined when it is back. */
  readonly away: Duration | undefined;
  /** Messages that are still expected from there; 0 for a few or none. */
  readonly stillOut: number;
  /** When 9 of 10 of them should be here. */
  readonly mostExpected?: Instant | undefined;
  /** When nearly all of them should be here. */
  readonly lastExpected: Instant | undefined;
  /** Some senders have begun to give up, as far as anybody can know. */
  readonly givenUp: boolean;
}

/** What the administrator hears about. */
export interface SentenceFacts {
  readonly now: Instant;
  readonly zone: string;
  readonly blind: boolean;
  readonly why: string;
  readonly forecast: Forecast;
  readonly messages: number;
  readonly delayed: number;
  readonly due: number;
  readonly held: number;
  readonly within1h: number;
  readonly mail?: MailAtSenders | undefined;
  /** Names of our own addresses that do not answer. */
  readonly failingLines?: readonly string[] | undefined;
  /** When more was promised to the public. */
  readonly nextBy?: Instant | undefined;
}

export interface Language {
  /** BCP 47 tag. */
  readonly tag: string;
  /** What works, for whom: at most 90 characters. */
  headline(facts: NoticeFacts): string;
  /** Whole sentences, a paragraph a line: what happened, what it means, what to do, when more is said. */
  notice(facts: NoticeFacts): string;
  /** For the administrator, with names and numbers, in one line. */
  sentence(facts: SentenceFacts): string;
  /** One entry of a history, one line: what changed since `before`, and when more is said. `before` is undefined for the first entry. */
  update(facts: NoticeFacts, before: NoticeFacts | undefined): string;
  /** Name of an incident for lists and feeds, by the facts of its worst moment; it stays true when the incident is over. */
  incidentTitle(facts: NoticeFacts): string;
  windowTitle(facts: PlannedFacts): string;
  /** What is planned and what it means for people, one line. */
  windowText(facts: PlannedFacts): string;
  /** `18:30 on Friday`; from six days away with the date. The zone is not in it: see `zone`. */
  moment(at: Instant, zone: string, now: Instant): string;
  /** `between 20:00 and 22:30 on Friday` */
  range(range: ExpectedRange, zone: string, now: Instant): string;
  /** `Central European Time` */
  zone(zone: string, at: Instant): string;
  /** The words of the page around the notice. */
  readonly labels: Labels;
}
